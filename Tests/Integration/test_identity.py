"""Who may write as whom: passwords, tokens, and every way to name a tenant that is not one's own."""

import base64

import pytest
import requests
from support import messages, otlp
from support.sluice import backend, configuration

ACME_TOKEN = "acme-token-0123456789"
OTHER_TOKEN = "other-token-0123456789"
FLEET_TOKEN = "fleet-token-0123456789"
FLEET_PASSWORD = "fleet password: with blanks and ünïcode"


def up(stamp=1):
    return messages.series({"__name__": "up", "job": "x"}, (stamp, 1.0))


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def secured(sinks, **tenancy):
    """Two tenants with a token each, and a fleet that may write as one of them and as all that begin with pay-."""
    return configuration(
        sinks,
        tenants={"acme": {"tokens": [ACME_TOKEN]}, "other": {"tokens": [OTHER_TOKEN]}},
        tenancy={
            "sources": ["basic_auth", "bearer", "header", "path"],
            "credentials": [
                {"name": "fleet", "tenants": ["acme", "pay-*"], "token": FLEET_TOKEN},
                {"name": "fleet-user", "tenants": ["acme", "pay-*"], "username": "fleet", "password": FLEET_PASSWORD},
            ],
            **tenancy,
        },
    )


@pytest.fixture
def guarded(sluice, fake_backend):
    sink = fake_backend()
    return sluice(secured({"sink": backend(sink.url)})), sink


@pytest.mark.parametrize(
    ("headers", "tenant"),
    [
        (bearer(ACME_TOKEN), "acme"),
        ({"authorization": f"bearer {ACME_TOKEN}"}, "acme"),
        (basic("acme", ACME_TOKEN), "acme"),
        (basic("other", OTHER_TOKEN), "other"),
        ({**bearer(ACME_TOKEN), "X-Scope-OrgID": "acme"}, "acme"),
        ({**bearer(FLEET_TOKEN), "X-Scope-OrgID": "acme"}, "acme"),
        ({**bearer(FLEET_TOKEN), "X-Scope-OrgID": "pay-eu"}, "pay-eu"),
        ({**basic("fleet", FLEET_PASSWORD), "X-Scope-OrgID": "pay-us"}, "pay-us"),
    ],
)
def test_who_proves_it_writes_as_their_tenant(guarded, headers, tenant):
    gateway, sink = guarded
    assert gateway.write(up(), tenant=None, headers=headers).status_code == 204
    answer = gateway.export(otlp.request(otlp.gauge("down", 1.0, 2)), tenant=None, headers=headers)
    assert answer.status_code == 200
    sink.wait_for_samples(2)
    assert {r.tenant for r in sink.accepted} == {tenant}


def test_the_tenant_of_a_fleet_can_stand_in_the_path(guarded):
    gateway, sink = guarded
    path = "/tenants/pay%2Deu/api/v1/push"
    assert gateway.write(up(), tenant=None, path=path, headers=bearer(FLEET_TOKEN)).status_code == 204
    sink.wait_for_samples(1)
    assert sink.accepted[0].tenant == "pay-eu"


