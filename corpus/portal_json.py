"""Reads the portal's JSON: one record of its public service becomes a `Procedure`.

The reading is lenient where a key is missing, because the portal leaves out what is empty, and strict where a value
has another type, because then the portal's format has changed and every figure is in doubt. Files of records are
`importing`; the portal's printed sheets are `sheet`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.durations import duration_of
from corpus.fees import read_fee
from corpus.portal_wording import (
    distinct,
    document_number,
    filled_in,
    paper_name,
    read_case,
    read_paper_quantities,
    read_steps,
)
from corpus.record import (
    Case,
    Duration,
    DurationUnit,
    Fee,
    FeeKind,
    Form,
    LegalBasis,
    Level,
    Paper,
    Procedure,
    Scope,
    Submission,
    SubmissionChannel,
)
from corpus.wording import clean_title, nfc, one_line, paragraphs

# Viet Nam has had one time zone without summer time since 1975, so no time zone data is needed.
_HO_CHI_MINH = timezone(timedelta(hours=7))
_CHANNELS = {"ONLINE": SubmissionChannel.ONLINE, "DIRECT": SubmissionChannel.IN_PERSON,
             "POSTAL": SubmissionChannel.POST}
_UNITS = {"HOUR": DurationUnit.HOUR, "DAY": DurationUnit.DAY, "WORKING_DAY": DurationUnit.WORKING_DAY,
          "MONTH": DurationUnit.MONTH, "YEAR": DurationUnit.YEAR}
_FEE_KINDS = {"FEE": FeeKind.FEE, "SERVICE_FEE": FeeKind.SERVICE_FEE, "PRICE_LEVEL": FeeKind.PRICE}
_SCOPES = {"STANDARD": Scope.NATIONAL, "SPECIFIC": Scope.PROVINCIAL, "STANDARD_INTERNAL": Scope.INTERNAL}
_CURRENCIES = {"": "VND", "Việt Nam Đồng": "VND", "VND": "VND", "USD": "USD"}

_Text = Annotated[str | None, Field(default=None)]
_Count = Annotated[int, Field(ge=0)]
_Amount = Annotated[int | float, Field(ge=0, allow_inf_nan=False)]


class _Raw(BaseModel):
    """A part of the portal's JSON: keys that are not read here are ignored, types are not converted."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Named(_Raw):
    name: _Text
    code: _Text


class _Attachment(_Raw):
    fileName: _Text  # noqa: N815 (the portal's own keys, here and below)
    filePath: _Text  # noqa: N815


class _Fee(_Raw):
    type: Literal["FEE", "SERVICE_FEE", "PRICE_LEVEL"] = "FEE"
    value: _Amount | None = None
    currencyName: _Text  # noqa: N815
    currency: _Named | None = None
    description: _Text
    attachment: _Attachment | None = None


class _Method(_Raw):
    submissionMethod: Literal["ONLINE", "DIRECT", "POSTAL"]  # noqa: N815
    processingTime: _Amount | str | None = None  # noqa: N815
    processingTimeUnit: Literal["HOUR", "DAY", "WORKING_DAY", "MONTH", "YEAR", "OTHER"] = "OTHER"  # noqa: N815
    description: _Text
    fees: list[_Fee] | None = None


class _Paper(_Raw):
    name: _Text
    originalQty: _Count | None = None  # noqa: N815
    copyQty: _Count | None = None  # noqa: N815
    attachments: list[_Attachment] | None = None


class _Case(_Raw):
    name: _Text
    profileComponents: list[_Paper] | None = None  # noqa: N815


class _Step(_Raw):
    name: _Text
    description: _Text


class _Proposal(_Raw):
    proposalNumber: _Text  # noqa: N815


_Names = Annotated[list[_Named | None] | None, Field(default=None)]


class _Detail(_Raw):
    type: Literal["STANDARD", "SPECIFIC", "STANDARD_INTERNAL"] = "STANDARD"
    isWard: bool = False  # noqa: N815
    isProvince: bool = False  # noqa: N815
    isMinistry: bool = False  # noqa: N815
    isOtherAgency: bool = False  # noqa: N815
    departmentPromulgateName: _Text  # noqa: N815
    categoriesDetails: _Names  # noqa: N815
    subjectTypesDetails: _Names  # noqa: N815
    executionMethods: list[_Method] | None = None  # noqa: N815
    executionCases: list[_Case] | None = None  # noqa: N815
    executionSteps: list[_Step] | None = None  # noqa: N815
    requirementsAndConditions: _Text  # noqa: N815
    description: _Text
    note: _Text
    keywords: _Text
    legalBasisesDetails: _Names  # noqa: N815
    resultsDetails: _Names  # noqa: N815
    departmentsExecuting: _Names  # noqa: N815
    unitGroupsExecuting: _Names  # noqa: N815
    departmentsAuthority: _Names  # noqa: N815
    unitGroupsAuthority: _Names  # noqa: N815
    departmentsAuthorized: _Names  # noqa: N815
    unitGroupsAuthorized: _Names  # noqa: N815
    departmentsCoordinating: _Names  # noqa: N815
    unitGroupsCoordinating: _Names  # noqa: N815
    dossierReceivingAddresses: _Text  # noqa: N815
    procedureProposal: _Proposal | None = None  # noqa: N815
    updatedAt: int | None = None  # noqa: N815


class _Record(_Raw):
    id: _Text
    code: str
    name: str
    detail: _Detail


