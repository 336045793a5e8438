"""How many guesses come from one network."""

from datetime import datetime

from superfast.common.flooding import is_too_much

HOURLY_LIMIT = 30


def is_flooding(*, address: str, player: str, at: datetime) -> bool:
    """Whether this is more than the thirtieth guess of a network within an hour.

    Who presses twice takes one place; see `is_too_much`. Cost: no query.
    """
    return is_too_much(
        counter="quiz", limit=HOURLY_LIMIT, address=address, act=player, at=at
    )
