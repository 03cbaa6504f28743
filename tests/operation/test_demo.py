"""``jianheng demo`` as a stranger would judge it: with pdfsig, with pyHanko, with the independent verifier."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.utils import timezone

from jianheng import verifier
from jianheng.services.signing import api as signing


@pytest.fixture(scope="module")
def demo():  # type: ignore[no-untyped-def]
    """One demonstration, played over HTTP."""
    with tempfile.TemporaryDirectory(prefix="jianheng-demo-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("JIANHENG_", "DJANGO_"))}
        command = [sys.executable, "-m", "jianheng.config.cli", "demo", "--out", f"{name}/demo"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=400)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        yield Path(name) / "demo"


def manifest(demo: Path) -> dict:  # type: ignore[type-arg]
    return json.loads((demo / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_it_leaves_what_its_manifest_says(demo) -> None:
    said = manifest(demo)

    assert said["case_number"] == "（2026）吉0199民初100号"
    assert len({paper["kind"] for paper in said["documents"]}) >= 25
    assert said["acts"] == len(said["receipts"]) >= 50
    for paper in said["documents"]:
        assert hashlib.sha256((demo / paper["path"]).read_bytes()).hexdigest() == paper["sha256"]
    for path in (*said["receipts"], said["draw"], said["checkpoint"]):
        assert (demo / path).stat().st_size > 0


@pytest.mark.slow
def test_pdfsig_finds_every_signature_valid(demo) -> None:
    for paper in manifest(demo)["documents"]:
        said = subprocess.run(["pdfsig", demo / paper["path"]], capture_output=True, text=True, check=False).stdout

        assert said.count("Signature Validation: Signature is Valid.") == said.count("Signature #") >= 1, paper[
            "kind"
        ]


@pytest.mark.slow
def test_pyhanko_passes_the_opinion_with_both_appraisers_and_the_institution(demo) -> None:
    opinion = next(p for p in manifest(demo)["documents"] if p["kind"] == "opinion_disability")

    content = (demo / opinion["path"]).read_bytes()
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import io,sys\n"
            "from pyhanko.pdf_utils.reader import PdfFileReader\n"
            "from pyhanko.sign.validation import validate_pdf_signature\n"
            "signatures = PdfFileReader(io.BytesIO(sys.stdin.buffer.read())).embedded_regular_signatures\n"
            "told = [validate_pdf_signature(s) for s in signatures]\n"
            "print(len(told), all(t.intact and t.valid for t in told))\n",
        ],
        input=content,
        capture_output=True,
        check=True,
    ).stdout.decode()

    assert said.split() == ["3", "True"]
    assert signing.check(content, now=timezone.now()) is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "where"),
    [("acts.jsonl", "acts.jsonl"), ("entries.jsonl", "entries.jsonl"), ("documents.jsonl", "documents.jsonl")],
)
def test_an_edited_row_of_the_export_is_named(demo, tmp_path, file, where) -> None:
    shutil.copytree(demo / "export", tmp_path / "export")
    lines = (tmp_path / "export" / file).read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace("2026", "2025", 1)
    (tmp_path / "export" / file).write_text("\n".join(lines) + "\n", encoding="utf-8")

    said = judged(tmp_path / "export", demo)

    assert said.returncode == 1
    assert where in said.stdout


@pytest.mark.slow
def test_a_changed_byte_of_a_paper_is_named(demo, tmp_path) -> None:
    shutil.copytree(demo / "export", tmp_path / "export")
    paper = sorted((tmp_path / "export").rglob("*.pdf"))[5]
    content = bytearray(paper.read_bytes())
    content[len(content) // 2] ^= 1
    paper.write_bytes(content)

    said = judged(tmp_path / "export", demo)

    assert said.returncode == 1
    assert paper.name in said.stdout or "documents.jsonl" in said.stdout


@pytest.mark.slow
def test_the_untouched_export_passes(demo) -> None:
    assert judged(demo / "export", demo).returncode == 0


def judged(path: Path, demo: Path) -> subprocess.CompletedProcess[str]:
    """What the independent verifier says."""
    key = (demo / "log.key").read_text().strip()
    command = [sys.executable, str(Path(verifier.__file__)), str(path), "--key", key]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
