"""Papers to test with."""

from datetime import UTC, datetime
from itertools import count

from issues.models import Issue, PaperMention
from papers import services
from papers.models import Author, Authorship, Catalogue, Paper, Topic

# For those who ask here for people, too.
from tests.factories import make_editor as make_editor
from tests.factories import make_user as make_user
from tests.factories import make_writer as make_writer

OUT = datetime(2023, 1, 11, 13, tzinfo=UTC)

_serial = count(1)


def make_catalogue(slug="2022", **overrides):
    values = {"title": "Papers of 2022", "year": 2022, **overrides}
    catalogue, _ = Catalogue.objects.get_or_create(slug=slug, defaults=values)
    return catalogue


def make_topic(slug="vision", **overrides):
    values = {"name": slug.capitalize(), **overrides}
    topic, _ = Topic.objects.get_or_create(slug=slug, defaults=values)
    return topic


def new_paper(**overrides):
    """A paper that was published, not stored yet."""
    number = next(_serial)
    values = {
        "slug": f"paper-{number}",
        "title": f"Paper {number}",
        "year": 2022,
        "publish_at": OUT,
        **overrides,
    }
    if "catalogue" not in values:
        values["catalogue"] = make_catalogue()
    return Paper(**values)


def make_paper(*, authors=(), topics=(), **overrides):
    """A published paper with authors by name and topics by slug."""
    paper = new_paper(**overrides)
    paper.save()
    for place, name in enumerate(authors, start=1):
        author = Author.objects.filter(name=name).first()
        Authorship.objects.create(
            paper=paper,
            author=author or Author.objects.create(name=name),
            position=place,
        )
    paper.topics.set([make_topic(slug) for slug in topics])
    services.refresh_search(Paper.objects.filter(pk=paper.pk))
    return paper


def make_mention(paper, *, take="Worth *a look*.", **overrides):
    """An issue, published unless told otherwise, that says something of the paper."""
    number = next(_serial)
    values = {
        "slug": f"issue-{number}",
        "title": f"Issue {number}",
        "dek": "Dek.",
        "body": "Text.",
        "publish_at": OUT,
    }
    issue = Issue.objects.create(**{**values, **overrides})
    return PaperMention.objects.create(issue=issue, paper=paper, take=take, position=1)
