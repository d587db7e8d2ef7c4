#!/usr/bin/env python3
"""Writes the corpus that fuzzing starts from: a few small, well-formed inputs for each decoder.

Run as `.venv/bin/python Tests/Fuzz/make_corpus.py`; what it writes is committed, and is the same every time.
"""

import gzip
import random
import sys
from pathlib import Path

import cramjam

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Integration"))

from support import messages, messages2, otlp_json  # noqa: E402
from support.random_otlp import Generator  # noqa: E402
from support.random_write import random_write_request  # noqa: E402

MOST_BYTES = 1500
EACH = 12

# The first byte says which kind of rule it is, as in Harness/Text.swift.
RULES = [
    (0, '{__name__="up",job=~"a|b.*",zone!="",x!~"[0-9]+"}'),
    (0, r'{"ä.b"="\"\\\n",le="0.5"}'),
    (1, "(prod|test)-([a-z0-9_]+)(?:-x)?"),
    (1, r"(?i)a.*b|^\d{2,5}$"),
    (2, "team-*-prod?"),
    (3, "${header:X-Team}-${label:namespace}"),
    (3, "a$${b}"),
    (4, "team-a_1.b"),
    (5, "(.*)-(?P<name>.+)\n$2-${name}-$1"),
]
PATHS = ["/api/v1/push", "/api/v1/write", "/v1/metrics", "/api/v1/receive", "/tenants/a%20b/api/v1/push"]
CONFIGURATIONS = [
    "backends:\n  a: {type: remote_write, endpoint: http://b:9009/api/v1/push}\nroutes: [{name: all, send: [a]}]\n",
    "listeners: [{address: 127.0.0.1:8480}]\nlog: &l {level: debug}\nx: *l\nadmin: {address: '${env:NAME}'}\n",
]


def seeds():
    """Names of decoders, with what each starts from."""
    requests = [request for request in small(lambda chance: Generator(chance, wild=False).request())]
    yield "otlp-protobuf", [request.SerializeToString() for request in requests]
    yield "otlp-json", [otlp_json.write(request, random.Random(1)) for request in requests]
    writes = small(random_write_request)
    yield "remote-write-1", [request.SerializeToString() for request in writes]
    yield "remote-write-2", [in_2(request, random.Random(number)) for number, request in enumerate(writes)]
    bodies = [request.SerializeToString() for request in writes[:4]]
    yield "snappy", [messages.encode(body) for body in bodies]
    yield "gzip", [gzip.compress(body, mtime=0) for body in bodies]
    yield "zstd", [bytes(cramjam.zstd.compress(body)) for body in bodies]
    yield "rules", [bytes([kind]) + text.encode() for kind, text in RULES]
    yield "path", [path.encode() for path in PATHS]
    yield "configuration", [text.encode() for text in CONFIGURATIONS]


def in_2(write_request, chance):
    """The request in 2.0, with some of what only that knows: metadata of a series, and start timestamps."""
    request = messages2.from_1(write_request, {"up": (2, "Whether it is up.", "")})
    for series in request.timeseries:
        if chance.random() < 0.2:
            series.created_timestamp = 1_750_000_000_000
        for one in [*series.samples, *series.histograms]:
            if chance.random() < 0.3:
                one.start_timestamp = 1_750_000_000_001
    return request.SerializeToString()


def small(make):
    """The first messages of those that `make` makes that say something in few bytes."""
    found, number = [], 0
    while len(found) < EACH:
        message = make(random.Random(f"corpus/{number}"))
        number += 1
        if 40 < message.ByteSize() < MOST_BYTES:
            found.append(message)
    return found


def main():
    for decoder, inputs in seeds():
        folder = HERE / "corpus" / decoder
        folder.mkdir(parents=True, exist_ok=True)
        # Those with words for names were found by fuzzing, and stay.
        for old in folder.glob("[0-9][0-9]"):
            old.unlink()
        for number, data in enumerate(inputs, 1):
            (folder / f"{number:02}").write_bytes(data)


if __name__ == "__main__":
    main()
