"""Out and in again: the whole site as Markdown, JSON and pictures, and back.

What the files hold is said in docs/export-format.md and, field by field, in `tables`.
"""
