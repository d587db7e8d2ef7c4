"""Whose data it is: found where the configuration says, and different for each route if the rules say so."""

import threading

import pytest
from support import messages, otlp
from support.sluice import backend, configuration

UP = {"__name__": "up", "job": "x"}


def up(value=1.0, stamp=1, **labels):
    return messages.series({**UP, **labels}, (stamp, value))


@pytest.mark.parametrize(
    "path", ["/api/v1/push", "/api/prom/push", "/push", "/api/v1/write", "/api/v1/receive", "/api/v1/prom/remote/write"]
)
def test_every_known_path_takes_remote_write_with_the_tenant_in_header_or_path(one_backend, path):
    gateway, sink = one_backend
    assert gateway.write(up(stamp=1), tenant="by-header", path=path).status_code == 204
    assert gateway.write(up(stamp=2), tenant=None, path=f"/tenants/by-path{path}").status_code == 204
    sink.wait_for_samples(2)
    assert sorted(r.tenant for r in sink.accepted) == ["by-header", "by-path"]


@pytest.mark.parametrize("path", ["/v1/metrics", "/otlp/v1/metrics", "/api/v1/otlp/v1/metrics"])
def test_every_known_path_takes_otlp_with_the_tenant_in_header_or_path(one_backend, path):
    gateway, sink = one_backend
    assert gateway.export(otlp.request(otlp.gauge("up", 1.0, 1)), tenant="by-header", path=path).status_code == 200
    answer = gateway.export(otlp.request(otlp.gauge("up", 1.0, 2)), tenant=None, path=f"/tenants/by-path{path}")
    assert answer.status_code == 200
    sink.wait_for_samples(2)
    assert sorted(r.tenant for r in sink.accepted) == ["by-header", "by-path"]


def test_a_request_without_a_tenant_is_refused_with_401(one_backend):
    gateway, sink = one_backend
    assert gateway.write(up(), tenant=None).status_code == 401
    assert gateway.write(up(), tenant="").status_code == 401
    assert gateway.export(otlp.request(otlp.gauge("up", 1.0, 1)), tenant=None).status_code == 401
    assert sink.received == []


def test_a_request_without_a_tenant_belongs_to_the_default_one_if_there_is_one(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url)}, tenancy={"default": "anonymous"}))
    assert gateway.write(up(), tenant=None).status_code == 204
    sink.wait_for_samples(1)
    assert sink.accepted[0].tenant == "anonymous"


@pytest.mark.parametrize("tenant", ["a/b", "a b", "a|b", "a\\b", "..", ".", "__markers__", "a,b", "a@b", "x" * 151])
def test_a_tenant_that_cortex_forbids_is_refused_with_400(one_backend, tenant):
    gateway, sink = one_backend
    answer = gateway.write(up(), tenant=tenant)
    assert answer.status_code == 400
    assert "tenant" in answer.text
    assert sink.received == []


@pytest.mark.parametrize("tenant", ["a", "A-Z_0.9", "it's(fine)!*", "x" * 150])
def test_a_tenant_that_cortex_allows_arrives_as_it_is(one_backend, tenant):
    gateway, sink = one_backend
    assert gateway.write(up(), tenant=tenant).status_code == 204
    sink.wait_for_samples(1)
    assert sink.accepted[0].tenant == tenant


def test_a_path_that_is_no_source_names_no_tenant(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url)}, tenancy={"sources": ["header"]}))
    answer = gateway.write(up(), tenant=None, path="/tenants/sly/api/v1/push")
    assert answer.status_code in (401, 404)
    gateway.write(up(), tenant="honest", path="/tenants/sly/api/v1/push")
    gateway.write(up(stamp=2), tenant="honest")
    sink.wait_for_requests(1)
    assert {r.tenant for r in sink.received} == {"honest"}


def test_each_route_sends_under_its_own_tenant(sluice, fake_backend):
    one, two = fake_backend(), fake_backend()
    gateway = sluice(
        configuration(
            {"one": backend(one.url), "two": backend(two.url)},
            [
                {
                    "name": "own",
                    "match": {"tenant": ["acme", "pay-*"]},
                    "rewrite": {"tenant": "prod-{tenant}"},
                    "send": ["one"],
                    "continue": True,
                },
                {"name": "all", "rewrite": {"tenant": "everyone"}, "send": ["two"]},
            ],
        )
    )
    for number, tenant in enumerate(["acme", "pay-eu", "other"]):
        assert gateway.write(up(stamp=number + 1), tenant=tenant).status_code == 204
    one.wait_for_samples(2)
    two.wait_for_samples(3)
    assert sorted(r.tenant for r in one.accepted) == ["prod-acme", "prod-pay-eu"]
    assert {r.tenant for r in two.accepted} == {"everyone"}


def test_the_tenant_can_come_from_a_label(sluice, fake_backend):
    sink = fake_backend()
    rewrite = {"tenant": "{label.team}"}
    gateway = sluice(configuration({"sink": backend(sink.url)}, [{"name": "r", "rewrite": rewrite, "send": ["sink"]}]))
    request = messages.WriteRequest(timeseries=[up(team="red"), up(team="blue"), up(team="red", path="/")])
    assert gateway.write(request).status_code == 204
    sink.wait_for_samples(3)
    for received in sink.accepted:
        teams = {dict(messages.labels_of(s))[b"team"].decode() for s in received.message().timeseries}
        assert teams == {received.tenant}


def test_tenants_never_mix_under_load(sluice, fake_backend):
    """Many tenants at once, every series marked with its owner: no request at the backend holds another's."""
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    tenants, requests_each = [f"tenant-{n}" for n in range(12)], 30
    failures = []

    def send(tenant):
        for stamp in range(1, requests_each + 1):
            many = [up(stamp=stamp, owner=tenant, n=str(n)) for n in range(20)]
            answer = gateway.write(messages.WriteRequest(timeseries=many), tenant=tenant)
            if answer.status_code != 204:
                failures.append((tenant, answer.status_code, answer.text))

    threads = [threading.Thread(target=send, args=(t,)) for t in tenants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    sink.wait_for_samples(len(tenants) * requests_each * 20)
    for received in sink.accepted:
        owners = {dict(messages.labels_of(s))[b"owner"].decode() for s in received.message().timeseries}
        assert owners == {received.tenant}
