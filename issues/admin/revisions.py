"""The editors' desk for what was saved."""

from django.contrib import admin

from issues.models import Revision
from superfast.common.admin import RecordAdmin


@admin.register(Revision)
class RevisionAdmin(RecordAdmin):
    list_display = ("title", "kind", "saved_by", "saved_at")
    list_filter = ("kind",)
    list_select_related = ("saved_by",)
    search_fields = ("title",)
    date_hierarchy = "saved_at"
