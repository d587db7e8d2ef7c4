"""Random OTLP requests: every kind of metric, point and attribute, ordinary ones and such as nobody should send."""

import math

from support import messages
from support.oracle import wire

START = 1_750_000_000_000_000_000
HOUR = 3_600_000_000_000
WORDS = ["http", "total", "ratio", "seconds", "bytes", "per", "per_second", "X9", "3", ":", "é", "温度", "_", "__"]
JOINTS = ["", ".", "_", "-", "..", "__", " ", "/", ":"]
UNITS = ["", "1", "s", "ms", "By", "Cel", "%", "{request}", "By/s", "{op}/s", "1/s", "m/s", "By/min", "m/m", "/s", "s/"]
UNITS += [
    "°C",
    "$",
    "a/$",
    "$/s",
    "__foo__",
    "m^3",
    "{a} s",
    "  s ",
    "\u2003s\u00a0/ h",
    "foo/bar/baz",
    "total",
    "ratio",
]
KEYS = ["a", "a.b", "a_b", "a-b", "_a", "__a", ".a", "1a", "é", "日本x", "le", "quantile", "job", "instance", "A:B"]
KEYS += ["__name__", "__type__", "otel_scope_name", "service.name", "host.name", "host_name", "trace_id", "z" * 70]
# No label can be called that, in one strategy or another.
WRONG_KEYS = ["", "_", "___", "日本"]
LETTERS = ["a", "Z", "0", "_", "-", " ", "/", "ä", "€", "𝄞", "\n", '"', "\\", "\x00", "\x7f", "\u2028", "<", "\t"]
NUMBERS = [0.0, -0.0, 1.0, 0.1, -2.25, 1e21, 1e-7, 1.5e300, 5e-324, 123456789.125, 1e16, 1e15 / 3]
SPECIAL = [math.inf, -math.inf, messages.from_bits(messages.NAN)]
# Not those of any point. Times that are years apart are no matter of the rules but of a bound on `target_info`.
WRONG_TIMES = [0, 2**63, 2**64 - 1]


def _few(random, most, chance=0.5):
    """A small number, the larger the rarer."""
    count = 0
    while count < most and random.random() < chance:
        count += 1
    return count


