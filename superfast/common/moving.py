"""Rows whose address may change, and who is told of it."""

from typing import Any, ClassVar, Self

from django.db import models, transaction


class Moving(models.Model):
    """Something at an address that may change: what stood there before leads to it.

    Where the former address is kept, and for how long, is the model's own.
    """

    # The columns that its address is made of.
    ADDRESSED_BY: ClassVar[tuple[str, ...]] = ("slug",)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        stays = fields is not None and {*self.ADDRESSED_BY}.isdisjoint(fields)
        if self.pk is None or stays:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            former = type(self)._base_manager.filter(pk=self.pk).first()
            super().save(*args, **kwargs)
            if former is not None and former._address() != self._address():
                self.moved_from(former)

    def _address(self) -> list[Any]:
        columns: list[Any] = [self._meta.get_field(name) for name in self.ADDRESSED_BY]
        return [column.value_from_object(self) for column in columns]

    def moved_from(self, former: Self) -> None:
        """Keeps the address of `former`, the row as it was, in the same transaction."""
        raise NotImplementedError
