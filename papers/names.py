"""How a person's name is put together, for sorting, matching and citing."""

import re
from typing import NamedTuple

from superfast.common.text import fold

_SUFFIX = re.compile(r"(?:,\s*|\s+)(Jr\.?|Sr\.?|II|III|IV|PhD|Ph\.D\.)$")


class PersonName(NamedTuple):
    """The parts of a name: Ludwig (given) van (particle) Beethoven (family) III (suffix)."""

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""

    @property
    def display(self) -> str:
        """The name as it is read out, given name first."""
        return " ".join(
            filter(None, (self.given, self.particle, self.family, self.suffix))
        )

    @property
    def full_family(self) -> str:
        """The family name with its particle: “van Beethoven”."""
        return " ".join(filter(None, (self.particle, self.family)))


def split_name(text: str) -> PersonName:
    """The parts of a name written given name first.

    Words in lower case before the last word are the particle; without one the last
    word is the family name. Nothing is lost but the comma before a suffix.
    """
    text = " ".join(text.split())
    suffix = ""
    if (match := _SUFFIX.search(text)) and match.start():
        text, suffix = text[: match.start()], match[1]
    words = text.split()
    start = next(
        (i for i, word in enumerate(words[:-1]) if i and word[:1].islower()), None
    )
    if start is None:
        return PersonName(words[-1] if words else "", " ".join(words[:-1]), "", suffix)
    end = start
    while end < len(words) - 1 and words[end][:1].islower():
        end += 1
    return PersonName(
        family=" ".join(words[end:]),
        given=" ".join(words[:start]),
        particle=" ".join(words[start:end]),
        suffix=suffix,
    )


def match_key(name: PersonName) -> str:
    """Family name and first initial, folded: what two lists agree on of an author."""
    family, given = fold(name.family), fold(name.given)
    return " ".join(filter(None, (family.replace(" ", ""), given[:1])))[:255]


def tell_authors(first: str | None, count: int, *, is_complete: bool) -> str:
    """“Zhuang Liu et al.”, or the name alone of who is the only one; empty without any.

    Args:
        first: the name of who is listed first, if anybody is.
        count: of those who are listed.
        is_complete: whether all are.
    """
    if not first:
        return ""
    return first if count == 1 and is_complete else f"{first} et al."
