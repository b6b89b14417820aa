"""Safeconduct: export controls as dated data and readable rules."""
