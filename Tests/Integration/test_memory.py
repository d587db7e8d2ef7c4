"""Memory has a ceiling: hostile and slow clients, and more load than the gateway can take, make it refuse and not grow.

What is measured is the resident memory of the real process.
"""

import contextlib
import gzip
import random
import resource
import select
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support import messages
from support.sluice import OTLP_HEADERS, REMOTE_WRITE_HEADERS, backend, configuration
from support.wait import eventually

MIB = 2**20
CEILING = 64 * MIB


def head(path, headers, length):
    lines = [f"POST {path} HTTP/1.1", "Host: gateway", "X-Scope-OrgID: hostile", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def statuses(connections, within=120.0):
    """What each connection is answered: the status, or None where it is closed without one."""
    found, received, end = {}, {}, time.monotonic() + within
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN)
    by_number = {c.fileno(): c for c in connections}
    while len(found) < len(connections):
        assert time.monotonic() < end, f"{len(connections) - len(found)} have no answer"
        for number, _ in poll.poll(1000):
            try:
                chunk = by_number[number].recv(4096)
            except ConnectionError:
                chunk = b""
            received[number] = received.get(number, b"") + chunk
            if b"\r\n" in received[number] or not chunk:
                line = received[number].split(b"\r\n")[0].split()
                found[number] = int(line[1]) if len(line) > 1 else None
                poll.unregister(number)
    return list(found.values())


def send(connection, data):
    with contextlib.suppress(ConnectionError):
        connection.sendall(data)


def send_at_once(gateway, requests_to_send):
    """Opens a connection for each request, sends all of them, and returns the answers."""
    connections = []
    try:
        for _ in requests_to_send:
            connections.append(gateway.connect(60))
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(send, connections, requests_to_send))
        return statuses(connections)
    finally:
        for connection in connections:
            connection.close()


def assert_still_serves(gateway):
    eventually(
        lambda: gateway.write(messages.series({"__name__": "after"}, (1, 1.0))).status_code == 204,
        "a request is taken again",
    )
    gateway.assert_healthy()


def warm(gateway):
    """Has the workers do what makes them take their usual memory."""
    series = [messages.series({"__name__": f"warm_{n}"}, (1, 1.0)) for n in range(5000)]
    request = messages.encode(messages.WriteRequest(timeseries=series))
    for _ in range(20):
        assert gateway.write(request).status_code == 204
    return gateway.resident_memory()


LIMITED = {"workers": 2, "memory_limit": "64MiB"}
# Bodies that unfold to more than a gateway with the default limits takes, each in another way.
OVER_THE_LIMIT = {
    "snappy that claims 4 GiB": (
        "/api/v1/push",
        REMOTE_WRITE_HEADERS,
        lambda: b"\xff\xff\xff\xff\x0f" + bytes(1000),
    ),
    "gzip of 256 MiB": (
        "/v1/metrics",
        {**OTLP_HEADERS, "Content-Encoding": "gzip"},
        lambda: gzip.compress(bytes(256 * MIB), 9),
    ),
}


@pytest.mark.parametrize("kind", OVER_THE_LIMIT)
def test_a_thousand_decompression_bombs_take_no_more_than_the_ceiling(sluice, fake_backend, kind):
    path, headers, make = OVER_THE_LIMIT[kind]
    gateway = sluice(configuration({"sink": backend(fake_backend().url)}, **LIMITED))
    before = warm(gateway)
    bomb = make()
    answers = send_at_once(gateway, [head(path, headers, len(bomb)) + bomb] * 1000)
    assert set(answers) <= {413, 503, None}
    assert 413 in answers
    assert gateway.peak_memory() - before < CEILING
    assert_still_serves(gateway)


def test_bombs_within_the_limits_are_held_by_memory_limit(sluice, fake_backend):
    gateway = sluice(configuration({"sink": backend(fake_backend().url)}, **LIMITED))
    before = warm(gateway)
    used = gateway.metric("sluice_memory_used_bytes")
    # 100 MiB of valid series in 5 MB, and 100 MiB of metadata records of five bytes each, which take six times as much.
    one = messages.series({"__name__": "bomb", "long": "x" * (100 * MIB)}, (1, 1.0))
    series = messages.WriteRequest(timeseries=[one])
    tiny = b"\x1a\x03\x12\x01a" * (20 * MIB)
    bombs = [messages.encode(series), messages.encode(tiny)]
    requests_to_send = [head("/api/v1/push", REMOTE_WRITE_HEADERS, len(b)) + b for b in bombs * 20]
    answers = send_at_once(gateway, requests_to_send)
    assert set(answers) <= {413, 503, None}
    assert gateway.peak_memory() - before < CEILING
    assert_still_serves(gateway)
    eventually(lambda: gateway.metric("sluice_memory_used_bytes") < used + MIB, "what was taken is given back")


