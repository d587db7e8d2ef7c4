"""OTLP metrics messages by Google's protobuf."""

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
]

NO_RECORDED_VALUE = 1


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
