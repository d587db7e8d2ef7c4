"""The gateway under test: its configuration, its process, and ways to talk to it."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests
import yaml

from support import messages
from support.ports import free_address
from support.program import Program
from support.wait import eventually

REMOTE_WRITE_HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
    "User-Agent": "integration-test",
}
OTLP_HEADERS = {"Content-Type": "application/x-protobuf", "User-Agent": "integration-test"}


def binary():
    """The program to test: SLUICE_BINARY, else the release build, else the debug build."""
    root = Path(__file__).resolve().parents[3]
    named = os.environ.get("SLUICE_BINARY")
    candidates = [named] if named else [root / ".build/release/sluice", root / ".build/debug/sluice"]
    for candidate in candidates:
        if shutil.which(str(candidate)):
            return str(candidate)
    pytest.fail(f"no sluice binary at {' or '.join(map(str, candidates))}: swift build -c release", pytrace=False)


def run_command(*arguments, within=30.0):
    """Runs `sluice` with these arguments to its end."""
    return subprocess.run([binary(), *map(str, arguments)], capture_output=True, text=True, timeout=within)


def backend(url, **more):
    """A remote_write backend that delivers at once and repeats soon, as tests like it."""
    return {
        "type": "remote_write",
        "endpoint": url,
        "timeout": "2s",
        "batch": {"timeout": "20ms"},
        "retry_on_failure": {"initial_interval": "50ms", "max_interval": "200ms"},
        **more,
    }


def configuration(backends, routes=None, **more):
    """A configuration with one listener and an admin listener on free ports. Without routes, all goes everywhere."""
    return {
        "listeners": [{"address": free_address()}],
        "admin": {"address": free_address()},
        "log": {"level": "debug", "format": "logfmt"},
        "backends": backends,
        "routes": routes or [{"name": "all", "send": list(backends)}],
        **more,
    }


class Sluice(Program):
    """A running gateway; made ready before the constructor returns."""

    was_killed = False

    def __init__(self, folder, config, environment=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.config_file = folder / "sluice.yaml"
        self.write_config(config)
        self.ingest_address = config["listeners"][0]["address"]
        self.ingest_url = f"{_scheme(config['listeners'][0])}://{self.ingest_address}"
        self.admin_url = f"{_scheme(config['admin'])}://{config['admin']['address']}"
        # Allocator and sanitizer reports must reach the log and end the process, or a test could pass over them.
        options = {"ASAN_OPTIONS": "abort_on_error=1:detect_leaks=0", **(environment or {})}
        super().__init__([binary(), "run", "--config", self.config_file], folder, options)
        self.ready(f"{self.admin_url}/-/ready")

    def stop(self):
        """Ends it at once: how it ends when asked is for the tests of that. A crash before is a failure of any test."""
        if self.is_running():
            self.kill()
        elif not self.was_killed:
            assert self.process.returncode >= 0, f"killed by signal {-self.process.returncode}:\n{self.log()[-4000:]}"

    def kill(self):
        """Ends it as a power cut would."""
        self.was_killed = True
        self.process.kill()
        self.process.wait()

    # Configuration

    def write_config(self, config):
        """Replaces the configuration file in one step, so that a reload never sees half of it."""
        text = config if isinstance(config, str) else yaml.dump(config, Dumper=yaml.CSafeDumper, sort_keys=False)
        fresh = self.config_file.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self.config_file)
        self.config = config

    def reload(self):
        return requests.post(f"{self.admin_url}/-/reload", timeout=20)

    def hang_up(self):
        self.signal(signal.SIGHUP)

    # Data in

    def write(self, request, tenant="acme", path="/api/v1/push", headers=None, session=requests, timeout=20):
        """Posts a remote-write request: TimeSeries, a WriteRequest, or the finished body."""
        if isinstance(request, messages.TimeSeries):
            request = messages.WriteRequest(timeseries=[request])
        body = request if isinstance(request, bytes) else messages.encode(request)
        return session.post(
            self.ingest_url + path, data=body, headers=_headers(REMOTE_WRITE_HEADERS, tenant, headers), timeout=timeout
        )

    def export(self, request, tenant="acme", path="/v1/metrics", headers=None, timeout=20):
        """Posts an OTLP request, a message or the finished body."""
        body = request if isinstance(request, bytes) else request.SerializeToString()
        return requests.post(
            self.ingest_url + path, data=body, headers=_headers(OTLP_HEADERS, tenant, headers), timeout=timeout
        )

    def connect(self, timeout=20.0):
        host, port = self.ingest_address.rsplit(":", 1)
        return socket.create_connection((host, int(port)), timeout=timeout)

    def converse(self, data, timeout=20.0):
        """Sends raw bytes and returns all that comes back until the gateway closes or falls silent."""
        answer = b""
        with self.connect(timeout) as connection, contextlib.suppress(ConnectionError, TimeoutError):
            connection.sendall(data)
            connection.settimeout(timeout)
            while chunk := connection.recv(65536):
                answer += chunk
                connection.settimeout(0.5)
        return answer

    # Looking at it

    def metrics(self):
        """What /metrics says: (name, labels as a sorted tuple of pairs) to value."""
        response = requests.get(f"{self.admin_url}/metrics", timeout=20)
        assert response.ok, f"{response.status_code} {response.text}"
        return parse_exposition(response.text)

    def metric(self, name, **labels):
        """The sum of all samples of that name that carry these labels; None if there are none."""
        wanted = set(labels.items())
        found = [v for (n, pairs), v in self.metrics().items() if n == name and wanted <= set(pairs)]
        return sum(found) if found else None

    def peak_memory(self):
        """Bytes of memory that were resident at the most."""
        return self._memory("VmHWM")

    def resident_memory(self):
        """Bytes of memory that are resident now."""
        return self._memory("VmRSS")

    def _memory(self, name):
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024

    def wait_for_log(self, pattern, within=20.0):
        return eventually(
            lambda: re.search(pattern, self.log()), lambda: f"{pattern!r} in the log:\n{self.log()[-4000:]}", within
        )

    def assert_healthy(self):
        assert self.is_running(), self.log()[-4000:]
        assert requests.get(f"{self.admin_url}/-/healthy", timeout=20).ok


def _scheme(address):
    return "https" if address.get("tls") else "http"


def _headers(standard, tenant, more):
    merged = {**standard, **({"X-Scope-OrgID": tenant} if tenant is not None else {}), **(more or {})}
    return {name: value for name, value in merged.items() if value is not None}


_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')


def parse_exposition(text):
    """The samples of a page in Prometheus's text format."""
    samples = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: \d+)?", line)
        assert match, f"not a sample: {line!r}"
        name, labels, value = match.groups()
        samples[name, tuple(sorted(_LABEL.findall(labels or "")))] = float(value)
    return samples
