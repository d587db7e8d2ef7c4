"""OTLP messages in their JSON form, as different senders write it."""

import base64
import json
import math

from google.protobuf.descriptor import FieldDescriptor

_LONG = {
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_UINT64,
    FieldDescriptor.TYPE_FIXED64,
    FieldDescriptor.TYPE_SFIXED64,
}


def write(message, random=None):
    """The message in JSON; with `random`, in any of the forms that a receiver has to take."""
    text = json.dumps(_object(message, random), ensure_ascii=False, indent=random and random.choice([None, 1]))
    return text.encode("utf-8", "surrogateescape")


def _perhaps(random, chance=0.1):
    return random is not None and random.random() < chance


def _object(message, random):
    members = {}
    for field, value in message.ListFields():
        name = field.name if _perhaps(random) else field.json_name
        if field.is_repeated:
            members[name] = [_value(field, one, random) for one in value]
        else:
            members[name] = _value(field, value, random)
    if _perhaps(random):
        members["notKnown"] = random.choice([None, 1.5e3, "x", [[], {"a": [None]}], {"key": {"value": False}}])
    if random:
        return dict(random.sample(list(members.items()), len(members)))
    return members


def _value(field, value, random):
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        return _object(value, random)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return _bytes(field.name, value, random)
    if field.type == FieldDescriptor.TYPE_ENUM:
        number = field.enum_type.values_by_number.get(value)
        return number.name if number and _perhaps(random) else value
    if field.type in _LONG:
        return value if _perhaps(random) else str(value)
    if field.type == FieldDescriptor.TYPE_DOUBLE and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if field.type != FieldDescriptor.TYPE_BOOL and _perhaps(random):
        return repr(value)
    return value


def _bytes(name, value, random):
    if name in ("trace_id", "span_id"):
        return value.hex().upper() if _perhaps(random) else value.hex()
    if name == "bytes_value":
        return base64.b64encode(value).decode()
    return value.decode("utf-8", "surrogateescape")
