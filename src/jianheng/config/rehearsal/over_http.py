"""Plays scenarios as every role's client would: staff by their organisation's token, parties by the public pages."""

from __future__ import annotations

import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Any

from jianheng.config.rehearsal.script import Done, Refused, ScenarioError

PATIENCE_SECONDS = 30.0
PULSE_PAUSE_SECONDS = 0.5  # between two looks whether the draw is over
TRANSIENT = {"LIST_NOT_YET_LOGGED", "PAPER_PENDING"}


class Client:
    """One organisation's client, acting for a person; with the person's ``phrase`` it signs in that person's act."""

    def __init__(self, base: str, token: str, phrase: str = "") -> None:
        self.base, self.token, self.phrase = base, token, phrase

    def call(
        self, method: str, path: str, *, body: bytes | None = None, kind: str = "application/json", seen: str = ""
    ) -> Any:
        """One call; JSON answers are read, papers come as bytes; raises :class:`Refused` with the problem's code."""
        request = self.request(method, path, body=body, kind=kind, key=str(uuid.uuid4()), seen=seen)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server
                content = answer.read()
                return json.loads(content) if "json" in answer.headers.get("Content-Type", "") else content
        except urllib.error.HTTPError as error:
            problem = json.loads(error.read())
            raise Refused(problem["code"], problem["detail"]) from error

    def request(
        self, method: str, path: str, *, body: bytes | None, kind: str, key: str, seen: str = ""
    ) -> urllib.request.Request:
        """A call as it is sent; the same ``key`` again is the same call again, about the state that was ``seen``."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        if seen:
            headers["If-Match"] = seen
        if self.phrase and method == "POST" and path != "/files":
            headers["Signing-Phrase"] = urllib.parse.quote(self.phrase)
        if body is not None:
            headers["Content-Type"] = kind
        return urllib.request.Request(f"{self.base}/api/v1{path}", data=body, headers=headers, method=method)  # noqa: S310

    def post(self, path: str, given: Mapping[str, Any], *, seen: str = "") -> Any:
        """POST JSON, waiting where the platform only asks for a moment's patience."""
        body = json.dumps(given, ensure_ascii=False).encode()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self.call("POST", path, body=body, seen=seen)
            except Refused as refused:
                if refused.code not in TRANSIENT or time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def act(self, procedure: str, act: str, matter_id: int | None, given: Mapping[str, Any]) -> Done:
        """Do an act on the matter as it stands before one's eyes; without a matter the one that begins it."""
        if matter_id is None:
            done = self.post(f"/{procedure}", given)
        else:
            seen = self.call("GET", f"/matters/{matter_id}")["acts"]
            done = self.post(f"/{procedure}/{matter_id}/{act}", given, seen=f'"{seen}"')
        return Done(done["matter_id"], done["seq"], done["outcome"], tuple(one["kind"] for one in done["documents"]))

    def choices(self, procedure: str, act: str, matter_id: int | None) -> Mapping[str, Any]:
        """What may be chosen for an act, by field."""
        found: Mapping[str, Any] = self.call("GET", f"/{procedure}/{matter_id}/{act}")["choices"]
        return found

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file; returns its hash."""
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        answer = self.call("POST", "/files", body=body, kind=f"multipart/form-data; boundary={boundary}")
        return str(answer["sha256"])


class PartyBrowser:
    """A party on the public pages: number, phone, code by SMS, then forms."""

    def __init__(self, base: str, *, root_id: int, phone: str) -> None:
        self.base = base
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.enter({"number": str(root_id), "phone": phone})

    def enter(self, said: Mapping[str, str]) -> None:
        """Sign in by number, phone and the code sent there."""
        self.post("/progress/", said)
        self.post("/progress/", {**said, "code": self._code(said["phone"])})

    def open(self, request: urllib.request.Request) -> str:
        """The page that answers."""
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.read().decode())

    def get(self, path: str) -> str:
        """A page."""
        return self.open(urllib.request.Request(f"{self.base}{path}"))  # noqa: S310

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        """Fill in and send the form of a page."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        if found is None:
            raise ScenarioError(f"{path} 没有表单")
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": found.group(1)}).encode()
        request = urllib.request.Request(f"{self.base}{path}", data=body, headers={"Referer": self.base + path})  # noqa: S310
        try:
            return self.open(request)
        except urllib.error.HTTPError as error:
            page = error.read().decode()
            code = re.search(r'data-code="([A-Z_]+)"', page)
            told = re.search(r"<h[12][^>]*>([^<]+)</h[12]>\s*<ul class=\"reasons\"", page)
            raise Refused(code.group(1) if code else "REFUSED", unescape(told.group(1)) if told else "") from error

    def messages(self) -> list[Mapping[str, Any]]:
        """The newest texts, from the stand-in's outbox."""
        found: list[Mapping[str, Any]] = json.loads(self.get("/demonstration/outbox/?format=json"))["messages"]
        return found

    def _code(self, phone: str) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for message in self.messages():
                code = re.search(r"验证码 (\d+)", message["text"])
                if message["to"] == phone and code:
                    return code.group(1)
            time.sleep(0.3)
        raise ScenarioError("没有收到验证码")

    def act(self, matter_id: int, act: str, given: Mapping[str, Any], *, key: str = "") -> None:
        """Do an act by its form, confirming where it asks."""
        fields = {"_sure": "yes", "_key": key or str(uuid.uuid4()), **dict(flattened(given))}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                page = self.post(f"/desk/matters/{matter_id}/acts/{act}/", fields)
            except Refused as refused:
                if refused.code in TRANSIENT and time.monotonic() < deadline:
                    time.sleep(0.5)
                    continue
                raise
            if "已办理" not in page:
                raise ScenarioError(f"{act} 没有办成")
            return


