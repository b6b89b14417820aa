"""Where the publication stands. The importer itself never goes to the network: it reads a file already fetched."""

from __future__ import annotations

__all__ = ["ECFR_DATES", "ECFR_SUPPLEMENT_XML"]

# The official eCFR service of the Office of the Federal Register; {date} is an ISO day of the Code.
ECFR_SUPPLEMENT_XML = (
    "https://www.ecfr.gov/api/versioner/v1/full/{date}/title-15.xml?part=774&appendix=Supplement+No.+1+to+Part+774"
)
# Days on which title 15 was amended.
ECFR_DATES = "https://www.ecfr.gov/api/versioner/v1/versions/title-15.json?part=774"
