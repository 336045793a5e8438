"""The editors' desk: who may touch what, and how things are published from it.

A Writer sees and changes their own drafts; who holds `publish_<model>` sees and
changes everything and publishes. The rule is asked before every form, action
and address, and the fields that publish are taken out of a Writer's form, so
that no posted value reaches them.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html

from superfast.common.checking import LinkState
from superfast.common.publishing import Status, publish, withdraw
from superfast.common.text import read_number

PUBLISH_FIELDS = ("publish_at", "withdrawn_at")


def signed_in(request: HttpRequest) -> Any:
    """Who is at the desk. Raises: PermissionDenied where nobody is."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def note_changes(request: HttpRequest, changes: dict[str, list[str]]) -> None:
    """What the request's next entry of the log says of its row.

    Args:
        request: of somebody at the desk.
        changes: name → [before, after], as words.
    """
    request.audit_changes = changes  # type: ignore[attr-defined]  # kept there


class _KnownKeys:
    """Redraws a refused form whatever was sent for a key: Django's own widget can't."""

    def optgroups(self, name: str, value: list[Any], attrs: Any = None) -> Any:
        keys = [key for key in value if read_number(str(key)) is not None]
        return super().optgroups(name, keys, attrs)  # type: ignore[misc]  # the widget's


class Autocomplete(_KnownKeys, AutocompleteSelect):  # type: ignore[misc]
    """A choice of one row, found by typing."""


class AutocompleteMany(_KnownKeys, AutocompleteSelectMultiple):  # type: ignore[misc]
    """A choice of rows, found by typing; each has a button of its own that removes it."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        # The button that removes all would stand among the rows of a list, and be none.
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-allow-clear": "false"}


class Autocompleting(BaseModelAdmin):
    """An admin, or rows within one, whose rows found by typing stand any key."""

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Autocomplete(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", AutocompleteMany(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class LabelledRows(BaseInlineFormSet):
    """Rows of a table in which each field says its name: the heads of columns label none."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        called = getattr(form, "called", "row")
        row = f"new {called}" if index is None else f"{called} {index + 1}"
        for field in form.fields.values():
            # Around a choice of rows stand buttons; the field is within.
            widget = getattr(field.widget, "widget", field.widget)
            if not widget.is_hidden:
                widget.attrs["aria-label"] = f"{field.label}: {row}"


class OwnedAdmin(Autocompleting, admin.ModelAdmin):
    """Rows that belong to who made them, until somebody publishes them."""

    def may_publish(self, request: HttpRequest) -> bool:
        """Whether this person decides what readers see."""
        return request.user.has_perm(
            f"{self.opts.app_label}.publish_{self.opts.model_name}"
        )

    def is_public(self, obj: Any) -> bool:
        """Whether the row is, or is about to be, in front of readers."""
        return obj.status() is not Status.DRAFT

    def may_touch(self, request: HttpRequest, obj: Any) -> bool:
        """Whether this person may change or delete this row."""
        if self.may_publish(request):
            return True
        return obj.created_by_id == request.user.pk and not self.is_public(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.may_touch(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or self.may_touch(request, obj))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return self.may_publish(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return (
            rows
            if self.may_publish(request)
            else rows.filter(created_by=request.user.pk)
        )

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        if not change:
            obj.created_by = signed_in(request)
        super().save_model(request, obj, form, change)


class RecordAdmin(admin.ModelAdmin):
    """A record: to be looked at, by who may, and never changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CheckedAddressAdmin(RecordAdmin):
    """A record of `CheckedAddress`: where it leads, and what it answered."""

    @admin.display(description="address", ordering="url")
    def address(self, obj: Any) -> str:
        return format_html('<a href="{}" rel="noopener">{}</a>', obj.url, obj.url[:120])

    @admin.display(description="state", ordering="state")
    def state_label(self, obj: Any) -> str:
        return str(obj.get_state_display())

    @admin.display(description="answer")
    def answer(self, obj: Any) -> str:
        """What it said; of one that moved, where to, to be put in its place."""
        if obj.state == LinkState.MOVED and obj.final_url:
            return format_html(
                'Replace by <a href="{}" rel="noopener">{}</a>',
                obj.final_url, obj.final_url,
            )  # fmt: skip
        return obj.problem or str(obj.status_code or "")


class StatusFilter(admin.SimpleListFilter):
    """Draft, scheduled, published, withdrawn."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.value, status.label) for status in Status]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return (
            queryset.with_status(Status(value)) if value in Status.values else queryset
        )


class PublishableAdmin(OwnedAdmin):
    """Rows with a time: its fields and actions are for who may publish."""

    date_hierarchy = "publish_at"
    actions: tuple[str, ...] = ("publish_now", "withdraw")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if self.may_publish(request) else (*fields, *PUBLISH_FIELDS)

    @admin.display(description="status")
    def status_label(self, obj: Any) -> str:
        return str(obj.status().label)

    @admin.action(description="Publish now", permissions=["publish"])
    def publish_now(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, self.publish_row, "published")

    @admin.action(description="Withdraw", permissions=["publish"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, self.withdraw_row, "withdrawn")

    def publish_row(self, request: HttpRequest, obj: Any) -> None:
        """Makes one row public now. Raises: ValidationError with the reason."""
        publish(obj)

    def withdraw_row(self, request: HttpRequest, obj: Any) -> None:
        """Takes one row from readers. Raises: ValidationError with the reason."""
        withdraw(obj)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Any], verb: Any, done: str
    ) -> None:
        for obj in queryset:
            before = str(obj.status().label)
            try:
                verb(request, obj)
            except ValidationError as error:
                reasons = " ".join(error.messages)
                self.message_user(
                    request, f"{obj}: not {done}. {reasons}", messages.ERROR
                )
            else:
                after = str(self.model._base_manager.get(pk=obj.pk).status().label)
                note_changes(request, {"status": [before, after]})
                self.log_change(request, obj, done.capitalize() + ".")
                self.message_user(request, f"{obj}: {done}.", messages.SUCCESS)


def limit_to_visible(
    db_field: models.Field, request: HttpRequest
) -> QuerySet[Any] | None:
    """Rows of a foreign key's model that this person sees at the desk, if it has one.

    A form accepts every key of its choices: without this, a Writer could name a
    row of somebody else's that their own list does not show.
    """
    related = db_field.related_model
    if not related or not admin.site.is_registered(related):
        return None
    return admin.site.get_model_admin(related).get_queryset(request)
