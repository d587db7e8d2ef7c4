#!/usr/bin/env python3
"""Sluice beside vmagent: the same bodies, the same load, the same sinks, in turn on the same machine.

docs/benchmarks.md says what is measured and how to read it.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import signal
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import bodies
import experiments
from programs import RESULTS, Nginx, ReadingSink, Sluice, Vmagent, wait_until

HERE = Path(__file__).resolve().parent
CONNECTIONS = 8
WARM_UP = 2

RELABEL = [
    {"source_labels": ["env"], "regex": "prod-(.*)", "target_label": "tenant", "replacement": "$1"},
    {"action": "drop", "source_labels": ["__name__"], "regex": "debug_.*"},
    {"action": "labeldrop", "regex": "container"},
]


@dataclass
class Case:
    about: str
    relabel: list = field(default_factory=list)
    split: bool = False
    # What is sent to Sluice, and to vmagent: what it does not know it takes as the same series in remote-write 1.0.
    # None: it could not take them in any form.
    bodies: str = "remote_write"
    others: str | None = "remote_write"
    # In which remote-write Sluice speaks to the backend.
    version: str = "1.0"
    foreign_routes: int = 0
    # Of each of this many tenants, and how many routes each has.
    tenants: int = 0
    routes_each: int = 0
    # The tenant is made of a label.
    by_owner: bool = False
    ack: str = "stored"
    durability: str = "os"
    # Whether the spool lies on a disk, and not in memory beside vmagent's queue.
    on_disk: bool = False
    # The series name their tenants themselves, by the same label.
    by_label: bool = False
    # What it measures is no closed loop: the name of one of `experiments.py`.
    experiment: str | None = None
    # Goes to two backends that get the same, of which the second may be broken.
    mirrored: bool = False
    backend: dict = field(default_factory=dict)
    tls: bool = False
    jwt: bool = False
    limits: dict = field(default_factory=dict)

    @property
    def is_sluices_alone(self):
        """vmagent knows no tenants, and some bodies in no form; what identity costs is held against `passthrough`."""
        alone = self.by_owner or self.by_label or self.tls or self.jwt or bool(self.limits) or bool(self.experiment)
        return alone or self.tenants > 0 or self.others is None or self.on_disk

    @property
    def least_sent(self):
        """Of the expected bytes. Blocks that merge several bodies are smaller: a few percent where they are merged as
        they are, more where small ones are compressed together."""
        return 0.5 if self.by_owner or self.by_label or self.bodies == "small" else 0.9

    def kind(self, gateway):
        knows = gateway is Sluice or self.bodies == "otlp" and gateway.speaks_otlp()
        return self.bodies if knows else self.others


CASES = {
    "passthrough": Case("remote-write in, unchanged to one backend"),
    "relabel": Case("three rules: a label from another, a drop by name, a label removed", relabel=RELABEL),
    "split": Case("over two backends, by a label", split=True),
    "otlp": Case("OTLP in, remote-write out", bodies="otlp", others="translated"),
    "otlp-json": Case("the same as JSON", bodies="otlp_json", others="translated"),
    "exponential": Case("OTLP exponential histograms in, remote-write out", bodies="exponential", others=None),
    "remote-write-2-in": Case("remote-write 2.0 in, 1.0 out", bodies="remote_write_2"),
    "remote-write-2-out": Case("remote-write 1.0 in, 2.0 out", version="2.0"),
    "owners": Case("split over 100 tenants, by a label that is then removed", bodies="owned", by_owner=True),
    "received": Case("passthrough, acknowledged before it is on disk", ack="received", on_disk=True),
    "stored-os": Case("passthrough, acknowledged when the system has it", on_disk=True),
    "stored-fsync": Case("passthrough, acknowledged when the disk has it", durability="fsync", on_disk=True),
    "half-load": Case(
        "stored-fsync at half of what it can take: when requests are acknowledged, beside the disk's own sync",
        durability="fsync",
        on_disk=True,
        experiment="half_load",
    ),
    "drain": Case(
        "a backlog drains while as much comes in as before",
        on_disk=True,
        experiment="drain",
        backend={"retry_on_failure": {"initial_interval": "100ms", "max_interval": "500ms"}},
    ),
    "one-broken": Case(
        "two backends that get the same, and one of them breaks",
        mirrored=True,
        on_disk=True,
        experiment="one_broken",
        # All that comes is held for the one that is broken.
        backend={"sending_queue": {"queue_size": "16GiB"}},
    ),
    "small": Case("passthrough of requests with 10 series each", bodies="small", others="small"),
    "one-route": Case("one tenant with one route that looks at every series", tenants=1, routes_each=1),
    "tenant-routes": Case(
        "the same, the last of ten routes of its tenant, beside 9,999 tenants with ten each",
        tenants=10_000,
        routes_each=10,
    ),
    "foreign-routes": Case("passthrough beside 10,000 routes of other tenants", foreign_routes=10_000),
    "tls": Case("passthrough over TLS", tls=True),
    "jwt": Case("passthrough, with a JSON Web Token on every request", jwt=True),
    "tenant-label": Case("split over 100 tenants by a label of each series", bodies="owned", by_label=True),
    "limits": Case(
        "passthrough under limits on the rate, on labels and on active series",
        limits={"samples_per_second": 10**9, "max_label_names_per_series": 40, "max_active_series": 10**6},
    ),
}
GATEWAYS = {"sluice": Sluice, "vmagent": Vmagent}
PROTOBUF = "application/x-protobuf"
# Content type, encoding and version of each kind of body; the version of OTLP is none.
HEADERS = {
    "remote_write": (PROTOBUF, "snappy", "0.1.0"),
    "owned": (PROTOBUF, "snappy", "0.1.0"),
    "small": (PROTOBUF, "snappy", "0.1.0"),
    "translated": (PROTOBUF, "snappy", "0.1.0"),
    "remote_write_2": (PROTOBUF + ";proto=io.prometheus.write.v2.Request", "snappy", "2.0.0"),
    "otlp": (PROTOBUF, "identity", ""),
    "otlp_json": ("application/json", "identity", ""),
    "exponential": (PROTOBUF, "identity", ""),
}


def path_of(gateway, kind):
    return gateway.path if HEADERS[kind][2] else gateway.otlp_path


def expected(case, made, gateway):
    """How many series each backend must have got once every body was sent once."""
    total = sum(b.series for b in made)
    if gateway is Vmagent and case.kind(gateway) == "otlp":
        total -= len(made)  # It makes no target_info.
    if case.split:
        first = sum(b.first_region_series for b in made)
        return [first, total - first]
    return [total - sum(b.debug_series for b in made) if case.relabel else total]


def post(gateway, kind, body):
    content_type, encoding, version = HEADERS[kind]
    headers = {"Content-Type": content_type, "X-Scope-OrgID": "bench", "Content-Encoding": encoding}
    if version:
        headers["X-Prometheus-Remote-Write-Version"] = version
    if gateway.token:
        headers["Authorization"] = f"Bearer {gateway.token}"
    url = f"{gateway.scheme}://{gateway.address}{path_of(gateway, kind)}"
    request = urllib.request.Request(url, data=body.data, headers=headers)
    with urllib.request.urlopen(request, timeout=30, context=ssl._create_unverified_context()):
        pass


def check(make_gateway, case, made, folder):
    """Sends every body once and looks at what comes out; returns the bytes sent on for each body that came in."""
    with contextlib.ExitStack() as stack:
        sinks = [stack.enter_context(ReadingSink()) for _ in range(2 if case.split else 1)]
        gateway = stack.enter_context(make_gateway(folder, case, [s.address for s in sinks]))
        for body in made:
            post(gateway, case.kind(make_gateway), body)
        wanted = expected(case, made, make_gateway)
        wait_until(
            lambda: [len(s.series()) for s in sinks] >= wanted,
            f"{make_gateway.name}: {wanted} samples at the backends; there are {[len(s.series()) for s in sinks]}",
            within=30,
        )
        for number, sink in enumerate(sinks):
            series = sink.series()
            problem = wrong(case, series, number)
            if len(series) != wanted[number] or problem:
                raise RuntimeError(f"{make_gateway.name}: {len(series)} of {wanted[number]} samples; {problem}")
        return sum(len(body) for sink in sinks for body in sink.bodies) / len(made)


def wrong(case, series, number):
    """What is not as the case wants it, if anything."""
    if case.by_owner and any("owner" in labels for labels in series):
        return "the label of the owner is still there"
    if case.split and any(labels["region"] != bodies.REGIONS[number] for labels in series):
        return "a series of the other backend"
    if case.relabel:
        for labels in series:
            if labels["__name__"].startswith("debug_") or "container" in labels:
                return f"not relabelled: {labels}"
            if labels["env"] != "prod-" + labels.get("tenant", ""):
                return f"wrong tenant: {labels}"
    return None


def load(gateway, kind, folder, seconds, pause_ms=0.0):
    """Closed-loop load by wrk, each connection with a pause before its next request: what it counted."""
    command = ["wrk", "--threads", "2", "--connections", CONNECTIONS, "--duration", f"{seconds}s", "--timeout", "20s"]
    command += ["--script", HERE / "wrk.lua", f"{gateway.scheme}://{gateway.address}", "--"]
    command += [folder, bodies.BODIES, path_of(gateway, kind), *HEADERS[kind], gateway.token or "", pause_ms]
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            return json.loads(line.removeprefix("RESULT "))
    raise RuntimeError(f"wrk failed: {done.stdout}{done.stderr}")


def measure(make_gateway, case, made, body_folder, folder, seconds, bytes_per_body):
    """One round: start, warm up, load, wait until all is sent on, and count."""
    kind = case.kind(make_gateway)
    with contextlib.ExitStack() as stack:
        nginx = stack.enter_context(Nginx(folder / "nginx", 2 if case.split else 1, case.version))
        gateway = stack.enter_context(make_gateway(folder / "gateway", case, nginx.addresses))
        load(gateway, kind, body_folder, WARM_UP)
        nginx.settled()
        _, bytes_before = nginx.counts()
        exact = make_gateway is Sluice and not case.relabel
        delivered_before = gateway.delivered() if exact else 0
        cpu_before, dropped_before = gateway.cpu_seconds(), gateway.dropped()
        counted = load(gateway, kind, body_folder, seconds)
        ended = time.monotonic()
        # The sinks write their log, and vmagent its last blocks, up to a second and a half late.
        drain = max(0.0, nginx.settled() - ended - 1.5)
        sink_requests, bytes_after = nginx.counts()
        cpu = gateway.cpu_seconds() - cpu_before
        accepted = counted["requests"] - counted["refused"]
        wall = counted["microseconds"] / 1e6 + drain
        per_body, points = made[0].series, made[0].points
        return {
            "requests_per_second": accepted / wall,
            "samples_per_second": accepted * per_body / wall,
            "cpu_seconds": cpu,
            "cpu_ms_per_request": cpu * 1000 / max(1, accepted),
            "samples_per_cpu_second": accepted * per_body / cpu,
            "points_per_cpu_second": accepted * points / cpu,
            "peak_rss_mib": gateway.peak_bytes() / 2**20,
            "p50_ms": counted["p50"] / 1000,
            "p99_ms": counted["p99"] / 1000,
            "accepted": accepted,
            "refused": counted["refused"],
            "broken": counted["broken"],
            "undelivered": max(0, accepted * per_body - (gateway.delivered() - delivered_before)) if exact else 0,
            "dropped": gateway.dropped() - dropped_before,
            "drain_seconds": drain,
            "sink_requests": sink_requests,
            "sent_of_expected": (bytes_after - bytes_before) / max(1, accepted * bytes_per_body),
        }


def faults(case, result):
    """Why a round does not count, if it does not."""
    found = [f"{result[k]:g} {k}" for k in ("refused", "broken", "dropped", "undelivered") if result[k]]
    if not case.least_sent < result["sent_of_expected"] < 1.15:
        found.append(f"{result['sent_of_expected']:.1%} of the expected bytes reached the backends")
    return found


def medians(rounds):
    return {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}


def run_experiment(name, options, work, say):
    """The figures of an experiment, and what was not as it should be."""
    case = CASES[name]
    made = bodies.make(case.bodies)
    folder = work / case.bodies
    folder.mkdir(exist_ok=True)
    for number, body in enumerate(made):
        (folder / str(number)).write_bytes(body.data)

    def offer(gateway, seconds, pause_ms=0.0):
        return load(gateway, case.bodies, folder, seconds, pause_ms)

    figures, bad = getattr(experiments, case.experiment)(case, offer, made[0].series, work / name, options.seconds, say)
    return figures, [f"{name}: {fault}" for fault in bad]


def run_case(name, gateways, options, work, say):
    """Rounds in turn, A B A B; returns each gateway's medians and what was wrong."""
    case = CASES[name]
    gateways = {label: g for label, g in gateways.items() if g is Sluice or not case.is_sluices_alone}
    kinds = {case.kind(g) for g in gateways.values()}
    made = {kind: bodies.make(kind) for kind in kinds}
    for kind in kinds:
        (work / kind).mkdir(exist_ok=True)
        for number, body in enumerate(made[kind]):
            (work / kind / str(number)).write_bytes(body.data)
    sent = {}
    for label, gateway in gateways.items():
        sent[label] = check(gateway, case, made[case.kind(gateway)], work / f"{name}-{label}-check")
    rounds, bad = {label: [] for label in gateways}, []
    for number in range(options.rounds):
        for label, gateway in gateways.items():
            kind = case.kind(gateway)
            folder = work / f"{name}-{label}-{number}"
            result = measure(gateway, case, made[kind], work / kind, folder, options.seconds, sent[label])
            rounds[label].append(result)
            bad += [f"{name}, {label}, round {number + 1}: {fault}" for fault in faults(case, result)]
            say(
                f"{name}: {label} {number + 1}/{options.rounds}: {result['requests_per_second']:.0f} requests/s, "
                f"{result['cpu_ms_per_request']:.2f} ms CPU a request"
            )
    return {label: medians(r) | {"rounds": r} for label, r in rounds.items()}, bad


