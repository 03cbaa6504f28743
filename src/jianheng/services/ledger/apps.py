"""Django's handle on ledger."""

from django.apps import AppConfig


class Config(AppConfig):
    """The append-only log: entries, tree, checkpoints, proofs, export."""

    name = "jianheng.services.ledger"
    label = "ledger"
