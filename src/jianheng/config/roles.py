"""Two roles of the database: the owner migrates, the application works.

Web and worker connect as a role that owns nothing and was given, table by table, what acts need. So a hole in the
application cannot change or empty the log, drop a trigger, make a table or read the server's files. Rows may be read and
added; which columns change by design, and which rows go once they have served, each service declares beside its
tables (:mod:`jianheng.services.ledger.rights`), and only of the framework's own tables it is named here. Nothing runs with
more than its caller's rights (``security definer``) but what lawful erasing needs: functions of the owner's that empty
personal columns, acts and readings of a case and take the salts of what they said, and do nothing else.

Applied after every migration and whenever the platform starts; doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from jianheng.kernel.errors import Refusal
from jianheng.services.ledger import api as ledger

KEPT = "_kept"  # what is unique over all partitions, see :mod:`jianheng.config.partitioning`
# Of the framework, written by migrations.
READ = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
)
# Of the framework, of no use once they have served: whole tables and (with "_" at the end) families of them.
FORGOTTEN = (
    "django_session",
    "django_cache",
    "mfa_authenticator",
    "usersessions_usersession",
    "account_emailaddress",
    "axes_",
    "procrastinate_",
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
        for right in rights(table):
            yield sql.SQL("grant {} on {} to {}").format(right, sql.Identifier(table), to)


def rights(table: str) -> Iterator[sql.Composable]:
    """What the application may do with a table, as ``grant`` puts it."""
    if table in READ or declared(table).owners:
        yield sql.SQL("select")
        return
    yield sql.SQL("select, insert")
    if table in FORGOTTEN or table.startswith(tuple(name for name in FORGOTTEN if name.endswith("_"))):
        yield sql.SQL("update, delete")
    if columns := declared(table).changing:
        yield sql.SQL("update ({})").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
    if declared(table).forgotten:
        yield sql.SQL("delete")


def declared(table: str) -> ledger.Rights:
    """What the service a table belongs to declares of it."""
    return ledger.rights().get(table, ledger.Rights())
