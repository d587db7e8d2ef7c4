"""A change is made on trial: it is taken back when things get worse with it, and at the latest by the next start."""

import contextlib
import json
import random
import threading
import time

import pytest
import requests
from support import messages
from support.admin import Admin
from support.fake_backend import Answer
from support.sluice import Sluice, backend, configuration
from support.wait import eventually
from test_admin_command_line import sluice_command

DEBUG = {"type": "debug"}
ALL = {"name": "all", "send": ["a"]}
COMMIT, WATCH = "/admin/v1/commit", "/admin/v1/watch"


@pytest.fixture
def gateway(sluice):
    return sluice(configuration({"a": DEBUG, "b": DEBUG}, [ALL]))


@pytest.fixture
def admin(gateway):
    return Admin(gateway)


@contextlib.contextmanager
def traffic(gateway):
    """Requests of tenant acme one after the other; gives their statuses."""
    stop, statuses = threading.Event(), []

    def run():
        session = requests.Session()
        while not stop.is_set():
            one = messages.series({"__name__": "m"}, (len(statuses) + 1, 1.0))
            statuses.append(gateway.write(one, tenant="acme", session=session).status_code)
            time.sleep(0.002)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        eventually(lambda: len(statuses) > 20, "there is traffic")
        yield statuses
    finally:
        stop.set()
        thread.join()


def commit(admin, period=None, **changes):
    if period:
        changes["watch"] = {"period": period, **changes.pop("terms", {})}
    return admin.call("POST", COMMIT, changes)


def ended(admin, state):
    eventually(lambda: admin.get(WATCH)["state"] != "watching", "the watch ends", within=20)
    watch = admin.get(WATCH)
    assert watch["state"] == state, watch
    return watch


def test_several_changes_are_one_revision(gateway, admin):
    reply = commit(
        admin, backends={"c": DEBUG}, routes=[{**ALL, "send": ["c"]}, {"name": "new", "send": ["b"]}],
        remove={"backends": ["a"]},
    )  # fmt: skip
    assert reply.status == 200, reply
    assert reply.json()["revision"] == 1
    assert "watch" not in reply.json()
    assert admin.routes() == ["new", "all"]
    assert commit(admin, routes=[{"name": "new", "send": ["c"]}, {"name": "x", "send": ["a"]}]).status == 422
    assert admin.get("/admin/v1/routes/new")["send"] == ["b"]
    (record,) = admin.get("/admin/v1/audit")["items"]
    assert (record["action"], record["target"], record["revision"]) == ("commit", "config", 1)
    # What differs is noted and stored, and not the whole.
    assert record["before"] == {"routes": [ALL], "backends": {"a": DEBUG}}
    assert record["after"] == {
        "routes": [{**ALL, "send": ["c"]}, {"name": "new", "send": ["b"]}],
        "backends": {"c": DEBUG},
    }
    assert [path.name for path in (gateway.folder / "data/admin/revisions").iterdir()] == ["1.change.json"]
    tag = admin.call("GET", "/admin/v1/config").tag
    body = {"routes": [{**ALL, "send": ["b"]}]}
    assert admin.call("POST", COMMIT, body, {"If-Match": '"0-0"'}).status == 412
    assert admin.call("POST", COMMIT, body, {"If-Match": tag}).status == 200
    assert admin.call("GET", WATCH).status == 404


def test_a_change_that_makes_refusals_rise_is_taken_back(gateway, admin):
    with traffic(gateway) as statuses:
        reply = commit(admin, "60s", routes=[{**ALL, "match": {"tenant": "others"}}])
        assert reply.status == 200
        assert reply.json()["watch"]["state"] == "watching"
        watch = ended(admin, "rolled_back")
        assert "were refused" in watch["reason"]
        assert (watch["revision"], watch["previous_revision"], watch["successor_revision"]) == (1, 0, 2)
        assert admin.get("/admin/v1/routes/all") == ALL
        since = len(statuses)
        eventually(lambda: len(statuses) > since + 20, "traffic goes on")
    assert 400 in statuses
    assert set(statuses[since + 1 :]) == {204}
    newest = admin.get("/admin/v1/audit")["items"][0]
    assert (newest["caller"], newest["action"], newest["target"]) == ("watch", "rollback", "revisions/0")
    assert newest["reason"] == watch["reason"]
    assert gateway.metric("sluice_watch_rollbacks_total") == 1
    assert gateway.metric("sluice_watch_active") == 0
    assert "taken back" in gateway.log()


