"""Two roles of the database: the owner migrates, the application works.

Web and worker connect as a role that owns nothing and was given, table by table, what acts need. So a hole in the
application cannot change or empty the log, drop a trigger, make a table or read the server's files. What may be deleted
is named here; of any other table rows may be added and changed, of the kept ones only added. Nothing runs with
more than its caller's rights (``security definer``): the functions acts are written with only add and change too.

Applied after every migration and whenever the platform starts; doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from jianheng.kernel.errors import Refusal

# Only ever added to: the log, acts, statements of the register, who read what.
ADDED = (
    "ledger_entry",
    "ledger_leaf",
    "ledger_tile",
    "ledger_checkpoint",
    "ledger_witnessed",
    "ledger_held",
    "procedures_actrecord",
    "institutions_registeract",
    "institutions_scopeitem",
    "people_accessrecord",
    "selection_chosen",
)
KEPT = "_kept"  # what is unique over all partitions, see :mod:`jianheng.config.partitioning`
# Statements of the register: added, and superseded later.
SUPERSEDED = (
    "institutions_registration",
    "institutions_licence",
    "institutions_practicestatus",
    "institutions_practiceregistration",
)
# Changes are added; of one of them the salt may go when what it hides is lawfully erased, see the trigger there.
CHANGES = "ledger_change"
# Written by migrations.
READ = (
    "ledger_shape",
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
)
# Of no use once they have served, whole tables and (with "_" at the end) families of them.
FORGOTTEN = (
    "ledger_pending",
    "procedures_wholename",
    "people_passattempt",
    "django_session",
    "django_cache",
    "hosts_host",
    "beacon_wanted",
    "mfa_authenticator",
    "usersessions_usersession",
    "account_emailaddress",
    "axes_",
    "procrastinate_",
    "statistics_",
)

# Partitions are reached through their table only.
_TABLES = """
select current_database(), array_agg(relname order by 1) from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
"""


class DatabaseRoleError(Refusal):
    """数据库角色没有按要求分开。"""

    code = "DATABASE_ROLE"
    status = 503
    next_step = (
        "请由数据库管理员另建一个只能登录的普通角色，写入 JIANHENG_DSN；"
        "数据库所有者的地址写入 JIANHENG_OWNER_DSN，再执行 jianheng prepare。"
    )


class NotPreparedError(Refusal):
    """数据库尚未按本版本准备，应用角色无权更改表结构。"""

    code = "NOT_PREPARED"
    status = 503
    next_step = "请以数据库所有者的地址（JIANHENG_OWNER_DSN）执行 jianheng prepare，再启动平台。"


def owns_the_tables() -> bool:
    """Whether this connection's role may migrate: the tables are its own, or there are none yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select coalesce(bool_and(pg_has_role(current_user, relowner, 'usage')), true) from pg_class
               where relname = 'django_migrations' and relnamespace = 'public'::regnamespace"""
        )
        return bool(cursor.fetchone()[0])


def must_be_prepared() -> None:
    """Refuse a database whose tables are not those of this version."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotPreparedError


def grant(role: str) -> bool:
    """Give ``role`` what the application needs and nothing more; the connection is the owner's.

    ``False`` when the role is the owner itself, an installation with one role. Refuses an unknown role and one that
    could become the owner.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not _is_another(cursor, role):
            return False
        for statement in _statements(cursor, role):
            cursor.execute(statement)
    return True


def _is_another(cursor: CursorWrapper, role: str) -> bool:
    cursor.execute(
        """select rolname = current_user, rolsuper or pg_has_role(oid, current_user::regrole, 'member')
           from pg_roles where rolname = %s""",
        [role],
    )
    found = cursor.fetchone()
    if found is None:
        raise DatabaseRoleError(f"数据库中没有角色“{role}”。")
    is_owner, could_become_owner = found
    if not is_owner and could_become_owner:
        raise DatabaseRoleError(f"数据库角色“{role}”可以取得所有者的权限。")
    return not is_owner


def _statements(cursor: CursorWrapper, role: str) -> Iterator[sql.Composed]:
    to = sql.Identifier(role)
    cursor.execute(_TABLES)
    database, tables = cursor.fetchone()
    yield sql.SQL("revoke create on schema public from public, {}").format(to)
    yield sql.SQL("revoke temporary on database {} from public, {}").format(sql.Identifier(database), to)
    yield sql.SQL("grant connect on database {} to {}").format(sql.Identifier(database), to)
    yield sql.SQL("grant usage on schema public to {}").format(to)
    for kind in ("tables", "sequences"):
        yield sql.SQL("revoke all on all {} in schema public from {}").format(sql.SQL(kind), to)
    yield sql.SQL("grant usage on all sequences in schema public to {}").format(to)
    for table in tables:
        yield sql.SQL("grant {} on {} to {}").format(sql.SQL(rights(table)), sql.Identifier(table), to)


def rights(table: str) -> str:
    """What the application may do with a table."""
    if table in READ:
        return "select"
    if table in ADDED or table.endswith(KEPT):
        return "select, insert"
    if table == CHANGES:
        return "select, insert, update (salt)"
    if table in SUPERSEDED:
        return "select, insert, update (superseded_at)"
    forgets = table in FORGOTTEN or table.startswith(tuple(name for name in FORGOTTEN if name.endswith("_")))
    return "select, insert, update, delete" if forgets else "select, insert, update"