COLUMNS = [
    ("requests/s", "requests_per_second", "{:,.0f}"),
    ("samples/s", "samples_per_second", "{:,.0f}"),
    ("CPU s", "cpu_seconds", "{:.2f}"),
    ("samples/CPU s", "samples_per_cpu_second", "{:,.0f}"),
    ("points/CPU s", "points_per_cpu_second", "{:,.0f}"),
    ("peak RSS MiB", "peak_rss_mib", "{:.0f}"),
    ("p50 ms", "p50_ms", "{:.2f}"),
    ("p99 ms", "p99_ms", "{:.2f}"),
    ("sent", "sent_of_expected", "{:.0%}"),
]


def table(results):
    """Rows of text: a line a gateway, and under both the ratio of Sluice to vmagent."""
    rows = [["case", "gateway", *(title for title, _, _ in COLUMNS)]]
    for name, gateways in results.items():
        for label, result in gateways.items():
            rows.append([name, label, *(form.format(result[key]) for _, key, form in COLUMNS)])
        if len(gateways) == 2:  # not in cases of Sluice alone
            one, other = gateways["sluice"], gateways["vmagent"]
            ratios = [f"{one[key] / other[key]:.2f}x" if other[key] else "-" for _, key, _ in COLUMNS[:-1]]
            ratios[2] = "-"  # CPU seconds of different amounts of work
            rows.append([name, "ratio", *ratios, ""])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        left = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
        lines.append("  ".join(left + [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]))
    return "\n".join(lines)


