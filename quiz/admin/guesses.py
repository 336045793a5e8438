from django.contrib import admin

from quiz.models import Guess
from superfast.common.admin import RecordAdmin


@admin.register(Guess)
class GuessAdmin(RecordAdmin):
    """What was picked."""

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
