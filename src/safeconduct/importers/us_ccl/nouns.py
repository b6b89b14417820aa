"""The parameter a comparison speaks of, as a short normal noun: "average output power", "wavelength".

The nearest known noun before the comparison wins, if it can be measured in the unit; failing that, up to three words
before it that end in a technical noun ("update rate"); failing that, the quantity its unit measures (a number in GHz
is a frequency). No noun, no limit.
"""

from __future__ import annotations

import re

from .units import fits

__all__ = ["noun_before"]

# Known nouns (regular expression -> name); at the same place the longer one wins.
_NOUNS: list[tuple[str, str]] = [
    (p, n)
    for p, n in [
        (r"wall-plug efficiency", ""), (r"average output power|average power output", "average output power"),
        (r"continuous wave(?: \(cw\))? output power|cw output power", "cw output power"),
        (r"single transverse mode(?: average| output)* power", "single-mode output power"),
        (r"multiple transverse mode(?: average| output)* power", "multi-mode output power"),
        (r"peak saturated power output", "saturated peak output power"), (r"peak power", ""), (r"rated power", ""),
        (r"output powers?|power outputs?", "output power"), (r"output energy", ""), (r"pulse energy", ""),
        (r"output wavelengths?", "output wavelength"), (r"peak response", "peak response wavelength"),
        (r"wavelength(?: range)?s?", "wavelength"), (r"spectral response", ""), (r"spectral range", ""),
        (r"fractional bandwidth", ""), (r"instantaneous bandwidth", ""), (r"real-time bandwidth", ""),
        (r"resolution bandwidth", ""), (r"analysis bandwidth", ""), (r"bandwidths?", "bandwidth"),
        (r"frequency switching time", ""), (r"frequency change", ""), (r"operating frequenc(?:y|ies)", "operating frequency"),
        (r"carrier frequenc(?:y|ies)", "carrier frequency"), (r"clock frequenc(?:y|ies)", "clock frequency"),
        (r"frequenc(?:y|ies)(?: range)?", "frequency"), (r"repetition rates?", "repetition rate"),
        (r"pulse durations?", "pulse duration"), (r"pulse widths?", "pulse width"), (r"rise times?", "rise time"),
        (r"response times?", "response time"), (r"time constant", "response time constant"), (r"turn[- ]on time", "turn-on time"),
        (r"exposure times?", "exposure time"), (r"switching (?:speed|time)", "switching time"), (r"settling time", ""),
        (r"sample rates?|sampling rates?", "sample rate"), (r"resolution", ""), (r"transfer rate", ""), (r"bit rate", ""),
        (r"framing rates?|frame rates?", "frame rate"), (r"recording rates?", "recording rate"), (r"data rates?", "data rate"),
        (r"duty cycle", ""), (r"phase noise", ""), (r"noise level", ""), (r"noise figure", ""), (r"insertion loss", ""),
        (r"sensitivit(?:y|ies)", "sensitivity"), (r"radiant sensitivity", ""), (r"quantum efficiency", ""),
        (r"source level", ""), (r"sound pressure level", "sound pressure level"), (r"field[s]? of view", "field of view"),
        (r"angle random walk", ""), (r"velocity random walk", ""), (r"bias stability", ""), (r"bias repeatability", ""),
        (r"scale factor (?:repeatability|error)", "scale factor repeatability"), (r"scale factor stability", ""),
        (r"bias", ""), (r"drift rate", ""), (r"angular rate", ""), (r"angular deviation", ""), (r"angular accelerations?", "angular acceleration"),
        (r"linear accelerations?", "linear acceleration"), (r"accelerations?(?: levels?)?", "acceleration"),
        (r"positioning accurac(?:y|ies)", "positioning accuracy"), (r"accurac(?:y|ies)", "accuracy"), (r"repeatability", ""),
        (r"stability", ""), (r"linearity", ""), (r"uncertainty", ""), (r"unidirectional positioning repeatability", ""),
        (r"overlay(?: accuracy)?", "overlay"), (r"straightness", ""), (r"run-?out", "runout"), (r"camming", ""),
        (r"travel length", ""), (r"working envelope", ""), (r"hole pitch", ""), (r"pixel pitch", ""), (r"gate length", ""),
        (r"feature size", ""), (r"minimum resolvable feature size", ""), (r"source wavelength", ""),
        (r"total processing performance", ""), (r"performance density", ""), (r"memory bandwidth density", ""),
        (r"adjusted peak performance", ""), (r"aggregate (?:one-way |two-way )?transfer rate|total digital transfer rate", "transfer rate"),
        (r"key length|length of(?: the)? key", "key length"), (r"specific modulus", ""), (r"specific tensile strength", ""),
        (r"ultimate tensile strength", ""), (r"tensile strength", ""), (r"yield strength", ""), (r"stress-rupture life", ""),
        (r"low cycle fatigue life", ""), (r"corrosion rate", ""), (r"elongation", ""), (r"glass transition temperature", ""),
        (r"melting (?:point|temperature)s?", "melting point"), (r"boiling point", ""), (r"flash point", ""),
        (r"ambient temperatures?", "ambient temperature"), (r"operating temperatures?", "operating temperature"),
        (r"(?:temperature range|temperatures?)", "temperature"), (r"critical temperature", ""),
        (r"maximum working pressures?", "maximum working pressure"), (r"operating pressures?", "operating pressure"),
        (r"chamber pressure", ""), (r"pressure ratios?", "pressure ratio"), (r"(?:pressures?)", "pressure"), (r"vacuum", ""),
        (r"inside diameters?|inner diameters?|internal diameters?", "inside diameter"),
        (r"outside diameters?|outer diameters?|external diameters?", "outside diameter"), (r"apertures?", "aperture"),
        (r"diameters?", "diameter"), (r"wall thickness(?:es)?", "wall thickness"), (r"thickness(?:es)?", "thickness"),
        (r"particle sizes?", "particle size"), (r"grain sizes?", "grain size"), (r"lengths?", "length"), (r"widths?", "width"),
        (r"heights?", "height"), (r"depths?", "depth"), (r"altitudes?", "altitude"), (r"barrel length", ""), (r"caliber", ""),
        (r"surface area", ""), (r"cross-sectional area", ""), (r"areas?", "area"), (r"total internal (?:\(geometric\) )?volume", "internal volume"),
        (r"volumetric capacity|capacity", "capacity"), (r"volumes?", "volume"), (r"flow[- ]rates?", "flow rate"), (r"mass flow", ""),
        (r"energy density", ""), (r"power density", ""), (r"charge density", ""), (r"storage modulus", ""),
        (r"density", ""), (r"purit(?:y|ies)", "purity"), (r"impurity content", ""), (r"gross vehicle weight rating", ""),
        (r"gross weight", ""), (r"payload", ""), (r"endurance", ""), (r"range", ""),
        (r"speeds?", "speed"), (r"velocit(?:y|ies)", "velocity"), (r"mach numbers?", "Mach number"), (r"thrust", ""), (r"torque", ""),
        (r"total impulse", ""), (r"specific impulse", ""), (r"specific fuel consumption", ""), (r"burst pressure", ""),
        (r"voltage rating|rated voltage", "voltage rating"), (r"(?:repetitive peak )?off-state (?:blocking )?voltage", "blocking voltage"),
        (r"peak voltage", ""), (r"voltages?", "voltage"), (r"peak current", ""), (r"beam current", ""), (r"current density", ""),
        (r"currents?", "current"), (r"capacitance", ""), (r"inductance", ""), (r"resistivity", ""), (r"resistance", ""),
        (r"conductivity", ""), (r"energy storage|stored energy", "stored energy"), (r"electron energy", ""), (r"magnetic induction", ""),
        (r"magnetic fields?", "magnetic field"), (r"figure of merit", ""), (r"absorption(?: coefficient)?", "absorption"),
        (r"reflectivity|reflectance", "reflectance"), (r"transmission", ""), (r"transmittance", ""), (r"optical (?:loss|attenuation)", "optical loss"),
        (r"attenuation", ""), (r"gain", ""), (r"efficiency", ""), (r"emissivity", ""), (r"total dose", ""), (r"dose rate(?: upset)?", "dose rate"),
        (r"single event upset", ""), (r"load(?:ing)? capacity", "load capacity"), (r"explosive load", ""), (r"net explosive quantity", ""),
        (r"mortality", ""), (r"pathogenicity index", ""), (r"sweep rate", ""), (r"tool speeds?", "tool speed"), (r"error rate", ""),
        (r"failure rate", ""), (r"isotopic? abundance", ""), (r"enrichment", ""), (r"\bnoise\b", "noise"), (r"weight", ""), (r"\bmass\b", "mass"),
        (r"\bforce\b", "force"), (r"\bpower\b", "power"), (r"\benergy\b", "energy"), (r"stroke", ""), (r"number of [\w-]+(?: [\w/-]+)?", ""),
        (r"quantum computers supporting", "physical qubits"), (r"c-not error", "C-NOT error"), (r"dielectric constant", ""),
        (r"displayed average noise level", ""), (r"laser induced damage threshold", "damage threshold"), (r"update rate", ""), (r"conversion rate", ""), (r"writing speeds?", "writing speed"), (r"durations?", "duration"), (r"pitch", ""),
        (r"current rate of rise", ""), (r"ratio of [\w ,-]+ to [\w ,-]+", "ratio"), (r"aspect ratio", ""), (r"precision", ""),
        (r"uniformity", ""), (r"numerical aperture", ""), (r"processing performance", ""), (r"work function", ""), (r"flatness", ""),
        (r"image placement", ""), (r"(?:surface )?roughness", ""), (r"group spacing", ""), (r"radiation dose", ""),
        (r"instantaneous fields? of view|ifov", "instantaneous field of view"), (r"fov", "field of view"),
        (r"erp", "effective radiated power"), (r"selectivity", ""), (r"lateral openings?", "lateral opening"), (r"resistive load", ""),
        (r"unbalance", ""), (r"vibration environments?", "vibration"), (r"bandpass", ""), (r"cutting radius", ""), (r"included angle", ""),
        (r"position(?:ing)? errors?", "position error"), (r"pointing errors?", "pointing error"), (r"error rates?", "error rate"), (r"aspect ratios?", "aspect ratio"),
        (r"side-?lobe (?:rejection|suppression|level)", ""), (r"nonlinear susceptibility", ""), (r"particles", ""), (r"nominal size", ""),
        (r"constitutes?", "share of the mixture"), (r"magnetic induction", ""), (r"explosive (?:core )?load", "explosive load"),
        (r"out-of-roundness", ""), (r"resistivit(?:y|ies)", "resistivity"), (r"relative permeability", ""), (r"line widths?", "line width"), (r"(?:isotopic )?impurity(?: levels?| content)?", ""), (r"q-values?", "Q-value"), (r"dimensions?", "dimension"), (r"magnification", ""), (r"framing rates?", "framing rate"),
        (r"latency", ""), (r"throughput", ""), (r"concentrations?", "concentration"), (r"magnetostriction", ""), (r"command link", "link distance"), (r"porosity", ""), (r"hardness", ""), (r"strain", ""), (r"stress", ""),
        (r"magazine capacity", ""), (r"spot size", ""), (r"beam divergence", ""), (r"pattern rate", ""), (r"swath width", ""), (r"displacement", ""),
    ]
]  # fmt: skip
_TABLE = [(re.compile(rf"\b(?:{pattern})(?!\w)", re.I), name) for pattern, name in _NOUNS]

