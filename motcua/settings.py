"""Settings from the environment (prefix MOTCUA_) or a file `.env`; `.env.example` lists them with a sentence each."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from vietnam_provinces import Province

from corpus.wording import without_marks


class SettingsError(Exception):
    """A setting is missing or malformed; the message is one line that names it."""


class Settings(BaseSettings):
    """All settings of the product. Secrets come from here only."""

    # Empty is not set: compose files and copies of .env.example pass empty values for what is left as it is.
    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_", env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    home: Path = Field(Path("var"), description="Folder of all data: draft, snapshots, models, the SQLite database.")
    database_url: str = Field(
        "", description="Database; empty: SQLite in MOTCUA_HOME. PostgreSQL: postgresql+psycopg://…"
    )
    province: str = Field("Điện Biên", description="Province whose procedures and communes are answered.")
    embedding_model: Path | None = Field(
        None, description="Folder of a sentence-transformers model to use in place of the packaged one."
    )
    embedding_threads: int = Field(1, ge=1, le=64, description="Threads of the embedding model for one question.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level that is logged.")

    @field_validator("province")
    @classmethod
    def _is_a_province(cls, value: str) -> str:
        names = province_names()
        if name := names.get(without_marks(value)):
            return name
        near = get_close_matches(without_marks(value), names, n=1, cutoff=0.5)
        raise ValueError(f"is not a province: {value!r}." + (f" Did you mean {names[near[0]]}?" if near else ""))

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'motcua.sqlite3'}"


@cache
def province_names() -> dict[str, str]:
    """The names of today's provinces, keyed without diacritics."""
    names = [p.name.removeprefix("Tỉnh ").removeprefix("Thành phố ") for p in Province.iter_all()]
    return {without_marks(name): name for name in names}


def read_settings() -> Settings:
    """The settings of this process. Raises `SettingsError`."""
    try:
        return Settings()
    except UnicodeDecodeError as error:
        raise SettingsError(".env is not in UTF-8; save it again in that encoding") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            f"MOTCUA_{str(first['loc'][0]).upper()} {first['msg'].removeprefix('Value error, ')}"
        ) from error
