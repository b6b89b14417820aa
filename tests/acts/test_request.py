"""Reading a request: each type right and wrong, every fault with its path, nothing crashes, nothing is cut."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from safeconduct.acts.faults import Fault, RequestError, shown
from safeconduct.acts.request import Countries, ParsedLine, malformed, parse_request, split_items
from safeconduct.acts.session import Session
from safeconduct.lawdata import embedded_folder
from safeconduct.model import FrozenMap, Listing, Money, Quantity

CODE = "item.classification.us"


@cache
def session() -> Session:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Session(embedded_folder())


def read(request: Any) -> ParsedLine:
    s = session()
    return parse_request(request, s.engine.vocabulary, s.countries, s.codes)


def nested(path: str, value: Any) -> dict[str, Any]:
    for part in reversed(path.split(".")):
        value = {part: value}
    return dict(value)


def cell(path: str, value: Any) -> Any:
    line = read(nested(path, value))
    assert not line.unknown_names
    return line.cells.get(path)


def faults(request: Any) -> list[Fault]:
    with pytest.raises(RequestError) as e:
        read(request)
    return e.value.faults


RIGHT: list[tuple[str, Any, Any]] = [
    ("activity", "export", "export"),
    ("date", "2026-08-03", date(2026, 8, 3)),
    ("date", date(2026, 8, 3), date(2026, 8, 3)),
    ("date", "0001-01-01", date(1, 1, 1)),
    ("date", "9999-12-31", date(9999, 12, 31)),
    ("destination", "cn", "CN"),
    ("destination", " NO ", "NO"),
    ("destination", "UA-43", "UA-43"),
    ("route", ["SG", "my"], ("SG", "MY")),
    ("route", [], ()),
    (CODE, "3a001.B.2", "3A001.b.2"),
    (CODE, "ear 99", "EAR99"),
    (CODE, "xi(A)(3)", "XI(a)(3)"),
    ("item.value", {"amount": "4200.00", "currency": "usd"}, Money(Decimal("4200.00"), "USD")),
    ("item.value", {"amount": 5, "currency": "EUR", "usd": "5.5"}, Money(Decimal(5), "EUR", Decimal("5.5"))),
    ("item.value", {"amount": 0, "currency": "USD"}, Money(Decimal(0), "USD")),
    ("item.parameters.barrel_length", {"value": "18", "unit": "in"}, Quantity(Decimal(18), "in")),
    ("item.parameters.barrel_length", 18, Quantity(Decimal(18), "in")),
    ("item.parameters.barrel_length", "18.5", Quantity(Decimal("18.5"), "in")),
    ("item.parameters.nobody_knows_it", {"value": 5, "unit": "GSPS"}, Quantity(Decimal(5), "GSPS")),
    ("item.parameters.nobody_knows_it", {"flag": True}, FrozenMap({"flag": True})),
    ("item.quantity", 2, Decimal(2)),
    ("end_use.military", False, False),
    ("end_use.description", "🛰️ nach Köln\x00", "🛰️ nach Köln\x00"),
    ("diligence", "complete", "complete"),
]


@pytest.mark.parametrize(("path", "given", "expected"), RIGHT)
def test_right_values(path: str, given: Any, expected: Any) -> None:
    assert cell(path, given) == expected


@pytest.mark.parametrize("path", sorted({p for p, _, _ in RIGHT}))
def test_null_is_not_known_and_the_same_as_an_absent_key(path: str) -> None:
    assert cell(path, None) is None
    assert path not in read(nested(path, None)).cells


BAD_NUMBERS = [
    "NaN", "Infinity", "-Infinity", float("nan"), float("inf"), "", "  ", "five", "1_000", "1,000", "٣", "1e99", 10**60, "9" * 300,
    "5" + " " * 200 + "000000", "0." + "0" * 300 + "1", "1.0.0", "0x10", True, [], {}, [5], {"value": None},
]  # fmt: skip
WRONG: list[tuple[str, Any]] = [
    *(("activity", v) for v in ("exports", "EXPORT", 1, True, [], {}, "")),
    *(
        ("date", v)
        for v in (
            "2026-02-30", "2026-13-01", "26-08-03", "2026-W01-1", "2026-08-03T10:00:00", "20260803", "3 August 2026", "", 20260803,
            "２０２６-08-03", "10000-01-01", "0000-01-01", [], {}, True, 1e300,
        )
    ),
    *(
        ("destination", v)
        for v in ("XX", "CHN", "China", "C", "", "ß", "ﬁ", "C\x00N", "CN\u200b", "UA-99", 86, ["CN"], {"code": "CN"}, True, "🇨🇳")
    ),
    *(("route", v) for v in ("SG", {"a": "SG"}, ["SG", "Singapore"], ["SG", 5], [["SG"]], 0)),
    *((CODE, v) for v in ("3A01", "A3001", "3F001", "3A001.b_2", "EAR 100", "", "🛰️", "3A001.b.2; drop table")),
    *(("item.value", v) for v in (4200, "4200 USD", [], {}, {"currency": "USD"}, {"amount": "1"}, {"amount": "1", "currency": ""})),
    *(("item.value", {"amount": v, "currency": "USD"}) for v in BAD_NUMBERS),
    *(("item.value", v) for v in (
        {"amount": -1, "currency": "USD"}, {"amount": 1, "currency": "dollars"}, {"amount": 1, "currency": 840},
        {"amount": 9999, "currency": "EUR", "usd": -1}, {"amount": 9999, "currency": "EUR", "usd": "NaN"},
    )),
    *(("item.parameters.barrel_length", v) for v in BAD_NUMBERS),
    *(("item.parameters.barrel_length", {"value": v, "unit": "in"}) for v in BAD_NUMBERS),
    *(("item.parameters.barrel_length", {"value": 18, "unit": u}) for u in ("kg", "furlongs per parsec", "x" * 1_000_000, 5, ["in"])),
    *(("item.parameters.nobody_knows_it", v) for v in (float("nan"), "NaN", "-Infinity", {"value": "inf", "unit": "GSPS"}, 10**60)),
    *(("end_use.military", v) for v in ("true", "yes", 0, 1, [], {}, "")),
    *(("end_use.description", v) for v in (5, True, [], {}, "x" * 10_000_000)),
    *(("diligence", v) for v in ("done", True, ["complete"])),
]  # fmt: skip


@pytest.mark.parametrize(("path", "given"), WRONG)
def test_wrong_values_are_faults_that_name_the_field_and_what_is_expected(path: str, given: Any) -> None:
    found = faults(nested(path, given))
    assert found
    for f in found:
        assert f.where.startswith(path)
        assert f.expected
        assert "\n" not in str(f)
        assert str(f).isprintable()
        assert len(str(f)) < 700


def test_every_fault_is_collected() -> None:
    request = {
        "activity": "send", "date": "soon", "destination": "Chinna", "diligence": "some", "id": {"a": 1}, "jurisdictions": "US",
        "item": {"classification": {"us": "3A01"}, "origin": 5, "value": {"amount": "x", "currency": "USD"}},
        "parties": [{"role": "buyer", "country": "XX", "listed": [{"status": "maybe", "list": "l"}, 7]}, "Acme"],
        "end_use": {"military": "no"},
    }  # fmt: skip
    where = {f.where for f in faults(request)}
    assert where == {
        "activity", "date", "destination", "diligence", "id", "jurisdictions", CODE, "item.origin", "item.value.amount",
        "parties[0].role", "parties[0].country", "parties[0].listed[0].status", "parties[0].listed[1]", "parties[1]",
        "end_use.military",
    }  # fmt: skip


@pytest.mark.parametrize("request_", [None, [], "{}", 5, True, float("nan")])
def test_a_request_is_an_object(request_: Any) -> None:
    assert faults(request_)[0].where == "request"


# -- names ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("Ukraine (Crimea region)", "UA-43"), ("ukraine  (crimea REGION)", "UA-43"), ("Crimea", "UA-43"), ("Donetsk", "UA-14"),
        ("Germany", "DE"), ("Chinna", "CN"), ("Brasil", "BR"),
    ],
)  # fmt: skip
def test_a_country_by_name_is_a_fault_that_suggests_its_code(given: str, code: str) -> None:
    (fault,) = faults({"destination": given})
    assert f"'{code}'" in fault.hint


def test_a_name_with_line_breaks_does_not_break_the_line_of_its_fault() -> None:
    (fault,) = faults({"destination": "Ukraine\n(Crimea region)"})
    assert "'UA-43'" in str(fault)
    assert "\n" not in str(fault)


@pytest.mark.parametrize(
    ("request_", "name", "near"),
    [
        ({"end_use": {"militry": True}}, "end_use.militry", "end_use.military"),
        ({"desination": "CN"}, "desination", "destination"),
        ({"parties": [{"roll": "end_user"}]}, "parties[0].roll", "parties[].role"),
        ({"item": {"classification": {"uss": "EAR99"}}}, "item.classification.uss", "item.classification.us"),
        # A party's field is read inside its party only; as a name of its own it would escape the reader of listings.
        ({"parties": [{}], "parties[0].listed": [{"list": "us.entity_list"}]}, "parties[0].listed", "parties[].listed"),
        ({"parties[].listed": []}, "parties[].listed", "parties[].listed"),
    ],
)
def test_an_unknown_name_is_kept_with_the_nearest_known(request_: Any, name: str, near: str) -> None:
    line = read(request_)
    ((got, nearest),) = line.unknown_names
    assert got == name
    assert near in nearest


def test_notes_and_private_names_are_passed_over() -> None:
    assert not read(
        {"note": "n", "x_po": 1, "_row": 2, "$schema": "s", "parties": [{"name": "A", "aliases": ["B"]}]}
    ).unknown_names


def test_the_same_fact_given_twice_differently_is_a_fault() -> None:
    (fault,) = faults({"item": {"origin": "US"}, "item.origin": "CN"})
    assert fault.where == "item.origin"
    assert read({"item": {"origin": "US"}, "item.origin": "US"}).cells["item.origin"] == "US"


# -- what is no request at all -------------------------------------------------------------------------------
def deep(n: int) -> Any:
    value: Any = 1
    for _ in range(n):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [40, 500, 100_000])
@pytest.mark.parametrize("where", ["note", "id", "item", "nobody", "parties"])
def test_deep_nesting_is_a_fault(depth: int, where: str) -> None:
    (fault,) = faults({where: deep(depth)})
    assert "levels" in fault.given


def test_a_request_that_holds_itself_is_a_fault() -> None:
    request: dict[str, Any] = {"item": {}}
    request["item"]["item"] = request
    assert "levels" in faults(request)[0].given


@pytest.mark.parametrize("value", [{1, 2}, b"CN", object(), datetime(2026, 8, 3, 10), 1j])
def test_what_is_not_json_is_a_fault(value: Any) -> None:
    (fault,) = faults({"date": value})
    assert fault.where == "date"
    assert malformed({"a": ["x", {"b": value}]}) is not None


def test_odd_keys_do_not_crash() -> None:
    line = read(
        {"": 1, "a.b.c": 2, ".": 3, "\x00": 4, "\ud800": 5, "💥" * 1000: 6, "item": {"": {"": 1}}, "[0]": 7, 8: 9}
    )
    assert len(line.unknown_names) == 9


def test_ten_megabytes_of_text_are_refused_or_carried() -> None:
    big = "x" * 10_000_000
    assert "10000000 characters" in faults({"end_use": {"description": big}})[0].given
    for path in ("destination", CODE, "activity", "date"):
        assert len(str(faults(nested(path, big))[0])) < 500
    assert len(read({big: 1}).unknown_names[0][0]) == 200


@pytest.mark.parametrize("bad", ["\ud800", "a\udfffb", "\x1b[31mred", "a\r\nb", "\u202eabc"])
def test_a_shown_value_is_one_printable_line(bad: str) -> None:
    assert shown(bad).isprintable()
    assert shown([bad]).isprintable()
    assert str(Fault("a\nb", shown(bad), "x", "y\nz")).isprintable()
    assert shown(10**5000)
    assert shown(deep(100_000))


# -- parties, listings, owners -------------------------------------------------------------------------------
def test_listings_and_owners() -> None:
    line = read(
        {
            "parties": [
                {
                    "role": "end_user",
                    "listed": [
                        {
                            "list": "us.entity_list",
                            "entry": "E",
                            "status": "true_match",
                            "footnotes": [4],
                            "covers": "all_items",
                        }
                    ],
                    "owners": [{"name": "O", "share": "30.5", "country": "cn", "listed": []}],
                },
                {"listed": [], "owners": []},
                {},
            ]
        }
    )
    assert line.cells["parties"] == 3
    assert line.cells["parties[0].listed"] == (Listing("us.entity_list", "true_match", "E", "all_items", ("4",)),)
    (owner,) = line.cells["parties[0].owners"]  # type: ignore[misc, union-attr]
    assert (owner.share, owner.country, owner.listed) == (Decimal("30.5"), "CN", ())
    assert line.cells["parties[1].listed"] == line.cells["parties[1].owners"] == ()
    assert "parties[2].listed" not in line.cells


@pytest.mark.parametrize(
    ("party", "where"),
    [
        ({"listed": True}, "listed"), ({"listed": "none"}, "listed"), ({"listed": [{}]}, "listed[0]"), ({"listed": [{"list": 5}]}, "listed[0]"),
        ({"listed": [{"list": "l", "footnotes": "4"}]}, "listed[0].footnotes"), ({"listed": [{"list": "l", "address_only": 1}]}, "listed[0].address_only"),
        ({"owners": {"name": "O"}}, "owners"), ({"owners": ["O"]}, "owners[0]"), ({"owners": [{"share": 101}]}, "owners[0].share"),
        ({"owners": [{"share": -1}]}, "owners[0].share"), ({"owners": [{"share": "NaN"}]}, "owners[0].share"),
        ({"owners": [{"country": "Chinna"}]}, "owners[0].country"), ({"owners": [{"listed": [5]}]}, "owners[0].listed[0]"), ({"name": 5}, "name"),
    ],
)  # fmt: skip
def test_faults_of_parties(party: Any, where: str) -> None:
    assert [f.where for f in faults({"parties": [{}, party]})] == [f"parties[1].{where}"]


def test_a_deemed_export_goes_where_the_person_is_from() -> None:
    base = {"activity": "deemed_export", "person": {"most_recent_citizenship": "IN"}}
    assert [f.where for f in faults(base | {"destination": "CN"})] == ["destination"]
    read(base | {"destination": "IN"})
    read(base)


# -- orders --------------------------------------------------------------------------------------------------
def test_an_order_becomes_one_line_an_item() -> None:
    lines = split_items({"id": "PO", "destination": "CN", "items": [{"kind": "software"}, {}]})
    assert [x["id"] for x in lines] == ["PO#1", "PO#2"]
    assert [x["item"] for x in lines] == [{"kind": "software"}, {}]
    assert all(x["destination"] == "CN" and "items" not in x for x in lines)
    assert [x["id"] for x in split_items({"id": None, "items": [{}]})] == ["1"]
    assert [x["id"] for x in split_items({"id": 7, "items": [{}]})] == ["7#1"]
    assert split_items({"id": "a", "items": None}) == [{"id": "a", "items": None}]


@pytest.mark.parametrize(
    "request_",
    [{"items": []}, {"items": {}}, {"items": "x"}, {"items": [1]}, {"items": [{}], "item": {}}, {"id": {"a": 1}, "items": [{}]},
     {"id": 10**5000, "items": [{}]}, {"id": True, "items": [{}]}],
)  # fmt: skip
def test_faults_of_orders(request_: Any) -> None:
    with pytest.raises(RequestError):
        split_items(request_)


# -- units ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "unit", "expected"),
    [
        # exact by definition: 1 in = 25.4 mm (NIST SP 811), 1 GHz = 10^9 Hz
        ("457.2", "mm", "18"), ("45.72", "cm", "18"), ("1.5", "ft", "18"), ("457.3", "mm", None), ("18", "inches", "18"), ("18", "IN", "18"),
    ],
)  # fmt: skip
def test_conversion_is_exact_where_the_units_are(given: str, unit: str, expected: str | None) -> None:
    got = cell("item.parameters.barrel_length", {"value": given, "unit": unit})
    assert got.unit == "in"
    if expected is not None:
        assert got.value == Decimal(expected)
    else:
        assert got.value > 18


# -- the JSON Schema -----------------------------------------------------------------------------------------
@cache
def validator() -> Any:
    import jsonschema

    from safeconduct.acts.schema import request_schema

    schema = request_schema(session().engine.vocabulary)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def test_the_schema_takes_the_demo_request() -> None:
    import json
    from importlib import resources

    demo = json.loads(resources.files("safeconduct.acts").joinpath("demo.json").read_text("utf-8"))
    assert [e.message for e in validator().iter_errors(demo)] == []


@pytest.mark.parametrize(("path", "given", "expected"), [x for x in RIGHT if not isinstance(x[1], date)])
def test_the_schema_takes_what_the_reader_takes(path: str, given: Any, expected: Any) -> None:
    if path in ("destination",) and given != given.strip():
        pytest.skip("the reader forgives blanks; the schema need not")
    assert [e.message for e in validator().iter_errors(nested(path, given))] == []


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("activity", "exports"), ("date", 20260803), ("date", "2026-02-30"), ("destination", "China"), ("destination", 86), ("route", "SG"),
        ("route", ["Singapore"]), ("item.value", 4200), ("item.value", {"currency": "USD"}), ("item.value", {"amount": "1"}),
        ("item.value", {"amount": "x", "currency": "USD"}), ("item.value", {"amount": 1, "currency": "dollars"}), ("item.value", {"amount": -1, "currency": "USD"}),
        ("end_use.military", "no"), ("end_use.military", 0), ("diligence", "done"), ("item.parameters.barrel_length", True),
        ("item.parameters.barrel_length", {"unit": "in"}), ("item.parameters.barrel_length", "1_000"), ("id", {}), ("id", True), ("jurisdictions", []), ("jurisdictions", "US"),
        ("parties", [5]), ("parties", [{"listed": [{}]}]), ("parties", [{"listed": [{"list": "l", "status": "maybe"}]}]), ("parties", [{"role": "buyer"}]),
        ("parties", [{"owners": ["O"]}]), ("items", []), ("items", [5]), ("item.quantity", "NaN"),
    ],
)  # fmt: skip
def test_the_schema_refuses_what_the_reader_refuses(path: str, given: Any) -> None:
    assert list(validator().iter_errors(nested(path, given)))
    with pytest.raises(RequestError):
        [read(x) for x in split_items(nested(path, given))]


def test_without_tables_any_two_letters_are_a_country() -> None:
    line = parse_request({"destination": "QQ"}, session().engine.vocabulary, Countries())
    assert line.cells["destination"] == "QQ"
