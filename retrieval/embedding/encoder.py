"""What search asks of a sentence encoder, and the form in which a text reaches any of them.

The engines are `onnx_encoder` (default) and `sentence_transformers_encoder`; what a vector means is `retrieval.search`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from corpus.wording import nfc

Vectors = npt.NDArray[np.float32]

QUERY_PREFIX = "query: "
"""What e5 models want in front of a text. Titles get it too: with "passage: " before titles, e5 alone put the right one
first for 0.463 of the development questions instead of 0.565. Question and title are two wordings of one thing, not a
question and its answer.
"""


class Encoder(Protocol):
    """Turns texts into vectors whose dot product is their cosine."""

    @property
    def name(self) -> str:
        """Model and format in one word, another one whenever the vectors could differ: part of a snapshot's hash."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text, in order: shape (n, dimensions), and (0, dimensions) for no texts.

        Give questions and titles as they are: Unicode form, prefix ("query: " for both) and truncation are dealt with
        inside. No string raises.
        """


def plain(text: str) -> str:
    """The text in NFC without invisible characters; half of a surrogate pair, as broken clients send it, becomes "?".

    The NFD that phones and the portal send would otherwise split into other tokens.
    """
    return nfc(text).encode("utf-8", "replace").decode("utf-8")
