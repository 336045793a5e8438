"""Papers of every sort that the citation styles have a rule for, made up to be cited."""

from collections.abc import Sequence
from typing import Any

from papers.citing import csl
from papers.citing.entry import Credited, Entry, credited
from papers.models import Kind

PREPRINT: dict[str, Any] = {
    "kind": Kind.PREPRINT,
    "arxiv_id": "2201.03545",
    "year": 2022,
}
PROCEEDINGS: dict[str, Any] = {
    "kind": Kind.PROCEEDINGS,
    "venue": "CVPR 2022",
    "venue_name": "Proceedings of the Conference on Seeing",
    "year": 2022,
    "pages": "10684–10695",
    "publisher": "IEEE",
    "doi": "10.1109/cvpr.2022.01042",
}
JOURNAL: dict[str, Any] = {
    "kind": Kind.JOURNAL,
    "venue_name": "Journal of Learning Machines",
    "year": 2022,
    "volume": "23",
    "number": "4",
    "pages": "103–9",
    "doi": "10.1000/jlm.23.4",
}


def names(count: int) -> list[str]:
    return [f"Given{chr(65 + n)} Family{chr(65 + n)}" for n in range(count)]


def case(
    title: str, authors: Sequence[str | Credited], *, whole: bool = True, **values: Any
) -> Entry:
    who = [each if isinstance(each, Credited) else credited(each) for each in authors]
    return Entry(values={"title": title, **values}, authors=who, authors_complete=whole)


ALL: dict[str, Entry] = {
    "one author": case("Scaling Laws for Kittens", ["Robin Rombach"], **PREPRINT),
    "two authors": case(
        "A ConvNet for the 2020s", ["Zhuang Liu", "Hanzi Mao"], **PROCEEDINGS
    ),
    "three authors": case(
        "Learning to Wait",
        ["Ada Byron", "Jean-Baptiste Alayrac", "Xi Victoria Lin"],
        **JOURNAL,
    ),
    "seven authors": case("Seven Hands", names(7), **PROCEEDINGS),
    "twenty authors": case("Twenty Hands", names(20), **PROCEEDINGS),
    "twenty-one authors": case("Many Hands", names(21), **PREPRINT),
    "corporate": case(
        "A Report on Models", [credited("The Open Lab", corporate=True)], **PREPRINT
    ),
    "particle": case(
        "Neural Discrete Representations",
        ["Aäron van den Oord", "Diego de Las Casas"],
        **PROCEEDINGS,
    ),
    "suffix": case("Dreams of Machines", ["Martin Luther King Jr."], **JOURNAL),
    "suffix of the second": case(
        "Two Dreams", ["Ada Byron", "John Paul Stevens III"], **JOURNAL
    ),
    "one name": case("The Cave, Again", ["Plato"], **PREPRINT),
    "preprint only": case(
        "Attention Was All It Took", ["Ada Byron", "Grace Hopper"], **PREPRINT
    ),
    "proceedings": case(
        "High-Resolution Image Synthesis with Latent Diffusion Models",
        ["Robin Rombach", "Björn Ommer"],
        **PROCEEDINGS,
    ),
    "proceedings, short name only": case(
        "Chain of Thought",
        ["Jason Wei"],
        kind=Kind.PROCEEDINGS,
        venue="NeurIPS 2022",
        year=2022,
        url="https://papers.example/chain",
    ),
    "journal": case("Deep Rivers", ["Ada Byron"], **JOURNAL),
    "journal, one page": case("A Note", ["Ada Byron"], **{**JOURNAL, "pages": "7"}),
    "book": case(
        "Machines That Read",
        ["Ada Byron"],
        kind=Kind.BOOK,
        publisher="Old Press",
        year=2022,
    ),
    "chapter": case(
        "On Reading",
        ["Ada Byron"],
        kind=Kind.BOOK,
        venue_name="Machines That Read",
        publisher="Old Press",
        pages="321–28",
        year=2022,
    ),
    "thesis": case(
        "Learning Slowly",
        ["Ada Byron"],
        kind=Kind.THESIS,
        publisher="University of Somewhere",
        year=2022,
    ),
    "report": case(
        "Planning with Models",
        ["Ada Byron"],
        kind=Kind.REPORT,
        number="TR-7",
        publisher="The Open Lab",
        year=2022,
        url="https://lab.example/tr7",
    ),
    "no date": case(
        "Timeless Models", ["Ada Byron"], **{**PREPRINT, "year": None}
    ),
    "no author": case("Anonymous Models", [], **PROCEEDINGS),
    "authors incomplete": case(
        "Everybody's Model", ["Ada Byron", "Grace Hopper"], whole=False, **PREPRINT
    ),
    "mathematics": case(
        r"$\mathcal{V}$-Usable Information at $O(n \log n)$", ["Ada Byron"], **PREPRINT
    ),
    "markup": case(
        "The <i>Slow</i> & the **Fast** [of it]_all_", ["Ada Byron"], **PREPRINT
    ),
    "script": case(
        "<script>alert('x')</script> and \"after\"", ["Ada Byron"], **PREPRINT
    ),
    "right-to-left": case("نماذج اللغة الكبيرة", ["أحمد علي"], **PREPRINT),
    "question": case("Do Models Dream?", ["Ada Byron"], **PROCEEDINGS),
    "quotes": case("On “Understanding” in Models", ["Ada Byron"], **JOURNAL),
    "small words": case(
        "from words to the world: towards models of an in-between", ["Ada Byron"],
        **JOURNAL,
    ),
    "nickname": case("Flow", ["Shixiang (Shane) Gu", "J. K. Rowe"], **JOURNAL),
    "DOI and arXiv": case(
        "Both Ways", ["Ada Byron"], **{**PROCEEDINGS, "arxiv_id": "2201.00001"}
    ),
    "proceedings on arXiv": case(
        "Seen First on arXiv",
        ["Ada Byron"],
        kind=Kind.PROCEEDINGS,
        venue="ICML 2022",
        year=2022,
        arxiv_id="2201.00002",
    ),
}  # fmt: skip


def csl_item(name: str) -> dict[str, Any]:
    """A case as a reference manager would hand it to a citation processor."""
    item = csl.item(ALL[name])
    item.pop("custom", None)
    item["id"] = name
    if item["type"] == "article":
        # As Zotero keeps what it takes from arXiv.
        number = item["archive_location"]
        item |= {"publisher": "arXiv", "number": f"arXiv:{number}"}
        item |= {"DOI": f"10.48550/arXiv.{number}"}
    item.pop("archive", None)
    item.pop("archive_location", None)
    if item["type"] == "chapter" and "container-title" not in item:
        item["type"] = "book"
    return item
