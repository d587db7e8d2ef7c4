"""Limits of tenants: what is beyond is refused, with the limit's name, and no neighbour pays for it."""

import threading

import pytest
import requests
from support import messages
from support.fake_backend import Answer
from support.sluice import backend, configuration
from support.wait import eventually


def series(count, stamp=1, **labels):
    return messages.WriteRequest(
        timeseries=[messages.series({"__name__": "up", "n": str(n), **labels}, (stamp, 1.0)) for n in range(count)]
    )


@pytest.fixture
def limited(sluice, fake_backend):
    def start(limits=None, tenants=None, **more):
        sink = fake_backend()
        config = configuration({"sink": backend(sink.url)}, limits=limits or {}, tenants=tenants or {}, **more)
        return sluice(config), sink

    return start


def test_samples_beyond_the_rate_are_refused_with_the_time_after_which_they_fit(limited):
    gateway, sink = limited({"samples_per_second": 100, "burst": 200})
    assert gateway.write(series(200, 1)).status_code == 204
    answer = gateway.write(series(150, 2))
    assert answer.status_code == 429
    assert "samples_per_second" in answer.text and '"acme"' in answer.text
    assert int(answer.headers["Retry-After"]) in (1, 2)
    # Another tenant has a share of its own.
    assert gateway.write(series(200, 3), tenant="other").status_code == 204
    eventually(lambda: gateway.write(series(150, 4)).status_code == 204, "the samples fit")
    sink.wait_for_samples(550)
    assert gateway.metric("sluice_limit_refused_requests_total", tenant="acme", limit="samples_per_second") >= 1
    assert gateway.metric("sluice_limit_refused_requests_total", tenant="other") is None


def test_a_request_that_no_queue_took_costs_nothing(sluice, fake_backend):
    sink = fake_backend(Answer(503))
    small = backend(sink.url, batch={"timeout": "20ms", "max_bytes": "1KiB"}, sending_queue={"queue_size": "1KiB"})
    gateway = sluice(configuration({"sink": small}, limits={"samples_per_second": 1, "burst": 1000}))
    # Twenty requests would use up the burst; most of these find the queue full.
    statuses = [gateway.write(series(50, stamp)).status_code for stamp in range(1, 41)]
    assert set(statuses) == {204, 503}
    assert statuses.count(204) < 10


def test_each_tenant_can_have_its_own_limits(limited):
    gateway, sink = limited(
        {"max_series_per_request": 10},
        {
            "large": {"limits": {"max_series_per_request": 100}},
            "free": {"limits": {"max_series_per_request": None}},
            "shut": {"limits": {"samples_per_second": 0}},
        },
    )
    answer = gateway.write(series(11))
    assert answer.status_code == 400 and "max_series_per_request" in answer.text
    assert gateway.write(series(10)).status_code == 204
    assert gateway.write(series(100), tenant="large").status_code == 204
    assert gateway.write(series(101), tenant="large").status_code == 400
    assert gateway.write(series(1000), tenant="free").status_code == 204
    assert gateway.write(series(1), tenant="shut").status_code == 429
    sink.wait_for_samples(1110)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(limited):
    gateway, sink = limited({"max_body_bytes": "4KiB"})
    answer = gateway.write(series(2000))
    assert answer.status_code == 413 and "max_body_bytes" in answer.text
    large = messages.encode(series(2000))
    chunks = (large[start : start + 500] for start in range(0, len(large), 500))
    headers = {"X-Scope-OrgID": "acme", "Content-Type": "application/x-protobuf"}
    assert (
        requests.post(gateway.ingest_url + "/api/v1/push", data=chunks, headers=headers, timeout=20).status_code == 413
    )
    assert gateway.write(series(10)).status_code == 204
    sink.wait_for_samples(10)


