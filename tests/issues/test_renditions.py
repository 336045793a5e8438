"""Pictures at several widths: made apart, shown once there, gone with the picture."""

from io import BytesIO
from pathlib import Path

import lxml.html
import PIL.Image
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from issues import renditions
from issues.models import Image
from issues.pictures import (
    delete_picture,
    encode,
    replace_picture,
    store_picture,
    warn_of_weight,
)
from issues.renditions import make_renditions
from tests.issues.factories import (
    gif_bytes,
    make_draft,
    make_image,
    make_issue,
    picture_bytes,
)

pytestmark = pytest.mark.django_db


def wide_image(size=(900, 450), **options):
    return make_image(content=picture_bytes(size=size, color=(20, 90, 160)), **options)


def without_renditions(image):
    """As a picture is before its task has run."""
    image = fresh(image)
    Image.objects.filter(pk=image.pk).update(renditions=[])
    for row in image.rendition_rows:
        image.file.storage.delete(row.file)
    image.renditions = []
    return image


def fresh(image):
    return Image.objects.get(pk=image.pk)


def files(settings):
    root = Path(settings.MEDIA_ROOT)
    return {p.name for p in root.rglob("*") if p.is_file()}


def fetch(client, address):
    response = client.get(address)
    body = response.getvalue() if response.status_code == 200 else b""
    return response, body


def test_a_picture_is_made_at_several_widths_in_two_formats_with_a_fallback(settings):
    image = fresh(wide_image())
    found = {(row.width, row.height, row.extension) for row in image.rendition_rows}

    assert found == {
        *((400, 200, "avif"), (800, 400, "avif"), (900, 450, "avif")),
        *((400, 200, "webp"), (800, 400, "webp")),
        (900, 450, "jpg"),
    }
    for row in image.rendition_rows:
        with PIL.Image.open(image.file.storage.path(row.file)) as picture:
            assert picture.size == (row.width, row.height)
        assert Path(image.file.storage.path(row.file)).stat().st_size == row.size_bytes


def test_no_rendition_is_wider_than_the_picture_or_than_pages_show():
    small = fresh(wide_image((300, 30)))
    large = fresh(wide_image((2000, 100)))

    assert {row.width for row in small.rendition_rows} == {300}
    assert {r.width for r in large.rendition_rows if r.extension == "avif"} == {
        *(400, 800, 1200, 1600),
    }
    assert [r.width for r in large.rendition_rows if r.extension == "jpg"] == [1200]


def test_what_shines_through_has_a_fallback_that_does_too():
    content = picture_bytes("PNG", size=(500, 50), mode="RGBA", color=(9, 9, 9, 60))
    image = fresh(make_image(content=content))
    (row,) = [r for r in image.rendition_rows if r.extension == "png"]

    with PIL.Image.open(image.file.storage.path(row.file)) as picture:
        assert picture.getpixel((5, 5))[3] == 60
    assert not [r for r in image.rendition_rows if r.extension == "jpg"]


def test_a_moving_picture_is_not_multiplied():
    image = fresh(make_image(content=gif_bytes(3, size=(900, 20))))

    assert image.is_moving
    assert image.rendition_rows == []
    assert (image.sources, image.fallback_src) == ([], image.src)


def shown(client, issue):
    page = lxml.html.fromstring(client.get(issue.get_absolute_url()).text)
    return page.findall(".//picture")


