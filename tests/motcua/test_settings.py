"""Settings: which source goes before which, a wrong one named in a line, and class, example and docs the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from motcua.settings import Settings, SettingsError, province_names, read_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to start in, and an environment without settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MOTCUA_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dotenv(folder: Path, text: str) -> None:
    (folder / ".env").write_text(text, encoding="utf-8")


def test_defaults_need_no_setting(workplace: Path) -> None:
    settings = read_settings()
    assert (settings.home, settings.province, settings.embedding_model) == (Path("var"), "Điện Biên", None)
    assert settings.database == "sqlite:///var/motcua.sqlite3"


def test_file_goes_before_default(workplace: Path) -> None:
    dotenv(workplace, "MOTCUA_PROVINCE=Sơn La\nMOTCUA_HOME=/srv/motcua\n")
    assert read_settings().province == "Sơn La"
    assert read_settings().database == "sqlite:////srv/motcua/motcua.sqlite3"


def test_environment_goes_before_file(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv(workplace, "MOTCUA_PROVINCE=Sơn La\nMOTCUA_LOG_LEVEL=ERROR\n")
    monkeypatch.setenv("MOTCUA_PROVINCE", "Lai Châu")
    assert (read_settings().province, read_settings().log_level) == ("Lai Châu", "ERROR")


def test_database_of_ones_own_is_left_as_it_is(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", "postgresql+psycopg://motcua@db/motcua")
    assert read_settings().database == "postgresql+psycopg://motcua@db/motcua"


def test_empty_value_is_no_value(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", "")
    assert read_settings() == Settings(_env_file=None)


@pytest.mark.parametrize("typed", ["Điện Biên", "dien bien", "ĐIỆN BIÊN", "Dien Biên"])
def test_province_is_known_however_it_is_typed(workplace: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv("MOTCUA_PROVINCE", typed)
    assert read_settings().province == "Điện Biên"


def test_there_are_34_provinces() -> None:
    assert len(province_names()) == 34


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("PROVINCE", "Dien Bein", r"is not a province: 'Dien Bein'\. Did you mean Điện Biên\?"),
        ("PROVINCE", "Atlantis", r"is not a province: 'Atlantis'\."),
        ("EMBEDDING_THREADS", "0", "greater than or equal to 1"),
        ("EMBEDDING_THREADS", "hai", "integer"),
        ("LOG_LEVEL", "LOUD", "pattern"),
    ],
)
def test_wrong_setting_is_named_in_one_line(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(f"MOTCUA_{name}", value)
    with pytest.raises(SettingsError, match=rf"^MOTCUA_{name} .*{problem}") as caught:
        read_settings()
    assert "\n" not in str(caught.value)


def test_file_in_another_encoding_is_named(workplace: Path) -> None:
    (workplace / ".env").write_bytes("MOTCUA_PROVINCE=Điện Biên".encode("utf-16"))
    with pytest.raises(SettingsError, match=r"\.env is not in UTF-8"):
        read_settings()


def test_file_may_hold_what_is_not_ours(workplace: Path) -> None:
    dotenv(workplace, "COMPOSE_PROJECT_NAME=x\nMOTCUA_PORT=80\n# nothing\n\n")
    assert read_settings() == Settings(_env_file=None)


# The same thing in three places

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_example_has_every_setting_with_its_sentence_and_default(name: str) -> None:
    field = Settings.model_fields[name]
    default = "" if field.default is None else str(field.default)
    assert f"\n# {field.description}\n# MOTCUA_{name.upper()}={default}\n" in EXAMPLE


def test_example_has_no_setting_that_is_not_there() -> None:
    named = re.findall(r"^#? ?MOTCUA_([A-Z_]+)=", EXAMPLE, flags=re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_example_changes_nothing_as_it_is(workplace: Path) -> None:
    dotenv(workplace, EXAMPLE)
    assert read_settings() == Settings(_env_file=None)


def test_example_uncommented_gives_the_defaults(workplace: Path) -> None:
    dotenv(workplace, re.sub(r"^# (MOTCUA_)", r"\1", EXAMPLE, flags=re.MULTILINE))
    assert read_settings() == Settings(_env_file=None)


NOT_OURS = {"MOTCUA_PORT", "MOTCUA_SEED"}
"""Of compose.yaml and the image's entrypoint, which the program does not read."""


def test_docs_name_no_setting_that_is_not_there() -> None:
    known = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields} | NOT_OURS
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        named = set(re.findall(r"\bMOTCUA_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
        assert named <= known, path.name
