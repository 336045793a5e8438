"""The editors' desk as a whole: who gets in, and that all that is done there is logged."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.auth.views import redirect_to_login
from django.db import DataError, models
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse

from superfast.accounts import audit, views
from superfast.accounts.forms import SignInForm
from superfast.accounts.sessions import note_visit
from superfast.accounts.throttling import remember_browser
from superfast.accounts.views import safe_next
from superfast.common.admin import note_changes


class Audited:
    """What an admin does to rows is in the audit log, with values before and after."""

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        note_changes(request, audit.changes_of(form, formsets or ()))
        return super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "added", obj)
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        said = message.rstrip(".").lower() if isinstance(message, str) else "changed"
        self._record(request, said or "changed", obj)
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record(request, "deleted", obj)
        return super().log_deletions(request, queryset)  # type: ignore[misc]

    def _record(self, request: HttpRequest, action: str, obj: Any) -> None:
        # Used up: of several rows saved in one request, each has its own.
        changes = request.__dict__.pop("audit_changes", None)
        audit.record(actor=request.user, action=action, target=obj, changes=changes)


# What Django's own filters and its line of dates ask of a field.
_ASKED = re.compile(r"(?:__id)?__(?:exact|isnull|gte|lt|year|month|day)")


class Lenient:
    """Parameters that a person can type and Django's admin answers with an error of ours."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        # Django lets every column be asked for, in every way that its database knows,
        # and of other tables what the list's filters name, in every way.
        return any(self._filters(request, lookup))

    def _filters(self, request: HttpRequest, lookup: str) -> Iterator[bool]:
        """For each filter that the list offers, whether the parameter is one of its."""
        admin: Any = self
        for each in (*admin.get_list_filter(request), admin.date_hierarchy or ()):
            if isinstance(each, str):
                is_of = lookup.startswith(each)
                rest = lookup.removeprefix(each)
                yield is_of and _ASKED.fullmatch(rest) is not None
            elif each:
                yield lookup == each.parameter_name

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # An address may fill in a form, but no time: words that are none can't be drawn,
        # and a link must not make somebody publish with what looks like a save.
        fields = self.opts.concrete_fields  # type: ignore[attr-defined]  # the admin's
        times = {f.name for f in fields if isinstance(f, models.DateTimeField)}
        given = super().get_changeform_initial_data(request)  # type: ignore[misc]
        return {name: value for name, value in given.items() if name not in times}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        # A number that no column holds reaches the database: the list without filters
        # says that they made no sense, as with Django's other senseless filters.
        try:
            return super().changelist_view(request, extra_context)  # type: ignore[misc]
        except (OverflowError, DataError):
            if request.method != "GET" or ERROR_FLAG in request.GET:
                raise
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        # `?_to_field=` names no field, and is taken for one.
        return super().get_object(request, object_id, from_field or None)  # type: ignore[misc]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        # `_saveasnew` on the page for a new row shows the page of a row that isn't there.
        if kwargs.get("obj") is None:
            kwargs |= {"add": True, "change": False}
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


class DeskSite(admin.AdminSite):
    """Django's admin site with a second factor, throttled sign-in and an audit log."""

    login_form = SignInForm
    login_template = "admin/login.html"

    def register(
        self, model_or_iterable: Any, admin_class: Any = None, **options: Any
    ) -> None:
        plain = admin_class or admin.ModelAdmin
        audited = type(
            plain.__name__, (Audited, Lenient, plain), {"__module__": plain.__module__}
        )
        super().register(model_or_iterable, audited, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not needs_second_factor(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        def visited(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            note_visit(request)
            return view(request, *args, **kwargs)

        visited.csrf_exempt = getattr(view, "csrf_exempt", False)  # type: ignore[attr-defined]
        return super().admin_view(visited, cacheable)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if super().has_permission(request) and needs_second_factor(request):
            user: Any = request.user
            page = "second-factor" if user.second_factor_at else "second-factor-setup"
            return redirect_to_login(safe_next(request), reverse(f"admin:{page}"))
        response = super().login(request, extra_context)
        if request.method == "POST" and request.user.is_authenticated:
            remember_browser(request, response, request.user.get_username())
        return response

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            user: Any = request.user
            audit.record(actor=user, action="changed the password", target=user)
        return response

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("second-factor/", views.second_factor, name="second-factor"),
            path("second-factor/setup/", views.second_factor_setup, name="second-factor-setup"),
            path("second-factor/code.svg", views.second_factor_picture, name="second-factor-picture"),
            path("second-factor/recovery/", self.admin_view(views.recovery_codes), name="recovery-codes"),
            path("sessions/", self.admin_view(views.session_list), name="session-list"),
            *super().get_urls(),
        ]  # fmt: skip


@receiver(user_logged_in, dispatch_uid="accounts.signed_in")
def _signed_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    note_visit(request)
    audit.record(actor=user, action="signed in")


@receiver(user_logged_out, dispatch_uid="accounts.signed_out")
def _signed_out(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None:
        audit.record(actor=user, action="signed out")


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether a signed-in person still owes a code, or has to set one up."""
    user: Any = request.user
    if user.second_factor_at or settings.REQUIRE_SECOND_FACTOR:
        return not user.is_verified()
    return False
