from django.urls import path

from papers import exports, feeds, machines, reporting, saved, views

app_name = "papers"

urlpatterns = [
    path("", views.catalogue_list, name="catalogue-list"),
    path("feed.xml", feeds.atom, name="feed-atom"),
    path("feed.json", feeds.json_feed, name="feed-json"),
    path("feed/<slug:topic>.xml", feeds.atom, name="topic-atom"),
    path("feed/<slug:topic>.json", feeds.json_feed, name="topic-json"),
    path("authors/<str:slug>/", views.author_detail, name="author-detail"),
    path("arxiv/<path:identifier>/", machines.by_arxiv, name="by-arxiv"),
    path("doi/<path:identifier>/", machines.by_doi, name="by-doi"),
    path("unapi", machines.unapi, name="unapi"),
    path("schema.json", machines.schema, name="schema"),
    # Lists that readers keep in their browsers and hand on as addresses.
    path("saved/", saved.saved, name="saved"),
    path("saved/export.<slug:suffix>", saved.export_saved, name="saved-export"),
    path("<slug:catalogue>/", views.paper_list, name="paper-list"),
    path("<slug:catalogue>/export.<slug:suffix>", views.export, name="export"),
    path("<slug:catalogue>/map/", views.year_map, name="year-map"),
    path(
        "<slug:catalogue>/<slug:slug>/cite.<slug:suffix>",
        exports.cite_paper,
        name="cite-paper",
    ),
    path("<slug:catalogue>/<slug:slug>/report/", reporting.report, name="report"),
    path("<slug:catalogue>/<slug:slug>/", views.paper_detail, name="paper-detail"),
    path(
        "<slug:catalogue>/<slug:slug>/share.png",
        views.paper_picture,
        name="paper-picture",
    ),
]
