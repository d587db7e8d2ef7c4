"""The fixtures themselves: each program starts, takes what it is for, gives it back, and a mistake is seen."""

import time

import pytest
import requests
from support import messages
from support.fake_backend import CLOSE, GARBAGE, Answer, redirect
from support.sluice import REMOTE_WRITE_HEADERS, parse_exposition
from support.wait import eventually


def post(url, *series, **headers):
    body = messages.encode(messages.WriteRequest(timeseries=series))
    return requests.post(url, data=body, headers=REMOTE_WRITE_HEADERS | headers, timeout=10, allow_redirects=False)


def now():
    return time.time_ns() // 1_000_000


def test_prometheus_stores_what_is_written(prometheus_receiver):
    stamp = now()
    assert post(prometheus_receiver.write_url, messages.series({"__name__": "up", "job": "x"}, (stamp, 1.5))).ok
    assert prometheus_receiver.samples("up") == {(("__name__", "up"), ("job", "x")): [(stamp, 1.5)]}
    assert prometheus_receiver.names() == {"up"}


def test_victoria_metrics_stores_what_is_written(victoria_metrics):
    stamp = now()
    assert post(victoria_metrics.write_url, messages.series({"__name__": "up", "job": "x"}, (stamp, 1.5))).ok
    stored = eventually(lambda: victoria_metrics.samples("up"), "the series is there")
    assert stored == {(("__name__", "up"), ("job", "x")): [(stamp, 1.5)]}


def test_influxdb_stores_what_is_written(influxdb):
    stamp = now()
    assert post(influxdb.write_url, messages.series({"__name__": "up", "job": "x"}, (stamp, 1.5))).ok
    assert influxdb.samples("up") == {(("__name__", "up"), ("job", "x")): [(stamp, 1.5)]}


def test_prometheus_sends_what_it_scrapes(prometheus_sender, fake_backend):
    sink = fake_backend()
    prometheus_sender(sink.url)
    eventually(lambda: any((b"__name__", b"up") in labels for labels in sink.series()), "a sample of up")
    assert {r.headers["X-Prometheus-Remote-Write-Version"] for r in sink.accepted} == {"0.1.0"}


def test_nginx_answers_and_counts(nginx):
    server = nginx()
    before = server.request_count()
    assert requests.post(server.url, data=b"x" * 100_000, timeout=5).status_code == 204
    assert server.request_count() == before + 2


def test_fake_backend_follows_its_script(fake_backend):
    sink = fake_backend()
    sink.script(Answer(500, body=b"no"), redirect("http://elsewhere/"), GARBAGE, CLOSE)
    up = messages.series({"__name__": "up"}, (1, 2.0))
    assert post(sink.url, up).status_code == 500
    assert post(sink.url, up).headers["Location"] == "http://elsewhere/"
    for _ in (GARBAGE, CLOSE):
        with pytest.raises(requests.RequestException):
            post(sink.url, up)
    assert post(sink.url, up).status_code == 204
    assert len(sink.received) == 5
    assert sink.wait_for_samples(1) == {
        ((b"__name__", b"up"),): {"samples": [(1, messages.bits(2.0))], "histograms": [], "exemplars": []}
    }


def test_messages_keep_the_bits_of_a_stale_marker():
    request = messages.WriteRequest(
        timeseries=[messages.series({"a": "b"}, (1, messages.from_bits(messages.STALE)), (2, float("nan")))]
    )
    found, _ = messages.contents(messages.decode(messages.encode(request)))
    assert [b for _, b in found[((b"a", b"b"),)]["samples"]] == [messages.STALE, messages.bits(float("nan"))]


def test_exposition_is_parsed():
    page = '# HELP x y\n# TYPE x counter\nx{a="b,}",c="\\"d"} 1\nx 2.5\ny{} NaN 12\n'
    found = parse_exposition(page)
    assert found["x", (("a", "b,}"), ("c", '\\"d'))] == 1
    assert found["x", ()] == 2.5
    assert ("y", ()) in found
