"""Text from elsewhere, at the desk: who may bring it, and what comes back."""

import pytest

from tests.factories import make_user

pytestmark = pytest.mark.django_db

MARKDOWN = "/admin/issues/issue/markdown/"


def test_strangers_convert_nothing(client):
    response = client.post(MARKDOWN, {"html": "<p>x</p>"})

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/admin/login/")


def test_a_desk_without_permissions_converts_nothing(client):
    client.force_login(make_user())

    assert client.post(MARKDOWN, {"html": "<p>x</p>"}).status_code == 403


@pytest.mark.parametrize("who", ["writer", "editor"])
def test_pasted_html_becomes_markdown(request, who):
    client = request.getfixturevalue(who)
    html = "<h1>A</h1><p style='display:none'>gone</p><p><b>b</b><script>x</script></p>"
    response = client.post(MARKDOWN, {"html": html})

    assert response.status_code == 200
    assert response.json() == {
        "markdown": "## A\n\n**b**\n",
        "left_out": ["Hidden in the original: gone"],
    }
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 422), ({"html": " "}, 422), ({"html": "<div>" * 3_000}, 413)],
)
def test_what_cannot_be_converted_is_refused_with_a_sentence(editor, data, status):
    response = editor.post(MARKDOWN, data)

    assert response.status_code == status
    assert response.json()["error"].endswith(".")


def test_more_than_a_form_may_hold_is_refused(editor):
    assert editor.post(MARKDOWN, {"html": "x" * 6_000_000}).status_code == 400


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_refused(editor, method):
    assert getattr(editor, method)(MARKDOWN).status_code == 405
