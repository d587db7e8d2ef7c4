"""Which series goes where, and how it looks there."""

import requests
from support import messages, otlp
from support.ports import free_address
from support.sluice import backend, configuration
from support.wait import eventually


def labels(series):
    return {tuple(sorted((k.decode(), v.decode()) for k, v in key)) for key in series}


def test_a_selector_splits_series_over_backends(sluice, fake_backend):
    eu, rest = fake_backend(), fake_backend()
    gateway = sluice(
        configuration(
            {"eu": backend(eu.url), "rest": backend(rest.url)},
            [
                {"name": "eu", "match": {"series": '{region="eu",__name__!~"debug_.*"}'}, "send": ["eu"]},
                {"name": "rest", "send": ["rest"]},
            ],
        )
    )
    series = [
        messages.series({"__name__": name, "region": region}, (1, 1.0))
        for name in ("up", "debug_up")
        for region in ("eu", "us")
    ]
    assert gateway.write(messages.WriteRequest(timeseries=series)).status_code == 204
    assert labels(eu.wait_for_samples(1)) == {(("__name__", "up"), ("region", "eu"))}
    assert len(labels(rest.wait_for_samples(3))) == 3


def test_a_route_matches_on_headers_and_protocol(sluice, fake_backend):
    prod, other = fake_backend(), fake_backend()
    gateway = sluice(
        configuration(
            {"prod": backend(prod.url), "other": backend(other.url)},
            [
                {
                    "name": "prod",
                    "match": {"headers": {"X-Env": "prod"}, "protocol": ["remote_write"]},
                    "send": ["prod"],
                },
                {"name": "other", "send": ["other"]},
            ],
        )
    )
    up = messages.series({"__name__": "up"}, (1, 1.0))
    assert gateway.write(up, headers={"X-Env": "prod"}).status_code == 204
    assert gateway.write(up, headers={"X-Env": "test"}).status_code == 204
    prod.wait_for_samples(1)
    other.wait_for_samples(1)


def test_the_first_match_ends_the_search_and_priority_goes_before_order(sluice, fake_backend):
    first, urgent = fake_backend(), fake_backend()
    gateway = sluice(
        configuration(
            {"first": backend(first.url), "urgent": backend(urgent.url)},
            [
                {"name": "first", "send": ["first"]},
                {"name": "urgent", "match": {"tenant": ["acme"]}, "send": ["urgent"], "priority": 10},
            ],
        )
    )
    up = messages.series({"__name__": "up"}, (1, 1.0))
    assert gateway.write(up, tenant="acme").status_code == 204
    assert gateway.write(up, tenant="other").status_code == 204
    urgent.wait_for_samples(1)
    first.wait_for_samples(1)
    assert urgent.accepted[0].tenant == "acme"
    assert first.accepted[0].tenant == "other"


def test_series_are_relabelled(sluice, fake_backend):
    sink = fake_backend()
    rules = [
        {"source_labels": ["env"], "regex": "prod-(.*)", "target_label": "team", "replacement": "$1"},
        {"action": "drop", "source_labels": ["__name__"], "regex": "debug_.*"},
        {"action": "labeldrop", "regex": "container"},
    ]
    gateway = sluice(
        configuration(
            {"sink": backend(sink.url)},
            [{"name": "r", "rewrite": {"relabel_configs": rules}, "send": ["sink"]}],
        )
    )
    request = messages.WriteRequest(
        timeseries=[
            messages.series({"__name__": "up", "container": "c", "env": "prod-pay"}, (1, 1.0)),
            messages.series({"__name__": "debug_up", "env": "prod-pay"}, (1, 1.0)),
            messages.series({"__name__": "up", "env": "test"}, (1, 2.0)),
        ]
    )
    assert gateway.write(request).status_code == 204
    assert labels(sink.wait_for_samples(2)) == {
        (("__name__", "up"), ("env", "prod-pay"), ("team", "pay")),
        (("__name__", "up"), ("env", "test")),
    }


def test_a_backend_adds_its_own_labels_namespace_and_headers(sluice, fake_backend):
    sink, plain = fake_backend(), fake_backend()
    gateway = sluice(
        configuration(
            {
                "sink": backend(
                    sink.url,
                    namespace="site",
                    external_labels={"cluster": "eu1"},
                    headers={"X-Extra": "yes"},
                    tenant_header="THANOS-TENANT",
                    auth={"basic": {"username": "me", "password": "secret"}},
                ),
                "plain": backend(plain.url),
            }
        )
    )
    assert gateway.write(messages.series({"__name__": "up"}, (1, 1.0))).status_code == 204
    assert labels(sink.wait_for_samples(1)) == {(("__name__", "site_up"), ("cluster", "eu1"))}
    assert labels(plain.wait_for_samples(1)) == {(("__name__", "up"),)}
    sent = sink.accepted[0].headers
    assert sent["X-Extra"] == "yes"
    assert sent["THANOS-TENANT"] == "acme"
    assert "X-Scope-OrgID" not in sent
    assert sent["Authorization"] == "Basic bWU6c2VjcmV0"
    assert sent["Content-Type"].startswith("application/x-protobuf")
    assert sent["Content-Encoding"] == "snappy"
    assert sent["X-Prometheus-Remote-Write-Version"] == "0.1.0"
    assert sent["User-Agent"]


