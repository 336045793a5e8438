"""The editor's figures at the desk: for who may see guesses, and nobody else."""

from collections.abc import Callable, Iterable
from functools import wraps
from itertools import chain
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from quiz.charts import (
    draw_hours,
    draw_lies,
    draw_lines,
    draw_places,
    draw_series,
    draw_truths,
    draw_versions,
)
from quiz.discrimination import OTHERS_FROM, PLAYERS_FROM, SAMPLE
from quiz.exports import (
    FIGURE_COLUMNS,
    GUESS_COLUMNS,
    Row,
    as_csv,
    as_json,
    figure_rows,
    guess_rows,
    series_rows,
)
from quiz.models import Quiz
from quiz.report import report_on
from quiz.series import report_on_series
from superfast.common.admin import OwnedAdmin

View = Callable[..., HttpResponseBase]

ENDINGS = ("csv", "json")
SHOWN = 60  # quizzes of the series that one chart holds
# Excel takes a file without it for one of another alphabet.
BYTE_ORDER_MARK = "\ufeff"


def may_see_figures(request: HttpRequest) -> bool:
    """Whether this person may see what players picked."""
    return request.user.has_perm("quiz.view_guess")


class FiguresAdmin(OwnedAdmin):
    """A desk of quizzes whose figures may be looked at and taken along."""

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, View, str]] = [
            ("figures/", self.series, "quiz_series"),
            ("<int:pk>/figures/", self.figures, "quiz_figures"),
        ]
        for ending in ENDINGS:
            pages += [
                (f"figures.{ending}", self.export_series, f"quiz_series_{ending}"),
                (
                    f"<int:pk>/figures.{ending}",
                    self.export_figures,
                    f"quiz_figures_{ending}",
                ),
                (
                    f"<int:pk>/guesses.{ending}",
                    self.export_guesses,
                    f"quiz_guesses_{ending}",
                ),
            ]
        own = [path(at, self._guarded(view), name=name) for at, view, name in pages]
        return [*own, *super().get_urls()]

    def _guarded(self, view: View) -> View:
        @require_safe
        @wraps(view)
        def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if not may_see_figures(request):
                raise PermissionDenied
            return view(request, **kwargs)

        return self.admin_site.admin_view(wrapped)

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = tuple(super().get_list_display(request))
        return (*columns, "figures_link") if may_see_figures(request) else columns

    @admin.display(description="figures")
    def figures_link(self, obj: Quiz) -> str:
        address = reverse("admin:quiz_figures", args=[obj.pk])
        return format_html(
            '<a href="{}">Figures<span class="visually-hidden"> of {}</span></a>',
            address,
            obj,
        )

    def figures(self, request: HttpRequest, pk: int) -> HttpResponse:
        quiz = find_quiz(pk)
        report = report_on(quiz)
        context = {
            "title": f"Figures: {quiz}",
            "quiz": quiz,
            "report": report,
            "headline_chart": draw_lines("Picked as the lie", report.headlines),
            "place_chart": draw_places(report.places),
            "channel_chart": draw_lines("Spotted by channel", report.channels),
            "version_chart": draw_versions(report.versions),
            "hour_chart": draw_hours(report.hours),
            "sample": {
                "players": PLAYERS_FROM,
                "others": OTHERS_FROM,
                "most": SAMPLE,
            },
        }
        return self._page(request, "admin/quiz/figures.html", context)

    def series(self, request: HttpRequest) -> HttpResponse:
        series = report_on_series()
        shown = series.quizzes[-SHOWN:]
        context = {
            "title": "Figures of all quizzes",
            "series": series,
            "shown": shown,
            "left_out": len(series.quizzes) - len(shown),
            "chart": draw_series(shown),
            "lie_chart": draw_lies(series.best_lies),
            "truth_chart": draw_truths(series.hardest_truths),
        }
        return self._page(request, "admin/quiz/figures_series.html", context)

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        site = self.admin_site.each_context(request)
        return TemplateResponse(
            request, template, {**site, "opts": self.opts, **context}
        )

    def export_series(self, request: HttpRequest) -> StreamingHttpResponse:
        rows = series_rows(report_on_series())
        return export(request, "quiz", FIGURE_COLUMNS, rows)

    def export_figures(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        quiz = find_quiz(pk)
        return export(request, quiz.slug, FIGURE_COLUMNS, figure_rows(report_on(quiz)))

    def export_guesses(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        quiz = find_quiz(pk)
        return export(request, quiz.slug, GUESS_COLUMNS, guess_rows(quiz))


def find_quiz(pk: int) -> Quiz:
    """The quiz with its issue and its lie. Raises: Http404. Cost: one query."""
    return get_object_or_404(Quiz.objects.select_related("issue", "lie"), pk=pk)


def export(
    request: HttpRequest, name: str, columns: tuple[str, ...], rows: Iterable[Row]
) -> StreamingHttpResponse:
    """The rows as a file to keep, named like its address, sent while they are read."""
    file = f"{name}-{request.path.rpartition('/')[2]}"
    if file.endswith(".csv"):
        text: Iterable[str] = chain([BYTE_ORDER_MARK], as_csv(columns, rows))
        content_type = "text/csv; charset=utf-8"
    else:
        text = as_json(rows)
        content_type = "application/json"
    return StreamingHttpResponse(
        text,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )
