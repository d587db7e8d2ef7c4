"""Remote-write 2.0, in and out, against Google's protobuf and the answers that real backends give."""

import time

import pytest
import requests
from support import messages, messages2
from support.fake_backend import Answer
from support.sluice import backend, configuration
from support.wait import eventually
from test_differential import assert_same, damage, random_write_request, without_empty_values

NONE = (None, None, None)


def now():
    return int(time.time() * 1000)


def one_of_each():
    """A request with one sample, one histogram and one exemplar."""
    stamp = now()
    series = messages.series({"__name__": "up", "job": "a"}, (stamp, 1.5))
    series.exemplars.add(labels=messages.label_list({"trace_id": "abc"}), value=1, timestamp=stamp)
    native = messages.series({"__name__": "h", "job": "a"})
    native.histograms.add(count_int=3, sum=6.5, schema=1, timestamp=stamp)
    return messages.WriteRequest(timeseries=[series, native])


def write_2(gateway, request, **more):
    headers = {**messages2.HEADERS, **more.pop("headers", {})}
    return gateway.write(messages.encode(request), headers=headers, **more)


# In


@pytest.mark.parametrize(
    "content_type",
    [
        messages2.CONTENT_TYPE,
        "application/x-protobuf; proto=io.prometheus.write.v2.Request",
        'Application/X-Protobuf ;charset=utf-8; Proto = "IO.Prometheus.write.V2.request"',
    ],
)
def test_the_content_type_selects_2(one_backend, content_type):
    gateway, sink = one_backend
    request = one_of_each()
    answer = write_2(gateway, messages2.from_1(request), headers={"Content-Type": content_type})
    assert answer.status_code == 204, answer.text
    assert messages2.written(answer.headers) == (1, 1, 1)
    assert_same(sink, "acme", messages.contents(request), "0")


@pytest.mark.parametrize("name", ["prometheus.Request", "io.prometheus.write.v3.Request", ""])
def test_another_message_is_415(one_backend, name):
    gateway, _ = one_backend
    answer = write_2(gateway, b"\xff", headers={"Content-Type": f"application/x-protobuf;proto={name}"})
    assert answer.status_code == 415
    assert messages2.written(answer.headers) == NONE


def test_answers_to_1_carry_no_counts(one_backend):
    gateway, _ = one_backend
    good = messages.series({"__name__": "up"}, (now(), 1))
    assert messages2.written(gateway.write(good).headers) == NONE
    assert messages2.written(gateway.write(messages.series({}, (now(), 1))).headers) == NONE
    assert messages2.written(gateway.write(b"\xff").headers) == NONE


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (401, {"X-Scope-OrgID": None}, None),
        (415, {"Content-Encoding": "gzip"}, None),
        (400, {}, b"\xff\xff"),
        (400, {}, messages.encode(b"\x2a\xff")),
    ],
)
def test_failures_carry_counts_of_nothing(one_backend, status, headers, body):
    gateway, _ = one_backend
    body = body or messages.encode(messages2.from_1(one_of_each()))
    answer = gateway.write(body, headers={**messages2.HEADERS, **headers})
    assert answer.status_code == status, answer.text
    assert messages2.written(answer.headers) == (0, 0, 0)


def test_what_is_refused_is_told_and_not_counted(one_backend):
    gateway, sink = one_backend
    request = messages2.from_1(one_of_each())
    bad = request.timeseries.add(labels_refs=[1, 2, 99, 2])
    bad.samples.add(value=1, timestamp=1)
    request.timeseries.add(labels_refs=[1, 2])
    answer = write_2(gateway, request)
    assert answer.status_code == 400
    assert "references" in answer.text and "neither sample nor histogram" in answer.text
    assert messages2.written(answer.headers) == (1, 1, 1)
    assert_same(sink, "acme", messages.contents(one_of_each_like(request)), "0")
    assert gateway.metric("sluice_refused_total", reason="invalid_reference") == 1


def one_of_each_like(request):
    """The first two series of a request of 2.0, in 1.0."""
    copy = messages2.Request()
    copy.CopyFrom(request)
    del copy.timeseries[2:]
    return messages2.to_1(copy)


def test_what_a_rule_drops_counts_as_written(sluice, fake_backend):
    rule = {"action": "drop", "source_labels": ["__name__"], "regex": "up"}
    rewrite = {"rewrite": {"relabel_configs": [rule]}}
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url)}, [{"name": "r", "send": ["sink"], **rewrite}]))
    answer = write_2(gateway, messages2.from_1(one_of_each()))
    assert answer.status_code == 204
    assert messages2.written(answer.headers) == (1, 1, 1)


