"""TLS on listeners and on the admin address: certificates of both sides, taken anew on a reload."""

import socket
import ssl
import threading

import pytest
import requests
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from support import messages
from support.admin import Admin
from support.certificates import DAY, Authority
from support.sluice import backend, configuration
from support.wait import eventually


def up(stamp=1):
    return messages.series({"__name__": "up"}, (stamp, 1.0))


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


def encrypted(sinks, server, **tls):
    """A configuration whose listener shows the certificate `server`."""
    config = configuration(sinks)
    config["listeners"][0]["tls"] = {"cert_file": str(server.cert_file), "key_file": str(server.key_file), **tls}
    return config


@pytest.fixture
def start(sluice, fake_backend):
    """Starts a gateway by a configuration that is made of its backends; requests to it go over https."""

    def make(configure):
        sink = fake_backend()
        return sluice(configure({"sink": backend(sink.url)})), sink

    return make


def session(authority, client=None):
    made = requests.Session()
    # Else authorities named in the environment would count, and not these.
    made.trust_env = False
    made.verify = authority.ca_file
    made.cert = client.pair if client else None
    return made


def shown_certificate(address, authority):
    """The serial number of the certificate that a new connection is shown."""
    context = ssl.create_default_context(cafile=authority.ca_file)
    host, port = address.rsplit(":", 1)
    with (
        socket.create_connection((host, int(port)), 10) as plain,
        context.wrap_socket(plain, server_hostname=host) as s,
    ):
        return x509.load_der_x509_certificate(s.getpeercert(binary_form=True)).serial_number


def test_a_listener_speaks_tls_and_nothing_else(start, authority):
    server = authority.server()
    gateway, sink = start(lambda sinks: encrypted(sinks, server))
    with session(authority) as client:
        for stamp in range(1, 21):
            assert gateway.write(up(stamp), session=client).status_code == 204
        large = messages.WriteRequest(
            timeseries=[messages.series({"__name__": "up", "n": f"{n:040}"}, (1, float(n))) for n in range(30000)]
        )
        assert gateway.write(large, session=client).status_code == 204
    sink.wait_for_samples(30020)
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{gateway.ingest_url}/-/ready", timeout=10)
    assert not gateway.converse(b"GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200")
    ends = server.certificate.not_valid_after_utc.timestamp()
    assert gateway.metric("sluice_tls_certificate_expiry_timestamp_seconds") == ends


@pytest.mark.parametrize(
    ("version", "works"),
    [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)],
)
def test_tls_is_1_2_at_least(start, authority, version, works):
    gateway, _ = start(lambda sinks: encrypted(sinks, authority.server()))
    context = ssl.create_default_context(cafile=authority.ca_file)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    host, port = gateway.ingest_address.rsplit(":", 1)

    def connect():
        with socket.create_connection((host, int(port)), 10) as s, context.wrap_socket(s, server_hostname=host) as s:
            return s.version()

    if works:
        assert connect().replace("v1.", "v1_") == version.name
    else:
        with pytest.raises(ssl.SSLError):
            connect()


def test_the_admin_address_speaks_tls(sluice, fake_backend, authority, monkeypatch):
    server = authority.server()
    config = configuration({"sink": backend(fake_backend().url)})
    config["admin"]["tls"] = {"cert_file": str(server.cert_file), "key_file": str(server.key_file)}
    # What waits for the gateway to be ready asks its admin address.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority.ca_file)
    gateway = sluice(config)
    assert gateway.admin_url.startswith("https://")
    assert gateway.metric("sluice_build_info") == 1
    assert gateway.reload().status_code == 200


def test_a_certificate_is_taken_anew_on_reload_and_no_connection_is_dropped(start, authority):
    server, renewed = authority.server(), authority.server("renewed")
    gateway, sink = start(lambda sinks: encrypted(sinks, server))
    stop, failures, sent = threading.Event(), [], [0]

    def write():
        with session(authority) as client:
            client.mount("https://", requests.adapters.HTTPAdapter(max_retries=0))
            while not stop.is_set():
                sent[0] += 1
                answer = gateway.write(up(sent[0]), session=client)
                if answer.status_code != 204:
                    failures.append(answer.text)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        eventually(lambda: sent[0] > 5, "requests are sent")
        assert shown_certificate(gateway.ingest_address, authority) == server.certificate.serial_number
        renewed.write(to=server)
        assert gateway.reload().status_code == 200
        assert shown_certificate(gateway.ingest_address, authority) == renewed.certificate.serial_number
        before = sent[0]
        eventually(lambda: sent[0] > before + 5, "requests go on on the old connection")
    finally:
        stop.set()
        writer.join()
    assert failures == []
    assert gateway.metric("sluice_connections") <= 1
    sink.wait_for_samples(sent[0])