# Each row is a way to write as someone else, or as no one. None gets anything through.
SPOOFS = [
    ("no credentials", 401, None, {"X-Scope-OrgID": "acme"}),
    ("no credentials, by path", 401, "/tenants/acme/api/v1/push", {}),
    ("no credentials for a tenant that has none", 401, None, {"X-Scope-OrgID": "free"}),
    ("wrong token", 401, None, bearer("acme-token-012345678")),
    ("longer token", 401, None, bearer(ACME_TOKEN + "x")),
    ("token in another case", 401, None, bearer(ACME_TOKEN.upper())),
    ("very long token", 401, None, bearer("x" * 20000)),
    ("wrong token with the right header", 401, None, {**bearer("x"), "X-Scope-OrgID": "acme"}),
    ("no token", 400, None, {"Authorization": "Bearer"}),
    ("two words for a token", 400, None, bearer(ACME_TOKEN + " x")),
    ("wrong password", 401, None, basic("acme", "x")),
    ("another one's password", 401, None, basic("acme", OTHER_TOKEN)),
    ("another one's user", 401, None, basic("other", ACME_TOKEN)),
    ("user in another case", 401, None, basic("ACME", ACME_TOKEN)),
    ("a password that moves into the user", 401, None, basic("acme:" + ACME_TOKEN, "")),
    ("password of a fleet as a token", 401, None, bearer("fleet-user")),
    ("password is no base64", 400, None, {"Authorization": "Basic !!!!"}),
    ("password is sloppy base64", 400, None, {"Authorization": basic("acme", ACME_TOKEN)["Authorization"] + "="}),
    ("token against header", 403, None, {**bearer(ACME_TOKEN), "X-Scope-OrgID": "other"}),
    ("token against header in another case", 403, None, {**bearer(ACME_TOKEN), "x-SCOPE-orgid": "other"}),
    ("token against tenant in another case", 403, None, {**bearer(ACME_TOKEN), "X-Scope-OrgID": "ACME"}),
    ("token against path", 403, "/tenants/other/api/v1/push", bearer(ACME_TOKEN)),
    ("token against encoded path", 403, "/tenants/%6fther/api/v1/push", bearer(ACME_TOKEN)),
    ("user against header", 403, None, {**basic("acme", ACME_TOKEN), "X-Scope-OrgID": "other"}),
    ("user against path", 403, "/tenants/other/api/v1/push", basic("acme", ACME_TOKEN)),
    ("fleet as a tenant that is not theirs", 403, None, {**bearer(FLEET_TOKEN), "X-Scope-OrgID": "other"}),
    ("fleet as a tenant that is like theirs", 403, None, {**bearer(FLEET_TOKEN), "X-Scope-OrgID": "pay"}),
    (
        "fleet with header against path",
        403,
        "/tenants/acme/api/v1/push",
        {**bearer(FLEET_TOKEN), "X-Scope-OrgID": "pay-eu"},
    ),
    ("fleet as nobody", 401, None, bearer(FLEET_TOKEN)),
    ("several tenants", 400, None, {**bearer(ACME_TOKEN), "X-Scope-OrgID": "acme|other"}),
    ("several tenants in the path", 400, "/tenants/acme%7Cother/api/v1/push", bearer(ACME_TOKEN)),
    ("a folder up", 400, None, {**bearer(FLEET_TOKEN), "X-Scope-OrgID": ".."}),
    ("a folder up in the path", 400, "/tenants/%2e%2E/api/v1/push", bearer(FLEET_TOKEN)),
    ("a hidden slash", 400, "/tenants/acme%2Fother/api/v1/push", bearer(ACME_TOKEN)),
    ("a zero in the path", 400, "/tenants/acme%00/api/v1/push", bearer(ACME_TOKEN)),
    ("an encoded line break", 400, "/tenants/acme%0d%0aX/api/v1/push", bearer(ACME_TOKEN)),
    ("a path encoded twice", 400, "/tenants/%256fther/api/v1/push", bearer(ACME_TOKEN)),
    ("a very long tenant", 400, None, {**bearer(FLEET_TOKEN), "X-Scope-OrgID": "pay-" + "x" * 200}),
    ("a reserved name", 400, None, {**bearer(FLEET_TOKEN), "X-Scope-OrgID": "__markers__"}),
    ("a letter that looks alike", 400, None, {**bearer(ACME_TOKEN), "X-Scope-OrgID": "аcme".encode()}),
    ("two tenants in one header", 400, None, {**bearer(ACME_TOKEN), "X-Scope-OrgID": "acme, other"}),
]


@pytest.mark.parametrize(("status", "path", "headers"), [s[1:] for s in SPOOFS], ids=[s[0] for s in SPOOFS])
def test_nobody_writes_as_someone_else(guarded, status, path, headers):
    gateway, sink = guarded
    answer = gateway.write(up(), tenant=None, path=path or "/api/v1/push", headers=headers)
    assert answer.status_code == status, answer.text
    if not path:
        body = otlp.request(otlp.gauge("up", 1.0, 1))
        assert gateway.export(body, tenant=None, headers=headers).status_code == status
    for secret in (ACME_TOKEN, OTHER_TOKEN, FLEET_TOKEN, FLEET_PASSWORD):
        assert secret not in answer.text
    assert gateway.write(up(7), tenant=None, headers=bearer(ACME_TOKEN)).status_code == 204
    sink.wait_for_samples(1)
    assert [r.tenant for r in sink.received] == ["acme"]


