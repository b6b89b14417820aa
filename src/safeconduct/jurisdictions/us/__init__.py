"""United States: the EAR whole, and beside it what of OFAC and the ITAR an exporter meets first."""

from safeconduct.jurisdictions.us.manifest import MANIFEST

__all__ = ["MANIFEST"]
