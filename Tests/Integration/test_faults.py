"""Backends and networks that fail in every way: no other backend notices, and in the end all is there, in order."""

import concurrent.futures
import random
import subprocess
import threading
import time

import pytest
import requests
from support import messages
from support.fake_backend import Answer, retry_after
from support.fault_proxy import DRIP, HALF_CLOSE, HANG, PASS, REFUSE, RESET, FaultProxy
from support.ports import free_address
from support.sluice import backend, configuration
from support.wait import eventually

COUNT = 200


def up(stamp, **labels):
    return messages.series({"__name__": "up", **labels}, (stamp, float(stamp)))


def send(gateway, stamps):
    """Sends a sample for each stamp; how long the slowest answer took."""
    slowest = 0.0
    with requests.Session() as session:
        for stamp in stamps:
            start = time.monotonic()
            assert gateway.write(up(stamp), session=session).status_code == 204
            slowest = max(slowest, time.monotonic() - start)
    return slowest


def assert_all_in_order(sink, count):
    """All arrived; a request of which the answer was lost may have come twice, but none came late."""
    eventually(
        lambda: len({t for s in sink.series().values() for t, _ in s["samples"]}) >= count, "all arrived", within=60
    )
    seen = 0
    for received in sink.accepted:
        (series,) = {messages.labels_of(s) for s in received.message().timeseries}
        assert series == ((b"__name__", b"up"),)
        stamps = [sample.timestamp for s in received.message().timeseries for sample in s.samples]
        assert stamps == sorted(stamps)
        assert stamps[0] <= seen + 1
        seen = max(seen, stamps[-1])
    assert seen == count


def unharmed(gateway, good, count):
    """The other backend has everything, at once."""
    good.wait_for_samples(count, within=10)
    gateway.assert_healthy()


@pytest.mark.parametrize("fault", [REFUSE, RESET, HALF_CLOSE, HANG, DRIP])
def test_a_connection_that_fails_harms_no_other_and_loses_nothing(sluice, fake_backend, started, fault):
    bad, good = fake_backend(), fake_backend()
    proxy = started(FaultProxy(bad.address))
    gateway = sluice(
        configuration({"bad": backend(f"http://{proxy.address}/", timeout="1s"), "good": backend(good.url)})
    )
    proxy.mode = fault
    assert send(gateway, range(1, COUNT + 1)) < 2
    unharmed(gateway, good, COUNT)
    eventually(lambda: gateway.metric("sluice_backend_requests_total", backend="bad", code="none"), "it fails")
    proxy.mode = PASS
    send(gateway, range(COUNT + 1, COUNT + 11))
    assert_all_in_order(bad, COUNT + 10)


@pytest.mark.parametrize("answer", [Answer(500), Answer(503), retry_after(1), Answer(401), Answer(404)])
def test_answers_of_failure_harm_no_other_and_lose_nothing(sluice, fake_backend, answer):
    bad, good = fake_backend(answer), fake_backend()
    gateway = sluice(configuration({"bad": backend(bad.url), "good": backend(good.url)}))
    assert send(gateway, range(1, COUNT + 1)) < 2
    unharmed(gateway, good, COUNT)
    bad.wait_for_requests(2)
    bad.default = Answer(204)
    assert_all_in_order(bad, COUNT)


def test_an_hour_of_all_faults_harms_no_other_and_loses_nothing(sluice, fake_backend, started):
    """The hour takes 18 seconds, and all that the gateway waits for is as much shorter: 200 to 1."""
    bad, good = fake_backend(), fake_backend()
    proxy = started(FaultProxy(bad.address))
    retry = {"initial_interval": "5ms", "max_interval": "150ms"}
    away = backend(f"http://{proxy.address}/", timeout="150ms", retry_on_failure=retry)
    gateway = sluice(configuration({"bad": away, "good": backend(good.url)}, log={"level": "info"}))
    send(gateway, range(1, COUNT + 1))
    bad.wait_for_samples(COUNT)
    chance, last, end = random.Random(1), COUNT, time.monotonic() + 18
    while time.monotonic() < end:
        bad.default = chance.choice([Answer(500), Answer(503), retry_after(1)])
        proxy.mode = chance.choice([PASS, REFUSE, RESET, HALF_CLOSE, HANG, DRIP])
        assert send(gateway, range(last + 1, last + 41)) < 2
        last += 40
        eventually(
            lambda last=last: gateway.metric("sluice_backend_delivered_samples_total", backend="good") == last,
            "the other has everything at once",
            5,
        )
    assert gateway.metric("sluice_backend_delivered_samples_total", backend="bad") == COUNT
    bad.default, proxy.mode = Answer(204), PASS
    assert_all_in_order(bad, last)
    unharmed(gateway, good, last)


