"""Prints the cases as CSL items, for citeproc.cjs."""

import json
import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.papers.citations.cases import ALL, csl_item

    json.dump([csl_item(name) for name in ALL], sys.stdout, ensure_ascii=False)
