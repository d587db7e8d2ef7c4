"""OTLP through the real gateway, against an independent account of what Prometheus makes of it."""

import pytest
from support import messages, oracle, otlp, otlp_json
from support.random_otlp import Generator
from support.sluice import backend, configuration
from support.wait import eventually

ROUNDS = 60
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


@pytest.mark.fuzz
def test_random_requests_become_what_prometheus_makes_of_them(sluice, fake_backend, rounds):
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    for number, random in rounds(ROUNDS):
        request = Generator(random).request()
        wanted = oracle.translate(request.SerializeToString())
        for encoding, (body, headers) in encodings(request, random).items():
            # A tenant for each, so that they are told apart.
            tenant = f"{encoding}-{number}"
            answer = gateway.export(body, tenant=tenant, headers=headers)
            assert answer.status_code == 200, f"round {number} as {encoding}: {answer.content}"
            assert rejected(answer) == wanted.rejected, f"round {number} as {encoding}: {answer.content}"

            def got(tenant=tenant):
                return messages.contents(*(r.message() for r in sink.accepted if r.tenant == tenant))

            contents = wanted.contents()
            eventually(
                lambda got=got, contents=contents: got() == contents,
                lambda got=got, contents=contents, tenant=tenant: f"{tenant}: {difference(got(), contents)}",
            )
