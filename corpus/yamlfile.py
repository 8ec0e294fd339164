"""Reads a YAML file of the corpus into a model, with errors that name the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus.errors import SourceFileError
from corpus.wording import nfc_deep

Model = TypeVar("Model", bound=BaseModel)

# libyaml's reads the 300 guides in half a second, Python's own in four.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, model: type[Model]) -> Model:
    """Read one document of type `model`. Raises `SourceFileError`."""
    return cast(Model, _validated(path, model))


def read_yaml_list(path: Path, model: type[Model]) -> list[Model]:
    """Read a list of `model`. Raises `SourceFileError`."""
    return cast(list[Model], _validated(path, list[model]))  # type: ignore[valid-type]


def _validated(path: Path, kind: Any) -> Any:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (both loaders are the safe ones)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SourceFileError(path, f"not readable as YAML: {error}", line=mark.line + 1 if mark else None) from error
    try:
        return TypeAdapter(kind).validate_python(nfc_deep(raw))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise SourceFileError(path, problems) from error
