"""Which quiz an address is of, and whether it is there for everybody."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from quiz.models import Quiz
from quiz.services import find_quiz
from superfast.common.errors import gone
from superfast.common.publishing import Status

QuizView = Callable[[HttpRequest, Quiz], HttpResponse]


def of_published_quiz(view: QuizView) -> Callable[..., HttpResponse]:
    """Hands a view the quiz of its address; 404 while it is not out, 410 afterwards."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
        at = timezone.now()
        quiz = find_quiz(slug, at)
        refusal = refuse_unpublished(request, quiz.status(at) if quiz else None)
        return refusal or view(request, quiz)  # type: ignore[arg-type]  # published is not None

    return wrapped


def refuse_unpublished(
    request: HttpRequest, status: Status | None
) -> HttpResponse | None:
    """The answer for a quiz that is withdrawn; None for one that is out.

    Raises: Http404 for a quiz that is not out yet, and for none.
    """
    match status:
        case Status.PUBLISHED:
            return None
        case Status.WITHDRAWN:
            return gone(request)
    raise Http404
