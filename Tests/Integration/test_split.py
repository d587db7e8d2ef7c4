"""Requests whose series name their tenants themselves: by a label, or by the OTLP resource that they came with."""

import pytest
from support import messages, otlp
from support.sluice import backend, configuration

TOKEN = "agents-token-0123456789"
BOUND = {"name": "agents", "tenants": ["red", "blue"], "token": TOKEN}
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


def request(*tenants, **more):
    """A series for each tenant, marked with its place; None names none."""
    series = []
    for n, tenant in enumerate(tenants):
        labels = {"__name__": "up", "n": str(n), **({"tenant": tenant} if tenant is not None else {}), **more}
        series.append(messages.series(labels, (1, float(n))))
    return messages.WriteRequest(timeseries=series)


def places(sink):
    """Which series came for which tenant."""
    found = {}
    for received in sink.accepted:
        for series in received.message().timeseries:
            found.setdefault(received.tenant, set()).add(int(dict(messages.labels_of(series))[b"n"]))
    return found


@pytest.fixture
def split(sluice, fake_backend):
    def start(**tenancy):
        sink = fake_backend()
        return sluice(configuration({"sink": backend(sink.url)}, tenancy={"sources": ["label"], **tenancy})), sink

    return start


def test_each_series_goes_to_the_tenant_of_its_label_in_one_go(split):
    gateway, sink = split()
    assert gateway.write(request("red", "blue", "red", "green"), tenant=None).status_code == 204
    sink.wait_for_samples(4)
    assert places(sink) == {"red": {0, 2}, "blue": {1}, "green": {3}}
    for received in sink.accepted:
        for series in received.message().timeseries:
            assert dict(messages.labels_of(series))[b"tenant"].decode() == received.tenant
    assert gateway.metric("sluice_tenant_received_samples_total", tenant="red") == 2
    assert gateway.metric("sluice_tenant_received_samples_total", tenant="green") == 1


def test_metadata_that_belong_to_no_tenant_are_counted(split):
    gateway, sink = split()
    about = [
        messages.MetricMetadata(type=1, metric_family_name=b"up", help=b"Whether."),
        messages.MetricMetadata(type=2, metric_family_name=b"other", help=b"Of nobody here."),
    ]
    alone = messages.WriteRequest(metadata=about)
    assert gateway.write(alone, tenant=None).status_code == 204
    kind = {"protocol": "remote_write", "kind": "metadata_without_tenant"}
    assert gateway.metric("sluice_translation_losses_total", **kind) == 2
    both = request("red", "blue")
    both.metadata.extend(about)
    assert gateway.write(both, tenant=None).status_code == 204
    assert gateway.metric("sluice_translation_losses_total", **kind) == 3
    sink.wait_for_samples(2)


def test_metadata_alone_go_to_the_tenant_of_their_request(split):
    gateway, sink = split(sources=["label", "header"])
    alone = messages.WriteRequest(
        metadata=[messages.MetricMetadata(type=1, metric_family_name=b"up", help=b"Whether.")]
    )
    assert gateway.write(alone, tenant="acme").status_code == 204
    sink.wait_for_requests(1)
    assert [received.tenant for received in sink.received] == ["acme"]
    assert gateway.metric("sluice_translation_losses_total") in (None, 0)


def test_the_label_is_removed_where_that_is_wanted(split):
    gateway, sink = split(label={"name": "team", "remove": True})
    body = messages.WriteRequest(
        timeseries=[messages.series({"__name__": "up", "n": "0", "team": "red", "zone": "z"}, (1, 1.0))]
    )
    assert gateway.write(body, tenant=None).status_code == 204
    series = sink.wait_for_samples(1)
    assert list(series) == [((b"__name__", b"up"), (b"n", b"0"), (b"zone", b"z"))]
    assert sink.accepted[0].tenant == "red"


def test_series_without_the_label_belong_to_the_header_or_the_default_or_are_refused(split):
    gateway, sink = split(sources=["label", "header"], default="rest")
    assert gateway.write(request("red", None), tenant="blue").status_code == 204
    assert gateway.write(request("red", None), tenant=None).status_code == 204
    sink.wait_for_samples(4)
    assert places(sink) == {"red": {0}, "blue": {1}, "rest": {1}}
    alone, other = split()
    answer = alone.write(request("red", None, "blue"), tenant="green")
    assert answer.status_code == 400 and "1 series name no tenant" in answer.text
    other.wait_for_samples(2)
    assert places(other) == {"red": {0}, "blue": {2}}
    assert alone.metric("sluice_refused_total", reason="no_tenant") == 1