class Generator:
    """Makes requests. With `wild`, some of them have what must be refused, beside what must not suffer from it."""

    def __init__(self, random, wild=True):
        self._random = random
        self._wild = wild

    def request(self):
        random = self._random
        request = wire.ExportMetricsServiceRequest()
        for _ in range(1 + _few(random, 3)):
            resource_metrics = request.resource_metrics.add()
            self._resource(resource_metrics.resource)
            for _ in range(1 + _few(random, 2)):
                self._scope(resource_metrics.scope_metrics.add())
            if random.random() < 0.2:
                request.resource_metrics.add().CopyFrom(resource_metrics)
        return request

    def _rarely(self, chance=0.03):
        return self._wild and self._random.random() < chance

    def _text(self, most=12):
        text = "".join(self._random.choice(LETTERS) for _ in range(self._random.randint(0, most))).encode()
        return text + b"\xff" if self._rarely() else text

    def _number(self):
        random = self._random
        if random.random() < 0.1:
            return random.choice(SPECIAL)
        if random.random() < 0.3:
            return random.choice(NUMBERS)
        return random.choice([random.uniform(-1e6, 1e6), messages.from_bits(random.getrandbits(62)), float(2**53)])

    def _integer(self):
        return self._random.choice([0, 1, -1, 2**53 + 1, -(2**63), 2**63 - 1, self._random.randint(-9999, 9999)])

    # Attributes

    def _resource(self, resource):
        random = self._random
        keys = [k for k in ("service.name", "service.namespace", "service.instance.id") if random.random() < 0.6]
        for key in keys:
            value = random.choice(["", "shop", "ä/b", "i-1"]) if random.random() < 0.8 else None
            self._attribute(resource.attributes.add(), key, value)
        self._attributes(resource.attributes, 0.7)
        if random.random() < 0.3:
            self._shuffle(resource.attributes)

    def _attributes(self, attributes, chance=0.6):
        for key in self._random.sample(KEYS, _few(self._random, 8, chance)):
            self._attribute(attributes.add(), key)
        if self._rarely():
            self._attribute(attributes.add(), self._random.choice(WRONG_KEYS + KEYS))
        if self._rarely():
            attributes.add(key=b"bad\xff.key").value.string_value = b"\xfe"

    def _shuffle(self, repeated):
        every = [type(one).FromString(one.SerializeToString()) for one in repeated]
        self._random.shuffle(every)
        del repeated[:]
        repeated.extend(every)

    def _attribute(self, attribute, key, text=None):
        attribute.key = key.encode()
        if text is None:
            self._value(attribute.value)
        else:
            attribute.value.string_value = text.encode()

    def _value(self, value, depth=2):
        kind = self._random.randrange(8 if depth else 6)
        if kind == 0:
            value.int_value = self._integer()
        elif kind == 1:
            value.double_value = self._number()
        elif kind == 2:
            value.bool_value = self._random.random() < 0.5
        elif kind == 3:
            value.bytes_value = self._random.randbytes(self._random.randrange(5))
        elif kind == 4:
            value.SetInParent()  # a value of no kind
        elif kind == 5:
            value.string_value = self._text()
        elif kind == 6:
            value.array_value.SetInParent()
            for _ in range(_few(self._random, 4)):
                self._value(value.array_value.values.add(), depth - 1)
        else:
            value.kvlist_value.SetInParent()
            for _ in range(_few(self._random, 4)):
                one = value.kvlist_value.values.add(key=self._random.choice(["a", "b", "ä"]).encode())
                self._value(one.value, depth - 1)

    # Scopes and metrics

    def _scope(self, scope_metrics):
        random = self._random
        scope = scope_metrics.scope
        scope.name = random.choice([b"", b"lib", "bücher".encode()])
        scope.version = random.choice([b"", b"1.2"])
        scope_metrics.schema_url = random.choice([b"", b"https://example.org/1"])
        for key in random.sample(["name", "version", "a.b", "a_b", "_", "schema.url"], _few(random, 4, 0.3)):
            self._attribute(scope.attributes.add(), key)
        for _ in range(_few(random, 6, 0.8)):
            self._metric(scope_metrics.metrics.add())

    def _metric(self, metric):
        random = self._random
        metric.name = self._name()
        metric.unit = random.choice(UNITS).encode()
        metric.description = self._text()
        kind = random.choice(["gauge", "sum", "histogram", "exponential_histogram", "summary"])
        if self._rarely():
            return  # a metric without data
        data = getattr(metric, kind)
        data.SetInParent()
        if kind not in ("gauge", "summary"):
            data.aggregation_temporality = random.choice([0, 1, 3]) if self._rarely(0.1) else 2
        if kind == "sum":
            data.is_monotonic = random.random() < 0.5
        for _ in range(_few(random, 5, 0.8)):
            point = data.data_points.add()
            self._point(point)
            getattr(self, f"_{kind}")(point)

    def _name(self):
        random = self._random
        name = random.choice(JOINTS).join(random.choice(WORDS) for _ in range(random.randint(1, 4))).encode()
        if self._rarely():
            return random.choice([b"", b"...", b"\xffx", b"x\xff\xfetotal", "温度".encode()])
        return name

    def _point(self, point):
        random = self._random
        point.time_unix_nano = random.choice(WRONG_TIMES) if self._rarely(0.01) else START + random.randrange(HOUR)
        point.start_time_unix_nano = random.choice([0, START - HOUR, START - random.randrange(HOUR)])
        point.flags = random.choice([0, 0, 0, 0, 1, 2, 3, 2**32 - 1])
        self._attributes(point.attributes)

    def _exemplars(self, exemplars):
        random = self._random
        for _ in range(_few(random, 4, 0.4)):
            one = exemplars.add(time_unix_nano=random.choice([0, 5, START + random.randrange(HOUR)]))
            one.trace_id = random.choice([b"", bytes(16), random.randbytes(16)])
            one.span_id = random.choice([b"", bytes(8), random.randbytes(8)])
            self._set_value(one)
            for _ in range(_few(random, 3)):
                self._attributes(one.filtered_attributes, 0.3)

    def _set_value(self, one):
        if self._rarely():
            return
        if self._random.random() < 0.5:
            one.as_int = self._integer()
        else:
            one.as_double = self._number()

    def _gauge(self, point):
        self._set_value(point)
        self._exemplars(point.exemplars)

    _sum = _gauge

    def _summary(self, point):
        point.count = self._random.getrandbits(self._random.choice([3, 40, 64]))
        point.sum = self._number()
        for _ in range(_few(self._random, 4, 0.7)):
            quantile = self._random.choice([0.0, 0.5, 0.99, 1.0, self._number()])
            point.quantile_values.add(quantile=quantile, value=self._number())

    def _counts(self, most=12):
        """Mostly small, many of them none, so that there are gaps of all lengths."""
        random = self._random
        bits = random.choice([1, 3, 10, 40])
        empty = random.choice([0.1, 0.5, 0.9])
        return [0 if random.random() < empty else random.getrandbits(bits) for _ in range(random.randrange(most))]

    def _histogram(self, point):
        random = self._random
        counts = self._counts()
        bounds = sorted({random.choice([random.uniform(-10, 100), 0.005, 1.0, 1e21, 1e-9]) for _ in counts[1:]})
        if self._rarely():
            bounds = [self._number() for _ in counts]
        if bounds and random.random() < 0.05:
            bounds[-1] = math.inf
        point.bucket_counts.extend(counts)
        point.explicit_bounds.extend(bounds)
        point.count = random.getrandbits(20) if self._rarely(0.1) else sum(counts)
        if random.random() < 0.8:
            point.sum = self._number()
        if random.random() < 0.3:
            point.min, point.max = 0.5, 7.0
        self._exemplars(point.exemplars)

    def _exponential_histogram(self, point):
        random = self._random
        point.scale = random.randint(-6, 20) if self._wild else random.randint(-4, 20)
        point.zero_count = random.choice([0, 0, 3, random.getrandbits(40)])
        point.zero_threshold = random.choice([0.0, 0.5])
        for side in (point.positive, point.negative):
            side.offset = random.choice([0, -1, 1, random.randint(-2000, 2000), random.randint(-(2**30), 2**30)])
            if self._rarely():
                side.offset = random.choice([2**31 - 1, 2**31 - 4, -(2**31)])
            side.bucket_counts.extend(self._counts(random.choice([1, 5, 40, 400])))
        total = point.zero_count + sum(point.positive.bucket_counts) + sum(point.negative.bucket_counts)
        point.count = total + random.choice([-1, 1]) * (total > 0) if self._rarely(0.1) else total
        if random.random() < 0.8:
            point.sum = self._number()
        self._exemplars(point.exemplars)
