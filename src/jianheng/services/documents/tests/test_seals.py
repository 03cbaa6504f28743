"""The picture of a seal."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from jianheng.services.documents import seals


@pytest.mark.parametrize("owner", ["院", "示例市示例区人民法院", "示" * 30, "<&>\"'"])
def test_seal_is_well_formed_and_carries_every_character_of_the_name(owner) -> None:
    drawn = ElementTree.fromstring(seals.drawn(seals.appraisal_seal(owner)))

    written = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "".join(written) == owner + "司法鉴定专用章"


def test_seal_tells_a_reader_who_cannot_see_it_whose_it_is() -> None:
    assert seals.appraisal_seal("示例所").alt == "印章：示例所司法鉴定专用章"
    assert seals.court_seal("示例法院").alt == "印章：示例法院"