def test_samples_of_a_series_leave_in_the_order_in_which_they_came(one_backend):
    gateway, sink = one_backend
    for stamp in range(1, 201):
        assert gateway.write(messages.series({"__name__": "up"}, (stamp, float(stamp)))).status_code == 204
    (held,) = sink.wait_for_samples(200).values()
    assert [stamp for stamp, _ in held["samples"]] == list(range(1, 201))


def test_small_requests_travel_together(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url, batch={"timeout": "500ms"})}))
    for stamp in range(1, 101):
        assert gateway.write(messages.series({"__name__": "up"}, (stamp, 1.0))).status_code == 204
    sink.wait_for_samples(100)
    assert len(sink.accepted) < 50


def test_a_request_is_split_by_label_over_many_tenants(sluice, fake_backend):
    sink = fake_backend()
    rewrite = {
        "tenant": "{label.team:-shared}",
        "relabel_configs": [{"action": "labeldrop", "regex": "team"}],
    }
    gateway = sluice(
        configuration({"sink": backend(sink.url)}, [{"name": "split", "rewrite": rewrite, "send": ["sink"]}])
    )
    series = [
        messages.series({"__name__": "m", "number": str(n), "team": f"team-{n % 100}"}, (1, float(n)))
        for n in range(1000)
    ]
    series += [messages.series({"__name__": "m", "number": str(n)}, (1, float(n))) for n in range(1000, 1003)]
    assert gateway.write(messages.WriteRequest(timeseries=series)).status_code == 204
    sink.wait_for_samples(1003)
    assert len(sink.accepted) == 101
    for request in sink.accepted:
        for one in request.message().timeseries:
            held = dict(messages.labels_of(one))
            number = int(held[b"number"])
            assert request.tenant == (f"team-{number % 100}" if number < 1000 else "shared")
            assert b"team" not in held


