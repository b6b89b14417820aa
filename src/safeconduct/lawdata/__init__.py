"""Dated records of law: editions, tables, values."""

from safeconduct.lawdata.store import Edition, EditionError, TableInfo, embedded_folder

__all__ = ["Edition", "EditionError", "TableInfo", "embedded_folder"]
