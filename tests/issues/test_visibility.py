"""What is not out stands nowhere that somebody who is not signed in can look."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client

from issues.mail import compose_mail, find_for_mail
from issues.models import Issue
from issues.services import publish_issue, save_work
from issues.services.trash import trash_issue
from papers.citing.formats import ALL
from papers.models import (
    Author,
    AuthorAlias,
    Authorship,
    Paper,
    Placement,
    RelatedPaper,
)
from papers.services import refresh_search
from quiz.models import Headline
from superfast.urls import SITEMAPS
from tests.factories import make_editor
from tests.issues.factories import (
    HIDDEN,
    LATER,
    OUT,
    make_draft,
    make_image,
    make_issue,
    make_scheduled,
    make_series,
    make_withdrawn,
)
from tests.papers.factories import make_catalogue, make_paper
from tests.quiz.crawl import Request, addresses, crawl
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

# Typed nowhere into the site, so that a page which repeats a question does not say it.
MARK = "zyzzyvamark"
WORD = "quokkaword"

# A text that editors have saved and readers do not get yet, and what lies in the trash.
STATES = {
    **HIDDEN,
    "newer": make_issue,
    "trashed": make_issue,
    "trashed-draft": make_draft,
}
PAPER_STATES = {
    "draft": {"publish_at": None},
    "scheduled": {"publish_at": LATER},
    "withdrawn": {"withdrawn_at": OUT.replace(year=2024)},
}


def hide_everything():
    """Issues, quizzes, papers and pictures of every state that readers do not see."""
    for state, make in STATES.items():
        said = f"{MARK} {WORD} {state}"
        quiz = make_quiz(
            publish_at=False, title=said, slug=f"{MARK}-{state}", intro=said
        )
        Headline.objects.filter(quiz=quiz).update(explanation=said)
        for headline in quiz.headlines.all():
            headline.text = f"{said} {headline.pk}"
            headline.save()
        image = make_image(alt=said, caption=said, credit=said)
        paper = make_paper(
            title=said,
            slug=f"{MARK}-{state}",
            takeaway=said,
            abstract=said,
            venue=said,
            is_highlight=True,
            authors=[f"{MARK} {WORD}"],
            topics=[MARK],
            doi=f"10.1000/{MARK}" if state == "draft" else "",
            arxiv_id="2201.00001" if state == "draft" else "",
            **PAPER_STATES.get(state, {"publish_at": None}),
        )
        text = {
            "title": said,
            "slug": f"{MARK}-{state}",
            "dek": said,
            "cover": image,
            "quiz": quiz,
            "body": (
                f"# {said}\n\n{said} [{said}](https://{MARK}.example/)\n\n{image.markdown}"
                f"\n\n::: quiz\n:::\n\nA word with a note.[^*]\n\n[^*]: {said}\n"
            ),
        }
        if state == "newer":
            issue = make(title="What readers have")
            for name, value in text.items():
                setattr(issue, name, value)
            save_work(issue=issue, by=None)
        else:
            issue = make(**text)
        if state.startswith("trashed"):
            trash_issue(issue=issue, by=None)
            continue
        issue.refresh_from_db()
        if state != "withdrawn":
            make_issue(body=f"::: papers\n- {paper.slug}: x\n:::", publish_at=None)
    name_hidden_papers()
    hide_beside_what_is_seen()
    refresh_search(Paper.objects.all())


def hide_beside_what_is_seen():
    """What readers see next to something hidden: a writer, a pick, a mention, a list."""
    seen = make_paper(
        slug="seen", title="Seen", authors=[f"{MARK} {WORD}", "Ada Lovelace"]
    )
    Authorship.objects.filter(paper=seen, position=1).delete()
    hidden = Paper.objects.get(slug=f"{MARK}-draft")
    RelatedPaper.objects.create(paper=seen, other=hidden, is_pick=True, position=1)
    shelf = make_catalogue("2021", title=f"Papers {MARK}")
    Placement.objects.create(catalogue=shelf, paper=hidden)
    hidden.answer_at("2022", f"{MARK}-before")
    AuthorAlias.objects.create(
        author=Author.objects.get(name=f"{MARK} {WORD}"), name=f"{MARK} before"
    )
    for make in (make_scheduled, make_withdrawn):
        body = f"::: papers\n- seen: {MARK}\n:::\n\n## {MARK} again\n\nA text."
        make(title=f"{MARK} on it", body=body)
    # An issue may name a paper that has another name since.
    gone = make_paper(slug="gone", title=f"{MARK} gone")
    make_issue(
        publish_at=OUT + timedelta(weeks=3), body="::: papers\n- gone: A take.\n:::"
    )
    gone.answer_at("2022", "gone")
    Paper.objects.filter(pk=gone.pk).update(slug="went-on", publish_at=None)


def name_hidden_papers():
    """An issue that readers have names papers that were out when it came out."""
    hidden = [*Paper.objects.filter(slug__contains=MARK)]
    columns = ("publish_at", "withdrawn_at")
    shown = [Paper(pk=paper.pk, publish_at=OUT, withdrawn_at=None) for paper in hidden]
    Paper.objects.bulk_update(shown, columns)
    named = "\n".join(f"- {paper.slug}: Read it." for paper in hidden)
    make_issue(title="Readers have it", body=f"::: papers\n{named}\n:::")
    Paper.objects.bulk_update(hidden, columns)


def questions():
    """Every public address, and the searches that would find what is hidden."""
    arguments = {
        "issues:issue-detail": [
            *({"slug": f"{MARK}-{s}"} for s in STATES),
            *({"slug": each.slug} for each in Issue.objects.published()),
        ],
        "papers:paper-list": [{"catalogue": "2022"}],
        "papers:paper-detail": [
            {"catalogue": "2022", "slug": slug}
            for slug in ("seen", f"{MARK}-before", *(f"{MARK}-{s}" for s in STATES))
        ],
        **{
            f"quiz:{name}": [{"slug": f"{MARK}-{s}"} for s in STATES]
            for name in ("quiz-detail", "quiz-card", "quiz-picture", "guess")
        },
        "sitemap-part": [{"section": name, "number": 1} for name in SITEMAPS],
        "picture": [{"name": image.name} for image in pictures()],
        "issues:section-atom": [{"section": "news"}, {"section": f"{MARK}-again"}],
        "issues:section-json": [{"section": "news"}, {"section": f"{MARK}-again"}],
        "issues:draft": [{"token": "unknown"}],
        "issues:draft-picture": [{"token": "unknown", "name": "unknown.webp"}],
        "issues:issue-picture": [{"slug": f"{MARK}-{s}"} for s in STATES],
        "papers:topic-atom": [{"topic": "unknown"}, {"topic": MARK}],
        "papers:topic-json": [{"topic": "unknown"}, {"topic": MARK}],
        "papers:author-detail": [
            {"slug": "unknown"},
            {"slug": f"{MARK}-before"},
            *({"slug": author.slug} for author in Author.objects.all()),
        ],
        "papers:export": [{"catalogue": "2022", "suffix": suffix} for suffix in ALL],
        "papers:cite-paper": [
            {"catalogue": "2022", "slug": f"{MARK}-{s}", "suffix": "apa"}
            for s in STATES
        ],
        "papers:report": [{"catalogue": "2022", "slug": f"{MARK}-{s}"} for s in STATES],
        "papers:year-map": [{"catalogue": "2022"}],
        "papers:by-arxiv": [{"identifier": "2201.00001"}],
        "papers:by-doi": [{"identifier": f"10.1000/{MARK}"}],
        "papers:saved-export": [{"suffix": suffix} for suffix in ALL],
        "papers:paper-picture": [
            {"catalogue": "2022", "slug": f"{MARK}-{s}"} for s in STATES
        ],
        "pages:page": [{"slug": slug} for slug in ("about", "privacy", "contact")],
    }
    found = addresses(arguments)
    # Mistyped, so that what was meant would be offered; and just begun.
    slips = (WORD, WORD[:-1], WORD[:6], f"{WORD}s", WORD.replace("kk", "k"), MARK[1:])
    found += [("search", f"/search/?q={text}") for text in slips]
    found += [("papers:paper-list", f"/papers/2022/?q={text}") for text in slips]
    found += [("nowhere", "/nothing/"), ("nowhere", "/%00")]
    found += [
        ("search", f"/search/?q={WORD}&kind={kind}")
        for kind in ("section", "paper", "link", "quiz", "page")
    ]
    found += [
        ("papers:paper-list", f"/papers/2022/?{query}")
        for query in (f"q={WORD}", "sort=newest", "highlights=1", "page=1")
    ]
    hidden = ",".join(f"2022/{MARK}-{s}" for s in STATES)
    found += [
        ("papers:saved", f"/papers/saved/?papers={hidden}"),
        ("papers:saved-export", f"/papers/saved/export.bib?papers={hidden}"),
        *(("papers:unapi", f"/papers/unapi?id=2022/{MARK}-{s}") for s in STATES),
    ]
    return [address for _, address in found]


def pictures():
    return type(make_image()).objects.filter(alt__contains=MARK)


def tell_tales(snapshot):
    """Addresses whose answers say the mark, but in repeating the address itself."""
    return [
        request.address
        for request, answer in snapshot.items()
        if MARK.encode() in answer.body.replace(request.address.encode(), b"").lower()
        or any(MARK in value for _, value in answer.headers)
    ]


@pytest.mark.parametrize("signed_in", [False, True])
def test_what_is_hidden_is_said_nowhere(signed_in):
    make_series(2, quiz=None)
    make_issue(quiz=make_quiz(publish_at=False))
    make_paper(title="A public one")
    hide_everything()
    client = Client()
    if signed_in:
        client.force_login(make_editor())
    snapshot = crawl(
        [Request("GET", address) for address in questions()], client=client
    )

    assert len(snapshot) > 40
    assert tell_tales(snapshot) == []
    # A list of papers is there whatever it names; it must not say it, see above.
    named = [
        answer
        for r, answer in snapshot.items()
        if MARK in r.address and not r.address.startswith("/papers/saved/")
    ]
    assert len(named) >= 15
    assert {answer.status for answer in named} <= {404, 405, 410}


def test_the_mail_of_what_readers_have_says_nothing_hidden():
    hide_everything()
    copies = [
        compose_mail(find_for_mail(row.pk, ahead=False))
        for row in Issue.objects.published()
    ]

    assert len(copies) >= 2
    assert "Read it." in "".join(copy.text for copy in copies)
    for copy in copies:
        assert MARK not in f"{copy.subject} {copy.preheader} {copy.html} {copy.text}"


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError, 500), (OperationalError, 503)]
)
def test_a_page_that_fails_says_nothing_hidden(client, monkeypatch, error, status):
    hide_everything()
    client.raise_request_exception = False

    def fail(*args, **kwargs):
        raise error(f"{MARK} {WORD}")

    monkeypatch.setattr("superfast.pages.views.Issue.objects.published", fail)
    answer = crawl([Request("GET", "/")], client=client)[Request("GET", "/")]

    assert answer.status == status
    assert MARK.encode() not in answer.body.lower()


def test_the_crawl_sees_what_is_public(client):
    issue = HIDDEN["draft"](title=MARK, dek=WORD)
    publish_issue(issue=issue, by=None)
    snapshot = crawl([Request("GET", "/")], client=client)

    assert len(tell_tales(snapshot)) >= 5
