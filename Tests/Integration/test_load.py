"""`sluice load` and `sluice verify`: what is sent is found again, and what is not found is named."""

import json
import signal
import time

import pytest
import requests
from support.fake_backend import Answer, retry_after
from support.program import Program
from support.sluice import backend, binary, configuration, run_command

PROTOCOLS = ["remote-write", "otlp"]


def load(protocol, url, record, *more):
    return run_command("load", protocol, "--url", url, "--record", record, "-o", "json", *more)


def verify(record, *backends, timeout="10s"):
    arguments = [argument for one in backends for argument in ("--backend", one)]
    done = run_command("verify", "--record", record, "--timeout", timeout, "-o", "json", *arguments)
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def record(tmp_path):
    return tmp_path / "record.json"


@pytest.fixture
def backends(prometheus_receiver, victoria_metrics, influxdb):
    """What a gateway and `sluice verify` are told of the real backends."""
    sent = {
        "prometheus": backend(prometheus_receiver.write_url),
        "victoria": backend(victoria_metrics.write_url),
        "influxdb": backend(influxdb.write_url, tenant_header=None),
    }
    asked = [
        f"prometheus=prometheus:{prometheus_receiver.url}",
        f"victoria=victoria-metrics:{victoria_metrics.url}",
        f"influxdb=influxdb:{influxdb.url},db={influxdb.database}",
    ]
    return sent, asked


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_backend_has_what_load_sent(sluice, backends, record, protocol):
    sent, asked = backends
    gateway = sluice(configuration(sent))
    done = load(
        protocol, gateway.ingest_url, record, "--tenants", "2", "--series", "50", "--rate", "500", "--duration=2s"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    code, report = verify(record, *asked)
    assert code == 0, report
    assert report["complete"]
    assert len(report["rows"]) == 6
    for row in report["rows"]:
        assert (row["series_found"], row["samples_found"]) == (50, 500)


def test_what_a_route_drops_is_missed_and_named(sluice, prometheus_receiver, record):
    drop = {"source_labels": ["__name__"], "regex": "load_queue_length", "action": "drop"}
    tag = {"target_label": "tenant", "replacement": "b"}
    gateway = sluice(
        configuration(
            {"prometheus": backend(prometheus_receiver.write_url)},
            [{"name": "all", "rewrite": {"relabel_configs": [drop, tag]}, "send": ["prometheus"]}],
        )
    )
    sizes = ["--tenants", "b", "--series", "40", "--interval", "200ms", "--duration", "1s"]
    assert load("remote-write", gateway.ingest_url, record, *sizes).returncode == 0
    code, report = verify(record, f"p=prometheus:{prometheus_receiver.url},tenant-label=tenant", timeout="2s")
    assert code == 1
    [row] = report["rows"]
    assert (row["samples_sent"], row["samples_found"], row["missing"], row["extra"]) == (200, 175, 25, 0)
    assert all("load_queue_length{" in text for text in row["differences"])


def test_a_sample_that_is_there_twice_is_named_unless_allowed(victoria_metrics, record):
    """VictoriaMetrics keeps every copy, as after a body that was sent again because its answer was lost."""
    sizes = ["--series", "10", "--interval", "500ms", "--duration", "1s", "--seed", "5"]
    assert load("remote-write", victoria_metrics.write_url, record, *sizes).returncode == 0
    times = json.loads(record.read_text())
    copies = "".join(
        json.dumps({"metric": s["labels"], "values": [s["base"]], "timestamps": [times["start_ms"]]}) + "\n"
        for s in times["batches"][0]["series"]
    )
    assert requests.post(f"{victoria_metrics.url}/api/v1/import", data=copies, timeout=20).ok
    asked = f"v=victoria-metrics:{victoria_metrics.url}"
    arguments = ["verify", "--record", record, "--backend", asked, "--timeout", "10s", "-o", "json"]
    refused, allowed = run_command(*arguments), run_command(*arguments, "--allow-repeats")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["rows"][0]["repeated"] == 10
    assert allowed.returncode == 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_load_sends_the_same_again_when_it_is_put_off(fake_backend, record, protocol):
    sink = fake_backend(Answer(200))
    sink.script(retry_after(1), retry_after(1, status=503))
    done = load(protocol, sink.url, record, "--series", "20", "--interval", "500ms", "--duration", "1s")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["retries"] == 2
    bodies = [one.body for one in sink.received]
    assert len(bodies) == 4
    assert bodies[0] == bodies[1] == bodies[2] != bodies[3]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_load_counts_what_is_refused(fake_backend, record, protocol):
    sink = fake_backend(Answer(200))
    sink.script(Answer(400, body=b"out of order"))
    done = load(protocol, sink.url, record, "--series", "20", "--interval", "500ms", "--duration", "2s")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["samples_accepted"], report["samples_refused"]) == (60, 20)
    assert report["reasons"] == [{"count": 1, "text": "HTTP 400: out of order"}]
    assert json.loads(record.read_text())["batches"][0]["unconfirmed"] == [[0, 1]]


def test_load_ends_early_when_it_is_interrupted(fake_backend, started, folder, record):
    sink = fake_backend()
    running = started(
        Program(
            [binary(), "load", "remote-write", "--url", sink.url, "--duration", "1h", "--record", record],
            folder("load"),
        )
    )
    sink.wait_for_requests(3)
    begun = time.monotonic()
    running.signal(signal.SIGINT)
    assert running.exit_code() == 0, running.log()
    assert time.monotonic() - begun < 5
    written = json.loads(record.read_text())
    sent = sum(batch["ticks"] * len(batch["series"]) for batch in written["batches"])
    assert sent == sink.sample_count() > 0
