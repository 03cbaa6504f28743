"""A platform at work in a process of its own: does one act for each line it is given, and says when it was acknowledged.

Run with ``JIANHENG_HOME`` and ``JIANHENG_DSN`` of an empty database's owner. It prepares it, with the invented cast
and no registers, and answers each line with one line of JSON. ``act N`` raises a request under case number N, brings a file, and has the papers made and the log sealed.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

from jianheng.config.postgres import APPLICATION_ROLE

REQUEST = {
    "cause": "机动车交通事故责任纠纷",
    "origin": "APPLICATION",
    "category": "FM0202",
    "subject": "致残等级",
    "purpose": "确定赔偿",
    "basic_facts": "示例案情",
    "applicant": "示例甲",
    "applicant_phone": "13800000001",
    "respondent": "示例乙",
    "respondent_phone": "13800000002",
}


def act(number: int) -> dict[str, object]:
    """One act with all that follows from it; what its actor is told."""
    from django.db import connection
    from django.utils import timezone

    from jianheng.services.documents import api as documents
    from jianheng.services.files import api as files
    from jianheng.services.ledger import sequencer
    from jianheng.services.people import api as people
    from jianheng.services.procedures import api as procedures

    now = datetime.now(UTC)
    judge = people.actor_of_login("judge", today=timezone.localdate(now))
    content = f"病历 {number}".encode()
    files.upload(io.BytesIO(content), name=f"病历{number}.txt", size=len(content), scope=judge.scope, now=now)
    given = REQUEST | {"case_number": f"（2026）吉0199民初{number}号"}
    done = procedures.begin("entrustment", by=judge, given=given, now=now)
    acknowledged = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("select id from documents_document where status = 'requested'")
        waiting = [row[0] for row in cursor.fetchall()]
    for document in waiting:
        documents.produce(document)
    sequencer.run_once(now=datetime.now(UTC))
    return {"matter": done.matter_id, "at": now.isoformat(), "acknowledged": acknowledged.isoformat()}


def main() -> None:
    """Answer line by line."""
    django.setup()
    from django.core.management import call_command

    from jianheng.config import cast, roles

    call_command("migrate", verbosity=0, interactive=False)
    roles.grant(APPLICATION_ROLE)
    cast.make(Path(sys.argv[1]) / "demo" / "accounts.json")
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(act(int(line.split()[1]))), flush=True)


if __name__ == "__main__":
    main()
