"""Forms of rows that several people change: nothing is written over unseen."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import HttpRequest
from django.utils.text import Truncator

from superfast.common.admin import LabelledRows
from superfast.common.difference import compare
from superfast.common.text import read_number

LONGEST_SHOWN = 2_000


class MeanwhileForm(forms.ModelForm):
    """A form of a stored row; what nobody touched in it stays as the row has it now.

    The page carries what each field held when it was drawn. Where somebody else has
    changed a field since, what is typed over it is refused once, with what stands there
    now. A form that carries nothing has seen the row as it is.
    """

    # What it is called where it is one of several rows: “headline”.
    called = ""

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

    @property
    def whole(self) -> Any:
        """The row of which the desk's log says who changed this one."""
        return self.instance

    @property
    def is_only_drawn(self) -> bool:
        """Whether nothing of what was sent is to be stored yet, so that nothing is compared."""
        return False

    def changed_by(self) -> str:
        """Who changed the row last at the desk, as a sentence begins."""
        last = last_logged(self.whole)
        return str(last.user) if last else "Somebody"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.is_only_drawn:
            self._compare(data)
        return data

    def _compare(self, data: dict[str, Any]) -> None:
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


def last_logged(row: Any) -> LogEntry | None:
    """What the desk's log says of a row last. Cost: one query."""
    same_kind = {"content_type": ContentType.objects.get_for_model(row)}
    log = LogEntry.objects.filter(object_id=str(row.pk), **same_kind)
    return log.select_related("user").order_by("-action_time", "-pk").first()


class MeanwhileRows(LabelledRows):
    """Rows of such a form, each of them a `MeanwhileForm`; one that is gone stays away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What somebody else has changed meanwhile and this form has not.
        self.kept: list[str] = []
        if self.is_bound:
            self._drop_gone()

    def _drop_gone(self) -> None:
        """As if the browser had not sent rows that are gone: the others move up."""
        total = self.total_form_count()
        drawn = min(self.initial_form_count(), total)
        there = {row.pk for row in self.get_queryset()} if drawn else set()
        gone = {place for place in range(drawn) if self._key(place) not in there}
        if not gone:
            return
        called = getattr(self.form, "called", "row")
        self.kept = [f"{len(gone)} × {called} removed"]
        kept = [place for place in range(total) if place not in gone]
        before: Any = self.data
        sent = before.copy()
        sent[self.add_prefix(TOTAL_FORM_COUNT)] = len(kept)
        sent[self.add_prefix(INITIAL_FORM_COUNT)] = drawn - len(gone)
        start = rf"((?:initial-)?{re.escape(str(self.prefix))}-)"
        of_row = re.compile(start + "([0-9]{1,4})(-.+)")
        rows = [(match, name) for name in before if (match := of_row.fullmatch(name))]
        for _, name in rows:
            del sent[name]
        for match, name in rows:
            if (place := int(match[2])) in kept:
                moved = f"{match[1]}{kept.index(place)}{match[3]}"
                sent.setlist(moved, before.getlist(name))
        self.data = sent
        del self.management_form  # read again, from what is sent now

    def _key(self, place: int) -> int | None:
        return read_number(str(self.data.get(f"{self.add_prefix(place)}-id", "")))


class MeanwhileAdmin(admin.ModelAdmin):
    """A desk whose form is a `MeanwhileForm`: who saves the same row takes a turn.

    Its rows may be such forms, too.
    """

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

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        kept = list(_kept(form, formsets))
        # Before this change is noted: asked is who made the one before.
        by = form.changed_by() if kept else ""
        super().save_related(request, form, formsets, change)
        if kept:
            self.message_user(
                request,
                f"{by} has changed this meanwhile, which stays: {', '.join(kept)}.",
                messages.WARNING,
            )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        context["meanwhile"] = [
            {**each, "label": f"{part}{each['label']}"}
            for part, row in _parts(form, formsets)
            for each in row.meanwhile
        ]
        if context["meanwhile"]:
            context["changed_by"] = form.changed_by()
        return super().render_change_form(request, context, *args, **kwargs)


def _parts(form: Any, formsets: Iterable[Any]) -> Iterator[tuple[str, MeanwhileForm]]:
    """The form and its rows, each with what its fields' names begin with."""
    if isinstance(form, MeanwhileForm):
        yield "", form
    for formset in formsets:
        for number, row in enumerate(formset.forms, 1):
            if isinstance(row, MeanwhileForm):
                yield f"{row.called} {number}: ".capitalize(), row


def _kept(form: Any, formsets: Iterable[Any]) -> Iterator[str]:
    """What somebody else has changed meanwhile, and who saves has not."""
    for part, row in _parts(form, formsets):
        for name in row.kept.values():
            yield f"{part}{name}"
    for formset in formsets:
        yield from getattr(formset, "kept", ())
