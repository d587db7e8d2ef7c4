"""Exemplars of points."""

from dataclasses import dataclass

from support import messages
from support.oracle.text import attribute, repaired, runes

MOST_CHARACTERS = 128


@dataclass
class Exemplar:
    labels: dict
    value: float
    time: int

    def message(self):
        return messages.Exemplar(
            labels=messages.label_list(sorted(self.labels.items())), value=self.value, timestamp=self.time
        )


def of_point(point, time):
    """The exemplars of a point at `time` in ms, without those that have no value."""
    return [
        Exemplar(
            _labels(one),
            float(getattr(one, one.WhichOneof("value"))),
            one.time_unix_nano // 1_000_000 or time,
        )
        for one in point.exemplars
        if one.WhichOneof("value")
    ]


def _labels(exemplar):
    identifiers = {}
    if any(exemplar.trace_id):
        identifiers[b"trace_id"] = exemplar.trace_id.hex().encode()
    if any(exemplar.span_id):
        identifiers[b"span_id"] = exemplar.span_id.hex().encode()
    filtered = [(repaired(one.key), attribute(one.value)) for one in exemplar.filtered_attributes]
    length = sum(len(runes(name)) + len(runes(value)) for name, value in [*identifiers.items(), *filtered])
    if length > MOST_CHARACTERS:
        filtered = []
    kept = {name: value for name, value in filtered if name and value}
    return {**kept, **identifiers}


def by_bucket(exemplars, bounds):
    """Those of each bucket, the one without a bound last."""
    rest = sorted(exemplars, key=lambda one: (one.value != one.value, one.value))
    buckets = []
    for bound in bounds:
        taken = 0
        while taken < len(rest) and rest[taken].value <= bound:
            taken += 1
        buckets.append(rest[:taken])
        rest = rest[taken:]
    return [*buckets, rest]
