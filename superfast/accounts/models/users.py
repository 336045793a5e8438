"""Who may sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Somebody with an account at the editors' desk."""

    # Kept by `accounts.second_factor` beside the devices themselves, so that a page of
    # the desk need not ask for them.
    second_factor_at = models.DateTimeField(
        "second factor since", null=True, blank=True, editable=False
    )
