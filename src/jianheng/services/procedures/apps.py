"""Django's handle on procedures."""

from django.apps import AppConfig


class Config(AppConfig):
    """Matters, their open work items, terms and acts; runs the kernel's engine."""

    name = "jianheng.services.procedures"
    label = "procedures"

    def ready(self) -> None:
        """Say how acts are exported."""
        from jianheng.services.ledger import api as ledger
        from jianheng.services.procedures import exporting

        ledger.register_export("acts", exporting.acts, of=exporting.acts)
        for name in ("matters", "items", "terms"):
            rows = getattr(exporting, name)
            ledger.register_export(name, rows, of=rows, further=True)
        course = (
            *("acts", "last_act_at", "seats", "viewer_ids", "reference", "title", "end", "closed_at"),
            *("words", "restricted_to"),
        )
        left = {"words": "检索用的词，由其他列得出"}
        ledger.cover("procedures_matter", matter="id", left=left, changing=course, personal=("title",))
        for table, changing in {
            "procedures_workitem": ("due_on", "sort_on", "closed_at", "closed_seq"),
            "procedures_term": ("pauses", "extensions", "due_on", "sort_on", "stopped_at"),
        }.items():
            ledger.cover(table, matter="matter_id", by=("act", "operation"), changing=changing)
        ledger.leave_outside("procedures_actrecord", "每个办理行为各有日志记录和承诺值")
        ledger.leave_outside("procedures_wholename", "检索用的姓名索引，由案件内容得出", forgotten=True)
        ledger.leave_outside("procedures_counting", "期限上次按哪一份日历计算，重算即得", changing=("digest",))
