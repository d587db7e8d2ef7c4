"""The tap shows what passes to those who look, and nothing is held up for it."""

import http.client
import itertools
import json
import socket
import subprocess
import threading
import time

import pytest
from support import messages
from support.admin import Admin
from support.sluice import binary, configuration
from support.wait import eventually


@pytest.fixture
def gateway(sluice):
    routes = [
        {"name": "pay", "match": {"tenant": "pay-*"}, "send": ["a"]},
        {"name": "rest", "rewrite": {"tenant": "x-{tenant}"}, "send": ["b"]},
    ]
    return sluice(configuration({"a": {"type": "debug"}, "b": {"type": "debug"}}, routes))


@pytest.fixture
def stream(gateway):
    """Sends series of two tenants without end."""
    stop = threading.Event()
    failed = []

    def run():
        number = 0
        while not stop.is_set():
            number += 1
            for tenant in ["pay-1", "acme"]:
                series = [messages.series({"__name__": f"m{n}", "env": "ab"[n % 2]}, (number, 1.0)) for n in range(10)]
                answer = gateway.write(messages.WriteRequest(timeseries=series), tenant=tenant)
                if answer.status_code != 204:
                    failed.append(answer.text)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stop.set()
    thread.join()
    assert not failed


def events(reply):
    assert reply.status == 200, reply
    assert reply.headers["Content-Type"] == "text/event-stream"
    return [json.loads(line[6:]) for line in reply.body.decode().splitlines() if line.startswith("data: ")]


class Reader:
    """Reads the tap as it comes, on a connection of its own."""

    def __init__(self, gateway, query="", receive_buffer=None):
        host, port = gateway.admin_url.removeprefix("http://").rsplit(":", 1)
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(20)
        self.socket.connect((host, int(port)))
        self.socket.sendall(f"GET /admin/v1/tap?{query} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        self.reply = http.client.HTTPResponse(self.socket)
        self.reply.begin()

    def events(self):
        """(name, data) of each event, as they come."""
        name, data = None, None
        while line := self.reply.readline():
            text = line.decode().rstrip("\n")
            if text.startswith("event: "):
                name = text[7:]
            elif text.startswith("data: "):
                data = json.loads(text[6:])
            elif not text and data is not None:
                yield name, data
                name, data = None, None

    def close(self):
        self.reply.close()
        self.socket.close()


@pytest.fixture
def reader(gateway):
    readers = []

    def make(query="", **more):
        readers.append(Reader(gateway, query, **more))
        return readers[-1]

    yield make
    for one in readers:
        one.close()


def test_a_sample_of_what_passes_is_shown_with_what_becomes_of_it(gateway, stream):
    seen = events(Admin(gateway).call("GET", "/admin/v1/tap?rate=100&limit=20&duration=20s"))
    assert len(seen) == 20
    for event in seen:
        tenant = event["tenant"]
        (delivery,) = event["deliveries"]
        assert delivery["backend"] == ("a" if tenant == "pay-1" else "b")
        assert delivery["tenant"] == (tenant if tenant == "pay-1" else f"x-{tenant}")
        assert event["labels"]["env"] in "ab"
        assert event["samples"] == 1


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("tenant=pay-*", lambda e: e["tenant"] == "pay-1"),
        ("route=rest", lambda e: e["tenant"] == "acme"),
        ("backend=a", lambda e: e["tenant"] == "pay-1"),
        ("series=%7Benv%3D%22b%22%7D", lambda e: e["labels"]["env"] == "b"),
    ],
)
def test_what_is_not_asked_for_is_not_shown(gateway, stream, query, wanted):
    seen = events(Admin(gateway).call("GET", f"/admin/v1/tap?rate=100&limit=10&duration=20s&{query}"))
    assert len(seen) == 10
    assert all(map(wanted, seen))


def test_it_shows_no_more_than_is_asked_for(gateway, stream):
    assert 1 <= len(events(Admin(gateway).call("GET", "/admin/v1/tap?rate=5&duration=1s"))) <= 6


def test_a_silent_gateway_shows_nothing(gateway):
    assert events(Admin(gateway).call("GET", "/admin/v1/tap?duration=100ms")) == []


