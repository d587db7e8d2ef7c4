"""Clients that are slow or leave: their own problem, and nobody else's."""

import contextlib
import time

from support import messages
from support.sluice import REMOTE_WRITE_HEADERS, backend, configuration
from support.wait import eventually

UP = messages.series({"__name__": "up"}, (1, 1.0))
BODY = messages.encode(messages.WriteRequest(timeseries=[messages.series({"__name__": "late"}, (1, 1.0))]))


def head(length):
    lines = [f"{name}: {value}" for name, value in {**REMOTE_WRITE_HEADERS, "X-Scope-OrgID": "acme"}.items()]
    lines = ["POST /api/v1/push HTTP/1.1", "Host: gateway", *lines, f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines).encode()


def impatient(fake_backend, **listener):
    sink = fake_backend()
    config = configuration({"sink": backend(sink.url)})
    config["listeners"][0] |= {"request_timeout": "2s", "idle_timeout": "2s", **listener}
    return config, sink


def drip(connection, data, until, pause=0.25):
    """Sends a byte at a time until it is answered or cut off; the seconds that took, or None if it never came."""
    start = time.monotonic()
    connection.settimeout(pause)
    for byte in data:
        with contextlib.suppress(TimeoutError):
            with contextlib.suppress(ConnectionError):
                connection.sendall(bytes([byte]))
                connection.recv(1)
            return time.monotonic() - start
        if time.monotonic() - start > until:
            break
    return None


def test_a_client_that_drips_its_body_is_cut_off(sluice, fake_backend):
    config, sink = impatient(fake_backend)
    gateway = sluice(config)
    with gateway.connect() as slow:
        slow.sendall(head(1000))
        took = drip(slow, bytes(1000), until=15)
    assert took is not None, "still being listened to after 15 s"
    assert took > 1
    assert gateway.write(UP).status_code == 204
    assert sink.wait_for_samples(1)


def test_a_client_that_drips_its_head_is_cut_off(sluice, fake_backend):
    config, _ = impatient(fake_backend)
    gateway = sluice(config)
    with gateway.connect() as slow:
        took = drip(slow, head(10) * 10, until=15)
    assert took is not None, "still being listened to after 15 s"


def test_a_client_that_says_nothing_is_cut_off(sluice, fake_backend):
    config, _ = impatient(fake_backend)
    gateway = sluice(config)
    with gateway.connect(timeout=15) as silent, contextlib.suppress(ConnectionError):
        while silent.recv(1024):
            pass  # it may be told why


def test_slow_clients_hold_up_nobody(sluice, fake_backend):
    config, sink = impatient(fake_backend, request_timeout="30s", idle_timeout="30s")
    gateway = sluice(config)
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            connection = stack.enter_context(gateway.connect())
            connection.sendall(head(1000) + b"half a bo")
        start = time.monotonic()
        for stamp in range(1, 21):
            assert gateway.write(messages.series({"__name__": "up"}, (stamp, 1.0))).status_code == 204
        assert time.monotonic() - start < 10
        sink.wait_for_samples(20)


def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(one_backend):
    gateway, sink = one_backend
    for part in (1, len(head(len(BODY))) // 2, len(head(len(BODY))), len(head(len(BODY))) + len(BODY) // 2):
        with gateway.connect() as connection:
            connection.sendall((head(len(BODY)) + BODY)[:part])
    assert gateway.write(UP).status_code == 204
    assert list(sink.wait_for_samples(1)) == [messages.labels_of(UP)]
    gateway.assert_healthy()


def test_a_client_that_does_not_wait_for_the_answer_has_still_delivered(one_backend):
    gateway, sink = one_backend
    for _ in range(20):
        with gateway.connect() as connection:
            connection.sendall(head(len(BODY)) + BODY)
    eventually(lambda: sink.sample_count() > 0, "samples of clients that left")
    assert gateway.write(UP).status_code == 204
    gateway.assert_healthy()
