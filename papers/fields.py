"""Fields that hold text in one form, so that it can be compared and followed."""

from typing import Any

from django.core.validators import URLValidator
from django.db import models

from papers.identifiers import parse_arxiv, parse_doi
from superfast.common.text import fold


def fold_key(text: str, max_length: int) -> str:
    """Words without accents, case and punctuation, single spaces between them."""
    return " ".join(fold(text).replace("_", " ").lower().split())[:max_length].rstrip()


class FoldedField(models.CharField):
    """Another field of the row, folded: what sorting and matching go by.

    Set whenever the row is stored, in bulk too. Cut at its length, for some
    single characters unfold to eighteen.
    """

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)
        self.source = source

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def fold(self, text: str) -> str:
        """What is stored for a text."""
        return fold_key(text, self.max_length or 0)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.fold(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value


class _NormalisedField(models.CharField):
    """Text that is stored and compared in one form, whichever was given."""

    @staticmethod
    def normalise(text: str) -> str:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return self.normalise(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class LowerCharField(_NormalisedField):
    """Text that is stored and compared in lower case."""

    @staticmethod
    def normalise(text: str) -> str:
        return text.lower()


class ArxivField(_NormalisedField):
    """A paper's identifier on arXiv, taken from whatever names it, without the version."""

    @staticmethod
    def normalise(text: str) -> str:
        found = parse_arxiv(text)
        return found.arxiv_id if found else text


class DoiField(_NormalisedField):
    """A DOI, taken from whatever names it, in lower case."""

    @staticmethod
    def normalise(text: str) -> str:
        return parse_doi(text) or text.lower()


class WebAddressField(models.URLField):
    """An address of the web, and of nothing else that a browser would follow."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2000)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})
