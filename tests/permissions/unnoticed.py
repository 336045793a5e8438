"""Protections whose absence no test can notice, each with the reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why nobody notices.

    Args:
        why: half a sentence.
        doubled_by: the protections that do the same; a test must fail that passes without
            them, once what they double is gone as well.
    """

    why: str
    doubled_by: tuple[str, ...]


UNNOTICED: dict[str, Reason] = {}
