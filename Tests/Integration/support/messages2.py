"""Prometheus remote-write 2.0 messages, made and read by Google's protobuf, and what they mean in 1.0."""

from support import messages

CONTENT_TYPE = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
HEADERS = {"Content-Type": CONTENT_TYPE, "X-Prometheus-Remote-Write-Version": "2.0.0"}
WRITTEN = "X-Prometheus-Remote-Write-{}-Written"

_made = messages.classes(
    "io.prometheus.write.v2",
    {
        "Request": [("symbols", 4, "bytes", True), ("timeseries", 5, "TimeSeries", True)],
        "TimeSeries": [
            ("labels_refs", 1, "uint32", True),
            ("samples", 2, "Sample", True),
            ("histograms", 3, "Histogram", True),
            ("exemplars", 4, "Exemplar", True),
            ("metadata", 5, "Metadata", False),
            ("created_timestamp", 6, "int64", False),
        ],
        "Exemplar": [
            ("labels_refs", 1, "uint32", True),
            ("value", 2, "double", False),
            ("timestamp", 3, "int64", False),
        ],
        "Sample": [
            ("value", 1, "double", False),
            ("timestamp", 2, "int64", False),
            ("start_timestamp", 3, "int64", False),
        ],
        "Metadata": [("type", 1, "enum", False), ("help_ref", 3, "uint32", False), ("unit_ref", 4, "uint32", False)],
        "BucketSpan": messages.MESSAGES["BucketSpan"],
        "Histogram": [*messages.MESSAGES["Histogram"], ("start_timestamp", 17, "int64", False)],
    },
)
Request = _made["Request"]
TimeSeries = _made["TimeSeries"]
Histogram = _made["Histogram"]
Metadata = _made["Metadata"]


class Symbols:
    """A symbol table that grows as strings are asked for."""

    def __init__(self):
        self.all = [b""]
        self._numbers = {b"": 0}

    def reference(self, text):
        text = messages.raw(text)
        if text not in self._numbers:
            self._numbers[text] = len(self.all)
            self.all.append(text)
        return self._numbers[text]

    def references(self, labels):
        return [self.reference(part) for label in labels for part in (label.name, label.value)]


def from_1(write_request, metadata=None):
    """The same in 2.0. `metadata`: metric name to (type, help, unit)."""
    symbols = Symbols()
    request = Request()
    for one in write_request.timeseries:
        series = request.timeseries.add(labels_refs=symbols.references(one.labels))
        for sample in one.samples:
            series.samples.add(value=sample.value, timestamp=sample.timestamp)
        for histogram in one.histograms:
            series.histograms.add().ParseFromString(histogram.SerializeToString())
        for exemplar in one.exemplars:
            series.exemplars.add(
                labels_refs=symbols.references(exemplar.labels), value=exemplar.value, timestamp=exemplar.timestamp
            )
        name = next((label.value for label in one.labels if label.name == b"__name__"), b"").decode()
        if metadata and name in metadata:
            kind, words, unit = metadata[name]
            series.metadata.CopyFrom(
                Metadata(type=kind, help_ref=symbols.reference(words), unit_ref=symbols.reference(unit))
            )
    request.symbols.extend(symbols.all)
    return request


def to_1(request):
    """The same in 1.0: without metadata, start timestamps in the fields that 1.0 does not know."""
    write_request = messages.WriteRequest()
    for one in request.timeseries:
        assert len(one.labels_refs) % 2 == 0
        series = write_request.timeseries.add(labels=_labels(request, one.labels_refs))
        for sample in one.samples:
            series.samples.add().ParseFromString(sample.SerializeToString())
        for histogram in one.histograms:
            series.histograms.add().ParseFromString(histogram.SerializeToString())
        for exemplar in one.exemplars:
            series.exemplars.add(
                labels=_labels(request, exemplar.labels_refs), value=exemplar.value, timestamp=exemplar.timestamp
            )
    return write_request


def with_start(histogram, start):
    """A histogram of 1.0 with the start timestamp that only 2.0 knows, as `to_1` has it."""
    made = Histogram.FromString(histogram.SerializeToString())
    made.start_timestamp = start
    return messages.Histogram.FromString(made.SerializeToString())


def starts_of(*requests):
    """Label set to the start timestamp of each sample in order, 0 for one without."""
    found = {}
    for request in requests:
        for one in request.timeseries:
            key = messages.labels_of(messages.TimeSeries(labels=_labels(request, one.labels_refs)))
            if one.samples:
                found.setdefault(key, []).extend(sample.start_timestamp for sample in one.samples)
    return found


def metadata_of(request):
    """Metric name to (type, help, unit), of the series that have any."""
    found = {}
    for one in request.timeseries:
        if one.HasField("metadata"):
            labels = {label.name: label.value for label in _labels(request, one.labels_refs)}
            about = one.metadata
            words = (about.type, request.symbols[about.help_ref].decode(), request.symbols[about.unit_ref].decode())
            found[labels[b"__name__"].decode()] = words
    return found


def _labels(request, references):
    texts = [request.symbols[reference] for reference in references]
    return messages.label_list(zip(texts[::2], texts[1::2], strict=True))


def decode(body):
    return Request.FromString(messages.opened(body))


def counts(write_request):
    """Samples, histograms and exemplars."""
    every = write_request.timeseries
    return tuple(sum(len(getattr(one, kind)) for one in every) for kind in ("samples", "histograms", "exemplars"))


def written(headers):
    """What the counts of an answer say, None for each that is missing."""
    found = [headers.get(WRITTEN.format(kind)) for kind in ("Samples", "Histograms", "Exemplars")]
    return tuple(None if one is None else int(one) for one in found)


def written_headers(samples=0, histograms=0, exemplars=0):
    kinds = {"Samples": samples, "Histograms": histograms, "Exemplars": exemplars}
    return {WRITTEN.format(kind): str(count) for kind, count in kinds.items()}
