from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    """Revisions know slug, cover and quiz of their issue; issues know their newest one."""
    issue_model = apps.get_model("issues", "Issue")
    revision_model = apps.get_model("issues", "Revision")
    own = issue_model.objects.filter(pk=OuterRef("issue"))
    revision_model.objects.update(
        slug=Subquery(own.values("slug")[:1]),
        cover=Subquery(own.values("cover")[:1]),
        quiz=Subquery(own.values("quiz")[:1]),
        begun_at=F("saved_at"),
    )
    newest = revision_model.objects.filter(issue=OuterRef("pk")).order_by(
        "-saved_at", "-pk"
    )
    seen = revision_model.objects.filter(pk=OuterRef("published_revision"))
    issue_model.objects.update(
        working_revision=Subquery(newest.values("pk")[:1]),
        text_changed_at=Subquery(seen.values("saved_at")[:1]),
    )
    # Readers saw each save: there was no work apart from what was out.
    issue_model.objects.exclude(published_revision=None).update(
        working_revision=F("published_revision")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0002_keep_every_text"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
