"""What ships besides the code: the container's entrypoint and contents, the installed package, the script for CI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """What the image holds, the pointer apart from the snapshots."""
    seed = tmp_path / "seed"
    for name in ("models/e5/model.onnx", "snapshots/0a1b/manifest.json", "current"):
        (seed / name).parent.mkdir(parents=True, exist_ok=True)
        (seed / name).write_text("0a1b", encoding="utf-8")
    return seed


def start(seed: Path, home: Path) -> str:
    """Run the entrypoint with a command that says what is published."""
    home.mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "MOTCUA_SEED": str(seed), "MOTCUA_HOME": str(home)}
    command = ["sh", str(ROOT / "docker" / "entrypoint.sh"), "cat", str(home / "snapshots" / "current")]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def test_empty_volume_gets_what_the_image_holds(seed: Path, tmp_path: Path) -> None:
    assert start(seed, tmp_path / "home") == "0a1b"
    assert (tmp_path / "home" / "snapshots" / "0a1b" / "manifest.json").exists()
    assert (tmp_path / "home" / "models" / "e5" / "model.onnx").exists()


def test_volume_in_use_keeps_what_is_published(seed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "snapshots").mkdir(parents=True)
    (home / "snapshots" / "current").write_text("of the operator", encoding="utf-8")
    assert start(seed, home) == "of the operator"
    assert not (home / "snapshots" / "0a1b").exists()


def test_copy_that_was_cut_off_is_begun_again(seed: Path, tmp_path: Path) -> None:
    """The pointer comes last: without it the copy before was not whole."""
    home = tmp_path / "home"
    (home / "snapshots" / "0a1b").mkdir(parents=True)
    (home / "snapshots" / "0a1b" / "manifest.json").write_text("0", encoding="utf-8")
    assert start(seed, home) == "0a1b"
    assert (home / "snapshots" / "0a1b" / "manifest.json").read_text(encoding="utf-8") == "0a1b"


@pytest.mark.parametrize(
    ("tools", "missing"),
    [
        ((), ["make", "python3", "python3-venv", "chromium"]),
        (("make", "python3"), ["chromium"]),
        (("make", "python3", "chromium"), []),
        (("make", "google-chrome"), ["python3", "python3-venv"]),
    ],
    ids=["bare machine", "no browser", "everything there", "another browser"],
)
def test_ci_asks_only_for_what_the_machine_lacks(tools: tuple[str, ...], missing: list[str], tmp_path: Path) -> None:
    for name in ("bash", "dirname"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    for name in tools:
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    found = subprocess.run(["bash", "-c", "source .ci/run; missing_packages"], cwd=ROOT, env={"PATH": str(tmp_path)},
                           check=True, capture_output=True, text=True)
    assert found.stdout.split() == missing


def test_container_copies_every_package() -> None:
    """The image holds what an installed copy needs, and nothing that version control does not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    allowed = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    assert copied == packages
    assert packages <= allowed


def test_data_files_are_installed_with_their_package() -> None:
    """An editable checkout finds its data anyway; a copy that is installed, as in the container, only what is named."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = project["tool"]["setuptools"]["package-data"]
    for package in (path.parent.name for path in ROOT.glob("*/__init__.py")):
        folder = ROOT / package
        shipped = {path for pattern in declared.get(package, []) for path in folder.glob(pattern)}
        data = {p for p in folder.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")}
        assert data <= shipped, f"{sorted(data - shipped)[:3]}: name them under package-data of {package}"
