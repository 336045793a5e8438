"""Redirects from a file."""

import csv
import io

from django.core.exceptions import ValidationError
from django.db import transaction

from superfast.redirects.models import Redirect

MAX_ROWS = 10_000
_COLUMNS = 2


@transaction.atomic
def import_redirects(text: str) -> dict[str, list[str]]:
    """Every line of a CSV text, an old address and a new one, is a redirect.

    An address that is known already gets its new target. A first line without a
    slash is a heading. All lines are stored or none.

    Returns: old address → [target before, target now]. Raises: ValidationError with a sentence for each line that is wrong.
    """
    problems: list[str] = []
    stored: dict[str, list[str]] = {}
    for number, row in enumerate(_rows(text), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and "/" not in "".join(cells)):
            continue
        if len(stored) >= MAX_ROWS:
            problems.append(f"More than {MAX_ROWS:,} lines: split the file.")
            break
        if len(cells) != _COLUMNS:
            problems.append(f"Line {number}: two addresses are needed.")
            continue
        old_path, target = cells
        known = Redirect.objects.filter(old_path=old_path).first()
        redirect = known or Redirect(old_path=old_path)
        before = redirect.target
        redirect.target, redirect.is_automatic = target, False
        try:
            redirect.full_clean()
        except ValidationError as error:
            problems.append(f"Line {number}: {' '.join(error.messages)}")
            continue
        redirect.save()
        stored[redirect.old_path] = [before, redirect.target]
    if not stored and not problems:
        problems.append("There is no redirect in it.")
    if problems:
        raise ValidationError(problems[:50])
    return stored


def _rows(text: str) -> list[list[str]]:
    """The lines in cells. Raises: ValidationError where they are no CSV."""
    try:
        # Lines may end as on any system.
        return list(csv.reader(io.StringIO(text, newline=None)))
    except csv.Error as error:
        raise ValidationError(f"This is no CSV: {error}.") from error
