"""The forms that identifiers of papers may have.

Sources: arXiv's "Understanding the arXiv identifier"; the DOI Handbook, 2.2.
"""

import re
from datetime import date

from django.core.exceptions import ValidationError

_ARXIV_NEW = re.compile(r"([0-9]{2})(0[1-9]|1[0-2])\.([0-9]{4,5})")
_ARXIV_OLD = re.compile(r"[a-z]+(?:-[a-z]+)?/([0-9]{2})(0[1-9]|1[0-2])([0-9]{3})")
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_POSTED = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


def is_arxiv_id(text: str) -> bool:
    """Whether this is an arXiv identifier without version and subject class.

    Numbers have four digits from April 2007 to December 2014, five since; before,
    three behind the archive's name. None is zero.
    """
    if match := _ARXIV_NEW.fullmatch(text):
        posted, number = match[1] + match[2], match[3]
        digits = 5 if posted >= "1501" else 4
        in_use = "0704" <= posted < "9101"  # of 1991 and later, the old form
        return in_use and len(number) == digits and int(number) > 0
    if match := _ARXIV_OLD.fullmatch(text):
        posted = ("19" if match[1] >= "91" else "20") + match[1] + match[2]
        return "199108" <= posted <= "200703" and int(match[3]) > 0
    return False


def is_doi(text: str) -> bool:
    """Whether this is a bare DOI, as it is stored: in lower case, without a resolver."""
    return bool(_DOI.fullmatch(text)) and text.isprintable() and text == text.lower()


def parse_posting_date(text: str) -> date | None:
    """The day, or the first of the month, that `YYYY-MM-DD` or `YYYY-MM` means, if any."""
    match = _POSTED.fullmatch(text)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return None


def validate_arxiv_id(text: str) -> None:
    """Raises: ValidationError where the text is no arXiv identifier."""
    if not is_arxiv_id(text):
        raise ValidationError(
            "Write the arXiv identifier alone, without a version, like 2112.10752.",
            code="arxiv_id",
        )


def validate_doi(text: str) -> None:
    """Raises: ValidationError where the text is no DOI, upper case apart."""
    if not is_doi(text.lower()):
        raise ValidationError(
            "Write the DOI alone, without an address, like 10.1109/cvpr52688.2022.01042.",
            code="doi",
        )


def validate_posting_date(text: str) -> None:
    """Raises: ValidationError where the text is neither a month nor a day."""
    if parse_posting_date(text) is None:
        raise ValidationError(
            "Write a month like 2022-01 or a day like 2022-01-10.", code="first_posted"
        )
