"""Names of metrics."""

import re

from support.oracle import units
from support.oracle.text import repaired, runes


def metric_name(metric, settings):
    """What a metric is called, or None if it cannot be named; empty where storage would refuse it."""
    kind = metric.WhichOneof("data")
    is_counter = kind == "sum" and metric.sum.is_monotonic
    is_ratio = kind == "gauge" and metric.unit == b"1"
    space = runes(settings.namespace)
    if settings.strategy == "UnderscoreEscapingWithSuffixes":
        made = _escaped_with_suffixes(runes(metric.name), metric.unit, is_counter, is_ratio, space)
    elif settings.strategy == "UnderscoreEscapingWithoutSuffixes":
        made = _escaped(runes(metric.name), space)
    elif settings.strategy == "NoUTF8EscapingWithSuffixes":
        return repaired(_with_suffixes(metric.name, metric.unit, is_counter, is_ratio, settings.namespace))
    else:
        return repaired(settings.namespace + b"_" + metric.name if settings.namespace else metric.name)
    return None if made is None else made.encode("utf-8", "surrogateescape")


def _escaped_with_suffixes(name, unit, is_counter, is_ratio, space):
    tokens = [token for token in re.split("[^A-Za-z0-9:]", name) if token]
    main, per = map(units.clean, units.parts(unit))
    if main in tokens:
        main = ""
    per = "" if per == "per_" else per.removesuffix("_")
    if per in tokens:
        per = ""
    if per:
        main = main.removesuffix("_")
    tokens += [word for word in (main, per) if word]
    for is_wanted, suffix in ((is_counter, "total"), (is_ratio, "ratio")):
        if is_wanted:
            tokens = [token for token in tokens if token != suffix] + [suffix]
    if space:
        tokens.insert(0, space)
    return _checked(_not_a_digit("_".join(tokens)), name)


def _escaped(name, space):
    made = _words(name)
    made = f"{_words(space)}_{made}" if space else _not_a_digit(made)
    return _checked(made, name)


def _words(text):
    return "_".join(word for word in re.split("[^A-Za-z0-9:_]", text) if word)


def _not_a_digit(name):
    return f"_{name}" if re.match("[0-9]", name) else name


def _checked(made, name):
    if not made or (made != name and not made.strip("_")):
        return None
    return made


def _with_suffixes(name, unit, is_counter, is_ratio, space):
    if space:
        name = space + b"_" + name
    main, per = (part.encode("utf-8", "surrogateescape") for part in units.parts(unit))
    suffixes = []
    for is_wanted, suffix in ((is_ratio, b"ratio"), (is_counter, b"total"), (bool(per), per)):
        if is_wanted:
            suffixes.insert(0, b"_" + suffix)
            if name.endswith(suffix) and len(name) > len(suffix) + 1:
                name = name[: -len(suffix) - 1]
    if main and not name.endswith(main):
        name += b"_" + main
    return name + b"".join(suffixes)
