"""Django's handle on the desks."""

from django.apps import AppConfig


class Config(AppConfig):
    """One thin site per audience."""

    name = "jianheng.desks"
    label = "desks"

    def ready(self) -> None:
        """Codes are made when their message is sent."""
        from jianheng.services.notices import api as notices
        from jianheng.services.people import api as people

        notices.fill_with(people.PASS_CODE, people.code_again)
