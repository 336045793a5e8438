"""Putting right a quiz that is out: a screen each for its key and for voiding it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from quiz.forms import CorrectionForm, KeyForm
from quiz.models import Correction, Quiz, WordingChange
from quiz.services import correct_key, refuse_correction, restore_quiz, void_quiz
from superfast.common.admin import RecordAdmin, note_changes, signed_in
from superfast.common.http import private_page

KEY_DONE = (
    "The lie of “{quiz}” is now: {lie}. Players see it at once. "
    "Put sources and explanations of the two headlines right here."
)
VOID_DONE = "“{quiz}” is void. Players see it, and why, at once."
RESTORED_DONE = "“{quiz}” counts again. Players see it, and why, at once."


@dataclass(frozen=True, slots=True)
class Screen:
    """One thing that can be put right, and how."""

    title: str
    form: type[CorrectionForm]
    correct: Callable[[Quiz, CorrectionForm, HttpRequest], str]
    takes_back: bool = False


@admin.register(Correction)
class CorrectionAdmin(RecordAdmin):
    list_display = ("made_at", "quiz", "kind", "reason", "new_lie", "made_by")
    list_filter = ("kind",)
    list_select_related = ("quiz", "new_lie", "made_by")
    search_fields = ("quiz__title", "reason")
    date_hierarchy = "made_at"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("key/<int:quiz_id>/", view(self.key), name="quiz_correction_key"),
            path("void/<int:quiz_id>/", view(self.void), name="quiz_correction_void"),
            path(
                "restore/<int:quiz_id>/",
                view(self.restore),
                name="quiz_correction_restore",
            ),
            *super().get_urls(),
        ]

    def may_correct(self, request: HttpRequest) -> bool:
        """Whether this person changes what readers are told."""
        return request.user.has_perms(["quiz.add_correction", "quiz.publish_quiz"])

    def key(self, request: HttpRequest, quiz_id: int) -> HttpResponseBase:
        return _screen(request, self, quiz_id, KEY)

    def void(self, request: HttpRequest, quiz_id: int) -> HttpResponseBase:
        return _screen(request, self, quiz_id, VOID)

    def restore(self, request: HttpRequest, quiz_id: int) -> HttpResponseBase:
        return _screen(request, self, quiz_id, RESTORE)


@admin.register(WordingChange)
class WordingChangeAdmin(RecordAdmin):
    list_display = (
        *("changed_at", "quiz", "field", "old_text", "new_text", "changed_by"),
    )
    list_select_related = ("headline__quiz", "changed_by")
    search_fields = ("headline__quiz__title", "old_text", "new_text")
    date_hierarchy = "changed_at"

    @admin.display(ordering="headline__quiz")
    def quiz(self, obj: WordingChange) -> str:
        return str(obj.headline.quiz)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def _screen(
    request: HttpRequest,
    model_admin: CorrectionAdmin,
    quiz_id: int,
    screen: Screen,
) -> HttpResponse:
    if not model_admin.may_correct(request):
        raise PermissionDenied
    quiz = get_object_or_404(Quiz.objects.select_related("issue", "lie"), pk=quiz_id)
    back = reverse("admin:quiz_quiz_change", args=[quiz.pk])
    try:
        refuse_correction(quiz, takes_back=screen.takes_back)
    except ValidationError as error:
        model_admin.message_user(request, error.messages[0], messages.ERROR)
        return HttpResponseRedirect(back)
    form = screen.form(request.POST or None, quiz=quiz)
    if form.is_valid():
        former = str(quiz.lie or "")
        try:
            done = screen.correct(quiz, form, request)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            data = form.cleaned_data
            changes = {"reason": ["", str(data["reason"])]}
            if "new_lie" in data:
                changes["the lie"] = [former, str(data["new_lie"])]
            note_changes(request, changes)
            admin.site.get_model_admin(Quiz).log_change(request, quiz, done)
            model_admin.message_user(request, done, messages.SUCCESS)
            return HttpResponseRedirect(back)
    context = _context(model_admin, request, quiz, form, screen, back)
    status = 422 if form.is_bound else 200
    return render(request, "admin/quiz/correction/screen.html", context, status=status)


def _context(
    model_admin: CorrectionAdmin,
    request: HttpRequest,
    quiz: Quiz,
    form: CorrectionForm,
    screen: Screen,
    back: str,
) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": screen.title,
        "subtitle": str(quiz),
        "quiz": quiz,
        "form": form,
        "is_key": screen is KEY,
        "is_restoring": screen is RESTORE,
        "guesses": quiz.guesses.count(),
        "back": back,
    }


def _correct(quiz: Quiz, form: CorrectionForm, request: HttpRequest) -> str:
    data = form.cleaned_data
    correct_key(
        quiz=quiz,
        new_lie=data["new_lie"],
        reason=data["reason"],
        by=signed_in(request),
        at=timezone.now(),
    )
    return KEY_DONE.format(quiz=quiz, lie=data["new_lie"])


def _void(quiz: Quiz, form: CorrectionForm, request: HttpRequest) -> str:
    reason = form.cleaned_data["reason"]
    void_quiz(quiz=quiz, reason=reason, by=signed_in(request), at=timezone.now())
    return VOID_DONE.format(quiz=quiz)


def _restore(quiz: Quiz, form: CorrectionForm, request: HttpRequest) -> str:
    reason = form.cleaned_data["reason"]
    restore_quiz(quiz=quiz, reason=reason, by=signed_in(request), at=timezone.now())
    return RESTORED_DONE.format(quiz=quiz)


KEY = Screen("Correct the key", KeyForm, _correct)
VOID = Screen("Void the quiz", CorrectionForm, _void)
RESTORE = Screen("Let the quiz count again", CorrectionForm, _restore, takes_back=True)
