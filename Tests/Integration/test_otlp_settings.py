"""What the `otlp` section of the configuration changes, what is counted of losses, and metrics that collide."""

import requests
from support import messages2, otlp
from support.fake_backend import knows_2
from support.sluice import backend, configuration
from support.wait import eventually

STAMP = 1_750_000_000_000
RESOURCE = {"service.name": "shop", "service.instance.id": "i-1", "k8s.pod.name": "p", "zone": "z"}


def names(sink, count):
    return sorted(dict(key)[b"__name__"].decode() for key in sink.wait_for_samples(count))


def test_every_setting_of_prometheus_is_taken_and_holds_from_a_reload_on(sluice, fake_backend):
    sink = fake_backend()
    plain = configuration({"sink": backend(sink.url)})
    gateway = sluice(plain)
    export = otlp.request(otlp.gauge("room.temp", 1.0, STAMP, {"a.b": "c"}, "Cel"), resource=RESOURCE)
    assert gateway.export(export).status_code == 200
    assert names(sink, 2) == ["room_temp_celsius", "target_info"]
    # As it may stand in prometheus.yml.
    section = {
        "translation_strategy": "NoUTF8EscapingWithSuffixes",
        "promote_all_resource_attributes": True,
        "ignore_resource_attributes": ["zone"],
        "keep_identifying_resource_attributes": True,
        "convert_histograms_to_nhcb": True,
        "promote_scope_metadata": True,
        "label_name_underscore_sanitization": True,
        "label_name_preserve_multiple_underscores": True,
    }
    gateway.write_config({**plain, "otlp": section})
    assert gateway.reload().ok
    export.resource_metrics[0].scope_metrics[0].scope.name = "lib"
    assert gateway.export(export).status_code == 200
    series = {tuple((name.decode(), value.decode()) for name, value in key) for key in sink.wait_for_samples(4)}
    assert {
        "__name__": "room.temp_celsius",
        "a.b": "c",
        "instance": "i-1",
        "job": "shop",
        "k8s.pod.name": "p",
        "otel_scope_name": "lib",
        "service.instance.id": "i-1",
        "service.name": "shop",
    } in map(dict, series)


def test_a_mistake_in_the_section_keeps_the_old_settings(sluice, fake_backend):
    sink = fake_backend()
    plain = configuration({"sink": backend(sink.url)})
    gateway = sluice(plain)
    gateway.write_config({**plain, "otlp": {"translation_strategy": "Escape"}})
    answer = gateway.reload()
    assert answer.status_code == 422
    assert "otlp.translation_strategy" in answer.text
    assert gateway.export(otlp.request(otlp.gauge("a.b", 1.0, STAMP))).status_code == 200
    assert names(sink, 1) == ["a_b"]


def test_start_times_arrive_where_they_can_be_said(sluice, fake_backend):
    new, old = fake_backend(default=knows_2), fake_backend()
    gateway = sluice(configuration({"new": backend(new.url, protocol_version="auto"), "old": backend(old.url)}))
    metric = otlp.Metric(
        name="hits",
        sum=otlp.Sum(
            aggregation_temporality=otlp.AGGREGATION_TEMPORALITY_CUMULATIVE,
            is_monotonic=True,
            data_points=[
                otlp.NumberDataPoint(
                    start_time_unix_nano=(STAMP - 60_000) * 1_000_000, time_unix_nano=STAMP * 1_000_000, as_int=3
                )
            ],
        ),
    )
    assert gateway.export(otlp.request(metric, otlp.gauge("g", 1.0, STAMP))).status_code == 200
    assert names(new, 2) == names(old, 2) == ["g", "hits_total"]
    request = next(r for r in (messages2.decode(a.body) for a in new.accepted if a.is_2) if r.timeseries)
    # Neither series has a label besides its name, which is the second reference.
    starts = {request.symbols[one.labels_refs[1]]: one.samples[0].start_timestamp for one in request.timeseries}
    assert starts == {b"hits_total": STAMP - 60_000, b"g": 0}
    assert gateway.metric("sluice_translation_losses_total", kind="start_time") is None


def test_metrics_that_collide_are_counted_logged_and_listed(one_backend):
    gateway, sink = one_backend
    for metric in (otlp.gauge("queue.length", 1.0, STAMP, unit="{item}"), otlp.gauge("queue_length", 1.0, STAMP)):
        assert gateway.export(otlp.request(metric)).status_code == 200
    sink.wait_for_samples(2)
    (found,) = eventually(
        lambda: requests.get(f"{gateway.admin_url}/admin/v1/collisions", timeout=20).json()["items"], "a collision"
    )
    assert (found["tenant"], found["name"], found["differs"]) == ("acme", "queue_length", ["name", "unit"])
    assert found["metrics"][0] == {"name": "queue.length", "unit": "{item}", "type": "gauge"}
    assert gateway.metric("sluice_metric_collisions_total", differs="unit") == 1
    gateway.wait_for_log("two metrics have one name")
