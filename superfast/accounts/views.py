"""Pages of one's own account at the desk."""

from typing import Any

import django_otp
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from superfast.accounts import second_factor as factor
from superfast.accounts.audit import record
from superfast.accounts.forms import CodeForm
from superfast.accounts.sessions import end_sessions, sessions_of
from superfast.common.admin import signed_in

WRONG = (
    "That code is not right. It may have run out, or been used; after some wrong ones "
    "the next try has to wait a little."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(login_url="admin:login")
def second_factor(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if user.is_verified() or not user.second_factor_at:
        return HttpResponseRedirect(safe_next(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = factor.verify(user=user, code=form.cleaned_data["code"])
        if device is not None:
            django_otp.login(request, device)
            # The session's key changes with what it is good for.
            request.session.cycle_key()
            return HttpResponseRedirect(safe_next(request))
        record(actor=user, action="gave a wrong code", target=user)
        form.add_error("code", WRONG)
    status = 422 if form.errors else 200
    context = _context(request, form=form, title="Second factor")
    return render(request, "accounts/second_factor.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(login_url="admin:login")
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if user.second_factor_at and not user.is_verified():
        # Who knows the password alone must not put a telephone of theirs in place.
        return redirect(f"{reverse('admin:second-factor')}?next={request.path}")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = factor.confirm_enrolment(user=user, code=form.cleaned_data["code"])
        if codes is not None:
            django_otp.login(request, factor.app_of(user))
            request.session.cycle_key()
            return _show_codes(request, codes)
        form.add_error("code", WRONG)
    status = 422 if form.errors else 200
    secret = factor.secret_of(factor.begin_enrolment(user))
    context = _context(
        request, form=form, secret=secret, title="Set up a second factor"
    )
    return render(request, "accounts/second_factor_setup.html", context, status=status)


@never_cache
@require_safe
@login_required(login_url="admin:login")
def second_factor_picture(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if user.second_factor_at and not user.is_verified():
        return redirect("admin:second-factor")
    picture = factor.qr_code(factor.begin_enrolment(user))
    return HttpResponse(picture, content_type="image/svg+xml")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if not user.second_factor_at:
        return redirect("admin:second-factor-setup")
    if request.method == "POST":
        return _show_codes(request, factor.renew_recovery_codes(user=user))
    left = factor.recovery_codes_left(user)
    context = _context(request, left=left, title="Recovery codes")
    return render(request, "accounts/recovery_codes.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    current = request.session.session_key or ""
    if request.method == "POST":
        key = request.POST.get("session", "")
        ended = end_sessions(user=user, key=key, but=current)
        if ended:
            record(actor=user, action=f"ended {ended} sessions", target=user)
        messages.success(request, f"{ended} signed out.")
        return redirect("admin:session-list")
    rows = sessions_of(user)
    context = _context(
        request, sessions=rows, current=current, title="Where you are signed in"
    )
    return render(request, "accounts/session_list.html", context)


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    context = _context(request, codes=codes, title="Recovery codes")
    return render(request, "accounts/recovery_codes.html", context)


def _context(request: HttpRequest, **values: Any) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "next": request.GET.get("next", ""),
        **values,
    }


def safe_next(request: HttpRequest) -> str:
    """Where to go on: the address that was asked for, if it is one of this site."""
    target = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return reverse("admin:index")
