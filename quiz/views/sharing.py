from django.http import HttpRequest, HttpResponse

from quiz.models import Quiz
from quiz.sharing import share_picture
from quiz.views.access import of_published_quiz
from superfast.common.http import for_other_sites, kept_page


@kept_page()
@of_published_quiz
def quiz_picture(request: HttpRequest, quiz: Quiz) -> HttpResponse:
    return for_other_sites(share_picture(quiz))
