"""Reload and stop while data flows: nothing that was acknowledged is lost."""

import contextlib
import copy
import re
import signal
import threading

import pytest
import requests
from support import messages
from support.fake_backend import HANG, OK, Answer
from support.sluice import backend, configuration, run_command
from support.wait import eventually


class Load:
    """Clients that post one sample after another, each a series of its own, and remember what was acknowledged."""

    def __init__(self, gateway, clients=4):
        self.acknowledged = [[] for _ in range(clients)]
        self.refused = []
        self._stop = threading.Event()
        self._gateway = gateway
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(clients)]
        for thread in self._threads:
            thread.start()

    def _run(self, number):
        session = requests.Session()
        stamp = 0
        while not self._stop.is_set():
            stamp += 1
            one = messages.series({"__name__": "load", "client": str(number)}, (stamp, float(stamp)))
            try:
                answer = self._gateway.write(one, session=session)
            except requests.RequestException as error:
                self.refused.append(repr(error))
                return
            if answer.status_code == 204:
                self.acknowledged[number].append(stamp)
            else:
                self.refused.append(f"{answer.status_code} {answer.text}")

    @property
    def count(self):
        return sum(map(len, self.acknowledged))

    def wait_for(self, more, within=20.0):
        goal = self.count + more
        eventually(lambda: self.count >= goal or self.refused, f"{more} more acknowledged samples", within)

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def assert_arrived(self, sink):
        """Every acknowledged sample is there, once and in order."""
        wanted = {
            messages.labels_of(messages.series({"__name__": "load", "client": str(n)})): stamps
            for n, stamps in enumerate(self.acknowledged)
            if stamps
        }

        def got():
            return {key: [t for t, _ in held["samples"]] for key, held in sink.series().items()}

        eventually(lambda: sum(map(len, got().values())) >= self.count, lambda: f"{self.count} samples", within=30)
        found = got()
        assert found.keys() == wanted.keys()
        for key, stamps in wanted.items():
            # One request of a client may have been under way, unanswered, when the gateway went.
            assert found[key][: len(stamps)] == stamps
            assert len(found[key]) <= len(stamps) + 1


@pytest.fixture
def load():
    with contextlib.ExitStack() as stack:

        def start(gateway):
            running = Load(gateway)
            stack.callback(running.stop)
            return running

        yield start


@pytest.mark.parametrize("how", ["SIGHUP", "POST /-/reload"])
def test_a_reload_under_load_loses_nothing(sluice, fake_backend, load, how):
    sink, second = fake_backend(), fake_backend()
    backends = {"sink": backend(sink.url), "second": backend(second.url)}
    config = configuration(backends, [{"name": "r", "send": ["sink"]}])
    gateway = sluice(config)
    running = load(gateway)
    for number in range(10):
        running.wait_for(50)
        config = copy.deepcopy(config)
        config["backends"]["sink"]["headers"] = {"X-Generation": str(number)}
        config["routes"][0]["send"] = ["sink", "second"] if number % 2 else ["sink"]
        gateway.write_config(config)
        if how == "SIGHUP":
            gateway.hang_up()
        else:
            assert gateway.reload().ok
        sink.wait_for_header("X-Generation", str(number))
    running.wait_for(50)
    running.stop()
    assert running.refused == []
    running.assert_arrived(sink)
    assert second.sample_count() > 0


def test_a_reload_changes_where_data_goes_from_the_next_request_on(sluice, fake_backend):
    one, two = fake_backend(), fake_backend()
    config = configuration({"one": backend(one.url), "two": backend(two.url)}, [{"name": "r", "send": ["one"]}])
    gateway = sluice(config)
    up = {"__name__": "up"}
    assert gateway.write(messages.series(up, (1, 1.0))).status_code == 204
    gateway.write_config({**config, "routes": [{"name": "r", "send": ["two"]}]})
    assert gateway.reload().ok
    assert gateway.write(messages.series(up, (2, 1.0))).status_code == 204
    one.wait_for_samples(1)
    two.wait_for_samples(1)


