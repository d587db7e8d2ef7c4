"""Names of labels, and the labels that a series has."""

import re

from support.oracle import units
from support.oracle.text import attribute, repaired, runes

IDENTIFYING = (b"service.name", b"service.namespace", b"service.instance.id")


class Refused(Exception):
    """A point that cannot be taken."""


def label_name(key, settings):
    """The name of the label that an attribute becomes; refuses what no label can be called."""
    if not settings.escapes:
        if not key.strip(b"_"):
            raise Refused(key)
        return repaired(key)
    if not key:
        raise Refused(key)
    name = runes(key)
    if settings.label_name_preserve_multiple_underscores:
        name = re.sub("[^A-Za-z0-9]", "_", name)
    elif len(key) >= 4 and key.startswith(b"__") and key.endswith(b"__"):
        name = "__" + re.sub("[^A-Za-z0-9]+", "_", name[2:-2]) + "__"
    else:
        name = re.sub("[^A-Za-z0-9]+", "_", name)
    if re.match("[0-9]", name):
        name = f"key_{name}"
    elif settings.label_name_underscore_sanitization and re.match("_(?!_)", name):
        name = f"key{name}"
    if not name.strip("_"):
        raise Refused(key)
    return name.encode()


def put(labels, name, value):
    """Sets a label; an empty value takes it away."""
    if value:
        labels[name] = value
    else:
        labels.pop(name, None)


def own(attributes, settings):
    """The labels that a point brings itself."""
    labels = {}
    for one in sorted(attributes, key=lambda one: one.key):
        if one.key == b"__name__":
            continue
        value = attribute(one.value)
        if settings.escapes:
            name = label_name(one.key, settings)
            put(labels, name, labels[name] + b";" + value if name in labels else value)
            continue
        if not one.key:
            raise Refused(one.key)
        name = repaired(one.key)
        if value and name in labels:
            raise Refused(one.key)
        put(labels, name, value or labels.get(name))
    return labels


def promoted(resource, settings):
    """The labels that a resource gives to all its series besides `job` and `instance`: of one name, the last."""
    labels = {}
    for one in resource.attributes:
        if settings.promotes(one.key):
            put(labels, label_name(one.key, settings), attribute(one.value))
    return labels


def identity(resource):
    """`job` and `instance`, as far as there are any."""
    first = {}
    for one in resource.attributes:
        first.setdefault(one.key, attribute(one.value))
    labels = {}
    if b"service.name" in first:
        space = first.get(b"service.namespace")
        name = first[b"service.name"]
        put(labels, b"job", name if space is None else space + b"/" + name)
    put(labels, b"instance", first.get(b"service.instance.id"))
    return labels


def of_scope(scope_metrics, settings):
    """The labels of a scope; those with an empty value are to be taken away."""
    scope = scope_metrics.scope
    if not settings.promote_scope_metadata or not scope.name:
        return {}
    labels = {label_name(b"otel_scope_" + one.key, settings): attribute(one.value) for one in scope.attributes}
    labels[b"otel_scope_name"] = repaired(scope.name)
    labels[b"otel_scope_version"] = repaired(scope.version)
    labels[b"otel_scope_schema_url"] = repaired(scope_metrics.schema_url)
    return labels


def of_type_and_unit(kind, unit, settings):
    if not settings.type_and_unit_labels:
        return {}
    labels = {b"__type__": kind.encode()}
    unit = units.of_label(unit, settings.escapes)
    return {**labels, b"__unit__": unit} if unit else labels
