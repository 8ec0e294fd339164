"""Which procedures a deployment of a province answers: the nation's, and those the province itself promulgated."""

from __future__ import annotations

from corpus.record import Procedure, Scope
from corpus.wording import without_marks


def in_scope(procedure: Procedure, province: str) -> bool:
    """Whether residents of `province` ("Điện Biên") meet the procedure.

    Other provinces' own procedures and those between offices stay out: design.md, "Scope of a deployment".
    """
    if procedure.scope is Scope.NATIONAL:
        return True
    return procedure.scope is Scope.PROVINCIAL and without_marks(province) in without_marks(procedure.promulgated_by)
