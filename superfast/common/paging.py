"""Lists in pages, at a cost that does not grow with the list."""

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property

MAX_PAGES = 50


def count_label(count: int, *, is_more: bool) -> str:
    """A number as readers see it: “272”, or “1,000+” where counting stopped there."""
    return f"{count:,}+" if is_more else f"{count:,}"


class BoundedPaginator(Paginator):
    """The first `MAX_PAGES` pages of a list of rows that may be longer.

    What comes after is another list: the caller says where it begins. Cost of the
    count: it walks no more rows than the pages hold, and one.
    """

    object_list: QuerySet

    @cached_property
    def _found(self) -> int:
        return self.object_list.values("pk")[: self.limit + 1].count()

    @property
    def limit(self) -> int:
        """How many rows the pages hold at most."""
        return MAX_PAGES * self.per_page

    @cached_property
    def count(self) -> int:
        """How many rows the pages hold."""
        return min(self._found, self.limit)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than the pages hold."""
        return self._found > self.limit

    @property
    def count_label(self) -> str:
        """How many rows there are, as readers see it."""
        return count_label(self.count, is_more=self.is_capped)


def page_number(request: HttpRequest, paginator: Paginator) -> Page:
    """The page that `?page=` asks for, the first where it does not.

    Raises: Http404 for a page that does not exist, or a word that is no number.
    """
    try:
        return paginator.page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
