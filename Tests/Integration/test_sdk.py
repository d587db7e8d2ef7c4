"""The OpenTelemetry SDK with all its instruments, through the gateway, into a real Prometheus, and queried back."""

import math

import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.common.http import Compression
from opentelemetry.exporter.otlp.json.http.metric_exporter import OTLPMetricExporter as JSONExporter
from opentelemetry.exporter.otlp.proto.http import Compression as ProtobufCompression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as ProtobufExporter
from opentelemetry.metrics import Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags
from support.sluice import backend, configuration
from support.wait import eventually

IDENTITY = {"job": "web/shop", "instance": "i-1"}
TRACE, SPAN = 0x0102030405060708090A0B0C0D0E0F10, 0x0102030405060708
# The SDK begins with the finest scale and makes it coarser as values ask for it: 160 buckets have to do.
NARROW = [1.0, 1.0, 1.0001, 1.0002]
WIDE = [0.0, 0.25, 1.0, 3.0, 3.5, 700.0, 1e6]


@pytest.fixture
def provider(request):
    """Makes a provider that exports to a URL when it is told to."""

    def make(exporter):
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=math.inf)
        resource = Resource(
            {
                "service.name": "shop",
                "service.namespace": "web",
                "service.instance.id": "i-1",
                "host.name": "h1",
                "host.ip": ["10.0.0.1", "10.0.0.2"],
            }
        )
        views = [View(instrument_name="exponential.*", aggregation=ExponentialBucketHistogramAggregation())]
        made = MeterProvider([reader], resource, shutdown_on_exit=False, views=views)
        request.addfinalizer(lambda: made.shutdown(timeout_millis=1000))
        return made

    return make


def within_a_trace():
    sampled = SpanContext(TRACE, SPAN, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return trace.set_span_in_context(NonRecordingSpan(sampled))


def record(meter):
    """Uses every instrument once and more."""
    requests = meter.create_counter("http.requests", "1", "Requests served")
    requests.add(3, {"http.method": "GET"}, context=within_a_trace())
    requests.add(2.5, {"http.method": "PUT", "retry": True, "codes": [200, 204]})
    depth = meter.create_up_down_counter("queue.depth", "{item}")
    depth.add(3, {"queue": "in"})
    depth.add(-5, {"queue": "in"})
    latency = meter.create_histogram("latency", "s", explicit_bucket_boundaries_advisory=[0.1, 1.0, 2.5])
    for value in (0.0625, 0.5, 0.5, 9.0):
        latency.record(value, context=within_a_trace() if value == 9.0 else None)
    for name, values in (("exponential.narrow", NARROW), ("exponential.wide", WIDE)):
        histogram = meter.create_histogram(name, "By")
        for value in values:
            histogram.record(value, {"path": "/ä"})
    meter.create_gauge("battery", "1").set(0.75)
    meter.create_observable_gauge("room.temperature", [lambda _: [Observation(21.5, {"room": "a"})]], "Cel")
    meter.create_observable_counter("cpu.time", [lambda _: [Observation(12.25), Observation(4, {"cpu": 1})]], "s")
    meter.create_observable_up_down_counter("memory.used", [lambda _: [Observation(4096)]], "By")


VALUES = {
    ("http_requests_total", ("http_method", "GET")): 3,
    ("http_requests_total", ("http_method", "PUT"), ("retry", "true"), ("codes", "[200,204]")): 2.5,
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
    ("cpu_time_seconds_total", ("cpu", "1")): 4,
    ("memory_used_bytes",): 4096,
}


def key(name, *labels):
    return tuple(sorted({"__name__": name, **dict(labels), **IDENTITY}.items()))


ENCODINGS = {
    "protobuf": (ProtobufExporter, ProtobufCompression.NoCompression),
    "protobuf-gzip": (ProtobufExporter, ProtobufCompression.Gzip),
    "json": (JSONExporter, Compression.NONE),
    "json-deflate": (JSONExporter, Compression.DEFLATE),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_all_that_the_instruments_say_arrives_in_prometheus(sluice, prometheus_of_everything, provider, encoding):
    prometheus = prometheus_of_everything
    gateway = sluice(configuration({"prometheus": backend(prometheus.write_url)}))
    exporter, compression = ENCODINGS[encoding]
    url = f"{gateway.ingest_url}/v1/metrics"
    source = provider(exporter(url, headers={"X-Scope-OrgID": "acme"}, compression=compression))
    record(source.get_meter("test", "1.0"))
    assert source.force_flush()

    natives = {key(f"exponential_{kind}_bytes", ("path", "/ä")) for kind in ("narrow", "wide")}
    wanted = {key(*labels): value for labels, value in VALUES.items()}
    eventually(lambda: prometheus.histograms('{job="web/shop"}').keys() == natives, "the native histograms")
    found = prometheus.samples('{job="web/shop",__name__!="target_info"}')
    assert {labels: [value for _, value in samples] for labels, samples in found.items()} == {
        labels: [value] for labels, value in wanted.items()
    }
    # All of one collection has one time.
    assert len({stamp for samples in found.values() for stamp, _ in samples}) == 1

    ((labels, samples),) = prometheus.samples("target_info").items()
    told = {**IDENTITY, "__name__": "target_info", "host_name": "h1", "host_ip": '["10.0.0.1","10.0.0.2"]'}
    assert told.items() <= dict(labels).items()
    assert [value for _, value in samples] == [1]

    for kind, values in (("narrow", NARROW), ("wide", WIDE)):
        histograms = prometheus.histograms(f"exponential_{kind}_bytes")
        count, total, buckets = histograms[key(f"exponential_{kind}_bytes", ("path", "/ä"))]
        assert (count, total) == (len(values), pytest.approx(sum(values)))
        assert_holds(buckets, values)

    exemplars = prometheus.exemplars('{job="web/shop"}')
    ids = {"trace_id": f"{TRACE:032x}", "span_id": f"{SPAN:016x}"}
    assert {labels: [(found, value) for found, value, _ in all_of] for labels, all_of in exemplars.items()} == {
        key("http_requests_total", ("http_method", "GET")): [(ids, 3)],
        key("latency_seconds_bucket", ("le", "+Inf")): [(ids, 9)],
    }


def assert_holds(buckets, values):
    """Every value lies in the bucket that counts it, and no bucket counts another."""
    filled = [bucket for bucket in buckets if bucket[2]]
    assert sum(count for *_, count in filled) == len(values)
    for low, high, count in filled:
        # The bucket around zero has both of its ends.
        assert sum(low < value <= high or low == -high == -value == 0 for value in values) == count, (low, high)
