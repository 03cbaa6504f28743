"""What appraisers sign is kept from the first signature to the issue, with the mandate of each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("casework", "0003_drafter"),)

    operations = (
        migrations.AddField(
            model_name="appraisal",
            name="content",
            field=models.JSONField(
                default=dict,
                help_text="首位鉴定人签名时的意见书内容，不含各人的不同意见",
                verbose_name="所签内容",
            ),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="hands",
            field=models.JSONField(
                default=dict,
                help_text="人员编号 → 签署授权，没有个人密钥的为办理行为和时间",
                verbose_name="签名经过",
            ),
        ),
    )
