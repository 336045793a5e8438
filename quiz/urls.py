from django.urls import path

from quiz import views

app_name = "quiz"

urlpatterns = [
    path("", views.quiz_list, name="quiz-list"),
    # No quiz may have these words as its slug: see quiz.models.quizzes.RESERVED_SLUGS.
    path("player/", views.player_page, name="player"),
    path("player/keep/", views.keep, name="player-keep"),
    path("player/code/", views.new_code, name="player-code"),
    path("player/enter/", views.enter_code, name="player-enter"),
    path("player/forget/", views.forget, name="player-forget"),
    path("<slug:slug>/", views.quiz_detail, name="quiz-detail"),
    path("<slug:slug>/card/", views.quiz_card, name="quiz-card"),
    path("<slug:slug>/guess/", views.submit, name="guess"),
    path("<slug:slug>/share.png", views.quiz_picture, name="quiz-picture"),
]
