"""The forms that identifiers of papers have, and those in which people give them.

Sources: arXiv's "Understanding the arXiv identifier" and its list of archives; the
DOI Handbook, 2.2.
"""

import re
from datetime import date
from typing import NamedTuple
from urllib.parse import quote, unquote

from django.core.exceptions import ValidationError

# Archives in which papers had numbers of their own, until March 2007.
ARCHIVES = frozenset(
    [
        "acc-phys",
        "adap-org",
        "alg-geom",
        "ao-sci",
        "astro-ph",
        "atom-ph",
        "bayes-an",
        "chao-dyn",
        "chem-ph",
        "cmp-lg",
        "comp-gas",
        "cond-mat",
        "cs",
        "dg-ga",
        "funct-an",
        "gr-qc",
        "hep-ex",
        "hep-lat",
        "hep-ph",
        "hep-th",
        "math",
        "math-ph",
        "mtrl-th",
        "nlin",
        "nucl-ex",
        "nucl-th",
        "patt-sol",
        "physics",
        "plasm-ph",
        "q-alg",
        "q-bio",
        "quant-ph",
        "solv-int",
        "supr-con",
    ]
)

_NEW = re.compile(r"([0-9]{2})(0[1-9]|1[0-2])\.([0-9]{4,5})")
_OLD = re.compile(r"([a-z]+(?:-[a-z]+)?)/([0-9]{2})(0[1-9]|1[0-2])([0-9]{3})")
_CLASS = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[a-z]+(?:-[a-z]+)?)?", re.IGNORECASE)
_ARXIV_PLACE = re.compile(
    r"""(?:https?://)?(?:
        (?:[a-z0-9-]+\.)*arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print)/
        | ar5iv\.org/(?:abs|html)/
        | xxx\.lanl\.gov/(?:abs|pdf|ps)/
        | (?:www\.)?huggingface\.co/papers/
        | (?:https?://)?(?:(?:dx|www)\.)?doi\.org/10\.48550/arxiv\.
        )
        | (?:doi:\s*)?10\.48550/arxiv\.
        | (?:arxiv\s*:\s*)""",
    re.VERBOSE | re.IGNORECASE,
)
_ARXIV_TEXT = re.compile(
    r"""(?P<id>
        [0-9]{4}\.[0-9]{4,5}
        | (?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z]+(?:-[a-z]+)?)?/(?P<number>[0-9]{7})
        )
        (?:v(?P<version>[1-9][0-9]{0,2}))?
        (?:\.pdf)?(?P<address>/?(?:[?\#]\S*)?)
        (?:\s*[\[(](?P<class>[a-z.-]+)[\])])?""",
    re.VERBOSE | re.IGNORECASE,
)

_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_RESOLVER = re.compile(
    r"(?:https?://)?(?:(?:dx|www)\.)?doi\.org/(?:doi:)?", re.IGNORECASE
)
_DOI_LABEL = re.compile(r"(?:info:doi/|urn:doi:|doi)\s*:?\s*", re.IGNORECASE)
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}

_POSTED = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


class ArxivReference(NamedTuple):
    """What somebody says of a paper on arXiv: version 0 and an empty class say nothing."""

    arxiv_id: str
    version: int = 0
    primary_class: str = ""


def is_arxiv_id(text: str) -> bool:
    """Whether this is an arXiv identifier without version and subject class.

    Numbers have four digits from April 2007 to December 2014, five since; before,
    three behind the archive's name. None is zero.
    """
    if match := _NEW.fullmatch(text):
        posted, number = match[1] + match[2], match[3]
        digits = 5 if posted >= "1501" else 4
        in_use = "0704" <= posted < "9101"  # of 1991 and later, the old form
        return in_use and len(number) == digits and int(number) > 0
    if match := _OLD.fullmatch(text):
        posted = ("19" if match[2] >= "91" else "20") + match[2] + match[3]
        known = match[1] in ARCHIVES
        return known and "199108" <= posted <= "200703" and int(match[4]) > 0
    return False


