"""The documentation says what is so: links lead somewhere, commands run as shown, lists equal the code's."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import jianheng
from jianheng.config import cli
from jianheng.kernel.errors import Refusal

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "jianheng"
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *SOURCE.rglob("README.md")])
FENCE = re.compile(r"^( *)```(\S*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
IDS = {
    "A": 11, "B": 13, "C": 6, "D": 14, "E": 5, "F": 4, "G": 12, "H": 8, "I": 2, "J": 4, "K": 8, "L": 6, "M": 4,
    "N": 7, "O": 5, "P": 4, "Q": 5, "R": 4, "S": 5,
}  # fmt: skip
STATES = {"works", "partial", "not yet"}


def name(path: Path) -> str:
    """A page as a test calls it."""
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    """A page's text."""
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """A page without its fenced blocks and code spans."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text_of(path)))


def anchors(path: Path) -> set[str]:
    """The addresses of a page's headings, as forges make them."""
    headings = re.findall(r"^#{1,6} +(.+?) *$", FENCE.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rows(path: Path) -> list[list[str]]:
    """The cells of every table row of a page, code marks taken off."""
    lines = [line for line in text_of(path).splitlines() if line.startswith("|")]
    cells = [[cell.strip().replace("`", "") for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if not set("".join(row)) <= set("-|: ")]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = []
    for match in LINK.finditer(prose(page)):
        address = match.group(1) or match.group(2)
        if re.match(r"[a-z]+:", address):
            continue
        place, _, heading = address.partition("#")
        target = (page.parent / place).resolve() if place else page
        if not target.exists() or (heading and target.suffix == ".md" and heading not in anchors(target)):
            broken.append(address)

    assert broken == []


def shown(page: Path) -> Iterator[tuple[str, list[str], int]]:
    """(command, output lines, exit status) of each command in the page's ``console`` blocks."""
    for indent, kind, block in FENCE.findall(text_of(page)):
        if kind != "console":
            continue
        plain = re.sub(rf"^{indent}", "", block, flags=re.MULTILINE)
        pieces = [piece for piece in re.split(r"^\$ ", plain, flags=re.MULTILINE) if piece.strip()]
        commands = [(piece.partition("\n")[0], piece.partition("\n")[2].splitlines()) for piece in pieces]
        for number, (command, output) in enumerate(commands):
            following = commands[number + 1] if number + 1 < len(commands) else ("", [])
            if command != "echo $?":
                yield command, output, int(following[1][0]) if following[0] == "echo $?" else 0


SHOWN = [(name(page), *one) for page in PAGES for one in shown(page)]


def as_pattern(lines: list[str]) -> str:
    """Lines as a pattern; ``…`` alone on a line stands for any lines, at the end of one for its rest."""
    parts = ["(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in lines]
    return "".join(parts)


def test_the_documentation_shows_commands_at_work() -> None:
    assert len(SHOWN) >= 15
    assert all(re.match(r"(\S*/)?jianheng ", command) for _, command, _, _ in SHOWN)


@pytest.mark.parametrize(("page", "command", "output", "status"), SHOWN, ids=[f"{p}: {c}" for p, c, _, _ in SHOWN])
def test_a_command_answers_as_shown(page, command, output, status, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("JIANHENG_LAW_DIR", str(tmp_path / "law"))

    try:
        answered = cli.main(shlex.split(command)[1:])
    except SystemExit as left:
        answered = int(left.code or 0)
    said = capsys.readouterr()
    told = (said.out + said.err).replace(str(tmp_path / "law"), "var/law")

    assert answered == status
    assert re.fullmatch(as_pattern(output), told if told.endswith("\n") or not told else told + "\n"), told


def test_the_features_page_has_every_id_once_with_a_known_state() -> None:
    wanted = [f"{letter}{number:02d}" for letter, count in IDS.items() for number in range(1, count + 1)]
    told = [row for row in rows(ROOT / "docs" / "features.md") if re.fullmatch(r"[A-S]\d\d", row[0])]

    assert [row[0] for row in told] == wanted
    assert {row[2] for row in told} <= STATES
    assert [row[0] for row in told if row[2] != "not yet" and len(row[3]) < 5] == []


def refusals() -> set[type[Refusal]]:
    """Every refusal the code declares."""
    for module in pkgutil.walk_packages(jianheng.__path__, "jianheng."):
        if not re.search(r"\.(tests|migrations)\b|\.wsgi$|\.pytest_server$", module.name):
            importlib.import_module(module.name)
    found: set[type[Refusal]] = set()
    waiting = [Refusal]
    while waiting:
        below = [one for one in waiting.pop().__subclasses__() if one not in found]
        found |= set(below)
        waiting += below
    return {
        one
        for one in found
        if one.__module__.startswith("jianheng.")
        and ".tests." not in one.__module__
        and "<locals>" not in one.__qualname__
    }


def test_the_error_codes_page_lists_exactly_the_refusals_of_the_code() -> None:
    declared = {
        (one.code, (one.__doc__ or "").strip().splitlines()[0], str(one.status), "；".join(one.law))
        for one in refusals()
    }
    told = {tuple(row) for row in rows(REFERENCE / "error-codes.md") if len(row) == 4 and row[2].isdigit()}

    assert sorted(declared - told) == []
    assert sorted(told - declared) == []


def test_the_environment_page_lists_exactly_the_variables_the_code_reads() -> None:
    read = re.compile(r"environ(?:\.get|\.setdefault)?[(\[]\s*\"(JIANHENG_[A-Z0-9_]+)\"")
    source = [path for path in SOURCE.rglob("*.py") if "tests" not in path.parts]
    wanted = {variable for path in source for variable in read.findall(text_of(path))}

    assert {row[0] for row in rows(REFERENCE / "environment.md") if row[0].startswith("JIANHENG_")} == wanted


def test_the_commands_page_names_every_command() -> None:
    usage = cli.parser().format_help()
    verbs = re.search(r"\{([a-z,-]+)\}", cli.parser().format_usage())
    known = verbs.group(1).split(",") if verbs else re.findall(r"^    ([a-z][a-z-]+)(?: |$)", usage, re.MULTILINE)

    assert len(known) >= 12
    assert [verb for verb in known if f"jianheng {verb}" not in text_of(REFERENCE / "commands.md")] == []


def test_every_identifier_of_the_glossary_is_used_in_the_code() -> None:
    source = [path for path in SOURCE.rglob("*") if path.suffix in {".py", ".yaml"}]
    used = {word for path in source for word in re.findall(r"\w+", text_of(path))}
    table = [row for row in rows(ROOT / "docs" / "glossary.md") if len(row) == 3 and row[1] != "Identifier"]
    told = [word for row in table for word in row[1].split(", ")]

    assert len(told) > 80
    assert [word for word in told if word not in used] == []


def test_publiccode_has_what_the_standard_requires() -> None:
    told = yaml.safe_load(text_of(ROOT / "publiccode.yml"))
    required = {
        "publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType",
        "description", "legal", "maintenance", "localisation",
    }  # fmt: skip

    assert required <= set(told)
    assert told["softwareVersion"] == "0.1.0"
    for words in told["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert words["features"]


def test_the_page_of_covered_tables_is_what_the_modules_declare() -> None:
    spec = importlib.util.spec_from_file_location("covered_tables", ROOT / "tools" / "covered_tables.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)

    assert text_of(REFERENCE / "covered-tables.md") == made.page()