def test_the_page_offers_each_reader_the_width_they_need(client):
    cover, figure = wide_image(alt="Cover"), wide_image(alt="Figure")
    pictures = shown(
        client, make_issue(cover=cover, body=f"Text.\n\n{figure.markdown}\n")
    )

    assert len(pictures) == 2
    for picture, image in zip(pictures, (cover, figure), strict=True):
        stem = image.name.removesuffix(".webp")
        base = f"/media/pictures/{stem}"
        assert [s.get("type") for s in picture.findall(".//source")] == [
            "image/avif", "image/webp",
        ]  # fmt: skip
        assert [s.get("srcset") for s in picture.findall(".//source")] == [
            f"{base}-400.avif 400w, {base}-800.avif 800w, {base}-900.avif 900w",
            f"{base}-400.webp 400w, {base}-800.webp 800w, {base}.webp 900w",
        ]
        assert all(s.get("sizes") for s in picture.findall(".//source"))
        (img,) = picture.findall(".//img")
        assert img.get("src") == f"{base}-900.jpg"
        assert (img.get("width"), img.get("height")) == ("900", "450")
    first, second = (p.find(".//img") for p in pictures)
    assert (first.get("fetchpriority"), first.get("loading")) == ("high", None)
    assert (second.get("fetchpriority"), second.get("loading")) == (None, "lazy")


def test_every_address_that_a_page_offers_answers_with_its_type(client):
    image = wide_image()
    (picture,) = shown(client, make_issue(body=f"Text.\n\n{image.markdown}\n"))
    offered = [picture.find(".//img").get("src")]
    for source in picture.findall(".//source"):
        offered += [part.split()[0] for part in source.get("srcset").split(", ")]
    kinds = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}

    assert len(offered) == 7
    for address in offered:
        response, body = fetch(client, address)
        assert response.headers["Content-Type"] == kinds[address.rpartition(".")[2]]
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        PIL.Image.open(BytesIO(body)).load()


def test_the_page_is_right_while_they_are_missing_and_better_once_they_are_there(
    client,
):
    image = without_renditions(wide_image())
    issue = make_issue(body=f"Text.\n\n{image.markdown}\n")
    (picture,) = shown(client, issue)

    assert picture.findall(".//source") == []
    assert picture.find(".//img").get("src") == image.src
    assert fetch(client, image.src)[0].status_code == 200
    make_renditions(image.pk)
    assert len(shown(client, issue)[0].findall(".//source")) == 2


def test_a_rendition_that_is_not_there_is_answered_with_the_picture(client):
    image = without_renditions(wide_image())
    make_issue(cover=image)
    stem = image.name.removesuffix(".webp")

    response, body = fetch(client, f"/media/pictures/{stem}-800.avif")
    assert response.headers["Content-Type"] == "image/webp"
    assert body == Path(image.file.path).read_bytes()


@pytest.mark.parametrize(
    "tail",
    ["-801.avif", "-0400.avif", "-400.gif", "-400.svg", "-99999.webp", "-4.webp"],
)
def test_widths_and_formats_that_nobody_makes_are_not_found(client, tail):
    image = wide_image()
    make_issue(cover=image)
    stem = image.name.removesuffix(".webp")

    assert client.get(f"/media/pictures/{stem}{tail}").status_code == 404


def test_renditions_of_what_readers_do_not_see_are_not_found(client, editor):
    image = wide_image()
    make_draft(cover=image, body=image.markdown)
    address = fresh(image).address_of(fresh(image).rendition_rows[0])
    client.logout()

    assert client.get(address).status_code == 404


def test_a_rendition_costs_one_query(client, django_assert_num_queries):
    image = fresh(wide_image())
    make_issue(cover=image)
    with django_assert_num_queries(1):
        fetch(client, image.address_of(image.rendition_rows[0]))


def test_a_page_costs_no_query_for_its_pictures(client, django_assert_num_queries):
    bare = make_issue()
    body = "\n\n".join(make_image().markdown for _ in range(12))
    full = make_issue(body=f"Text.\n\n{body}\n", cover=make_image())
    client.get(bare.get_absolute_url())
    with django_assert_num_queries(1):
        client.get(full.get_absolute_url())


def test_making_them_twice_leaves_the_same_files(settings):
    image = wide_image()
    before, rows = files(settings), fresh(image).renditions
    make_renditions(image.pk)

    assert files(settings) == before
    assert fresh(image).renditions == rows


def test_a_task_that_comes_too_late_leaves_nothing(settings):
    image = without_renditions(wide_image())
    Path(image.file.path).unlink()
    for key in (image.pk, 999_999):
        make_renditions(key)

    assert fresh(image).renditions == []
    assert files(settings) == set()


