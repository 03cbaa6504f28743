"""Django's handle on files."""

from django.apps import AppConfig


class Config(AppConfig):
    """Content-addressed files: checked by content, size and name."""

    name = "jianheng.services.files"
    label = "files"

    def ready(self) -> None:
        """Tell the exports how the case file is exported."""
        from jianheng.services.files.exporting import case_file
        from jianheng.services.ledger import api as ledger

        ledger.register_export("case_file", case_file, of=case_file, further=True)
        ledger.cover(
            "files_caseitem",
            matter="root_id",
            changing=("audience", "examination", "examination_note", "handed_over_at", "restricted_to"),
            personal=("title", "properties", "source", "name", "examination_note", "added_by"),
        )
        ledger.leave_outside("files_storedfile", "以内容的摘要值为名，内容不符即被发现", changing=("erased_at",))
        ledger.leave_outside("files_upload", "已上传而未入卷的文件，入卷时才成为案件材料", changing=("name", "at"))
