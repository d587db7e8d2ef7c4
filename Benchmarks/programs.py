"""The programs of the benchmark: the gateways under load and the sinks behind them."""

import functools
import getpass
import http.server
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import bodies
import identity

RESULTS = Path(__file__).resolve().parents[1] / "bench-results"
TICKS = os.sysconf("SC_CLK_TCK")


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def wait_until(condition, what, within=60.0):
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {within:g} s: {what}")
        time.sleep(0.05)


def get(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read().decode()


class Program:
    """A started program; a context manager that ends it."""

    scheme = "http"
    token = None

    def __init__(self, arguments, folder, health):
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(a) for a in arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            wait_until(lambda: self._answers(health), f"{arguments[0]} is ready")
        except BaseException:
            self.stop()
            raise

    def _answers(self, url):
        if self.process.poll() is not None:
            raise RuntimeError(f"ended with {self.process.returncode}:\n{self.log.read_text(errors='replace')[-3000:]}")
        try:
            get(url)
            return True
        except (urllib.error.URLError, OSError):
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self):
        """User and system time of all threads so far."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / TICKS

    def peak_bytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


class Vmagent(Program):
    name = "vmagent"
    binary = os.environ.get("VMAGENT_BINARY", "vmagent")
    path = "/api/v1/write"
    otlp_path = "/opentelemetry/v1/metrics"

    def __init__(self, folder, case, sinks):
        self.address = free_address()
        folder.mkdir(parents=True, exist_ok=True)
        arguments = [
            self.binary,
            f"-httpListenAddr={self.address}",
            f"-remoteWrite.tmpDataPath={folder / 'queue'}",
            "-loggerLevel=WARN",
        ]
        for number, sink in enumerate(sinks):
            arguments.append(f"-remoteWrite.url=http://{sink}/api/v1/write")
            if case.split:
                rule = {"action": "keep", "source_labels": ["region"], "regex": bodies.REGIONS[number]}
                arguments.append(f"-remoteWrite.urlRelabelConfig={self._rules(folder, f'url-{number}', [rule])}")
        if case.relabel:
            arguments.append(f"-remoteWrite.relabelConfig={self._rules(folder, 'all', case.relabel)}")
        if self.speaks_otlp():
            # As much as Sluice makes of it: the same protocol, names, and number of labels.
            arguments += ["-remoteWrite.forcePromProto=true"] * len(sinks)
            arguments += [
                "-opentelemetry.usePrometheusNaming",
                "-opentelemetry.promoteScopeMetadata=false",
                "-opentelemetry.promoteAllResourceAttributes=false",
                "-opentelemetry.promoteResourceAttributes=service.name,service.instance.id",
            ]
        super().__init__(arguments, folder, f"http://{self.address}/health")

    @classmethod
    @functools.cache
    def speaks_otlp(cls):
        """Debian 12 has 1.79.5, which does not; 1.92 was the first."""
        done = subprocess.run([cls.binary, "-help"], capture_output=True, text=True)
        return "-opentelemetry.usePrometheusNaming" in done.stdout + done.stderr

    def _rules(self, folder, name, rules):
        file = folder / f"{name}.yml"
        file.write_text(json.dumps(rules))  # JSON is YAML
        return file

    def dropped(self):
        """What it says it has lost, by its own counters: blocks and packets."""
        names = r"vmagent_remotewrite_packets_dropped_total|vm_persistentqueue_blocks_dropped_total"
        page = get(f"http://{self.address}/metrics")
        return sum(float(v) for v in re.findall(rf"^(?:{names})(?:\{{[^}}]*\}})? (\S+)$", page, re.MULTILINE))


class Sluice(Program):
    name = "sluice"
    path = "/api/v1/push"
    otlp_path = "/v1/metrics"

    def __init__(self, folder, case, sinks):
        self.address, self.admin = free_address(), free_address()
        folder.mkdir(parents=True, exist_ok=True)
        # Removed with the program, as it may lie outside of the benchmark's folder.
        place = RESULTS if case.on_disk else folder
        place.mkdir(exist_ok=True)
        self._data = tempfile.TemporaryDirectory(prefix="data-", dir=place)
        file = folder / "sluice.yaml"
        config = self._configuration(case, sinks)
        if case.tls:
            self.scheme = "https"
            config["listeners"][0]["tls"] = identity.certificate(folder)
        if case.jwt:
            self.token, keys = identity.token(folder, tenant="bench")
            config["tenancy"] = {"sources": ["bearer"], "jwt": {"jwks_file": keys, "audience": "bench"}}
        if case.by_label:
            config["tenancy"] = {"sources": ["label"], "label": {"name": "owner"}}
        if case.limits:
            config["limits"] = case.limits
        file.write_text(json.dumps(config))  # JSON is YAML
        binary = os.environ.get("SLUICE_BINARY", Path(__file__).resolve().parents[1] / ".build/release/sluice")
        super().__init__([binary, "run", "--config", file], folder, f"http://{self.admin}/-/ready")

    @staticmethod
    def _routes_of(tenant, count):
        """Routes of which the last takes every series, after all of them have been asked."""
        match = {"tenant": "bench" if tenant == 0 else f"tenant-{tenant}"}
        for number in range(count - 1):
            series = f'{{team="none-{tenant}-{number}"}}'
            yield {"name": f"r{tenant}-{number}", "match": {**match, "series": series}, "send": ["sink0"]}
        yield {"name": f"r{tenant}", "match": {**match, "series": '{region!=""}'}, "send": ["sink0"]}

    def _configuration(self, case, sinks):
        backends = {
            f"sink{number}": {
                "type": "remote_write",
                "endpoint": f"http://{sink}/api/v1/write",
                "protocol_version": case.version,
            }
            | case.backend
            for number, sink in enumerate(sinks)
        }
        foreign = [
            {
                "name": f"foreign-{number}",
                "match": {"tenant": [f"tenant-{number}"], "series": f'{{env="prod-{number}"}}'},
                "rewrite": {"relabel_configs": [{"target_label": "seen", "replacement": "yes"}]},
                "send": ["sink0"],
            }
            for number in range(case.foreign_routes)
        ]
        if case.split:
            own = [
                {"name": f"split-{number}", "match": {"series": f'{{region="{region}"}}'}, "send": [f"sink{number}"]}
                for number, region in enumerate(bodies.REGIONS)
            ]
        elif case.tenants:
            own = [route for tenant in range(case.tenants) for route in self._routes_of(tenant, case.routes_each)]
        elif case.by_owner:
            rewrite = {
                "tenant": "{label.owner:-nobody}",
                "relabel_configs": [{"action": "labeldrop", "regex": "owner"}],
            }
            own = [{"name": "owners", "rewrite": rewrite, "send": ["sink0"]}]
        else:
            own = [{"name": "all", "send": list(backends) if case.mirrored else ["sink0"], "ack": case.ack}]
            if case.relabel:
                own[0]["rewrite"] = {"relabel_configs": case.relabel}
        return {
            "listeners": [{"address": self.address}],
            "admin": {"address": self.admin},
            "log": {"level": "warning"},
            "data_dir": str(self._data.name),
            "durability": case.durability,
            "backends": backends,
            "routes": foreign + own,
        }

    def stop(self):
        super().stop()
        self._data.cleanup()

    def dropped(self):
        """What it says it has lost or refused to take, by its own counters; not what a rule drops on purpose."""
        names = r"sluice_backend_(?:dropped|refused|returned)_samples_total|sluice_refused_total"
        names += r"|sluice_requests_turned_away_total"
        return self._sum(names)

    def delivered(self, backend=""):
        """Samples that its backends have, or one of them."""
        return self._sum("sluice_backend_delivered_samples_total", backend)

    def queued(self, backend=""):
        return self._sum("sluice_backend_queue_samples", backend)

    def _sum(self, names, backend=""):
        label = f'backend="{backend}"' if backend else ""
        page = get(f"http://{self.admin}/metrics")
        return sum(
            float(v) for v in re.findall(rf"^(?:{names})(?:\{{[^}}]*{label}[^}}]*\}})? (\S+)$", page, re.MULTILINE)
        )


class Nginx(Program):
    """Backends that read each request to its end, answer 204, and note its length: one for each address."""

    def __init__(self, folder, count, version="1.0", addresses=None, status=204):
        """`addresses`: where to listen, for one that comes back; `status`: what every request gets."""
        self.addresses = addresses or [free_address() for _ in range(count)]
        answer = status
        self.access = folder / "requests"
        status = free_address()
        folder.mkdir(parents=True, exist_ok=True)
        temporary = "\n".join(
            f"  {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # A receiver of 2.0 says how much it has written; one that says more than it was sent has it all.
        written = "" if version == "1.0" else "add_header X-Prometheus-Remote-Write-Samples-Written 1000000000;"
        servers = "\n".join(
            f"""  server {{
    listen {address} backlog=1024;
    access_log {self.access} length buffer=256k flush=500ms;
    {written}
    location / {{ echo_read_request_body; echo_status {answer}; echo -n; }}
  }}"""
            for address in self.addresses
        )
        file = folder / "nginx.conf"
        file.write_text(f"""
