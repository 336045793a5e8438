"""What a browser sends to the desk, and what comes of it."""

from papers.models import Paper
from tests.papers.factories import make_catalogue

PAPERS = "/admin/papers/paper/"
ADD = f"{PAPERS}add/"
NOW = {"publish_at_0": "2023-01-11", "publish_at_1": "13:00:00"}


def change(paper):
    return f"{PAPERS}{paper.pk}/change/"


def form(authors=(), initial=0, **values):
    """What the browser sends; authors are dictionaries with the inline's fields."""
    rows = {
        f"authorships-{index}-{name}": value
        for index, author in enumerate(authors)
        for name, value in author.items()
    }
    return {
        "catalogue": make_catalogue().pk,
        "title": "A ConvNet for the 2020s",
        "slug": "liu2022convnet",
        "year": 2022,
        "position": 0,
        "authors_complete": "on",
        "authorships-TOTAL_FORMS": len(authors),
        "authorships-INITIAL_FORMS": initial,
        "placements-TOTAL_FORMS": 0,
        "placements-INITIAL_FORMS": 0,
        "related-TOTAL_FORMS": 0,
        "related-INITIAL_FORMS": 0,
        **rows,
        **values,
    }


def author_form(**values):
    return {
        "homonym": 1,
        "aliases-TOTAL_FORMS": 0,
        "aliases-INITIAL_FORMS": 0,
        **values,
    }


def form_of(paper, **values):
    """The form of a stored paper, sent back as it was."""
    rows = [
        {"id": row.pk, "author": row.author_id, "place": row.position}
        for row in paper.authors
    ]
    kept = {"title": paper.title, "slug": paper.slug, "takeaway": paper.takeaway}
    return form(rows, initial=len(rows), **{**kept, **values})


def errors(response):
    assert response.status_code == 200
    page = response.context["adminform"].form.errors.as_data()
    formsets = response.context["inline_admin_formsets"]
    return " ".join(
        [
            *(str(error) for each in page.values() for error in each),
            *(
                str(row.formset.errors) + str(row.formset.non_form_errors())
                for row in formsets
            ),
        ]
    )


def names(paper):
    return [row.name for row in Paper.objects.get(pk=paper.pk).authors]


def act(client, action, *papers, **values):
    keys = {"action": action, "_selected_action": [paper.pk for paper in papers]}
    return client.post(PAPERS, {**keys, **values}, follow=True)
