from django.urls import path

from quiz import views

app_name = "quiz"

urlpatterns = [
    path("", views.quiz_list, name="quiz-list"),
    path("<slug:slug>/", views.quiz_detail, name="quiz-detail"),
    path("<slug:slug>/card/", views.quiz_card, name="quiz-card"),
    path("<slug:slug>/guess/", views.submit, name="guess"),
]
