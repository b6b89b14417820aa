"""Safeconduct: export controls as dated data and readable rules.

The Python API mirrors the command line: open a ``Session`` once, then call one act a question.

    from safeconduct import Session, determine
    answer = determine(Session(), request)     # the contract's JSON as a dict
"""

from safeconduct.acts.check import check
from safeconduct.acts.determine import determine
from safeconduct.acts.faults import Fault, RequestError
from safeconduct.acts.session import Session
from safeconduct.lawdata.overlay import OverlayError

__all__ = ["Fault", "OverlayError", "RequestError", "Session", "check", "determine"]
