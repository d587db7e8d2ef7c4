"""What a backend refuses for good: the series at fault are found, all others arrive."""

import math
import time

import pytest
from support import messages
from support.fake_backend import OK, Answer
from support.fault_proxy import FaultProxy
from support.sluice import backend, configuration
from support.wait import eventually

COUNT = 1000
BAD = (0, 1, 500, 613, 999)
MOST_REQUESTS = len(BAD) * (2 * math.log2(COUNT) + 2)


def one(number, stamp):
    return messages.series({"__name__": "poison", "number": str(number)}, (stamp, float(stamp)))


def request(stamp, numbers=range(COUNT), late=(), by=60_000):
    """A sample of each series, those of `late` too early by `by` milliseconds."""
    return messages.WriteRequest(timeseries=[one(n, stamp - by if n in late else stamp) for n in numbers])


def refusing(bad, status=400, words=b"out of order sample"):
    """A backend that takes nothing of a request with one of these series in it."""

    def answer(received):
        labels = [label for s in received.message().timeseries for label in s.labels]
        numbers = {int(label.value) for label in labels if label.name == b"number"}
        return OK if bad.isdisjoint(numbers) else Answer(status, body=words)

    return answer


def settled(gateway, samples):
    """Waits until so many samples are delivered or refused."""

    def done():
        metrics = gateway.metrics()
        found = [
            sum(v for (name, _), v in metrics.items() if name == f"sluice_backend_{what}_samples_total")
            for what in ("delivered", "refused", "dropped")
        ]
        return found if sum(found) >= samples else None

    return eventually(done, f"{samples} samples are settled")


def test_prometheus_gets_all_but_the_samples_that_it_refuses(sluice, prometheus_receiver):
    gateway = sluice(configuration({"prometheus": backend(prometheus_receiver.write_url)}))
    now = int(time.time() * 1000)
    assert gateway.write(request(now - 1000)).status_code == 204
    settled(gateway, COUNT)
    before = gateway.metric("sluice_backend_requests_total")
    assert gateway.write(request(now, late=BAD)).status_code == 204
    settled(gateway, 2 * COUNT)
    assert gateway.metric("sluice_backend_requests_total") - before - 1 <= MOST_REQUESTS
    assert gateway.metric("sluice_backend_dead_letter_samples_total") == len(BAD)
    assert gateway.metric("sluice_backend_refused_samples_total") == len(BAD)
    assert gateway.metric("sluice_backend_dropped_samples_total") == 0
    stored = prometheus_receiver.samples("poison")
    for number in range(COUNT):
        held = stored[("__name__", "poison"), ("number", str(number))]
        assert [t for t, _ in held] == ([now - 1000] if number in BAD else [now - 1000, now])
    gateway.wait_for_log("backend refused a part of what it was sent.*out of order sample")


def test_prometheus_goes_on_with_the_series_that_it_refused_once(sluice, prometheus_receiver):
    gateway = sluice(configuration({"prometheus": backend(prometheus_receiver.write_url)}))
    start = int(time.time() * 1000) - 100_000
    for step in range(20):
        # Every request has a sample that is too old, each time in another series.
        late = [step] if step else []
        assert gateway.write(request(start + step * 1000, range(50), late, by=90_000)).status_code == 204
        if step == 0:
            # Of a series that is new, Prometheus drops in silence what is late in the same request.
            settled(gateway, 50)
    settled(gateway, 1000)
    stored = prometheus_receiver.samples("poison")
    for number in range(50):
        expected = [start + step * 1000 for step in range(20) if not (number == step and step)]
        assert [t for t, _ in stored[("__name__", "poison"), ("number", str(number))]] == expected
    assert gateway.metric("sluice_backend_dead_letter_samples_total") == 19


@pytest.mark.parametrize(("status", "words"), [(400, b"out of order sample"), (413, b"too large"), (422, b"partial")])
def test_the_others_of_a_refused_request_arrive_once_each(sluice, fake_backend, status, words):
    sink = fake_backend(refusing(set(BAD), status, words))
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    assert gateway.write(request(1)).status_code == 204
    settled(gateway, COUNT)
    assert len(sink.received) - 1 <= MOST_REQUESTS
    assert gateway.metric("sluice_backend_split_requests_total") == len(sink.received) - 1
    arrived = [s for r in sink.accepted for s in r.message().timeseries]
    assert [messages.labels_of(s)[1][1] for s in arrived] == [str(n).encode() for n in range(COUNT) if n not in BAD]
    assert gateway.metric("sluice_backend_dead_letter_samples_total") == len(BAD)


def test_blocks_that_travel_together_are_taken_apart_and_keep_their_order(sluice, fake_backend):
    sink = fake_backend(refusing({3, 77}))
    sink.script(Answer(503))
    slow = backend(sink.url, retry_on_failure={"initial_interval": "1s", "max_interval": "1s"})
    gateway = sluice(configuration({"sink": slow}))
    # While the backend fails, requests gather; then they go together.
    for stamp in range(1, 21):
        assert gateway.write(request(stamp, range(100))).status_code == 204
    settled(gateway, 2000)
    held = sink.series()
    assert len(held) == 98
    for samples in held.values():
        assert [t for t, _ in samples["samples"]] == list(range(1, 21))
    assert gateway.metric("sluice_backend_dead_letter_samples_total") == 40


