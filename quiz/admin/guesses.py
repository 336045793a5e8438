from django.contrib import admin

from quiz.models import Guess
from superfast.common.admin import RecordAdmin
from superfast.search.admin import IndexedSearch
from superfast.search.desk import GROUP
from superfast.search.documents import Kind


@admin.register(Guess)
class GuessAdmin(IndexedSearch, RecordAdmin):
    """What was picked; found by the quiz it was picked in."""

    search_kind = Kind.QUIZ
    search_column = "quiz"
    search_name = GROUP

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
