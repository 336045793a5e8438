from django.http import HttpRequest, HttpResponse

from quiz.models import Quiz
from quiz.sharing import share_picture
from quiz.views.access import of_published_quiz
from superfast.common.http import kept_page


@kept_page()
@of_published_quiz
def quiz_picture(request: HttpRequest, quiz: Quiz) -> HttpResponse:
    response = HttpResponse(share_picture(quiz), content_type="image/png")
    # Made to stand on other sites, where a link to the quiz is shown.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
