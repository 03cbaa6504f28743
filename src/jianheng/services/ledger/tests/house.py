"""Four witnesses in one process, three of whom must sign."""

import hashlib
from datetime import timedelta

from jianheng import witness
from jianheng.services.ledger import api, asking, cosigning


class House:
    """Four witnesses with a clock of ours; some can be away, one can lie."""

    def __init__(self, home, now):
        self.now, self.home, self.away, self.lies = now, home, set(), {}
        log = witness.Key.read(api.public_key())
        for name in ("w1", "w2", "w3", "w4"):
            witness.make(home / name, f"{name}.test/1", [log])
        self.each = {name: witness.Witness(home / name, clock=self.clock) for name in ("w1", "w2", "w3", "w4")}
        lines = [f"witness {name} {one.key} {name}" for name, one in self.each.items()]
        lines += ["group four 3 w1 w2 w3 w4", "quorum four"]
        self.policy = home / "policy"
        self.policy.write_text("\n".join([f"log {api.public_key()}", *lines]))

    def clock(self):
        """What they take for now."""
        return self.now.timestamp()

    def ask(self, address, origin, body):
        """As over the wire."""
        if address in self.away:
            return asking.Answer(0, "TimeoutError: timed out")
        one = self.each[address]
        try:
            if body is None:
                return asking.Answer(200, one.newest(hashlib.sha256(origin.encode()).hexdigest()))
            if address in self.lies:
                return self.lies[address](one, body)
            return asking.Answer(200, one.add(body.encode()))
        except witness.No as refused:
            return asking.Answer(refused.status, refused.text)

    def collect(self, **later):
        """Some time later they are asked."""
        self.now += timedelta(**later)
        return cosigning.run_once(self.now, ask=self.ask)