def test_series_beyond_a_limit_on_labels_do_not_harm_their_neighbours(limited):
    gateway, sink = limited(
        {"max_label_names_per_series": 4, "max_label_name_length": 10, "max_label_value_length": 20}
    )
    bad = [{"a": "1", "b": "1", "c": "1"}, {"a_long_name": "1"}, {"a": "x" * 21}]
    request = series(5)
    request.timeseries.extend(messages.series({"__name__": "bad", **labels}, (1, 1.0)) for labels in bad)
    request.timeseries.append(messages.series({"__name__": "many", "a": "1", "b": "1", "c": "1", "d": "1"}, (1, 1.0)))
    for _ in range(2):
        answer = gateway.write(request)
        assert answer.status_code == 400
        for limit in ("max_label_names_per_series", "max_label_name_length", "max_label_value_length"):
            assert limit in answer.text
    sink.wait_for_requests(1)
    names = {dict(messages.labels_of(s))[b"__name__"] for r in sink.accepted for s in r.message().timeseries}
    assert names == {b"up", b"bad"}
    assert gateway.metric("sluice_limit_refused_series_total", limit="max_label_names_per_series") == 2
    assert gateway.metric("sluice_limit_refused_series_total", limit="max_label_name_length") == 2
    assert gateway.metric("sluice_refused_total", reason="label_value_too_long") == 2


def test_new_series_beyond_the_active_ones_are_refused_and_known_ones_go_on(limited):
    gateway, sink = limited({"max_active_series": 100})
    assert gateway.write(series(90, 1)).status_code == 204
    answer = gateway.write(series(120, 2))
    assert answer.status_code == 400 and "max_active_series" in answer.text
    assert gateway.write(series(100, 3)).status_code == 204
    assert gateway.write(series(100, 4, zone="new")).status_code == 400
    assert gateway.write(series(50, 5), tenant="other").status_code == 204
    sink.wait_for_samples(90 + 100 + 100 + 50)
    assert gateway.metric("sluice_tenant_active_series", tenant="acme") == 100
    assert gateway.metric("sluice_tenant_active_series", tenant="other") == 50


def test_requests_in_flight_are_limited_and_counted_down_however_they_end(sluice, fake_backend):
    sink = fake_backend(Answer(204, wait=float("inf")))
    route = {"name": "all", "send": ["sink"], "ack": "delivered"}
    gateway = sluice(configuration({"sink": backend(sink.url)}, [route], limits={"max_requests_in_flight": 2}))
    statuses = []
    waiting = [threading.Thread(target=lambda: statuses.append(gateway.write(series(1)).status_code)) for _ in range(2)]
    for thread in waiting:
        thread.start()
    eventually(lambda: gateway.metric("sluice_requests_in_flight") == 2, "both are under way")
    answer = gateway.write(series(1))
    assert (
        answer.status_code == 429 and "max_requests_in_flight" in answer.text and answer.headers["Retry-After"] == "1"
    )
    for thread in waiting:
        thread.join()
    assert set(statuses) == {503}
    # Clients that leave in the middle of a body give their places back.
    for _ in range(5):
        with gateway.connect() as connection:
            connection.sendall(
                b"POST /api/v1/push HTTP/1.1\r\nHost: x\r\nX-Scope-OrgID: acme\r\nContent-Length: 1000\r\n\r\nabc"
            )
            eventually(lambda: gateway.metric("sluice_requests_in_flight") >= 1, "it is under way")
    eventually(lambda: gateway.metric("sluice_requests_in_flight") == 0, "all have left")
    sink.default = Answer(204)
    assert gateway.write(series(1)).status_code == 204


def test_of_several_tenants_in_a_request_only_the_one_beyond_its_limit_is_refused(limited):
    gateway, sink = limited(
        {}, {"red": {"limits": {"samples_per_second": 1, "burst": 10}}}, tenancy={"sources": ["label"]}
    )

    def mixed(stamp):
        request = series(10, stamp, tenant="red")
        request.timeseries.extend(series(10, stamp, tenant="blue").timeseries)
        return request

    assert gateway.write(mixed(1), tenant=None).status_code == 204
    answer = gateway.write(mixed(2), tenant=None)
    assert answer.status_code == 429 and "samples_per_second" in answer.text and "Retry-After" in answer.headers
    sink.wait_for_samples(30)
    counts = {}
    for received in sink.accepted:
        counts[received.tenant] = counts.get(received.tenant, 0) + len(received.message().timeseries)
    assert counts == {"red": 10, "blue": 20}


def test_limits_hold_from_the_next_request_after_a_reload(limited):
    gateway, _ = limited({"samples_per_second": 10})
    assert gateway.write(series(10)).status_code == 204
    assert gateway.write(series(10)).status_code == 429
    gateway.write_config({**gateway.config, "limits": {}})
    assert gateway.reload().status_code == 200
    assert gateway.write(series(1000)).status_code == 204