def test_429_is_not_answered_before_its_time(sluice, fake_backend):
    bad, good = fake_backend(), fake_backend()
    bad.script(*[retry_after(2)] * 3)
    gateway = sluice(configuration({"bad": backend(bad.url), "good": backend(good.url)}))
    start = time.monotonic()
    send(gateway, range(1, 11))
    unharmed(gateway, good, 10)
    assert_all_in_order(bad, 10)
    assert time.monotonic() - start >= 5.9
    assert len(bad.received) == 4


def test_a_bad_certificate_is_not_trusted_and_loses_nothing(sluice, fake_backend, nginx, folder):
    sink, good = fake_backend(), fake_backend()
    place = folder("tls")
    place.mkdir()

    def certificate(name):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            + ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
            + ["-keyout", place / f"{name}.key", "-out", place / f"{name}.pem"],
            check=True,
            capture_output=True,
        )
        return place / f"{name}.pem"

    shown, other = certificate("shown"), certificate("other")
    tls = free_address()
    pass_on = f"location / {{ proxy_pass http://{sink.address}; proxy_http_version 1.1; }}"
    keys = f"ssl_certificate {shown}; ssl_certificate_key {place}/shown.key;"
    front = nginx(http=f"server {{ listen {tls} ssl; {keys} {pass_on} }}")
    assert front.is_running()
    config = configuration(
        {"bad": backend(f"https://{tls}/api/v1/push", tls={"ca_file": str(other)}), "good": backend(good.url)}
    )
    gateway = sluice(config)
    send(gateway, range(1, 51))
    unharmed(gateway, good, 50)
    gateway.wait_for_log("backend is down.*certificate")
    assert sink.received == []
    config["backends"]["bad"]["tls"]["ca_file"] = str(shown)
    gateway.write_config(config)
    assert gateway.reload().ok
    assert_all_in_order(sink, 50)


@pytest.mark.parametrize("shards", [1, 4])
def test_prometheus_accepts_every_sample_under_random_faults(sluice, prometheus_receiver, started, shards):
    """Without an out-of-order window it refuses whatever comes late."""
    proxy = started(FaultProxy(prometheus_receiver.address))
    queue = {"shards_per_tenant": shards, "num_consumers": 4}
    target = backend(f"http://{proxy.address}/api/v1/write", timeout="500ms", sending_queue=queue, tenant_header=None)
    gateway = sluice(configuration({"prometheus": target}))
    clients, steps, series = 8, 60, 20
    start = int(time.time() * 1000) - 200_000

    def client(number):
        with requests.Session() as session:
            for step in range(steps):
                stamp = start + step * 1000
                request = messages.WriteRequest(
                    timeseries=[up(stamp, client=str(number), n=str(n)) for n in range(series)]
                )
                assert gateway.write(request, tenant=f"t{number % 3}", session=session).status_code == 204
                time.sleep(0.03)

    done = threading.Event()

    def trouble():
        chance = random.Random(shards)
        while not done.wait(chance.uniform(0.05, 0.3)):
            proxy.mode = chance.choice([PASS, PASS, REFUSE, RESET, HALF_CLOSE, HANG])
        proxy.mode = PASS

    maker = threading.Thread(target=trouble)
    maker.start()
    try:
        with concurrent.futures.ThreadPoolExecutor(clients) as pool:
            list(pool.map(client, range(clients)))
    finally:
        done.set()
        maker.join()
    total = clients * steps * series
    eventually(
        lambda: (
            gateway.metric("sluice_backend_delivered_samples_total")
            + gateway.metric("sluice_backend_refused_samples_total")
            >= total
        ),
        "all is settled",
        within=60,
    )
    assert gateway.metric("sluice_backend_dropped_samples_total") == 0
    stored = prometheus_receiver.samples("up")
    expected = [start + step * 1000 for step in range(steps)]
    assert len(stored) == clients * series
    assert all([t for t, _ in samples] == expected for samples in stored.values())


