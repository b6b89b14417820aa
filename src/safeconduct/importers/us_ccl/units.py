"""The closed table of units: how the list prints them, and the one form they get here.

A unit that is not in the table is not a unit for the reader of limits, which then leaves the limit out.
"""

from __future__ import annotations

import re

__all__ = ["COUNT_NOUN", "UNIT", "canonical_unit", "fits"]

# printed form (a regular expression, case-sensitive) -> canonical form
_UNITS: list[tuple[str, str]] = [
    # compound units first: the longest printed form wins
    (r"rad \(radians\)/s\^2", "rad/s2"), (r"dBc/Hz", "dBc/Hz"), (r"dBm/Hz", "dBm/Hz"), (r"dB/m\b", "dB/m"), (r"dBm\b", "dBm"), (r"dBi\b", "dBi"),
    (r"dB\s*\((?:reference|referenced to|ref\.?:?|re)\s*1\s*µPa(?: at 1 m)?\)(?: at 1 m)?", "dB re 1 µPa"),
    (r"d[Bb]\b|Db\b", "dB"),
    (r"Gy\s?\((?:Si|silicon)\)/s", "Gy(Si)/s"), (r"Gy\s?\((?:Si|silicon)\)", "Gy(Si)"),
    (r"[Rr]ads?\s?\((?:Si|silicon)\)/s(?:ec)?", "rad(Si)/s"), (r"[Rr]ads?\s?\((?:Si|silicon)\)", "rad(Si)"),
    (r"n/cm\^2", "n/cm2"), (r"protons/cm\^2", "protons/cm2"), (r"errors/bit/day", "errors/bit/day"),
    (r"nT\s?\(rms\)(?:/| per )square root Hz", "nT/√Hz"), (r"pT\s?\(rms\)(?:/| per )square root Hz", "pT/√Hz"),
    (r"degrees?/hr/square root(?: of)? hr|degrees? per square root hour", "deg/√h"),
    (r"degrees? per hour|degrees?/h(?:ou)?r", "deg/h"), (r"degrees? per second|degrees?/s(?:ec)?\b", "deg/s"),
    (r"nautical miles? per hour|nautical miles?/h(?:ou)?r", "nmi/h"), (r"nautical miles", "nmi"),
    (r"kg/cm\^2", "kg/cm2"), (r"kg/m\^3", "kg/m3"), (r"g/cm\^3", "g/cm3"), (r"g/ml", "g/ml"), (r"g/m\b", "g/m"),
    (r"kW/kg", "kW/kg"), (r"kW/m\^3", "kW/m3"), (r"kW/cm\^?2", "kW/cm2"), (r"W/cm\^2", "W/cm2"), (r"W/m\^2", "W/m2"), (r"W/mm\^2", "W/mm2"),
    (r"W/\(?m[\s·]?K\)?", "W/(m·K)"), (r"J/cm\^2", "J/cm2"), (r"J/kg", "J/kg"), (r"kJ/kg", "kJ/kg"), (r"MJ/kg", "MJ/kg"),
    (r"Wh/kg", "Wh/kg"), (r"A/mm\^2", "A/mm2"), (r"A/cm\^2", "A/cm2"), (r"A/µs", "A/µs"), (r"kA/µs", "kA/µs"),
    (r"mA/W", "mA/W"), (r"µA/lm", "µA/lm"), (r"V/µs", "V/µs"), (r"m/s\^2", "m/s2"),
    (r"mm/s\b", "mm/s"), (r"m/s(?:ec)?\b", "m/s"), (r"km/s\b", "km/s"), (r"km/h\b", "km/h"),
    (r"(?:mm|millimeters?) per minute|mm/min", "mm/min"), (r"mm/year", "mm/year"), (r"/month", "1/month"),
    (r"m\^3/h(?:r|our)?\b", "m3/h"), (r"m\^3/s", "m3/s"), (r"m\^3/min", "m3/min"),
    (r"liters per minute|l/min", "l/min"), (r"liters per hour|l/h\b", "l/h"), (r"liters per second|l/s\b", "l/s"),
    (r"kg per minute", "kg/min"), (r"kg per hour|kg/h\b", "kg/h"), (r"revolutions per minute|rpm|r\.p\.m\.", "rpm"),
    (r"cm\^3", "cm3"), (r"mm\^3", "mm3"), (r"m\^3", "m3"), (r"cm\^2", "cm2"), (r"mm\^2", "mm2"), (r"m\^2", "m2"),
    (r"µm\^2", "µm2"), (r"m\^-1", "1/m"), (r"cm\^-1", "1/cm"),
    (r"W/kg", "W/kg"), (r"kg per meter", "kg/m"), (r"mm/µs", "mm/µs"), (r"(?:µm|micrometers?|microns?) per minute", "µm/min"),
    (r"g/cc", "g/cm3"), (r"MJ/[mM]\^3", "MJ/m3"), (r"[Ee]rrors?/bit/day", "errors/bit/day"), (r"kg N\^-1 h\^-1", "kg/(N·h)"),
    (r"nT/m\s?\(rms\) per square root Hz", "nT/m/√Hz"), (r"(?:full )?frames per second", "frames/s"), (r"million words per second", "Mword/s"),
    (r"bit/s per channel", "bit/s per channel"), (r"GW per pulse", "GW"), (r"(?:seconds? of arc)", "arcsec"), (r"minutes? of arc", "arcmin"),
    (r":1\b", "ratio"), (r"cubic meters?", "m3"), (r"J per pulse", "J/pulse"), (r"mJ per pulse", "mJ/pulse"), (r"/K\b", "1/K"), (r"N/m\^2", "N/m2"), (r"kN/kg", "kN/kg"), (r"kN/mm\^2", "kN/mm2"), (r"lx\b", "lx"),
    (r"m/V", "m/V"), (r"S/m", "S/m"), (r"ohms?/square", "ohm/square"), (r"ohm[- ]cm\b", "ohm·cm"),
    (r"ohm[- ]m(?:eter)?\b", "ohm·m"),
    (r"Mbits?/s|megabits? per second|Mbps", "Mbit/s"), (r"Gbits?/s|gigabits? per second|Gbps", "Gbit/s"),
    (r"kbits?/s|kilobits? per second", "kbit/s"), (r"bits? per second", "bit/s"),
    (r"Mbytes?/s", "Mbyte/s"), (r"Gbytes?/s|gigabytes per second(?! per)", "Gbyte/s"),
    (r"gigabytes per second per square millimeter", "Gbyte/s/mm2"), (r"Giga Pixels/s", "Gpixel/s"),
    (r"Weighted TeraFLOPS(?: \(WT\))?|WT\b", "WT"), (r"GFLOPS", "GFLOPS"), (r"TOPS", "TOPS"), (r"Mtops", "Mtops"),
    (r"Giga Samples Per Second(?: \(GSPS\))?|GSPS", "GSPS"), (r"Mega Samples Per Second(?: \(MSPS\))?|MSPS", "MSPS"),
    (r"frames/s(?:econd)?", "frames/s"), (r"samples per second", "samples/s"),
    (r"bytes?\b", "byte"), (r"Mbytes?\b", "Mbyte"), (r"Mbits?\b", "Mbit"), (r"kbits?\b", "kbit"), (r"[- ]?bits?\b", "bit"),
    (r"parts per billion|ppb\b", "ppb"), (r"parts per million|ppm\b", "ppm"), (r"micro g\b|µg\b", "µg"), (r"milli g\b", "mg"),
    (r"g rms\b|g \(rms\)", "g rms"), (r"nm rms\b", "nm rms"), (r"µm rms\b", "µm rms"),
    (r"%", "%"), (r"percent\b|per cent\b", "%"),
    (r"GHz\b", "GHz"), (r"MHz\b", "MHz"), (r"kHz\b", "kHz"), (r"THz\b", "THz"), (r"Hz\b|[Hh]ertz\b", "Hz"),
    (r"GW\b", "GW"), (r"MW\b", "MW"), (r"kW\b|kilowatts?\b", "kW"), (r"mW\b", "mW"), (r"µW\b", "µW"), (r"nW\b", "nW"),
    (r"W\b|[Ww]atts?\b", "W"),
    (r"MV\b", "MV"), (r"kV\b", "kV"), (r"mV\b", "mV"), (r"V\b|[Vv]olts?\b", "V"),
    (r"MeV\b", "MeV"), (r"keV\b", "keV"), (r"GeV\b", "GeV"), (r"eV\b", "eV"),
    (r"kA\b", "kA"), (r"mA\b", "mA"), (r"nA\b", "nA"), (r"A\b|[Aa]mperes?\b|[Aa]mps\b", "A"),
    (r"kJ\b", "kJ"), (r"MJ\b", "MJ"), (r"mJ\b", "mJ"), (r"J\b|[Jj]oules?\b", "J"),
    (r"TPa\b", "TPa"), (r"GPa\b", "GPa"), (r"MPa\b", "MPa"), (r"kPa\b", "kPa"), (r"mPa\b", "mPa"), (r"µPa\b", "µPa"),
    (r"Pa\b", "Pa"), (r"[Tt]orr\b", "Torr"), (r"bars?\b", "bar"), (r"psi\b", "psi"), (r"atmospheres?\b|atm\b", "atm"),
    (r"kN\b", "kN"), (r"MN\b", "MN"), (r"Ns\b", "N·s"), (r"N\b|[Nn]ewtons?\b", "N"),
    (r"µF\b", "µF"), (r"nF\b", "nF"), (r"pF\b", "pF"), (r"nH\b", "nH"), (r"µH\b", "µH"), (r"T\b|[Tt]esla\b", "T"),
    (r"nT\b", "nT"), (r"pT\b", "pT"),
    (r"[Mm]egohms?\b", "Mohm"), (r"ohms?\b|Ω", "ohm"), (r"GBq\b", "GBq"), (r"Ci\b", "Ci"),
    (r"°\s?C\b|degrees C(?:elsius)?\b", "°C"), (r"°\s?F\b", "°F"), (r"K\b|[Kk]elvin\b", "K"),
    (r"milliarcsec(?:onds?)?\b", "milliarcsec"), (r"arc[- ]?seconds?\b", "arcsec"), (r"arc[- ]?minutes?\b", "arcmin"),
    (r"µrad(?:ians?)?\b(?: \(microradians?\))?|microradians?\b", "µrad"), (r"mrad\b|milliradians?\b", "mrad"),
    (r"degrees?\b(?! of)|°(?!\s?[CF]\b)", "deg"), (r"[Rr]ads?\b", "rad"),
    (r"micrometers?\b|microns?\b|µm\b", "µm"), (r"nanometers?\b|nm\b", "nm"), (r"pm\b", "pm"),
    (r"millimeters?\b|mm\b", "mm"), (r"centimeters?\b|cm\b", "cm"), (r"kilometers?\b|km\b", "km"), (r"meters?\b|m\b", "m"),
    (r"inches\b|inch\b|in\.(?= |$|\))", "in"), (r"feet\b|foot\b|ft\b", "ft"), (r"caliber\b", "in"),
    (r"milliseconds?\b|ms\b", "ms"), (r"microseconds?\b|µs\b", "µs"), (r"nanoseconds?\b|ns\b", "ns"),
    (r"picoseconds?\b|ps\b", "ps"), (r"fs\b", "fs"), (r"hours?\b|hrs?\b", "h"), (r"minutes?\b", "min"),
    (r"seconds?\b|sec\b|s\b", "s"), (r"years?\b", "year"), (r"days\b", "day"),
    (r"kilograms?\b|kg\b", "kg"), (r"milligrams?\b|mg\b", "mg"), (r"grams?\b", "g (mass)"), (r"pounds?\b|lbs?\.?\b", "lb"),
    (r"metric tons?\b|tonnes?\b", "t"), (r"grains per foot", "grains/ft"),
    (r"liters?\b|litres?\b", "l"), (r"ml\b", "ml"), (r"gallons?\b", "gal"), (r"knots?\b", "kn"), (r"cycles\b", "cycles"),
    (r"kVA\b", "kVA"), (r"VA\b", "VA"), (r"[hH][pP]\b|horsepower", "hp"), (r"neutrons/s", "neutrons/s"), (r"milligals?\b|mGal\b", "mGal"),
    (r"microgals?\b|µGal\b", "µGal"), (r"square meters?", "m2"), (r"bit/s/Hz", "bit/s/Hz"), (r"conversions/s", "conversions/s"), (r"g\b", "g"),
]  # fmt: skip