def test_a_backend_that_fails_since_the_change_has_it_taken_back(sluice, fake_backend):
    good, bad = fake_backend(), fake_backend()
    bad.default = Answer(500, body=b"broken")
    gateway = sluice(configuration({"a": backend(good.url), "b": backend(bad.url)}, [ALL]))
    admin = Admin(gateway)
    with traffic(gateway):
        assert commit(admin, "60s", routes=[{**ALL, "send": ["b"]}]).status == 200
        watch = ended(admin, "rolled_back")
    assert "backend b" in watch["reason"]
    assert admin.get("/admin/v1/routes/all") == ALL


def test_what_was_bad_before_is_no_fault_of_the_change(gateway, admin):
    """A third of the requests is refused, before and behind."""
    stop = threading.Event()

    def refused():
        while not stop.is_set():
            gateway.write(messages.series({"__name__": "m"}, (1, 1.0)), tenant="a/b")
            time.sleep(0.004)

    thread = threading.Thread(target=refused)
    thread.start()
    try:
        with traffic(gateway):
            time.sleep(2)  # the minutes before, so that there are such
            assert commit(admin, "3s", terms={"max_refusals": 0.3}, routes=[{**ALL, "priority": 1}]).status == 200
            ended(admin, "confirmed")
    finally:
        stop.set()
        thread.join()
    assert admin.get("/admin/v1/routes/all")["priority"] == 1


def test_a_change_with_which_nothing_goes_wrong_stays(gateway, admin):
    with traffic(gateway):
        assert commit(admin, "2s", routes=[{**ALL, "send": ["b"]}]).status == 200
        watch = admin.get(WATCH)
        assert watch["state"] == "watching"
        assert watch["recent"]["requests"]["bad"] == 0
        assert watch["before"]["requests"]["all"] > 0
        watch = ended(admin, "confirmed")
    assert admin.get("/admin/v1/routes/all")["send"] == ["b"]
    assert "successor_revision" not in watch


def test_it_is_confirmed_and_aborted_by_hand_and_nothing_else_changes_meanwhile(gateway, admin):
    assert commit(admin, "25h", routes=[{**ALL, "send": ["b"]}]).status == 422
    assert commit(admin, "3600s", routes=[{**ALL, "send": ["b"]}]).status == 200
    for method, path, body in [
        ("PUT", "/admin/v1/routes/all", ALL),
        ("POST", "/admin/v1/tenants", {"name": "t"}),
        ("POST", "/admin/v1/revisions/0/rollback", None),
        ("POST", COMMIT, {"routes": [ALL]}),
    ]:
        reply = admin.call(method, path, body)
        assert reply.status == 409, (method, path, reply)
        assert "being watched" in reply.json()["detail"]
    assert admin.call("PUT", "/admin/v1/routes/all?dry_run=true", ALL).status == 200
    assert admin.call("POST", "/admin/v1/plan", {"routes": [ALL]}).status == 200
    assert gateway.reload().ok
    assert admin.call("POST", f"{WATCH}/confirm").json()["state"] == "confirmed"
    assert admin.call("POST", f"{WATCH}/abort").status == 409
    assert admin.get("/admin/v1/routes/all")["send"] == ["b"]
    assert commit(admin, "3600s", routes=[{**ALL, "send": ["a", "b"]}]).status == 200
    aborted = admin.call("POST", f"{WATCH}/abort").json()
    assert (aborted["state"], aborted["revision"], aborted["successor_revision"]) == ("aborted", 2, 3)
    assert admin.get("/admin/v1/routes/all")["send"] == ["b"]
    assert admin.put("/admin/v1/routes/all", ALL).status == 200
    actions = [(one["action"], one["caller"]) for one in admin.get("/admin/v1/audit")["items"]]
    assert actions == [
        ("PUT", "local"),
        ("rollback", "local"),
        ("commit", "local"),
        ("confirm", "local"),
        ("commit", "local"),
    ]


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_a_start_takes_back_what_is_on_trial(gateway, admin, started, how):
    assert admin.put("/admin/v1/routes/all", {**ALL, "priority": 1}).status == 200
    assert commit(admin, "3600s", routes=[{**ALL, "send": ["b"]}]).status == 200
    if how == "kill":
        gateway.kill()
    else:
        gateway.process.terminate()
        assert gateway.process.wait(timeout=20) == 0
    again = started(Sluice(gateway.folder, gateway.config))
    admin = Admin(again)
    assert admin.get("/admin/v1/routes/all") == {**ALL, "priority": 1}
    watch = admin.get(WATCH)
    assert (watch["state"], watch["successor_revision"]) == ("rolled_back", 3)
    assert "started anew" in watch["reason"]
    assert "taken back" in again.log()
    newest = admin.get("/admin/v1/audit")["items"][0]
    assert (newest["action"], newest["revision"]) == ("rollback", 3)
    assert [one["revision"] for one in admin.get("/admin/v1/revisions")["items"]] == [3, 2, 1]
    # What was confirmed stays.
    assert commit(admin, "3600s", routes=[{**ALL, "send": ["b"]}]).status == 200
    assert admin.call("POST", f"{WATCH}/confirm").status == 200
    again.kill()
    last = Admin(started(Sluice(gateway.folder, gateway.config)))
    assert last.get("/admin/v1/routes/all")["send"] == ["b"]
    assert last.get(WATCH)["state"] == "confirmed"


