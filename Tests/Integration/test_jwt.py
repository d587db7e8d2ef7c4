"""JSON Web Tokens, made by PyJWT: what is believed, what is not, and how keys change."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from support import messages
from support.sluice import backend, configuration
from support.wait import eventually

KEYS = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
for _twin in ("RS384", "RS512", "PS256", "PS384", "PS512"):
    KEYS[_twin] = KEYS["RS256"]


def up(stamp=1):
    return messages.series({"__name__": "up"}, (stamp, 1.0))


def public(key, name, **more):
    """A public key as a JSON Web Key."""
    kind = {rsa.RSAPrivateKey: "RSA", ec.EllipticCurvePrivateKey: "EC"}
    maker = next((n for t, n in kind.items() if isinstance(key, t)), "OKP")
    algorithm = {
        "RSA": jwt.algorithms.RSAAlgorithm,
        "EC": jwt.algorithms.ECAlgorithm,
        "OKP": jwt.algorithms.OKPAlgorithm,
    }[maker]
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": name, "use": "sig", **more}


def key_set(*keys):
    return json.dumps({"keys": list(keys)})


ALL = key_set(*(public(KEYS[name], name) for name in ("RS256", "ES256", "ES384", "ES512", "EdDSA")))


def kid(algorithm):
    return "RS256" if algorithm[0] in "RP" else algorithm


def claims(**more):
    now = time.time()
    base = {"iss": "https://id.example.org", "aud": "sluice", "tenant": "acme", "exp": now + 60, "nbf": now - 1}
    return {k: v for k, v in {**base, **more}.items() if v is not None}


def token(algorithm="ES256", key=None, headers=None, **more):
    return jwt.encode(
        claims(**more), key or KEYS[algorithm], algorithm, headers={"kid": kid(algorithm), **(headers or {})}
    )


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def verified(sluice, fake_backend, tmp_path):
    """A gateway that takes tokens of a key set in a file; more settings of `jwt` are the test's."""

    def start(keys=ALL, tenancy=None, **settings):
        file = tmp_path / "keys.json"
        file.write_text(keys)
        place = {} if "jwks_url" in settings else {"jwks_file": str(file)}
        rules = {"issuer": "https://id.example.org", "audience": "sluice", **place, **settings}
        sink = fake_backend()
        tenancy = {"sources": ["bearer", "header", "path"], "jwt": rules, **(tenancy or {})}
        return sluice(configuration({"sink": backend(sink.url)}, tenancy=tenancy)), sink, file

    return start


def write(gateway, text, stamp=1, **more):
    return gateway.write(up(stamp), headers=bearer(text), **{"tenant": None, **more})


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_of_each_algorithm_names_the_tenant(verified, algorithm):
    gateway, sink, _ = verified()
    for stamp in (1, 2, 3):
        assert write(gateway, token(algorithm), stamp).status_code == 204
    assert write(gateway, jwt.encode(claims(), KEYS[algorithm], algorithm), 4).status_code == 204
    sink.wait_for_samples(4)
    assert {r.tenant for r in sink.accepted} == {"acme"}


