"""Markdown files with fields in front of the text, as we write them."""

import json
from typing import Any

FENCE = "---\n"


def to_markdown(fields: dict[str, Any], body: str) -> str:
    """Front matter, each value as JSON (which is YAML, too), and the text as it is."""
    lines = [
        f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in fields.items()
    ]
    return f"{FENCE}{''.join(lines)}{FENCE}{body}"
