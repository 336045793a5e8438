"""Zstandard, from the standard library where Python has it (3.14), else its backport."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def compress(body: bytes, *, level: int) -> bytes:
    """One frame that says how long its content is."""
    return bytes(zstd.compress(body, level))
