"""OpenTelemetry in, Prometheus out."""

import gzip
import json
import time

import pytest
from google.protobuf import json_format
from support import messages, oracle, otlp
from support.wait import eventually

STAMP = 1_750_000_000_000


def sample_request():
    return otlp.request(
        otlp.gauge("room.temperature", 21.5, STAMP, {"room": "a", "floor": 2, "ok": True}, "Cel"),
        otlp.Metric(
            name="latency",
            unit="ms",
            description="How long",
            histogram=otlp.Histogram(
                aggregation_temporality=otlp.AGGREGATION_TEMPORALITY_CUMULATIVE,
                data_points=[
                    otlp.HistogramDataPoint(
                        time_unix_nano=STAMP * 1_000_000,
                        count=6,
                        sum=7.5,
                        bucket_counts=[1, 2, 3],
                        explicit_bounds=[0.5, 10],
                    )
                ],
            ),
        ),
        resource={"service.name": "shop", "service.instance.id": "i-1"},
    )


@pytest.mark.parametrize("encoding", ["protobuf", "protobuf and gzip", "json", "json and gzip"])
def test_every_encoding_says_the_same(one_backend, encoding):
    gateway, sink = one_backend
    request = sample_request()
    headers = {}
    body = request.SerializeToString()
    if "json" in encoding:
        headers["Content-Type"] = "application/json"
        body = json_format.MessageToJson(request).encode()
    if "gzip" in encoding:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body)
    answer = gateway.export(body, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(headers.get("Content-Type", "application/x-protobuf"))
    if "json" in encoding:
        assert json.loads(answer.text or "{}").get("partialSuccess", {}) == {}
    else:
        response = otlp.ExportMetricsServiceResponse.FromString(answer.content)
        assert response.partial_success == otlp.ExportMetricsPartialSuccess()
    wanted, _ = oracle.translate(request.SerializeToString()).contents()
    eventually(lambda: sink.series() == wanted, lambda: f"got {sink.series()}")


def test_type_and_help_travel_with_the_samples(one_backend):
    gateway, sink = one_backend
    assert gateway.export(sample_request()).status_code == 200

    def told():
        return {m.metric_family_name: m for r in sink.accepted for m in r.message().metadata}

    eventually(lambda: b"latency_milliseconds" in told(), "metadata")
    latency = told()[b"latency_milliseconds"]
    assert (latency.type, latency.help, latency.unit) == (3, b"How long", b"milliseconds")
    assert told()[b"room_temperature_celsius"].type == 2


def test_a_point_that_cannot_be_taken_is_counted_and_the_rest_is_delivered(one_backend):
    """Delta sums have no meaning for a cumulative backend without memory."""
    gateway, sink = one_backend
    delta = otlp.Metric(
        name="hits",
        sum=otlp.Sum(
            aggregation_temporality=otlp.AGGREGATION_TEMPORALITY_DELTA,
            is_monotonic=True,
            data_points=[otlp.NumberDataPoint(time_unix_nano=STAMP * 1_000_000, as_int=3)],
        ),
    )
    good = otlp.gauge("temperature", 1.0, STAMP)
    answer = gateway.export(otlp.request(delta, good))
    assert answer.status_code == 200
    partial = otlp.ExportMetricsServiceResponse.FromString(answer.content).partial_success
    assert partial.rejected_data_points == 1
    assert "hits" in partial.error_message
    assert list(sink.wait_for_samples(1)) == [((b"__name__", b"temperature"),)]


@pytest.mark.parametrize("encoding", ["protobuf", "json"])
def test_a_request_of_which_every_point_is_refused_is_an_error_and_leaves_nothing(one_backend, encoding):
    """A partial success would say that some of it was taken; nor is its resource, which target_info tells of."""
    gateway, sink = one_backend
    delta = otlp.Metric(
        name="hits",
        sum=otlp.Sum(
            aggregation_temporality=otlp.AGGREGATION_TEMPORALITY_DELTA,
            data_points=[otlp.NumberDataPoint(time_unix_nano=STAMP * 1_000_000, as_int=3)],
        ),
    )
    request = otlp.request(delta, resource={"service.name": "shop", "zone": "a"})
    if encoding == "json":
        body = json_format.MessageToJson(request).encode()
        answer = gateway.export(body, headers={"Content-Type": "application/json"})
        status = answer.json()
        assert (status["code"], answer.headers["Content-Type"]) == (3, "application/json")
        assert "hits" in status["message"]
    else:
        answer = gateway.export(request)
        assert b"hits" in answer.content
    assert answer.status_code == 400
    assert gateway.metric("sluice_refused_total", protocol="otlp", reason="unsupported_temporality") == 1
    # In order: what the refused one had left would have come first.
    assert gateway.export(otlp.request(otlp.gauge("temperature", 1.0, STAMP))).status_code == 200
    assert list(sink.wait_for_samples(1)) == [((b"__name__", b"temperature"),)]


def test_no_recorded_value_becomes_a_stale_marker(one_backend):
    gateway, sink = one_backend
    gone = otlp.gauge("temperature", 1.0, STAMP)
    gone.gauge.data_points[0].flags = otlp.NO_RECORDED_VALUE
    assert gateway.export(otlp.request(gone)).status_code == 200
    (held,) = sink.wait_for_samples(1).values()
    assert held["samples"] == [(STAMP, messages.STALE)]


def test_an_empty_request_is_fine(one_backend):
    gateway, sink = one_backend
    assert gateway.export(b"").status_code == 200
    assert gateway.export(b"{}", headers={"Content-Type": "application/json"}).status_code == 200
    assert sink.received == []


def test_the_clock_of_the_points_is_kept_to_the_millisecond(one_backend):
    gateway, sink = one_backend
    now = time.time_ns()
    request = otlp.request(otlp.gauge("temperature", 1.0, 0))
    request.resource_metrics[0].scope_metrics[0].metrics[0].gauge.data_points[0].time_unix_nano = now
    assert gateway.export(request).status_code == 200
    (held,) = sink.wait_for_samples(1).values()
    assert [stamp for stamp, _ in held["samples"]] == [now // 1_000_000]
