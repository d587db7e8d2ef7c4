"""Whatever tenants, credentials, routes and reloads: no sample leaves under a tenant that is not its sender's."""

import base64
import fnmatch
import http.client
import random
import threading
import time

import pytest
import requests
from support import messages, otlp, servers
from support.sluice import REMOTE_WRITE_HEADERS, backend, configuration
from support.wait import eventually

TENANTS = ["acme", "ACME", "pay-eu", "pay-us", "pay", "search", "free", "a.b"]
GRANTS = [["acme"], ["pay-*"], ["pay-eu", "search"], ["*"], ["?cme"], ["a.b", "ACME"], ["free"]]
ODD = ["nobody", "a|b", "..", "", "pay-", "acme ", "\u0430cme", "acme/../search"]


class World:
    """A random configuration, and what its credentials are good for."""

    def __init__(self, dice, sinks):
        self.dice = dice
        # The token of a tenant, and what it allows; some change with every configuration.
        self.tokens = {}
        tenants, credentials = {}, []
        for tenant in dice.sample(TENANTS, 4):
            token = f"token-of-{tenant}-{dice.randrange(2)}"
            self.tokens[token] = [tenant]
            tenants[tenant] = {"tokens": [token]}
        self.users = {(tenant, own["tokens"][0]): [tenant] for tenant, own in tenants.items()}
        for n, grant in enumerate(dice.sample(GRANTS, 3)):
            if dice.random() < 0.5:
                token = f"fleet-{n}-{dice.randrange(2)}"
                self.tokens[token] = grant
                credentials.append({"name": f"c{n}", "tenants": grant, "token": token})
            else:
                user = (f"user-{n}", f"password-{dice.randrange(2)}")
                self.users[user] = grant
                credentials.append({"name": f"c{n}", "tenants": grant, "username": user[0], "password": user[1]})
        sources = ["bearer", "basic_auth", *dice.sample(["header", "path", "label", "resource_attribute"], 3)]
        dice.shuffle(sources)
        self.sources = sources
        self.requires = dice.random() < 0.7
        self.config = configuration(
            sinks,
            self._routes(list(sinks)),
            tenants=tenants,
            tenancy={
                "sources": sources,
                "credentials": credentials,
                "require_credentials": self.requires,
                "label": {"remove": dice.random() < 0.5},
                **({"default": "free"} if dice.random() < 0.3 else {}),
            },
        )

    def _routes(self, names):
        dice, routes = self.dice, []
        for n in range(dice.randrange(4)):
            match = {"tenant": dice.sample([*TENANTS, "pay-*", "*e*"], 2)}
            if dice.random() < 0.5:
                match["series"] = f'{{n=~".*{dice.randrange(10)}"}}'
            # The outgoing tenant tells which it was made of.
            rewrite = dice.choice([{}, {"tenant": "via.{tenant}"}])
            routes.append(
                {
                    "name": f"r{n}",
                    "match": match,
                    "rewrite": rewrite,
                    "send": dice.sample(names, dice.randrange(1, len(names) + 1)),
                    "continue": dice.random() < 0.5,
                    "priority": dice.randrange(3),
                }
            )
        return [*routes, {"name": "rest", "send": names}]

    def may(self, allowed, tenant):
        """Whether one with this grant, None without any, may write as `tenant`."""
        if allowed is not None:
            return any(fnmatch.fnmatchcase(tenant, glob) for glob in allowed)
        guarded = [g for grant in [*self.tokens.values(), *self.users.values()] for g in grant]
        return not self.requires and not any(fnmatch.fnmatchcase(tenant, glob) for glob in guarded)


def credentials(dice, world):
    """Headers that prove something, or not, and what they allow: nothing at all is []."""
    kind = dice.random()
    if kind < 0.2:
        return {}, None
    if kind < 0.3:
        return {"Authorization": f"Bearer {dice.choice(['', 'x', 'token-of-acme', 'token-of-nobody-0'])}"}, []
    if kind < 0.7:
        token = dice.choice([*world.tokens, "token-of-acme-0", "fleet-0-1"])
        return {"Authorization": f"Bearer {token}"}, world.tokens.get(token, [])
    user = dice.choice([*world.users, ("acme", "password-0"), ("user-0", "password-1")])
    text = base64.b64encode(":".join(user).encode()).decode()
    return {"Authorization": f"Basic {text}"}, world.users.get(user, [])


def settle(gateway):
    """Waits until all that was taken has arrived."""
    eventually(lambda: gateway.metric("sluice_backend_queue_blocks") == 0, "all of it has left")
    eventually(lambda: gateway.metric("sluice_backend_requests_in_flight") == 0, "all of it has arrived")