def flattened(given: Any, path: str = "") -> list[tuple[str, str]]:
    """Nested values as the names of a form."""
    if isinstance(given, Mapping):
        inner = [(key, value) for key, value in given.items()]
    elif isinstance(given, list):
        inner = [(str(index), value) for index, value in enumerate(given)]
    else:
        text = ("on" if given else "") if isinstance(given, bool) else str(given)
        return [(path, text)]
    return [pair for key, value in inner for pair in flattened(value, f"{path}.{key}".strip("."))]


class OverHttp:
    """The driver of the demonstration."""

    client, browser = Client, PartyBrowser
    looks_for_a_pulse = 120

    def __init__(self, base: str, accounts: list[dict[str, Any]], *, phones: Mapping[str, str]) -> None:
        self.base, self.phones = base, phones
        self.clients = {
            account["login"]: self.client(base, account["token"], account.get("phrase", "")) for account in accounts
        }
        self.parties: dict[str, PartyBrowser] = {}
        self.root_id: int | None = None

    def party(self, side: str) -> PartyBrowser:
        """The browser of one side, signed in once."""
        if side not in self.parties:
            assert self.root_id is not None
            self.parties[side] = self.browser(self.base, root_id=self.root_id, phone=self.phones[side])
        return self.parties[side]

    def act(self, who: str, procedure: str, act: str, matter_id: int | None, given: Mapping[str, Any]) -> Done:
        """Do an act."""
        if who in self.phones:
            assert matter_id is not None
            self.party(who).act(matter_id, act, given)
            last = self.clients["judge"].call("GET", f"/matters/{matter_id}/timeline")[-1]
            return Done(matter_id, last["seq"], last["outcome"], ())
        done = self.clients[who].act(procedure, act, matter_id, given)
        if matter_id is None:
            self.root_id = done.matter_id
        return done

    def options(self, who: str, procedure: str, act: str, matter_id: int | None) -> Mapping[str, Any]:
        """Choices by field; a party reads them from its form."""
        if who in self.phones:
            page = self.party(who).get(f"/desk/matters/{matter_id}/acts/{act}/")
            selects = re.findall(r'<select[^>]*name="([\w]+)\.0"[^>]*>(.*?)</select>', page, re.S)
            return {
                name: [
                    [value, unescape(label)]
                    for value, label in re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)</option>', body)
                ]
                for name, body in selects
            }
        return self.clients[who].choices(procedure, act, matter_id)

    def upload(self, who: str, name: str) -> str:
        """Bring a small text file."""
        content = f"演示文件：{name}".encode()
        if who in self.phones:
            raise ScenarioError("当事人上传请用页面")
        return self.clients[who].upload(name, content)

    def family(self, root_id: int) -> list[Mapping[str, Any]]:
        """The matters of the case, as the judge sees them."""
        judge = self.clients["judge"]
        found: list[Mapping[str, Any]] = []
        ids = judge.call("GET", f"/matters/{root_id}")["family"]
        chosen = ""
        for pk in ids:
            view = judge.call("GET", f"/matters/{pk}")
            facts = dict(view["facts"])
            chosen = facts.get("鉴定机构", chosen)
            found.append(
                {
                    "id": pk,
                    "procedure": view["procedure"],
                    "reference": view["reference"],
                    "end": view["end"],
                    "open": [item["node"] for item in view["items"]],
                    "terms": {term["clock"]: term["due_on"] or "none" for term in view["terms"]},
                    "chosen": chosen,
                }
            )
        return found

    def move_to(self, day: date) -> None:
        """Over HTTP the day is today."""

    def pulse(self, matter_id: int) -> Done:
        """Over HTTP the beacon is a program of its own, and the worker concludes: wait for it."""
        judge = self.clients["judge"]
        for _ in range(self.looks_for_a_pulse):
            if all(item["node"] != "draw" for item in judge.call("GET", f"/matters/{matter_id}")["items"]):
                break
            time.sleep(PULSE_PAUSE_SECONDS)
        else:
            raise ScenarioError("信标脉冲没有到，摇号没有结果")
        last = judge.call("GET", f"/matters/{matter_id}/timeline")[-1]
        kinds = tuple(one["kind"] for one in judge.call("GET", f"/matters/{matter_id}/documents"))
        return Done(matter_id, last["seq"], last["outcome"], kinds)

    def pulse_line(self, matter_id: int) -> str:
        """Over HTTP the worker fetches it."""
        raise ScenarioError("脉冲由后台任务取得，不必录入")

    def lapse(self) -> None:
        """Over HTTP the worker does what is due."""
