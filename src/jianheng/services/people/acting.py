"""Who is acting: asked with every request, so it is one statement and no objects of the ORM.

A leader's second statement finds the bodies below.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import connection

from jianheng.services.people.models import Organisation
from jianheng.services.people.terms import Actor, OrganisationKind, PostRef, Role

POSTS = """
select p.id, p.name, {limited},
  (select coalesce(jsonb_agg(jsonb_build_array(o.id, o.name, o.kind, o.region, h.role) order by o.id, h.role), '[]')
   from people_post h join people_organisation o on o.id = h.organisation_id
   where h.person_id = p.id and h.valid_from <= %(today)s and (h.valid_to is null or h.valid_to >= %(today)s)
     and {posts})
from {person}
"""
OF_PERSON = POSTS.format(posts="true", limited="null", person="people_person p where p.id = %(person)s")
OF_LOGIN = POSTS.format(
    posts="true",
    limited="null",
    person="people_account a join people_person p on p.id = a.person_id where a.username = %(login)s",
)
OF_TOKEN = POSTS.format(
    posts="h.organisation_id = t.organisation_id",
    limited="t.acts",
    person="""people_clienttoken t join people_person p on p.id = t.person_id
      where t.digest = %(digest)s and t.revoked_at is null and (t.expires_at is null or t.expires_at > %(now)s)""",
)


def actor_of_person(person_id: int | None, *, today: date) -> Actor | None:
    """Who a person is today, with every post; ``None`` for nobody."""
    return _asked(OF_PERSON, {"person": person_id, "today": today}) if person_id is not None else None


def actor_of_login(username: str, *, today: date) -> Actor | None:
    """Who a login is today; ``None`` for an unknown one."""
    return _asked(OF_LOGIN, {"login": username, "today": today})


def actor_of_token(token: str, *, now: datetime, today: date) -> Actor | None:
    """Who a bearer token acts as, within its organisation only; ``None`` when unknown, expired or revoked."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return _asked(OF_TOKEN, {"digest": digest, "now": now, "today": today})


def _asked(sql: str, parameters: dict[str, Any]) -> Actor | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found = cursor.fetchone()
    if found is None:
        return None
    person_id, name, limited, told = found
    posts = tuple(PostRef(*post) for post in json.loads(told))
    led = [post.organisation_id for post in posts if post.role == Role.LEADER]
    return Actor(
        name=name,
        person_id=person_id,
        posts=posts,
        limited=tuple(limited) if limited else None,
        organisations_below=_below(led) if led else (),
        regions=tuple(_region_prefix(post.region) for post in posts if post.kind == OrganisationKind.REGULATOR),
    )


def _below(led: list[int]) -> tuple[int, ...]:
    return tuple(Organisation.objects.filter(line__overlap=led).values_list("pk", flat=True))


def _region_prefix(code: str) -> str:
    """The part of a division code that its subdivisions share: 220000 → 22, 220100 → 2201."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code