@pytest.mark.parametrize("how", ["SIGHUP", "POST /-/reload"])
@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("routes: [", "sluice.yaml"),
        ({"backends": {}}, "backends"),
        ({"routes": [{"name": "r", "send": ["snik"]}]}, 'did you mean "sink"'),
        ({"no_such_key": 1}, "no_such_key"),
    ],
)
def test_a_broken_file_keeps_the_old_configuration_and_says_why(sluice, fake_backend, how, broken, reason):
    sink = fake_backend()
    config = configuration({"sink": backend(sink.url)})
    gateway = sluice(config)
    gateway.write_config(broken if isinstance(broken, str) else {**config, **broken})
    if how == "SIGHUP":
        gateway.hang_up()
        gateway.wait_for_log(reason.replace('"', '\\\\?"'))
    else:
        answer = gateway.reload()
        assert 400 <= answer.status_code < 600
        assert reason.replace('"', "") in answer.text.replace("\\", "").replace('"', "")
    assert gateway.write(messages.series({"__name__": "up"}, (1, 1.0))).status_code == 204
    sink.wait_for_samples(1)
    gateway.write_config(config)
    assert gateway.reload().ok


def test_a_reload_names_the_keys_that_wait_for_a_restart(sluice, fake_backend):
    config = configuration({"sink": backend(fake_backend().url)})
    gateway = sluice(config)
    changed = copy.deepcopy(config)
    changed |= {"workers": 7, "log": {**config.get("log", {}), "format": "json"}}
    changed["listeners"][0]["idle_timeout"] = "1m"
    gateway.write_config(changed)
    keys = ["log.format", "workers", "listeners[0].idle_timeout"]
    told = f"The configuration is in force. It takes a restart for {', '.join(keys)}."
    assert gateway.reload().text.strip() == told
    assert requests.get(f"{gateway.admin_url}/admin/v1/status", timeout=20).json()["pending_restart"] == keys
    gateway.hang_up()
    gateway.wait_for_log(r'msg="it takes a restart" keys="log.format, workers, listeners\[0\].idle_timeout"')
    assert "it takes a restart for log.format" in run_command("status", "--server", gateway.admin_url).stdout
    gateway.write_config(config)
    assert gateway.reload().text.strip() == "The configuration is in force."


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_delivers_what_was_acknowledged_and_ends_with_0(sluice, fake_backend, number):
    sink = fake_backend()
    sink.script(*[Answer(204, wait=0.3)] * 2)
    gateway = sluice(configuration({"sink": backend(sink.url, batch={"timeout": "5s"})}))
    for stamp in range(1, 101):
        assert gateway.write(messages.series({"__name__": "up"}, (stamp, 1.0))).status_code == 204
    gateway.signal(number)
    assert gateway.exit_code() == 0
    sink.wait_for_samples(100, within=1)


def test_a_stop_under_load_keeps_every_acknowledged_sample(sluice, fake_backend, load):
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    running = load(gateway)
    running.wait_for(200)
    assert gateway.terminate() == 0
    running.stop()
    running.assert_arrived(sink)


def test_a_stop_waits_for_a_failing_backend_no_longer_than_it_was_told(sluice, fake_backend):
    gateway = sluice(configuration({"sink": backend(fake_backend(HANG).url)}, shutdown_timeout="1s"))
    assert gateway.write(messages.series({"__name__": "up"}, (1, 1.0))).status_code == 204
    gateway.terminate(within=10)
    # What had to be given up is said.
    assert re.search(r"level=(notice|warning|error)[^\n]*sink", gateway.log())


def test_a_stopping_gateway_says_so_before_it_ends(sluice, fake_backend):
    """Ready turns false, so that a load balancer looks elsewhere while the rest is delivered."""
    sink = fake_backend(Answer(204, wait=2.0))
    gateway = sluice(configuration({"sink": backend(sink.url, timeout="10s")}))
    assert gateway.write(messages.series({"__name__": "up"}, (1, 1.0))).status_code == 204
    gateway.signal(signal.SIGTERM)

    def not_ready():
        try:
            return requests.get(f"{gateway.admin_url}/-/ready", timeout=5).status_code == 503
        except requests.RequestException:
            return not gateway.is_running()

    eventually(not_ready, "not ready")
    assert gateway.exit_code() == 0


def test_a_second_gateway_on_the_same_address_says_so_and_ends(sluice, fake_backend, folder):
    sink = fake_backend(OK)
    gateway = sluice(configuration({"sink": backend(sink.url)}))
    second = run_command("run", "--config", gateway.config_file)
    assert second.returncode != 0
    assert gateway.ingest_address in second.stdout + second.stderr
    gateway.assert_healthy()
