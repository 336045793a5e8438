"""Bibliographies read: what a file says, what it would change, the change and its undoing."""
