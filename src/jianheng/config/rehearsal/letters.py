"""How the cast's logins tell the invented institutions apart: 示例甲司法鉴定中心's head signs in as ``head-a``."""

from __future__ import annotations

LETTERS = {"甲": "a", "乙": "b", "丙": "c", "戊": "e", "庚": "g"}
