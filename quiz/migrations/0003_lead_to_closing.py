from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quiz", "0002_merged_and_restored"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="quiz",
            index=models.Index(
                condition=models.Q(("closes_at__isnull", False)),
                fields=["closes_at"],
                name="quiz_quiz_closes",
            ),
        ),
    ]
