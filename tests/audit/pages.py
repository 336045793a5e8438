"""The kinds of page that the audits ask for, of the demonstration that `make run` loads."""

ISSUE = "/issues/2023-01-11/"
QUIZ = "/quiz/2023-01-11/"
PAPER = "/papers/2022/rombach2022high/"

# Every kind, for the HTML checker.
ALL = {
    "front page": "/",
    "archive": "/issues/",
    "issue": ISSUE,
    "catalogues": "/papers/",
    "catalogue": "/papers/2022/",
    "catalogue, filtered": "/papers/2022/?q=diffusion",
    "paper": PAPER,
    "report of a paper": f"{PAPER}report/",
    "reading list": "/papers/saved/",
    "quizzes": "/quiz/",
    "quiz": QUIZ,
    "quiz card": f"{QUIZ}card/",
    "player": "/quiz/player/",
    "search": "/search/?q=diffusion",
    "nothing found": "/search/?q=zzzzzz",
    "follow": "/follow/",
    "about": "/about/",
    "privacy": "/privacy/",
    "contact": "/contact/",
    "no such page": "/nothing/",
    "sign-in": "/admin/login/",
}
# The five of which Lighthouse is asked.
FIVE = {
    "front page": "/",
    "issue": ISSUE,
    "catalogue": "/papers/2022/",
    "paper": PAPER,
    "quiz": QUIZ,
}
