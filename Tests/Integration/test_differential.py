"""Random messages through the gateway, against Google's protobuf and a plain second opinion of each rule."""

import pytest
from support import messages, relabel
from support.random_otlp import Generator
from support.random_write import random_write_request
from support.sluice import backend, configuration
from support.wait import eventually

ROUNDS = 40
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
