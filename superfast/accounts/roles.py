"""What Writers and Editors may do: the one table of it.

A Writer makes drafts and changes their own; an Editor changes everything and
publishes. That a Writer reaches their own drafts only is not a permission of
Django's: `superfast.common.admin` holds it.
"""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.contrib.auth.management import create_permissions

WRITER = "Writer"
EDITOR = "Editor"

_ALL = ("add", "change", "delete", "view")
_MAKE = ("add", "change", "view")

# App label → model → actions.
PERMISSIONS: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    WRITER: {
        "issues": {
            "issue": _ALL,
            "image": _MAKE,
            "inboxitem": _ALL,
            "link": ("view",),
        },
        "quiz": {"quiz": _ALL, "headline": _ALL},
        "papers": {
            "paper": _ALL,
            "authorship": _ALL,
            "author": ("add", "view"),
            "placement": ("view",),
            "paperlink": ("view",),
            "relatedpaper": _ALL,
            "topic": ("view",),
            "catalogue": ("view",),
        },
    },
    EDITOR: {
        "issues": {
            "issue": (*_ALL, "publish"),
            "image": _ALL,
            "override": ("add", "view"),
            "revision": ("view",),
            "inboxitem": _ALL,
            "link": ("view",),
        },
        "quiz": {
            "quiz": (*_ALL, "publish"),
            "headline": _ALL,
            "guess": ("view",),
            "correction": ("add", "view"),
            "wordingchange": ("view",),
        },
        "papers": {
            "paper": (*_ALL, "publish"),
            "authorship": _ALL,
            "author": _ALL,
            "authoralias": _ALL,
            "placement": _ALL,
            "importbatch": ("add", "change", "view"),
            "importrow": ("view",),
            "paperrevision": ("view",),
            "paperlink": ("view",),
            "relatedpaper": _ALL,
            "mistakereport": ("change", "delete", "view"),
            "topic": _ALL,
            "catalogue": _ALL,
        },
        "pages": {"page": ("change", "view")},
        "redirects": {"redirect": _ALL},
    },
}


def codenames(role: str, app_label: str) -> list[str]:
    """Codenames of a role's permissions in one app."""
    models = PERMISSIONS[role].get(app_label, {})
    return [
        f"{action}_{model}" for model, actions in models.items() for action in actions
    ]


def grant(
    sender: AppConfig, *, using: str, apps: Any = registry, **kwargs: Any
) -> None:
    """Groups exist and hold what the table says of the app just migrated.

    `manage.py flush` sends the same signal, and no `apps` with it.
    What an administrator added to a group by hand stays.
    """
    if not any(sender.label in models for models in PERMISSIONS.values()):
        return
    create_permissions(sender, verbosity=0, using=using, apps=apps)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for role in PERMISSIONS:
        wanted = codenames(role, sender.label)
        found = permission_model.objects.using(using).filter(
            content_type__app_label=sender.label, codename__in=wanted
        )
        group, _ = group_model.objects.using(using).get_or_create(name=role)
        group.permissions.add(*found)
