"""An issue as a file to take along: Markdown with its fields in front.

The import reads it back (`issues.importing.front`). Pictures are named by their addresses
on this site; the whole site with their files is written by `manage.py export_site`.
"""

from issues.models import Issue
from superfast.common.front_matter import to_markdown


def to_markdown_file(issue: Issue) -> str:
    """The fields in front, and the text as it was typed.

    Args:
        issue: with the text that is to be written.
    """
    fields = {"title": issue.title, "slug": issue.slug, "dek": issue.dek}
    if issue.publish_at:
        fields["publish_at"] = issue.publish_at.isoformat()
    return to_markdown(fields, f"\n{issue.body}")
