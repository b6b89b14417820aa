"""Sanctions of the Treasury's Office of Foreign Assets Control, as far as an export answer must not overlook them."""