def test_what_has_waited_is_sent_within_the_limits_and_fresh_data_beside_it(sluice, fake_backend):
    sink = fake_backend(Answer(503))
    limited = backend(
        sink.url, batch={"timeout": "20ms", "send_batch_size": 50}, catch_up={"max_samples_per_second": 500}
    )
    gateway = sluice(configuration({"sink": limited}))
    many = [messages.WriteRequest(timeseries=[up(stamp, n=str(n)) for n in range(50)]) for stamp in range(1, 41)]
    for request in many:
        assert gateway.write(request, tenant="late").status_code == 204
    eventually(lambda: gateway.metric("sluice_backend_catching_up") == 1, "it is behind")
    sink.default = Answer(204)
    start = time.monotonic()
    eventually(lambda: sink.accepted, "it is up")
    assert gateway.write(up(1), tenant="fresh").status_code == 204
    eventually(lambda: any(r.tenant == "fresh" for r in sink.accepted), "the fresh one is there", within=2)
    eventually(lambda: sink.sample_count() >= 2001, "all is there", within=30)
    assert time.monotonic() - start >= 3.4
    assert gateway.metric("sluice_backend_catch_up_samples_total") >= 2000


def test_a_backend_that_takes_any_order_can_have_the_newest_first(sluice, victoria_metrics, started):
    proxy = started(FaultProxy(victoria_metrics.address))
    proxy.mode = REFUSE
    target = backend(
        f"http://{proxy.address}/api/v1/write",
        batch={"timeout": "20ms", "send_batch_size": 1},
        catch_up={"order": "newest_first"},
    )
    gateway = sluice(configuration({"vm": target}))
    start = int(time.time() * 1000) - 60_000
    for step in range(20):
        assert gateway.write(up(start + step * 1000)).status_code == 204
    eventually(lambda: gateway.metric("sluice_backend_catching_up") == 1, "it is behind")
    proxy.mode = PASS
    eventually(
        lambda: (
            [sorted(t for t, _ in samples) for samples in victoria_metrics.samples("up").values()]
            == [[start + step * 1000 for step in range(20)]]
        ),
        "all is there",
    )


def test_newest_first_is_what_goes_out_first(sluice, fake_backend):
    sink = fake_backend(Answer(503))
    target = backend(sink.url, batch={"timeout": "20ms", "send_batch_size": 1}, catch_up={"order": "newest_first"})
    gateway = sluice(configuration({"sink": target}))
    for stamp in range(1, 21):
        assert gateway.write(up(stamp)).status_code == 204
    eventually(lambda: gateway.metric("sluice_backend_catching_up") == 1, "it is behind")
    sink.default = Answer(204)
    sink.wait_for_samples(20)
    stamps = [r.message().timeseries[0].samples[0].timestamp for r in sink.accepted]
    assert stamps == list(range(20, 0, -1))


def test_a_full_queue_can_drop_the_oldest_for_the_newest(sluice, fake_backend):
    sink = fake_backend(Answer(503))
    queue = {"queue_size": "64KiB", "on_full": "drop_oldest"}
    gateway = sluice(configuration({"sink": backend(sink.url, sending_queue=queue, batch={"max_bytes": "16KiB"})}))
    chance = random.Random(1)
    for stamp in range(1, 101):
        # Random, so that compression does not make nothing of it.
        assert gateway.write(up(stamp, filler=chance.randbytes(1000).hex())).status_code == 204
    assert gateway.metric("sluice_backend_dropped_samples_total", cause="queue_full") > 0
    sink.default = Answer(204)
    eventually(lambda: gateway.metric("sluice_backend_queue_blocks") == 0, "it is empty")
    stamps = [s.timestamp for r in sink.accepted for t in r.message().timeseries for s in t.samples]
    assert stamps == list(range(101 - len(stamps), 101))
    dropped = gateway.metric("sluice_backend_dropped_samples_total", cause="queue_full")
    assert len(stamps) + dropped == 100
