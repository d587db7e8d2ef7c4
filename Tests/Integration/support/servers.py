"""The real programs around a gateway, each on ports of its own, and what they say they have stored."""

import functools
import getpass
import json
import re
import subprocess
import time

import requests
import yaml

from support.ports import free_address
from support.program import Program


def _json(url, **parameters):
    response = requests.get(url, params=parameters, timeout=20)
    assert response.ok, f"{url}: {response.status_code} {response.text}"
    return response.json()


def _key(labels):
    return tuple(sorted(labels.items()))


@functools.cache
def remote_write_versions():
    """Which versions the installed Prometheus sends and takes. Debian 12 has 2.42; since 3.0 there are two."""
    told = subprocess.run(["prometheus", "--version"], capture_output=True, text=True, check=True)
    major = int(re.search(r"version (\d+)", told.stdout + told.stderr)[1])
    return ["1.0", "2.0"] if major >= 3 else ["1.0"]


class Prometheus(Program):
    """Prometheus: a remote-write receiver, a sender, or both, by its configuration."""

    def __init__(self, folder, configuration=None, address=None, features=()):
        self.address = address or free_address()
        self.url = f"http://{self.address}"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(configuration or {"global": {}}))
        super().__init__(
            [
                "prometheus",
                f"--config.file={file}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={self.address}",
                "--web.enable-remote-write-receiver",
                "--log.level=warn",
                *(f"--enable-feature={feature}" for feature in features),
            ],
            folder,
        )
        self.ready(f"{self.url}/-/ready")
        self.write_url = f"{self.url}/api/v1/write"

    def samples(self, selector, window="1h"):
        """Series to its stored samples, (timestamp in ms, value), by labels as a sorted tuple of pairs."""
        answer = _json(f"{self.url}/api/v1/query", query=f"{selector}[{window}]", time=f"{time.time() + 60:.3f}")
        return {
            _key(one["metric"]): [(round(t * 1000), float(v)) for t, v in one["values"]]
            for one in answer["data"]["result"]
            if "values" in one
        }

    def histograms(self, selector):
        """Series to its newest native histogram: count, sum and buckets as (above, up to, count)."""
        answer = _json(f"{self.url}/api/v1/query", query=selector)
        return {
            _key(one["metric"]): (
                float(one["histogram"][1]["count"]),
                float(one["histogram"][1]["sum"]),
                [tuple(map(float, bucket[1:])) for bucket in one["histogram"][1].get("buckets", [])],
            )
            for one in answer["data"]["result"]
            if "histogram" in one
        }

    def exemplars(self, selector):
        """Series to its exemplars: labels as a dict, value and timestamp in ms."""
        now = time.time()
        answer = _json(f"{self.url}/api/v1/query_exemplars", query=selector, start=now - 3600, end=now + 60)
        return {
            _key(one["seriesLabels"]): [
                (found["labels"], float(found["value"]), round(found["timestamp"] * 1000)) for found in one["exemplars"]
            ]
            for one in answer["data"]
        }

    def names(self):
        return set(_json(f"{self.url}/api/v1/label/__name__/values")["data"])


class VictoriaMetrics(Program):
    def __init__(self, folder):
        self.address = free_address()
        self.url = f"http://{self.address}"
        super().__init__(
            [
                "victoria-metrics",
                f"-storageDataPath={folder / 'data'}",
                f"-httpListenAddr={self.address}",
                "-loggerLevel=WARN",
                "-memory.allowedBytes=256MB",
            ],
            folder,
        )
        self.ready(f"{self.url}/health")
        self.write_url = f"{self.url}/api/v1/write"

    def samples(self, selector):
        """As Prometheus's; what was written becomes visible about a second later, so ask again until it is there."""
        requests.get(f"{self.url}/internal/force_flush", timeout=20)
        response = requests.get(f"{self.url}/api/v1/export", params={"match[]": selector}, timeout=20)
        assert response.ok, response.text
        found = {}
        for line in response.text.splitlines():
            one = json.loads(line)
            found[_key(one["metric"])] = list(zip(one["timestamps"], map(float, one["values"]), strict=True))
        return found


class InfluxDB(Program):
    """InfluxDB 1.x with one database, written to through its Prometheus endpoint."""

    database = "metrics"

    def __init__(self, folder):
        self.address = free_address()
        self.url = f"http://{self.address}"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "influxdb.conf"
        file.write_text(
            f"""
reporting-disabled = true
bind-address = "{free_address()}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "{self.address}"
  log-enabled = false
"""
        )
        super().__init__(["influxd", "-config", file], folder)
        self.ready(f"{self.url}/ping")
        made = requests.post(f"{self.url}/query", data={"q": f"CREATE DATABASE {self.database}"}, timeout=20)
        assert made.ok, made.text
        self.write_url = f"{self.url}/api/v1/prom/write?db={self.database}"

    def samples(self, measurement):
        """Series to its stored samples, (timestamp in ms, value); tags that a series lacks are left out."""
        answer = _json(
            f"{self.url}/query", db=self.database, epoch="ms", q=f'SELECT "value" FROM "{measurement}" GROUP BY *'
        )
        result = answer["results"][0]
        assert "error" not in result, result
        return {
            _key({k: v for k, v in one["tags"].items() if v}): [(t, float(v)) for t, v in one["values"]]
            for one in result.get("series", [])
        }


class Nginx(Program):
    """nginx with the given `server` block content; `{address}` is where it listens."""

    def __init__(self, folder, server="location / { return 204; }", http=""):
        self.address = free_address()
        self.url = f"http://{self.address}"
        folder.mkdir(parents=True, exist_ok=True)
        paths = "\n".join(
            f"  {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        file = folder / "nginx.conf"
        file.write_text(
            f"""
daemon off;
user {getpass.getuser()};
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_max_body_size 0;
{paths}
{http}
  server {{
    listen {self.address};
    location = /status {{ stub_status; }}
{server}
  }}
}}
"""
        )
        super().__init__(["nginx", "-e", "stderr", "-p", folder, "-c", file], folder)
        self.ready(f"{self.url}/status")

    def request_count(self):
        """How many requests nginx has answered, without those of this question itself."""
        text = requests.get(f"{self.url}/status", timeout=5).text
        return int(re.search(r"^ \d+ \d+ (\d+)", text, re.MULTILINE)[1])