def test_a_label_behind_the_header_does_not_override_it(split):
    gateway, sink = split(sources=["header", "label"])
    assert gateway.write(request("red", "blue"), tenant="green").status_code == 204
    sink.wait_for_samples(2)
    assert places(sink) == {"green": {0, 1}}


SPOOFS = ["green", "RED", "red|blue", "..", "__markers__", "r\u0435d", "red ", "red\nblue", "red\0", "x" * 151]


@pytest.mark.parametrize("sources", [["label", "bearer"], ["bearer", "label"], ["bearer", "label", "header"]])
@pytest.mark.parametrize("name", SPOOFS)
def test_no_label_names_a_tenant_that_its_sender_may_not_write_as(split, name, sources):
    gateway, sink = split(sources=sources, credentials=[BOUND])
    answer = gateway.write(request("red", name, "blue"), tenant=None, headers=AUTHORIZED)
    assert answer.status_code in (400, 403), answer.text
    sink.wait_for_samples(2)
    assert places(sink) == {"red": {0}, "blue": {2}}
    assert gateway.write(request(name), tenant=None, headers=AUTHORIZED).status_code in (400, 403)
    assert gateway.write(request("red"), tenant=None).status_code == 401
    sink.wait_for_samples(2)


def test_a_label_twice_names_nobody(split):
    gateway, sink = split()
    twice = messages.series([("__name__", "up"), ("n", "1"), ("tenant", "red"), ("tenant", "blue")], (1, 1.0))
    assert gateway.write(messages.WriteRequest(timeseries=[twice]), tenant=None).status_code == 400
    assert gateway.write(request("red"), tenant=None).status_code == 204
    sink.wait_for_samples(1)
    assert places(sink) == {"red": {0}}


def test_routes_of_a_tenant_hold_for_its_series_alone(sluice, fake_backend):
    one, two = fake_backend(), fake_backend()
    routes = [
        {"name": "red", "match": {"tenant": "red"}, "rewrite": {"tenant": "prod-{tenant}"}, "send": ["one"]},
        {"name": "blue", "match": {"tenant": "blue"}, "send": ["two"]},
    ]
    backends = {"one": backend(one.url), "two": backend(two.url)}
    gateway = sluice(configuration(backends, routes, tenancy={"sources": ["label"]}))
    answer = gateway.write(request("red", "blue", "green"), tenant=None)
    assert answer.status_code == 400 and "no route takes 1 series" in answer.text
    one.wait_for_samples(1)
    two.wait_for_samples(1)
    assert (places(one), places(two)) == ({"prod-red": {0}}, {"blue": {1}})


def resource(tenant, name):
    attributes = {"service.name": "svc", **({"tenant.id": tenant} if tenant else {})}
    return otlp.request(otlp.gauge(name, 1.0, 1), resource=attributes)


def test_the_resource_names_the_tenant_of_otlp(split):
    gateway, sink = split(sources=["resource_attribute", "header"])
    body = resource("red", "one")
    body.resource_metrics.extend(resource("blue", "two").resource_metrics)
    body.resource_metrics.extend(resource(None, "three").resource_metrics)
    assert gateway.export(body, tenant="rest").status_code == 200
    sink.wait_for_requests(3)
    names = {}
    for received in sink.accepted:
        for series in received.message().timeseries:
            names.setdefault(received.tenant, set()).add(dict(messages.labels_of(series))[b"__name__"])
    assert {tenant: found - {b"target_info"} for tenant, found in names.items()} == {
        "red": {b"one"},
        "blue": {b"two"},
        "rest": {b"three"},
    }
    told = {(r.tenant, bytes(m.metric_family_name)) for r in sink.accepted for m in r.message().metadata}
    assert not {t for t in told if t[1] in (b"one", b"two", b"three")} - {
        ("red", b"one"),
        ("blue", b"two"),
        ("rest", b"three"),
    }


def test_no_resource_names_a_tenant_that_its_sender_may_not_write_as(split):
    gateway, sink = split(sources=["resource_attribute", "bearer"], credentials=[BOUND])
    assert gateway.export(resource("green", "up"), tenant=None, headers=AUTHORIZED).status_code == 403
    both = resource("green", "evil")
    both.resource_metrics.extend(resource("red", "good").resource_metrics)
    answer = gateway.export(both, tenant=None, headers=AUTHORIZED)
    assert answer.status_code == 200
    assert (
        "may not write as" in otlp.ExportMetricsServiceResponse.FromString(answer.content).partial_success.error_message
    )
    sink.wait_for_requests(1)
    assert {r.tenant for r in sink.accepted} == {"red"}
    assert gateway.export(resource("red", "up"), tenant=None).status_code == 401