# What a number in a unit measures, where no words say more.
_BY_UNIT = {
    "GHz": "frequency", "MHz": "frequency", "kHz": "frequency", "Hz": "frequency", "THz": "frequency",
    "W": "power", "kW": "power", "MW": "power", "mW": "power", "GW": "power",
    "V": "voltage", "kV": "voltage", "mV": "voltage", "A": "current", "kA": "current", "mA": "current",
    "J": "energy", "kJ": "energy", "mJ": "energy", "MJ": "energy", "MeV": "electron energy", "keV": "electron energy",
    "Pa": "pressure", "kPa": "pressure", "MPa": "pressure", "GPa": "pressure", "Torr": "pressure",
    "K": "temperature", "°C": "temperature", "kg": "mass", "N": "force", "kN": "force", "T": "magnetic induction",
    "kg/m": "mass per length", "g/m": "mass per length", "neutrons/s": "neutron output",
    "kn": "speed", "m/s": "speed", "km/h": "speed", "rpm": "rotational speed", "g/cm3": "density", "Gy(Si)": "total dose",
    "Gy(Si)/s": "dose rate", "rad(Si)": "total dose", "rad(Si)/s": "dose rate", "n/cm2": "neutron fluence", "WT": "adjusted peak performance",
    "bit": "word length", "frames/s": "frame rate", "km": "distance", "dBc/Hz": "phase noise", "year": "duration", "h": "duration",
}  # fmt: skip

_STOP = {
    "a", "an", "the", "of", "is", "are", "be", "being", "have", "has", "having", "with", "and", "or", "to", "in", "at", "by", "for", "from", "on",
    "that", "which", "than", "any", "all", "both", "each", "capable", "designed", "specified", "rated", "but", "as", "its", "their", "not", "no",
    "containing", "contain", "contains", "exceeding", "following", "more", "less", "when", "if", "within", "between", "other", "such", "it", "was",
    "were", "will", "can", "may", "must", "only", "also", "into", "using", "used", "use", "operate", "operating", "providing", "producing",
    "achieving", "maintaining", "modified", "specially", "one", "two", "measured", "over", "under", "up", "equal", "defined", "controlled",
    "maximum", "minimum", "total", "overall", "average", "mean", "peak", "excess", "better", "greater", "below", "above", "then", "where", "whose",
}  # fmt: skip


_MATERIALS = (
    "nickel|chromium|cobalt|tungsten|titanium|tantalum|niobium|zirconium|hafnium|beryllium|boron|silicon dioxide|silicon|iron|molybdenum|fluorine|silver|"
    "aluminum|magnesium|calcium|rhenium|bismuth|carbon|nitrogen|hydrogen|chlorine|lithium|deuterium|graphite|uranium|vanadium"
)
_AFTER = re.compile(
    rf"^\s*,?\s*(?:or (?:more|greater|higher|less),?\s*)?(?:by (?:weight|mass|volume),?\s*)?(?:or (?:more|greater|higher|less)\s*)?"
    rf"(?:of\s+)?(?:the\s+)?(?P<material>{_MATERIALS})\b",
    re.I,
)
_BY = re.compile(r"^\s*,?\s*(?:or (?:more|greater|higher|less),?\s*)?by (weight|mass|volume)\b", re.I)
_MEASURE_AFTER = re.compile(
    r"^(?:\s*\([^()]*\))?\s*,?\s*(?:or (?:more|less|greater|larger|smaller)\s+)?(?:in\s+)?"
    r"(?P<n>diameter|length|thickness|width|height|depth|mortality|payload|volume|time resolution|frame exposure time|thick|long|wide|high|deep)\b",
    re.I,
)
_ADJECTIVE = {"thick": "thickness", "long": "length", "wide": "width", "high": "height", "deep": "depth"}
_TECHNICAL = re.compile(
    r"(?:rate|time|size|level|ratio|factor|content|loss|life|error|index|coefficient|constant|field|angle|increment|dose|fluence"
    r"|strength|stability|interval|spacing|separation|distance|delay|deviation|tolerance)s?$"
)


