"""OTLP through the real gateway, against an independent account of what Prometheus makes of it."""

import pytest
from support import messages, messages2, oracle, otlp, otlp_json
from support.fake_backend import knows_2
from support.random_otlp import Generator
from support.sluice import backend, configuration
from support.wait import eventually

# With each of the settings.
ROUNDS = 8
JSON = {"Content-Type": "application/json"}


def encodings(request, random):
    """The request as bodies with the headers that go with them: both encodings, and JSON as no two senders write it."""
    return {
        "protobuf": (request.SerializeToString(), {}),
        "json": (otlp_json.write(request), JSON),
        "loose-json": (otlp_json.write(request, random), JSON),
    }


def rejected(answer):
    """How many points an answer says are refused."""
    if answer.headers["Content-Type"] == "application/json":
        return int(answer.json().get("partialSuccess", {}).get("rejectedDataPoints", 0))
    return otlp.ExportMetricsServiceResponse.FromString(answer.content).partial_success.rejected_data_points


def difference(got, wanted):
    """Where two contents differ, in words."""
    lines = [
        f"{key}:\n  came   {got[0].get(key)}\n  wanted {wanted[0].get(key)}"
        for key in sorted(got[0].keys() | wanted[0].keys())
        if got[0].get(key) != wanted[0].get(key)
    ]
    if got[1] != wanted[1]:
        lines.append(f"metadata: came {set(got[1]) - set(wanted[1])}, wanted {set(wanted[1]) - set(got[1])}")
    return "\n".join(lines[:10])


def section(settings):
    """The settings as the `otlp` section of a configuration."""
    return {
        "translation_strategy": settings.strategy,
        "promote_resource_attributes": [key.decode() for key in settings.promote_resource_attributes],
        "promote_all_resource_attributes": settings.promote_all_resource_attributes,
        "ignore_resource_attributes": [key.decode() for key in settings.ignore_resource_attributes],
        "keep_identifying_resource_attributes": settings.keep_identifying_resource_attributes,
        "convert_histograms_to_nhcb": settings.convert_histograms_to_nhcb,
        "promote_scope_metadata": settings.promote_scope_metadata,
        "label_name_underscore_sanitization": settings.label_name_underscore_sanitization,
        "label_name_preserve_multiple_underscores": settings.label_name_preserve_multiple_underscores,
        "enable_type_and_unit_labels": settings.type_and_unit_labels,
        "disable_target_info": not settings.target_info,
        "lookback_delta": f"{settings.lookback_seconds}s",
    }


EVERYTHING = {
    "promote_all_resource_attributes": True,
    "ignore_resource_attributes": (b"host.name", b"_"),
    "keep_identifying_resource_attributes": True,
    "promote_scope_metadata": True,
    "type_and_unit_labels": True,
    "convert_histograms_to_nhcb": True,
    "lookback_seconds": 60,
    "start_timestamps": True,
}
SETTINGS = {
    "defaults": oracle.Settings(),
    **{f"{strategy} and 2.0": oracle.Settings(strategy, start_timestamps=True) for strategy in oracle.STRATEGIES},
    **{f"{strategy} and everything": oracle.Settings(strategy, **EVERYTHING) for strategy in oracle.STRATEGIES},
    "some attributes of the resource": oracle.Settings(
        promote_resource_attributes=(b"a.b", b"a_b", b"le", b"service.name", b"job", b"gone"),
        promote_scope_metadata=True,
    ),
    "other names of labels": oracle.Settings(
        label_name_underscore_sanitization=False, label_name_preserve_multiple_underscores=False, target_info=False
    ),
    "runs of underscores": oracle.Settings(
        label_name_preserve_multiple_underscores=False, type_and_unit_labels=True, lookback_seconds=1200
    ),
}


def start(sluice, sink, settings):
    """A gateway with these settings, which sends to the sink in the version that can carry what they make."""
    target = backend(sink.url, protocol_version="2.0" if settings.start_timestamps else "1.0")
    return sluice(configuration({"sink": target}, otlp=section(settings)))


@pytest.mark.fuzz
def test_random_requests_become_what_prometheus_makes_of_them(sluice, fake_backend, rounds):
    sink = fake_backend(knows_2)
    gateways = [(name, settings, start(sluice, sink, settings)) for name, settings in SETTINGS.items()]
    for number, random in rounds(ROUNDS * len(SETTINGS)):
        name, settings, gateway = gateways[number % len(gateways)]
        request = Generator(random).request()
        wanted = oracle.translate(request.SerializeToString(), settings)
        for encoding, (body, headers) in encodings(request, random).items():
            # A tenant for each, so that they are told apart.
            tenant = f"{encoding}-{number}"
            answer = gateway.export(body, tenant=tenant, headers=headers)
            where = f"round {number}, {encoding}, {name}: {answer.content}"
            assert answer.status_code == (400 if wanted.is_refused else 200), where
            assert wanted.is_refused or rejected(answer) == wanted.rejected, where
            assert_came(sink, tenant, wanted, settings)


def assert_came(sink, tenant, wanted, settings):
    """All that is wanted, once, and nothing else, has come for the tenant."""
    series, metadata = wanted.contents()

    def received():
        return [one for one in sink.accepted if one.tenant == tenant]

    def got():
        found, told = messages.contents(*(one.message() for one in received()))
        # 2.0 has metadata with the series only; how they are put there is for the tests of 2.0.
        return found, metadata if settings.start_timestamps else told

    eventually(lambda: got() == (series, metadata), lambda: f"{tenant}: {difference(got(), (series, metadata))}")
    if settings.start_timestamps:
        assert messages2.starts_of(*(messages2.decode(one.body) for one in received())) == wanted.starts
