"""A reader reports a mistake: a form, and nothing of who sent it."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from papers.models import REPORT_LENGTH, MistakeReport, Paper
from superfast.common.flooding import is_too_much
from superfast.common.http import impersonal, private_page
from superfast.common.network import address_of
from superfast.common.origin import own_site_only
from superfast.common.text import clean_text

HOURLY_LIMIT = 5
# Reports of one paper that wait for an editor, and of all papers within a day.
OPEN_LIMIT = 20
DAILY_LIMIT = 500
TOO_MUCH = (
    "That is a lot of reports from your network. Please send the next in an hour."
)
ENOUGH = "Editors have many reports of this paper to look at already. Thank you."


class ReportForm(forms.Form):
    """What is wrong."""

    text = forms.CharField(
        label="What is wrong?",
        max_length=REPORT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": "Say in a sentence what is wrong.",
            "max_length": f"Say it in {REPORT_LENGTH:,} characters or fewer.",
        },
    )
    # People don't see it; programs that fill whatever they find fill it.
    website = forms.CharField(required=False)

    def clean_text(self) -> str:
        text = clean_text(self.cleaned_data["text"]).strip()
        if not text:
            raise forms.ValidationError("Say in a sentence what is wrong.")
        return text


@impersonal
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@own_site_only
def report(request: HttpRequest, catalogue: str, slug: str) -> HttpResponse:
    papers = Paper.objects.published().select_related("catalogue")
    paper = get_object_or_404(papers, catalogue__slug=catalogue, slug=slug)
    if request.method != "POST":
        sent = request.GET.get("sent") == "1"
        return _page(request, paper, ReportForm(), sent=sent)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, paper, form, status=422)
    at = timezone.now()
    text = form.cleaned_data["text"]
    if not form.cleaned_data["website"]:
        if refusal := _refusal(request, paper, text, at):
            form.add_error(None, refusal)
            return _page(request, paper, form, status=429)
        MistakeReport.objects.get_or_create(paper=paper, text=text, settled_at=None)
    address = reverse("papers:report", args=[catalogue, slug])
    response = redirect(f"{address}?sent=1")
    response.status_code = 303
    return response


def _refusal(request: HttpRequest, paper: Paper, text: str, at: datetime) -> str:
    """Why this report is not taken; empty where it is. Cost: two queries."""
    waiting = MistakeReport.objects.filter(settled_at=None)
    today = MistakeReport.objects.filter(reported_at__gt=at - timedelta(days=1))
    if waiting.filter(paper=paper).count() >= OPEN_LIMIT:
        return ENOUGH
    if today.count() >= DAILY_LIMIT:
        return ENOUGH
    flooding = is_too_much(
        counter="mistakes",
        limit=HOURLY_LIMIT,
        address=address_of(request),
        act=f"{paper.pk} {text}",
        at=at,
    )
    return TOO_MUCH if flooding else ""


def _page(
    request: HttpRequest,
    paper: Paper,
    form: ReportForm,
    *,
    sent: bool = False,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "paper": paper,
        "form": form,
        "sent": sent,
        "most": REPORT_LENGTH,
    }
    return render(request, "papers/report.html", context, status=status)
