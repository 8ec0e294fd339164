# Built with the embedding model and the bundled corpus, indexed, so that a container answers seconds after its start.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/motcua
WORKDIR /src
# Dependencies first, by themselves: a change in the code then does not fetch them again.
COPY pyproject.toml ./
RUN python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies']))" \
        > requirements.txt \
    && /opt/motcua/bin/pip install --requirement requirements.txt
COPY README.md LICENSE ./
COPY corpus corpus
COPY retrieval retrieval
COPY answering answering
COPY storage storage
COPY bot bot
COPY api api
COPY motcua motcua
RUN /opt/motcua/bin/pip install --no-deps .
# The pointer to the published snapshot is kept apart: the entrypoint copies it last, so that a copy that was cut off
# is begun again and never taken for whole. Snapshots are private to who publishes them, here root: the service reads them.
RUN cd / && MOTCUA_HOME=/opt/motcua-seed /opt/motcua/bin/motcua corpus publish \
    && mv /opt/motcua-seed/snapshots/current /opt/motcua-seed/current \
    && chmod -R a+rX /opt/motcua-seed

FROM python:3.11-slim
# ONNX Runtime 1.31 reports its use to its maker unless told not to.
ENV PATH=/opt/motcua/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MOTCUA_HOME=/data \
    ORT_DISABLE_TELEMETRY=1
RUN useradd --system --uid 10001 --home-dir /nonexistent --no-create-home motcua \
    && install --directory --owner=motcua --group=motcua /data
COPY --from=build /opt/motcua /opt/motcua
COPY --from=build /opt/motcua-seed /opt/motcua-seed
COPY --chmod=755 docker/entrypoint.sh /usr/local/bin/motcua-entrypoint
USER motcua
# Away from the code: a .env is read from the working directory.
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=3m --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["motcua-entrypoint"]
CMD ["motcua", "serve", "--host", "0.0.0.0", "--port", "8000"]
