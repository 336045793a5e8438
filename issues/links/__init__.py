"""Links as data: what an address leads to, and whether it still does."""