def test_no_sample_leaves_under_a_tenant_that_its_sender_may_not_use(sluice, fake_backend, rounds):
    sinks = {"one": fake_backend(), "two": fake_backend()}
    backends = {name: backend(sink.url) for name, sink in sinks.items()}
    gateway, number = None, 0
    # By the number of a series: whether its sender might have sent it as a tenant.
    judges, taken = {}, 0
    for _, dice in rounds(12):
        world = World(dice, backends)
        if gateway is None:
            gateway = sluice(world.config)
        else:
            kept = {name: gateway.config[name] for name in ("listeners", "admin")}
            gateway.write_config({**world.config, **kept})
            assert gateway.reload().status_code == 200, gateway.reload().text
        for _ in range(60):
            headers, allowed = credentials(dice, world)
            claim = dice.choice([None, *TENANTS, *ODD])
            if allowed and dice.random() < 0.5:
                claim = dice.choice([None, *(t for t in TENANTS if world.may(allowed, t))])
            headers["X-Scope-OrgID"] = claim.encode() if claim is not None else None
            named = dice.choice([None, *TENANTS, "x%2Fy", "pay%2Deu", "%2e%2e"])
            prefix = f"/tenants/{named}" if named and dice.random() < 0.4 else ""
            first = number
            number += 5
            for n in range(first, number):
                judges[n] = (world, allowed)
            owners = [dice.choice([None, *TENANTS, *ODD]) for _ in range(5)]
            if dice.random() < 0.6:
                labels = [
                    {"__name__": "m", "n": str(first + k), **({"tenant": o} if o else {})} for k, o in enumerate(owners)
                ]
                body = messages.WriteRequest(timeseries=[messages.series(one, (first + 1, 1.0)) for one in labels])
                path = f"{prefix}/api/v1/push"
                answer = gateway.write(body, tenant=None, path=path, headers=headers)
            else:
                body = otlp.request()
                body.resource_metrics.clear()
                for k, owner in enumerate(owners):
                    metric = otlp.gauge("m", 1.0, first + 1, {"n": str(first + k)})
                    one = otlp.request(metric, resource={"tenant.id": owner} if owner else None)
                    body.resource_metrics.extend(one.resource_metrics)
                answer = gateway.export(body, tenant=None, path=f"{prefix}/v1/metrics", headers=headers)
            assert answer.status_code in (200, 204, 400, 401, 403, 404), answer.text
            taken += answer.status_code in (200, 204)
        # What was taken leaves before the configuration is another one.
        settle(gateway)
    assert taken > 50
    checked = 0
    for sink in sinks.values():
        for received in sink.received:
            tenant = received.tenant.removeprefix("via.")
            for series in received.message().timeseries:
                world, allowed = judges[int(dict(messages.labels_of(series))[b"n"])]
                assert world.may(allowed, tenant), (tenant, allowed, world.config["tenancy"])
                checked += 1
    assert checked > 500


def wait_for_owners(prometheus, expected):
    """Waits until there are just these samples of `mixed`, by owner and thread."""

    def stored():
        found = prometheus.samples("mixed")
        return {(dict(labels)["owner"], dict(labels)["thread"]): len(points) for labels, points in found.items()}

    eventually(lambda: stored() == expected, lambda: f"{expected}, there are {stored()}", 60)