def test_a_label_cannot_name_what_is_no_tenant(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(
        configuration(
            {"sink": backend(sink.url)}, [{"name": "split", "rewrite": {"tenant": "{label.team}"}, "send": ["sink"]}]
        )
    )
    hostile = ["a|b", "..", "a/b", "a b", "x\r\nX-Scope-OrgID: evil", "а", "x" * 151, "__markers__"]
    series = [messages.series({"__name__": "m", "team": team}, (1, 1.0)) for team in [*hostile, "good"]]
    answer = gateway.write(messages.WriteRequest(timeseries=series))
    assert answer.status_code == 400
    assert gateway.metric("sluice_refused_total", reason="no_tenant") == len(hostile)
    sink.wait_for_samples(1)
    assert {r.tenant for r in sink.received} == {"good"}


def test_headers_are_made_for_the_backend_and_keep_requests_apart(sluice, fake_backend):
    sink = fake_backend()
    headers = {"X-Env": "{header.X-Env}", "X-From": "sluice {tenant}", "X-Team": "t={label.team:-none}"}
    gateway = sluice(
        configuration(
            {"sink": backend(sink.url, headers={"X-Fixed": "1"}, batch={"timeout": "300ms"})},
            [{"name": "r", "rewrite": {"headers": headers}, "send": ["sink"]}],
        )
    )
    for env, team in [("a", "x"), ("a", "x"), ("b", "x"), (None, None)]:
        labels = {"__name__": "m", **({"team": team} if team else {})}
        assert gateway.write(messages.series(labels, (1, 1.0)), headers={"X-Env": env}).status_code == 204
    sink.wait_for_samples(4)
    found = sorted(
        (r.headers["X-Env"] or "", r.headers["X-Team"], r.message().timeseries.__len__()) for r in sink.accepted
    )
    assert found == [("", "t=none", 1), ("a", "t=x", 2), ("b", "t=x", 1)]
    assert all(r.headers["X-From"] == "sluice acme" and r.headers["X-Fixed"] == "1" for r in sink.accepted)


def test_no_label_breaks_out_of_a_header(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(
        configuration(
            {"sink": backend(sink.url)}, [{"name": "r", "rewrite": {"headers": {"X-T": "{label.t}"}}, "send": ["sink"]}]
        )
    )
    hostile = ["a\r\nX-Scope-OrgID: evil", "a\nX-Scope-OrgID: evil", "a\rb", "\x00", "\x1b[2J", "x" * 5000]
    series = [messages.series({"__name__": "m", "t": t}, (1, 1.0)) for t in [*hostile, "fine: ü"]]
    assert gateway.write(messages.WriteRequest(timeseries=series)).status_code == 400
    assert gateway.metric("sluice_refused_total", reason="invalid_header") == len(hostile)
    sink.wait_for_samples(1)
    (request,) = sink.received
    assert request.headers["X-T"].encode("latin-1").decode() == "fine: ü"
    assert request.headers.get_all("X-Scope-OrgID") == ["acme"]


def test_a_sample_of_the_series_is_the_same_after_a_restart(sluice, fake_backend):
    def kept():
        sink = fake_backend()
        gateway = sluice(configuration({"sink": backend(sink.url)}, [{"name": "r", "sample": 0.2, "send": ["sink"]}]))
        series = [messages.series({"__name__": "m", "number": str(n)}, (1, 1.0)) for n in range(1000)]
        assert gateway.write(messages.WriteRequest(timeseries=series)).status_code == 204
        dropped = gateway.metric("sluice_dropped_samples_total", cause="rule")
        assert gateway.metric("sluice_received_samples_total") == 1000
        return labels(sink.wait_for_samples(1000 - int(dropped)))

    first = kept()
    assert 140 < len(first) < 260
    assert kept() == first


def test_resources_are_matched_and_name_tenants(sluice, fake_backend):
    pay, rest = fake_backend(), fake_backend()
    gateway = sluice(
        configuration(
            {"pay": backend(pay.url), "rest": backend(rest.url)},
            [
                {
                    "name": "pay",
                    "match": {"resource": {"service.namespace": "pay-*"}},
                    "rewrite": {"tenant": "{resource.service.namespace}"},
                    "send": ["pay"],
                },
                {"name": "rest", "rewrite": {"tenant": "{resource.team:-none}"}, "send": ["rest"]},
            ],
        )
    )
    export = otlp.request(otlp.gauge("load", 1.0, 1_750_000_000_000), resource={"service.namespace": "pay-eu"})
    for resource in ({"service.namespace": "web", "team": "blue"}, {}):
        export.MergeFrom(otlp.request(otlp.gauge("load", 1.0, 1_750_000_000_000), resource=resource))
    assert gateway.export(export).status_code == 200
    assert gateway.write(messages.series({"__name__": "load"}, (1, 1.0))).status_code == 204
    pay.wait_for_samples(1)
    rest.wait_for_samples(3)
    assert {r.tenant for r in pay.accepted} == {"pay-eu"}
    assert {r.tenant for r in rest.accepted} == {"blue", "none"}


def test_listeners_are_told_apart_by_name_and_address(sluice, fake_backend):
    edge, inner = fake_backend(), fake_backend()
    config = configuration({"edge": backend(edge.url), "inner": backend(inner.url)})
    config["listeners"][0]["name"] = "edge-1"
    config["listeners"].append({"address": free_address()})
    second = config["listeners"][1]["address"]
    config["routes"] = [
        {"name": "edge", "match": {"listener": "edge-*"}, "send": ["edge"]},
        {"name": "inner", "match": {"listener": [second]}, "send": ["inner"]},
    ]
    gateway = sluice(config)
    up = messages.series({"__name__": "up"}, (1, 1.0))
    assert gateway.write(up).status_code == 204
    gateway.ingest_url = f"http://{second}"
    assert gateway.write(up, tenant="other").status_code == 204
    edge.wait_for_samples(1)
    inner.wait_for_samples(1)
    assert inner.accepted[0].tenant == "other"


def test_the_books_tell_what_each_backend_does_not_get(sluice, fake_backend):
    sinks = {name: fake_backend() for name in ("all", "prod", "dev")}

    def keep(env):
        return [{"action": "keep", "source_labels": ["env"], "regex": env}]

    gateway = sluice(
        configuration(
            {
                "all": backend(sinks["all"].url),
                "prod": backend(sinks["prod"].url, write_relabel_configs=keep("prod")),
                "dev": backend(sinks["dev"].url, write_relabel_configs=keep("dev")),
            },
            [
                {"name": "most", "send": ["all", "prod", "dev"], "continue": True},
                {"name": "tests", "send": ["all", "dev"], "rewrite": {"relabel_configs": keep("test")}},
            ],
        )
    )

    def write(*environments):
        series = [
            messages.series({"__name__": "up", "n": str(n), "env": e}, (1, 1.0)) for n, e in enumerate(environments)
        ]
        assert gateway.write(messages.WriteRequest(timeseries=series)).status_code == 204

    write("prod", "dev", "prod", "test")
    write("prod", "prod")
    sinks["all"].wait_for_samples(7)
    eventually(lambda: gateway.metric("sluice_ledger_held_samples") == 0, "all is delivered")
    books = requests.get(f"{gateway.admin_url}/admin/v1/ledger", timeout=20).json()
    assert books["imbalance"] == 0
    rows = {
        (row["route"], row["backend"]): (
            row["accepted"]["samples"],
            row["delivered"]["samples"],
            row["dropped"].get("rule", {}).get("samples", 0),
        )
        for row in books["rows"]
    }
    assert rows == {
        ("most", "all"): (6, 6, 0),
        ("most", "prod"): (6, 4, 2),
        ("most", "dev"): (6, 1, 5),
        ("tests", "all"): (1, 1, 0),
        ("tests", "dev"): (1, 0, 1),
        ("tests", ""): (5, 0, 5),
    }
