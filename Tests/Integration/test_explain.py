"""Explain tells what then happens, for random routes and series; and why, in words."""

import json
import subprocess

import pytest
from support import messages
from support.admin import Admin
from support.sluice import backend, binary, configuration
from support.wait import eventually

EXPLAIN = "/admin/v1/explain"
TENANTS = ["acme", "pay-1", "pay-2", "other"]


def random_relabel(random):
    label = random.choice(["env", "team", "job"])
    return random.choice(
        [
            {"action": "labeldrop", "regex": label},
            {"source_labels": [label], "regex": "(.)(.*)", "target_label": "made", "replacement": "$1"},
            {"action": "drop", "source_labels": [label], "regex": random.choice(["a|b", "c"])},
            {"action": "keep", "source_labels": [label], "regex": "a|b|"},
            {"action": "uppercase", "source_labels": [label], "target_label": label},
            {"source_labels": ["__name__"], "regex": "(.*)", "target_label": "__name__", "replacement": "${1}_x"},
        ]
    )


def random_route(random, number):
    route = {"name": f"r{number}", "send": random.sample(["s0", "s1", "s2"], random.randint(0, 2))}
    match = {}
    if random.random() < 0.5:
        match["tenant"] = random.sample([*TENANTS, "pay-*", "o?her"], random.randint(1, 2))
    if random.random() < 0.4:
        match["series"] = random.choice(['{env="a"}', '{team=~"a|b"}', '{job!=""}', '{__name__=~"m[0-4]", env!="c"}'])
    if random.random() < 0.2:
        match["headers"] = {"X-Env": random.choice(["prod", "d*"])}
    if random.random() < 0.2:
        match["protocol"] = random.choice(["otlp", "remote_write"])
    rewrite = {}
    if random.random() < 0.4:
        rewrite["tenant"] = random.choice(["x-{tenant}", "{label.team}", "{header.X-Env}-y", "{label.env:-none}"])
    if random.random() < 0.5:
        rewrite["relabel_configs"] = [random_relabel(random) for _ in range(random.randint(1, 3))]
    route |= {key: value for key, value in (("match", match), ("rewrite", rewrite)) if value}
    if random.random() < 0.5:
        route["continue"] = True
    if random.random() < 0.2:
        route["sample"] = 0.5
    if random.random() < 0.1:
        route["enabled"] = False
    route["priority"] = random.choice([0, 0, 1])
    return route


def random_series(random, number):
    labels = {"__name__": f"m{random.randint(0, 9)}", "id": str(number)}
    for label in ["env", "team", "job"]:
        if random.random() < 0.7:
            labels[label] = random.choice("abc")
    return labels


@pytest.mark.fuzz
@pytest.mark.timeout(300)
def test_explain_agrees_with_what_then_happens(sluice, fake_backend, rounds):
    sinks = {name: fake_backend() for name in ["s0", "s1", "s2"]}
    backends = {
        "s0": backend(sinks["s0"].url),
        "s1": backend(sinks["s1"].url, external_labels={"cluster": "e"}, namespace="ns"),
        "s2": backend(sinks["s2"].url, write_relabel_configs=[{"action": "labeldrop", "regex": "job"}]),
    }
    gateway = sluice(configuration(backends))
    admin = Admin(gateway)
    expected, count = [], 0
    for _, random in rounds(8):
        routes = [random_route(random, number) for number in range(random.randint(1, 8))]
        reply = admin.put("/admin/v1/config", {"backends": backends, "routes": routes})
        assert reply.status == 200, reply.body
        for _ in range(6):
            tenant = random.choice(TENANTS)
            headers = {"X-Env": random.choice(["prod", "dev"])} if random.random() < 0.6 else {}
            series = [random_series(random, count + n) for n in range(random.randint(1, 12))]
            count += len(series)
            question = {"headers": {"X-Scope-OrgID": tenant, **headers}, "series": series}
            answer = admin.call("POST", EXPLAIN, question).json()
            assert answer["tenant"] == tenant
            assert answer["identity"] == "the header X-Scope-OrgID"
            refused = [one for one in answer["series"] if one["fate"] in ("no_route", "refused")]
            request = messages.WriteRequest(timeseries=[messages.series(labels, (1, 1.0)) for labels in series])
            sent = gateway.write(request, tenant=tenant, headers=headers)
            assert sent.status_code == (400 if refused else 204), (sent.text, answer)
            # A series is explained alone. Its request is refused as a whole where one of them comes to a route that
            # names the tenant by a header that is not there.
            whole = "which is not there" not in sent.text and len(refused) < len(series)
            for one in answer["series"] if whole else []:
                expected += [
                    (delivery["backend"], delivery["tenant"], tuple(sorted(delivery["labels"].items())))
                    for delivery in one["deliveries"]
                ]
    assert len(expected) > 100

    def arrived():
        return sorted(
            (name, request.tenant, tuple(sorted((one.name.decode(), one.value.decode()) for one in series.labels)))
            for name, sink in sinks.items()
            for request in sink.accepted
            for series in request.message().timeseries
        )

    eventually(lambda: len(arrived()) >= len(expected), lambda: f"{len(expected)} series, {len(arrived())} came")
    assert arrived() == sorted(expected)


