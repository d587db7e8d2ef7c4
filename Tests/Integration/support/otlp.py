"""OTLP metrics messages by Google's protobuf, and what Prometheus makes of them.

`translate` is a plain second opinion on the translation, for the shapes the random tests make: names that need no
escaping beyond dots, and units of a short list.
"""

import re

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    AGGREGATION_TEMPORALITY_DELTA,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
    Summary,
    SummaryDataPoint,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from support import messages

__all__ = [
    "AGGREGATION_TEMPORALITY_CUMULATIVE",
    "AGGREGATION_TEMPORALITY_DELTA",
    "ExportMetricsPartialSuccess",
    "ExportMetricsServiceRequest",
    "ExportMetricsServiceResponse",
    "Gauge",
    "Histogram",
    "HistogramDataPoint",
    "Metric",
    "NumberDataPoint",
    "Sum",
    "Summary",
    "SummaryDataPoint",
    "attributes",
    "gauge",
    "request",
    "translate",
]

NO_RECORDED_VALUE = 1
UNITS = {"": "", "1": "", "s": "seconds", "ms": "milliseconds", "By": "bytes", "Cel": "celsius", "{request}": ""}


def attributes(values):
    """KeyValues of strings, booleans, integers and doubles."""
    kinds = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}
    return [KeyValue(key=k, value=AnyValue(**{kinds[type(v)]: v})) for k, v in values.items()]


def gauge(name, value, stamp_ms, labels=None, unit=""):
    point = NumberDataPoint(time_unix_nano=stamp_ms * 1_000_000, as_double=value, attributes=attributes(labels or {}))
    return Metric(name=name, unit=unit, gauge=Gauge(data_points=[point]))


def request(*metrics, resource=None):
    """One resource, one scope, these metrics."""
    return ExportMetricsServiceRequest(
        resource_metrics=[
            ResourceMetrics(
                resource=Resource(attributes=attributes(resource or {})),
                scope_metrics=[ScopeMetrics(metrics=metrics)],
            )
        ]
    )


def translate(export):
    """The samples a remote-write backend must get: label set to (timestamp, bits) pairs in order.

    target_info is left out: how often it repeats is the translator's own affair.
    """
    found = {}
    for resource_metrics in export.resource_metrics:
        identity = _identity(resource_metrics.resource)
        for scope_metrics in resource_metrics.scope_metrics:
            for metric in scope_metrics.metrics:
                for labels, stamp, value in _samples(metric):
                    merged = {**labels, **identity}
                    key = tuple(sorted((k.encode(), v.encode()) for k, v in merged.items() if v))
                    found.setdefault(key, []).append((stamp, value))
    return found


def _identity(resource):
    values = {a.key: _text(a.value) for a in resource.attributes}
    identity = {}
    if "service.name" in values:
        space = values.get("service.namespace")
        identity["job"] = values["service.name"] if space is None else f"{space}/{values['service.name']}"
    if values.get("service.instance.id"):
        identity["instance"] = values["service.instance.id"]
    return identity


def _text(value):
    kind = value.WhichOneof("value")
    if kind is None:
        return ""
    plain = getattr(value, kind)
    if kind == "bool_value":
        return "true" if plain else "false"
    if kind == "double_value":
        return _decimal(plain)
    return str(plain)


def _decimal(number):
    """The fewest digits that give the number back, without an exponent: enough for the numbers the tests use."""
    text = repr(number)
    assert "e" not in text, number
    return text.removesuffix(".0")


def _labels(point, name, **more):
    labels = {re.sub(r"[^A-Za-z0-9_]", "_", a.key): _text(a.value) for a in point.attributes}
    return {**labels, "__name__": name, **more}


def _samples(metric):
    kind = metric.WhichOneof("data")
    name = "_".join(
        part
        for part in (
            "_".join(p for p in re.split(r"[^A-Za-z0-9:]", metric.name) if p),
            UNITS[metric.unit],
            "total" if kind == "sum" and metric.sum.is_monotonic else "",
            "ratio" if kind == "gauge" and metric.unit == "1" else "",
        )
        if part
    )
    for point in getattr(metric, kind).data_points:
        stamp = point.time_unix_nano // 1_000_000
        stale = point.flags & NO_RECORDED_VALUE
        for labels, value in _values(kind, point, name):
            yield labels, stamp, messages.STALE if stale else messages.bits(float(value))


def _values(kind, point, name):
    if kind in ("gauge", "sum"):
        yield _labels(point, name), getattr(point, point.WhichOneof("value") or "as_double")
        return
    if kind == "summary" or point.HasField("sum"):
        yield _labels(point, name + "_sum"), point.sum
    yield _labels(point, name + "_count"), point.count
    if kind == "summary":
        for quantile in point.quantile_values:
            yield _labels(point, name, quantile=_decimal(quantile.quantile)), quantile.value
        return
    running = 0
    for bound, count in zip(point.explicit_bounds, point.bucket_counts, strict=False):
        running += count
        yield _labels(point, name + "_bucket", le=_decimal(bound)), running
    yield _labels(point, name + "_bucket", le="+Inf"), point.count
