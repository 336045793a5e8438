"""The second factor: a code of an authenticator app, or a recovery code."""

import base64
import hmac
import secrets
from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from superfast.accounts.audit import record
from superfast.accounts.models import User

RECOVERY_CODES = 10
# Without letters that are taken for one another: 32 signs, five bits each.
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 10
_APP = "Authenticator app"
_RECOVERY = "Recovery codes"


@transaction.atomic
def begin_enrolment(user: User) -> TOTPDevice:
    """The person's unconfirmed app: the one begun before, or a new one.

    The person's row is locked: no constraint keeps two pages from beginning one each.
    """
    User.objects.select_for_update().get(pk=user.pk)
    begun = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("pk").first()
    return begun or TOTPDevice.objects.create(user=user, confirmed=False, name=_APP)


@transaction.atomic
def confirm_enrolment(*, user: User, code: str) -> list[str] | None:
    """The app counts from now on, in place of an earlier one.

    Returns: the recovery codes, shown this once; None where the code is wrong.
    """
    device = begin_enrolment(user)
    if not device.verify_token(code):
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    user.second_factor_at = timezone.now()
    user.save(update_fields=["second_factor_at"])
    record(actor=user, action="set up a second factor", target=user)
    return renew_recovery_codes(user=user)


def app_of(user: User) -> TOTPDevice | None:
    """The app that counts. Cost: one query."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """Earlier codes are void. Returns: the new ones; only their digests are stored."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=_RECOVERY)
    codes = [
        "".join(secrets.choice(_SIGNS) for _ in range(_CODE_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(user, code)) for code in codes
    )
    record(actor=user, action="made recovery codes", target=user)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


@transaction.atomic
def verify(*, user: User, code: str) -> Device | None:
    """The device that a code is right for; None where it is none's.

    An app's code is taken once; a recovery code is used up. A wrong one makes the
    next try wait, twice as long each time (django-otp).
    """
    plain = "".join(code.split()).replace("-", "").upper()
    if plain.isdecimal() and len(plain) == 6:
        apps = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True)
        return next((each for each in apps if each.verify_token(plain)), None)
    for each in StaticDevice.objects.select_for_update().filter(user=user):
        if each.verify_token(_digest(user, plain)):
            record(actor=user, action="used a recovery code", target=user)
            return each
    return None


@transaction.atomic
def remove(*, user: User, by: Any) -> None:
    """The account has no second factor, as after a lost telephone."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    user.second_factor_at = None
    user.save(update_fields=["second_factor_at"])
    record(actor=by, action="removed a second factor", target=user)


def recovery_codes_left(user: User) -> int:
    """How many recovery codes were not used yet. Cost: one query."""
    return int(StaticToken.objects.filter(device__user=user).count())


def secret_of(device: TOTPDevice) -> str:
    """The app's secret as people type it, in groups of four."""
    text = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def qr_code(device: TOTPDevice) -> bytes:
    """The app's secret as an SVG picture of plain attributes, as the policy wants it."""
    out = BytesIO()
    code = segno.make(device.config_url, error="m")
    code.save(out, kind="svg", scale=6, border=3, dark="#000", light="#fff")
    return out.getvalue()


def _digest(user: User, code: str) -> str:
    """Sixteen signs, as many as django-otp's table holds."""
    key = f"{settings.SECRET_KEY} recovery {user.pk}".encode()
    return hmac.new(key, code.encode(), "sha256").hexdigest()[:16]
