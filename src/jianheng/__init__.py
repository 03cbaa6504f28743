"""Jianheng 鉴衡: the open platform for judicial forensic appraisal (司法鉴定)."""