def parse_arxiv(text: str) -> ArxivReference | None:
    """The paper on arXiv that a text names, if it names one and nothing else.

    Bare, behind “arXiv:”, with a version, a class in brackets; an address on one of
    arXiv's hosts or of a Hugging Face paper page; a DOI that arXiv gave.
    """
    text = text.strip()
    if not text.isascii():  # other scripts have digits, too
        return None
    place = _ARXIV_PLACE.match(text)
    rest = text[place.end() :] if place else text
    match = _ARXIV_TEXT.fullmatch(rest)
    if not match or (match["address"] and not place):
        return None
    bare = match["id"].lower()
    if match["archive"]:
        bare = f"{match['archive'].lower()}/{match['number']}"
    named = match["class"] or ""
    if not is_arxiv_id(bare) or (named and not is_arxiv_class(named)):
        return None
    return ArxivReference(bare, int(match["version"] or 0), named)


def is_arxiv_class(text: str) -> bool:
    """Whether this looks like a subject class: cs.CV, hep-th, cond-mat.mes-hall."""
    return bool(_CLASS.fullmatch(text))


def arxiv_url(arxiv_id: str) -> str:
    """Where arXiv shows the paper."""
    return f"https://arxiv.org/abs/{arxiv_id}"


def arxiv_month(arxiv_id: str) -> str:
    """The month in which arXiv numbered the paper, as `YYYY-MM`."""
    digits = arxiv_id.rpartition("/")[2][:4]
    century = "19" if "/" in arxiv_id and digits >= "91" else "20"
    return f"{century}{digits[:2]}-{digits[2:]}"


def is_doi(text: str) -> bool:
    """Whether this is a bare DOI, as it is stored: in lower case, without a resolver."""
    return bool(_DOI.fullmatch(text)) and text.isprintable() and text == text.lower()


def parse_doi(text: str) -> str | None:
    """The DOI that a text names, as it is stored, if it names one and nothing else.

    Bare, behind “doi:”, or as an address of a resolver; punctuation that ends the
    sentence around it is left off.
    """
    text = text.strip()
    if resolver := _RESOLVER.match(text):
        address = text[resolver.end() :]
        text = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    elif label := _DOI_LABEL.match(text):
        text = text[label.end() :]
    bare = _without_punctuation(text).lower()
    return bare if is_doi(bare) else None


def _without_punctuation(text: str) -> str:
    """Without what ends a sentence, and without brackets that open or close nowhere."""
    text = text.lstrip("([{<'\"“‘«")
    while text:
        last = text[-1]
        opens = _BRACKETS.get(last)
        if last in ".,;:'\"”’»" or (opens and text.count(last) > text.count(opens)):
            text = text[:-1]
        else:
            break
    return text


def doi_url(doi: str) -> str:
    """Where a DOI leads, whatever characters it holds."""
    return "https://doi.org/" + quote(doi, safe="/:;(),.-_~")


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
            "Write the arXiv identifier, like 2112.10752, or its address.",
            code="arxiv_id",
        )


def validate_arxiv_class(text: str) -> None:
    """Raises: ValidationError where the text is no subject class."""
    if not is_arxiv_class(text):
        raise ValidationError("Write the class alone, like cs.CV.", code="arxiv_class")


def validate_doi(text: str) -> None:
    """Raises: ValidationError where the text is no DOI, upper case apart."""
    if not is_doi(text.lower()):
        raise ValidationError(
            "Write the DOI, like 10.1109/cvpr52688.2022.01042, or its address.",
            code="doi",
        )


def validate_posting_date(text: str) -> None:
    """Raises: ValidationError where the text is neither a month nor a day."""
    if parse_posting_date(text) is None:
        raise ValidationError(
            "Write a month like 2022-01 or a day like 2022-01-10.", code="first_posted"
        )


def validate_citation_key(text: str) -> None:
    """Raises: ValidationError where BibTeX could not read the key."""
    if not re.fullmatch(r"[A-Za-z0-9_.:+/*&!?|\[\]-]+", text):
        raise ValidationError(
            "A key has letters, digits and - _ . : + / and no spaces.",
            code="cite_key",
        )
