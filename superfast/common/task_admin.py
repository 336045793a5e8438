"""The queue at the desk: a record for administrators, and nothing to press.

django-q2's own pages let a superuser schedule any function by its name, which
is more than the desk is for.
"""

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django_q.models import Failure, OrmQ, Schedule, Success, Task

from superfast.common.admin import RecordAdmin


class TaskAdmin(RecordAdmin):
    """Tasks that have ended, the failed ones with their reason."""

    list_display = ("name", "success", "started", "stopped")
    list_filter = ("success",)
    fields = ("name", "started", "stopped", "success", "printed")
    readonly_fields = ("printed",)

    @admin.display(description="what it said")
    def printed(self, obj: Task) -> str:
        return str(obj.result or "")

    def has_view_permission(
        self, request: HttpRequest, obj: Task | None = None
    ) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)


def replace_queue_pages(site: AdminSite) -> None:
    """django-q2's pages give way to the record."""
    site.unregister((Success, Failure, Schedule, OrmQ))
    site.register(Task, TaskAdmin)
