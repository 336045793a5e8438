"""An issue as a file to take along: Markdown with its fields in front.

The import reads it back (`issues.importing.front`). Pictures are named by their addresses
on this site; the whole site with their files is written by `manage.py export_site`.
"""

import yaml

from issues.models import Issue


def to_markdown_file(issue: Issue) -> str:
    """Front matter in YAML, and the text as it was typed.

    Args:
        issue: with the text that is to be written.
    """
    fields = {"title": issue.title, "slug": issue.slug, "dek": issue.dek}
    if issue.publish_at:
        fields["publish_at"] = issue.publish_at.isoformat()
    front = yaml.safe_dump(
        fields, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return f"---\n{front}---\n\n{issue.body}"
