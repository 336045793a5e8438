"""The people and rows that the tables are asked with, made once for each file."""

import logging

import pytest
from django.db import transaction

from tests.permissions.world import World


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """What a test does to it is undone with the test; what it is, when the file is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        logging.disable(logging.CRITICAL)  # refusals are logged, each with its trace
        yield World()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)
