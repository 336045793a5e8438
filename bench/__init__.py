"""How fast it is, measured on this machine beside what the machine can do at all.

`make bench ARGS=guesses`; docs/performance.md says what comes out.
"""
