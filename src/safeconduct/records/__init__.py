"""The one append-only store of answers, for command line, Python and web."""

from safeconduct.records.chain import ChainFault, Record
from safeconduct.records.store import RecordStore, StoreError

__all__ = ["ChainFault", "Record", "RecordStore", "StoreError"]
