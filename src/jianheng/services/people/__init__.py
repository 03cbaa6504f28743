"""Accounts, persons, organisations and the posts that join them."""
