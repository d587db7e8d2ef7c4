"""Remote-write 2.0, in and out, against Google's protobuf and the answers that real backends give."""

import time

import pytest
import requests
from support import messages, messages2
from support.fake_backend import Answer, knows_2, only_1
from support.random_write import random_write_request
from support.servers import remote_write_versions
from support.sluice import backend, configuration
from support.wait import eventually
from test_differential import assert_same, damage, without_empty_values

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


def begun():
    request = messages2.from_1(one_of_each())
    request.timeseries[0].created_timestamp = 7
    request.timeseries[1].histograms[0].start_timestamp = 9
    return request


def test_start_timestamps_travel_on_to_a_backend_of_2(sluice, fake_backend):
    sink = fake_backend(default=knows_2)
    gateway = sluice(configuration({"sink": backend(sink.url, protocol_version="2.0")}))
    assert write_2(gateway, begun()).status_code == 204
    sink.wait_for_samples(1)
    one, other = messages2.decode(sink.accepted[0].body).timeseries[:2]
    assert one.samples[0].start_timestamp == 7
    assert other.histograms[0].start_timestamp == 9
    assert gateway.metric("sluice_translation_losses_total") is None


def test_start_timestamps_that_nobody_could_hear_of_are_left_out_and_counted(one_backend):
    gateway, sink = one_backend
    assert write_2(gateway, begun()).status_code == 204
    sink.wait_for_samples(1)
    body = messages.opened(sink.accepted[0].body)
    # Fields 3 of the sample and 17 of the histogram, which 1.0 does not have.
    assert b"\x18\x07" not in body and b"\x88\x01\x09" not in body
    assert gateway.metric("sluice_translation_losses_total", protocol="remote_write", kind="start_time") == 2


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


# Out

SILENT = Answer(204)
LAMES = {
    "204 without counts": SILENT,
    "200 without counts": Answer(200),
    "counts of nothing": Answer(204, messages2.written_headers()),
    "counts below what was sent": Answer(204, messages2.written_headers(0, 1, 1)),
    "415": Answer(415, body=b"no such message"),
    "400 at first": Answer(400, body=b"cannot decode"),
}


def ups(count=1, **labels):
    stamp = now()
    return messages.WriteRequest(
        timeseries=[
            messages.series({"__name__": "up", "number": str(n), **labels}, (stamp + n, float(n))) for n in range(count)
        ]
    )


def one_sink(sluice, sink, version="auto", route=None, **more):
    """A gateway in front of a backend that is spoken to in this version."""
    routes = [{"name": "all", "send": ["sink"], **(route or {})}]
    return sluice(configuration({"sink": backend(sink, protocol_version=version, **more)}, routes))


def version(gateway):
    found = [
        dict(labels) for (name, labels), _ in gateway.metrics().items() if name == "sluice_backend_protocol_version"
    ]
    return [labels["version"] for labels in found]


def assert_well_formed(received):
    """What the specification asks of a request of 2.0 and its head."""
    assert received.headers["Content-Type"] == messages2.CONTENT_TYPE
    assert received.headers["X-Prometheus-Remote-Write-Version"] == "2.0.0"
    assert received.headers["Content-Encoding"] == "snappy"
    request = messages2.decode(received.body)
    assert request.symbols[0] == b""
    assert len(set(request.symbols)) == len(request.symbols)
    for series in messages2.to_1(request).timeseries:
        names = [label.name for label in series.labels]
        assert names == sorted(set(names)) and all(names) and b"__name__" in names
        assert all(label.value for label in series.labels)
        assert bool(series.samples) != bool(series.histograms)
    for series in request.timeseries:
        assert all(reference < len(request.symbols) for reference in series.labels_refs)


@pytest.mark.fuzz
@pytest.mark.parametrize("chosen", ["2.0", "auto"])
def test_random_requests_reach_a_backend_that_knows_2(sluice, fake_backend, rounds, chosen):
    sink = fake_backend(knows_2)
    gateway = one_sink(sluice, sink.url, chosen)
    for seed, random in rounds(30):
        request = random_write_request(random)
        del request.metadata[:]
        answer = gateway.write(request, tenant=f"round-{seed}")
        assert answer.status_code == 204, f"round {seed}: {answer.text}"
        assert_same(sink, f"round-{seed}", messages.contents(without_empty_values(request)), seed)
    assert all(received.is_2 for received in sink.received)
    for received in sink.received:
        assert_well_formed(received)
    assert version(gateway) == ["2.0"]
    eventually(lambda: gateway.metric("sluice_backend_queue_blocks") == 0, "the queue is empty")
    assert gateway.metric("sluice_backend_refused_samples_total") == 0