def test_ten_thousand_slow_clients_take_no_more_than_the_ceiling(sluice, fake_backend):
    wanted = 10_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted + 500:
        pytest.skip(f"only {hard} files may be open")
    # The gateway inherits it.
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted + 500), hard))
    config = configuration({"sink": backend(fake_backend().url)}, **LIMITED)
    config["listeners"][0] |= {"max_connections": wanted + 100, "request_timeout": "60s"}
    connections = []
    try:
        gateway = sluice(config)
        before = warm(gateway)
        start = head("/api/v1/push", REMOTE_WRITE_HEADERS, MIB) + random.Random(1).randbytes(1000)
        for _ in range(wanted):
            connections.append(gateway.connect())
            with contextlib.suppress(ConnectionError):
                connections[-1].sendall(start)
        turned_away = {"reason": "memory_limit"}
        eventually(
            lambda: (
                gateway.metric("sluice_requests_in_flight")
                + gateway.metric("sluice_requests_turned_away_total", **turned_away)
                >= wanted
            ),
            "all have begun or were turned away",
            60,
        )
        grown = gateway.peak_memory() - before
        assert grown < CEILING, f"{grown / MIB:.0f} MiB"
    finally:
        for connection in connections:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert_still_serves(gateway)


def test_under_four_times_the_load_it_can_take_it_refuses_the_surplus_and_keeps_its_latency(sluice, fake_backend):
    """Requests come at four times the pace that one worker keeps up with, answered or not. All are answered, soon, and
    memory stays under the limit."""
    config = configuration({"sink": {"type": "debug"}}, workers=1, memory_limit="64MiB")
    config["log"]["level"] = "info"
    rules = [{"action": "replace", "source_labels": ["n"], "regex": "(.*)5(.*)", "target_label": "five"}]
    config["routes"] = [{"name": "all", "send": ["sink"], "rewrite": {"relabel_configs": rules}}]
    gateway = sluice(config)
    before = warm(gateway)
    series = [messages.series({"__name__": "load", "n": str(n), "pad": "x" * 200}, (1, 1.0)) for n in range(10_000)]
    body = messages.encode(messages.WriteRequest(timeseries=series))
    request = head("/api/v1/push", REMOTE_WRITE_HEADERS, len(body)) + body
    alone = []
    for _ in range(30):
        begun = time.monotonic()
        assert gateway.write(body).status_code == 204
        alone.append(time.monotonic() - begun)
    pace = 4 * capacity(gateway, body)
    taken, refused = open_loop(gateway, request, pace, connections=300, seconds=6)
    assert len(taken) > 20, "it goes on taking requests"
    assert len(refused) > len(taken), "the surplus is refused"
    assert quantile(taken, 0.99) < 2 + 10 * max(alone), f"{quantile(taken, 0.99):.2f} s, alone {max(alone):.3f} s"
    assert quantile(refused, 0.99) < 2 + 10 * max(alone), f"{quantile(refused, 0.99):.2f} s, alone {max(alone):.3f} s"
    assert gateway.peak_memory() - before < CEILING + 16 * MIB
    assert_still_serves(gateway)


def capacity(gateway, body):
    """How many requests a second are taken when there is always one more that waits."""
    begun = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        assert {answer.status_code for answer in pool.map(lambda _: gateway.write(body), range(100))} == {204}
    return 100 / (time.monotonic() - begun)


def quantile(times, q):
    return sorted(times)[min(len(times) - 1, int(len(times) * q))]


def open_loop(gateway, request, pace, connections, seconds):
    """Sends `pace` requests a second, each over a connection that waits for no answer; none while no connection is
    free. Returns how long the answers took from the first byte that was sent: those of what was taken, and of what was
    refused."""
    taken, refused, under_way = [], [], {}
    free = [gateway.connect(60) for _ in range(connections)]
    poll, pool = select.poll(), ThreadPoolExecutor(8)

    def send_one(connection):
        under_way[connection.fileno()] = (connection, time.monotonic())
        send(connection, request)
        poll.register(connection, select.POLLIN)

    begun, sent = time.monotonic(), 0
    while time.monotonic() < begun + seconds:
        while free and sent < pace * (time.monotonic() - begun):
            pool.submit(send_one, free.pop())
            sent += 1
        for number, _ in poll.poll(5):
            connection, since = under_way.pop(number)
            poll.unregister(number)
            try:
                answer = connection.recv(65536)
            except ConnectionError:
                answer = b""
            if answer:
                status = int(answer.split(b" ", 2)[1])
                assert status in (204, 429, 503), answer
                (taken if status == 204 else refused).append(time.monotonic() - since)
            if not answer or b"connection: close" in answer.lower():
                connection.close()
                connection = gateway.connect(60)
            free.append(connection)
    pool.shutdown(cancel_futures=True)
    for connection in free + [connection for connection, _ in under_way.values()]:
        connection.close()
    return taken, refused
