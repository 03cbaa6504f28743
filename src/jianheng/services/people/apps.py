"""Django's handle on people."""

from django.apps import AppConfig


class Config(AppConfig):
    """Accounts, persons, organisations and the posts that join them."""

    name = "jianheng.services.people"
    label = "people"

    def ready(self) -> None:
        """Tell the exports how organisations are exported; know a browser in which somebody came in."""
        from django.contrib.auth.signals import user_logged_in

        from jianheng.services.ledger import api as ledger
        from jianheng.services.people.exporting import organisations
        from jianheng.services.people.guessing import came_in

        user_logged_in.connect(came_in, dispatch_uid="people.came_in")
        ledger.register_export("organisations", organisations, of=organisations, further=True)
        for table, changing in {
            "people_organisation": (),
            "people_person": ("phone",),
            "people_post": ("valid_to",),
            "people_clienttoken": ("revoked_at",),
        }.items():
            ledger.cover(table, by=("operation", "act"), changing=changing)
        ledger.cover(
            "people_account",
            by=("operation", "act"),
            left={"password": "口令的摘要不写入日志，即使加盐", "last_login": "最近登录时间，不产生权利"},
            changing=("password", "password_issued", "is_active", "last_login"),
        )
        ledger.cover(
            "people_partypass",
            matter="root_id",
            left={"code_digest": "一次性验证码的摘要，随时更换", "code_sent_at": "验证码发送时间"},
            changing=("code_digest", "code_sent_at", "closed_at"),
            personal=("name", "phone"),
            once=("phone",),  # a side has a phone once
        )
        ledger.leave_outside("people_passattempt", "验证码尝试次数，保存一日", forgotten=True)
        ledger.leave_outside("people_accessrecord", "访问记录，只能追加；不是案件的内容")
        for table in ("people_account_groups", "people_account_user_permissions"):
            ledger.leave_outside(table, "框架自带，平台不以此授权")