def test_bad_files_keep_the_old_certificate_and_say_why(start, authority):
    server, stranger = authority.server(), authority.server("stranger")
    config = None

    def configure(sinks):
        nonlocal config
        config = encrypted(sinks, server)
        return config

    gateway, _ = start(configure)
    good = server.cert_file.read_bytes()
    for content in (b"", b"no certificate", good[: len(good) // 2], stranger.cert_file.read_bytes()):
        server.cert_file.write_bytes(content)
        answer = gateway.reload()
        assert answer.status_code == 422
        assert str(server.cert_file) in answer.text and "tls" in answer.text
        assert shown_certificate(gateway.ingest_address, authority) == server.certificate.serial_number
        # What is changed over the API has nothing to do with it.
        assert Admin(gateway).put("/admin/v1/backends/new", {"type": "debug"}).status in (200, 201)
        assert Admin(gateway).put("/admin/v1/routes/new", {"send": ["new"], "match": {"tenant": "x"}}).status in (
            200,
            201,
        )
    server.cert_file.write_bytes(good)
    del config["listeners"][0]["tls"]
    gateway.write_config(config)
    assert "restart" in gateway.reload().text
    assert shown_certificate(gateway.ingest_address, authority) == server.certificate.serial_number


def mutual(authority, **tenancy):
    """The tenant comes from the certificate of a client, which is named or covered by a credential."""

    def configure(sinks):
        tls = {k: tenancy.pop(k) for k in ("client_auth",) if k in tenancy}
        config = encrypted(sinks, authority.server(), client_ca_file=authority.ca_file, **tls)
        return {**config, "tenancy": {"sources": ["client_cert", "header", "path"], **tenancy}}

    return configure


def test_a_client_certificate_names_the_tenant(start, authority):
    fleet = {"name": "fleet", "tenants": ["pay-*"], "client_cert": "fleet.example.org"}
    gateway, sink = start(mutual(authority, credentials=[fleet]))
    with session(authority, authority.client("acme")) as acme:
        assert gateway.write(up(1), tenant=None, session=acme).status_code == 204
        assert gateway.write(up(2), tenant="acme", session=acme).status_code == 204
        assert gateway.write(up(3), tenant="other", session=acme).status_code == 403
        answer = gateway.write(up(3), tenant=None, path="/tenants/other/api/v1/push", session=acme)
        assert answer.status_code == 403
    with session(authority, authority.client("fleet.example.org", "fleet")) as agents:
        assert gateway.write(up(4), tenant="pay-eu", session=agents).status_code == 204
        assert gateway.write(up(5), tenant="acme", session=agents).status_code == 403
        assert gateway.write(up(5), tenant=None, session=agents).status_code == 401
    sink.wait_for_samples(3)
    assert {r.tenant for r in sink.received} == {"acme", "pay-eu"}


@pytest.mark.parametrize("kind", ["dns_name", "uri", "email"])
def test_the_name_can_be_an_alternative_one(start, authority, kind):
    names = [x509.DNSName("acme"), x509.UniformResourceIdentifier("spiffe://x/acme"), x509.RFC822Name("acme@x.org")]
    shown = {"dns_name": "acme", "uri": "spiffe://x/acme", "email": "acme@x.org"}[kind]
    credential = {"name": "a", "tenants": "acme", "client_cert": shown}
    gateway, sink = start(mutual(authority, client_cert=kind, credentials=[credential]))
    with session(authority, authority.client("someone-else", alternatives=names)) as client:
        assert gateway.write(up(1), tenant=None, session=client).status_code == 204
    with session(authority, authority.client("acme", "plain")) as client:
        assert gateway.write(up(2), tenant=None, session=client).status_code == 401
    sink.wait_for_samples(1)
    assert [r.tenant for r in sink.received] == ["acme"]


def refused(gateway, client):
    """Whether nothing that is sent with this session is taken."""
    try:
        return gateway.write(up(), tenant="acme", session=client).status_code in (400, 401, 403)
    except requests.exceptions.RequestException:
        return True


def test_no_bad_certificate_names_a_tenant(start, authority, tmp_path):
    gateway, sink = start(mutual(authority))
    stranger = Authority(tmp_path / "stranger")
    bad = [
        None,
        stranger.client("acme"),
        authority.client("acme", "expired", ends=-DAY),
        authority.client("acme", "server-only", usage=ExtendedKeyUsageOID.SERVER_AUTH),
        authority.client("a|b", "several"),
        authority.client("..", "parent"),
        authority.client("ac me", "blank"),
        authority.client("аcme", "look-alike"),
    ]
    for certificate in bad:
        with session(authority, certificate) as client:
            assert refused(gateway, client), certificate and certificate.cert_file
    assert sink.received == []


def test_an_optional_certificate_leaves_room_for_a_claim_only_where_that_is_wanted(start, authority):
    gateway, sink = start(mutual(authority, client_auth="optional"))
    with session(authority) as nobody:
        assert gateway.write(up(), tenant="acme", session=nobody).status_code == 401
    with session(authority, authority.client("acme")) as acme:
        assert gateway.write(up(), tenant=None, session=acme).status_code == 204
    sink.wait_for_samples(1)


def test_other_client_authorities_hold_after_a_reload(start, authority, tmp_path):
    clients = Authority(tmp_path / "clients")

    def configure(sinks):
        config = encrypted(sinks, authority.server(), client_ca_file=clients.ca_file)
        return {**config, "tenancy": {"sources": ["client_cert"]}}

    gateway, _ = start(configure)
    successor = Authority(tmp_path / "successor")
    with session(authority, successor.client("acme")) as later, session(authority, clients.client("acme")) as sooner:
        assert refused(gateway, later) and not refused(gateway, sooner)
        successor.own.write(to=clients.own)
        assert gateway.reload().status_code == 200
        assert not refused(gateway, later)
    with session(authority, clients.client("acme", "late")) as too_late:
        assert refused(gateway, too_late)
