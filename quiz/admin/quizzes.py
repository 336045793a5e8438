from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from quiz.admin.figures import FiguresAdmin
from quiz.forms import HeadlineForm, HeadlineFormSet, QuizForm
from quiz.models import HEADLINE_COUNT, Headline, Quiz
from quiz.search import index_quizzes
from quiz.services import check_quiz, warn_of_quiz
from superfast.common.admin import StatusFilter

PLAYED = "“{quiz}” has been played: it can’t be deleted. Withdraw its issue instead."


class HeadlineInline(admin.StackedInline):
    model = Headline
    form = HeadlineForm
    formset = HeadlineFormSet
    template = "admin/quiz/headline_rows.html"
    fields = HeadlineForm.Meta.fields
    max_num = HEADLINE_COUNT
    can_delete = False

    def get_formset(
        self, request: HttpRequest, obj: Quiz | None = None, **kwargs: Any
    ) -> Any:
        # Without it max_num is only how many rows are drawn.
        return super().get_formset(request, obj, validate_max=True, **kwargs)

    def get_extra(
        self, request: HttpRequest, obj: Quiz | None = None, **kwargs: Any
    ) -> int:
        return HEADLINE_COUNT - (obj.headlines.count() if obj else 0)


@admin.register(Quiz)
class QuizAdmin(FiguresAdmin):
    form = QuizForm
    inlines = (HeadlineInline,)
    list_display = ("title", "number", "status_label", "issue_label", "created_by")
    list_filter = (StatusFilter,)
    list_select_related = ("issue", "created_by")
    search_fields = ("title", "slug", "headlines__text")
    date_hierarchy = "issue__publish_at"
    prepopulated_fields = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "intro")}),
        ("Two ticks before it goes out", {"fields": ("searched_on", "is_harmless")}),
        ("Place", {"fields": ("slug", "number", "closes_at")}),
    )

    @admin.display(description="status")
    def status_label(self, obj: Quiz) -> str:
        return str(obj.status().label)

    @admin.display(
        description="issue", ordering="issue__publish_at", empty_value="none"
    )
    def issue_label(self, obj: Quiz) -> str | None:
        issue = getattr(obj, "issue", None)
        return str(issue) if issue else None

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        index_quizzes()
        issue = getattr(form.instance, "issue", None)
        publish_at = issue.publish_at if issue else None
        if reasons := check_quiz(form.instance, publish_at):
            text = f"Not ready for readers yet. {' '.join(reasons)}"
            self.message_user(request, text, messages.WARNING)
        if warnings := warn_of_quiz(form.instance):
            text = f"Look at this twice. {' '.join(warnings)}"
            self.message_user(request, text, messages.WARNING)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        changes: Any = super().construct_change_message(request, form, formsets, add)
        if not add and any(formset.lie_was_moved for formset in formsets):
            changes.append({"changed": {"fields": ["the lie"]}})
        return changes

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # One page for one quiz and for many, and no list of a million guesses.
        keys = [quiz.pk for quiz in objs]
        played = Quiz.objects.filter(pk__in=keys, guesses__isnull=False).distinct()
        if refusals := [PLAYED.format(quiz=quiz) for quiz in played]:
            return [], {}, set(), refusals
        return super().get_deleted_objects(objs, request)
