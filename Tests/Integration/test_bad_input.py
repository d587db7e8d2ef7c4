"""What is wrong is refused with the right status, harms nothing else, and never ends the gateway."""

import gzip
import json
import math
import random

import pytest
import requests
from support import messages, otlp
from support.fake_backend import FakeBackend
from support.sluice import OTLP_HEADERS, REMOTE_WRITE_HEADERS, Sluice, backend, configuration
from support.wait import eventually

GOOD = {"__name__": "good", "job": "x"}
HOST = {"service.name": "s", "service.instance.id": "i", "host.name": "h"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One gateway for all of them: after everything in this file it must still work."""
    sink = FakeBackend()
    folder = tmp_path_factory.mktemp("bad-input") / "sluice"
    try:
        gateway = Sluice(folder, configuration({"sink": backend(sink.url)}))
        try:
            yield gateway, sink
            gateway.assert_healthy()
        finally:
            gateway.stop()
    finally:
        sink.stop()


@pytest.fixture
def gateway(shared):
    return shared[0]


@pytest.fixture
def arrives(shared):
    """Sends one more sample, waits for it, and gives all that came for the test's tenant before it."""
    gateway, sink = shared

    def look(tenant):
        assert gateway.write(messages.series(GOOD, (1, 1.0)), tenant=tenant).status_code == 204

        def came():
            found, _ = messages.contents(*(r.message() for r in sink.accepted if r.tenant == tenant))
            return found if messages.labels_of(messages.series(GOOD)) in found else None

        found = eventually(came, "the sample sent last")
        del found[messages.labels_of(messages.series(GOOD))]
        return found

    return look


def key(labels):
    return messages.labels_of(messages.series(labels))


# The body as a whole


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"this is not snappy at all", id="text"),
        pytest.param(b"\xff" * 64, id="endless length"),
        pytest.param(b"\xff\x06\x00\x00sNaPpY" + bytes(20), id="framed snappy"),
        pytest.param(gzip.compress(b"x" * 100), id="gzip"),
        pytest.param(messages.encode(b"\x0a\xff\xff\xff\xff\x0f"), id="a field of 4 GB"),
        pytest.param(messages.encode(b"\x0a\x80"), id="half a length"),
        pytest.param(messages.encode(b"\xff" * 40), id="endless tag"),
        pytest.param(messages.encode(b"\x00\x00"), id="field number 0"),
        pytest.param(messages.encode(b"\x0a\x02\x0a\x05"), id="a label longer than its series"),
    ],
)
def test_a_damaged_remote_write_body_is_refused_with_400(gateway, body):
    assert gateway.write(body).status_code == 400


def test_a_body_that_claims_4_gb_is_refused_before_memory_is_taken(gateway):
    before = gateway.peak_memory()
    claim = b"\xff\xff\xff\xff\x0f" + b"\x00" + b"a"
    for _ in range(20):
        assert gateway.write(claim).status_code in (400, 413)
    assert gateway.peak_memory() - before < 64 * 2**20


def test_a_body_above_the_limits_is_refused_with_413(sluice, fake_backend):
    config = configuration({"sink": backend(fake_backend().url)})
    config["listeners"][0] |= {"max_body_bytes": "64KiB", "max_decoded_bytes": "256KiB"}
    gateway = sluice(config)
    incompressible = messages.encode(random.Random(1).randbytes(80_000))
    assert gateway.write(incompressible).status_code == 413
    assert gateway.write(messages.encode(bytes(512 * 1024))).status_code == 413
    assert gateway.export(gzip.compress(bytes(512 * 1024)), headers={"Content-Encoding": "gzip"}).status_code == 413
    assert gateway.export(bytes(512 * 1024)).status_code == 413
    assert gateway.write(messages.series(GOOD, (1, 1.0))).status_code == 204


def test_a_body_cut_off_anywhere_is_taken_or_refused(gateway):
    whole = messages.WriteRequest(
        timeseries=[
            messages.series({"__name__": "cut", "a": "b"}, (1, 1.0), (2, 2.0)),
            messages.TimeSeries(
                labels=messages.label_list({"__name__": "hist"}),
                histograms=[
                    messages.Histogram(
                        count_int=1,
                        sum=1.0,
                        schema=1,
                        positive_spans=[messages.BucketSpan(offset=3, length=1)],
                        positive_deltas=[1],
                        timestamp=1,
                    )
                ],
                exemplars=[messages.Exemplar(labels=messages.label_list({"t": "1"}), value=1.0, timestamp=1)],
            ),
        ],
        metadata=[messages.MetricMetadata(type=1, metric_family_name=b"cut", help=b"h")],
    ).SerializeToString()
    statuses = {gateway.write(messages.encode(whole[:end]), tenant="cut").status_code for end in range(len(whole) + 1)}
    assert statuses == {204, 400}