def test_metadata_goes_with_the_series_that_follow_it(sluice, fake_backend):
    sink = fake_backend(knows_2)
    gateway = one_sink(sluice, sink.url)
    about = messages.WriteRequest()
    about.metadata.add(type=1, metric_family_name=b"requests_total", help=b"All requests.")
    about.metadata.add(type=3, metric_family_name=b"took", help=b"How long.", unit=b"seconds")
    about.metadata.add(type=1, metric_family_name=b"errors", help=b"What failed.")
    assert gateway.write(about).status_code == 204
    # Nothing is known of the backend yet, so it gets the metadata as 1.0 has it.
    assert not sink.wait_for_requests(1)[0].is_2
    names = ["requests_total", "took_bucket", "took_sum", "errors_total", "unknown", "took_total"]
    series = [messages.series({"__name__": name}, (now(), 1)) for name in names]
    assert gateway.write(messages.WriteRequest(timeseries=series)).status_code == 204
    sink.wait_for_samples(len(names))
    assert messages2.metadata_of(messages2.decode(sink.accepted[1].body)) == {
        "requests_total": (1, "All requests.", ""),
        "took_bucket": (3, "How long.", "seconds"),
        "took_sum": (3, "How long.", "seconds"),
        "errors_total": (1, "What failed.", ""),
    }
    # Known to take 2.0 by now, it gets no metadata apart from series.
    assert gateway.write(about).status_code == 204
    eventually(lambda: gateway.metric("sluice_backend_queue_blocks") == 0, "the queue is empty")
    assert gateway.write(ups()).status_code == 204
    sink.wait_for_samples(len(names) + 1)
    assert len(sink.received) == 3


def test_exemplars_that_came_alone_go_with_their_series(sluice, fake_backend):
    sink = fake_backend(knows_2)
    gateway = one_sink(sluice, sink.url)
    request = ups(3)
    alone = messages.TimeSeries(labels=request.timeseries[1].labels)
    alone.exemplars.add(labels=messages.label_list({"trace_id": "abc"}), value=1, timestamp=now())
    request.timeseries.append(alone)
    assert gateway.write(request).status_code == 204
    assert_same(sink, "acme", messages.contents(request), "0")
    assert sink.received[0].is_2
    assert_well_formed(sink.received[0])


@pytest.mark.parametrize("answer", LAMES.values(), ids=LAMES)
def test_a_backend_that_does_not_know_2_gets_all_in_1(sluice, fake_backend, answer):
    sink = fake_backend(only_1(answer))
    gateway = one_sink(sluice, sink.url)
    request = one_of_each()
    request.metadata.add(type=2, metric_family_name=b"up", help=b"Whether it is up.")
    for _ in range(3):
        assert gateway.write(request).status_code == 204
    eventually(
        lambda: [len(r.message().timeseries) for r in sink.received if not r.is_2] and len(came_in_1(sink)) >= 6,
        "all came in 1.0",
    )
    assert len(came_in_1(sink)) == 6
    # The backend has them before the gateway has heard its answer.
    eventually(lambda: gateway.metric("sluice_backend_delivered_samples_total") == 6, "all count as delivered")
    assert gateway.metric("sluice_backend_refused_samples_total") == 0
    assert gateway.metric("sluice_backend_retries_total") == 0
    assert version(gateway) == ["1.0"]
    assert gateway.log().count("does not know remote-write 2.0") == 1
    asked = len([r for r in sink.received if r.is_2])
    assert gateway.write(ups()).status_code == 204
    eventually(lambda: len(came_in_1(sink)) == 7, "the next one came in 1.0")
    assert len([r for r in sink.received if r.is_2]) == asked
    assert messages.contents(*(r.message() for r in sink.received if not r.is_2))[1]