def test_metadata_goes_on_once_a_minute(one_backend):
    gateway, sink = one_backend
    request = messages2.from_1(one_of_each(), {"up": (2, "Whether it is up.", "")})
    for _ in range(3):
        assert write_2(gateway, request).status_code == 204
    sink.wait_for_samples(3)
    wanted = [messages.MetricMetadata(type=2, metric_family_name=b"up", help=b"Whether it is up.")]
    eventually(lambda: sink.contents()[1], "metadata came")
    assert sink.contents()[1] == [one.SerializeToString() for one in wanted]


def test_start_timestamps_travel_on(one_backend):
    gateway, sink = one_backend
    request = messages2.from_1(one_of_each())
    request.timeseries[0].created_timestamp = 7
    request.timeseries[1].histograms[0].start_timestamp = 9
    assert write_2(gateway, request).status_code == 204
    sink.wait_for_samples(1)
    body = messages.opened(sink.accepted[0].body)
    # Fields 3 of the sample and 17 of the histogram, which 1.0 does not have.
    assert b"\x18\x07" in body and b"\x88\x01\x09" in body


def test_what_a_small_body_refers_to_again_and_again_is_refused(sluice, fake_backend):
    listener = configuration({"sink": backend(fake_backend().url)})
    listener["listeners"][0]["max_decoded_bytes"] = "4MiB"
    gateway = sluice(listener)
    request = messages2.Request(symbols=[b"", b"__name__", b"up", b"job", b"x" * 1_000_000])
    for _ in range(100_000):
        request.timeseries.add(labels_refs=[1, 2, 3, 4]).samples.add(value=1, timestamp=1)
    answer = write_2(gateway, request)
    assert answer.status_code == 413, answer.text
    assert messages2.written(answer.headers) == (0, 0, 0)
    assert gateway.peak_memory() < 400 * 2**20


@pytest.mark.fuzz
@pytest.mark.parametrize("order", ["symbols first", "symbols last"])
def test_random_requests_come_out_as_they_must(one_backend, rounds, order):
    gateway, sink = one_backend
    for seed, random in rounds(30):
        # Metadata of 1.0 has no place in 2.0.
        request = random_write_request(random)
        del request.metadata[:]
        full = [one for one in request.timeseries if one.samples or one.histograms or one.exemplars]
        clean = without_empty_values(messages.WriteRequest(timeseries=full))
        made = messages2.from_1(messages.WriteRequest(timeseries=full))
        body = made.SerializeToString()
        if order == "symbols last":
            symbols = messages2.Request(symbols=made.symbols).SerializeToString()
            body = body[len(symbols) :] + symbols
        answer = write_2(gateway, body, tenant=f"round-{seed}")
        assert answer.status_code == 204, f"round {seed}: {answer.text}"
        assert messages2.written(answer.headers) == messages2.counts(clean), f"round {seed}"
        assert_same(sink, f"round-{seed}", messages.contents(clean), seed)


@pytest.mark.fuzz
def test_damaged_requests_are_taken_or_refused_and_never_end_the_gateway(one_backend, rounds):
    gateway, _ = one_backend
    with requests.Session() as session:
        for seed, random in rounds(200):
            body = bytearray(messages2.from_1(random_write_request(random)).SerializeToString())
            for _ in range(random.randint(1, 4)):
                if body:
                    damage(body, random)
            answer = write_2(gateway, bytes(body), tenant="fuzz", session=session)
            assert answer.status_code in (204, 400, 413), f"round {seed}: {answer.status_code} {answer.text}"
            assert None not in messages2.written(answer.headers)
    gateway.assert_healthy()


@pytest.mark.parametrize(("status", "answered", "written"), [(204, 204, (1, 1, 1)), (400, 400, (0, 0, 0))])
def test_with_ack_delivered_the_counts_are_the_backends_own(sluice, fake_backend, status, answered, written):
    fine, other = fake_backend(), fake_backend(Answer(status, body=b"" if status == 204 else b"no"))
    route = {"name": "r", "send": ["fine", "other"], "ack": "delivered"}
    gateway = sluice(configuration({"fine": backend(fine.url), "other": backend(other.url)}, [route]))
    answer = write_2(gateway, messages2.from_1(one_of_each()))
    assert answer.status_code == answered, answer.text
    assert messages2.written(answer.headers) == written