def test_a_task_that_was_overtaken_by_a_replacement_leaves_nothing(
    settings, monkeypatch
):
    image = without_renditions(wide_image())
    plain = renditions._make

    def overtaken(picture, stem):
        Image.objects.filter(pk=image.pk).update(file="pictures/other.webp")
        return plain(picture, stem)

    monkeypatch.setattr(renditions, "_make", overtaken)
    make_renditions(image.pk)

    assert fresh(image).renditions == []
    assert files(settings) == {image.name}


def test_renditions_go_with_their_picture(settings, django_capture_on_commit_callbacks):
    image = fresh(wide_image())
    assert len(files(settings)) == 7
    with django_capture_on_commit_callbacks(execute=True):
        delete_picture(image=image)

    assert files(settings) == set()


def test_a_picture_that_stands_somewhere_is_not_deleted():
    image = wide_image()
    make_draft(title="Its place", body=image.markdown)

    with pytest.raises(ValidationError, match="Its place"):
        delete_picture(image=image)
    assert Image.objects.filter(pk=image.pk).exists()


def test_a_replaced_picture_keeps_its_address_and_changes_its_validator(
    client, settings, django_capture_on_commit_callbacks
):
    image = fresh(wide_image())
    issue = make_issue(body=f"Text.\n\n{image.markdown}\n", cover=image)
    before, body = fetch(client, image.src)
    new = picture_bytes(size=(600, 500), color=(200, 0, 0))
    with django_capture_on_commit_callbacks(execute=True):
        replace_picture(image=image, picture=encode(BytesIO(new)))
    after, other = fetch(client, image.src)

    assert after.headers["ETag"] != before.headers["ETag"]
    assert other != body
    for picture in shown(client, issue):
        img = picture.find(".//img")
        assert (img.get("width"), img.get("height")) == ("600", "500")
        assert "-600.avif 600w" in picture.find(".//source").get("srcset")
    assert len(files(settings)) == 1 + len(fresh(image).rendition_rows)


def test_a_refused_replacement_leaves_everything_as_it_was(settings, monkeypatch):
    image = fresh(wide_image())
    before, row = files(settings), fresh(image).__dict__.copy()

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("issues.pictures.show_anew", fail)
    with pytest.raises(RuntimeError):
        replace_picture(image=image, picture=encode(BytesIO(picture_bytes())))
    after = fresh(image).__dict__.copy()

    assert files(settings) == before
    assert {**after, "_state": 0} == {**row, "_state": 0}


def test_the_command_makes_what_is_missing_and_notes_what_drafts_show(capsys):
    image = without_renditions(wide_image())
    done = wide_image()
    draft = make_draft(body=image.markdown)
    draft.pictures.clear()
    call_command("make_renditions")

    assert "1 pictures" in capsys.readouterr().out
    assert fresh(image).rendition_rows
    assert fresh(done).rendition_rows
    assert [*draft.pictures.all()] == [image]


def test_only_a_heavy_picture_is_warned_of():
    light, heavy = wide_image(alt="Light"), wide_image(alt="Heavy")
    heavy.size_bytes = 300_001

    assert warn_of_weight([light, heavy]) == [
        "The picture “Heavy” weighs 300 KB: at most 300 KB load quickly."
    ]


def test_of_a_wide_picture_counts_what_is_loaded_of_it():
    image = fresh(wide_image((2000, 100)))
    image.size_bytes = 900_000

    assert not image.is_over_budget
    image.renditions = []
    assert image.is_over_budget


def test_storing_plans_the_renditions_once(monkeypatch):
    asked = []
    monkeypatch.setattr("issues.renditions.enqueue", lambda *args: asked.append(args))
    image = Image(alt="x")
    store_picture(image=image, picture=encode(BytesIO(picture_bytes())))

    assert asked == [("issues.renditions.make_renditions", image.pk)]
