"""What a paper leads on to: what editors picked, then papers like it."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from papers.merging import merge_papers
from papers.models import Paper, RelatedPaper
from papers.related import KEPT, most_alike, relate_all, relate_paper
from tests.papers.desk import change, form
from tests.papers.factories import make_editor, make_paper

pytestmark = pytest.mark.django_db


def others(paper):
    return [other.title for other in paper.related_papers()]


def test_papers_of_one_topic_are_ordered_by_how_alike_their_words_are():
    one = make_paper(title="Diffusion models for images", topics=["vision"])
    make_paper(title="Diffusion models for video", topics=["vision"])
    make_paper(title="Diffusion and speech", topics=["vision"])
    make_paper(title="Diffusion models for images, elsewhere", topics=["speech"])
    for title in ("Trees", "Rivers", "Lakes", "Hills"):
        make_paper(title=title, topics=["vision"])

    assert relate_all() == 3

    assert others(one) == ["Diffusion models for video", "Diffusion and speech"]


def test_editors_picks_come_first_and_stay(django_assert_num_queries):
    one = make_paper(title="Diffusion models", topics=["vision"])
    alike = make_paper(title="Diffusion models again", topics=["vision"])
    picked = make_paper(title="Something else")
    RelatedPaper.objects.create(paper=one, other=picked, position=1)
    RelatedPaper.objects.create(paper=one, other=alike, position=2)
    for _ in range(2):
        relate_all()

    assert others(one) == ["Something else", "Diffusion models again"]
    assert one.related.filter(is_pick=True).count() == 2
    with django_assert_num_queries(1):
        others(one)


def test_what_readers_do_not_see_is_not_related(client):
    one = make_paper(title="Diffusion models", topics=["vision"])
    draft = make_paper(title="Diffusion drafts", topics=["vision"], publish_at=None)
    RelatedPaper.objects.create(paper=one, other=draft)

    assert others(one) == []
    assert "Related papers" not in client.get(one.get_absolute_url()).text


def test_one_paper_is_compared_when_it_is_saved():
    make_paper(title="Diffusion models", topics=["vision"])
    one = make_paper(title="Diffusion of models", topics=["vision"])

    relate_paper(one.pk)
    relate_paper(10**9)

    assert others(one) == ["Diffusion models"]


def test_what_is_no_longer_alike_goes(capsys):
    one = make_paper(title="Diffusion models", topics=["vision"])
    make_paper(title="Diffusion models again", topics=["vision"])
    call_command("relate_papers")
    assert "2 papers" in capsys.readouterr().out
    one.topics.clear()
    Paper.objects.filter(pk=one.pk).update(title="Trees")

    relate_all()

    assert others(one) == []
    assert RelatedPaper.objects.count() == 0


def test_likeness_counts_rare_words_for_more_than_common_ones():
    texts = dict.fromkeys(range(5, 12), "common words here")
    texts |= {1: "common zebra", 2: "zebra stripes", 3: "common ground", 4: "alone"}

    found = most_alike(texts, [1, 4])

    assert found[1][0][0] == 2
    assert 0 < found[1][0][1] <= 1
    assert found[4] == []
    assert len(found[1]) <= KEPT
    assert most_alike({}, []) == {}
    assert most_alike({1: "$ §"}, [1]) == {1: []}


def test_picks_move_along_when_papers_are_merged():
    keep, lose, other = (make_paper() for _ in range(3))
    RelatedPaper.objects.create(paper=lose, other=other)
    RelatedPaper.objects.create(paper=other, other=lose)
    RelatedPaper.objects.create(paper=lose, other=keep)

    merge_papers(keep=keep, lose=lose)

    assert sorted(RelatedPaper.objects.values_list("paper", "other")) == sorted(
        [(keep.pk, other.pk), (other.pk, keep.pk)]
    )


def test_a_pick_that_was_found_as_well_is_shown_once():
    one, other = make_paper(), make_paper(title="Other")
    RelatedPaper.objects.create(paper=one, other=other, is_pick=False)
    RelatedPaper.objects.create(paper=one, other=other)

    assert others(one) == ["Other"]


def test_an_editor_picks_a_paper_once_and_never_the_paper_itself(client):
    one, other = make_paper(topics=["x"]), make_paper(topics=["x"])
    RelatedPaper.objects.create(paper=one, other=other, is_pick=False)
    client.force_login(make_editor())

    def pick(*papers, initial=0, **more):
        rows = {f"related-{n}-other": paper.pk for n, paper in enumerate(papers)}
        rows |= {f"related-{n}-position": n for n, _ in enumerate(papers)}
        rows |= {f"related-{n}-paper": one.pk for n, _ in enumerate(papers)}
        rows |= {"related-TOTAL_FORMS": len(papers), "related-INITIAL_FORMS": initial}
        return client.post(change(one), form(slug=one.slug, **rows, **more))

    assert pick(other, other).status_code == 200
    assert "is not related to itself" in pick(one).text
    assert pick(other).status_code == 302
    assert one.related.get(is_pick=True).other == other
    again = pick(other)
    assert again.status_code == 200
    assert "already" in again.text


@pytest.mark.parametrize("twice", [True, False])
def test_a_paper_is_related_once_and_not_to_itself(twice):
    one, other = make_paper(), make_paper()
    if twice:
        RelatedPaper.objects.create(paper=one, other=other)
    with pytest.raises(IntegrityError):
        RelatedPaper.objects.create(paper=one, other=other if twice else one)