RAW_SPOOFS = {
    "tenant twice": [("X-Scope-OrgID", "acme"), ("X-Scope-OrgID", "other")],
    "tenant twice, in two cases": [("X-Scope-OrgID", "acme"), ("x-scope-orgid", "other")],
    "tenant twice, the same": [("X-Scope-OrgID", "acme"), ("X-Scope-OrgID", "acme")],
    "credentials twice": [("Authorization", f"Bearer {FLEET_TOKEN}"), ("X-Scope-OrgID", "pay-x")],
    "credentials twice, of two kinds": [("Authorization", basic("other", OTHER_TOKEN)["Authorization"])],
    "a tenant on a folded line": [("X-Scope-OrgID", "acme\r\n other")],
    "a zero in the tenant": [("X-Scope-OrgID", "acme\0other")],
    "a bare line feed": [("X-Other", "x\nX-Scope-OrgID: other")],
    "a blank before the colon": [("X-Scope-OrgID ", "other")],
}


@pytest.mark.parametrize("headers", RAW_SPOOFS.values(), ids=RAW_SPOOFS.keys())
def test_no_malformed_head_names_someone_else(guarded, headers):
    gateway, sink = guarded
    body = messages.encode(messages.WriteRequest(timeseries=[up()]))
    head = "".join(f"{name}: {value}\r\n" for name, value in [("Authorization", f"Bearer {ACME_TOKEN}"), *headers])
    start = f"POST /api/v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    answer = gateway.converse((start + head + "\r\n").encode("latin-1") + body)
    # The HTTP library drops a folded line and what stands behind a zero: then it is the token alone that counts.
    assert int(answer.split()[1]) in (204, 400, 403)
    assert gateway.write(up(7), tenant=None, headers=bearer(ACME_TOKEN)).status_code == 204
    sink.wait_for_requests(1)
    assert {r.tenant for r in sink.received} == {"acme"}


def test_a_401_says_how_to_prove_it(guarded):
    gateway, _ = guarded
    answer = gateway.write(up(), tenant="acme")
    assert answer.status_code == 401
    assert "Basic" in answer.headers["WWW-Authenticate"] and "Bearer" in answer.headers["WWW-Authenticate"]


def test_without_required_credentials_only_tenants_that_have_none_can_be_claimed(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(secured({"sink": backend(sink.url)}, require_credentials=False, default="free"))
    assert gateway.write(up(1), tenant="anyone").status_code == 204
    assert gateway.write(up(2), tenant=None).status_code == 204
    for tenant in ("acme", "other", "pay-eu"):
        assert gateway.write(up(), tenant=tenant).status_code == 401
        assert gateway.write(up(), tenant=None, path=f"/tenants/{tenant}/api/v1/push").status_code == 401
    assert gateway.write(up(), tenant="anyone", headers=bearer("x")).status_code == 401
    assert gateway.write(up(3), tenant="acme", headers=bearer(ACME_TOKEN)).status_code == 204
    sink.wait_for_samples(3)
    assert sorted(r.tenant for r in sink.accepted) == ["acme", "anyone", "free"]


def test_the_order_of_the_sources_does_not_make_a_claim_stronger_than_a_proof(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(secured({"sink": backend(sink.url)}, sources=["path", "header", "bearer", "basic_auth"]))
    assert gateway.write(up(), tenant="other", headers=bearer(ACME_TOKEN)).status_code == 403
    answer = gateway.write(up(), tenant=None, path="/tenants/other/push", headers=bearer(ACME_TOKEN))
    assert answer.status_code == 403
    assert gateway.write(up(), tenant=None, headers=bearer(ACME_TOKEN)).status_code == 204
    sink.wait_for_samples(1)
    assert {r.tenant for r in sink.received} == {"acme"}


def test_a_token_holds_from_one_reload_to_the_other(sluice, fake_backend):
    sink = fake_backend()
    config = secured({"sink": backend(sink.url)})
    gateway = sluice(config)
    with requests.Session() as session:

        def status(token):
            return gateway.write(up(), tenant=None, headers=bearer(token), session=session).status_code

        assert (status(ACME_TOKEN), status("fresh-token")) == (204, 401)
        gateway.write_config({**config, "tenants": {"acme": {"tokens": ["fresh-token"]}}})
        assert gateway.reload().status_code == 200
        assert (status(ACME_TOKEN), status("fresh-token"), status(OTHER_TOKEN)) == (401, 204, 401)
