"""The fixed sentences that residents see, kept as data in `language/texts.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

_TEXTS = Path(__file__).parent / "language" / "texts.yaml"


@cache
def _texts() -> dict[str, str]:
    return dict(yaml.safe_load(_TEXTS.read_text(encoding="utf-8")))


def say(name: str, **values: object) -> str:
    """The sentence of that name with its values filled in. Raises `KeyError` for a name that is not in the file."""
    return _texts()[name].format(**values).strip()
