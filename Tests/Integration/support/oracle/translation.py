"""A whole request."""

from support import messages, messages2
from support.oracle import labels, points, target_info, units
from support.oracle.labels import Refused
from support.oracle.names import metric_name
from support.oracle.text import repaired

CUMULATIVE = 2
# As remote-write numbers them.
_TYPES = {"unknown": 0, "counter": 1, "gauge": 2, "histogram": 3, "summary": 5}


class Translation:
    """The series of a request.

    `rejected` is how many points are refused, `is_refused` whether these are all, and the request with them. `starts`
    is label set to the start of each sample in ms, 0 for one without.
    """

    def __init__(self, request, settings):
        self.rejected = 0
        self._taken = 0
        self.starts = {}
        self._settings = settings
        self._found = {}
        self._metadata = set()
        self._told = set()
        for resource_metrics in request.resource_metrics:
            self._resource(resource_metrics)
        self.is_refused = self.rejected > 0 and self._taken == 0
        if self.is_refused:
            # What a resource tells of itself is not taken either.
            for found in (self._found, self._metadata, self.starts):
                found.clear()

    def contents(self):
        """The series and their metadata, as `messages.contents` has them."""
        write_request = messages.WriteRequest()
        for key, held in self._found.items():
            write_request.timeseries.add(labels=messages.label_list(key), **held)
        write_request.metadata.extend(messages.MetricMetadata.FromString(one) for one in self._metadata)
        return messages.contents(write_request)

    def _resource(self, resource_metrics):
        resource = resource_metrics.resource
        times = []
        for scope_metrics in resource_metrics.scope_metrics:
            for metric in scope_metrics.metrics:
                kind = metric.WhichOneof("data")
                if not kind or not getattr(metric, kind).data_points:
                    continue
                times += [point.time_unix_nano for point in getattr(metric, kind).data_points if _is_time(point)]
                try:
                    shared = self._shared(resource, scope_metrics)
                    self._metric(metric, shared)
                except Refused:
                    self.rejected += len(getattr(metric, kind).data_points)
        told = target_info.of_resource(resource, min(times, default=None), max(times, default=None), self._settings)
        if told:
            self._tell(*told)

    def _shared(self, resource, scope_metrics):
        """What all points of a scope have: labels that give way, labels that replace, labels of the scope."""
        return (
            labels.promoted(resource, self._settings),
            labels.identity(resource),
            labels.of_scope(scope_metrics, self._settings),
        )

    def _metric(self, metric, shared):
        kind = metric.WhichOneof("data")
        data = getattr(metric, kind)
        if kind not in ("gauge", "summary") and data.aggregation_temporality != CUMULATIVE:
            raise Refused("temporality")
        name = metric_name(metric, self._settings)
        if not name:
            raise Refused("name")
        kind_word = _word(metric)
        extra = labels.of_type_and_unit(kind_word, metric.unit, self._settings)
        taken = 0
        for point in data.data_points:
            try:
                taken += self._point(kind, point, name, shared, extra, _has_start(metric))
            except Refused:
                self.rejected += 1
        self._taken += taken
        if taken:
            self._describe(name, kind_word, metric.description, units.of_metadata(metric.unit))

    def _point(self, kind, point, name, shared, extra, has_start):
        if not _is_time(point):
            raise Refused("time")
        time = point.time_unix_nano // 1_000_000
        promoted, identity, scope = shared
        common = {**promoted, **labels.own(point.attributes, self._settings), **identity}
        for label, value in scope.items():
            labels.put(common, label, value)
        common |= extra
        start = point.start_time_unix_nano // 1_000_000 if has_start and self._settings.start_timestamps else 0
        made = self._series(kind, point, time)
        for one in made:
            self._add({**common, b"__name__": name + one.suffix, **one.more}, one, time, start)
        return len(made)

    def _series(self, kind, point, time):
        if kind == "histogram":
            return points.of_histogram(point, time, self._settings.convert_histograms_to_nhcb)
        if kind == "exponential_histogram":
            return points.of_exponential(point, time)
        if kind == "summary":
            return points.of_summary(point)
        return points.of_number(point, time, kind)

    def _add(self, found, one, time, start):
        held = self._held(found)
        if one.bits is not None:
            held["samples"].append(messages.Sample(value=messages.from_bits(one.bits), timestamp=time))
            self.starts.setdefault(tuple(sorted(found.items())), []).append(start)
        if one.histogram is not None:
            held["histograms"].append(messages2.with_start(one.histogram, start))
        held["exemplars"] += [exemplar.message() for exemplar in one.exemplars]

    def _held(self, found):
        key = tuple(sorted(found.items()))
        return self._found.setdefault(key, {"samples": [], "histograms": [], "exemplars": []})

    def _tell(self, found, times):
        """Adds `target_info`: of each set of labels, each time once in a request."""
        key = tuple(sorted(found.items()))
        for time in times:
            if (key, time) not in self._told:
                self._told.add((key, time))
                self._held(found)["samples"].append(messages.Sample(value=1, timestamp=time))
                self.starts.setdefault(key, []).append(0)
                self._describe(found[b"__name__"], "gauge", b"Target metadata", b"")

    def _describe(self, family, kind, words, unit):
        row = messages.MetricMetadata(type=_TYPES[kind], metric_family_name=family, help=repaired(words), unit=unit)
        self._metadata.add(row.SerializeToString(deterministic=True))


def _is_time(point):
    return 0 < point.time_unix_nano < 2**63


def _has_start(metric):
    """Whether a start means something to Prometheus, which would take that of a gauge for the start of a counter."""
    return _word(metric) != "gauge"


def _word(metric):
    kind = metric.WhichOneof("data")
    if kind == "sum":
        return "counter" if metric.sum.is_monotonic else "gauge"
    return {"exponential_histogram": "histogram"}.get(kind, kind)
