"""What the catalogue's JSON holds, as a JSON Schema made from the columns themselves."""

from typing import Any

from papers.citing.entry import COLUMNS, TRUTHS, WHOLE_NUMBERS
from papers.models import LINKS, Paper

FORMAT = "superfast-papers-1"
REQUIRED = ("slug", "key", "title", "authors", "authors_complete", "topics", "year")


def catalogue_schema(address: str) -> dict[str, Any]:
    """The schema of `export.full`, and by its names of the columns of `export.csv`.

    Args:
        address: where the schema can be read, which is also its name.
    """
    texts = {
        "slug": ("string", "The last part of the paper’s address."),
        "key": ("string", "What BibTeX calls it: unique, and it stays."),
        "authors_complete": (
            "boolean",
            "False where authors are missing from our list.",
        ),
    }
    properties: dict[str, Any] = {
        name: {"type": kind, "description": text}
        for name, (kind, text) in texts.items()
    }
    properties["authors"] = _list(
        "In order, as printed; an organisation’s name in braces. In CSV, by “; ”."
    )
    properties["topics"] = _list("Their names. In CSV, by “; ”.")
    properties |= {name: _column(name) for name in COLUMNS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": "A catalogue of papers",
        "type": "object",
        "required": ["format", "papers"],
        "properties": {
            "format": {"const": FORMAT},
            "papers": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": sorted({*REQUIRED, *COLUMNS}),
                    "properties": properties,
                    "additionalProperties": False,
                },
            },
        },
    }


def _list(text: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": text}


def _column(name: str) -> dict[str, Any]:
    field = Paper._meta.get_field(name)
    label = str(field.verbose_name)  # type: ignore[union-attr]  # a column, no relation
    text = ": ".join(filter(None, (label, str(field.help_text)))) + (  # type: ignore[union-attr]
        "" if field.help_text else "."  # type: ignore[union-attr]
    )
    said: dict[str, Any] = {"description": text[:1].upper() + text[1:]}
    if name in TRUTHS:
        return {"type": "boolean", **said}
    if name in WHOLE_NUMBERS:
        kind: str | list[str] = ["integer", "null"] if field.null else "integer"
        return {"type": kind, **said}
    if choices := field.flatchoices:  # type: ignore[union-attr]
        return {"enum": ["", *(str(value) for value, _ in choices)], **said}
    if name in LINKS:
        return {"type": "string", "pattern": "^(https?://.*)?$", **said}
    return {"type": "string", **said}
