from django.urls import path

from papers import views

app_name = "papers"

urlpatterns = [
    path("", views.catalogue_list, name="catalogue-list"),
    path("authors/<str:slug>/", views.author_detail, name="author-detail"),
    path("<slug:catalogue>/", views.paper_list, name="paper-list"),
    path("<slug:catalogue>/<slug:slug>/", views.paper_detail, name="paper-detail"),
]