def noun_before(before: str, unit: str | None, after: str = "", *, any_unit: bool = False) -> str:
    """The parameter noun of a comparison; "" when there is none.

    Args:
        before: the words between the comparison before (or the start of the paragraph) and this one.
        unit: canonical unit of the value, or None.
        after: the words after the value and its unit ("% by weight of nickel", "mm in diameter").
        any_unit: the unit is not known yet, so any noun fits.
    """
    clause = re.split(r"[;:]", before)[-1][-160:]
    best: tuple[int, int, str] | None = None
    for pattern, name in _TABLE:
        for match in pattern.finditer(clause):
            key = (match.end(), match.end() - match.start(), name or match.group(0).lower())
            if (best is None or key[:2] > best[:2]) and (any_unit or fits(key[2], unit)):
                best = key
    phrase = _phrase(clause)
    technical = bool(phrase and _TECHNICAL.search(phrase) and (any_unit or fits(phrase, unit)))
    if best is not None and not (unit == "%" and len(clause) - best[0] > 25 and _AFTER.match(after)):
        later = re.sub(r"\([^()]*\)", "", clause[best[0] :]).lower()
        nearer = technical and phrase.split()[-1] in later and not phrase.endswith(("level", "levels"))
        return phrase if nearer and (best[2] not in phrase or "ratio" in phrase) else best[2]
    measure = _MEASURE_AFTER.match(after)
    if measure:
        word = measure.group("n").lower()
        return _ADJECTIVE.get(word, word)
    if technical:
        return phrase
    if unit in {"%", "ppm", "ppb"}:
        material = _AFTER.match(after)
        if material:
            return material.group("material").lower() + " content"
        share = _BY.match(after)
        if share:
            return "share by " + share.group(1).lower()
    return _BY_UNIT.get(unit or "", "")


def _phrase(clause: str) -> str:
    """The last one to three words of a clause that are not function words."""
    words: list[str] = []
    for word in reversed(re.findall(r"[\w°/%.-]+|[,()]", clause.lower())):
        plain = word.strip(".-/")
        if not plain:
            continue
        if plain in _STOP or plain in ",()" or re.search(r"\d", plain):
            if words:
                break
            continue
        words.append(plain)
        if len(words) == 3:
            break
    return " ".join(reversed(words))
