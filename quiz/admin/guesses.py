from django.contrib import admin
from django.http import HttpRequest

from quiz.models import Guess


@admin.register(Guess)
class GuessAdmin(admin.ModelAdmin):
    """What was picked: to be looked at, by who may, and never changed."""

    list_display = (
        "created_at",
        "quiz",
        "headline",
        "position",
        "channel",
        "counted",
        "uncounted_reason",
    )
    list_filter = ("counted", "uncounted_reason", "channel")
    list_select_related = ("quiz", "headline")
    search_fields = ("quiz__title", "headline__text")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Guess | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Guess | None = None
    ) -> bool:
        return False
