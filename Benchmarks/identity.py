"""A certificate and a signed token for the cases that want them, by the openssl command."""

import base64
import json
import subprocess
import time


def _openssl(*arguments, stdin=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, check=True).stdout


def certificate(folder):
    """As the configuration wants it: an ECDSA key, as certificates have today."""
    cert, key = folder / "tls.crt", folder / "tls.key"
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    _openssl("req", "-x509", "-new", "-key", key, "-out", cert, "-days", "1", "-subj", "/CN=127.0.0.1")
    return {"cert_file": str(cert), "key_file": str(key)}


def _encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(folder, tenant):
    """A token for an hour, signed with RS256, and the file with the key set that verifies it."""
    key = folder / "jwt.key"
    _openssl("genrsa", "-out", key, "2048")
    modulus = bytes.fromhex(_openssl("rsa", "-in", key, "-noout", "-modulus").decode().strip().partition("=")[2])
    keys = folder / "keys.json"
    entry = {"kty": "RSA", "kid": "bench", "n": _encoded(modulus), "e": _encoded(b"\x01\x00\x01")}
    keys.write_text(json.dumps({"keys": [entry]}))
    claims = {"aud": "bench", "tenant": tenant, "exp": int(time.time()) + 3600}
    parts = [_encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "bench"}, claims)]
    signature = _openssl("dgst", "-sha256", "-sign", key, stdin=".".join(parts).encode())
    return ".".join([*parts, _encoded(signature)]), str(keys)
