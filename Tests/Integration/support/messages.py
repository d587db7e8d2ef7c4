"""Prometheus remote-write 1.0 messages, made and read by Google's protobuf.

The message types are built from the field numbers of the protocol at run time, so no compiler and no generated code
is needed. Strings are `bytes` here: the wire form is the same, and tests have to make strings that are not UTF-8.
"""

import struct

import cramjam
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

STALE = 0x7FF0000000000002
NAN = 0x7FF8000000000001

_Field = descriptor_pb2.FieldDescriptorProto
_TYPES = {
    "bytes": _Field.TYPE_BYTES,
    "double": _Field.TYPE_DOUBLE,
    "int64": _Field.TYPE_INT64,
    "uint64": _Field.TYPE_UINT64,
    "uint32": _Field.TYPE_UINT32,
    "sint32": _Field.TYPE_SINT32,
    "sint64": _Field.TYPE_SINT64,
    # The enums travel as plain varints, which is how int32 travels too.
    "enum": _Field.TYPE_INT32,
}
# Message: (name, number, type, repeated or the name of the oneof).
MESSAGES = {
    "WriteRequest": [("timeseries", 1, "TimeSeries", True), ("metadata", 3, "MetricMetadata", True)],
    "TimeSeries": [
        ("labels", 1, "Label", True),
        ("samples", 2, "Sample", True),
        ("exemplars", 3, "Exemplar", True),
        ("histograms", 4, "Histogram", True),
    ],
    "Label": [("name", 1, "bytes", False), ("value", 2, "bytes", False)],
    "Sample": [("value", 1, "double", False), ("timestamp", 2, "int64", False)],
    "Exemplar": [("labels", 1, "Label", True), ("value", 2, "double", False), ("timestamp", 3, "int64", False)],
    "MetricMetadata": [
        ("type", 1, "enum", False),
        ("metric_family_name", 2, "bytes", False),
        ("help", 4, "bytes", False),
        ("unit", 5, "bytes", False),
    ],
    "BucketSpan": [("offset", 1, "sint32", False), ("length", 2, "uint32", False)],
    "Histogram": [
        ("count_int", 1, "uint64", "count"),
        ("count_float", 2, "double", "count"),
        ("sum", 3, "double", False),
        ("schema", 4, "sint32", False),
        ("zero_threshold", 5, "double", False),
        ("zero_count_int", 6, "uint64", "zero_count"),
        ("zero_count_float", 7, "double", "zero_count"),
        ("negative_spans", 8, "BucketSpan", True),
        ("negative_deltas", 9, "sint64", True),
        ("negative_counts", 10, "double", True),
        ("positive_spans", 11, "BucketSpan", True),
        ("positive_deltas", 12, "sint64", True),
        ("positive_counts", 13, "double", True),
        ("reset_hint", 14, "enum", False),
        ("timestamp", 15, "int64", False),
        ("custom_values", 16, "double", True),
    ],
}


def classes(package, messages):
    """Message classes by name, made of tables such as the one above."""
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for message_name, fields in messages.items():
        message = file.message_type.add(name=message_name)
        for name, number, kind, shape in fields:
            field = message.field.add(name=name, number=number)
            field.label = _Field.LABEL_REPEATED if shape is True else _Field.LABEL_OPTIONAL
            if kind in _TYPES:
                field.type = _TYPES[kind]
            else:
                field.type, field.type_name = _Field.TYPE_MESSAGE, f".{package}.{kind}"
            if isinstance(shape, str):
                if shape not in [o.name for o in message.oneof_decl]:
                    message.oneof_decl.add(name=shape)
                field.oneof_index = [o.name for o in message.oneof_decl].index(shape)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {n: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{n}")) for n in messages}


_made = classes("prometheus", MESSAGES)
WriteRequest = _made["WriteRequest"]
TimeSeries = _made["TimeSeries"]
Label = _made["Label"]
Sample = _made["Sample"]
Exemplar = _made["Exemplar"]
Histogram = _made["Histogram"]
BucketSpan = _made["BucketSpan"]
MetricMetadata = _made["MetricMetadata"]


def raw(text):
    return text if isinstance(text, bytes) else text.encode()


def bits(value):
    """The 64 bits of a double: NaNs differ by them, and compare by them."""
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def from_bits(pattern):
    return struct.unpack("<d", struct.pack("<Q", pattern))[0]


def label_list(labels):
    pairs = labels.items() if isinstance(labels, dict) else labels
    return [Label(name=raw(n), value=raw(v)) for n, v in pairs]


def series(labels, *samples):
    """A TimeSeries of (timestamp in ms, value) pairs; labels in the order given, as a dict or as pairs."""
    return TimeSeries(labels=label_list(labels), samples=[Sample(timestamp=t, value=v) for t, v in samples])


def encode(message):
    """The body of a remote-write request: protobuf in a snappy block."""
    data = message if isinstance(message, bytes) else message.SerializeToString()
    return bytes(cramjam.snappy.compress_raw(data))


def opened(body):
    return bytes(cramjam.snappy.decompress_raw(body))


def decode(body):
    return WriteRequest.FromString(opened(body))


def labels_of(some):
    """Labels as a sorted tuple of pairs, by which series are told apart."""
    return tuple(sorted((label.name, label.value) for label in some.labels))


def contents(*requests):
    """What the requests say, in a form that compares: label set to its samples, histograms and exemplars in order
    (empty series left out), and the metadata."""
    found, metadata = {}, []
    for request in requests:
        for one in request.timeseries:
            if not (one.samples or one.histograms or one.exemplars):
                continue
            held = found.setdefault(labels_of(one), {"samples": [], "histograms": [], "exemplars": []})
            held["samples"] += [(s.timestamp, bits(s.value)) for s in one.samples]
            held["histograms"] += [h.SerializeToString(deterministic=True) for h in one.histograms]
            held["exemplars"] += [(labels_of(e), e.timestamp, bits(e.value)) for e in one.exemplars]
        metadata += [m.SerializeToString(deterministic=True) for m in request.metadata]
    return found, sorted(metadata)
