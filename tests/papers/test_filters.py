import pytest
from django.http import QueryDict

from papers.filters import PaperQuery
from papers.listing import list_papers
from tests.papers.factories import make_catalogue, make_paper

pytestmark = pytest.mark.django_db

TOPICS = ("vision", "audio", "text")
VENUES = ("CVPR 2022", "ICML 2022", "")
AUTHORS = ("Björn Ommer", "Ann Lee", "Bo Li")


def parse(query):
    return PaperQuery.parse(QueryDict(query))


def titles(query):
    listing = list_papers(make_catalogue(), parse(query))
    return sorted(paper.title for paper in listing.papers)


@pytest.fixture
def convnet():
    return make_paper(
        title="A ConvNet for the 2020s",
        authors=["Björn Ommer", "Zhuang Liu"],
        topics=["vision", "text"],
        venue="CVPR 2022",
        takeaway="Plain convolutions, 100% modern.",
        code_url="https://code.example/a",
        is_highlight=True,
    )


@pytest.mark.parametrize(
    "query",
    [
        "q=convnet",
        "q=CONVNET+2020s",
        "q=2020s+convnet",
        "q=bjorn",
        "q=Bjo%CC%88rn+convnet",
        "q=liu",
        "q=cvpr",
        "q=convolutions",
        "q=100%25",
        "q=++",
        "q=%22ConvNet%22",
        "topic=vision",
        "topic=text",
        "venue=CVPR+2022",
        "author=bjorn-ommer",
        "code=1",
        "highlight=1",
        "topic=text&venue=CVPR+2022&author=zhuang-liu&code=1&highlight=1&q=conv",
    ],
)
def test_a_filter_keeps_what_it_names(convnet, query):
    make_paper(title="Other", authors=["Ann Lee"], topics=["audio"], venue="ICML 2022")
    expected = [convnet.title] if query != "q=++" else [convnet.title, "Other"]
    assert titles(query) == expected


def test_every_word_must_be_there(convnet):
    assert titles("q=convnet+nothing") == []


@pytest.mark.parametrize(
    "query",
    [
        "code=2",
        "code=true",
        "code=",
        "highlight=yes",
        "sort=x",
        "topic=",
        "venue=",
        "x=y",
        "q=%00",
        "topic=vision&topic=",
        "after=x",
        "view=x",
        "sort=relevance",
        "=",
        "&&&",
        "q",
    ],
)
def test_a_broken_or_unknown_parameter_is_ignored(convnet, query):
    assert titles(query) == [convnet.title]


@pytest.mark.parametrize(
    "value",
    ["none", "%00none", "'%20OR%201=1--", "%25", "%F0%9F%92%A9", "x" * 5000, "CVPR"],
)
def test_a_value_that_the_catalogue_does_not_have_is_not_found(client, convnet, value):
    for name in ("topic", "venue", "author"):
        response = client.get(f"/papers/2022/?{name}={value}")
        assert response.status_code in {400, 404}


@pytest.mark.parametrize(
    "value",
    [
        "%",
        "_",
        "\\",
        "'",
        '"',
        "' OR 1=1 --",
        "a" * 5000,
        "a " * 5000,
        "💩",
        "\ufffe",
        "*",
        "́",
        "(",
        "NEAR(",
        "a AND",
        "\x1b",
        "\ud7ff",
        "%s",
        "{}",
        "\u202e",
    ],
)
def test_hostile_values_never_break_the_list(client, convnet, value):
    for name in ("q", "sort", "page"):
        response = client.get("/papers/2022/", {name: value})
        assert response.status_code in {200, 404}


@pytest.mark.parametrize("value", ["%25", "_", "%5C", "%22%22", "%E2%80%A6"])
def test_signs_without_a_word_ask_for_nothing(convnet, value):
    make_paper(title="Other")
    listing = list_papers(make_catalogue(), parse(f"q={value}"))
    assert listing.matching == 2
    assert listing.chips == []


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("", "/papers/2022/"),
        ("page=3&sort=highlights&code=0&x=y", "/papers/2022/"),
        ("highlight=1&q=a+b&code=1", "/papers/2022/?q=a+b&code=1&highlight=1"),
        ("venue=R%26D%20%2B%20C", "/papers/2022/?venue=R%26D+%2B+C"),
    ],
)
def test_a_query_has_one_address(query, address):
    assert parse(query).url(make_catalogue()) == address


def test_chips_say_what_is_in_force_and_take_it_away(convnet):
    query = parse(
        "q=conv&topic=vision&venue=CVPR+2022&author=bjorn-ommer&code=1&sort=title"
    )
    chips = list_papers(make_catalogue(), query).chips
    assert [chip.label for chip in chips] == [
        "“conv”",
        "Vision",
        "CVPR 2022",
        "Björn Ommer",
        "With code",
    ]
    assert chips[1].url == (
        "/papers/2022/?q=conv&venue=CVPR+2022&author=bjorn-ommer&code=1&sort=title"
    )


def test_the_order_in_force_is_marked(convnet):
    sorts = list_papers(make_catalogue(), parse("sort=title&q=conv&page=1")).sorts
    assert [(sort.label, sort.active) for sort in sorts] == [
        ("Relevance", False),
        ("Highlights first", False),
        ("Newest", False),
        ("Title", True),
        ("Venue", False),
    ]
    assert sorts[0].url == "/papers/2022/?q=conv"
    assert sorts[1].url == "/papers/2022/?q=conv&sort=highlights"


def test_a_chosen_option_is_marked_and_gives_way(convnet):
    make_paper(topics=["audio"])
    facets = list_papers(make_catalogue(), parse("topic=vision")).facets
    options = {option.label: option for option in facets[0].options}
    assert {label: option.active for label, option in options.items()} == {
        "Audio": False,
        "Text": False,
        "Vision": True,
    }
    assert options["Vision"].url == "/papers/2022/"
    assert options["Audio"].url == "/papers/2022/?topic=audio"
