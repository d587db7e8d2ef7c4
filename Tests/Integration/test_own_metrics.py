"""What the gateway says about itself."""

import re
from pathlib import Path

import pytest
import requests
from support import messages, otlp
from support.fake_backend import Answer
from support.sluice import backend, configuration
from support.wait import eventually

DOCS = Path(__file__).resolve().parents[2] / "docs"


def busy(sluice, fake_backend):
    """A gateway that has seen something of everything: both protocols, refusals, a failing backend."""
    good, refusing, dead = fake_backend(), fake_backend(Answer(400)), fake_backend(Answer(500))
    gateway = sluice(
        configuration({"good": backend(good.url), "refusing": backend(refusing.url), "dead": backend(dead.url)})
    )
    assert gateway.write(messages.series({"__name__": "up"}, (1, 1.0))).status_code == 204
    assert gateway.export(otlp.request(otlp.gauge("g", 1.0, 1))).status_code == 200
    assert gateway.write(b"garbage").status_code == 400
    assert gateway.write(messages.series({"__name__": "up"}, (1, 1.0)), tenant=None).status_code == 401
    refusing.wait_for_requests(1)
    dead.wait_for_requests(2)
    good.wait_for_samples(2)
    return gateway


def test_every_metric_has_the_prefix_help_and_type(sluice, fake_backend):
    gateway = busy(sluice, fake_backend)
    page = requests.get(f"{gateway.admin_url}/metrics", timeout=20)
    assert page.headers["Content-Type"].startswith("text/plain")
    helped = set(re.findall(r"^# HELP (\S+) \S", page.text, re.MULTILINE))
    typed = set(re.findall(r"^# TYPE (\S+) (?:counter|gauge|histogram|summary)$", page.text, re.MULTILINE))
    for name, _ in gateway.metrics():
        if name.startswith(("process_", "go_")):
            continue
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert name.startswith("sluice_"), name
        assert {name, family} & helped, f"no help for {name}"
        assert {name, family} & typed, f"no type for {name}"


def test_prometheus_can_scrape_it(sluice, fake_backend, prometheus_sender):
    gateway = busy(sluice, fake_backend)
    sink = fake_backend()
    sender = prometheus_sender(sink.url, target=gateway.admin_url.removeprefix("http://"))
    found = eventually(lambda: sender.samples("up"), "a scrape")
    assert [value for samples in found.values() for _, value in samples][-1] == 1
    eventually(lambda: any(name.startswith("sluice_") for name in sender.names()), "its metrics")


def test_every_metric_is_documented(sluice, fake_backend):
    gateway = busy(sluice, fake_backend)
    documented = set(re.findall(r"sluice_\w+", "\n".join(f.read_text() for f in DOCS.rglob("*.md"))))
    names = {re.sub(r"_(bucket|sum|count)$", "", n) for n, _ in gateway.metrics() if n.startswith("sluice_")}
    assert names - documented == set()


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready"])
def test_health_is_told_on_both_addresses(one_backend, path):
    gateway, _ = one_backend
    for url in (gateway.admin_url, gateway.ingest_url):
        assert requests.get(url + path, timeout=20).status_code == 200


def test_admin_is_not_served_on_a_listener(one_backend):
    gateway, _ = one_backend
    assert requests.get(f"{gateway.ingest_url}/metrics", timeout=20).status_code == 404
    assert requests.post(f"{gateway.ingest_url}/-/reload", timeout=20).status_code == 404
