"""The log of what was done at the desk: one function writes it, and nothing changes it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models

from superfast.accounts.models import AuditEntry

# Longer values are cut: the log says what changed, revisions keep the text.
VALUE_LENGTH = 300
_HIDDEN = ("password", "token", "secret", "key")

Changes = dict[str, list[str]]


def record(
    *,
    actor: Any,
    action: str,
    target: models.Model | None = None,
    changes: Changes | None = None,
) -> AuditEntry:
    """The action is in the log, with the names that person and thing have now.

    Args:
        actor: a user; None or an anonymous one where nobody is known.
        action: a verb in the past: `changed`, `signed in`.
        target: what it was done to.
        changes: field name → [before, after], as words.
    """
    return AuditEntry.objects.create(
        actor_key=getattr(actor, "pk", None),
        actor_name=actor.get_username() if getattr(actor, "pk", None) else "",
        action=action[:60],
        object_type=target._meta.label_lower if target is not None else "",
        object_key=str(target.pk or "")[:64] if target is not None else "",
        object_name=str(target)[:200] if target is not None else "",
        changes=changes or {},
    )


def changes_of(form: forms.BaseForm, formsets: Iterable[Any] = ()) -> Changes:
    """What a valid form changes, field by field; secrets are named, not shown.

    Rows beside the form are listed as `name: row`, with what became of them.
    """
    changes = {
        name: _pair(form, name)
        for name in form.changed_data
        if name in form.cleaned_data
    }
    for formset in formsets:
        kind = str(formset.model._meta.verbose_name)
        for each in formset.initial_forms:
            if each not in formset.deleted_forms:
                changes |= {
                    f"{kind} {each.instance.pk}: {name}": _pair(each, name)
                    for name in each.changed_data
                    if name in each.cleaned_data
                }
        for obj in getattr(formset, "new_objects", ()):
            changes[f"{kind} {obj.pk}"] = ["", _words(obj)]
        for obj in getattr(formset, "deleted_objects", ()):
            changes[f"{kind} {obj.pk}"] = [_words(obj), ""]
    return changes


def _pair(form: forms.BaseForm, name: str) -> list[str]:
    if any(word in name for word in _HIDDEN):
        return ["…", "…"]
    field = form.fields[name]
    before = form.get_initial_for_field(field, name)
    queryset = getattr(field, "queryset", None)
    if queryset is not None and before and not isinstance(before, models.Model):
        # A form knows a row that was chosen before by its key, or keys.
        keys = before if isinstance(before, list | tuple) else [before]
        keys = [getattr(key, "pk", key) for key in keys]
        before = queryset.model._default_manager.filter(pk__in=keys)
    return [_words(before), _words(form.cleaned_data[name])]


def _words(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, models.QuerySet | list | tuple | set):
        text = ", ".join(str(each) for each in value)
    else:
        text = str(value)
    return text if len(text) <= VALUE_LENGTH else f"{text[:VALUE_LENGTH]}…"
