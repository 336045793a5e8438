"""Forms of rows that several people change: nothing is written over unseen."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest
from django.utils.text import Truncator

from superfast.common.difference import compare

LONGEST_SHOWN = 2_000


class MeanwhileForm(forms.ModelForm):
    """A form of a stored row; what nobody touched in it stays as the row has it now.

    The page carries what each field held when it was drawn. Where somebody else has
    changed a field since, what is typed over it is refused once, with what stands there
    now. A form that carries nothing has seen the row as it is.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What somebody else has changed and this form has not: field → what it is called.
        self.kept: dict[str, str] = {}
        # What somebody else has changed, for `admin/_meanwhile.html`.
        self.meanwhile: list[dict[str, Any]] = []
        if self.instance._state.adding:
            return
        carries = not self.is_bound or any(map(self._is_carried, self.fields))
        for field in self.fields.values():
            field.show_hidden_initial = carries and not field.widget.is_hidden

    def changed_by(self) -> str:
        """Who changed the row last at the desk, as a sentence begins."""
        same_kind = {"content_type": ContentType.objects.get_for_model(self.instance)}
        log = LogEntry.objects.filter(object_id=str(self.instance.pk), **same_kind)
        last = log.select_related("user").order_by("-action_time", "-pk").first()
        return str(last.user) if last else "Somebody"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, field in self.fields.items():
            if not field.show_hidden_initial or field.disabled:
                continue
            then, now = self._drawn(name), self._standing(name)
            if _plain(then) == _plain(now):
                continue
            if name not in self.changed_data:
                self.errors.pop(name, None)
                data.pop(name, None)
                self._send(self[name].html_name, now)
                self._send(self[name].html_initial_name, now)
                self.kept[name] = str(self[name].label)
            elif name in data and self._is_other(name, now):
                self._refuse(name, now)
            texts = self._shown(name, then), self._shown(name, now)
            label = str(self[name].label)
            self.meanwhile.append(
                {"label": label[:1].upper() + label[1:], "difference": compare(*texts)}
            )
        return data

    def _refuse(self, name: str, now: Any) -> None:
        shown = self._shown(name, now)
        if not isinstance(self.fields[name], forms.BooleanField):
            shown = f"“{Truncator(shown).chars(LONGEST_SHOWN)}”" if shown else "empty"
        self.add_error(
            name,
            f"{self.changed_by()} has changed this meanwhile: it is {shown} now. "
            "Save once more to replace that.",
        )
        # For that, what is drawn again has been drawn with what stands there now.
        self._send(self[name].html_initial_name, now)

    def _is_other(self, name: str, now: Any) -> bool:
        """Whether what was typed is not what stands there anyway."""
        typed = self[name].data
        if isinstance(typed, str) and _plain(typed) == _plain(now):
            return False
        return self.fields[name].has_changed(self[name].initial, typed)

    # Values as browsers send them

    def _is_carried(self, name: str) -> bool:
        widget = self.fields[name].hidden_widget()
        where = self[name].html_initial_name
        return not widget.value_omitted_from_data(self.data, self.files, where)

    def _drawn(self, name: str) -> Any:
        widget = self.fields[name].hidden_widget()
        where = self[name].html_initial_name
        return widget.value_from_datadict(self.data, self.files, where)

    def _standing(self, name: str) -> Any:
        field = self.fields[name]
        widget = field.hidden_widget()
        value = field.prepare_value(self[name].initial)
        if isinstance(widget, forms.MultiWidget):
            values: Any = widget.decompress(value)
            parts = zip(widget.widgets, values, strict=True)
            return [part.format_value(each) or "" for part, each in parts]
        if isinstance(widget, forms.MultipleHiddenInput):
            return [str(each) for each in value or ()]
        return widget.format_value(value) or ""

    def _send(self, where: str, value: Any) -> None:
        """As if the browser had sent this value."""
        before: Any = self.data
        sent = before.copy()
        if not isinstance(value, list):
            sent[where] = value
        elif where in sent or f"{where}_0" not in sent:
            sent.setlist(where, value)
        else:
            for place, part in enumerate(value):
                sent[f"{where}_{place}"] = part
        self.data = sent

    def _shown(self, name: str, value: Any) -> str:
        """A value as people read it."""
        field = self.fields[name]
        try:
            value = field.clean(value)
        except ValidationError:
            return str(value or "")
        if isinstance(field, forms.BooleanField):
            return "ticked" if value else "not ticked"
        if isinstance(field, forms.ModelMultipleChoiceField):
            return "; ".join(sorted(map(str, value)))
        if isinstance(field, forms.ChoiceField) and not isinstance(
            field, forms.ModelChoiceField
        ):
            return str(dict(field.choices).get(value, value)) if value else ""  # type: ignore[arg-type]  # flat here
        return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    """What makes two sent values one; ends of lines are the browser's own."""
    if isinstance(value, list | tuple):
        return sorted(map(_plain, value))
    return " ".join(str("" if value is None else value).split())


class MeanwhileAdmin(admin.ModelAdmin):
    """A desk whose form is a `MeanwhileForm`: who saves the same row takes a turn."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not connection.in_atomic_block:
            return found
        rows = self.model._base_manager.select_for_update().filter(pk=found.pk)
        list(rows.values_list("pk", flat=True))
        # Read again: somebody may have saved while this one waited.
        return super().get_object(request, object_id, from_field)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if kept := getattr(form, "kept", None):
            self.message_user(
                request,
                f"{form.changed_by()} has changed this meanwhile, which stays: "
                f"{', '.join(kept.values())}.",
                messages.WARNING,
            )
