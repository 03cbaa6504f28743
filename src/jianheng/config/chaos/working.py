"""Django's commands, in a process that can be made to fail; and the platform run with it (``… working run PORT``)."""

from __future__ import annotations

import sys

SERVED = ("--factory", "jianheng.config.chaos.served:application")
WORKER = ("jianheng.config.chaos.working",)


def main() -> int:
    """Run the platform, or be its worker."""
    if sys.argv[1] == "--port":
        from jianheng.config.commands.run import kept_running

        return kept_running(int(sys.argv[2]), demo=True, served=SERVED, worker=WORKER)
    import django
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from jianheng.config.chaos import inside

    django.setup()
    inside.install(settings.HOME)
    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