def test_a_question_that_is_none_is_refused(gateway):
    for bad in ["series=%7B", "rate=0", "limit=x", "duration=5", "duration=2d", "wait=1"]:
        assert Admin(gateway).call("GET", f"/admin/v1/tap?{bad}").status == 400, bad
    head = Admin(gateway).call("HEAD", "/admin/v1/tap")
    assert (head.status, head.headers["Content-Type"], head.body) == (200, "text/event-stream", b"")


def test_the_stream_stays_open_and_shows_what_passes_when_it_passes(gateway, reader):
    seen = reader("rate=100").events()
    for number in range(5):
        assert (
            gateway.write(messages.series({"__name__": f"m{number}"}, (number + 1, 1.0)), tenant="x").status_code == 204
        )
        begun = time.monotonic()
        name, data = next(seen)
        assert (name, data["labels"]) == ("series", {"__name__": f"m{number}"})
        assert time.monotonic() - begun < 2
        time.sleep(0.02)  # the rate is 100 a second


def test_no_more_look_than_may_and_none_keeps_others_waiting(gateway, reader):
    readers = [reader() for _ in range(4)]
    turned_away = Admin(gateway).call("GET", "/admin/v1/tap")
    assert (turned_away.status, turned_away.headers["Retry-After"]) == (429, "1")
    assert Admin(gateway).call("GET", "/metrics", timeout=2).status == 200
    # Who leaves makes room, also when nothing passes.
    for one in readers:
        one.close()
    eventually(
        lambda: Admin(gateway).call("GET", "/admin/v1/tap?duration=1ms").status == 200, "there is room again", within=20
    )


def test_a_slow_reader_misses_series_and_holds_nobody_up(gateway, reader):
    """It does not read while far more is shown than its connection and the gateway hold for it."""
    slow = reader("rate=100", receive_buffer=4096)
    labels = {f"label_{n}": "x" * 2000 for n in range(25)}
    began, number = time.monotonic(), 0
    while time.monotonic() - began < 8:
        number += 1
        sent = time.monotonic()
        answer = gateway.write(messages.series({"__name__": "m", **labels}, (number, 1.0)), tenant="x")
        assert answer.status_code == 204
        assert time.monotonic() - sent < 2
    assert number > 200
    assert gateway.metric("process_resident_memory_bytes") < 400 << 20
    stop = threading.Event()

    def more():
        while not stop.is_set():
            gateway.write(messages.series({"__name__": "m", **labels}, (1, 1.0)), tenant="x")

    thread = threading.Thread(target=more)
    thread.start()
    try:
        skipped = next(data for name, data in itertools.islice(slow.events(), 5000) if name == "skipped")
    finally:
        stop.set()
        thread.join()
    assert skipped["count"] > 0


def test_a_stop_ends_the_streams_and_is_not_held_up(gateway, reader):
    readers = [reader() for _ in range(4)]
    begun = time.monotonic()
    gateway.process.terminate()
    assert gateway.process.wait(timeout=20) == 0
    assert time.monotonic() - begun < 5
    for one in readers:
        assert list(one.events()) == [("end", {"reason": "the gateway stops"})]


def test_the_command_line_says_that_the_gateway_has_stopped(gateway):
    process = subprocess.Popen(
        [binary(), "tap", "--server", gateway.admin_url, "-o", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    stop = threading.Event()

    def send():
        while not stop.is_set():
            gateway.write(messages.series({"__name__": "m"}, (1, 1.0)), tenant="x")

    thread = threading.Thread(target=send)
    thread.start()
    assert json.loads(process.stdout.readline())["tenant"] == "x"
    stop.set()
    thread.join()
    gateway.process.terminate()
    assert process.wait(timeout=20) == 1
    assert "the gateway stops" in process.stderr.read()


def test_the_command_line_shows_it(gateway, stream):
    command = [binary(), "tap", "--server", gateway.admin_url, "--tenant", "pay-1", "--count", "3", "--rate", "50"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done
    assert len(done.stdout.splitlines()) == 3
    assert all("-> a(pay-1)" in line for line in done.stdout.splitlines())
