"""Addresses that lead elsewhere: former ones of our pages, and those that editors list."""
