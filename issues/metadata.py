"""What an issue says of itself to machines."""

from issues.models import Issue
from superfast.common.drawing import draw_page
from superfast.common.metadata import (
    Preview,
    Thing,
    absolute,
    breadcrumbs,
    organization,
)
from superfast.common.paths import path_to


def preview_of(issue: Issue) -> Preview:
    """What stands where the issue is linked to. Cost: none."""
    return Preview(
        title=issue.title,
        description=issue.dek,
        url=absolute(issue.get_absolute_url()),
        image=absolute(path_to("issues:issue-picture", issue.slug)),
        image_alt=f"{issue.title}: an issue of Superfast AI",
        published_at=issue.first_published_at,
        changed_at=issue.changed_at,
    )


def things_of(issue: Issue) -> list[Thing]:
    """The issue as things of schema.org. Cost: none."""
    preview = preview_of(issue)
    article = {
        "@type": "NewsArticle",
        "headline": issue.title,
        "description": issue.dek,
        "url": preview.url,
        "mainEntityOfPage": preview.url,
        "image": [preview.image],
        "datePublished": issue.first_published_at.isoformat(),
        "dateModified": issue.changed_at.isoformat(),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "author": organization(),
        "publisher": organization(),
    }
    trail = breadcrumbs(
        ("Issues", path_to("issues:issue-archive")),
        (issue.title, issue.get_absolute_url()),
    )
    return [article, trail]


def draw_issue(issue: Issue) -> bytes:
    """The issue's picture for previews, as PNG. Cost: none."""
    return draw_page(f"{issue.first_published_at:%-d %B %Y}", issue.title, issue.dek)