def test_ten_thousand_requests_of_two_tenants_never_reach_the_other_ones_prometheus(sluice, started, folder):
    red, blue = started(servers.Prometheus(folder("red"))), started(servers.Prometheus(folder("blue")))
    tokens = {"red": "token-of-red-0123456789", "blue": "token-of-blue-0123456789"}
    routes = [{"name": t, "match": {"tenant": t}, "send": [t]} for t in tokens]
    gateway = sluice(
        configuration(
            {"red": backend(red.write_url), "blue": backend(blue.write_url)},
            routes,
            tenants={t: {"tokens": [token]} for t, token in tokens.items()},
            tenancy={"sources": ["bearer"]},
            log={"level": "info"},
        )
    )
    requests_each, start = 2500, int(time.time() * 1000) - 60_000
    bodies, failures = {}, []

    def send(thread):
        dice = random.Random(thread)
        host, port = gateway.ingest_address.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        stamps = dict.fromkeys(tokens, start)
        for _ in range(requests_each):
            tenant = dice.choice(list(tokens))
            stamps[tenant] += 5
            labels = {"__name__": "mixed", "owner": tenant, "thread": str(thread)}
            body = messages.encode(messages.WriteRequest(timeseries=[messages.series(labels, (stamps[tenant], 1.0))]))
            headers = {**REMOTE_WRITE_HEADERS, "Authorization": f"Bearer {tokens[tenant]}"}
            connection.request("POST", "/api/v1/push", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 204:
                failures.append((answer.status, text))
            bodies[thread, tenant] = bodies.get((thread, tenant), 0) + 1
        connection.close()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for tenant, prometheus in (("red", red), ("blue", blue)):
        expected = {(tenant, str(thread)): count for (thread, owner), count in bodies.items() if owner == tenant}
        wait_for_owners(prometheus, expected)
    assert sum(bodies.values()) == 4 * requests_each


SECRET = "hunter2-0123456789"
HASH = "5ec4e7" * 10 + "0123"


def test_no_secret_shows_anywhere(sluice, fake_backend):
    sink = fake_backend()
    signature = {"region": "r", "access_key": "id", "secret_key": f"{SECRET}k", "session_token": f"{SECRET}l"}
    config = configuration(
        {
            "basic": backend(sink.url, auth={"basic": {"username": "u", "password": f"{SECRET}a"}}),
            "bearer": backend(sink.url + f"?key={SECRET}b", auth={"bearer": {"token": f"{SECRET}c"}}),
            "header": backend("http://127.0.0.1:1/write", headers={"X-Key": f"{SECRET}d"}, best_effort=True),
            "signed": backend(sink.url, auth={"sigv4": signature}, best_effort=True),
        },
        tenants={"acme": {"tokens": [f"{SECRET}e"], "token_sha256": {"old": HASH}}},
        tenancy={
            "sources": ["bearer", "basic_auth", "header"],
            "credentials": [
                {"name": "token", "tenants": "x", "token": f"{SECRET}f"},
                {"name": "user", "tenants": "x", "username": "u", "password": f"{SECRET}g"},
            ],
            "jwt": {"jwks_url": f"http://127.0.0.1:1/keys?key={SECRET}h", "audience": "x"},
        },
    )
    config["admin"]["tokens"] = [
        {"name": "ops", "token": f"{SECRET}i", "role": "admin"},
        {"name": "look", "token": f"{SECRET}j", "role": "viewer"},
    ]
    gateway = sluice(config)
    seen = []

    def see(answer):
        seen.append(f"{answer.status_code} {answer.headers} {answer.text}")
        return answer

    up = messages.series({"__name__": "up"}, (1, 1.0))
    for letter in "abcdefghij":
        for scheme in (f"Bearer {SECRET}{letter}", f"Bearer {SECRET}{letter}.x.y", f"Basic {SECRET}{letter}"):
            see(gateway.write(up, tenant="other", headers={"Authorization": scheme}))
    assert see(gateway.write(up, tenant=None, headers={"Authorization": f"Bearer {SECRET}e"})).status_code == 204
    sink.wait_for_requests(1)
    ops = {"Authorization": f"Bearer {SECRET}i"}
    for auth in ({"bearer": {"token": f"{SECRET}m"}}, {"basic": {"username": "u", "password": 5}}, f"{SECRET}n"):
        see(
            requests.put(
                f"{gateway.admin_url}/admin/v1/backends/late",
                json=backend(sink.url, auth=auth),
                headers=ops,
                timeout=20,
            )
        )
    see(
        requests.put(
            f"{gateway.admin_url}/admin/v1/tenants/late", json={"tokens": [f"{SECRET}o"]}, headers=ops, timeout=20
        )
    )
    for token in (None, f"{SECRET}i", f"{SECRET}j", f"{SECRET}e"):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        resources = [f"admin/v1/{kind}" for kind in ("backends", "routes", "tenants", "audit", "revisions", "status")]
        for path in ("metrics", "admin/v1/config", "admin/v1/backends/late", *resources, "no"):
            see(requests.get(f"{gateway.admin_url}/{path}", headers=headers, timeout=20))
    gateway.wait_for_log("keys of tokens cannot be had")
    broken = {**config, "tenants": {"acme": {"tokens": [f"{SECRET}e", f"{SECRET}e", f"{SECRET} k"]}}}
    for wrong in (broken, {**broken, "nonsense": 1}, f"tenants: {{a: {{tokens: {SECRET}}}}}\n", f"{SECRET}: [{SECRET}"):
        gateway.write_config(wrong)
        answer = see(requests.post(f"{gateway.admin_url}/-/reload", headers=ops, timeout=20))
        assert answer.status_code == 422
    gateway.write_config(config)
    assert see(requests.post(f"{gateway.admin_url}/-/reload", headers=ops, timeout=20)).status_code == 200
    seen.append(gateway.log())
    shown = [text for text in seen if SECRET in text or HASH in text]
    # The key of a mapping is the one thing that is told as it stands.
    assert [text for text in shown if f"{SECRET}: [" not in text] == []


@pytest.mark.parametrize("value", ["x\r\nX-Scope-OrgID: other", "x\nX-Scope-OrgID: other", "x\0", "other\r"])
def test_no_label_breaks_out_of_the_header_that_a_template_makes_of_it(sluice, fake_backend, value):
    sink = fake_backend()
    route = {"name": "r", "rewrite": {"tenant": "{label.team}"}, "send": ["sink"]}
    gateway = sluice(configuration({"sink": backend(sink.url)}, [route]))
    series = [
        messages.series({"__name__": "up", "team": value}, (1, 1.0)),
        messages.series({"__name__": "up", "team": "good"}, (1, 1.0)),
    ]
    assert gateway.write(messages.WriteRequest(timeseries=series)).status_code == 400
    sink.wait_for_samples(1)
    assert [r.tenant for r in sink.received] == ["good"]
