"""Random messages through the gateway, against Google's protobuf and a plain second opinion of each rule."""

import pytest
from support import messages, relabel
from support.random_otlp import Generator
from support.sluice import backend, configuration
from support.wait import eventually

ROUNDS = 40
LETTERS = ["a", "Z", "0", "_", "-", ".", " ", "/", "ä", "€", "𝄞", "\n", '"', "\\", "\x00", "\u2028", "é"]
NUMBERS = [0.0, -0.0, 1.0, 1.5, -2.25, 1e300, 5e-324, float("inf"), float("-inf")]
STAMPS = [0, 1, -1, 1_750_000_000_000, 2**53, 2**63 - 1, -(2**63)]
# All of them mean the same in RE2 and in Python.
RULES = [
    {"source_labels": ["env"], "regex": "prod-(.*)", "target_label": "team", "replacement": "$1"},
    {"source_labels": ["zone", "job"], "regex": "([^;]*);(.+)", "target_label": "place", "replacement": "${2}/$1"},
    {"action": "drop", "source_labels": ["__name__"], "regex": "debug_.*"},
    {"action": "keep", "source_labels": ["keep"], "regex": "|yes"},
    {"action": "labeldrop", "regex": "container|tmp_.*"},
    {"action": "labelmap", "regex": "meta_(.+)", "replacement": "m_$1"},
    {"action": "hashmod", "source_labels": ["__name__", "job"], "target_label": "shard", "modulus": 7},
    {"action": "uppercase", "source_labels": ["case"], "target_label": "upper"},
    {"source_labels": ["gone"], "regex": "x", "target_label": "gone", "replacement": ""},
]
VALUES = {
    "__name__": ["up", "debug_up", "requests_total", "a:b:c", "x" * 200],
    "env": ["prod-pay", "prod-", "test", "prod-ä/€"],
    "zone": ["", "z1", "z;1"],
    "job": ["", "api", "web;x"],
    "keep": ["", "yes", "no"],
    "container": ["c1", "c2"],
    "tmp_1": ["t"],
    "meta_region": ["eu", "us"],
    "case": ["AbC", "x1"],
    "gone": ["x", "y"],
}


def text(random, most=12):
    return "".join(random.choice(LETTERS) for _ in range(random.randint(1, most)))


def number(random):
    if random.random() < 0.2:
        return messages.from_bits(random.choice([messages.STALE, messages.NAN, random.getrandbits(64)]))
    return random.choice(NUMBERS) if random.random() < 0.3 else random.uniform(-1e6, 1e6)


def stamp(random):
    return random.choice(STAMPS) if random.random() < 0.3 else random.randint(-(2**42), 2**42)


def random_labels(random):
    labels = {"__name__": random.choice(VALUES["__name__"])}
    for name in random.sample(list(VALUES), random.randint(0, len(VALUES))):
        labels.setdefault(name, random.choice(VALUES[name]))
    for _ in range(random.choice([0, 0, 1, 5])):
        labels[f"extra_{random.randint(0, 30)}"] = text(random)
    if random.random() < 0.1:
        labels["long"] = text(random, 400)
    pairs = list(labels.items())
    if random.random() < 0.2:
        random.shuffle(pairs)
    else:
        pairs.sort(key=lambda pair: pair[0].encode())
    return pairs


def random_histogram(random):
    whole = random.random() < 0.5
    histogram = messages.Histogram(
        sum=number(random),
        schema=random.randint(-4, 8),
        zero_threshold=random.choice([0.0, 1e-128]),
        reset_hint=random.randint(0, 3),
        timestamp=stamp(random),
    )
    count = random.randint(0, 4)
    spans = [messages.BucketSpan(offset=random.randint(-9, 9), length=count)] if count else []
    histogram.positive_spans.extend(spans)
    if whole:
        histogram.count_int = random.getrandbits(random.choice([1, 20, 64]))
        histogram.zero_count_int = random.getrandbits(8)
        histogram.positive_deltas.extend(random.randint(-(2**40), 2**40) for _ in range(count))
    else:
        histogram.count_float = random.uniform(0, 1e9)
        histogram.zero_count_float = 0.0
        histogram.positive_counts.extend(random.uniform(0, 10) for _ in range(count))
        histogram.negative_spans.extend(spans)
        histogram.negative_counts.extend(random.uniform(0, 10) for _ in range(count))
    return histogram


def random_series(random):
    one = messages.TimeSeries(labels=messages.label_list(random_labels(random)))
    kind = random.random()
    if kind < 0.85:
        for _ in range(random.choice([1, 1, 1, 2, 5])):
            one.samples.add(value=number(random), timestamp=stamp(random))
    if kind > 0.75:
        one.histograms.extend(random_histogram(random) for _ in range(random.randint(1, 2)))
    if random.random() < 0.2:
        labels = messages.label_list({"trace_id": f"{random.getrandbits(64):x}"})
        one.exemplars.add(labels=labels, value=number(random), timestamp=stamp(random))
    return one