def test_a_snappy_block_cut_off_anywhere_is_refused(gateway):
    whole = messages.encode(messages.WriteRequest(timeseries=[messages.series({"a": "b" * 100}, (1, 1.0))]))
    assert {gateway.write(whole[:end], tenant="cut").status_code for end in range(len(whole))} == {400}


def test_an_otlp_body_cut_off_anywhere_is_taken_or_refused(gateway):
    whole = otlp.request(otlp.gauge("g", 1.0, 1, {"a": "b"}), resource={"service.name": "s"}).SerializeToString()
    statuses = {gateway.export(whole[:end], tenant="cut").status_code for end in range(len(whole) + 1)}
    assert statuses == {200, 400}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(b"\xff" * 40, {}, id="not protobuf"),
        pytest.param(b"{", {"Content-Type": "application/json"}, id="half JSON"),
        pytest.param(b"", {"Content-Type": "application/json"}, id="no JSON"),
        pytest.param(b"[" * 100_000, {"Content-Type": "application/json"}, id="deep JSON"),
        pytest.param(b"not gzip", {"Content-Encoding": "gzip"}, id="not gzip"),
        pytest.param(gzip.compress(b"x" * 1000)[:-10], {"Content-Encoding": "gzip"}, id="half gzip"),
    ],
)
def test_a_damaged_otlp_body_is_refused_with_400(gateway, body, headers):
    assert gateway.export(body, headers=headers).status_code == 400


def test_points_a_century_apart_do_not_fill_the_memory(gateway):
    """target_info is repeated over the time that a request spans, which here is most of what 64 bits can hold."""
    before = gateway.peak_memory()
    century = otlp.request(otlp.gauge("old", 1.0, 1), otlp.gauge("new", 1.0, 2**62 // 1_000_000), resource=HOST)
    assert gateway.export(century, tenant="century").status_code in (200, 400)
    assert gateway.peak_memory() - before < 64 * 2**20


# Labels


def test_labels_out_of_order_are_sorted(gateway, arrives, shared):
    pairs = [("zone", "z"), ("__name__", "unsorted"), ("app", "a")]
    assert gateway.write(messages.series(pairs, (1, 1.0)), tenant="unsorted").status_code == 204
    assert list(arrives("unsorted")) == [key(pairs)]
    for received in shared[1].accepted:
        for one in received.message().timeseries:
            names = [label.name for label in one.labels]
            assert names == sorted(names)


@pytest.mark.parametrize(
    ("tenant", "pairs"),
    [
        ("duplicate", [("__name__", "bad"), ("a", "1"), ("a", "2")]),
        ("duplicate-apart", [("__name__", "bad"), ("a", "1"), ("b", "1"), ("a", "1")]),
        ("empty-name", [("", "x"), ("__name__", "bad")]),
        ("value-not-utf8", [("__name__", "bad"), ("a", b"\xff\xfe")]),
        ("name-not-utf8", [("__name__", "bad"), (b"a\xc0\x80", "x")]),
        ("surrogate", [("__name__", "bad"), ("a", b"\xed\xa0\x80")]),
        ("half-character", [("__name__", "bad"), ("a", b"\xe2\x82")]),
    ],
)
def test_a_series_with_a_bad_label_is_refused_with_400_and_the_rest_is_delivered(gateway, arrives, tenant, pairs):
    neighbours = [messages.series({"__name__": "rest", "n": str(n)}, (1, 1.0)) for n in range(3)]
    request = messages.WriteRequest(timeseries=[neighbours[0], messages.series(pairs, (1, 1.0)), *neighbours[1:]])
    answer = gateway.write(request, tenant=tenant)
    assert answer.status_code == 400
    assert answer.text
    assert set(arrives(tenant)) == {messages.labels_of(n) for n in neighbours}


def test_a_label_with_an_empty_value_is_removed(gateway, arrives):
    pairs = [("__name__", "up"), ("empty", ""), ("job", "x")]
    assert gateway.write(messages.series(pairs, (1, 1.0)), tenant="empty-value").status_code == 204
    assert list(arrives("empty-value")) == [key({"__name__": "up", "job": "x"})]


# Values and times


def test_every_bit_of_a_value_is_kept(gateway, arrives):
    patterns = [
        messages.STALE,
        messages.NAN,
        0x7FF8000000000002,
        0xFFF8000000000001,
        0x7FF0000000000001,
        *(messages.bits(v) for v in (math.inf, -math.inf, 0.0, -0.0, 5e-324, 1.7976931348623157e308)),
    ]
    samples = [(n + 1, messages.from_bits(p)) for n, p in enumerate(patterns)]
    assert gateway.write(messages.series({"__name__": "bits"}, *samples), tenant="bits").status_code == 204
    (held,) = arrives("bits").values()
    assert [pattern for _, pattern in held["samples"]] == patterns


@pytest.mark.parametrize("stamp", [0, 1, -1, 2**31, -(2**31), 2**53 + 1, 2**63 - 1, -(2**63)])
def test_every_timestamp_is_kept(gateway, arrives, stamp):
    tenant = f"time{stamp}"
    assert gateway.write(messages.series({"__name__": "t"}, (stamp, 1.0)), tenant=tenant).status_code == 204
    (held,) = arrives(tenant).values()
    assert [t for t, _ in held["samples"]] == [stamp]


# Headers, paths, methods


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-protobuf;proto=no.such.Message"},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "zstd"},
        {"Content-Encoding": "br"},
    ],
)
def test_remote_write_of_another_type_or_encoding_is_refused_with_415(gateway, headers):
    assert gateway.write(messages.series(GOOD, (1, 1.0)), headers=headers).status_code == 415
    # Judged by its headers, before the body.
    assert gateway.write(b"damaged too", headers=headers).status_code == 415


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/plain"}, {"Content-Type": None}, {"Content-Encoding": "br"}]
)
def test_otlp_of_another_type_or_encoding_is_refused_with_415(gateway, headers):
    answer = gateway.export(otlp.request(otlp.gauge("g", 1.0, 1)), headers=headers)
    assert answer.status_code == 415
    # Where the encoding of the request is not known, the answer is in the one that people can read.
    known = "application/x-protobuf" if "Content-Encoding" in headers else "application/json"
    assert answer.headers["Content-Type"] == known
    assert b"must be" in answer.content


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Prometheus-Remote-Write-Version": None},
        {"Content-Type": "application/x-protobuf;proto=prometheus.WriteRequest"},
        {"Content-Type": "application/x-protobuf; proto=prometheus.WriteRequest"},
        {"Content-Type": "Application/X-Protobuf"},
    ],
)
def test_headers_that_say_the_same_in_other_words_are_fine(gateway, headers):
    assert gateway.write(messages.series(GOOD, (1, 1.0)), headers=headers).status_code == 204


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/v1/pushy", "/api/v1/push/more", "/tenants/", "/tenants/a"])
def test_an_unknown_path_is_404(gateway, path):
    assert gateway.write(messages.series(GOOD, (1, 1.0)), path=path).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/push", "/v1/metrics", "/tenants/acme/push"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_405_and_says_which_is_allowed(gateway, method, path):
    answer = requests.request(method, gateway.ingest_url + path, headers={"X-Scope-OrgID": "acme"}, timeout=20)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


