"""A text from elsewhere becomes a draft: first read, then stored."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from issues.importing.catalogue import Titles
from issues.importing.dates import find_dates
from issues.importing.files import guess_format
from issues.importing.front import read_html, read_markdown
from issues.importing.html import TooLargeError
from issues.importing.plain import read_plain
from issues.importing.reading import DateOrder, Format, Reading, UnreadableError
from issues.models import LONGEST_TEXT, Issue
from issues.models.issues import LONGEST_SLUG
from issues.services.publishing import free_slug, save_issue
from quiz.models import Quiz
from quiz.services import start_quiz
from superfast.accounts.models import User
from superfast.common.text import numbered

MOST_LINES = 5_000
QUIZ_TITLE = "3 Headlines and a Lie"


def read_issue(
    text: str,
    *,
    written_in: Format | None = None,
    order: DateOrder | None = None,
    name: str = "",
) -> Reading:
    """The text as an issue, with the list of what could not be decided; nothing is stored.

    Args:
        text: as it was pasted or decoded.
        written_in: told by the text's signs if not given.
        order: which number of a date is which, where that can be doubted.
        name: of the file, its folder apart.

    Raises: UnreadableError. Cost: one query where papers are highlighted.
    """
    if not text.strip():
        raise UnreadableError("There is nothing in it.")
    written = written_in or guess_format(text, name)
    if written is not Format.HTML and (
        len(text) > LONGEST_TEXT or text.count("\n") > MOST_LINES
    ):
        raise UnreadableError(
            "This is more than 500,000 characters or 5,000 lines: give it in parts."
        )
    stem = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1].rsplit(".", 1)[0]
    try:
        if written is Format.PLAIN:
            reading = read_plain(text, find_paper=Titles().find, name=stem)
        elif written is Format.HTML:
            reading = read_html(text, name=stem)
        else:
            reading = read_markdown(text, name=stem)
    except TooLargeError as error:
        raise UnreadableError(str(error)) from error
    if len(reading.body) > LONGEST_TEXT:
        raise UnreadableError(
            "This becomes more text than an issue holds: give it in parts."
        )
    _date(reading, order)
    return reading


def _date(reading: Reading, order: DateOrder | None) -> None:
    if reading.dated:
        return
    days = reading.possible_dates = find_dates(reading.title)
    if len(days) == 1:
        reading.dated = next(iter(days.values()))
    elif order in days:
        reading.dated = days[order]


@transaction.atomic
def store_import(*, reading: Reading, by: User | None) -> Issue:
    """A draft holds what was read, and a draft of its quiz where there was one.

    Nothing is overwritten: a slug that is taken gets a number.
    Raises: ValidationError where the date is still to be decided, or nothing fits.
    """
    if reading.asks_for_date_order:
        raise ValidationError(
            "Say which number of the date is the day and which the month."
        )
    wanted = reading.slug or (reading.dated.isoformat() if reading.dated else "")
    wanted = wanted or slugify(reading.title)[:LONGEST_SLUG].strip("-") or "imported"
    issue = Issue(
        title=reading.title,
        slug=free_slug(wanted),
        dek=reading.dek,
        body=reading.body,
        created_by=by,
    )
    if reading.headlines:
        issue.quiz = start_quiz(
            title=QUIZ_TITLE,
            slug=numbered(
                issue.slug,
                lambda slug: not Quiz.objects.filter(slug=slug).exists(),
                LONGEST_SLUG,
            ),
            rows=[(row.text, row.source_url) for row in reading.headlines],
            by=by,
        )
    issue.full_clean()
    save_issue(issue=issue, by=by)
    return issue
