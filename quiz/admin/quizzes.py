from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from quiz.admin import quick
from quiz.admin.figures import FiguresAdmin
from quiz.forms import REDRAW_FIELD, HeadlineForm, HeadlineFormSet, QuizForm
from quiz.models import HEADLINE_COUNT, Headline, Quiz
from quiz.search import index_quizzes
from quiz.services import (
    check_quiz,
    clone_quiz,
    log_wording,
    warn_of_quiz,
    wording_of,
)
from superfast.common.admin import StatusFilter, signed_in
from superfast.common.meanwhile import MeanwhileAdmin
from superfast.common.policy import with_policy
from superfast.common.publishing import Status

PLAYED = "“{quiz}” has been played: it can’t be deleted. Withdraw its issue instead."
CLONED = "This is a copy of “{quiz}”: choose the lie, and tick again."
REDRAWN = "The form is filled. Nothing is saved yet."


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
class QuizAdmin(MeanwhileAdmin, FiguresAdmin):
    form = QuizForm
    inlines = (HeadlineInline,)
    list_display = ("title", "number", "status_label", "issue_label", "created_by")
    list_filter = (StatusFilter,)
    list_select_related = ("issue", "created_by")
    ordering = ("-pk",)
    search_fields = ("title", "slug", "headlines__text")
    date_hierarchy = "issue__publish_at"
    prepopulated_fields = {"slug": ("title",)}
    actions = ("clone_selected",)
    # The template puts the rows between the first of these and the others.
    fieldsets = (
        (None, {"fields": (("title", "slug"), "intro")}),
        (
            "Two ticks before it goes out",
            {"fields": (("searched_on", "is_harmless"),)},
        ),
        ("Place", {"fields": (("number", "closes_at"),)}),
    )
    afterwards = (
        "If the lie comes true",
        {
            "fields": (("came_true_on", "came_true_url"),),
            "classes": ("collapse",),
        },
    )
    # The first button of a form is what the Enter key presses: it is to be Save.
    save_on_top = True

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("fill/", view(self.fill_rows), name="quiz_quiz_fill"),
            path("preview/", view(self.preview), name="quiz_quiz_preview"),
            path("<path:object_id>/clone/", view(self.clone), name="quiz_quiz_clone"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Quiz | None = None) -> Any:
        if obj is None or not self.is_public(obj):
            return self.fieldsets
        return (*self.fieldsets, self.afterwards)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # An address that players know does not follow a change of the title.
        return {} if obj else self.prepopulated_fields

    @admin.display(description="status")
    def status_label(self, obj: Quiz) -> str:
        return str(obj.status().label)

    @admin.display(
        description="issue", ordering="issue__publish_at", empty_value="none"
    )
    def issue_label(self, obj: Quiz) -> str | None:
        issue = getattr(obj, "issue", None)
        return str(issue) if issue else None

    def view_on_site(self, obj: Quiz) -> str | None:
        return obj.get_absolute_url() if obj.status() is Status.PUBLISHED else None

    # The screen

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if self._is_redrawn(request):
            quiz = self.get_object(request, object_id) if object_id else None
            filled = quick.fill(request, quiz)
            # The admin reads what is posted: the rows stand in it as if typed.
            request.POST = quick.with_rows(request.POST, filled)  # type: ignore[assignment]  # a QueryDict, too
            for sentence in filled.sentences or [REDRAWN]:
                self.message_user(request, sentence, messages.INFO)
        view = with_policy(frame_src="'self'")(super().changeform_view)
        return view(request, object_id, form_url, extra_context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Quiz | None = None,
    ) -> HttpResponse:
        if self._is_redrawn(request):
            quick.silence(context)
        context["news"] = quick.offer_news(request, obj)
        context["picked_news"] = request.POST.getlist("news")
        context["lines"] = request.POST.get("lines", "")
        page: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        return page

    def _is_redrawn(self, request: HttpRequest) -> bool:
        return request.method == "POST" and REDRAW_FIELD in request.POST

    # Saving

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        before = {}
        if formset.is_played:
            stored = Headline.objects.filter(quiz=form.instance)
            before = {row.pk: wording_of(row) for row in stored}
        super().save_formset(request, form, formset, change)
        for row in Headline.objects.filter(pk__in=before):
            log_wording(headline=row, before=before[row.pk], by=signed_in(request))

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        index_quizzes()
        if IS_POPUP_VAR in request.POST:
            return  # the issue beside which it is made has it in its own checklist
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

    # Beside the screen

    def fill_rows(self, request: HttpRequest) -> HttpResponse:
        self._for_writers(request)
        return quick.fill_rows(request)

    def preview(self, request: HttpRequest) -> Any:
        self._for_writers(request)
        return quick.preview(request)

    def _for_writers(self, request: HttpRequest) -> None:
        if not self.has_add_permission(request) and not self.has_change_permission(
            request
        ):
            raise PermissionDenied

    def clone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        quiz = self.get_object(request, object_id)
        if quiz is None:
            # Whether somebody else's draft exists is not told.
            raise Http404 if self.may_publish(request) else PermissionDenied
        return _clone(request, self, quiz)

    @admin.action(description="Clone", permissions=["add"])
    def clone_selected(self, request: HttpRequest, queryset: QuerySet[Quiz]) -> None:
        for quiz in queryset:
            self.clone_row(request, quiz)

    def clone_row(self, request: HttpRequest, quiz: Quiz) -> Quiz | None:
        """A copy, said and logged; None where there are too many of them."""
        try:
            copy = clone_quiz(quiz=quiz, by=signed_in(request))
        except ValidationError as error:
            self.message_user(request, f"{quiz}: {error.messages[0]}", messages.ERROR)
            return None
        self.log_addition(request, copy, f"Copied from quiz {quiz.pk}.")
        address = reverse("admin:quiz_quiz_change", args=[copy.pk])
        text = format_html('<a href="{}">{}</a>', address, CLONED.format(quiz=quiz))
        self.message_user(request, text, messages.SUCCESS)
        return copy


@require_POST
def _clone(request: HttpRequest, model_admin: QuizAdmin, quiz: Quiz) -> HttpResponse:
    shown = model_admin.clone_row(request, quiz) or quiz
    return HttpResponseRedirect(reverse("admin:quiz_quiz_change", args=[shown.pk]))
