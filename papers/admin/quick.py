"""Quick edit: topics, highlight, takeaway and position of papers, in their list."""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.db.models import (
    Aggregate,
    Case,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.forms.models import BaseModelFormSet
from django.http import HttpRequest, HttpResponse

from papers.forms import PaperForm
from papers.models import Paper, Topic
from superfast.common.admin import OwnedAdmin
from superfast.common.text import fold

_ID_FIELD = re.compile(r"form-\d+-id")
_ID = re.compile(r"[0-9]{0,18}")
FIELDS = ("topic_names", "is_highlight", "takeaway", "position")


class QuickForm(PaperForm):
    """One row of the list."""

    topic_names = forms.CharField(
        label="topics",
        required=False,
        max_length=2_000,
        widget=forms.TextInput(attrs={"list": "topic-names"}),
    )

    # Set for a request by `QuickEdit.get_changelist_form`.
    may_touch: Callable[[Paper], bool]
    known_topics: Callable[[], dict[str, Topic]]

    class Meta:
        model = Paper
        fields = ("is_highlight", "takeaway", "position")
        widgets = {"takeaway": forms.Textarea(attrs={"rows": 2, "cols": 30})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A row that nobody has touched is not looked at: see `has_changed`.
        self.empty_permitted, self.use_required_attribute = True, False
        if not self.is_gone:
            self.initial["topic_names"] = _joined(self.instance)
        self.fields["position"].error_messages["required"] = (
            "Give a whole number: lower ones come first."
        )
        for name in FIELDS:
            field = self.fields[name]
            field.help_text = ""
            field.disabled = self.is_gone or not self.may_touch(self.instance)
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance.title}"

    @property
    def is_gone(self) -> bool:
        """Whether the paper was deleted after the list had been drawn."""
        return bool(self.instance._state.adding)

    def has_changed(self) -> bool:
        return not self.is_gone and super().has_changed()

    def clean_topic_names(self) -> str:
        """The topics' names, in one way of writing them."""
        asked = [part.strip() for part in self.cleaned_data["topic_names"].split(",")]
        found = {}
        for text in filter(None, asked):
            topic = self.known_topics().get(fold(text))
            if topic is None:
                raise forms.ValidationError(
                    f"There is no topic “{text}”: give names or slugs, with commas between."
                )
            found[topic.pk] = topic
        self.topics = list(found.values())
        return ", ".join(sorted(map(_name_of, self.topics)))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_bare = "takeaway" not in self.errors and not self._will_be(data, "takeaway")
        if is_bare and self._will_be(data, "is_highlight"):
            self.add_error(
                "takeaway", "A highlight needs a takeaway: one sentence of ours."
            )
        return data

    def _will_be(self, data: dict[str, Any], name: str) -> Any:
        """What the row will hold: what was typed, or what stands there."""
        value = data.get(name, getattr(self.instance, name))
        return value.strip() if isinstance(value, str) else value

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # the stubs lack it
        if "topic_names" in self.changed_data:
            self.instance.topics.set(self.topics)


class _Joined(Aggregate):
    """Texts, with line feeds between."""

    function = "STRING_AGG"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **kwargs: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **kwargs)


def with_topic_names(papers: QuerySet[Paper]) -> QuerySet[Paper]:
    """With what a field holds of a paper's topics: a list may ask no query for them."""
    comma = StrIndex(F("topic__name"), Value(","))
    name = Case(
        When(GreaterThan(comma, 0), then=F("topic__slug")),
        default=F("topic__name"),
        output_field=TextField(),
    )
    rows: Any = Paper.topics.through.objects.filter(paper=OuterRef("pk")).order_by()
    joined = rows.values("paper").annotate(
        names=_Joined(name, Value("\n", TextField()))
    )
    return papers.annotate(topic_lines=Subquery(joined.values("names")))


def _joined(paper: Any) -> str:
    return ", ".join(sorted((paper.topic_lines or "").split("\n")))


def _name_of(topic: Topic) -> str:
    return topic.slug if "," in topic.name else topic.name


class QuickFormSet(BaseModelFormSet):
    """The rows of a list, those that are gone passed over."""

    forms: list[Any]

    @property
    def gone(self) -> int:
        """How many of the rows that were sent are papers no longer."""
        return sum(form.is_gone for form in self.forms)

    def keep_existing(self) -> list[Paper]:
        """Only rows of papers that there are will be drawn. Returns: the papers."""
        self.forms = [form for form in self.forms if not form.is_gone]
        return [form.instance for form in self.forms]


class QuickEdit(OwnedAdmin):
    """A list of papers whose rows can be changed in place."""

    list_editable = FIELDS[1:]
    # A row is nine values of a request, which may hold two thousand.
    list_max_show_all = 150

    @admin.display(description="topics")
    def topic_names(self, obj: Paper) -> str:
        return _joined(obj)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return type(
            "RequestQuickForm",
            (QuickForm,),
            {
                "may_touch": staticmethod(partial(self.may_touch, request)),
                "known_topics": staticmethod(cache(_known_topics)),
            },
        )

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_formset(request, formset=QuickFormSet, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        if request.method != "POST" or "_save" not in request.POST:
            return super().changelist_view(request, extra_context)
        if not all(map(_ID.fullmatch, _ids(request))):
            raise BadRequest("That list names a paper by no number.")
        with transaction.atomic():
            # Two who save the same rows take turns; on SQLite every transaction does.
            rows = self._get_list_editable_queryset(request, "form")
            papers = Paper.objects.filter(pk__in=rows.values("pk")).order_by("pk")
            list(papers.select_for_update().values_list("pk", flat=True))
            response = super().changelist_view(request, extra_context)
        cl = (getattr(response, "context_data", None) or {}).get("cl")
        formset = getattr(cl, "formset", None)
        if cl is not None and formset is not None:
            # The rows as they were sent: the list may have another order by now.
            if formset.gone:
                self.message_user(
                    request,
                    f"{formset.gone} of the papers here were deleted meanwhile.",
                    messages.WARNING,
                )
            cl.result_list = formset.keep_existing()
        return response


def _ids(request: HttpRequest) -> list[str]:
    return [request.POST[name] for name in request.POST if _ID_FIELD.fullmatch(name)]


def _known_topics() -> dict[str, Topic]:
    """Folded name, or slug → topic. Cost: one query."""
    topics = list(Topic.objects.all())
    return {fold(t.slug): t for t in topics} | {fold(t.name): t for t in topics}
