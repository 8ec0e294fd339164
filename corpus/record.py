"""The procedure as the national portal publishes it, cleaned and typed.

Reading the portal's files is `portal_json` and `sheet`; our own words over a record are `guide`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Frozen(BaseModel):
    """A value that is read, compared and stored, and never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SubmissionChannel(StrEnum):
    """How papers are handed in. What people chat through is a chat channel and lives in `bot`."""

    ONLINE = "online"
    IN_PERSON = "in_person"
    POST = "post"


class DurationUnit(StrEnum):
    """Unit of a processing time; `working_day` leaves out weekends and holidays."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"


class FeeKind(StrEnum):
    """The portal's three kinds of charge: lệ phí, phí, mức giá."""

    FEE = "fee"
    SERVICE_FEE = "service_fee"
    PRICE = "price"


class Level(StrEnum):
    """Level of government that handles the procedure; there is no district since 1 July 2025."""

    COMMUNE = "commune"
    PROVINCE = "province"
    MINISTRY = "ministry"
    OTHER = "other"


class Scope(StrEnum):
    """Who promulgated it for whom: the whole country, one province, or offices among themselves."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    INTERNAL = "internal"


class Duration(Frozen):
    """A processing time that the source gives as a number; provinces publish halves, such as 7.5 working days."""

    amount: Decimal = Field(gt=0)
    unit: DurationUnit


class Fee(Frozen):
    """One charge for one submission channel.

    `amount` is None where the source gives no number, and 0 only where the source itself says that nothing is
    charged; the portal's bare 0 without words is None, because it stands for "not filled in" as often as for "free".
    `kind` is None where the source does not tell which of the three it is (the portal's PDF prints one column for
    all). `note` is the source's own wording, which often holds the unit and the exemptions.
    """

    kind: FeeKind | None
    amount: Decimal | None = None
    currency: str = "VND"
    note: str = ""
    is_exemption: bool = False
    """True where the 0 holds only for the people that `note` names: never show it as free of charge without them."""

    @property
    def is_free(self) -> bool:
        """True where the source says that nobody is charged."""
        return self.amount == 0 and not self.is_exemption

    @model_validator(mode="after")
    def _exemption_is_zero(self) -> Fee:
        if self.is_exemption and self.amount != 0:
            raise ValueError("an exemption has the amount 0")
        return self


class Submission(Frozen):
    """One way to hand in the papers, with its own duration and fees."""

    channel: SubmissionChannel
    duration: Duration | None = None
    description: str = ""
    fees: tuple[Fee, ...] = ()


class Form(Frozen):
    """A form to fill in that the portal attaches to a paper; `path` is the portal's own file path."""

    name: str
    path: str | None = None


class Paper(Frozen):
    """One paper of the file (thành phần hồ sơ); a number of copies is None where the source leaves it empty."""

    name: str
    originals: int | None = None
    copies: int | None = None
    forms: tuple[Form, ...] = ()


class Case(Frozen):
    """A variant inside a procedure with its own papers; `name` is None for the papers of everybody."""

    name: str | None = None
    papers: tuple[Paper, ...] = ()
    is_note: bool = False
    """True where the portal put remarks ("Lưu ý") among the papers: shown as remarks, never as papers."""


class LegalBasis(Frozen):
    """A law, decree or circular that the record names; `code` is its number, such as 53/2025/TT-BCA.

    When and by whom it was issued stands only in the portal's .docx sheet.
    """

    code: str
    title: str = ""
    issued_on: date | None = None
    issuer: str = ""


class Procedure(Frozen):
    """One administrative procedure with what is published on it.

    A `sheet_only` procedure comes from the project's facts sheet: it holds figures and names, and leaves the running
    text (steps, conditions, papers' wording) to the guide over it until the record itself is imported.
    """

    code: str = Field(pattern=r"^\d\.\d{6,9}([.\-][0-9A-Za-z.\-]+)?$")
    record_id: str | None = None
    title: str = Field(min_length=1)
    field: str = ""
    scope: Scope = Scope.NATIONAL
    promulgated_by: str = ""
    levels: tuple[Level, ...] = ()
    subjects: tuple[str, ...] = ()
    submissions: tuple[Submission, ...] = ()
    cases: tuple[Case, ...] = ()
    steps: tuple[str, ...] = ()
    conditions: str = ""
    legal_basis: tuple[LegalBasis, ...] = ()
    results: tuple[str, ...] = ()
    executing_agencies: tuple[str, ...] = ()
    competent_agencies: tuple[str, ...] = ()
    """Who decides (cơ quan có thẩm quyền), where the record names it."""
    authorized_agencies: tuple[str, ...] = ()
    coordinating_agencies: tuple[str, ...] = ()
    receiving_address: str = ""
    note: str = ""
    """Remarks that the portal keeps apart from the conditions."""
    keywords: str = ""
    decision: str | None = None
    updated_on: date | None = None
    sheet_only: bool = False

    @property
    def url(self) -> str | None:
        """The procedure's page on the portal, None where the record's id is not known."""
        return f"https://dichvucong.gov.vn/thu-tuc-hanh-chinh/{self.record_id}" if self.record_id else None