# Nouns a plain count may stand before: "three or more contouring axes".
COUNT_NOUN = (
    r"axes|channels?|elements|stages?|shafts|rotors?|detectors?|processors|terminals|lanes|bits|mirrors|layers|pixels"
    r"|fibers|electrodes|digits|rounds|barrels|tubes|chambers|wavelengths|spectral bands|antennas?|qubits|outputs|inputs"
    r"|dimensions|conductors|plates|beams|nozzles|rolls|hydrophones|actuators|active pixels"
)

# A space or hyphen may part number and unit; "" (no unit) is allowed and gives null.
UNIT = (
    r"(?:[\s-]?(?:"
    + "|".join(f"(?-i:{printed})" for printed, _ in _UNITS)
    + r")(?!\s?[/^·*]|-[a-zA-Z]|\s+(?:\([^()]*\)\s*)?(?:/|per\b)|[\w²³]))?"
)

_TABLE = [(re.compile(printed), name) for printed, name in _UNITS]


_LENGTH: set[str | None] = {"pm", "nm", "µm", "mm", "cm", "m", "km", "in", "ft", "nm rms", "µm rms"}
_PARTS: set[str | None] = {"%", "ppm", "ppb"}
# Nouns (the end of them) that only take units of these kinds; a noun that is not here takes any.
_KINDS: list[tuple[str, set[str | None]]] = [
    (r"numerical aperture|number of .*", {None, "count"}),
    (r"pulse width", {"s", "ms", "µs", "ns", "ps", "fs"}),
    (r"bandwidths?", {"Hz", "kHz", "MHz", "GHz", "THz", "%", "nm", "1/cm"}),
    (r"endurance", {"h", "min", "s"}),
    (r"thrust|force", {"N", "kN", "MN", "lb"}),
    (r"frequency|frequency change|bandwidth", {"Hz", "kHz", "MHz", "GHz", "THz", "%", "Hz/s"}),
    (r"temperature|melting point|boiling point|flash point", {"K", "°C", "°F"}),
    (r"wavelength|thickness|diameter|width|length|height|depth|altitude|pitch|aperture|size", _LENGTH | {"bit", "ft"}),
    (r"voltage|voltage rating", {"V", "kV", "MV", "mV", "keV", "MeV"}),
    (r"current|current rating", {"A", "kA", "mA", "nA"}),
    (r"power", {"VA", "kVA", "hp", "W", "kW", "MW", "GW", "mW", "µW", "nW", "TW", "dBm"}),
    (r"output energy|pulse energy|stored energy|energy", {"J", "kJ", "MJ", "mJ", "J/pulse", "mJ/pulse", "MeV", "keV", "eV", "GeV"}),
    (r"pressure|strength|stress|modulus", {"Pa", "kPa", "MPa", "GPa", "TPa", "mPa", "µPa", "Torr", "bar", "psi", "atm", "N/m2", "m", "kN/mm2"}),
    (r"duration|time|latency", {"s", "ms", "µs", "ns", "ps", "fs", "min", "h", "day", "year"}),
    (r"mass|weight|payload", {"kg", "g (mass)", "mg", "lb", "t", *_PARTS}),
    (r"volume|capacity", {"m3", "cm3", "mm3", "l", "ml", "gal", "rounds", "m3/h", "kg", "t", "Mbit", "Gbyte", "Mbyte", "count", "MPa", "MN", "kN", "N", "%"}),
    (r"density", {"g/cm3", "kg/m3", "g/ml", "W/kg", "kW/kg", "J/kg", "kJ/kg", "MJ/kg", "Wh/kg", "MJ/m3", "kW/m3", "W/m2", "W/cm2", "W/mm2",
                  "A/mm2", "A/cm2", "J/cm2", "Gbyte/s/mm2", "kN/kg", None}),
    (r"range", {"km", "m", "nmi"}),
    (r"speed|velocity", {"GFLOPS", None, "m/s", "km/s", "mm/s", "km/h", "kn", "rpm", "mm/min", "mm/µs", "Mach", "m3/s", "m3/h", "l/s", "nmi/h", "l/min"}),
    (r"flow rate", {"l/min", "l/h", "l/s", "m3/h", "m3/s", "m3/min", "kg/min", "kg/h"}),
    (r"area", {"m2", "cm2", "mm2", "µm2"}),
    (r"resistivity", {"ohm·cm", "ohm·m", "ohm/square", "ohm"}),
    (r"acceleration", {"g", "g rms", "m/s2", "µg", "mg", "rad/s2"}),
    (r"efficiency|duty cycle|mortality|elongation|purity|enrichment", {"%"}),
    (r"total processing performance|aspect ratio|figure of merit|pressure ratio|ratio|index", {None, "ratio", "%", "ppm"}),
]  # fmt: skip
_KIND_TABLE = [(re.compile(rf"(?:^|.*\b)(?:{noun})$"), units) for noun, units in _KINDS]


def fits(what: str, unit: str | None) -> bool:
    """Whether a parameter can be measured in the unit; True for nouns the table does not know."""
    for pattern, units in _KIND_TABLE:
        if pattern.fullmatch(what):
            return unit in units
    return True


def canonical_unit(printed: str | None) -> str | None:
    """The canonical unit, or None for no unit.

    Raises:
        ValueError: not a unit of the table (a fault of the caller: `UNIT` only matches these).
    """
    text = (printed or "").strip().lstrip("-")
    if not text:
        return None
    for pattern, name in _TABLE:
        if pattern.fullmatch(text):
            return name
    raise ValueError(f"{text!r} is not in the table of units")
