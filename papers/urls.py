from django.urls import path

from papers import feeds, views

app_name = "papers"

urlpatterns = [
    path("", views.catalogue_list, name="catalogue-list"),
    path("feed.xml", feeds.atom, name="feed-atom"),
    path("feed.json", feeds.json_feed, name="feed-json"),
    path("feed/<slug:topic>.xml", feeds.atom, name="topic-atom"),
    path("feed/<slug:topic>.json", feeds.json_feed, name="topic-json"),
    path("authors/<str:slug>/", views.author_detail, name="author-detail"),
    path("<slug:catalogue>/", views.paper_list, name="paper-list"),
    path("<slug:catalogue>/export.<slug:suffix>", views.export, name="export"),
    path("<slug:catalogue>/<slug:slug>/", views.paper_detail, name="paper-detail"),
    path(
        "<slug:catalogue>/<slug:slug>/share.png",
        views.paper_picture,
        name="paper-picture",
    ),
]
