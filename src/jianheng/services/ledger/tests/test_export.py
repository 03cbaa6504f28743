"""An export as the writer makes it is accepted by the verifier; the writer refuses to make a bad one."""

import shutil
import zipfile

import pytest

from jianheng import verifier
from jianheng.services.ledger import api
from jianheng.services.ledger.errors import ExportFault

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(world, tmp_path):
    api.export(tmp_path / "export")
    return tmp_path / "export"


def codes(path, **given):
    return [problem.code for problem in verifier.verify([path], **given).problems]


def test_an_honest_export_holds(exported):
    report = verifier.verify([exported], keys=[api.public_key()])

    assert not report.problems
    assert report.checked["entries"] == 277
    assert report.checked["leaves"] == 275
    assert (report.checked["checkpoints"], report.checked["tiles"]) == (3, 1)
    assert (report.checked["acts"], report.checked["documents"], report.checked["files"]) == (262, 10, 10)


def test_an_honest_export_holds_as_a_zip_file(exported, tmp_path):
    shutil.make_archive(str(tmp_path / "packed"), "zip", exported.parent, "export")

    assert codes(tmp_path / "packed.zip") == []


def test_an_empty_log_is_exported_and_holds(tmp_path):
    api.export(tmp_path / "export")

    assert codes(tmp_path / "export") == []


def test_a_number_skipped_at_issuing_shows(world, tmp_path):
    world.document(2, "示例函", 6)
    api.export(tmp_path / "export")

    report = verifier.verify([tmp_path / "export"])

    assert [(problem.code, "第 5 号" in problem.text) for problem in report.problems] == [("NUMBER_GAP", True)]


def test_a_number_given_twice_shows(world, tmp_path):
    world.document(2, "示例鉴", 6)
    api.export(tmp_path / "export")

    assert codes(tmp_path / "export") == ["NUMBER_DUPLICATE"]


def test_a_second_version_keeps_its_number(world, tmp_path):
    world.document(1, "示例鉴", 6, version=2)
    api.export(tmp_path / "export")

    assert codes(tmp_path / "export") == []


def test_an_export_is_not_mixed_with_what_lies_in_the_directory(exported):
    with pytest.raises(api.ExportPlaceError, match="不是空的"):
        api.export(exported)


@pytest.mark.parametrize("change", [{"salt": ...}, {"remark": "nothing covers this"}])
def test_rows_that_do_not_keep_the_contract_stop_the_export(world, tmp_path, change):
    row = {name: value for name, value in (world.acts[0] | change).items() if value is not ...}
    world.acts[0] = row

    with pytest.raises(ExportFault, match="acts"):
        api.export(tmp_path / "export")


def test_a_name_is_registered_once(world):
    with pytest.raises(ExportFault, match="already"):
        api.register_export("acts", lambda _: [])


def test_a_broken_zip_file_is_named(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 nothing more")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("a.txt", "hello")

    assert codes(tmp_path / "broken.zip") == ["UNKNOWN_FILE"]
    assert codes(tmp_path / "other.zip") == ["UNKNOWN_FILE"]
