"""What backup, restore and drill say no to."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal


class BackupKeyNeededError(Refusal):
    """没有给出备份密钥。"""

    code = "BACKUP_KEY_NEEDED"
    next_step = (
        "请以 --key-file 指定密钥文件（首次备份可加 --make-key 生成），或者以 --passphrase-file 指定存放口令的文件。"
    )


class BackupKeyFileError(Refusal):
    """备份密钥文件不能使用。"""

    code = "BACKUP_KEY_FILE"
    next_step = (
        "请核对路径和权限（应为 0600，仅本账户可读）；密钥文件应当是 jianheng backup --make-key 生成的那一份。"
    )


class BackupWrongKeyError(Refusal):
    """密钥或者口令与这份备份不符。"""

    code = "BACKUP_WRONG_KEY"
    status = 403
    next_step = "请使用建立这份备份时的密钥文件或者口令；备份目录中的 archive.json 记有密钥指纹，可供比对。"


class BackupDamagedError(Refusal):
    """备份已经损坏或者被改动。"""

    code = "BACKUP_DAMAGED"
    next_step = (
        "请从另一份副本取回所列文件后重试；只需较早时刻的，可以 --until 指定，并以 --only-needed 只查所需部分。"
    )


class NoBackupError(Refusal):
    """这里没有完整的备份。"""

    code = "BACKUP_NONE"
    status = 404
    next_step = "请核对目录；备份只有在写完清单（manifests 目录）之后才算完成。"


class BackupPlaceError(Refusal):
    """备份目录里有别的东西。"""

    code = "BACKUP_PLACE"
    status = 409
    next_step = "请指定一个不存在或者为空的目录，或者一个已有的备份目录。"


class BackupBusyError(Refusal):
    """另一个备份正在写这个目录。"""

    code = "BACKUP_BUSY"
    status = 409
    next_step = "请等它完成后重试；定时备份的间隔应长于一次备份所需的时间。"


class BackupDiskFullError(Refusal):
    """备份目录空间不足，本次备份没有完成。"""

    code = "BACKUP_DISK_FULL"
    status = 507
    next_step = "请清理或者扩大备份目录后重新运行；以前完成的备份仍然完整，本次没有留下自称完整的备份。"


class BackupSourceError(Refusal):
    """数据库不能备份。"""

    code = "BACKUP_SOURCE"
    next_step = "请核对 JIANHENG_BACKUP_DSN：该账户须有 REPLICATION 权限和读取权限，pg_hba.conf 须允许其复制连接，wal_level 须为 replica。"


class BackupOtherPlatformError(Refusal):
    """这份备份属于另一个数据库。"""

    code = "BACKUP_OTHER_PLATFORM"
    status = 409
    next_step = "请为这个数据库另设备份目录，以免两个平台的备份混在一起。"


class RestorePlaceError(Refusal):
    """恢复的目标目录不是空的。"""

    code = "RESTORE_PLACE"
    status = 409
    next_step = "请指定一个不存在或者为空的目录；恢复从不覆盖已有数据。"


class RestoreTimeError(Refusal):
    """备份到不了所要的时刻。"""

    code = "RESTORE_TIME"
    next_step = "请在备份覆盖的时间范围内另选时刻；需要备份以后的数据的，先对仍在运行的平台再做一次备份。"


class RestoreServerError(Refusal):
    """数据库没有恢复成功。"""

    code = "RESTORE_SERVER"
    next_step = "请按上面的说明处理后重试；需要其他版本的 PostgreSQL 程序时，以 JIANHENG_PG_BIN 指定其目录。"


class RestoreNotVerifiedError(Refusal):
    """已经恢复，但是核验没有通过。"""

    code = "RESTORE_NOT_VERIFIED"
    next_step = "请不要启用恢复出来的平台；查看其目录中的 restored.json，并用另一份备份或者较早的时刻再恢复一次。"


class RestoreKeyError(Refusal):
    """所给的密钥不是备份时的那一份。"""

    code = "RESTORE_KEY"
    next_step = "请核对密钥的来源；也可以先不给密钥恢复数据，再按提示逐一放回。"
