"""Stand-ins for SMS and e-mail: they take every message and send none; the outbox page shows what they took."""

from __future__ import annotations


class OutboxChannel:
    """A channel that keeps messages here, for demonstration and tests."""

    stand_in = True

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, *, to: str, text: str, reference: str) -> str:
        """Take a message; nothing leaves this machine."""
        return f"演示通道已接收（{reference}），未实际发送"

    def check(self) -> list[str]:
        """Always ready, and says what it is."""
        return ["这是演示通道：消息只保留在外发消息页，不会实际发送。"]