@pytest.fixture
def gateway(sluice, fake_backend):
    relabel = [
        {"action": "labeldrop", "regex": "secret"},
        {"action": "keep", "source_labels": ["env"], "regex": "prod"},
    ]
    routes = [
        {"name": "off", "send": ["sink"], "enabled": False, "priority": 1},
        {"name": "pay", "match": {"tenant": "pay-*"}, "send": ["sink"]},
        {
            "name": "prod",
            "match": {"series": '{env="prod"}'},
            "rewrite": {"relabel_configs": relabel},
            "send": ["sink"],
        },
        {"name": "rest", "send": []},
        {"name": "never", "send": ["sink"]},
    ]
    return sluice(configuration({"sink": backend(fake_backend().url)}, routes))


def test_every_route_tells_why(gateway):
    series = [{"__name__": "m", "env": "prod", "secret": "x"}, {"__name__": "m"}]
    answer = Admin(gateway).call("POST", EXPLAIN, {"tenant": "acme", "series": series}).json()
    first, second = answer["series"]
    verdicts = {route["name"]: route for route in first["routes"]}
    assert verdicts["off"]["verdict"] == "disabled"
    assert verdicts["pay"]["verdict"] == "not_matched"
    assert verdicts["pay"]["pointer"] == "match.tenant"
    assert verdicts["prod"]["verdict"] == "taken"
    assert verdicts["rest"] == {"name": "rest", "verdict": "not_reached", "behind": "prod"}
    steps = [step for step in verdicts["prod"]["outputs"][0]["steps"] if "action" in step]
    assert [step["action"] for step in steps] == ["labeldrop", "keep"]
    assert "secret" in steps[0]["before"]
    assert "secret" not in steps[0]["after"]
    (delivery,) = first["deliveries"]
    assert delivery["headers"] == {"X-Scope-OrgID": "acme"}
    assert delivery["labels"] == {"__name__": "m", "env": "prod"}
    assert second["fate"] == "dropped"
    assert second["deliveries"] == []


def test_a_question_that_is_none_is_refused(gateway):
    admin = Admin(gateway)
    reply = admin.call("POST", EXPLAIN, {"tenant": 1, "series": [{"a": 1}], "x": 1, "protocol": "smtp"})
    assert reply.status == 422
    assert reply.pointers == {"/tenant", "/series/0/a", "/x", "/protocol"}
    assert admin.call("POST", EXPLAIN, {"series": []}).pointers == {"/series"}
    assert admin.call("POST", EXPLAIN, {"tenant": "a/b", "series": [{}]}).pointers == {"/tenant"}
    nobody = admin.call("POST", EXPLAIN, {"series": [{"__name__": "m"}]})
    assert nobody.status == 422
    assert "401" in nobody.json()["detail"]


