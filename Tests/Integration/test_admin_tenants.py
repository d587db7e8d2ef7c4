"""Tenants are made, limited and given tokens while the gateway runs; of such a token only a hash is kept."""

import base64
import hashlib
import json

import pytest
from support import messages
from support.admin import Admin
from support.sluice import Sluice, configuration, run_command
from support.wait import eventually
from test_admin_command_line import sluice_command

DEBUG = {"type": "debug"}
PATH = "/admin/v1/tenants/acme"


@pytest.fixture
def gateway(sluice):
    config = configuration({"debug": DEBUG}, tenancy={"sources": ["bearer", "basic_auth"]})
    config["tenants"] = {"of-the-file": {"tokens": ["token-of-the-file"]}}
    return sluice(config)


@pytest.fixture
def admin(gateway):
    return Admin(gateway)


def write(gateway, token=None, user=None):
    value = f"Bearer {token}" if user is None else "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()
    return gateway.write(messages.series({"__name__": "m"}, (1, 1.0)), headers={"Authorization": value}).status_code


def token_of(admin, name="sender"):
    made = admin.call("POST", f"{PATH}/tokens", {"name": name})
    assert made.status == 201, made
    assert made.json().keys() == {"tenant", "name", "token"}
    assert made.headers["Cache-Control"] == "no-store"
    return made.json()["token"]


def test_a_tenant_is_made_changed_and_removed(admin):
    assert admin.call("POST", "/admin/v1/tenants", {"name": "acme"}).status == 201
    assert admin.call("POST", "/admin/v1/tenants", {"name": "acme"}).status == 409
    assert admin.call("PATCH", PATH, {"limits": {"samples_per_second": 5, "burst": None}}).status == 200
    assert admin.get(PATH) == {"name": "acme", "limits": {"samples_per_second": 5}}
    listed = admin.get("/admin/v1/tenants")["items"]
    assert [(item["name"], item["owner"]) for item in listed] == [("of-the-file", "file"), ("acme", "api")]
    assert listed[0]["spec"]["tokens"] == ["<secret>"]
    wrong = admin.put(PATH, {"limits": {"burst": 0}, "token_sha256": {"a": "x"}, "unknown": 1})
    assert wrong.pointers == {"/limits/burst", "/token_sha256/a", "/unknown"}
    assert admin.put("/admin/v1/tenants/a%2Bb", {}).pointers == {""}
    assert admin.call("DELETE", PATH).status == 204
    assert admin.call("GET", PATH).status == 404


def test_limits_hold_from_the_next_request_on(gateway, admin):
    assert admin.put(PATH, {"limits": {"max_label_names_per_series": 2}}).status == 201
    token = token_of(admin)
    assert write(gateway, token) == 204
    assert admin.call("PATCH", PATH, {"limits": {"max_label_names_per_series": 0}}).status == 200
    assert write(gateway, token) == 400


def test_a_token_is_shown_once_and_kept_as_a_hash(gateway, admin):
    admin.put(PATH, {})
    token = token_of(admin)
    assert admin.get(PATH)["token_sha256"] == {"sender": "<secret>"}
    kept = b"".join(path.read_bytes() for path in (gateway.folder / "data/admin").rglob("*") if path.is_file())
    assert token.encode() not in kept
    digest = hashlib.sha256(token.encode()).hexdigest()
    assert digest.encode() in kept
    for path in ["config", "tenants", "audit", "revisions"]:
        text = json.dumps(admin.get(f"/admin/v1/{path}"))
        assert token not in text
        assert digest not in text
    assert token not in gateway.log()
    assert digest not in gateway.log()


