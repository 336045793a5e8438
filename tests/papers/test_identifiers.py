import pytest

from papers.identifiers import is_arxiv_id, is_doi, parse_posting_date


@pytest.mark.parametrize(
    "text",
    [
        "2112.10752",
        "1501.00001",
        "9012.00001",
        "0704.0001",
        "1412.9999",
        "0808.0539",
        "hep-th/9901001",
        "math/0309136",
        "cond-mat/0703999",
        "hep-lat/9108001",
    ],
)
def test_an_arxiv_id_of_either_form_is_taken(text):
    assert is_arxiv_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2213.00001",
        "2200.00001",
        "0000.0000",
        "2201.00000",
        "1412.12345",
        "1501.0001",
        "0808.05394",
        "0703.0001",
        "9101.00001",
        "2112.10752v2",
        "arXiv:2112.10752",
        "https://arxiv.org/abs/2112.10752",
        "2112.10752 ",
        "2112.10752\n",
        "\uff12\uff11\uff11\uff12.10752",
        "2112.1075\uff12",
        "math.GT/0309136",
        "math/0309000",
        "math/0704001",
        "hep-th/9107001",
        "hep-th/9913001",
    ],
)
def test_what_only_resembles_an_arxiv_id_is_not_taken(text):
    assert not is_arxiv_id(text)


@pytest.mark.parametrize(
    "text", ["10.1109/cvpr52688.2022.01042", "10.1000.10/123", "10.123456789/ü(x);1"]
)
def test_a_bare_doi_is_taken(text):
    assert is_doi(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.1109/",
        "10.1109",
        "10.110/x",
        "10.1234567890/x",
        "doi:10.1109/x",
        "https://doi.org/10.1109/x",
        "10.1109/a b",
        "10.1109/x\n",
        "10.1109/CVPR",
        "\uff110.1109/x",
        "10.1109/\u202ex",
    ],
)
def test_what_only_resembles_a_doi_is_not_taken(text):
    assert not is_doi(text)


@pytest.mark.parametrize("text", ["2022-01", "2021-12-31", "2024-02-29"])
def test_a_month_or_a_day_is_a_posting_date(text):
    assert parse_posting_date(text).isoformat().startswith(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022",
        "2022-1",
        "2022-13",
        "2022-00",
        "2022-02-30",
        "2022-01-",
        "0000-01",
        "2022-01\n",
        "\uff12\uff10\uff12\uff12-01",
        "22-01",
        "2022-01-01T00:00",
    ],
)
def test_what_no_calendar_has_is_no_posting_date(text):
    assert parse_posting_date(text) is None
