"""Bibliographies written: a paper as an entry, and entries in the formats of others."""
