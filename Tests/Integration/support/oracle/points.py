"""The series of one data point."""

from dataclasses import dataclass, field

from support import messages
from support.oracle import exemplars, histograms
from support.oracle.text import plain

NO_RECORDED_VALUE = 1


@dataclass
class Series:
    """What one point gives to one series. `suffix` and `more` tell the series of one point from each other."""

    suffix: bytes = b""
    more: dict = field(default_factory=dict)
    bits: int | None = None
    histogram: object = None
    exemplars: list = field(default_factory=list)


def of_number(point, time, kind):
    value = point.WhichOneof("value")
    number = float(getattr(point, value)) if value else 0.0
    found = exemplars.of_point(point, time) if kind == "sum" else []
    return [Series(bits=_bits(point, number), exemplars=found)]


def of_histogram(point, time, as_custom):
    found = exemplars.of_point(point, time)
    if as_custom:
        return [Series(histogram=histograms.custom(point, time, _is_stale(point)), exemplars=found)]
    series = [Series(b"_sum", bits=_bits(point, point.sum))] if point.HasField("sum") else []
    series.append(Series(b"_count", bits=_bits(point, point.count)))
    # A bound of infinity would be the last bucket a second time.
    pairs = list(zip(point.explicit_bounds, point.bucket_counts, strict=False))
    finite = [bound for bound, _ in pairs if bound != float("inf")]
    of_buckets = iter(exemplars.by_bucket(found, finite))
    running = 0
    for bound, count in pairs:
        running += count
        if bound != float("inf"):
            more = {b"le": plain(bound)}
            series.append(Series(b"_bucket", more, _bits(point, running), exemplars=next(of_buckets)))
    series.append(Series(b"_bucket", {b"le": b"+Inf"}, _bits(point, point.count), exemplars=next(of_buckets)))
    return series


def of_exponential(point, time):
    made = histograms.exponential(point, time, _is_stale(point))
    return [Series(histogram=made, exemplars=exemplars.of_point(point, time))]


def of_summary(point):
    series = [Series(b"_sum", bits=_bits(point, point.sum)), Series(b"_count", bits=_bits(point, point.count))]
    for one in point.quantile_values:
        series.append(Series(b"", {b"quantile": plain(one.quantile)}, _bits(point, one.value)))
    return series


def _is_stale(point):
    return bool(point.flags & NO_RECORDED_VALUE)


def _bits(point, number):
    return messages.STALE if _is_stale(point) else messages.bits(float(number))
