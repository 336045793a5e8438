from django.db import migrations

from papers.names import PersonName, match_key, split_name


def fill(apps, schema_editor):
    author_model = apps.get_model("papers", "Author")
    authors = []
    for author in author_model.objects.iterator(chunk_size=2000):
        name = (
            PersonName(author.name) if author.is_corporate else split_name(author.name)
        )
        author.match_key = author.key if author.is_corporate else match_key(name)
        authors.append(author)
    author_model.objects.bulk_update(authors, ["match_key"], batch_size=500)

    paper_model = apps.get_model("papers", "Paper")
    taken, papers = set(), []
    rows = paper_model.objects.order_by("pk").only("slug", "catalogue__slug")
    for paper in rows.select_related("catalogue").iterator(chunk_size=2000):
        key = paper.slug
        if key in taken:
            key = f"{paper.slug[:80]}-{paper.catalogue.slug}"[:100]
        if key in taken:
            continue  # it is cited by its slug until an editor saves it
        taken.add(key)
        paper.cite_key = key
        papers.append(paper)
    paper_model.objects.bulk_update(papers, ["cite_key"], batch_size=500)


class Migration(migrations.Migration):
    """Fills what rows stored before 0002 lack."""

    dependencies = [("papers", "0002_identities")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
