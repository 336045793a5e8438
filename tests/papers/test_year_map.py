"""The year at a glance: every mark counts what its link shows."""

import html as entities
import re

import pytest

from tests.papers.factories import OUT, make_mention, make_paper

pytestmark = pytest.mark.django_db

MAP = "/papers/2022/map/"
HOSTILE = '"><script>alert(1)</script>'


def links(page, pattern):
    return [(entities.unescape(url), *rest) for url, *rest in re.findall(pattern, page)]


def test_every_mark_leads_to_as_many_papers_as_it_counts(client):
    for number, month in enumerate(["2021-12", "2022-01", "2022-01-10", "2022-03", ""]):
        make_paper(
            slug=f"p{number}",
            first_posted=month,
            topics=["vision"] if number % 2 else ["vision", "speech"],
            venue="CVPR 2022" if number < 3 else "",
        )
    make_paper(first_posted="2022-01", topics=["vision"], publish_at=None)
    page = client.get(MAP).text

    marks = links(page, r'<a href="([^"]+)" aria-label="([^"]+): (\d+)"><title>')
    assert len(marks) == 3 + 3 + 2
    for url, _, count in marks:
        listed = client.get(url).text
        assert listed.count('<li class="paper">') == int(count), url
    table = links(page, r'<td><a href="([^"]+)">(\d+)</a></td>')
    assert {url for url, *_ in marks} <= {url for url, _ in table}
    for url, count in table:
        assert client.get(url).text.count('<li class="paper">') == int(count), url
    assert "1 paper whose month" in page
    assert "style=" not in page


def test_it_begins_with_how_many_papers_readers_find(client):
    make_paper(first_posted="2022-01")
    assert "1 paper by topic, month and venue" in client.get(MAP).text
    make_paper(first_posted="2022-02")
    make_paper(publish_at=None)
    assert "2 papers by topic, month and venue" in client.get(MAP).text


def test_months_without_papers_have_a_column_and_old_ones_none(client):
    for month in ("2015-01", "2021-12", "2022-03"):
        make_paper(first_posted=month, topics=["vision"])
    page = client.get(MAP).text
    columns = re.findall(r'<abbr title="[^"]+">([\d-]+)</abbr>', page)
    assert columns[-4:] == ["2021-12", "2022-01", "2022-02", "2022-03"]
    assert len(columns) == 24
    assert "1 paper whose month" in page


def test_issues_that_are_out_count_as_mentions(client):
    often, seldom = make_paper(title="Often"), make_paper(title="Seldom")
    for _ in range(2):
        make_mention(often)
    make_mention(seldom)
    make_mention(make_paper(title="Hidden mention"), publish_at=None)
    make_mention(seldom, withdrawn_at=OUT)
    page = client.get(MAP).text
    found = re.findall(
        r'<th scope="row"><a href="/papers/2022/[^?"]+/">([^<]+)<.*?<td>(\d+)</td>',
        page,
        re.S,
    )
    assert found == [("Often", "2"), ("Seldom", "1")]


def test_a_paper_that_is_no_longer_shown_is_counted_nowhere(client):
    make_paper(first_posted="2022-01")
    make_paper(first_posted="2022-02", venue="Gone", withdrawn_at=OUT)
    page = client.get(MAP).text
    assert "Gone" not in page
    assert "2022-02" not in page


def test_hostile_names_come_out_harmless(client):
    paper = make_paper(title=HOSTILE, venue=HOSTILE, first_posted="2022-01")
    make_mention(paper)
    assert "<script>alert" not in client.get(MAP).text


def test_the_map_costs_the_same_for_two_papers_and_for_twenty(
    client, django_assert_num_queries
):
    for number in range(20):
        paper = make_paper(
            first_posted=f"2022-{number % 12 + 1:02}",
            topics=[f"t{number}"],
            venue=f"V{number}",
        )
        make_mention(paper)
        if number in {1, 19}:
            with django_assert_num_queries(5):
                client.get(MAP)


@pytest.mark.parametrize(
    "posted",
    ["2022-13", "x", "2022", "\u0662\u0660\u0662\u0662-\u0660\u0661", "2022-01%20"],
)
def test_a_month_that_is_none_is_no_filter(client, posted):
    make_paper(first_posted="2022-01")
    make_paper()
    listed = client.get(f"/papers/2022/?posted={posted}")
    assert listed.status_code == 200
    shown = 1 if posted == "2022-01%20" else 2
    assert listed.text.count('<li class="paper">') == shown


def test_a_catalogue_of_nothing_has_no_map(client):
    assert client.get(MAP).status_code == 404
    make_paper()
    assert client.post(MAP).status_code == 405
    assert client.get(MAP).status_code == 200
