"""Which series goes where, and how it looks there."""

from support import messages
from support.sluice import backend, configuration


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