def test_a_captured_request_is_explained(gateway):
    admin = Admin(gateway)
    captured = messages.encode(
        messages.WriteRequest(
            timeseries=[
                messages.series({"__name__": f"m{n}", "env": ["prod", "dev"][n % 2]}, (1, 1.0)) for n in range(150)
            ]
        )
    )
    headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", "X-Scope-OrgID": "acme"}
    answer = admin.call("POST", EXPLAIN + "/request", captured, headers).json()
    assert (answer["tenant"], answer["protocol"], answer["series_count"]) == ("acme", "remote_write", 150)
    assert [one["fate"] for one in answer["series"]] == ["routed", "dropped"] * 50
    broken = admin.call("POST", EXPLAIN + "/request", captured[:-1], headers)
    assert broken.status == 422
    assert "400" in broken.json()["detail"]
    otlp = {"Content-Type": "application/json", "X-Scope-OrgID": "pay-1"}
    gauge = {"name": "g", "gauge": {"dataPoints": [{"asInt": "1", "timeUnixNano": "1000000"}]}}
    body = json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [gauge]}]}]}).encode()
    answer = admin.call("POST", EXPLAIN + "/request?path=/v1/metrics", body, otlp).json()
    assert answer["protocol"] == "otlp"
    assert answer["series"][0]["labels"]["__name__"] == "g"
    assert answer["series"][0]["fate"] == "routed"


