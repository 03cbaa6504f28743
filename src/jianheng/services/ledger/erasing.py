"""Lawful erasing: personal columns are emptied, the salts of what they said are destroyed, and an entry says so.

The hashes stay, and every chain and proof with them; without its salt a hash can no longer be tested by guessing. What
was erased without an entry of kind "erasure", and an entry that two persons' acts do not stand behind, is named by the
verifier.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from jianheng.services.ledger import covering

# By a function of the owner's (migration 0006): what must not be null becomes nothing of its kind.
EMPTY = "select * from ledger_empty(%s, %s, %s, %s, %s, %s)"
FORGET = "select ledger_forget(%s, %s, %s)"  # of every row the newest hash keeps its salt: it is of what is left


def erase(matter_ids: Collection[int]) -> int:
    """Empty the personal columns of some matters in every covered table, and destroy the salts of what stood there.

    Returns the number of the newest change destroyed; belongs inside the transaction of the act that says so.
    """
    for one in covering.covers().values():
        if one.personal:
            _empty(one, matter_ids)
    return covering.newest_change()


def _empty(one: covering.Cover, matter_ids: Collection[int]) -> None:
    before = covering.newest_change()
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, [one.table, one.key, one.matter, list(one.personal), list(one.once), list(matter_ids)])
        cursor.execute(FORGET, [one.table, [key for (key,) in cursor.fetchall()], before])
