"""What editors write of an issue, apart from where and when it is shown."""

from dataclasses import dataclass, fields
from typing import Any, Self

from superfast.common.text import clean_text


@dataclass(frozen=True, slots=True)
class Text:
    """Every editorial field of an issue; issues and revisions have the same."""

    title: str
    slug: str
    dek: str
    body: str
    cover_id: int | None
    quiz_id: int | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """The text of an issue or a revision, cleaned as it is when stored."""
        return cls(
            title=" ".join(clean_text(row.title).split()),
            slug=row.slug,
            dek=" ".join(clean_text(row.dek).split()),
            body=clean_text(row.body),
            cover_id=row.cover_id,
            quiz_id=row.quiz_id,
        )

    @property
    def words(self) -> tuple[str, str, str]:
        """What readers read: title, dek and text."""
        return self.title, self.dek, self.body

    def put_into(self, row: Any) -> None:
        """The row in hand has this text; nothing is stored."""
        for name, value in self.as_dict().items():
            setattr(row, name, value)

    def as_dict(self) -> dict[str, Any]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
