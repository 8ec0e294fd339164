"""What an answer costs over HTTP: `python -m benchmarks.http [QUESTIONS]`.

Prints requests a second, p50 and p95 of POST /v1/ask, one after the other and from several clients at once, and the
server's processor time and memory. QUESTIONS is an evaluation file (.jsonl: its turns are asked as conversations) or a
text with one question a line; by default the development set in ../shared. Run it with -m: as a script its name would
hide Python's own `http`.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

_ROOT = Path(__file__).parents[1]
_QUESTIONS = _ROOT.parent / "shared" / "data" / "questions" / "dev.jsonl"
_HOME = _ROOT / "var" / "test-home"
_START_S = 600
"""How long the server may take to start: the first time it embeds the whole corpus."""


def main() -> None:
    """Measure a server that is started here, or the one at --url."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="?", type=Path, default=_QUESTIONS)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--pid", type=int, help="its process, to tell its memory")
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    if not options.questions.exists():
        print(f"nothing measured: {options.questions} is not there")
        return
    conversations = read_conversations(options.questions)
    if options.url:
        measure(options.url, options.pid, conversations, options.clients)
        return
    with running_server() as (url, pid):
        measure(url, pid, conversations, options.clients)


def read_conversations(path: Path) -> list[list[str]]:
    """The questions of each conversation."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [json.loads(line)["turns"] for line in lines] if path.suffix == ".jsonl" else [[line] for line in lines]


def measure(url: str, pid: int | None, conversations: Sequence[Sequence[str]], clients: int) -> None:
    """Ask everything once to warm up, once in order, and once from several clients."""
    count = sum(map(len, conversations))
    print(f"{count} questions in {len(conversations)} conversations; {os.cpu_count()} cores for server and clients")
    ask_all(url, conversations)
    say_memory(pid, "after the first round")
    for number in (1, clients):
        started, used_s = time.perf_counter(), cpu_seconds(pid)
        with ThreadPoolExecutor(number) as pool:
            shares = [conversations[i::number] for i in range(number)]
            delays = [d for some in pool.map(ask_all, [url] * number, shares) for d in some]
        elapsed = time.perf_counter() - started
        cuts = statistics.quantiles(delays, n=100)
        print(f"{number} client{'s' if number > 1 else ''}: {count / elapsed:.1f} requests/s, p50 {cuts[49]:.0f} ms, "
              f"p95 {cuts[94]:.0f} ms, slowest {max(delays):.0f} ms"
              + (f"; {(cpu_seconds(pid) - used_s) / count * 1000:.0f} ms of processor a request" if pid else ""))
    say_memory(pid, "at the end")


def ask_all(url: str, conversations: Sequence[Sequence[str]]) -> list[float]:
    """Milliseconds of each question."""
    delays = []
    with httpx.Client(base_url=url, timeout=60) as client:
        for turns in conversations:
            conversation_id = None
            for question in turns:
                started = time.perf_counter()
                reply = client.post("/v1/ask", json={"question": question, "conversation_id": conversation_id})
                delays.append((time.perf_counter() - started) * 1000)
                conversation_id = reply.raise_for_status().json()["conversation_id"]
    return delays


def cpu_seconds(pid: int | None) -> float:
    """Seconds of processor that the server has used: unlike delays, hardly changed by what else the machine does."""
    times = psutil.Process(pid).cpu_times() if pid else None
    return float(times.user + times.system) if times else 0.0


def say_memory(pid: int | None, when: str) -> None:
    """Print the memory that the server holds."""
    if pid:
        print(f"server's memory {when}: {psutil.Process(pid).memory_info().rss / 2**20:.0f} MB")


@contextmanager
def running_server() -> Iterator[tuple[str, int]]:
    """`motcua serve` with a database of its own; gives its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"MOTCUA_HOME": str(_HOME), "MOTCUA_DATABASE_URL": f"sqlite:///{folder}/motcua.sqlite3"}
        command = [sys.executable, "-m", "motcua", "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=_ROOT, env={**os.environ, **settings})
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait()


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Come back when the server answers. Raises `TimeoutError`, or `ChildProcessError` where it ended."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ChildProcessError("the server ended while it was starting")
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(f"no answer from {url} in {_START_S} s")


if __name__ == "__main__":
    main()
