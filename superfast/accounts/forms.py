"""What people type to get in."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

from superfast.accounts.audit import record
from superfast.accounts.models import User
from superfast.accounts.throttling import must_wait, note_failure

RESET_SECONDS = 10 * 60
WAIT = (
    "Too many tries. Wait a quarter of an hour, or sign in from a browser "
    "in which you have signed in before."
)


class SignInForm(AdminAuthenticationForm):
    """User name and password; tried too often, they are not even looked at."""

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username") or ""
        if self.request and must_wait(self.request, name):
            raise ValidationError(WAIT, code="wait")
        try:
            return super().clean()
        except ValidationError:
            if self.request and name:
                note_failure(self.request, name)
                _log_failure(name)
            raise


def _log_failure(name: str) -> None:
    # Names that belong to nobody are not kept: people type passwords there.
    user = User.objects.filter(username=name).first()
    record(actor=None, action="failed to sign in", target=user)


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        max_length=20,
        label="Code",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autofocus": True,
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class ResetForm(PasswordResetForm):
    """Sends a link to the site's own address, whatever Host the request named."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        host = settings.SITE_URL.partition("://")[2]
        kwargs |= {"domain_override": host, "use_https": settings.IS_HTTPS}
        super().save(*args, **kwargs)

    def get_users(self, email: str) -> Any:
        for user in super().get_users(email):
            if not cache.add(f"accounts.reset.{user.pk}", 1, RESET_SECONDS):
                continue  # One mail in a while, however often it is asked for.
            record(actor=None, action="asked for a new password", target=user)
            yield user


class NewPasswordForm(SetPasswordForm):
    """A new password for who came by the mailed link."""

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        record(actor=user, action="set a new password by mail", target=user)
        return user