def test_a_file_that_does_not_go_with_what_was_before_leaves_the_change_in_force(gateway, admin, started):
    assert admin.put("/admin/v1/routes/all", {**ALL, "priority": 1}).status == 200
    assert commit(admin, "3600s", routes=[{**ALL, "send": ["b"]}]).status == 200
    gateway.kill()
    config = {**gateway.config, "backends": {"b": DEBUG}, "routes": [{"name": "all", "send": ["b"], "priority": 9}]}
    again = started(Sluice(gateway.folder, config))
    assert Admin(again).get("/admin/v1/routes/all") == {**ALL, "send": ["b"]}
    watch = Admin(again).get(WATCH)
    assert watch["state"] == "failed"
    assert 'no backend "a"' in watch["reason"]


def test_a_kill_at_any_time_of_a_trial_leaves_the_state_before_or_what_was_confirmed(gateway, started):
    """Commits with a watch, confirmed or aborted, one after another until the process is killed."""
    randomness = random.Random(7)
    standing = 0
    for _ in range(8):
        admin = Admin(gateway)
        killer = threading.Timer(randomness.uniform(0.02, 0.25), gateway.kill)
        killer.start()
        number, possible = standing, {standing}
        with contextlib.suppress(OSError):
            while True:
                number += 1
                if commit(admin, "3600s", routes=[{**ALL, "priority": number}]).status != 200:
                    break
                end = "confirm" if randomness.random() < 0.5 else "abort"
                if end == "confirm":
                    possible = {standing, number}
                if admin.call("POST", f"{WATCH}/{end}").status != 200:
                    break
                if end == "confirm":
                    standing = number
                possible = {standing}
        killer.join()
        gateway = started(Sluice(gateway.folder, gateway.config))
        held = Admin(gateway).get("/admin/v1/routes/all").get("priority", 0)
        assert held in possible
        standing = held
        reply = Admin(gateway).call("GET", WATCH)
        assert reply.status == 404 or reply.json()["state"] != "watching"


def test_the_command_line_commits_and_watches(gateway, admin):
    def run(*arguments, **more):
        return sluice_command(gateway.admin_url, *arguments, **more)

    text = json.dumps({**ALL, "send": ["b"]})
    shown = run("commit", "-f", "-", "--watch", "1s", "--wait", text=text).stdout
    assert "route all: change" in shown
    assert "revision 1 is in force, on trial for 1s" in shown
    assert "confirmed: nothing went wrong in 1s" in shown
    run("commit", "--remove", "backends/a", "--watch", "600s")
    assert "watching" in run("watch", "show").stdout
    assert "revision 2 on trial" in run("status").stdout
    assert run("watch", "abort").stdout == "revision 2: aborted\n"
    assert "being watched" not in run("watch", "show").stdout
    assert "409" in run("watch", "confirm", code=1).stderr
    with traffic(gateway):
        bad = json.dumps({**ALL, "match": {"tenant": "x"}})
        failed = run("commit", "-f", "-", "--watch", "60s", "--wait", text=bad, code=1)
        assert "rolled_back" in failed.stderr
    run("commit", "-f", "-", "--wait", text=text, code=64)