def came_in_1(sink):
    """The series that came in 1.0 and were taken."""
    return [s for r in sink.accepted if not r.is_2 for s in r.message().timeseries]


def test_many_lanes_at_once_fall_back_without_loss(sluice, fake_backend):
    sink = fake_backend(only_1(Answer(204, wait=0.2)))
    gateway = one_sink(sluice, sink.url, sending_queue={"num_consumers": 8})
    for number in range(16):
        assert gateway.write(ups(5), tenant=f"t{number}").status_code == 204
    eventually(lambda: len(came_in_1(sink)) == 80, "all came in 1.0")
    assert gateway.log().count("does not know remote-write 2.0") == 1


def test_who_waits_for_delivery_does_not_notice_the_fallback(sluice, fake_backend):
    sink = fake_backend(only_1(SILENT))
    gateway = one_sink(sluice, sink.url, route={"ack": "delivered"})
    answer = write_2(gateway, messages2.from_1(one_of_each()))
    assert answer.status_code == 204, answer.text
    assert messages2.written(answer.headers) == (1, 1, 1)
    assert len(came_in_1(sink)) == 2


def test_a_server_error_is_no_reason_to_fall_back(sluice, fake_backend):
    sink = fake_backend(knows_2)
    sink.script(Answer(500), Answer(503), Answer(429))
    gateway = one_sink(sluice, sink.url)
    assert gateway.write(ups()).status_code == 204
    sink.wait_for_samples(1)
    assert all(received.is_2 for received in sink.received)
    assert [r.headers["Retry-Attempt"] for r in sink.received] == [None, "1", "2", "3"]


def refusing(*numbers):
    """A backend of 2.0 that writes all but the series with these numbers, and says so."""

    def answer(received):
        labels = [label for s in received.message().timeseries for label in s.labels]
        found = [label.value.decode() for label in labels if label.name == b"number"]
        bad = len(set(found) & set(numbers))
        headers = messages2.written_headers(samples=len(found) - bad)
        return Answer(400, headers, b"out of order sample") if bad else Answer(204, headers)

    return answer


@pytest.mark.parametrize("chosen", ["2.0", "auto"])
def test_what_a_partial_refusal_has_written_is_delivered(sluice, fake_backend, chosen):
    sink = fake_backend(refusing("1", "4"))
    gateway = one_sink(sluice, sink.url, chosen)
    assert gateway.write(ups(5)).status_code == 204
    eventually(lambda: gateway.metric("sluice_backend_delivered_samples_total") == 3, "3 samples are delivered")
    assert gateway.metric("sluice_backend_refused_samples_total") == 2
    # Which ones is found by halves: they are dead letters.
    assert gateway.metric("sluice_backend_dead_letter_samples_total") == 2
    gateway.wait_for_log("refused a part of what it was sent.*out of order sample")
    assert version(gateway) == ["2.0"]


def test_a_backend_that_is_trusted_is_taken_at_its_count(sluice, fake_backend):
    sink = fake_backend(refusing("1", "4"))
    gateway = sluice(configuration({"sink": backend(sink.url, protocol_version="2.0", partial_refusal="accept")}))
    assert gateway.write(ups(5)).status_code == 204
    eventually(lambda: gateway.metric("sluice_backend_delivered_samples_total") == 3, "3 samples are delivered")
    assert gateway.metric("sluice_backend_refused_samples_total") == 2
    assert len(sink.received) == 1


def test_who_waits_for_delivery_hears_of_a_partial_refusal(sluice, fake_backend):
    sink = fake_backend(Answer(400, messages2.written_headers(samples=3), b"out of order sample"))
    gateway = one_sink(sluice, sink.url, route={"ack": "delivered"})
    answer = write_2(gateway, messages2.from_1(ups(5)))
    assert answer.status_code == 400
    assert "out of order sample" in answer.text
    assert messages2.written(answer.headers) == (3, 0, 0)


