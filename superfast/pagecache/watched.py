"""What readers see, as the database knows it: tables, and the moments within them."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from superfast.common.publishing import Publishable


def watched_models() -> list[type[models.Model]]:
    """The models of which a change is a change of some public page.

    Every one of the apps in `PUBLIC_APPS`, the tables behind many-to-many fields
    too, but for those that `UNSEEN_MODELS` names: a model that is new is watched.
    """
    unseen = set(settings.UNSEEN_MODELS)
    found = (
        model
        for label in settings.PUBLIC_APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    )
    return [
        model
        for model in found
        if model._meta.label not in unseen
        and model._meta.managed
        and not model._meta.proxy
    ]


def moments() -> Iterator[tuple[str, str]]:
    """Table and column of every time at which something appears, disappears or changes.

    Those of `Publishable`, and those that `PUBLIC_MOMENTS` names.
    """
    for model in watched_models():
        names = list(settings.PUBLIC_MOMENTS.get(model._meta.label, ()))
        if issubclass(model, Publishable):
            names += ["publish_at", "withdrawn_at"]
        for name in names:
            yield model._meta.db_table, column_of(model, name)


def column_of(model: type[models.Model], name: str) -> str:
    """Where the database keeps a field."""
    field: Any = model._meta.get_field(name)
    return str(field.column)
