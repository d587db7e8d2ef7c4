"""The bodies of the benchmark, the same in every run: remote-write and OTLP, with the standard library alone."""

import ctypes
import ctypes.util
import json
import struct
from dataclasses import dataclass

BODIES = 32
SERIES = 2000
# A fixed time keeps the bodies the same; gateways do not look at the clock of a sample.
NOW_MS = 1_750_000_000_000
HISTOGRAM_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

METRICS = [
    "http_server_requests_total",
    "http_server_request_duration_seconds_sum",
    "http_server_request_duration_seconds_count",
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
    "container_network_receive_bytes_total",
    "container_fs_writes_bytes_total",
    "kube_pod_container_status_restarts_total",
    "process_resident_memory_bytes",
    "go_memstats_heap_inuse_bytes",
    "grpc_server_handled_total",
    "jvm_gc_collection_seconds_count",
    "node_disk_io_time_seconds_total",
    "queue_messages_processed_total",
    "cache_requests_hit_total",
    "db_client_connections_in_use",
    "kafka_consumer_records_lag",
    "thread_pool_active_threads",
    "debug_allocator_arena_bytes_in_use",
    "scheduler_pending_jobs_by_priority",
]
REGIONS = ["eu-central-1", "us-east-2"]
OWNERS = 100
TEAMS = ["payments", "checkout", "search", "inventory", "accounts"]


@dataclass
class Body:
    """One request body, what it is worth, and how many of its series a rule can tell apart."""

    data: bytes
    series: int
    debug_series: int = 0
    first_region_series: int = 0
    # Data points of OTLP; of remote-write, each series is one.
    points: int = 0

    def __post_init__(self):
        self.points = self.points or self.series


def _snappy():
    library = ctypes.CDLL(ctypes.util.find_library("snappy") or "libsnappy.so.1")
    library.snappy_max_compressed_length.restype = ctypes.c_size_t
    library.snappy_max_compressed_length.argtypes = [ctypes.c_size_t]
    return library


def compress(data):
    """A snappy block, by the distribution's library."""
    library = _snappy()
    length = ctypes.c_size_t(library.snappy_max_compressed_length(len(data)))
    out = ctypes.create_string_buffer(length.value)
    if library.snappy_compress(data, ctypes.c_size_t(len(data)), out, ctypes.byref(length)) != 0:
        raise RuntimeError("snappy_compress failed")
    return out.raw[: length.value]


def uncompress(data):
    library = _snappy()
    length = ctypes.c_size_t()
    size = ctypes.c_size_t(len(data))
    if library.snappy_uncompressed_length(data, size, ctypes.byref(length)) != 0:
        raise ValueError("not a snappy block")
    out = ctypes.create_string_buffer(length.value)
    if library.snappy_uncompress(data, size, out, ctypes.byref(length)) != 0:
        raise ValueError("not a snappy block")
    return out.raw[: length.value]


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, data):
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def text(number, string):
    return field(number, string.encode())


def double(number, value):
    return varint(number << 3 | 1) + struct.pack("<d", value)


def fixed64(number, value):
    return varint(number << 3 | 1) + struct.pack("<Q", value)


def label(name, value):
    return field(1, text(1, name) + text(2, value))


def time_series(labels, value):
    sample = double(1, value) + b"\x10" + varint(NOW_MS)
    return field(1, b"".join(label(n, v) for n, v in sorted(labels.items())) + field(2, sample))


def scatter(number):
    """A number that looks random and is the same in every run."""
    number = (number ^ number >> 31) * 0x9E3779B97F4A7C15 & 2**64 - 1
    return (number ^ number >> 29) * 0xBF58476D1CE4E5B9 & 2**64 - 1


def value_of(body, index):
    """Every third one a whole number, as a counter is; the others with all their digits, as durations are."""
    number = scatter(body * SERIES + index)
    return float(number >> 44) if index % 3 == 0 else (number >> 20) / 4096.0


def labels_of(body, index):
    number = body * SERIES + index
    pod = number // 3
    mixed = scatter(pod)
    team = TEAMS[pod % len(TEAMS)]
    return {
        "__name__": METRICS[number % len(METRICS)],
        "cluster": f"eu{pod % 7}",
        "container": team,
        "env": "prod-" + team,
        "instance": f"10.{mixed % 200}.{mixed // 256 % 250}.{mixed // 65536 % 250}:9090",
        "job": team,
        "node": f"ip-10-0-{pod % 40}",
        "path": f"/v1/{scatter(number) >> 32:08x}",
        "pod": f"{team}-{mixed >> 24 & 0xFFFFFFFFFF:010x}-{mixed >> 8 & 0xFFFF:04x}",
        "region": REGIONS[pod % 2],
    }


