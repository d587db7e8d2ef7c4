"""Backends that are slow, dead or mad: one never harms another, nor, while its queue has room, the front."""

import os
import time

import pytest
from support import messages
from support.fake_backend import CLOSE, GARBAGE, HANG, OK, Answer, redirect, retry_after
from support.ports import free_address
from support.sluice import backend, configuration
from support.wait import eventually

COUNT = 50
BAD_WAYS = {
    "answers 500": Answer(500, body=b"broken"),
    "answers 503 for an hour": retry_after(3600, status=503),
    "answers 429 for an hour": retry_after(3600),
    "answers 400": Answer(400, body=b"no"),
    "answers 404": Answer(404),
    "answers 999": Answer(999),
    "answers garbage": GARBAGE,
    "answers a redirect": redirect("http://127.0.0.1:9/elsewhere"),
    "answers 200 with a page": Answer(200, body=b"<html>" + b"x" * 10_000_000),
    "answers an endless head": Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"X-More: more\r\n" * 100_000),
    "closes": CLOSE,
    "never answers": HANG,
    "answers late": Answer(204, wait=1.5),
}


def up(stamp, **labels):
    return messages.series({"__name__": "up", **labels}, (stamp, float(stamp)))


def send(gateway, count=COUNT):
    for stamp in range(1, count + 1):
        assert gateway.write(up(stamp)).status_code == 204


@pytest.mark.parametrize("way", BAD_WAYS)
def test_a_backend_never_affects_another(sluice, fake_backend, way):
    bad, good = fake_backend(BAD_WAYS[way]), fake_backend()
    gateway = sluice(configuration({"bad": backend(bad.url), "good": backend(good.url)}))
    start = time.monotonic()
    send(gateway)
    assert time.monotonic() - start < 10
    good.wait_for_samples(COUNT, within=10)
    bad.wait_for_requests(0 if bad.default.wait else 1)
    gateway.assert_healthy()


def test_a_dead_backend_never_affects_another(sluice, fake_backend):
    good = fake_backend()
    gateway = sluice(
        configuration({"dead": backend(f"http://{free_address()}/api/v1/push"), "good": backend(good.url)})
    )
    send(gateway)
    good.wait_for_samples(COUNT, within=10)


def test_a_redirect_is_not_followed(sluice, fake_backend):
    trap = fake_backend()
    bad = fake_backend(redirect(trap.url))
    gateway = sluice(configuration({"bad": backend(bad.url)}))
    send(gateway, 3)
    bad.wait_for_requests(1)
    assert trap.received == []


@pytest.mark.parametrize(
    "trouble",
    [
        *(Answer(status) for status in (301, 401, 403, 404, 405, 425, 500, 501, 502, 529)),
        retry_after(1, status=503),
        retry_after(1),
        CLOSE,
        GARBAGE,
    ],
)
def test_what_fails_for_a_while_is_delivered_once_and_in_order(sluice, fake_backend, trouble):
    sink = fake_backend()
    sink.script(*[trouble] * 3)
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    send(gateway)
    (held,) = sink.wait_for_samples(COUNT, within=30).values()
    assert [stamp for stamp, _ in held["samples"]] == list(range(1, COUNT + 1))


def test_retry_after_is_honoured(sluice, fake_backend):
    sink = fake_backend()
    sink.script(retry_after(2, status=503))
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    start = time.monotonic()
    assert gateway.write(up(1)).status_code == 204
    sink.wait_for_samples(1)
    assert time.monotonic() - start >= 1.9


@pytest.mark.parametrize("status", [400, 402, 409, 413, 415, 422])
def test_what_a_backend_refuses_for_good_is_not_repeated_and_what_follows_is_delivered(sluice, fake_backend, status):
    sink = fake_backend()
    sink.script(Answer(status, body=b"out of order sample"))
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    assert gateway.write(up(1)).status_code == 204
    sink.wait_for_requests(1)
    assert gateway.write(up(2)).status_code == 204
    (held,) = sink.wait_for_samples(1).values()
    assert [stamp for stamp, _ in held["samples"]] == [2]
    gateway.wait_for_log("out of order sample")


def test_a_full_queue_refuses_so_that_the_sender_repeats(sluice, fake_backend):
    dead = backend(f"http://{free_address()}/", sending_queue={"queue_size": "64KiB"}, batch={"max_bytes": "16KiB"})
    gateway = sluice(configuration({"dead": dead}))
    # Random, so that compression does not make nothing of it.
    many = messages.WriteRequest(timeseries=[up(1, n=str(n), filler=os.urandom(200).hex()) for n in range(50)])
    # In a tuple, because a response that is no success is false.
    (answer,) = eventually(lambda: (a,) if (a := gateway.write(many)).status_code != 204 else None, "a refusal")
    assert answer.status_code in (429, 503)
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_full_queue_of_a_best_effort_backend_is_its_own_affair(sluice, fake_backend):
    good = fake_backend()
    dead = backend(
        f"http://{free_address()}/",
        sending_queue={"queue_size": "64KiB"},
        batch={"max_bytes": "16KiB"},
        best_effort=True,
    )
    gateway = sluice(configuration({"dead": dead, "good": backend(good.url)}))
    for stamp in range(1, 101):
        many = messages.WriteRequest(timeseries=[up(stamp, n=str(n), filler="x" * 100) for n in range(50)])
        assert gateway.write(many).status_code == 204
    good.wait_for_samples(5000)


# ack: delivered


def delivered(sluice, *backends, best_effort=()):
    config = {
        f"b{number}": backend(
            b.url,
            retry_on_failure={"enabled": False},
            **({"best_effort": True} if number in best_effort else {}),
        )
        for number, b in enumerate(backends)
    }
    return sluice(configuration(config, [{"name": "r", "send": list(config), "ack": "delivered"}]))


def test_delivered_means_the_backend_has_it(sluice, fake_backend):
    sink = fake_backend()
    gateway = delivered(sluice, sink)
    for stamp in range(1, 6):
        assert gateway.write(up(stamp)).status_code == 204
        assert sink.sample_count() == stamp


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([OK, OK], (204,)),
        ([OK, Answer(500)], (503,)),
        ([OK, CLOSE], (503,)),
        ([OK, Answer(400, body=b"too old")], (400,)),
        ([Answer(400, body=b"too old"), Answer(500)], (503,)),
        ([OK, retry_after(7)], (429, 503)),
        ([retry_after(7), retry_after(9, status=503)], (429, 503)),
    ],
)
def test_with_ack_delivered_the_backends_answers_are_merged(sluice, fake_backend, answers, status):
    gateway = delivered(sluice, *(fake_backend(a) for a in answers))
    answer = gateway.write(up(1))
    assert answer.status_code in status
    if answer.status_code == 400:
        assert "too old" in answer.text
    waits = [int(a.headers["Retry-After"]) for a in answers if "Retry-After" in a.headers]
    if waits:
        assert int(answer.headers["Retry-After"]) >= max(waits)


def test_a_best_effort_backend_has_no_say_in_the_answer(sluice, fake_backend):
    good, bad = fake_backend(), fake_backend(HANG)
    gateway = delivered(sluice, good, bad, best_effort=(1,))
    assert gateway.write(up(1)).status_code == 204
    assert good.sample_count() == 1