def random_write_request(random):
    request = messages.WriteRequest(timeseries=[random_series(random) for _ in range(random.choice([0, 1, 3, 40]))])
    for _ in range(random.choice([0, 0, 1, 4])):
        request.metadata.add(
            type=random.randint(0, 7),
            metric_family_name=f"family_{random.randint(0, 9)}".encode(),
            help=text(random, 60).encode(),
            unit=random.choice([b"", b"seconds"]),
        )
    return request


def relabelled(request):
    """What the rules make of a request."""
    changed = messages.WriteRequest(metadata=request.metadata)
    for one in request.timeseries:
        labels = relabel.apply(RULES, {label.name.decode(): label.value.decode() for label in one.labels})
        if labels:
            copy = changed.timeseries.add()
            copy.CopyFrom(one)
            del copy.labels[:]
            copy.labels.extend(messages.label_list(labels))
    return changed


def without_empty_values(request):
    cleaned = messages.WriteRequest()
    cleaned.CopyFrom(request)
    for one in cleaned.timeseries:
        kept = [label for label in one.labels if label.value]
        del one.labels[:]
        one.labels.extend(kept)
    return cleaned


def assert_same(sink, tenant, wanted, seed):
    """All of it, nothing else, once: each round has a tenant of its own, so rounds are told apart."""

    def got():
        return messages.contents(*(r.message() for r in sink.accepted if r.tenant == tenant))

    eventually(lambda: got() == wanted, lambda: difference(got(), wanted, seed), within=20)


def difference(got, wanted, seed):
    (series, metadata), (wanted_series, wanted_metadata) = got, wanted
    lines = [f"round {seed}"]
    for key in sorted(series.keys() | wanted_series.keys()):
        if series.get(key) != wanted_series.get(key):
            lines.append(f"{key}:\n  came   {series.get(key)}\n  wanted {wanted_series.get(key)}")
    if metadata != wanted_metadata:
        lines.append(f"metadata:\n  came   {metadata}\n  wanted {wanted_metadata}")
    return "\n".join(lines[:20])


@pytest.mark.fuzz
@pytest.mark.parametrize("way", ["passthrough", "relabelled"])
def test_random_write_requests_come_out_as_they_must(sluice, fake_backend, rounds, way):
    sink = fake_backend()
    rewrite = {"rewrite": {"relabel_configs": RULES}} if way == "relabelled" else {}
    gateway = sluice(configuration({"sink": backend(sink.url)}, [{"name": "r", "send": ["sink"], **rewrite}]))
    for seed, random in rounds(ROUNDS):
        request = random_write_request(random)
        tenant = f"round-{seed}"
        answer = gateway.write(request, tenant=tenant)
        assert answer.status_code == 204, f"round {seed}: {answer.text}"
        clean = without_empty_values(request)
        assert_same(sink, tenant, messages.contents(relabelled(clean) if way == "relabelled" else clean), seed)


@pytest.mark.fuzz
@pytest.mark.parametrize("protocol", ["remote-write", "otlp"])
def test_damaged_messages_are_taken_or_refused_and_never_end_the_gateway(one_backend, rounds, protocol):
    gateway, _ = one_backend
    for seed, random in rounds(ROUNDS * 5):
        made = random_write_request(random) if protocol == "remote-write" else Generator(random).request()
        body = bytearray(made.SerializeToString())
        for _ in range(random.randint(1, 4)):
            if body:
                damage(body, random)
        if protocol == "remote-write":
            data = bytearray(messages.encode(bytes(body)))
            if random.random() < 0.2:
                damage(data, random)
            answer = gateway.write(bytes(data), tenant="fuzz")
        else:
            answer = gateway.export(bytes(body), tenant="fuzz")
        assert answer.status_code in (200, 204, 400, 413), f"round {seed}: {answer.status_code} {answer.text}"
    gateway.assert_healthy()


def damage(body, random):
    """Changes, removes, adds or moves some bytes, in place."""
    at = random.randrange(len(body))
    way = random.randrange(4)
    if way == 0:
        body[at] = random.randrange(256)
    elif way == 1:
        del body[at : at + random.randint(1, 9)]
    elif way == 2:
        body[at:at] = bytes(random.choice([0, 1, 0x7F, 0x80, 0xFF]) for _ in range(random.randint(1, 9)))
    else:
        body[at:at] = body[random.randrange(len(body)) :][:20]
