"""Pictures over HTTP."""

from pathlib import Path

import pytest
from django.conf import settings

from issues.models import Issue
from issues.services import save_issue, withdraw_issue
from tests.factories import make_user
from tests.issues.factories import HIDDEN, gif_bytes, make_image, make_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def image():
    image = make_image()
    make_issue(body=f"{image.markdown}\n")
    return image


def content(image):
    return Path(image.file.path).read_bytes()


def get(client, image, **headers):
    response = client.get(image.src, headers=headers)
    response.body = response.getvalue()
    return response


def test_a_picture_is_sent_with_a_fixed_type_and_can_run_nothing(client, image):
    response = get(client, image)

    assert response.status_code == 200
    assert response.body == content(image)
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Content-Length"] == str(image.size_bytes)
    assert response.headers["Accept-Ranges"] == "bytes"
    assert "max-age" in response.headers["Cache-Control"]
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("address", ["/media/pictures/", "/admin/issues/image/file/"])
def test_a_picture_is_only_read_whoever_sends_its_file(
    client, image, settings, address
):
    settings.PROXY_SENDS_FILES = True
    client.force_login(make_user(is_superuser=True))

    assert client.get(f"{address}{image.name}").status_code == 200
    assert client.post(f"{address}{image.name}").status_code == 405


def test_broken_cookies_are_put_right_elsewhere(client, image):
    client.cookies["session"] = client.cookies["csrf"] = "x"
    response = get(client, image)

    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_moving_picture_is_a_gif(client):
    image = make_image(content=gif_bytes())
    make_issue(cover=image)

    assert get(client, image).headers["Content-Type"] == "image/gif"


def test_a_picture_that_the_reader_has_is_not_sent_again(client, image):
    etag = get(client, image).headers["ETag"]

    for value in (etag, f'"other", {etag}', f"W/{etag}"):
        response = get(client, image, if_none_match=value)
        assert (response.status_code, response.body) == (304, b"")
        assert response.headers["ETag"] == etag
    assert get(client, image, if_none_match='"other"').status_code == 200


def test_the_validator_is_that_of_the_content(client):
    first, second = make_image(), make_image(content=gif_bytes())
    make_issue(body=f"{first.markdown}\n\n{second.markdown}\n")

    assert get(client, first).headers["ETag"] != get(client, second).headers["ETag"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("0-0", 0, 0),
        ("0-9", 0, 9),
        ("5-", 5, None),
        ("-7", -7, None),
        ("3-999999", 3, None),
    ],
)
def test_a_part_of_a_picture_is_sent(client, image, asked, start, end):
    whole = content(image)
    part = whole[start:] if end is None else whole[start : end + 1]
    response = get(client, image, range=f"bytes={asked}")

    assert response.status_code == 206
    assert response.body == part
    assert response.headers["Content-Length"] == str(len(part))
    first = start % len(whole)
    last = first + len(part) - 1
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_last_byte_is_sent(client, image):
    size = image.size_bytes
    for asked in (f"{size - 1}-", f"{size - 1}-{size - 1}", "-1"):
        response = get(client, image, range=f"bytes={asked}")
        assert response.status_code == 206
        assert response.body == content(image)[-1:]


@pytest.mark.parametrize("asked", ["999999-", "999999-1000000"])
def test_a_part_that_is_not_there_is_refused(client, image, asked):
    response = get(client, image, range=f"bytes={asked}")

    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{image.size_bytes}"


@pytest.mark.parametrize(
    "asked", ["", "bytes", "bytes=", "bytes=x-y", "bytes=-", "lines=1-2", "bytes=9-1"]
)
def test_a_range_that_is_none_does_no_harm(client, image, asked):
    assert get(client, image, range=asked).status_code in {200, 416}


def test_the_head_is_that_of_the_whole(client, image):
    response, whole = client.head(image.src), get(client, image)

    assert response.status_code == 200
    assert response.getvalue() == b""
    assert response.headers == whole.headers


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_other_methods_are_refused(client, image, method):
    assert getattr(client, method)(image.src).status_code == 405


@pytest.mark.parametrize("state", HIDDEN)
@pytest.mark.parametrize("place", ["text", "cover"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_pictures_of_hidden_issues_are_not_found(client, state, place, signed_in):
    image = make_image()
    shown = {"body": f"{image.markdown}\n"} if place == "text" else {"cover": image}
    HIDDEN[state](**shown)
    if signed_in:
        client.force_login(make_user(is_superuser=True))

    assert client.get(image.src).status_code == 404


def test_a_picture_of_no_issue_is_not_found(client):
    assert client.get(make_image().src).status_code == 404


def test_a_picture_goes_with_its_issue(client, image):
    issue = Issue.objects.get()
    withdraw_issue(issue=issue)

    assert client.get(image.src).status_code == 404


def test_a_picture_taken_out_of_the_text_is_not_found(client, image):
    issue = Issue.objects.get()
    issue.body = "Words."
    save_issue(issue=issue, by=None)

    assert client.get(image.src).status_code == 404


def test_a_picture_of_two_issues_is_found_while_one_is_out(client, image):
    HIDDEN["withdrawn"](body=f"{image.markdown}\n")

    assert get(client, image).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["none.webp", "..%2f..%2fsettings.py", "../secret", "%2e%2e%2fx", "a b", "é"],
)
def test_an_unknown_picture_is_not_found(client, name):
    assert client.get(f"/media/pictures/{name}").status_code == 404
    assert client.get("/media/").status_code == 404


def test_a_picture_without_its_file_is_not_found(client, image):
    image.file.storage.delete(image.file.name)

    assert client.get(image.src).status_code == 404


def test_other_sites_may_show_a_public_picture(client, image):
    assert get(client, image).headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.fixture
def proxy(settings):
    """A proxy that sends files, told which by the answer."""
    settings.PROXY_SENDS_FILES = True


@pytest.mark.usefixtures("proxy")
def test_a_proxy_is_told_which_file_to_send(client, image):
    response = get(client, image, range="bytes=0-9")

    assert response.status_code == 200
    assert response.body == b""
    path = response.headers["X-Accel-Redirect"]
    assert path.startswith("/pictures/")
    assert Path(settings.MEDIA_ROOT, path.removeprefix("/")) == Path(image.file.path)
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["ETag"] == f'"{image.checksum[:32]}"'


@pytest.mark.usefixtures("proxy")
def test_a_proxy_is_told_of_no_hidden_picture(client):
    image = make_image()

    response = client.get(image.src)

    assert response.status_code == 404
    assert "X-Accel-Redirect" not in response.headers


def test_without_such_a_proxy_no_path_is_told(client, image):
    assert "X-Accel-Redirect" not in get(client, image).headers