@pytest.mark.parametrize("answer", [SILENT, Answer(204, messages2.written_headers())])
def test_with_2_alone_a_backend_that_stores_nothing_has_refused(sluice, fake_backend, answer):
    sink = fake_backend(answer)
    gateway = one_sink(sluice, sink.url, "2.0")
    assert gateway.write(ups(5)).status_code == 204
    eventually(lambda: gateway.metric("sluice_backend_refused_samples_total") == 5, "5 samples are refused")
    assert gateway.metric("sluice_backend_delivered_samples_total") == 0
    gateway.wait_for_log("the backend took remote-write 2.0 and (does not say|has written nothing)")
    assert all(received.is_2 for received in sink.received)


def test_with_2_alone_a_count_below_is_a_refusal_of_the_rest(sluice, fake_backend):
    sink = fake_backend(Answer(204, messages2.written_headers(samples=3)))
    gateway = one_sink(sluice, sink.url, "2.0")
    assert gateway.write(ups(5)).status_code == 204
    eventually(lambda: gateway.metric("sluice_backend_refused_samples_total") == 2, "2 samples are refused")
    assert gateway.metric("sluice_backend_delivered_samples_total") == 3


def test_a_reload_asks_again(sluice, fake_backend):
    sink = fake_backend(only_1(SILENT))
    gateway = one_sink(sluice, sink.url)
    assert gateway.write(ups()).status_code == 204
    eventually(lambda: version(gateway) == ["1.0"], "it falls back")
    sink.default = knows_2
    assert gateway.reload().ok
    assert gateway.write(ups(2)).status_code == 204
    eventually(lambda: sink.received[-1].is_2, "2.0 is tried again")
    eventually(lambda: version(gateway) == ["2.0"], "and kept")


def test_a_gateway_behind_a_gateway_gets_2(sluice, fake_backend):
    sink = fake_backend()
    behind = sluice(configuration({"sink": backend(sink.url)}))
    front = one_sink(sluice, f"{behind.ingest_url}/api/v1/push", "2.0")
    request = one_of_each()
    assert write_2(front, messages2.from_1(request, {"up": (2, "Whether it is up.", "")})).status_code == 204
    eventually(lambda: sink.sample_count() == 1, "the sample came")
    eventually(lambda: front.metric("sluice_backend_delivered_samples_total") == 2, "both are delivered")
    assert sink.series() == messages.contents(request)[0]


def described(request, random):
    """The request with metadata of each metric in it, as 2.0 can carry them, and of no other."""
    del request.metadata[:]
    names = {label.value for one in request.timeseries for label in one.labels if label.name == b"__name__"}
    for name in sorted(names):
        words = random.choice([b"", "Größe".encode(), b"x" * 300])
        request.metadata.add(
            type=random.randint(1, 7), metric_family_name=name, help=words, unit=random.choice([b"", b"seconds"])
        )
    return request


@pytest.mark.fuzz
def test_random_requests_go_from_1_to_2_and_back_without_a_loss(sluice, fake_backend, rounds):
    sink = fake_backend()
    behind = sluice(configuration({"sink": backend(sink.url)}))
    front = one_sink(sluice, f"{behind.ingest_url}/api/v1/push", "2.0")
    for seed, random in rounds(30):
        request = described(random_write_request(random), random)
        answer = front.write(request, tenant=f"round-{seed}")
        assert answer.status_code == 204, f"round {seed}: {answer.text}"
        assert_same(sink, f"round-{seed}", messages.contents(without_empty_values(request)), seed)
    assert behind.metric("sluice_refused_total") in (None, 0)


@pytest.mark.parametrize("name", ["prometheus_receiver", "victoria_metrics"])
def test_a_real_backend_ends_up_with_all_in_the_version_that_it_knows(sluice, request, name):
    receiver = request.getfixturevalue(name)
    gateway = one_sink(sluice, receiver.write_url)
    for number in range(3):
        assert gateway.write(ups(10, batch=str(number))).status_code == 204
    eventually(
        lambda: len(receiver.samples("up" if name == "prometheus_receiver" else '{__name__="up"}')) == 30,
        "all are stored",
    )
    # VictoriaMetrics, and a Prometheus before 3.0, say yes to 2.0 and store nothing of it.
    known = remote_write_versions()[-1] if name == "prometheus_receiver" else "1.0"
    assert version(gateway) == [known]
    assert gateway.metric("sluice_backend_delivered_samples_total") == 30