load_module {self._modules()}/ngx_http_echo_module.so;
daemon off;
user {getpass.getuser()};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/errors warn;
events {{ worker_connections 1024; }}
http {{
  log_format length '$server_port $status $content_length';
  client_max_body_size 0;
  client_body_buffer_size 8m;
  keepalive_requests 1000000000;
{temporary}
{servers}
  server {{ listen {status}; access_log off; location / {{ return 204; }} }}
}}
""")
        super().__init__(["nginx", "-e", folder / "errors", "-c", file], folder, f"http://{status}/")

    @staticmethod
    def _modules():
        text = subprocess.run(["nginx", "-V"], capture_output=True, text=True, check=True).stderr
        return re.search(r"--modules-path=(\S+)", text)[1]

    def counts(self):
        """Requests and bytes of bodies that were taken so far."""
        requests = size = 0
        for line in self.access.read_text().splitlines():
            _, status, length = line.split()
            if status != "204":
                raise RuntimeError(f"the sink answered {status}")
            requests += 1
            size += int(length)
        return requests, size

    def settled(self, quiet=2.0, within=120.0):
        """Waits until nothing has come for `quiet` seconds, and returns the time at which the last request came."""
        last, since = -1, time.monotonic()
        deadline = since + within
        while time.monotonic() - since < quiet:
            now = self.access.stat().st_size
            if now != last:
                last, since = now, time.monotonic()
            if time.monotonic() > deadline:
                raise RuntimeError(f"still sending after {within:g} s")
            time.sleep(0.1)
        return since


class ReadingSink:
    """A backend that keeps every body, to look at what a gateway really sends."""

    def __init__(self):
        self.bodies = []
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sink.bodies.append(body)
                self.send_response(204)
                if "v2" in self.headers["Content-Type"]:
                    count = sum(1 for _ in bodies.series_in(body))
                    self.send_header("X-Prometheus-Remote-Write-Samples-Written", str(count))
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def series(self):
        return [labels for body in list(self.bodies) for labels in bodies.series_in(body)]
