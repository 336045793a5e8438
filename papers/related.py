"""Papers like another: of the same topic, by the words of title, takeaway and abstract.

Found ahead and stored, never while a page is read. Likeness is the cosine of the
words' weights (TF-IDF): rare words count for much, common ones for nothing.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest
from itertools import islice

from django.db import transaction

from papers.fields import fold_key
from papers.models import Paper, RelatedPaper, Topic

KEPT = 8
# Papers of one topic that are compared with each other.
AT_ONCE = 2_000
# Words that stand in more than this share of the papers tell nothing.
COMMON = 0.5
SHORTEST = 3

Found = dict[int, dict[int, float]]


def relate_paper(pk: int) -> None:
    """The paper with this key has the papers most like it; no harm where it is gone.

    Compared with the newest of its topics. Cost: a few queries.
    """
    topics = Topic.objects.filter(papers=pk)
    near = Paper.objects.filter(topics__in=topics).exclude(pk=pk).distinct()
    others = near.order_by("-year", "-first_posted", "-pk")[:AT_ONCE]
    texts = dict(_texts([pk, *others.values_list("pk", flat=True)]))
    if pk in texts:
        store({pk: dict(most_alike(texts, [pk])[pk])})


def relate_all() -> int:
    """Every paper has the papers most like it. Returns: how many papers have any.

    Cost: for each two thousand papers of a topic a few seconds; about 1 KB of memory
    a paper.
    """
    found: Found = defaultdict(dict)
    for topic in Topic.objects.order_by("pk"):
        keys = topic.papers.order_by("-year", "-first_posted", "-pk")
        for some in _batches(keys.values_list("pk", flat=True).iterator(), AT_ONCE):
            texts = dict(_texts(some))
            for pk, alike in most_alike(texts, texts).items():
                found[pk] = _best({**found[pk], **dict(alike)})
    RelatedPaper.objects.filter(is_pick=False).exclude(paper__in=found).delete()
    for some in _batches(found, 500):
        store({pk: found[pk] for pk in some})
    return sum(bool(alike) for alike in found.values())


def most_alike(
    texts: Mapping[int, str], of: Iterable[int]
) -> dict[int, list[tuple[int, float]]]:
    """For each of these texts the others most like it, best first, with a likeness.

    Args:
        texts: all texts by key; a word's rareness is measured over them.
        of: the keys of those that are asked about.
    """
    counts = {pk: Counter(_words(text)) for pk, text in texts.items()}
    spread = Counter(word for words in counts.values() for word in words)
    most = max(2, COMMON * len(texts))
    rare = {
        word: math.log(len(texts) / n) + 1
        for word, n in spread.items()
        if 1 < n <= most
    }
    vectors = {pk: _unit(words, rare) for pk, words in counts.items()}
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for pk, vector in vectors.items():
        for word, weight in vector.items():
            holders[word].append((pk, weight))
    found = {}
    for pk in of:
        scores: dict[int, float] = defaultdict(float)
        for word, weight in vectors[pk].items():
            for other, theirs in holders[word]:
                scores[other] += weight * theirs
        scores.pop(pk, None)
        found[pk] = _ranked(scores)
    return found


@transaction.atomic
def store(found: Mapping[int, Mapping[int, float]]) -> None:
    """Papers have these as found to be alike, best first; editors' picks stay."""
    rows = RelatedPaper.objects.filter(paper__in=found)
    # Two who look at once take turns; on SQLite every transaction does.
    list(Paper.objects.select_for_update().filter(pk__in=found).values_list("pk"))
    picked = set(rows.filter(is_pick=True).values_list("paper", "other"))
    rows.filter(is_pick=False).delete()
    RelatedPaper.objects.bulk_create(
        RelatedPaper(paper_id=pk, other_id=other, is_pick=False, position=place)
        for pk, alike in found.items()
        for place, (other, _) in enumerate(_ranked(alike))
        if (pk, other) not in picked
    )


def _best(scores: Mapping[int, float]) -> dict[int, float]:
    return dict(_ranked(scores))


def _ranked(scores: Mapping[int, float]) -> list[tuple[int, float]]:
    return nlargest(KEPT, scores.items(), key=lambda pair: (pair[1], -pair[0]))


def _texts(keys: Iterable[int]) -> Iterator[tuple[int, str]]:
    """The words of each paper; those of its title count three times, of ours twice."""
    columns = ("pk", "title", "takeaway", "abstract")
    for some in _batches(keys, 500):
        rows = Paper.objects.filter(pk__in=some).order_by("pk").values_list(*columns)
        for pk, title, takeaway, abstract in rows:
            yield pk, " ".join([title] * 3 + [takeaway] * 2 + [abstract])


def _words(text: str) -> Iterator[str]:
    key = fold_key(text, len(text) * 20)
    return (word for word in key.split() if len(word) >= SHORTEST)


def _unit(words: Mapping[str, int], rare: Mapping[str, float]) -> dict[str, float]:
    weights = {
        word: (1 + math.log(n)) * rare[word]
        for word, n in words.items()
        if word in rare
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()}


def _batches(keys: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = iter(keys)
    while some := list(islice(rest, size)):
        yield some
