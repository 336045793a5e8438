import pytest

from papers.models import Author
from papers.names import PersonName, match_key, split_name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Robin Rombach", ("Rombach", "Robin")),
        ("Björn Ommer", ("Ommer", "Björn")),
        ("Plato", ("Plato",)),
        ("Adam R. Brown", ("Brown", "Adam R.")),
        ("Ludwig van Beethoven", ("Beethoven", "Ludwig", "van")),
        ("Allan dos Santos Costa", ("Santos Costa", "Allan", "dos")),
        ("Diego de Las Casas", ("Las Casas", "Diego", "de")),
        ("George van den Driessche", ("Driessche", "George", "van den")),
        ("Cyprien de Masson d'Autume", ("Masson d'Autume", "Cyprien", "de")),
        ("Sammy Davis Jr.", ("Davis", "Sammy", "", "Jr.")),
        ("John Paul Stevens III", ("Stevens", "John Paul", "", "III")),
        ("Shixiang (Shane) Gu", ("Gu", "Shixiang (Shane)")),
        ("danah boyd", ("boyd", "danah")),
        ("III", ("III",)),
        ("", ("",)),
    ],
)
def test_a_name_is_taken_apart_and_put_together_again(text, parts):
    assert split_name(text) == PersonName(*parts)
    assert split_name(text).display == text


def test_a_comma_before_a_suffix_is_the_only_thing_lost():
    assert split_name("Sammy Davis, Jr.").display == "Sammy Davis Jr."


@pytest.mark.parametrize("text", ["Björn Ommer", "Bjorn Ommer", "B. Ommer", "b ömmer"])
def test_accents_and_initials_match(text):
    assert match_key(split_name(text)) == "ommer b"


@pytest.mark.django_db
def test_an_organisation_is_one_piece_and_a_family_name_may_be_said():
    assert Author.objects.create(name="Google Research", is_corporate=True).parts == (
        PersonName("Google Research")
    )
    said = Author.objects.create(
        name="Juan Niebles Duque", family="Niebles Duque", given="Juan"
    )
    assert said.parts == PersonName("Niebles Duque", "Juan")
    assert said.match_key == "nieblesduque j"
