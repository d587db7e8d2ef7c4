"""A real Prometheus sends; real backends receive the same samples."""

import math

import pytest
from support.servers import remote_write_versions
from support.sluice import backend, configuration
from support.wait import eventually

# Series of the sending Prometheus that are there from the first scrape on and change with every one.
SELECTOR = '{job="scraped"}'
ENOUGH = 5


def through_proxy(nginx, gateway, tenant):
    """nginx in front of the gateway, as an operator sets it up: it says whose data this is."""
    front = nginx(
        f"location / {{ proxy_pass {gateway.ingest_url}; proxy_http_version 1.1;"
        f' proxy_set_header Connection ""; proxy_set_header X-Scope-OrgID {tenant}; }}'
    )
    return f"{front.url}/api/v1/push"


def scraped(sender, selector):
    """What the sender has stored itself, once there is enough of it, and the time of the last sample."""

    def enough():
        stored = sender.samples(selector)
        return stored if any(len(samples) >= ENOUGH for samples in stored.values()) else None

    sent = eventually(enough, f"{ENOUGH} scrapes")
    return sent, max(samples[-1][0] for samples in sent.values())


def until(stored, last):
    """The samples up to a time; series that have none are left out."""
    cut = {key: [s for s in samples if s[0] <= last] for key, samples in stored.items()}
    return {key: samples for key, samples in cut.items() if samples}


def same(one, other, tolerance=0.0):
    if one.keys() != other.keys():
        return False
    return all(
        len(one[key]) == len(other[key])
        and all(
            a[0] == b[0]
            and (math.isclose(a[1], b[1], rel_tol=tolerance, abs_tol=0.0) or math.isnan(a[1]) and math.isnan(b[1]))
            for a, b in zip(one[key], other[key], strict=True)
        )
        for key in one
    )


def without_nan(stored):
    """VictoriaMetrics does not give back NaN values."""
    kept = {key: [s for s in samples if not math.isnan(s[1])] for key, samples in stored.items()}
    return {key: samples for key, samples in kept.items() if samples}


@pytest.mark.parametrize("version", remote_write_versions())
def test_what_prometheus_sends_arrives_in_two_backends(
    version, sluice, nginx, prometheus_sender, prometheus_receiver, victoria_metrics
):
    gateway = sluice(
        configuration(
            {"prometheus": backend(prometheus_receiver.write_url), "victoria": backend(victoria_metrics.write_url)}
        )
    )
    sender = prometheus_sender(through_proxy(nginx, gateway, "acme"), version=version)
    sent, last = scraped(sender, SELECTOR)
    eventually(
        lambda: same(sent, until(prometheus_receiver.samples(SELECTOR), last)), "all samples in Prometheus", within=30
    )
    # It stores decimal numbers of its own, exact to about fifteen digits.
    eventually(
        lambda: same(without_nan(sent), until(victoria_metrics.samples(SELECTOR), last), 1e-13),
        "all samples in VictoriaMetrics",
        within=30,
    )
    # What a scrape must have brought, or the test would compare nothing.
    assert any(dict(key)["__name__"] == "up" for key in sent)
    assert len(sent) > 100


def test_metric_types_and_help_arrive(sluice, prometheus_sender, fake_backend):
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url)}, tenancy={"sources": ["path"]}))
    prometheus_sender(f"{gateway.ingest_url}/tenants/acme/api/v1/push")

    def told():
        return {m.metric_family_name: m for r in sink.accepted for m in r.message().metadata}

    eventually(lambda: b"prometheus_build_info" in told(), "metadata")
    assert told()[b"prometheus_build_info"].type == 2  # gauge
    assert told()[b"prometheus_build_info"].help
    assert {r.tenant for r in sink.accepted} == {"acme"}


def test_influxdb_takes_it_over_its_prometheus_endpoint(sluice, prometheus_sender, influxdb):
    backends = {"influx": backend(influxdb.write_url, tenant_header=None)}
    gateway = sluice(configuration(backends, tenancy={"sources": ["path"]}))
    sender = prometheus_sender(f"{gateway.ingest_url}/tenants/acme/api/v1/push")
    sent, last = scraped(sender, "up")
    eventually(lambda: same(sent, until(influxdb.samples("up"), last)), "all samples in InfluxDB", within=30)