def read_record(raw: dict[str, Any]) -> Procedure:
    """One record `{id, code, name, detail}` of the portal as a procedure.

    Raises `ValueError` (pydantic's `ValidationError`) that names the field where a value has a type or a word that
    the portal's format does not have.
    """
    record = _Record.model_validate(raw)
    detail = record.detail
    return Procedure(
        code=record.code.strip(),
        record_id=record.id or None,
        title=clean_title(record.name),
        field=", ".join(_names(detail.categoriesDetails)),
        scope=_SCOPES[detail.type],
        promulgated_by=one_line(detail.departmentPromulgateName),
        levels=_levels(detail),
        subjects=_names(detail.subjectTypesDetails),
        submissions=tuple(_submission(method) for method in detail.executionMethods or ()),
        cases=_cases(detail.executionCases or ()),
        steps=read_steps(_step_text(step) for step in detail.executionSteps or ()),
        conditions=_conditions(detail),
        legal_basis=tuple(LegalBasis(code=document_number(item.code or ""), title=one_line(item.name))
                          for item in detail.legalBasisesDetails or () if item),
        results=_names(detail.resultsDetails),
        executing_agencies=_names(detail.departmentsExecuting, detail.unitGroupsExecuting),
        competent_agencies=_names(detail.departmentsAuthority, detail.unitGroupsAuthority),
        authorized_agencies=_names(detail.departmentsAuthorized, detail.unitGroupsAuthorized),
        coordinating_agencies=_names(detail.departmentsCoordinating, detail.unitGroupsCoordinating),
        receiving_address=paragraphs(filled_in(detail.dossierReceivingAddresses or "")),
        note=paragraphs(filled_in(detail.note or "")),
        keywords=one_line(filled_in(detail.keywords or "")),
        decision=one_line(detail.procedureProposal.proposalNumber) or None if detail.procedureProposal else None,
        updated_on=_date(detail.updatedAt),
    )


def _names(*lists: list[_Named | None] | None) -> tuple[str, ...]:
    """The names of several lists; the portal keeps null where an agency was deleted (1.007919)."""
    return distinct(item.name or "" for items in lists for item in items or () if item)


def _levels(detail: _Detail) -> tuple[Level, ...]:
    claims = ((detail.isWard, Level.COMMUNE), (detail.isProvince, Level.PROVINCE), (detail.isMinistry, Level.MINISTRY),
              (detail.isOtherAgency, Level.OTHER))
    return tuple(level for holds, level in claims if holds)


def _conditions(detail: _Detail) -> str:
    """The conditions, and `description` where it says more; in all 2,723 records that fill it in it repeats them."""
    if detail.requirementsAndConditions == detail.description:
        return paragraphs(filled_in(detail.description or ""))
    conditions, description = (paragraphs(filled_in(text or ""))
                               for text in (detail.requirementsAndConditions, detail.description))
    return conditions if description in ("", conditions) else f"{conditions}\n{description}".strip()


def _submission(method: _Method) -> Submission:
    duration, words = _duration(method)
    description = paragraphs(method.description)
    return Submission(
        channel=_CHANNELS[method.submissionMethod],
        duration=duration,
        description="\n".join(text for text in (words, description) if text),
        fees=tuple(_fee(fee, description) for fee in method.fees or ()),
    )


def _duration(method: _Method) -> tuple[Duration | None, str]:
    """The processing time as a number with its unit, or else its words.

    A number of unit OTHER has no unit that one could tell people, and is mostly the form's preset 1: it is no
    duration and no words.
    """
    time = method.processingTime
    if isinstance(time, str):
        number = time.strip().replace(",", ".")
        if not number.replace(".", "", 1).isdecimal():
            return None, time_in_words(time)
        time = float(number) if "." in number else int(number)
    unit = _UNITS.get(method.processingTimeUnit)
    return (duration_of(time, unit) if time and unit else None), ""


def time_in_words(text: str) -> str:
    """A processing time that is a sentence, headed so that it can stand in a description."""
    words = paragraphs(filled_in(text))
    headed = words.lower().startswith(("thời hạn", "thời gian"))
    return words if headed or not words else f"Thời hạn giải quyết: {words}"


def _fee(fee: _Fee, context: str) -> Fee:
    name = one_line(fee.currencyName or (fee.currency.code if fee.currency else ""))
    note = nfc(fee.description or "")
    if fee.attachment and fee.attachment.fileName:
        note = f"{note}\nTệp kèm theo: {one_line(fee.attachment.fileName)}"
    value = None if fee.value is None else Decimal(str(fee.value))
    return read_fee(_FEE_KINDS[fee.type], value, currency=_CURRENCIES.get(name, name), note=note, context=context)


def _cases(cases: Iterable[_Case]) -> tuple[Case, ...]:
    read = (read_case(case.name or "", map(_paper, case.profileComponents or ())) for case in cases)
    return tuple(case for case in read if case)


def _paper(paper: _Paper) -> Paper:
    originals, copies = read_paper_quantities(paper.originalQty or 0, paper.copyQty or 0)
    forms = tuple(Form(name=one_line(item.fileName), path=item.filePath or None)
                  for item in paper.attachments or () if item.fileName)
    return Paper(name=paper_name(paper.name or ""), originals=originals, copies=copies, forms=forms)


def _step_text(step: _Step) -> str:
    name = one_line(step.name)
    return f"{'' if name.lower() == 'mặc định' else name}\n{step.description or ''}"


def _date(milliseconds: int | None) -> date | None:
    if milliseconds is None:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(_HO_CHI_MINH).date()
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"detail.updatedAt: {milliseconds} is no time in milliseconds since 1970") from error
