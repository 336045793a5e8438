from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from superfast.accounts import second_factor
from superfast.accounts.models import AuditEntry, User
from superfast.common.admin import RecordAdmin

# Their pages show the secrets; what is needed of them stands at the person.
admin.site.unregister([TOTPDevice, StaticDevice])


@admin.register(User)
class AccountAdmin(UserAdmin):
    list_display = ("username", "email", "is_staff", "last_login", "second_factor_at")
    readonly_fields = ("second_factor_at", "last_login", "date_joined")
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        ("Second factor", {"fields": ("second_factor_at",)}),
    )
    actions = ("remove_second_factor",)

    @admin.action(description="Remove the second factor", permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, queryset: Any) -> None:
        for user in queryset.exclude(second_factor_at=None):
            second_factor.remove(user=user, by=request.user)
            self.message_user(request, f"{user}: signs in with the password alone now.")


@admin.register(AuditEntry)
class AuditAdmin(RecordAdmin):
    list_display = ("at", "actor_name", "action", "object_type", "object_name", "what")
    list_display_links = None
    list_filter = ("object_type",)
    search_fields = ("actor_name", "object_name", "action")
    date_hierarchy = "at"
    show_full_result_count = False

    @admin.display(description="from → to")
    def what(self, obj: AuditEntry) -> str:
        rows = ((name, *pair) for name, pair in obj.changes.items())
        return format_html_join("", "<div><b>{}</b>: {} → {}</div>", rows)
