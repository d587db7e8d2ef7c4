"""Native histograms, of exponential ones and of classic ones."""

import math

from support import messages
from support.oracle.labels import Refused

ZERO_THRESHOLD = 1e-128
CUSTOM = -53
_INT32 = range(-(2**31), 2**31)


def exponential(point, time, is_stale):
    """The native histogram of an exponential one; the scale is made coarser where no native one is as fine."""
    if point.scale < -4:
        raise Refused(f"scale {point.scale}")
    shift = max(point.scale - 8, 0)
    made = _begin(point, time, is_stale)
    made.schema = min(point.scale, 8)
    made.zero_threshold = ZERO_THRESHOLD
    made.zero_count_int = point.zero_count
    positive, negative = _merged(point.positive, shift), _merged(point.negative, shift)
    _check(made, point.zero_count, positive, negative)
    for spans, deltas, buckets, side in (
        (made.positive_spans, made.positive_deltas, positive, point.positive),
        (made.negative_spans, made.negative_deltas, negative, point.negative),
    ):
        first = (side.offset >> shift) + 1
        if buckets and not (first in _INT32 and first + len(buckets) - 1 in _INT32):
            raise Refused("an index is no int32")
        _lay_out(buckets, first, spans, deltas)
    return made


def custom(point, time, is_stale):
    """The native histogram with custom buckets of a classic one."""
    bounds, counts = list(point.explicit_bounds), list(point.bucket_counts)
    if any(not low < high for low, high in zip(bounds, bounds[1:], strict=False)):
        raise Refused("bounds do not ascend")
    if any(math.isnan(bound) for bound in bounds) or (bounds and bounds[-1] == math.inf):
        raise Refused("a bound is no number")
    if len(counts) > len(bounds) + 1:
        raise Refused("more buckets than bounds")
    made = _begin(point, time, is_stale)
    made.schema = CUSTOM
    made.custom_values.extend(bounds)
    _check(made, 0, counts, [])
    first = next((index for index, count in enumerate(counts) if count), len(counts))
    _lay_out(counts[first:], first, made.positive_spans, made.positive_deltas)
    return made


def _begin(point, time, is_stale):
    made = messages.Histogram(timestamp=time, count_int=point.count, sum=point.sum)
    if is_stale:
        made.count_int = messages.STALE
        made.sum = messages.from_bits(messages.STALE)
    return made


def _check(made, zero_count, *sides):
    total = zero_count + sum(map(sum, sides))
    if any(count >= 2**63 for side in sides for count in side):
        raise Refused("a bucket is too full")
    if total > made.count_int or (total != made.count_int and not math.isnan(made.sum)):
        raise Refused(f"{total} in buckets and {made.count_int} in all")


def _merged(side, shift):
    """The counts, neighbours added up until the scale is smaller by `shift`."""
    first = side.offset >> shift
    merged = []
    for index, count in enumerate(side.bucket_counts, side.offset):
        place = (index >> shift) - first
        merged.extend([0] * (place + 1 - len(merged)))
        merged[place] += count
    return merged


def _lay_out(counts, first, spans, deltas):
    """Writes counts of neighbouring buckets as spans and deltas, the first bucket of which has the index `first`."""
    if not counts:
        return
    lengths = [[first, 0]]
    current = previous = 0
    for index, count in enumerate(counts):
        if not count and index != len(counts) - 1:
            continue
        gap = index - current
        if gap > 2:
            lengths.append([gap, 0])
        else:
            for _ in range(gap):
                lengths[-1][1] += 1
                deltas.append(-previous)
                previous = 0
        lengths[-1][1] += 1
        deltas.append(count - previous)
        previous, current = count, index + 1
    for offset, length in lengths:
        spans.add(offset=offset, length=length)