def segment(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(header, key_material):
    """A token whose signature is made with the public key as if it were a shared secret."""
    return jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(header, key_material)


def bad_tokens():
    good = token()
    head, body, signature = good.split(".")
    stranger = ec.generate_private_key(ec.SECP256R1())
    pem = (
        KEYS["RS256"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    hmac_head = f"{segment({'alg': 'HS256', 'kid': 'RS256'})}.{segment(claims())}"
    now = time.time()
    return {
        "no signature": f"{segment({'alg': 'none'})}.{body}.",
        "no signature, in capitals": f"{segment({'alg': 'NONE'})}.{body}.",
        "no signature, kept": f"{segment({'alg': 'none', 'kid': 'ES256'})}.{body}.{signature}",
        "signature left out": f"{head}.{body}.",
        "public key as a secret": f"{hmac_head}.{segment(forged(hmac_head.encode(), pem))}",
        "another tenant put in": f"{head}.{segment(claims(tenant='other'))}.{signature}",
        "signature changed": f"{head}.{body}.{signature[:-6]}AAAAAA",
        "signature of zeros": f"{head}.{body}.{segment(bytes(64))}",
        "signature too short": f"{head}.{body}.{signature[:40]}",
        "signed by a stranger": token(key=stranger),
        "key of the token's own": token(key=stranger, headers={"jwk": public(stranger, "ES256")}),
        "key at an address of the token's own": token(key=stranger, headers={"jku": "http://127.0.0.1:1/", "kid": "x"}),
        "key of another algorithm": token("ES384", headers={"kid": "ES256"}),
        "unknown key": token(headers={"kid": "nobody"}),
        "must be understood": token(headers={"crit": ["exp"]}),
        "expired": token(exp=now - 60),
        "never expires": token(exp=None),
        "expiry is text": f"{jwt.encode({**claims(), 'exp': None}, KEYS['ES256'], 'ES256')}",
        "not yet valid": token(nbf=now + 300),
        "made in the future": token(iat=now + 300),
        "another issuer": token(iss="https://id.example.org/"),
        "no issuer": token(iss=None),
        "for others": token(aud="somebody"),
        "for others, in a list": token(aud=["a", "b"]),
        "for nobody": token(aud=None),
        "no tenant": token(tenant=None),
        "tenant is a number": token(tenant=7),
        "tenant is an object": token(tenant={"a": 1}),
        "no tenant's name": token(tenant="a|b"),
        "a folder up": token(tenant=".."),
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.x",
        "padded": f"{head}=.{body}.{signature}",
        "very long": token(more="x" * 20000),
    }


BAD = bad_tokens()


@pytest.mark.parametrize("name", BAD)
def test_no_bad_token_is_believed(verified, name):
    gateway, sink, _ = verified()
    assert write(gateway, BAD[name]).status_code in (400, 401)
    assert write(gateway, BAD[name], tenant="acme").status_code in (400, 401)
    assert write(gateway, token()).status_code == 204
    sink.wait_for_samples(1)
    assert len(sink.received) == 1


def test_a_token_bounds_what_header_and_path_may_say(verified):
    gateway, sink, _ = verified()
    assert write(gateway, token(), tenant="other").status_code == 403
    assert write(gateway, token(), path="/tenants/other/api/v1/push").status_code == 403
    several = token(tenant=["acme", "pay-eu"])
    assert write(gateway, several).status_code == 401
    assert write(gateway, several, tenant="pay-eu").status_code == 204
    assert write(gateway, several, tenant="pay-us").status_code == 403
    # A wildcard in a claim is a name like any other.
    assert write(gateway, token(tenant="*"), tenant="acme").status_code == 403
    sink.wait_for_samples(1)
    assert {r.tenant for r in sink.received} == {"pay-eu"}


def test_the_claim_can_be_another_one_or_lie_deeper(verified):
    gateway, sink, _ = verified(tenant_claim="realm.tenants")
    assert write(gateway, token(tenant=None, realm={"tenants": ["deep"]})).status_code == 204
    assert write(gateway, token(tenant=None, **{"realm.tenants": "flat"}), 2).status_code == 204
    assert write(gateway, token()).status_code == 401
    sink.wait_for_samples(2)
    assert sorted(r.tenant for r in sink.received) == ["deep", "flat"]


def test_algorithms_can_be_restricted(verified):
    gateway, _, _ = verified(algorithms=["EdDSA", "RS256"])
    assert write(gateway, token("EdDSA")).status_code == 204
    for algorithm in ("ES256", "PS256", "RS512"):
        assert write(gateway, token(algorithm)).status_code == 401


def test_a_token_that_was_believed_is_not_once_it_has_expired(verified):
    gateway, _, _ = verified(leeway="0s")
    text = token(exp=time.time() + 2)
    assert write(gateway, text).status_code == 204
    eventually(lambda: write(gateway, text).status_code == 401, "the token is refused")


def test_opaque_tokens_are_good_beside_those_that_are_signed(verified, fake_backend):
    credential = {"name": "opaque", "tenants": "other", "token": "opaque-0123456789"}
    gateway, sink, _ = verified(tenancy={"credentials": [credential]})
    assert write(gateway, "opaque-0123456789").status_code == 204
    assert write(gateway, token(), 2).status_code == 204
    assert write(gateway, "opaque-012345678").status_code == 401
    sink.wait_for_samples(2)
    assert sorted(r.tenant for r in sink.received) == ["acme", "other"]


def test_keys_of_a_file_are_taken_anew_and_bad_ones_are_not(verified):
    gateway, _, file = verified(refresh_interval="1s")
    fresh = ec.generate_private_key(ec.SECP256R1())
    signed = token(key=fresh, headers={"kid": "fresh"})
    assert write(gateway, token()).status_code == 204
    file.write_text("nonsense")
    gateway.wait_for_log("keys of tokens cannot be had")
    assert write(gateway, token()).status_code == 204
    file.write_text(key_set(public(fresh, "fresh")))
    eventually(lambda: write(gateway, signed).status_code == 204, "the new key is taken")
    # What the old key had signed was believed before: no more.
    assert write(gateway, token()).status_code == 401


class Issuer:
    """Serves a key set over HTTP, and counts how often it is asked."""

    def __init__(self):
        self.keys, self.status, self.asked = ALL, 200, 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked += 1
                body = issuer.keys.encode()
                self.send_response(issuer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/keys?secret=hunter2"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def issuer(started):
    return started(Issuer())


def test_while_an_issuer_is_away_nothing_is_lost(verified, issuer):
    issuer.status = 500
    gateway, sink, _ = verified(jwks_url=issuer.url, refresh_interval="1s")
    answer = write(gateway, token())
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1
    gateway.wait_for_log("keys of tokens cannot be had")
    assert "hunter2" not in gateway.log()
    issuer.status = 200
    eventually(lambda: write(gateway, token()).status_code == 204, "the keys are there")
    issuer.status = 500
    asked = issuer.asked
    eventually(lambda: issuer.asked > asked + 1, "it was asked again")
    assert write(gateway, token()).status_code == 204
    assert {r.tenant for r in sink.received} == {"acme"}


def test_a_new_key_is_looked_for_when_a_token_names_it_and_made_up_ones_do_not_bother_the_issuer(verified, issuer):
    gateway, _, _ = verified(jwks_url=issuer.url, refresh_interval="1h")
    eventually(lambda: write(gateway, token()).status_code == 204, "the keys are there")
    for n in range(50):
        assert write(gateway, token(headers={"kid": f"made-up-{n}"})).status_code in (401, 503)
    assert issuer.asked <= 2
    fresh = ec.generate_private_key(ec.SECP256R1())
    issuer.keys = key_set(public(fresh, "fresh"))
    signed = token(key=fresh, headers={"kid": "fresh"})
    eventually(lambda: write(gateway, signed).status_code == 204, "the new key is taken", 30)
    assert write(gateway, token()).status_code == 401
