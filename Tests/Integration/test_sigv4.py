"""Requests for Amazon Managed Service for Prometheus carry a signature that its receiver would compute as well."""

import hashlib
import hmac
import os

from support import messages
from support.fake_backend import OK, Answer
from support.sluice import backend, configuration

KEYS = {"region": "eu-central-1", "access_key": "AKIDEXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}


def signature(received, keys):
    """What AWS computes from a request as it came (Signature Version 4, the canonical request)."""
    scheme, _, rest = received.headers["Authorization"].partition(" ")
    assert scheme == "AWS4-HMAC-SHA256"
    given = dict(part.strip().split("=", 1) for part in rest.split(","))
    names = given["SignedHeaders"].split(";")
    path, _, query = received.path.partition("?")
    headers = "".join(f"{name}:{' '.join(received.headers[name].split())}\n" for name in names)
    canonical = "\n".join(
        ["POST", path, "&".join(sorted(query.split("&"))), headers, ";".join(names)]
        + [hashlib.sha256(received.body).hexdigest()]
    )
    access_key, *scope = given["Credential"].split("/")
    assert access_key == keys["access_key"]
    assert scope == [received.headers["X-Amz-Date"][:8], keys["region"], "aps", "aws4_request"]
    to_sign = "\n".join(
        [scheme, received.headers["X-Amz-Date"], "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = ("AWS4" + keys["secret_key"]).encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    assert {"host", "x-amz-date", "content-type"} <= set(names)
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest(), given["Signature"]


def checking(keys):
    def answer(received):
        computed, given = signature(received, keys)
        return OK if computed == given else Answer(403, body=b'{"message":"The request signature does not match"}')

    return answer


def up(stamp, **labels):
    return messages.series({"__name__": "up", **labels}, (stamp, float(stamp)))


def test_requests_are_signed(sluice, fake_backend):
    sink = fake_backend(checking(KEYS))
    gateway = sluice(configuration({"amp": backend(sink.url, auth={"sigv4": KEYS})}))
    for stamp in range(1, 11):
        assert gateway.write(up(stamp)).status_code == 204
    (held,) = sink.wait_for_samples(10).values()
    assert [t for t, _ in held["samples"]] == list(range(1, 11))
    assert all(r.headers["X-Scope-OrgID"] == "acme" for r in sink.received)


def test_temporary_credentials_queries_large_bodies_and_blanks_are_signed_too(sluice, fake_backend):
    sink = fake_backend(checking(KEYS))
    amp = backend(
        sink.url + "?b=2&a=1",
        auth={"sigv4": {**KEYS, "session_token": "FwoGZXIvYXdzEB4aDExample=="}},
        headers={"X-Note": "two  blanks   and more"},
        timeout="10s",
    )
    gateway = sluice(configuration({"amp": amp}))
    large = messages.WriteRequest(timeseries=[up(1, n=str(n), filler=os.urandom(900).hex()) for n in range(1200)])
    assert gateway.write(large).status_code == 204
    sink.wait_for_samples(1200)
    assert any(len(r.body) > 1 << 20 for r in sink.received)
    assert all(r.headers["X-Amz-Security-Token"] == "FwoGZXIvYXdzEB4aDExample==" for r in sink.received)
    assert all(r.is_accepted for r in sink.received)


def test_credentials_that_expired_lose_nothing(sluice, fake_backend):
    sink = fake_backend(Answer(403, body=b'{"message":"The security token included in the request is expired"}'))
    config = configuration({"amp": backend(sink.url, auth={"sigv4": KEYS})})
    gateway = sluice(config)
    assert gateway.write(up(1)).status_code == 204
    gateway.wait_for_log("denies access.*security token included in the request is expired")
    fresh = {**KEYS, "access_key": "AKIDFRESH", "session_token": "fresh"}
    sink.default = checking(fresh)
    config["backends"]["amp"]["auth"] = {"sigv4": fresh}
    gateway.write_config(config)
    assert gateway.reload().ok
    sink.wait_for_samples(1)