def test_the_command_line_explains_a_captured_request(gateway, tmp_path):
    captured = tmp_path / "body"
    captured.write_bytes(
        messages.encode(messages.WriteRequest(timeseries=[messages.series({"__name__": "m", "env": "prod"}, (1, 1.0))]))
    )

    def run(*arguments, code=0):
        command = [binary(), "explain", "--server", gateway.admin_url, "--body", str(captured), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert done.returncode == code, done
        return done.stdout + done.stderr

    shown = run("--header", "X-Scope-OrgID: acme", "--header", "Content-Encoding: snappy")
    assert "tenant acme, by the header X-Scope-OrgID; remote_write" in shown
    assert "-> sink" in shown
    assert "401" in run(code=1)
    assert "404" in run("--path", "/nowhere", "--header", "X-Scope-OrgID: acme", code=1)
    run("__name__=m", code=64)


def test_the_command_line_explains(gateway):
    def run(*arguments, text=""):
        done = subprocess.run(
            [binary(), "explain", "--server", gateway.admin_url, *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done
        return done.stdout

    shown = run("--tenant", "pay-7", "__name__=m", "env=dev")
    assert "tenant pay-7, by the question" in shown
    assert "routed" in shown
    assert "behind pay" in shown
    told = json.loads(run("--header", "X-Scope-OrgID: acme", "-o", "json", "__name__=m"))
    assert told["series"][0]["fate"] == "dropped"
    question = json.dumps({"tenant": "acme", "series": [{"__name__": "a"}, {"__name__": "b"}]})
    assert len(json.loads(run("-f", "-", "-o", "json", text=question))["series"]) == 2


TOKEN = "agents-token-0123456789"


@pytest.mark.parametrize("remove", [True, False])
def test_series_that_name_their_tenants_are_told_as_they_are_delivered(sluice, fake_backend, remove):
    sink = fake_backend()
    tenancy = {
        "sources": ["bearer", "label"],
        "label": {"name": "team", "remove": remove},
        "credentials": [{"name": "agents", "tenants": ["red", "blue"], "token": TOKEN}],
    }
    routes = [{"name": "red", "match": {"tenant": "red"}, "send": ["sink"]}, {"name": "rest", "send": ["sink"]}]
    gateway = sluice(configuration({"sink": backend(sink.url)}, routes, tenancy=tenancy))
    named = ["red", "blue", "green", "a/b", None]
    series = [{"__name__": f"m{n}", **({"team": name} if name else {})} for n, name in enumerate(named)]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = Admin(gateway).call("POST", EXPLAIN, {"headers": headers, "series": series}).json()
    assert "tenant" not in answer
    red, blue, green, broken, unnamed = answer["series"]
    assert [(one["tenant"], one["identity"], one["fate"]) for one in (red, blue)] == [
        ("red", "the label team", "routed"),
        ("blue", "the label team", "routed"),
    ]
    assert blue["routes"][0]["verdict"] == "not_matched"
    assert [one["fate"] for one in (green, broken, unnamed)] == ["refused"] * 3
    assert 'the label team names tenant "green", which the sender may not write as' in green["reason"]
    assert "the label team names no tenant" in broken["reason"]
    assert "neither the series nor its request names a tenant" in unnamed["reason"]
    request = messages.WriteRequest(timeseries=[messages.series(labels, (1, 1.0)) for labels in series])
    assert gateway.write(request, tenant=None, headers=headers).status_code == 403
    sink.wait_for_samples(2)
    came = {
        (received.tenant, tuple(sorted((one.name.decode(), one.value.decode()) for one in one_series.labels)))
        for received in sink.accepted
        for one_series in received.message().timeseries
    }
    told = {
        (delivery["tenant"], tuple(sorted(delivery["labels"].items())))
        for one in (red, blue)
        for delivery in one["deliveries"]
    }
    assert came == told
    # One of the request's own is told besides, by the first source that answers.
    captured = Admin(gateway).call(
        "POST",
        EXPLAIN + "/request",
        messages.encode(request),
        {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", **headers},
    )
    # The admin address takes no tokens here, and leaves this one to the request.
    assert [one.get("tenant") for one in captured.json()["series"]] == ["red", "blue", None, None, None]


def test_a_resource_names_the_tenant_and_a_header_before_it_counts_more(sluice):
    tenancy = {"sources": ["header", "resource_attribute"], "default": "nobody"}
    gateway = sluice(configuration({"a": {"type": "debug"}}, tenancy=tenancy))

    def ask(**question):
        answer = Admin(gateway).call("POST", EXPLAIN, {"series": [{"__name__": "m"}], **question}).json()
        (one,) = answer["series"]
        return one["tenant"], one["identity"], one["deliveries"][0]["tenant"]

    by_resource = {"resource": {"tenant.id": "red"}}
    assert ask(**by_resource) == ("red", "the resource attribute tenant.id", "red")
    assert ask(headers={"X-Scope-OrgID": "blue"}, **by_resource) == ("blue", "the header X-Scope-OrgID", "blue")
    assert ask() == ("nobody", "tenancy.default", "nobody")
    shown = subprocess.run(
        [binary(), "explain", "--server", gateway.admin_url, "--resource", "tenant.id=red", "__name__=m"],
        capture_output=True,
        text=True,
        timeout=30,
    ).stdout
    assert "tenant red, by the resource attribute tenant.id; routed" in shown


def test_a_captured_request_keeps_its_credentials_where_the_caller_shows_others(sluice):
    admin_token = "the-token-of-a-viewer"
    config = configuration(
        {"a": {"type": "debug"}}, tenancy={"sources": ["bearer"]}, tenants={"acme": {"tokens": [TOKEN]}}
    )
    config["admin"]["tokens"] = [{"name": "eyes", "token": admin_token, "role": "viewer"}]
    admin = Admin(sluice(config), admin_token)
    body = messages.encode(messages.WriteRequest(timeseries=[messages.series({"__name__": "m"}, (1, 1.0))]))
    headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"}
    refused = admin.call("POST", EXPLAIN + "/request", body, headers)
    assert refused.status == 422
    assert "401" in refused.json()["detail"]
    told = admin.call(
        "POST", EXPLAIN + "/request", body, {**headers, "Sluice-Captured-Authorization": f"Bearer {TOKEN}"}
    )
    assert (told.json()["tenant"], told.json()["identity"]) == ("acme", "the token")
