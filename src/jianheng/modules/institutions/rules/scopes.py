"""Reading the business scope (业务范围) of a licence into categories with their limits.

A scope is a list of entries; an entry names a category or an item and may limit it in brackets: 仅限 A、B
(nothing else), A、B 除外 (everything else), or a bare list, which licences use for "only these". Names are
compared without 司法鉴定, 鉴定 and 类 at their end, brackets and commas in either width, 和 and 及 as 与.

Invariants: nothing is dropped: what matches no name is kept as text and makes the verdict unclear; what
cannot be read safely (brackets that do not close, an exception outside brackets) refuses the whole scope;
between a shorter and a longer name that both fit, the longer one is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from jianheng.kernel.categories import Categories
from jianheng.modules.institutions.errors import ScopeUnreadableError
from jianheng.modules.institutions.terms import Coverage, LimitKind, ScopeLine

LENGTH_CEILING = 4000  # characters; the longest scopes seen have a few hundred
DEPTH_CEILING = 4  # brackets within brackets
LONGEST_NAME = 4  # parts of a list that one item's name may span
COURT_LIST = "CT"  # the court's own list is no language of licences

_WIDTH = str.maketrans("（）［］【】〔〕[]，；：", "()()()()(),;:")
_FULL_WIDTH = str.maketrans("(),;:", "（），；：")
_ENDING = re.compile(r"(类?(司法)?鉴定|类)$")
_ONLY = re.compile(r"(仅限于?|只限于?|限于?|仅):?")
_EXCEPT_BEFORE = re.compile(r"(不含|不包括|不包含):?")
_EXCEPT_AROUND = re.compile(r"除(?!外)(?P<listed>.+?)(之外|以外|外)")
_EXCEPT_AFTER = re.compile(r"(?P<listed>.+)除外")
_INCLUDING = re.compile(r"^(含|包括|包含|其中):?")
_EXCEPTION_WORDS = ("除外", "不含", "不包括", "以外")
_LIMITING_WORDS = (*_EXCEPTION_WORDS, "仅", "只限", "限于", "不做", "不开展", "不从事", "不得", "暂停", "停止")


@dataclass(frozen=True, slots=True)
class ScopeReading:
    """A scope read: its lines, and the tree their codes belong to."""

    lines: tuple[ScopeLine, ...]
    categories: Categories

    def covers(self, code: str) -> Coverage:
        """Whether the scope covers a category or item."""
        return covers(self.lines, code, self.categories)

    @property
    def kept(self) -> tuple[str, ...]:
        """What matched no name, in order, as written."""
        return tuple(text for line in self.lines for text in line.texts)


def parse_scope(text: str, categories: Categories, synonyms: Mapping[str, Iterable[str]]) -> ScopeReading:
    """Read the scope of a licence. ``synonyms`` maps other names to the codes meant.

    Refuses with ``ScopeUnreadableError`` an empty or overlong scope, brackets that do not pair, and an
    exception or a limit that does not say which category it limits.
    """
    if not text.strip():
        raise ScopeUnreadableError("业务范围是空的。", about="scope_text")
    if len(text) > LENGTH_CEILING:
        raise ScopeUnreadableError(f"业务范围超过{LENGTH_CEILING}字。", about="scope_text")
    reader = _Reader(categories, synonyms)
    return ScopeReading(tuple(reader.entries(text.translate(_WIDTH))), categories)


def covers(lines: Iterable[ScopeLine], code: str, categories: Categories) -> Coverage:
    """Whether the lines of a scope cover ``code``: a court's own category asks for the class it maps to.

    A category is covered when it is licensed without a limit that touches it, or when everything directly
    below it is; it is unclear when a part of it is missing, or when a limit could not be read.
    """
    lines, asked = tuple(lines), categories.licensed_as(code)
    found = {_line_covers(line, asked, categories) for line in lines}
    if Coverage.YES in found:
        return Coverage.YES
    if Coverage.UNCLEAR not in found:
        return Coverage.NO
    below = categories.children(asked)
    whole = below and all(covers(lines, child.code, categories) is Coverage.YES for child in below)
    return Coverage.YES if whole else Coverage.UNCLEAR


def touches(line: ScopeLine, code: str, categories: Categories) -> bool:
    """Whether a line speaks of the practice category ``code`` belongs to, limits aside."""
    asked = categories.licensed_as(code)
    return bool(line.category) and (
        categories.within(categories.field(asked), categories.field(line.category))
        or categories.within(categories.field(line.category), categories.field(asked))
    )


def _line_covers(line: ScopeLine, asked: str, categories: Categories) -> Coverage:
    if not line.category:
        return Coverage.NO
    if not categories.within(asked, line.category):
        return Coverage.UNCLEAR if categories.within(line.category, asked) else Coverage.NO
    if line.kind is LimitKind.FULL:
        return Coverage.YES
    listed, otherwise = (Coverage.YES, Coverage.NO) if line.kind is LimitKind.ONLY else (Coverage.NO, Coverage.YES)
    if any(categories.within(asked, item) for item in line.items):
        return listed
    if line.texts or any(categories.within(item, asked) for item in line.items):
        return Coverage.UNCLEAR
    return otherwise


def describe(line: ScopeLine, categories: Categories) -> str:
    """A line as a report prints it: 法医临床鉴定（FM02）除外：听觉功能（FM020402）."""
    if not line.category:
        return "、".join(line.texts)
    named = [f"{categories[code].name}（{code}）" for code in (line.category, *line.items)]
    word = {LimitKind.FULL: "", LimitKind.ONLY: "仅限：", LimitKind.EXCEPT: "除外："}[line.kind]
    limits = "、".join([*named[1:], *(f"“{text}”" for text in line.texts)])
    return f"{named[0]}{word}{limits}"


@dataclass(slots=True)
class _Limits:
    """The limits of one category while its brackets are read."""

    only: list[str]
    only_texts: list[str]
    excepted: list[str]
    excepted_texts: list[str]
    nested: list[ScopeLine]  # listed items that carry limits of their own


class _Reader:
    def __init__(self, categories: Categories, synonyms: Mapping[str, Iterable[str]]) -> None:
        self.categories = categories
        self.names: dict[str, list[tuple[str, ...]]] = {}
        for category in categories:
            if not categories.within(category.code, COURT_LIST):
                self.names.setdefault(_key(category.name), []).append((category.code,))
        for text, codes in synonyms.items():
            self.names.setdefault(_key(text), []).append(tuple(codes))

    def entries(self, text: str) -> Iterator[ScopeLine]:
        """The lines of a whole scope."""
        for part, codes in self.parts(text, within=""):
            if codes:
                yield from (ScopeLine(code) for code in codes)
                continue
            head, limits = _bracketed(part)
            named = self.codes(head, within="")
            if limits and len(named) == 1:
                yield from self.limited(named[0], limits, depth=1)
            elif any(word in part for word in _LIMITING_WORDS):
                raise ScopeUnreadableError(f"“{part}”没有写明限制的是哪个类别。", about="scope_text")
            else:
                yield ScopeLine("", texts=(part.translate(_FULL_WIDTH),))

    def parts(self, text: str, *, within: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The parts of a list, each with the codes it names; a name spanning several parts is one."""
        places = _places(text)
        number = 0
        while number < len(places):
            for last in range(min(number + LONGEST_NAME, len(places)), number, -1):
                part = text[places[number][0] : places[last - 1][1]].strip()
                codes = self.codes(part, within=within)
                if codes or last == number + 1:
                    if part:
                        yield part, codes
                    number = last
                    break

    def codes(self, name: str, *, within: str) -> tuple[str, ...]:
        """What a name means below ``within`` ("" = anywhere); nothing if it is unknown or ambiguous."""
        found = {
            codes
            for codes in self.names.get(_key(name), ())
            if not within or all(self.categories.within(code, within) for code in codes)
        }
        return found.pop() if len(found) == 1 else ()

    def limited(self, category: str, limits: list[str], *, depth: int) -> Iterator[ScopeLine]:
        """The lines of one category with what stands in its brackets."""
        if depth > DEPTH_CEILING:
            raise ScopeUnreadableError("业务范围的括号嵌套过深。", about="scope_text")
        found = _Limits([], [], [], [], [])
        for clause in (clause for limit in limits for clause in _clauses(limit)):
            self.clause(category, clause, found, depth=depth)
        written = "；".join(limits).translate(_FULL_WIDTH)
        if not (found.only or found.only_texts or found.nested):
            kind = LimitKind.EXCEPT if found.excepted or found.excepted_texts else LimitKind.FULL
            yield ScopeLine(category, kind, tuple(found.excepted), tuple(found.excepted_texts), written)
            return
        plain = [item for item in found.only if not self.narrowed(item, found)]
        if plain or found.only_texts:
            yield ScopeLine(category, LimitKind.ONLY, tuple(plain), tuple(found.only_texts), written)
        for item in found.only:
            if item not in plain:
                related = tuple(each for each in found.excepted if self.related(each, item))
                yield ScopeLine(item, LimitKind.EXCEPT, related, tuple(found.excepted_texts), written)
        for line in found.nested:
            doubly = bool(found.excepted or found.excepted_texts)
            yield ScopeLine(line.category, LimitKind.ONLY, texts=(written,), limit_text=written) if doubly else line

    def narrowed(self, item: str, found: _Limits) -> bool:
        """Whether an exception beside 仅限 reaches a listed item."""
        return bool(found.excepted_texts) or any(self.related(each, item) for each in found.excepted)

    def related(self, one: str, other: str) -> bool:
        """Whether one of two items stands within the other."""
        return self.categories.within(one, other) or self.categories.within(other, one)

    def clause(self, category: str, clause: str, found: _Limits, *, depth: int) -> None:
        """Add one clause of a bracket to the limits."""
        kind, listed = _kind(clause)
        if kind is LimitKind.FULL:
            return
        codes, texts = (
            (found.only, found.only_texts) if kind is LimitKind.ONLY else (found.excepted, found.excepted_texts)
        )
        if _INCLUDING.match(clause):
            texts.append("含")  # what else it holds is not said
        for part, named in self.parts(listed, within=category):
            head, limits = _bracketed(part)
            inner = self.codes(head, within=category)
            if named:
                codes.extend(named)
            elif not (limits and len(inner) == 1):
                self.unmatched(part, category, codes, texts)
            elif kind is LimitKind.ONLY:
                found.nested.extend(self.limited(inner[0], limits, depth=depth + 1))
            else:
                self.excepted_part(inner[0], limits, found, depth=depth)

    def excepted_part(self, item: str, limits: list[str], found: _Limits, *, depth: int) -> None:
        """An excepted item with limits of its own: 人体功能评定（仅限视觉功能）除外 excepts that part only."""
        for line in self.limited(item, limits, depth=depth + 1):
            if line.kind is LimitKind.ONLY:
                found.excepted.extend(line.items)
                found.excepted_texts.extend(line.texts)
            else:
                found.excepted_texts.append(line.limit_text)

    def unmatched(self, part: str, category: str, codes: list[str], texts: list[str]) -> None:
        """A part that names no item as it stands: 等 leaves a list open, anything else is kept."""
        listed = re.sub("等(项目)?$", "", part)
        named = self.codes(listed, within=category) if listed != part else ()
        codes.extend(named)
        texts.append("等" if named else part.translate(_FULL_WIDTH))