def test_where_everything_is_bad_the_lane_goes_on_after_a_while(sluice, fake_backend):
    sink = fake_backend(refusing(set(range(2000))))
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    assert gateway.write(request(1, range(2000))).status_code == 204
    assert gateway.write(one(5000, 2)).status_code == 204
    settled(gateway, 2001)
    assert len(sink.received) <= 1100
    assert sink.sample_count() == 1
    assert gateway.metric("sluice_backend_dead_letter_samples_total") == 2000


def test_metadata_and_histograms_survive_being_taken_apart(sluice, fake_backend):
    def answer(received):
        is_bad = any(s.labels[0].value == b"bad" for s in received.message().timeseries)
        return Answer(400, body=b"no") if is_bad else OK

    sink = fake_backend(answer)
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    spans = [messages.BucketSpan(offset=0, length=2)]
    histogram = messages.Histogram(
        count_int=3, sum=2.5, schema=1, zero_threshold=0.001, positive_spans=spans, positive_deltas=[1, 1], timestamp=7
    )
    whole = messages.WriteRequest(
        timeseries=[
            messages.TimeSeries(labels=messages.label_list({"__name__": "h"}), histograms=[histogram]),
            messages.series({"__name__": "bad"}, (7, 1.0)),
            messages.series({"__name__": "good"}, (7, 1.0), (8, 2.0)),
        ],
        metadata=[messages.MetricMetadata(type=1, metric_family_name=b"good", help=b"Good.")],
    )
    assert gateway.write(whole).status_code == 204
    settled(gateway, 4)
    del whole.timeseries[1]
    assert sink.contents() == messages.contents(whole)


def test_a_backend_that_is_trusted_to_have_written_the_rest_is_not_asked_again(sluice, fake_backend):
    words = b'out of order sample. timestamp=1, series={__name__="poison", number="7"}'
    sink = fake_backend(Answer(400, body=words))
    gateway = sluice(configuration({"sink": backend(sink.url, partial_refusal="accept")}))
    assert gateway.write(request(1, range(10))).status_code == 204
    settled(gateway, 10)
    assert len(sink.received) == 1
    # The one that it names is known; it may not be the only one.
    assert gateway.metric("sluice_backend_delivered_samples_total") == 9
    assert gateway.metric("sluice_backend_dead_letter_samples_total") == 1
    gateway.wait_for_log("out of order sample. timestamp=1")


def test_who_waits_for_delivery_hears_of_the_bad_ones_and_the_others_are_there(sluice, fake_backend):
    sink = fake_backend(refusing({7}))
    routes = [{"name": "r", "send": ["sink"], "ack": "delivered"}]
    gateway = sluice(configuration({"sink": backend(sink.url)}, routes))
    answer = gateway.write(request(1, range(10)))
    assert answer.status_code == 400
    assert "out of order sample" in answer.text
    assert sink.sample_count() == 9
    assert gateway.metric("sluice_backend_dead_letters_total") == 0


def test_a_wrong_password_loses_nothing(sluice, nginx, fake_backend, folder):
    sink = fake_backend()
    password = folder("htpasswd").with_suffix(".txt")
    front = nginx(
        f'location / {{ auth_basic "x"; auth_basic_user_file {password}; proxy_pass http://{sink.address};'
        " proxy_http_version 1.1; }"
    )
    password.write_text("sluice:{PLAIN}wrong\n")
    auth = {"basic": {"username": "sluice", "password": "right"}}
    gateway = sluice(configuration({"sink": backend(f"{front.url}/api/v1/push", auth=auth)}))
    for stamp in range(1, 11):
        assert gateway.write(one(1, stamp)).status_code == 204
    gateway.wait_for_log("denies access")
    assert sink.received == []
    password.write_text("sluice:{PLAIN}right\n")
    (held,) = sink.wait_for_samples(10).values()
    assert [t for t, _ in held["samples"]] == list(range(1, 11))


def test_a_kill_of_the_connection_in_the_middle_changes_nothing(sluice, fake_backend, started):
    sink = fake_backend(refusing(set(BAD)))
    proxy = started(FaultProxy(sink.address))
    gateway = sluice(configuration({"sink": backend(f"http://{proxy.address}/")}))
    assert gateway.write(request(1)).status_code == 204
    eventually(lambda: len(sink.received) > 10, "it is being taken apart")
    proxy.mode = "reset"
    eventually(lambda: gateway.metric("sluice_backend_requests_total", code="none") >= 3, "the backend fails")
    proxy.mode = "pass"
    settled(gateway, COUNT)
    assert sink.sample_count() >= COUNT - len(BAD)
    assert set(sink.series()) == {
        ((b"__name__", b"poison"), (b"number", str(n).encode())) for n in range(COUNT) if n not in BAD
    }
    assert gateway.metric("sluice_backend_dead_letter_samples_total") == len(BAD)
