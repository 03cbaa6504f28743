"""Secrets of second factors that lie in the clear are encrypted; whoever read them before may have kept them."""

from typing import Any

from django.db import migrations

KINDS = {"totp": ("secret",), "recovery_codes": ("seed",)}


def seal(apps: Any, schema: Any) -> None:
    """Encrypt what is not."""
    from jianheng.kernel.sealed import is_sealed
    from jianheng.services.people.factor_secrets import SealedSecretsAdapter

    adapter = SealedSecretsAdapter()
    for row in apps.get_model("mfa", "Authenticator").objects.filter(type__in=KINDS).order_by("pk"):
        plain = [name for name in KINDS[row.type] if name in row.data and not is_sealed(row.data[name])]
        if plain:
            row.data |= {name: adapter.encrypt(row.data[name]) for name in plain}
            row.save(update_fields=["data"])


class Migration(migrations.Migration):
    """Rows of the package that keeps authenticators."""

    dependencies = (("people", "0008_readings_stay"), ("mfa", "0003_authenticator_type_uniq"))

    operations = (migrations.RunPython(seal, migrations.RunPython.noop),)