def remote_write_body(body, more=lambda body, index: {}):
    raw, debug, first = [], 0, 0
    for index in range(SERIES):
        labels = labels_of(body, index) | more(body, index)
        debug += labels["__name__"].startswith("debug_")
        first += labels["region"] == REGIONS[0]
        raw.append(time_series(labels, value_of(body, index)))
    return Body(compress(b"".join(raw)), SERIES, debug, first)


def small_body(body):
    """What one small process sends."""
    series = [time_series(labels_of(body, index), value_of(body, index)) for index in range(10)]
    return Body(compress(b"".join(series)), len(series))


def owned_body(body):
    """The same series, each with one of a hundred owners, as an agent sends them that scrapes for many."""
    return remote_write_body(body, lambda body, index: {"owner": owner_of(body, index)})


def owner_of(body, index):
    return f"team-{scatter(body * SERIES + index) % OWNERS}"


# The OTLP bodies and the very same series as remote-write: what a translating gateway makes of them.


def attribute(name, value):
    return text(1, name) + field(2, text(1, value))


def point_attributes(body, index):
    number = body * SERIES + index
    return {
        "http.method": ["GET", "PUT", "POST"][number % 3],
        "http.route": f"/api/v1/resource-{number % 97}",
        "http.status": str(200 + number % 5),
        "worker": f"worker-{number}",
    }


def is_histogram(index):
    return index % 5 == 4


def otlp_metric(body, index):
    attributes = point_attributes(body, index)
    stamp = NOW_MS * 1_000_000
    point = fixed64(3, stamp)
    if is_histogram(index):
        counts = [(body + index + i) % 50 for i in range(len(HISTOGRAM_BOUNDS) + 1)]
        point += fixed64(4, sum(counts)) + double(5, value_of(body, index))
        point += field(6, struct.pack(f"<{len(counts)}Q", *counts))
        point += field(7, struct.pack(f"<{len(HISTOGRAM_BOUNDS)}d", *HISTOGRAM_BOUNDS))
        point += b"".join(field(9, attribute(n, v)) for n, v in attributes.items())
        data = field(9, field(1, point) + b"\x10\x02")
    else:
        point += double(4, value_of(body, index))
        point += b"".join(field(7, attribute(n, v)) for n, v in attributes.items())
        data = field(5, field(1, point))
    return field(2, text(1, otlp_name(index)) + data)


def otlp_json_point(body, index):
    """The point of `otlp_metric` in OTLP's JSON, as the Collector writes it."""
    values = [{"key": name, "value": {"stringValue": value}} for name, value in point_attributes(body, index).items()]
    point = {"attributes": values, "timeUnixNano": str(NOW_MS * 1_000_000)}
    if not is_histogram(index):
        return {"gauge": {"dataPoints": [point | {"asDouble": value_of(body, index)}]}}
    counts = [(body + index + i) % 50 for i in range(len(HISTOGRAM_BOUNDS) + 1)]
    point |= {
        "count": str(sum(counts)),
        "sum": value_of(body, index),
        "bucketCounts": [str(count) for count in counts],
        "explicitBounds": HISTOGRAM_BOUNDS,
    }
    return {"histogram": {"aggregationTemporality": 2, "dataPoints": [point]}}


def exponential_metric(body, index):
    """An exponential histogram of 40 neighbouring buckets, as latencies over two decades have them at scale 3."""
    counts = [(body + index + i) * 7 % 50 for i in range(40)]
    point = fixed64(3, NOW_MS * 1_000_000) + fixed64(4, sum(counts) + 1) + double(5, value_of(body, index))
    point += b"\x30" + varint(3 << 1) + fixed64(7, 1)
    point += field(8, b"\x08" + varint((40 << 1) - 1) + field(2, b"".join(varint(count) for count in counts)))
    point += b"".join(field(1, attribute(n, v)) for n, v in point_attributes(body, index).items())
    return field(2, text(1, otlp_name(index)) + field(10, field(1, point) + b"\x10\x02"))


def otlp_name(index):
    return f"server.operation.{'duration' if is_histogram(index) else 'load'}.{index % 20}"


def resource_of(body):
    return {"service.name": "checkout", "service.instance.id": f"checkout-{body}", "host.name": f"host-{body}"}


def otlp_request(body, metrics):
    """Each request is one resource, one scope and 2,000 metrics of one data point."""
    resource = b"".join(field(1, attribute(n, v)) for n, v in resource_of(body).items())
    return field(1, field(1, resource) + field(2, field(1, text(1, "bench")) + metrics))


def otlp_body(body):
    metrics = b"".join(otlp_metric(body, index) for index in range(SERIES))
    return Body(otlp_request(body, metrics), translated_series(), points=SERIES)


def exponential_body(body):
    """Every point is an exponential histogram: one series each, and target_info."""
    metrics = b"".join(exponential_metric(body, index) for index in range(SERIES))
    return Body(otlp_request(body, metrics), SERIES + 1, points=SERIES)