def version_of(*command):
    try:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=20)
        return (done.stdout + done.stderr).strip().splitlines()[0]
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return "unknown"


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default=",".join(CASES), help="comma-separated: " + ", ".join(CASES))
    parser.add_argument("--seconds", type=int, default=10, help="of load in each round (default 10)")
    parser.add_argument("--rounds", type=int, default=3, help="of each gateway, in turn; medians count (default 3)")
    parser.add_argument("--only", choices=list(GATEWAYS), help="measure one of the two")
    options = parser.parse_args()
    options.cases = options.cases.split(",")
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)} (there are: {', '.join(CASES)})")
    if options.seconds < 1 or options.rounds < 1:
        parser.error("--seconds and --rounds start at 1")
    return options


def work_folder():
    """In memory where there is such a place, so that no disk holds up vmagent's queue."""
    shared = Path("/dev/shm")
    return tempfile.TemporaryDirectory(prefix="sluice-bench-", dir=shared if os.access(shared, os.W_OK) else None)


def main():
    options = arguments()
    # Asked to end, it ends what it has started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    gateways = {label: g for label, g in GATEWAYS.items() if options.only in (None, label)}
    say = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
    results, found, bad = {}, {}, []
    with work_folder() as work:
        for name in options.cases:
            say(f"{name}: {CASES[name].about}")
            if CASES[name].experiment:
                figures, more = run_experiment(name, options, Path(work), say)
                found[name] = figures
                bad += more
                continue
            results[name], more = run_case(name, gateways, options, Path(work), say)
            bad += more
    if results:
        print(table(results))
    for name, figures in found.items():
        print(f"{name}: " + ", ".join(f"{key} {value:,.6g}" for key, value in figures.items()))
    if "vmagent" in gateways and any(CASES[name].kind(Vmagent) != CASES[name].bodies for name in results):
        print("vmagent took what it does not know, OTLP and remote-write 2.0, as the same series in remote-write 1.0.")
    for line in bad:
        print(f"NOT VALID: {line}")
    report = {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": {"processor": processor(), "cores": os.cpu_count(), "kernel": platform.release()},
        "versions": {"vmagent": version_of(Vmagent.binary, "--version")},
        "load": {"connections": CONNECTIONS, "seconds": options.seconds, "rounds": options.rounds},
        "cases": results,
        "experiments": found,
        "faults": bad,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(report, indent=2) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
