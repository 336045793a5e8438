"""Protections whose absence no test can notice, each with the reason."""

UNNOTICED: dict[str, str] = {}