def otlp_json_body(body):
    resource = [{"key": name, "value": {"stringValue": value}} for name, value in resource_of(body).items()]
    metrics = [{"name": otlp_name(index)} | otlp_json_point(body, index) for index in range(SERIES)]
    request = {
        "resourceMetrics": [
            {
                "resource": {"attributes": resource},
                "scopeMetrics": [{"scope": {"name": "bench"}, "metrics": metrics}],
            }
        ]
    }
    data = json.dumps(request, separators=(",", ":")).encode()
    return Body(data, translated_series(), points=SERIES)


def remote_write_2_body(body):
    """The series of `remote_write_body` in remote-write 2.0: every string once, a gauge each."""
    symbols = {"": 0}
    series = []
    for index in range(SERIES):
        labels = sorted(labels_of(body, index).items())
        references = [symbols.setdefault(part, len(symbols)) for pair in labels for part in pair]
        sample = double(1, value_of(body, index)) + b"\x10" + varint(NOW_MS)
        packed = b"".join(varint(reference) for reference in references)
        series.append(field(5, field(1, packed) + field(2, sample) + field(5, b"\x08\x02")))
    table = b"".join(text(4, symbol) for symbol in symbols)
    return Body(compress(table + b"".join(series)), SERIES)


def translated_series():
    """Series that come of one OTLP body: a gauge gives one, a histogram its buckets, sum and count; and target_info."""
    histograms = sum(is_histogram(index) for index in range(SERIES))
    return SERIES - histograms + histograms * (len(HISTOGRAM_BOUNDS) + 3) + 1


def decimal(bound):
    return f"{bound:g}"


def translated_body(body):
    """What an OTLP body becomes, as remote-write."""
    resource = resource_of(body)
    identity = {"job": resource["service.name"], "instance": resource["service.instance.id"]}
    raw = []
    for index in range(SERIES):
        labels = {n.replace(".", "_"): v for n, v in point_attributes(body, index).items()} | identity
        name = otlp_name(index).replace(".", "_")
        if not is_histogram(index):
            raw.append(time_series(labels | {"__name__": name}, value_of(body, index)))
            continue
        counts = [(body + index + i) % 50 for i in range(len(HISTOGRAM_BOUNDS) + 1)]
        raw.append(time_series(labels | {"__name__": name + "_sum"}, value_of(body, index)))
        raw.append(time_series(labels | {"__name__": name + "_count"}, float(sum(counts))))
        for i, bound in enumerate([*map(decimal, HISTOGRAM_BOUNDS), "+Inf"]):
            bucket = labels | {"__name__": name + "_bucket", "le": bound}
            raw.append(time_series(bucket, float(sum(counts[: i + 1]))))
    target = identity | {"__name__": "target_info", "host_name": resource["host.name"]}
    raw.append(time_series(target, 1.0))
    return Body(compress(b"".join(raw)), translated_series(), points=SERIES)


MAKERS = {
    "remote_write": remote_write_body,
    "owned": owned_body,
    "small": small_body,
    "remote_write_2": remote_write_2_body,
    "otlp": otlp_body,
    "otlp_json": otlp_json_body,
    "exponential": exponential_body,
    "translated": translated_body,
}


def make(kind):
    """The bodies of a kind; `translated` are the OTLP ones as remote-write."""
    return [MAKERS[kind](body) for body in range(BODIES)]


# Reading, just as much as checking needs.


def _read_varint(data, at):
    result = shift = 0
    while True:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, at
        shift += 7


def fields(data):
    """The length-delimited fields of a message, as (number, bytes); others are passed over."""
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        kind = tag & 7
        if kind == 2:
            length, at = _read_varint(data, at)
            yield tag >> 3, data[at : at + length]
            at += length
        elif kind == 0:
            _, at = _read_varint(data, at)
        else:
            at += 8 if kind == 1 else 4


def series_in(body):
    """The label sets of a remote-write body of either version, as dicts, one for each sample or native histogram."""
    content = uncompress(body)
    symbols = [data.decode() for number, data in fields(content) if number == 4]
    for number, one in fields(content):
        if number not in (1, 5):
            continue
        labels, values = {}, 0
        for part, data in fields(one):
            if part == 1 and number == 1:
                pair = dict(fields(data))
                labels[pair.get(1, b"").decode()] = pair.get(2, b"").decode()
            elif part == 1:
                labels = _looked_up(data, symbols)
            elif part in (2, 4 if number == 1 else 3):
                values += 1
        for _ in range(values):
            yield labels


def _looked_up(references, symbols):
    texts, at = [], 0
    while at < len(references):
        reference, at = _read_varint(references, at)
        texts.append(symbols[reference])
    return dict(zip(texts[::2], texts[1::2], strict=True))
