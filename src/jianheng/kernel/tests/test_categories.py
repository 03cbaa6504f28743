"""The tree of categories knows what stands within what."""

import pytest

from jianheng.kernel.categories import Categories, Category, CategoryTreeFault, UnknownCategoryError


def node(code: str, parent: str = "", maps_to: str = "") -> Category:
    return Category(code, f"{code}鉴定", parent, "", verified=True, maps_to=maps_to)


TREE = Categories(
    [
        node("FM"),
        node("FM02", "FM"),
        node("FM0204", "FM02"),
        node("FM020401", "FM0204"),
        node("FM0201", "FM02"),
        node("CT"),
        node("CT01", "CT", maps_to="FM"),
    ]
)


@pytest.mark.parametrize(
    ("code", "container", "within"),
    [("FM020401", "FM02", True), ("FM02", "FM02", True), ("FM02", "FM020401", False), ("FM0201", "FM0204", False)],
)
def test_a_category_is_within_itself_and_everything_above(code: str, container: str, within: bool) -> None:
    assert TREE.within(code, container) is within


def test_lineage_children_and_everything_below_come_in_order() -> None:
    assert [each.code for each in TREE.lineage("FM020401")] == ["FM020401", "FM0204", "FM02", "FM"]
    assert [each.code for each in TREE.children()] == ["FM", "CT"]
    assert [each.code for each in TREE.below("FM")] == ["FM02", "FM0204", "FM020401", "FM0201"]


@pytest.mark.parametrize(("code", "field"), [("FM020401", "FM02"), ("FM02", "FM02"), ("FM", "FM")])
def test_the_field_of_an_item_is_its_practice_category(code: str, field: str) -> None:
    assert TREE.field(code) == field


def test_a_courts_own_category_is_licensed_as_the_class_it_maps_to() -> None:
    assert TREE.licensed_as("CT01") == "FM"
    assert TREE.licensed_as("FM0201") == "FM0201"


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownCategoryError, match="FM99"):
        TREE["FM99"]
    assert "FM99" not in TREE


@pytest.mark.parametrize("listed", [[node("FM"), node("FM")], [node("FM02", "FM"), node("FM")]])
def test_a_list_that_contradicts_itself_makes_no_tree(listed: list[Category]) -> None:
    with pytest.raises(CategoryTreeFault):
        Categories(listed)