def _key(name: str) -> str:
    """A name as it is compared."""
    bare = re.sub(r"\s", "", name).translate(_WIDTH)
    return re.sub("[和及]", "与", _ENDING.sub("", bare))


def _kind(clause: str) -> tuple[LimitKind, str]:
    """What a clause does, and the list it does it to; a bare list is "only these"."""
    clause = clause.strip().rstrip("。")
    if found := _ONLY.match(clause):
        return LimitKind.ONLY, clause[found.end() :]
    if found := _EXCEPT_BEFORE.match(clause):
        return LimitKind.EXCEPT, clause[found.end() :]
    if found := _EXCEPT_AFTER.fullmatch(clause) or _EXCEPT_AROUND.fullmatch(clause):
        return LimitKind.EXCEPT, found["listed"].removeprefix("除")
    return (LimitKind.ONLY if clause else LimitKind.FULL), _INCLUDING.sub("", clause, count=1)


def _clauses(limit: str) -> Iterator[str]:
    """The clauses of a bracket: parted by semicolons, and by commas where 仅限 and 除外 stand side by side."""
    for clause in _split(limit, ";"):
        both = _ONLY.match(clause.strip()) and any(word in clause for word in _EXCEPTION_WORDS)
        yield from _split(clause, ",") if both else (clause,)


def _split(text: str, marks: str) -> Iterator[str]:
    yield from (text[first:last] for first, last in _places(text, marks))


def _places(text: str, marks: str = ",;、\n") -> list[tuple[int, int]]:
    """Where the parts of a list begin and end, brackets kept whole; refuses brackets that do not pair."""
    places, first, depth = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            raise ScopeUnreadableError(
                f"多出一个右括号：“…{text[max(0, place - 12) : place + 1]}”。", about="scope_text"
            )
        if depth == 0 and character in marks:
            places.append((first, place))
            first = place + 1
    if depth:
        raise ScopeUnreadableError(f"少了右括号：“{text[first : first + 20]}…”。", about="scope_text")
    return [*places, (first, len(text))]


def _bracketed(part: str) -> tuple[str, list[str]]:
    """A part's name and what stands in its brackets; text after a bracket other than 鉴定 belongs to the name."""
    limits, name, depth, first = [], "", 0, 0
    for place, character in enumerate(part):
        if character == "(" and depth == 0:
            first = place + 1
        if character == ")" and depth == 1:
            limits.append(part[first:place])
        depth += (character == "(") - (character == ")")
        if depth == 0 and character != ")":
            name += character
    return name, limits
