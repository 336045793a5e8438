"""Links are filled in, or left out on purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction

from issues.models import Issue, LinkWaiver
from issues.placeholders import find_placeholders
from issues.services.publishing import save_work
from issues.tray import GONE, check_address, fill_rows
from quiz.models import Headline
from quiz.services import fill_source
from superfast.accounts.models import User


def working_body(issue: Issue) -> str:
    """The text that editors have saved last."""
    return issue.working_revision.text.body if issue.working_revision else issue.body


@transaction.atomic
def save_tray(
    *,
    issue: Issue,
    addresses: Mapping[str, Sequence[str]],
    reasons: Mapping[str, str],
    sources: Mapping[int, str],
    by: User | None,
) -> None:
    """Rows have their links, or a reason why they go without; all of them or none.

    Args:
        issue: as it is stored.
        addresses: by the key of the place in the working text.
        reasons: by the key of the place, too.
        sources: of headlines of the issue's quiz, by their key.
        by: who fills or waives.

    Raises: ValidationError with sentences; ConflictError where somebody saved since.
    """
    body = working_body(issue)
    problems: list[str] = []
    for key, reason in reasons.items():
        try:
            waive_link(issue=issue, body=body, key=key, reason=reason, by=by)
        except ValidationError as error:
            problems.extend(error.messages)
    try:
        filled = fill_rows(body, addresses)
    except ValidationError as error:
        problems.extend(error.messages)
    for headline, url in sources.items():
        try:
            fill_headline(issue=issue, key=headline, url=url)
        except ValidationError as error:
            problems.extend(error.messages)
    if problems:
        raise ValidationError(problems)
    if filled != body:
        text = issue.working_revision.text if issue.working_revision else issue.text
        replace(text, body=filled).put_into(issue)
        save_work(issue=issue, by=by)


def waive_link(
    *, issue: Issue, body: str, key: str, reason: str, by: User | None
) -> None:
    """The link of this place is left out on purpose; a second reason replaces the first.

    Raises: ValidationError where the text has no such place, or there is no reason.
    """
    place = next((p for p in find_placeholders(body) if p.key == key), None)
    if place is None:
        raise ValidationError(GONE)
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError("Say why the link is left out.")
    if len(reason) > 300:
        raise ValidationError("A reason has at most 300 characters.")
    LinkWaiver.objects.update_or_create(
        issue=issue,
        key=key,
        defaults={"text": place.text, "reason": reason, "waived_by": by},
    )


def take_back_waiver(*, issue: Issue, key: str) -> None:
    """The link of this place is to be filled again."""
    LinkWaiver.objects.filter(issue=issue, key=key).delete()


def fill_headline(*, issue: Issue, key: int, url: str) -> None:
    """The headline has its source, and no place for it in its words any more.

    Raises: ValidationError where the issue's quiz has no such headline.
    """
    check_address(url.strip())
    headline = Headline.objects.filter(pk=key, quiz=issue.quiz_id).first()
    places = find_placeholders(headline.text) if headline else []
    if headline is None or not places:
        raise ValidationError(GONE)
    place = places[0]
    words = f"{place.before.rstrip()}{place.after if place.after.strip() else ''}"
    fill_source(headline=headline, text=words.strip(), url=url.strip())
