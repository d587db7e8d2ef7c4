"""Random remote-write requests: series of all kinds, in order and out of it."""

from support import messages

LETTERS = ["a", "Z", "0", "_", "-", ".", " ", "/", "ä", "€", "𝄞", "\n", '"', "\\", "\x00", "\u2028", "é"]
NUMBERS = [0.0, -0.0, 1.0, 1.5, -2.25, 1e300, 5e-324, float("inf"), float("-inf")]
STAMPS = [0, 1, -1, 1_750_000_000_000, 2**53, 2**63 - 1, -(2**63)]
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
