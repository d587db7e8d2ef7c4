"""A plan tells what a change would do before it is made, by a sample of what passed; nothing changes by it."""

import json

import pytest
from support import messages
from support.admin import Admin
from support.sluice import configuration
from support.wait import eventually
from test_admin_command_line import sluice_command

DEBUG = {"type": "debug"}
PLAN = "/admin/v1/plan"
ROUTES = [
    {"name": "pay", "match": {"tenant": "pay-*"}, "send": ["a"]},
    {"name": "rest", "match": {"headers": {"X-Env": "prod"}}, "send": ["b"]},
]


@pytest.fixture
def gateway(sluice):
    return sluice(configuration({"a": DEBUG, "b": DEBUG}, ROUTES))


def send(gateway, tenant, count, **headers):
    many = [messages.series({"__name__": f"m{n}", "parity": "eo"[n % 2]}, (1, 1.0)) for n in range(count)]
    answer = gateway.write(messages.WriteRequest(timeseries=many), tenant=tenant, headers=headers)
    assert answer.status_code == 204, answer.text


def plan(gateway, **changes):
    return Admin(gateway).call("POST", PLAN, changes)


def effect(gateway, **changes):
    reply = plan(gateway, **changes)
    assert reply.status == 200, reply
    return reply.json()["series"]


@pytest.fixture
def seen(gateway):
    """Sends the same until all of its 30 series are in the sample."""

    def look():
        send(gateway, "pay-1", 20)
        send(gateway, "acme", 10, **{"X-Env": "prod"})
        return effect(gateway, routes=[ROUTES[0]])["sampled"] == 30

    eventually(look, "the sample has all series", within=60)


def test_a_plan_counts_what_would_go_where(gateway, seen):
    same = effect(gateway, routes=[ROUTES[0]])
    assert (same["sampled"], same["unchanged"], same["examples"]) == (30, 30, [])
    moved = effect(gateway, routes=[{**ROUTES[0], "match": {"tenant": "pay-*", "series": '{parity="e"}'}}])
    assert (moved["unchanged"], moved["nowhere"], moved["elsewhere"]) == (20, 10, 0)
    assert moved["tenants"] == [{"tenant": "pay-1", "altered": 0, "elsewhere": 0, "nowhere": 10, "reached": 0}]
    assert all(example["effect"] == "nowhere" for example in moved["examples"])
    assert moved["examples"][0]["before"]["deliveries"][0]["backend"] == "a"
    assert moved["examples"][0]["after"] == {"fate": "no_route", "deliveries": []}
    both = effect(gateway, routes=[{**ROUTES[0], "send": ["b"]}, {**ROUTES[1], "send": ["a", "b"]}])
    assert both["elsewhere"] == 30
    renamed = effect(gateway, routes=[{**ROUTES[1], "rewrite": {"tenant": "x-{tenant}"}}])
    assert renamed["elsewhere"] == 10
    labelled = effect(gateway, backends={"a": {**DEBUG, "external_labels": {"cluster": "eu"}}})
    assert (labelled["altered"], labelled["unchanged"]) == (20, 10)
    removed = effect(gateway, remove={"routes": ["rest"]})
    assert (removed["nowhere"], removed["unchanged"]) == (10, 20)
    # What a header decides is known too, but no credential is kept for it.
    headers = effect(gateway, routes=[{**ROUTES[1], "match": {"headers": {"X-Env": "dev"}}}])
    assert headers["nowhere"] == 10


def test_what_went_nowhere_may_be_reached(gateway):
    def look():
        answer = gateway.write(messages.series({"__name__": "m"}, (1, 1.0)), tenant="lost")
        assert answer.status_code == 400
        return effect(gateway, routes=[{"name": "new", "send": ["b"]}])["reached"] == 1

    eventually(look, "what is refused is seen too", within=60)


def test_the_difference_is_told_and_nothing_changes(gateway):
    admin = Admin(gateway)
    before = admin.get("/admin/v1/config")
    reply = plan(
        gateway,
        routes=[{"name": "new", "send": ["c"]}, {**ROUTES[0], "priority": 4}],
        backends={"c": DEBUG},
        tenants={"acme": {"limits": {"burst": 3}}},
        remove={"routes": ["rest"]},
    ).json()
    told = [(one["kind"], one["name"], one["action"]) for one in reply["changes"]]
    assert told == [
        ("routes", "new", "create"),
        ("routes", "pay", "change"),
        ("backends", "c", "create"),
        ("tenants", "acme", "create"),
        ("routes", "rest", "remove"),
    ]
    assert reply["changes"][1]["after"] == {**ROUTES[0], "priority": 4}
    assert plan(gateway, routes=ROUTES).json()["changes"] == []
    assert admin.get("/admin/v1/config") == before
    assert admin.get("/admin/v1/revisions")["items"] == []
    assert admin.get("/admin/v1/audit")["items"] == []


def test_a_plan_that_cannot_be_is_refused_with_the_places(gateway):
    broken = plan(
        gateway,
        backends={"c": {"type": "none"}},
        routes=[{"name": "x", "send": ["a"]}, {"name": "y", "send": ["nowhere"], "match": {"series": "{"}}],
    )
    assert broken.status == 422
    assert broken.pointers == {"/backends/c/type", "/routes/1/send/0", "/routes/1/match/series"}
    assert plan(gateway, remove={"routes": ["no"]}).pointers == {"/remove/routes/0"}
    assert plan(gateway, remove={"backends": ["a"]}).status == 409
    assert plan(gateway, routes={}).pointers == {"/routes"}
    assert plan(gateway, listeners=[]).pointers == {"/listeners"}
    assert plan(gateway).pointers == {""}
    assert plan(gateway, routes=[ROUTES[0], ROUTES[0]]).pointers == {"/routes/1"}


def test_no_secret_is_read_with_a_viewers_plan(sluice, monkeypatch):
    monkeypatch.setenv("SOME_SECRET", "hush")
    config = configuration({"a": DEBUG})
    config["admin"]["tokens"] = [{"name": "eyes", "token": "the-token-of-a-viewer", "role": "viewer"}]
    admin = Admin(sluice(config), "the-token-of-a-viewer")
    body = {"backends": {"a": {"type": "debug", "namespace": "${env:SOME_SECRET}"}}}
    reply = admin.call("POST", PLAN, body)
    assert reply.status == 422
    assert "hush" not in reply.body.decode()


def test_the_command_line_plans(gateway, seen, tmp_path):
    def run(*arguments, **more):
        return sluice_command(gateway.admin_url, "plan", *arguments, **more).stdout

    text = json.dumps({**ROUTES[0], "send": ["b"]})
    shown = run("-f", "-", text=text, code=3)
    assert "route pay: change" in shown
    assert "Of 30 series of the last ten minutes would go:" in shown
    assert "  20 elsewhere" in shown
    assert "a(pay-1)" in shown and "b(pay-1)" in shown
    assert "10 nowhere any more" in run("--remove", "routes/rest", code=3)
    assert "  30 as before" in run("-f", "-", text=json.dumps(ROUTES))
    assert json.loads(run("-f", "-", "-o", "json", text=text, code=3))["series"]["elsewhere"] == 20
    run(code=64)
    run("--remove", "pay", code=64)
