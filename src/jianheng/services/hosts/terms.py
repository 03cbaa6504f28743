"""What machines tell of themselves."""

from __future__ import annotations

TITLES = {
    "secret": "会话密钥（JIANHENG_SECRET 或 secret 文件）",
    "log": "公开日志的名称或者签名密钥（JIANHENG_LEDGER_ORIGIN、keys/ledger.pem）",
    "authority": "文书签章证书（keys/signing）",
    "files": "文件存储（files 目录或者 JIANHENG_S3_BUCKET）",
    "law": "本地法律资料和工作日历（JIANHENG_LAW_DIR）",
    "address": "对外地址（JIANHENG_URL）",
    "version": "程序版本",
}
# Machines that differ in the others sign, seal or keep what the rest cannot read: such a one does not start.
MAY_DIFFER = ("law", "address", "version")  # for the length of an import, a move, an update