def test_a_token_is_good_for_its_tenant_until_it_is_revoked(gateway, admin):
    admin.put(PATH, {})
    assert write(gateway, "sluice_not-a-token") == 401
    first, second = token_of(admin, "first"), token_of(admin, "second")
    assert first != second
    for token in [first, second]:
        assert write(gateway, token) == 204
        assert write(gateway, token, user="acme") == 204
        assert write(gateway, token, user="of-the-file") == 401
    eventually(
        lambda: gateway.metric("sluice_tenant_received_samples_total", tenant="acme") == 4,
        "all is of the tenant",
        within=10,
    )
    assert admin.call("POST", f"{PATH}/tokens", {"name": "first"}).status == 409
    assert admin.call("POST", f"{PATH}/tokens", {"name": "b c"}).pointers == {"/name"}
    assert admin.call("POST", f"{PATH}/tokens", {"name": "x", "token": "mine"}).pointers == {"/token"}
    assert admin.call("POST", f"{PATH}/tokens", {}).pointers == {"/name"}
    assert admin.call("POST", "/admin/v1/tenants/nobody/tokens", {"name": "x"}).status == 404
    assert admin.call("DELETE", f"{PATH}/tokens/first").status == 204
    assert admin.call("DELETE", f"{PATH}/tokens/first").status == 404
    assert (write(gateway, first), write(gateway, second)) == (401, 204)
    # As any key of a tenant it can be patched, and what was shown given back.
    assert admin.put(PATH, {**admin.get(PATH), "limits": {"burst": 5}}).status == 200
    assert write(gateway, second) == 204
    assert admin.call("PATCH", PATH, {"token_sha256": {"second": None}}).status == 200
    assert write(gateway, second) == 401
    # The file's own tokens are as they were.
    assert write(gateway, "token-of-the-file") == 204


def test_a_token_outlives_the_process(gateway, admin, started):
    admin.put(PATH, {})
    token = token_of(admin)
    gateway.kill()
    again = started(Sluice(gateway.folder, gateway.config))
    assert write(again, token) == 204
    assert write(again, token[:-1]) == 401


def test_who_replaces_routes_and_says_nothing_of_tenants_leaves_them_alone(gateway, admin):
    admin.put(PATH, {})
    token = token_of(admin)
    whole = admin.get("/admin/v1/config")
    assert admin.put("/admin/v1/config", {key: whole[key] for key in ["routes", "backends"]}).status == 200
    assert write(gateway, token) == 204
    assert admin.put("/admin/v1/config", whole).status == 200
    assert write(gateway, token) == 204
    assert admin.put("/admin/v1/config", {**whole, "tenants": {"other": {}}}).status == 200
    assert [item["name"] for item in admin.get("/admin/v1/tenants")["items"]] == ["other"]
    assert write(gateway, token) == 401


def test_the_file_may_have_hashes(sluice):
    token = "a-token-that-was-drawn-at-random"
    hashed = {"ci": hashlib.sha256(token.encode()).hexdigest()}
    config = configuration(
        {"debug": DEBUG}, tenancy={"sources": ["bearer"]}, tenants={"acme": {"token_sha256": hashed}}
    )
    gateway = sluice(config)
    assert write(gateway, token) == 204
    config["tenants"]["other"] = {"token_sha256": hashed}
    gateway.write_config(config)
    checked = run_command("check", gateway.config_file)
    assert checked.returncode == 1
    assert "tenants.other has the same token as tenants.acme" in checked.stderr


def test_the_command_line_does_it_all(gateway):
    def run(*arguments, **more):
        return sluice_command(gateway.admin_url, "tenants", *arguments, **more).stdout

    text = "acme:\n  limits: {samples_per_second: 100}\n"
    assert "+   samples_per_second: 100" in run("diff", "-f", "-", text=text, code=3)
    assert run("apply", "-f", "-", text=text) == "tenant acme: created\n"
    token = run("add-token", "acme", "laptop").strip()
    assert write(gateway, token) == 204
    rows = [line.split() for line in run("list").splitlines()]
    assert rows[2] == ["acme", "api", "1", "samples_per_second=100"]
    assert 'laptop: "<secret>"' in run("get", "acme")
    assert run("revoke-token", "acme", "laptop") == "tenant acme: token laptop revoked\n"
    assert write(gateway, token) == 401
    assert run("delete", "acme") == "tenant acme: deleted\n"
