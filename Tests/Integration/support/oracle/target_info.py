"""What a resource says of itself, as a series."""

from support.oracle import labels
from support.oracle.labels import Refused


def of_resource(resource, earliest, latest, settings):
    """Labels and times in ms of `target_info` for points from `earliest` to `latest` in ns, or None."""
    if not settings.target_info or earliest is None:
        return None
    if all(one.key in labels.IDENTIFYING for one in resource.attributes):
        return None
    attributes = [
        one
        for one in resource.attributes
        if settings.keep_identifying_resource_attributes or one.key not in labels.IDENTIFYING
    ]
    found = {**labels.own(_named(attributes, settings), settings), **labels.identity(resource)}
    if b"job" not in found and b"instance" not in found:
        return None
    space = settings.namespace + b"_" if settings.namespace else b""
    found[b"__name__"] = space + b"target_info"
    return found, _times(earliest, latest, settings.lookback_seconds * 500_000_000)


def _named(attributes, settings):
    """Those that can be labels; the others are left out and the series is told without them."""
    named = []
    for one in attributes:
        try:
            labels.own([*named, one], settings)
        except Refused:
            continue
        named.append(one)
    return named


def _times(earliest, latest, step):
    times = [*range(earliest, latest, step), latest]
    return list(dict.fromkeys(time // 1_000_000 for time in times))
