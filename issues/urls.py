from django.urls import path

from issues import drafts, feeds, views

app_name = "issues"

urlpatterns = [
    path("", views.issue_archive, name="issue-archive"),
    path("feed.xml", feeds.atom, name="feed-atom"),
    path("feed.json", feeds.json_feed, name="feed-json"),
    path("feed/<slug:section>.xml", feeds.section_atom, name="section-atom"),
    path("feed/<slug:section>.json", feeds.section_json, name="section-json"),
    path("preview/<str:token>/", drafts.draft, name="draft"),
    path("preview/<str:token>/<str:name>", drafts.picture, name="draft-picture"),
    path("<slug:slug>/", views.issue_detail, name="issue-detail"),
    path("<slug:slug>/share.png", views.issue_picture, name="issue-picture"),
]
