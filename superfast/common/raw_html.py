"""The elements that stand in a piece of HTML as it was typed: to tell of, not to show.

One pass, whatever is typed: the standard library's reader takes minutes for some texts
that no bracket closes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ELEMENT = re.compile(
    r"""<!--.*?(?:-->|\Z)
    | <(?P<code>script|style)\b.*?(?:</(?P=code)|\Z)
    | <(?P<name>[a-z][a-z0-9-]*)
      (?P<rest>(?:[^>"']++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+)(?:>|\Z)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ADDRESS = re.compile(r"""\s(?:src|data)\s*+=\s*+["']?([^\s"'>]++)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawElement:
    """An element's name, what it loads, and its line, from 1."""

    name: str
    address: str
    line: int


def raw_elements(html: str) -> Iterator[RawElement]:
    """Each start tag, in order; what stands in comments, scripts and styles is none."""
    at, line = 0, 1
    for match in _ELEMENT.finditer(html):
        name = match["code"] or match["name"]
        if name is None:
            continue
        line += html.count("\n", at, match.start())
        at = match.start()
        address = _ADDRESS.search(match["rest"] or "")
        yield RawElement(name.lower(), address[1] if address else "", line)
