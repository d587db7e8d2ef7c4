"""Certificates of a private authority, made on the spot."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


class Certificate:
    """A certificate and its key, as PEM files beside each other."""

    def __init__(self, folder, name, certificate, key):
        self.certificate, self.key = certificate, key
        self.cert_file = folder / f"{name}.crt"
        self.key_file = folder / f"{name}.key"
        self.write()

    def write(self, to=None):
        """Writes both files, or those of another certificate with this content."""
        target = to or self
        target.cert_file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        target.key_file.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    @property
    def pair(self):
        """As `requests` wants a client's certificate."""
        return str(self.cert_file), str(self.key_file)


class Authority:
    """Signs certificates for servers on 127.0.0.1 and for clients."""

    def __init__(self, folder, name="authority"):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        certificate = (
            self._builder(self.name, self.key, DAY, -DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.own = Certificate(self.folder, name, certificate, self.key)

    @property
    def ca_file(self):
        return str(self.own.cert_file)

    def server(self, name="server", **more):
        return self._issue(name, "127.0.0.1", ExtendedKeyUsageOID.SERVER_AUTH, **more)

    def client(self, common_name, name="client", usage=ExtendedKeyUsageOID.CLIENT_AUTH, **more):
        return self._issue(name, common_name, usage, **more)

    def _issue(self, name, common_name, usage, alternatives=(), ends=DAY):
        key = ec.generate_private_key(ec.SECP256R1())
        common = [common_name] if isinstance(common_name, str) else common_name
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, c) for c in common])
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), *alternatives]
        certificate = (
            self._builder(subject, key, ends, -2 * DAY)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        return Certificate(self.folder, name, certificate, key)

    def _builder(self, subject, key, ends, begins):
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
        )
