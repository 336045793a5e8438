"""Where an address leads at which nothing stands any more."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models, transaction

from superfast.common.moving import Moving
from superfast.common.publishing import Status
from superfast.common.text import CleanCharField

MAX_STEPS = 20
_PATH = re.compile(r"/[^\s?#\\]*")


def validate_old_path(path: str) -> None:
    """Raises: ValidationError for what is no path of this site."""
    if not _PATH.fullmatch(path) or path.startswith("//"):
        raise ValidationError("Write a path of this site that begins with /: /old/.")
    if path == "/" or path.startswith(("/admin/", "/static/", "/media/")):
        raise ValidationError("This address can’t be redirected.")


def validate_target(target: str) -> None:
    """Raises: ValidationError for what is neither a path of this site nor a web address."""
    if target.startswith("/") and not target.startswith("//"):
        if re.search(r"[\s\\]", target):
            raise ValidationError("A path holds no spaces and no backslashes.")
        return
    try:
        parts = urlsplit(target)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid or re.search(r"\s", target):
        raise ValidationError("Write a path like /new/ or an https:// address.")


class RedirectQuerySet(models.QuerySet["Redirect"]):
    def target_of(self, path: str) -> str | None:
        """Where a path leads in the end; None where it leads nowhere. Cost: one query a step.

        Chains are followed, and one that has become a circle leads nowhere.
        """
        seen = {path}
        target = self._next(path)
        while target is not None:
            further = None if target in seen else self._next(target)
            if target in seen or len(seen) > MAX_STEPS:
                return None
            if further is None:
                return target
            seen.add(target)
            target = further
        return None

    def _next(self, path: str) -> str | None:
        return self.filter(old_path=path).values_list("target", flat=True).first()


class Redirect(models.Model):
    """An address that leads elsewhere for good, as long as nothing stands at it."""

    old_path = CleanCharField(
        "old address",
        max_length=300,
        unique=True,
        validators=[validate_old_path],
        help_text="A path of this site: /old/.",
    )
    target = CleanCharField(
        "new address",
        max_length=2000,
        validators=[validate_target],
        help_text="A path like /new/, or an address that begins with https://.",
    )
    is_automatic = models.BooleanField(
        "made by a change of address", default=False, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RedirectQuerySet.as_manager()

    class Meta:
        ordering = ("old_path",)
        constraints = (
            models.CheckConstraint(
                name="redirects_redirect_not_itself",
                condition=~models.Q(old_path=models.F("target")),
                violation_error_message="An address can’t lead to itself.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.old_path} → {self.target}"

    def clean(self) -> None:
        others = Redirect.objects.exclude(pk=self.pk)
        target: str | None = self.target
        steps = 0
        while target is not None and steps <= MAX_STEPS:
            if target == self.old_path:
                raise ValidationError(
                    {"target": "This would lead in a circle: choose another address."}
                )
            target, steps = others._next(target), steps + 1
        if steps > MAX_STEPS:
            raise ValidationError({"target": "This leads through too many addresses."})


@transaction.atomic
def note_move(old_path: str, new_path: str) -> None:
    """Who asks for the old address is led to the new one, which leads nowhere itself.

    What led to the old address leads to the new one at once. Cost: four queries.
    """
    if old_path == new_path:
        return
    Redirect.objects.filter(old_path=new_path).delete()
    Redirect.objects.filter(target=old_path).update(target=new_path)
    Redirect.objects.update_or_create(
        old_path=old_path, defaults={"target": new_path, "is_automatic": True}
    )


class Addressed(Moving):
    """Something whose former addresses lead to it, once readers have seen it."""

    class Meta:
        abstract = True

    def moved_from(self, former: Any) -> None:
        if former._was_seen():
            here: Any = self
            note_move(former.get_absolute_url(), here.get_absolute_url())

    def _was_seen(self) -> bool:
        """Whether readers can have kept the address."""
        status: Status = self.status()  # type: ignore[attr-defined]  # of the model
        return status in {Status.PUBLISHED, Status.WITHDRAWN}
