"""OpenTelemetry in, Prometheus out."""

import gzip
import json
import time

import pytest
from google.protobuf import json_format
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from support import messages, oracle, otlp
from support.sluice import backend, configuration
from support.wait import eventually

STAMP = 1_750_000_000_000


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_all_instruments_of_the_sdk_arrive_in_prometheus(sluice, prometheus_receiver, compression):
    gateway = sluice(configuration({"prometheus": backend(prometheus_receiver.write_url)}))
    exporter = OTLPMetricExporter(
        f"{gateway.ingest_url}/v1/metrics", headers={"X-Scope-OrgID": "acme"}, compression=compression
    )
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=60_000)
    resource = Resource(
        {"service.name": "shop", "service.namespace": "web", "service.instance.id": "i-1", "host.name": "h1"}
    )
    provider = MeterProvider([reader], resource, shutdown_on_exit=False)
    meter = provider.get_meter("test")
    meter.create_counter("http.requests", "1", "Requests served").add(3, {"http.method": "GET"})
    meter.create_up_down_counter("queue.depth", "{item}").add(-2, {"queue": "in"})
    latency = meter.create_histogram("latency", "s", explicit_bucket_boundaries_advisory=[0.1, 1.0, 2.5])
    for value in (0.0625, 0.5, 0.5, 9.0):
        latency.record(value)
    meter.create_gauge("battery", "1").set(0.75)
    meter.create_observable_gauge("room.temperature", [lambda _: [Observation(21.5, {"room": "a"})]], "Cel")
    meter.create_observable_counter("cpu.time", [lambda _: [Observation(12.25)]], "s")
    meter.create_observable_up_down_counter("memory.used", [lambda _: [Observation(4096)]], "By")
    assert provider.force_flush()
    provider.shutdown()

    identity = {"job": "web/shop", "instance": "i-1"}
    wanted = {
        ("http_requests_total", ("http_method", "GET")): 3,
        ("queue_depth", ("queue", "in")): -2,
        ("latency_seconds_sum",): 10.0625,
        ("latency_seconds_count",): 4,
        ("latency_seconds_bucket", ("le", "0.1")): 1,
        ("latency_seconds_bucket", ("le", "1")): 3,
        ("latency_seconds_bucket", ("le", "2.5")): 3,
        ("latency_seconds_bucket", ("le", "+Inf")): 4,
        ("battery_ratio",): 0.75,
        ("room_temperature_celsius", ("room", "a")): 21.5,
        ("cpu_time_seconds_total",): 12.25,
        ("memory_used_bytes",): 4096,
    }
    wanted = {
        tuple(sorted({"__name__": name, **dict(labels), **identity}.items())): value
        for (name, *labels), value in wanted.items()
    }
    selector = '{job="web/shop",__name__!="target_info"}'
    found = eventually(
        lambda: s if len(s := prometheus_receiver.samples(selector)) >= len(wanted) else None, "the series"
    )
    # Flush and shutdown each export once: all values are cumulative, so the last sample says it all.
    assert {key: samples[-1][1] for key, samples in found.items()} == wanted
    (info,) = eventually(lambda: prometheus_receiver.samples("target_info"), "target_info")
    assert {"host_name": "h1", "job": "web/shop", "instance": "i-1"}.items() <= dict(info).items()


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
