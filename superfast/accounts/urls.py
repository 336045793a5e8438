"""A new password for who has forgotten theirs; Django's admin knows these names."""

from django.contrib.auth import views
from django.urls import path
from django.views.decorators.cache import never_cache

from superfast.accounts.forms import NewPasswordForm, ResetForm

urlpatterns = [
    path(
        "",
        never_cache(views.PasswordResetView.as_view(form_class=ResetForm)),
        name="admin_password_reset",
    ),
    path("sent/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(form_class=NewPasswordForm),
        name="password_reset_confirm",
    ),
    path(
        "done/",
        views.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]
