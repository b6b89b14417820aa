"""Fetching publications, from a local server that misbehaves in every way a real one has been seen to."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from safeconduct.importers import fetching
from safeconduct.importers.fetching import FetchError, Limits, Wanted, fetch, rebased
from safeconduct.importers.official import (
    check_denied,
    check_rows,
    check_screening,
    ecfr_amendments,
    ecfr_day,
    official,
)
from safeconduct.importers.sheets import SourceError
from safeconduct.importers.us_bis_lists.read import DPL_COLUMNS

ROWS = [{"name": f"Harmless Trading {n}", "source": "Invented List"} for n in range(100)]
LIST = json.dumps({"results": ROWS, "total": 100}).encode()
QUICK = Limits(attempts=3, connect=2, read=0.5, total=8, backoff=0.01, longest_wait=0.05)

Handler = Callable[["Server", BaseHTTPRequestHandler], None]


class Server:
    """A local server; each path has its own way of answering."""

    def __init__(self) -> None:
        self.answers: dict[str, Handler] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Here(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                answer = outer.answers.get(self.path.partition("?")[0])
                try:
                    if answer is None:
                        send(self, b"not here", status=404, kind="text/plain")
                    else:
                        answer(outer, self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """A client that went away is what some tests are about."""

        self.http = Quiet(("127.0.0.1", 0), Here)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        self.base = f"http://127.0.0.1:{self.http.server_address[1]}"

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


def send(
    h: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, kind: str = "application/json", length: int | None = None,
    **headers: str,
) -> None:  # fmt: skip
    h.send_response(status)
    if kind:
        h.send_header("Content-Type", kind)
    h.send_header("Content-Length", str(len(body) if length is None else length))
    for k, v in headers.items():
        h.send_header(k.replace("_", "-"), v)
    h.end_headers()
    h.wfile.write(body)
    if length is not None and length != len(body):
        h.wfile.flush()
        h.close_connection = True
        h.connection.close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def wanted(server: Server, path: str = "/list.json", **changes: Any) -> Wanted:
    plain: dict[str, Any] = {
        "name": "invented", "url": server.base + path, "into": "us/lists/list.json", "types": ("application/json",),
        "least": 100, "most": 100_000, "check": check_screening, "bounds": (50, 200),
    }  # fmt: skip
    return Wanted(**(plain | changes))


def get(server: Server, path: str = "/list.json", **changes: Any) -> fetching.Fetched:
    return fetch(wanted(server, path, **changes), QUICK, any_host=True, sleep=lambda _: None)


def test_a_whole_reply_passes(server: Server) -> None:
    server.answers["/list.json"] = lambda _, h: send(h, LIST, kind="application/json; charset=utf-8", ETag='"1"')
    got = get(server)
    assert got.data == LIST
    assert got.rows == 100
    assert got.headers == {"ETag": '"1"'}
    assert "safeconduct" in server.asked[0][1]["user-agent"]


def test_compressed_and_chunked_replies(server: Server) -> None:
    server.answers["/list.json"] = lambda _, h: send(h, gzip.compress(LIST), Content_Encoding="gzip")
    assert get(server).data == LIST

    def chunked(_: Server, h: BaseHTTPRequestHandler) -> None:
        h.send_response(200)
        h.send_header("Content-Type", "application/json")
        h.send_header("Transfer-Encoding", "chunked")
        h.end_headers()
        for part in (LIST[:1000], LIST[1000:]):
            h.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        h.wfile.write(b"0\r\n\r\n")

    server.answers["/list.json"] = chunked
    assert get(server).data == LIST


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
def test_a_busy_server_is_asked_again(server: Server, status: int) -> None:
    def answer(s: Server, h: BaseHTTPRequestHandler) -> None:
        if len(s.asked) < 3:
            send(h, b"busy", status=status, kind="text/html")
        else:
            send(h, LIST)

    server.answers["/list.json"] = answer
    assert get(server).rows == 100
    assert len(server.asked) == 3


def test_waits_grow_and_follow_the_servers_wish(server: Server) -> None:
    server.answers["/list.json"] = lambda _, h: send(h, b"", status=503, Retry_After="7")
    waits: list[float] = []
    with pytest.raises(FetchError, match=r"answered 503, 3 attempts.*data import"):
        fetch(wanted(server), Limits(attempts=3, backoff=1, total=60), any_host=True, sleep=waits.append)
    assert waits == [7, 7]
    server.answers["/list.json"] = lambda _, h: send(h, b"", status=500)
    waits.clear()
    with pytest.raises(FetchError):
        fetch(wanted(server), Limits(attempts=4, backoff=1, total=60), any_host=True, sleep=waits.append)
    assert [int(w) for w in waits] == [1, 2, 4] or [round(w) for w in waits] == [1, 2, 5]
    assert sorted(waits) == waits


def test_a_cut_reply_is_asked_for_again_and_then_refused(server: Server) -> None:
    server.answers["/list.json"] = lambda _, h: send(h, LIST[:2000], length=len(LIST))
    with pytest.raises(FetchError, match="was cut after 2000 bytes"):
        get(server)
    assert len(server.asked) == 3


def test_a_cut_chunked_reply_is_refused(server: Server) -> None:
    def cut(_: Server, h: BaseHTTPRequestHandler) -> None:
        h.send_response(200)
        h.send_header("Content-Type", "application/json")
        h.send_header("Transfer-Encoding", "chunked")
        h.end_headers()
        h.wfile.write(f"{len(LIST):x}\r\n".encode() + LIST[:500])
        h.wfile.flush()
        h.close_connection = True
        h.connection.close()

    server.answers["/list.json"] = cut
    with pytest.raises(FetchError, match="was cut after"):
        get(server)


def test_a_truncated_file_served_whole_is_refused(server: Server) -> None:
    server.answers["/list.json"] = lambda _, h: send(h, LIST[:-50])
    with pytest.raises(FetchError, match="not whole JSON"):
        get(server)
    assert len(server.asked) == 1  # asking again would bring the same
    short = json.dumps({"results": ROWS[:60], "total": 100}).encode()
    server.answers["/list.json"] = lambda _, h: send(h, short)
    with pytest.raises(FetchError, match="60 results, the file itself says 100"):
        get(server)


def test_a_shrunken_or_swollen_list_is_refused(server: Server) -> None:
    for rows, found in ((ROWS[:49], 49), (ROWS * 3, 300)):
        body = json.dumps(rows).encode()
        server.answers["/list.json"] = lambda _, h, body=body: send(h, body)  # type: ignore[misc]
        with pytest.raises(FetchError, match=f"{found} rows, expected 50 to 200"):
            get(server)


def test_changed_form_is_refused(server: Server) -> None:
    body = json.dumps({"results": [{"title": r["name"]} for r in ROWS]}).encode()
    server.answers["/list.json"] = lambda _, h: send(h, body)
    with pytest.raises(FetchError, match="expected 'results', each with name and source"):
        get(server)


def test_oversized_replies_are_not_read_to_their_end(server: Server) -> None:
    server.answers["/list.json"] = lambda _, h: send(h, b"[" + b" " * 200_000)
    with pytest.raises(FetchError, match="200001 bytes or more, expected at most 100000"):
        get(server)

    def endless(_: Server, h: BaseHTTPRequestHandler) -> None:
        h.send_response(200)
        h.send_header("Content-Type", "application/json")
        h.send_header("Connection", "close")
        h.end_headers()
        while True:
            h.wfile.write(b" " * 10_000)

    server.answers["/list.json"] = endless
    with pytest.raises(FetchError, match="expected at most 100000"):
        get(server)
    bomb = gzip.compress(b" " * 5_000_000)
    server.answers["/list.json"] = lambda _, h: send(h, bomb, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="expected at most 100000"):
        get(server)


def test_a_silent_server_is_given_up(server: Server) -> None:
    server.answers["/list.json"] = lambda _, h: time.sleep(1.5)
    started = time.monotonic()
    with pytest.raises(FetchError, match="Timeout"):
        get(server)
    assert time.monotonic() - started < 5


def test_a_dripping_server_is_given_up(server: Server) -> None:
    def drip(_: Server, h: BaseHTTPRequestHandler) -> None:
        h.send_response(200)
        h.send_header("Content-Type", "application/json")
        h.send_header("Content-Length", "50000")
        h.end_headers()
        for _n in range(100):
            h.wfile.write(b" ")
            h.wfile.flush()
            time.sleep(0.05)

    server.answers["/list.json"] = drip
    with pytest.raises(FetchError, match="too slow"):
        fetch(wanted(server), Limits(attempts=3, read=1, total=0.6), any_host=True)


def test_redirects_are_followed_a_little(server: Server) -> None:
    def to(where: str) -> Handler:
        return lambda _, h: send(h, b"", status=302, Location=where)

    server.answers |= {"/a": to("/b"), "/b": to("list.json"), "/list.json": lambda _, h: send(h, LIST)}
    assert get(server, "/a").rows == 100
    server.answers |= {"/circle": to("/round"), "/round": to("/circle")}
    with pytest.raises(FetchError, match="in a circle"):
        get(server, "/circle")
    server.answers |= {f"/{n}": to(f"/{n + 1}") for n in range(20)}
    with pytest.raises(FetchError, match="more than 5 times"):
        get(server, "/0")
    server.answers["/away"] = to("http://localhost:9/list.json")
    with pytest.raises(FetchError, match="another host"):
        get(server, "/away")


def test_only_https_unless_a_base_address_was_given(server: Server) -> None:
    with pytest.raises(FetchError, match="not https"):
        fetch(wanted(server), QUICK)
    assert server.asked == []


@pytest.mark.parametrize(
    ("url", "target", "allowed"),
    [
        ("https://a.gov/x", "https://a.gov/y", True),
        ("https://a.gov/x", "https://b.c.gov/y", True),
        ("https://a.gov/x", "http://a.gov/y", False),
        ("https://a.gov/x", "https://a.gov.example/y", False),
        ("https://a.gov/x", "https://example.com/y", False),
    ],
)
def test_where_a_redirect_may_lead(server: Server, url: str, target: str, allowed: bool) -> None:
    if allowed:
        fetching._may_follow(wanted(server), url, target, False)
    else:
        with pytest.raises(FetchError, match="another host"):
            fetching._may_follow(wanted(server), url, target, False)


def test_wrong_types_and_pages_of_html(server: Server) -> None:
    page = b"<!DOCTYPE html><html>sorry</html>" + b" " * 200
    server.answers["/list.json"] = lambda _, h: send(h, page, kind="text/html")
    with pytest.raises(FetchError, match="came as text/html, expected application/json"):
        get(server)
    server.answers["/list.json"] = lambda _, h: send(h, page)
    with pytest.raises(FetchError, match="page of HTML"):
        get(server)
    server.answers["/list.json"] = lambda _, h: send(h, b"")
    with pytest.raises(FetchError, match="0 bytes, expected at least 100"):
        get(server)
    server.answers["/list.json"] = lambda _, h: send(h, b"x", status=403)
    with pytest.raises(FetchError, match="answered 403"):
        get(server)
    with pytest.raises(FetchError, match="answered 404"):
        get(server, "/none")


def test_nobody_there() -> None:
    nobody = Server()
    nobody.close()
    with pytest.raises(FetchError, match=r"3 attempts"):
        get(nobody)


def test_the_environments_proxy_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["http://lists.invalid/list.json"] = lambda _, h: send(h, LIST)
    monkeypatch.setenv("http_proxy", server.base)
    monkeypatch.setenv("no_proxy", "")
    got = fetch(wanted(server, url="http://lists.invalid/list.json"), QUICK, any_host=True)
    assert got.rows == 100
    assert server.asked[0][0] == "http://lists.invalid/list.json"


def test_conditional_requests(server: Server) -> None:
    def answer(s: Server, h: BaseHTTPRequestHandler) -> None:
        if h.headers.get("If-None-Match") == '"1"':
            h.send_response(304)
            h.send_header("ETag", '"1"')
            h.end_headers()
        else:
            send(h, LIST, ETag='"1"')

    server.answers["/list.json"] = answer
    got = fetch(wanted(server), QUICK, etag='"1"', last_modified="Tue, 01 Sep 2026 00:00:00 GMT", any_host=True)
    assert (got.data, got.rows, got.sha256) == (None, None, None)
    assert server.asked[0][1]["if-modified-since"].startswith("Tue, 01 Sep")
    assert fetch(wanted(server), QUICK, etag='"0"', any_host=True).rows == 100


def test_another_base_address() -> None:
    assert rebased("https://a.gov/x/y?z=1", None) == "https://a.gov/x/y?z=1"
    assert rebased("https://a.gov/x/y?z=1", "http://127.0.0.1:9/m/") == "http://127.0.0.1:9/m/x/y?z=1"
    for wrong in ("ftp://a", "127.0.0.1:9", "http://", "http://a?b", "x"):
        with pytest.raises(FetchError, match="expected http"):
            rebased("https://a.gov/x", wrong)


def test_the_official_addresses_are_the_importers_own() -> None:
    found = {w.name: w for w in official(date(2026, 9, 1))}
    assert list(found) == ["csl", "entity_list", "meu_list", "denied_persons"]
    for w in found.values():
        assert w.url.startswith("https://")
        assert "{" not in w.url
        assert w.least < w.most
    assert "2026-09-01" in found["entity_list"].url
    assert "No.%204" in found["entity_list"].url
    assert "No.%207" in found["meu_list"].url
    assert found["meu_list"].into != found["entity_list"].into
    assert (found["entity_list"].day, found["csl"].day) == (date(2026, 9, 1), None)


def test_forms_of_the_lists() -> None:
    line = "\t".join(["x"] * len(DPL_COLUMNS))
    head = "\t".join(DPL_COLUMNS)
    assert check_denied(f"{head}\r\n{line}\r\n{line}\r\n".encode()) == 2
    with pytest.raises(SourceError, match="not ended"):
        check_denied(f"{head}\n{line}\n{line[:5]}".encode())
    with pytest.raises(SourceError, match="columns"):
        check_denied(b"Name\tOther\n")
    assert check_rows(b"<DIV9><TABLE><TR/><TR/></TABLE></DIV9>") == 2
    with pytest.raises(SourceError, match="not whole XML"):
        check_rows(b"<DIV9><TABLE><TR/>")


def test_the_ecfrs_own_dates(server: Server) -> None:
    titles = {"titles": [{"number": 14}, {"number": 15, "up_to_date_as_of": "2026-09-22"}]}
    path = "/api/versioner/v1/titles.json"
    server.answers[path] = lambda _, h: send(h, json.dumps(titles).encode())
    assert ecfr_day(server.base, QUICK) == date(2026, 9, 22)
    server.answers[path] = lambda _, h: send(h, b'{"titles": []}')
    with pytest.raises(FetchError, match="title 15"):
        ecfr_day(server.base, QUICK)
    versions = {
        "content_versions": [
            {"identifier": "746.8", "date": "2026-01-01", "amendment_date": "2026-01-01"},
            {"identifier": "746.8", "date": "2026-08-03", "amendment_date": "2026-08-03"},
            {"identifier": "Supplement No. 4 to Part 746", "date": "2025-05-05"},
        ]
    }
    path = "/api/versioner/v1/versions/title-15.json"
    server.answers[path] = lambda _, h: send(h, json.dumps(versions).encode())
    assert ecfr_amendments("746", server.base, QUICK) == {
        "746.8": date(2026, 8, 3),
        "Supplement No. 4 to Part 746": date(2025, 5, 5),
    }
    assert server.asked[-1][0].endswith("?part=746")
    server.answers[path] = lambda _, h: send(h, b'{"content_versions": [1]}')
    with pytest.raises(FetchError, match="not a list of versions"):
        ecfr_amendments("746", server.base, QUICK)
