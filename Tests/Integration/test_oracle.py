"""The account of the translation that other tests rely on, against what Prometheus 3.12 made of examples."""

import json
from pathlib import Path

import pytest
from google.protobuf import json_format
from support import messages, oracle, otlp
from support.oracle import histograms, labels, names, units, wire
from support.oracle.settings import STRATEGIES, Settings

EXAMPLES = json.loads((Path(__file__).parent / "examples/prometheus_otlp.json").read_text())
KINDS = {"counter": "sum", "updown": "sum", "hist": "histogram", "exph": "exponential_histogram"}
# With both of label_name_underscore_sanitization and label_name_preserve_multiple_underscores, one, none; unescaped.
LABEL_SETTINGS = [
    *(Settings(STRATEGIES[0], b"", keeps, runs) for keeps, runs in [(True, True), (True, False)]),
    *(Settings(STRATEGIES[0], b"", keeps, runs) for keeps, runs in [(False, True), (False, False)]),
    Settings("NoTranslation"),
]


def encoded(text):
    return None if text is None else text.encode()


@pytest.mark.parametrize(("space", "name", "unit", "kind", "expected"), [(*e[:4], e[4:]) for e in EXAMPLES["names"]])
def test_names_of_metrics(space, name, unit, kind, expected):
    metric = wire.Metric(name=name.encode(), unit=unit.encode())
    getattr(metric, KINDS.get(kind, kind)).SetInParent()
    if kind == "counter":
        metric.sum.is_monotonic = True
    made = [names.metric_name(metric, Settings(strategy, space.encode())) for strategy in STRATEGIES]
    assert made == [encoded(text) for text in expected]


@pytest.mark.parametrize(("key", "expected"), [(e[0], e[1:]) for e in EXAMPLES["labels"]])
def test_names_of_labels(key, expected):
    def made(settings):
        try:
            return labels.label_name(key.encode(), settings)
        except labels.Refused:
            return None

    assert [made(settings) for settings in LABEL_SETTINGS] == [encoded(text) for text in expected]


@pytest.mark.parametrize(("unit", "escaped"), [e[:2] for e in EXAMPLES["units"]])
def test_units_of_metadata(unit, escaped):
    assert units.of_metadata(unit.encode()) == escaped.encode()


@pytest.mark.parametrize(("scale", "offset", "counts", "spans", "deltas"), EXAMPLES["exponential"])
def test_buckets_of_exponential_histograms(scale, offset, counts, spans, deltas):
    point = wire.ExponentialHistogramDataPoint(scale=scale, count=sum(counts))
    point.positive.offset = offset
    point.positive.bucket_counts.extend(counts)
    made = histograms.exponential(point, 0, is_stale=False)
    assert [[span.offset, span.length] for span in made.positive_spans] == spans
    assert list(made.positive_deltas) == deltas
    assert not made.negative_spans


@pytest.mark.parametrize(("counts", "spans", "deltas"), EXAMPLES["custom"])
def test_custom_buckets(counts, spans, deltas):
    bounds = [float(bound) for bound in range(len(counts) - 1)]
    point = wire.HistogramDataPoint(count=sum(counts), bucket_counts=counts, explicit_bounds=bounds)
    made = histograms.custom(point, 0, is_stale=False)
    assert [[span.offset, span.length] for span in made.positive_spans] == spans
    assert list(made.positive_deltas) == deltas
    assert list(made.custom_values) == bounds


def test_a_whole_request():
    text = (Path(__file__).parent / "examples/request.json").read_text()
    request = json_format.Parse(text, otlp.ExportMetricsServiceRequest())
    exemplar = request.resource_metrics[0].scope_metrics[0].metrics[0].sum.data_points[0].exemplars[0]
    exemplar.trace_id, exemplar.span_id = bytes(range(1, 17)), bytes(range(1, 9))
    series, _ = oracle.translate(request.SerializeToString()).contents()
    minute, end = 1_700_000_060_000, 1_700_000_360_000
    wanted = {
        "http_requests_total http_method=GET;x": [(minute, 42)],
        "cpu_util_ratio": [(minute, 0.25)],
        "cpu_util_ratio core=1": [(end, messages.STALE)],
        "lat_milliseconds_sum": [(minute, 123.5)],
        "lat_milliseconds_count": [(minute, 6)],
        "lat_milliseconds_bucket le=10": [(minute, 1)],
        "lat_milliseconds_bucket le=100.5": [(minute, 3)],
        "lat_milliseconds_bucket le=+Inf": [(minute, 6)],
        "size_bytes": [],
        "rpc_seconds_sum": [(minute, 1.5)],
        "rpc_seconds_count": [(minute, 2)],
        "rpc_seconds quantile=0.5": [(minute, 0.7)],
        "rpc_seconds quantile=1": [(minute, 0.8)],
        "target_info k8s_pod_name=cart-0 replicas=3": [(minute, 1), (1_700_000_210_000, 1), (end, 1)],
    }

    def key(text):
        name, *pairs = text.split(" ")
        more = dict(pair.split("=", 1) for pair in pairs)
        found = {"__name__": name, "instance": "i-1", "job": "shop/cart", **more}
        return tuple(sorted((name.encode(), value.encode()) for name, value in found.items()))

    def bits(value):
        return value if value == messages.STALE else messages.bits(value)

    assert {found: held["samples"] for found, held in series.items()} == {
        key(text): [(time, bits(value)) for time, value in samples] for text, samples in wanted.items()
    }
    (native,) = (messages.Histogram.FromString(one) for one in series[key("size_bytes")]["histograms"])
    assert native == messages.Histogram(
        count_int=7,
        sum=20,
        schema=1,
        zero_threshold=1e-128,
        zero_count_int=1,
        positive_spans=[messages.BucketSpan(offset=0, length=3)],
        positive_deltas=[2, -2, 4],
        timestamp=minute,
    )
    ids = ((b"span_id", b"0102030405060708"), (b"trace_id", b"0102030405060708090a0b0c0d0e0f10"))
    first = series[key("http_requests_total http_method=GET;x")]
    assert first["exemplars"] == [(ids, 1_700_000_059_500, messages.bits(1.0))]