# HTTP itself


def head(*lines, path="/api/v1/push"):
    standard = [f"{name}: {value}" for name, value in {**REMOTE_WRITE_HEADERS, "X-Scope-OrgID": "acme"}.items()]
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: gateway", *standard, *lines, "", ""]).encode()


BODY = messages.encode(messages.WriteRequest(timeseries=[messages.series({"__name__": "smuggled"}, (1, 1.0))]))
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(head(f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked") + CHUNKED, id="both lengths"),
        pytest.param(head("Transfer-Encoding: chunked", "Content-Length: 50") + CHUNKED, id="both, turned"),
        pytest.param(head(f"Content-Length: {len(BODY)}", "Content-Length: 3") + BODY, id="two lengths"),
    ],
)
def test_a_request_whose_length_is_in_doubt_is_refused_with_400(gateway, data):
    answer = gateway.converse(data)
    assert answer.startswith(b"HTTP/1.1 400 ")
    # One answer: nothing behind the doubtful request was taken for another one.
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("length", ["-5", "5x", "99999999999999999999"])
def test_a_length_that_is_no_number_is_refused_and_the_connection_closed(gateway, length):
    # libmicrohttpd answers by itself here, and 0.9.75 says its head twice, so that answers cannot be counted.
    answer = gateway.converse(head(f"Content-Length: {length}") + head("Content-Length: 0"))
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 "))
    assert b"204" not in answer


def test_a_chunked_body_is_taken(gateway):
    answer = gateway.converse(head("Transfer-Encoding: chunked", "Connection: close") + CHUNKED)
    assert answer.startswith(b"HTTP/1.1 204 ")


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n",
        b"GARBAGE\r\n\r\n",
        bytes(range(256)) * 4,
        b"POST /api/v1/push HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01" * 50,
    ],
)
def test_what_is_not_http_is_not_answered_with_success(gateway, data):
    answer = gateway.converse(data, timeout=3)
    assert not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2"))


def test_two_requests_on_one_connection_are_answered_one_by_one(gateway):
    once = head(f"Content-Length: {len(BODY)}") + BODY
    last = head(f"Content-Length: {len(BODY)}", "Connection: close") + BODY
    assert gateway.converse(once + once + last).count(b"HTTP/1.1 204 ") == 3


def test_errors_of_otlp_come_in_the_encoding_of_the_request(gateway):
    proto = gateway.export(b"\xff" * 10)
    assert proto.headers["Content-Type"].startswith(OTLP_HEADERS["Content-Type"])
    # google.rpc.Status: field 2, a string, is the message.
    assert b"\x12" in proto.content
    answer = gateway.export(b"{", headers={"Content-Type": "application/json"})
    assert answer.headers["Content-Type"].startswith("application/json")
    assert json.loads(answer.text)["message"]
