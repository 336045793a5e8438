from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0007_finish_pages"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", False)),
                fields=["withdrawn_at"],
                name="issues_issue_withdrawn",
            ),
        ),
    ]
