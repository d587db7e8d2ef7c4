"""The tap shows what passes to those who look, and nothing is held up for it."""

import json
import subprocess
import threading

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


def test_a_sample_of_what_passes_is_shown_with_what_becomes_of_it(gateway, stream):
    seen = events(Admin(gateway).call("GET", "/admin/v1/tap?rate=100&limit=20&wait=5000"))
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
    seen = events(Admin(gateway).call("GET", f"/admin/v1/tap?rate=100&limit=10&wait=5000&{query}"))
    assert len(seen) == 10
    assert all(map(wanted, seen))


def test_it_shows_no_more_than_is_asked_for(gateway, stream):
    assert 1 <= len(events(Admin(gateway).call("GET", "/admin/v1/tap?rate=5&wait=1000"))) <= 6


def test_a_silent_gateway_shows_nothing(gateway):
    assert events(Admin(gateway).call("GET", "/admin/v1/tap?wait=100")) == []
    assert Admin(gateway).call("GET", "/admin/v1/tap?series=%7B").status == 400


def test_those_who_look_do_not_keep_others_waiting(gateway):
    replies = []
    threads = [
        threading.Thread(target=lambda: replies.append(Admin(gateway).call("GET", "/admin/v1/tap?wait=3000").status))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    eventually(lambda: replies.count(429) == 4, lambda: f"four are turned away: {replies}", within=2.5)
    assert Admin(gateway).call("GET", "/metrics", timeout=2).status == 200
    for thread in threads:
        thread.join()
    assert sorted(replies) == [200] * 4 + [429] * 4


def test_the_command_line_shows_it(gateway, stream):
    command = [binary(), "tap", "--server", gateway.admin_url, "--tenant", "pay-1", "--count", "3", "--rate", "50"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done
    assert len(done.stdout.splitlines()) == 3
    assert all("-> a(pay-1)" in line for line in done.stdout.splitlines())
