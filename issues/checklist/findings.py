"""What the checklist says, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the checklist: a sentence, and the place that it is about."""

    level: Level
    code: str
    message: str
    line: int | None = None  # of the text, from 1
    field: str = "body"
    # The database or the quiz would refuse it: no Editor's reason goes above that.
    is_absolute: bool = False

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}" if self.line else self.message


def error(
    code: str, message: str, line: int | None = None, field: str = "body"
) -> Finding:
    """A finding that blocks publishing, unless an Editor gives a reason."""
    return Finding(Level.ERROR, code, message, line, field)


def absolute(code: str, message: str, field: str) -> Finding:
    """A finding that blocks publishing, whatever the reason."""
    return Finding(Level.ERROR, code, message, None, field, is_absolute=True)


def warning(
    code: str, message: str, line: int | None = None, field: str = "body"
) -> Finding:
    """A finding that an editor should look at twice; it forbids nothing."""
    return Finding(Level.WARNING, code, message, line, field)


def info(code: str, message: str, field: str = "body") -> Finding:
    """Something to know."""
    return Finding(Level.INFO, code, message, None, field)


@dataclass(frozen=True, slots=True)
class Checklist:
    """All findings about one text."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """What blocks publishing."""
        return self._of(Level.ERROR)

    @property
    def warnings(self) -> list[Finding]:
        """What should be looked at twice."""
        return self._of(Level.WARNING)

    @property
    def notes(self) -> list[Finding]:
        """What there is to know."""
        return self._of(Level.INFO)

    @property
    def absolute(self) -> list[Finding]:
        """Errors that no reason goes above."""
        return [finding for finding in self.errors if finding.is_absolute]

    @property
    def sentences(self) -> list[str]:
        """The errors as sentences, for a ValidationError."""
        return [str(finding) for finding in self.errors]

    def _of(self, level: Level) -> list[Finding]:
        return [finding for finding in self.findings if finding.level is level]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)
