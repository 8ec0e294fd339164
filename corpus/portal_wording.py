"""The clerks' habits in the portal's records and sheets: bullets, empty names, steps in one text, names in one line.

Whatever is taken away here says nothing: bullets, and the words that the portal itself puts where a field is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.record import Case, Paper
from corpus.wording import one_line, paragraphs

# Clerks also bullet with "$", "=" or "/" by accident, and with symbols of Word's fonts (private use area).
_BULLET = re.compile(r"^[\s\-–—*+•·▪●⁕⃰$^=!.,;:/)\ue000-\uf8ff]+")
_REMARK = re.compile(r"(?:lưu ý|chú ý|ghi chú|chú thích)\b", re.IGNORECASE)
_NO_NAME = re.compile(
    r"(?:[a-z0-9]{1,2}[.)] ?)?(?:bao gồm|mặc định|(?:thành phần|các giấy tờ,? thành phần) hồ sơ(?:,? (?:bao )?gồm)?"
    r"|hồ sơ(?:,? (?:bao )?gồm)?)?", re.IGNORECASE)
_CAPITAL = re.compile(r"[^\W\d_a-zà-ỹđ]")
_NOT_FILLED_IN = frozenset({"", "không có thông tin", "-", "null"})
_STEP = re.compile(r"^\W{0,4}(?:[a-zđ][.)]\s*|\d{1,2}(?:\.\d{1,2})*[.)]?\s+)?bước\s*\d", re.IGNORECASE)
_MARKS = tuple(re.compile(mark) for mark in (
    r"[IVX]{1,4}\.\s", r"\d{1,2}(?:\.\d{1,2})+", r"\d{1,2}[.)/]", r"\(\d{1,2}\)", r"[a-zđ][.)]", r"\([a-zđ]\)",
    r"\([ivx]+\)", r"[-–—•●]", r"\+", r"\*"))
_DOCUMENT = re.compile(
    r"(?:(?:bộ luật|luật|pháp lệnh|nghị định|nghị quyết|quyết định|thông tư(?: liên tịch)?|nđ|tt)\s*)?(?:số\s*:?\s*)?"
    r"(\d+(?:\.\d+)?[a-z]?\s?/\s?(?:\d{4}\s?/\s?)?[a-zđ][\wđ]*(?:\s?[-–]\s?[a-zđ][\wđ]*)*)", re.IGNORECASE)


def filled_in(text: str) -> str:
    """The text, or "" where it is what the portal prints for an empty field."""
    return "" if len(text) < 80 and one_line(text).lower().rstrip(".") in _NOT_FILLED_IN else text


def paper_name(text: str) -> str:
    """A paper's name on one line, without the bullet before it; "" where nothing else stands there."""
    return _BULLET.sub("", one_line(text))


def case_name(text: str) -> str | None:
    """A case's name without bullet and colon; None where it is empty or only says "thành phần hồ sơ"."""
    name = paper_name(text).rstrip(" :;,")
    return None if _NO_NAME.fullmatch(name.rstrip(".")) else name


def read_case(name: str, papers: Iterable[Paper]) -> Case | None:
    """A case with those of its papers that have a name; None where nothing is left of it.

    Remarks are told by the name ("* Lưu ý:") or, in a case without name, by papers that are all remarks.
    """
    shown, named = case_name(name), tuple(paper for paper in papers if paper.name)
    if shown is None and not named:
        return None
    remarks = bool(named) and all(_REMARK.match(p.name) and p.originals is None and p.copies is None for p in named)
    return Case(name=shown, papers=named, is_note=bool(_REMARK.match(shown)) if shown else remarks)


def read_paper_quantities(originals: int, copies: int) -> tuple[int | None, int | None]:
    """How many originals and copies; 0 and 0 is what the portal keeps where a clerk filled in neither."""
    return (originals, copies) if originals or copies else (None, None)


def read_steps(blocks: Iterable[str]) -> tuple[str, ...]:
    """The steps of a procedure, each a text with tidy lines.

    A block is one entry of the portal. It is parted at its lines "Bước 1…"; a single block without such lines is
    parted at the outermost bullets, told by the first one.
    """
    texts = [tidy for tidy in (paragraphs(block) for block in blocks) if tidy]
    steps: list[str] = []
    for text in texts:
        lines = text.split("\n")
        starts = _STEP if any(_STEP.match(line) for line in lines) else _outermost_mark(lines)
        if starts is _STEP or len(texts) == 1:
            steps += _parted(lines, starts)
        else:
            steps.append(text)
    return tuple(_BULLET.sub("", step, count=1) or step for step in steps)


def _outermost_mark(lines: list[str]) -> re.Pattern[str] | None:
    return next((mark for line in lines for mark in _MARKS if mark.match(line)), None)


def _parted(lines: list[str], starts: re.Pattern[str] | None) -> list[str]:
    """The lines as texts, each beginning at a line that `starts` matches; without `starts` every line is one."""
    parts: list[list[str]] = []
    for line in lines:
        if not parts or starts is None or starts.match(line):
            parts.append([line])
        else:
            parts[-1].append(line)
    return ["\n".join(part) for part in parts]


def document_number(text: str) -> str:
    """The number of a law or decree without the words around it: "Luật số 32/2024/QH15" gives 32/2024/QH15.

    A text that holds anything else (a date, two numbers) stays as it is.
    """
    line = one_line(text)
    match = _DOCUMENT.fullmatch(line.rstrip("."))
    return re.sub(r"\s", "", match.group(1)) if match else line


def split_names(text: str, *, starts: re.Pattern[str] = _CAPITAL) -> tuple[str, ...]:
    """The names in a line that the portal joined by commas.

    A comma inside brackets, or before words that `starts` does not match, belongs to a name: "Cán bộ, công chức".
    """
    line = one_line(filled_in(text))
    names, begin, depth = [], 0, 0
    for mark in re.finditer(r"[()]|, ", line):
        depth += {"(": 1, ")": -1}.get(mark.group(), 0)
        if mark.group() == ", " and depth <= 0 and starts.match(line, mark.end()):
            names.append(line[begin:mark.start()])
            begin = mark.end()
    return distinct([*names, line[begin:]])


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names on one line each, in order, empty ones and repetitions left out."""
    return tuple(dict.fromkeys(name for name in map(one_line, names) if name))
