"""What can be found of the newsletter: its sections, and the links it ever gave."""

from collections.abc import Iterable, Iterator

from issues.models import Issue, LinkUse
from superfast.search import index
from superfast.search.documents import DocumentData, Kind


def index_issue(issue: Issue) -> None:
    """Readers find the issue's sections and links as they are now, once it is published."""
    index.replace(Kind.SECTION, issue.uid.hex, section_documents(issue))
    index.replace(Kind.LINK, issue.uid.hex, link_documents(issue))


def index_draft(issue: Issue) -> None:
    """The desk finds the draft by its title, dek and text; without a time, readers don't."""
    index.replace(Kind.SECTION, issue.uid.hex, [draft_document(issue)])
    index.replace(Kind.LINK, issue.uid.hex, [])


def draft_document(issue: Issue) -> DocumentData:
    """The whole issue as one document."""
    return _document(
        issue, key=issue.uid.hex, title=issue.title, body=f"{issue.dek}\n{issue.body}"
    )


def forget_issue(issue: Issue) -> None:
    """Readers find nothing of the issue."""
    index.replace(Kind.SECTION, issue.uid.hex, [])
    index.replace(Kind.LINK, issue.uid.hex, [])


def section_documents(issue: Issue) -> Iterator[DocumentData]:
    """The issue itself, then each of its sections."""
    yield _document(issue, key=issue.uid.hex, title=issue.title, body=issue.dek)
    for section in issue.sections.all():
        yield _document(
            issue,
            key=f"{issue.uid.hex}#{section.anchor}",
            title=section.title,
            body=section.text,
            url=f"{issue.get_absolute_url()}#{section.anchor}",
            context=issue.title,
        )


def link_documents(issue: Issue) -> Iterator[DocumentData]:
    """Each address once, under the words that it first stood under."""
    seen: set[int] = set()
    for use in issue.link_uses.select_related("link"):
        if use.link_id not in seen:
            seen.add(use.link_id)
            yield _link_document(issue, use)


def _link_document(issue: Issue, use: LinkUse) -> DocumentData:
    return _document(
        issue,
        kind=Kind.LINK,
        key=f"{issue.uid.hex} {use.link_id}",
        title=use.text or use.link.site,
        keywords=f"{use.link.site} {use.link.url}",
        url=use.link.url,
        context=f"{use.link.site}, linked in “{issue.title}”",
    )


def _document(issue: Issue, kind: Kind = Kind.SECTION, **fields: str) -> DocumentData:
    return DocumentData(
        kind=kind,
        group=issue.uid.hex,
        url=fields.pop("url", issue.get_absolute_url()),
        publish_at=issue.publish_at,
        withdrawn_at=issue.withdrawn_at,
        dated_on=issue.publish_at.date() if issue.publish_at else None,
        **fields,
    )


def all_sections() -> Iterable[DocumentData]:
    """For `rebuild_search`: sections of every issue that has a time, and every draft."""
    for issue in _dated_issues():
        yield from section_documents(issue)
    drafts = Issue.objects.filter(publish_at=None).defer("blocks", "finished")
    yield from map(draft_document, drafts.iterator(chunk_size=100))


def all_links() -> Iterable[DocumentData]:
    """For `rebuild_search`: links of every issue that has a time."""
    for issue in _dated_issues():
        yield from link_documents(issue)


def _dated_issues() -> Iterable[Issue]:
    return (
        Issue.objects.exclude(publish_at=None).without_text().iterator(chunk_size=100)
    )
