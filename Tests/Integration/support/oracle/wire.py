"""OTLP's messages with bytes for strings: the wire form is the same, and hostile senders send what is not UTF-8."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.resource.v1 import resource_pb2

_Field = descriptor_pb2.FieldDescriptorProto


def _messages(message):
    yield message
    for nested in message.nested_type:
        yield from _messages(nested)


def _pool():
    pool = descriptor_pool.DescriptorPool()
    for module in (common_pb2, resource_pb2, metrics_pb2, metrics_service_pb2):
        file = descriptor_pb2.FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)
        for message in file.message_type:
            for one in _messages(message):
                for field in one.field:
                    if field.type == _Field.TYPE_STRING:
                        field.type = _Field.TYPE_BYTES
        pool.Add(file)
    return pool


_made = _pool()


def _message(package, name):
    return message_factory.GetMessageClass(_made.FindMessageTypeByName(f"opentelemetry.proto.{package}.v1.{name}"))


ExportMetricsServiceRequest = _message("collector.metrics", "ExportMetricsServiceRequest")
Metric = _message("metrics", "Metric")
NumberDataPoint = _message("metrics", "NumberDataPoint")
HistogramDataPoint = _message("metrics", "HistogramDataPoint")
ExponentialHistogramDataPoint = _message("metrics", "ExponentialHistogramDataPoint")
SummaryDataPoint = _message("metrics", "SummaryDataPoint")
Exemplar = _message("metrics", "Exemplar")
KeyValue = _message("common", "KeyValue")
AnyValue = _message("common", "AnyValue")
