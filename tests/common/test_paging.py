"""Lists in pages."""

import pytest
from django.core.paginator import Paginator
from django.http import Http404
from django.test import RequestFactory

from superfast.common.paging import page_number


@pytest.mark.parametrize(
    ("asked", "number"), [("", 1), ("page=1", 1), ("page=3", 3), ("page=2&page=3", 3)]
)
def test_the_page_that_was_asked_for_is_shown(asked, number):
    request = RequestFactory().get(f"/?{asked}")

    assert page_number(request, Paginator(range(25), 10)).number == number


@pytest.mark.parametrize(
    "page", ["0", "4", "-1", "x", "", "1.5", "last", "9" * 5000, "\x00", "٣٣"]
)
def test_a_page_that_is_none_is_not_found(page):
    request = RequestFactory().get("/", {"page": page})

    with pytest.raises(Http404):
        page_number(request, Paginator(range(25), 10))
