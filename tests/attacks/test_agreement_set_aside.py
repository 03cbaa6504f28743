"""The unit alone sets aside an institution both sides agreed on: it may only where that one no longer qualifies."""

from __future__ import annotations

import pytest

from jianheng.config.rehearsal.script import Refused

pytestmark = pytest.mark.django_db


def test_attack_technician_draws_lots_instead_of_what_both_sides_agreed_on(played) -> None:
    case = played(before="selection.confirm_agreement", scenario="agreement_deficiency")

    with pytest.raises(Refused):
        given = {"reason": "另行摇号。"}
        case.driver.act("tech", "selection", "go_to_draw", case.newest("selection"), given)
