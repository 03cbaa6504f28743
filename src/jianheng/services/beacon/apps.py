"""Django's handle on beacons."""

from django.apps import AppConfig


class Config(AppConfig):
    """Pulses of public beacons: kept, proved on entry, waited for."""

    name = "jianheng.services.beacon"
    label = "beacon"

    def ready(self) -> None:
        """A pulse proves itself: the log need not answer for it."""
        from jianheng.services.beacon import tasks
        from jianheng.services.ledger import api as ledger

        assert tasks
        ledger.leave_outside(
            "beacon_pulse",
            "脉冲由信标签名，自己证明自己；被改动的脉冲不成立，丢失的可以再次录入。",
            changing=("signature", "came_by", "received_at"),
        )
        ledger.leave_outside("beacon_wanted", "只是等待中的轮次，由已经写入日志的公布决定。", forgotten=True)
