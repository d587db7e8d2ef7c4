"""Nothing that was acknowledged is lost, however the gateway ends and whatever its disk does.

Each test has a short form, which runs with all others, and the long one of `make torture` (SLUICE_TORTURE=1).
"""

import errno
import os
import random
import signal
import time
from pathlib import Path

import pytest
import requests
from support import faults
from support.fake_backend import OK, Answer, retry_after
from support.senders import Sender, check
from support.sluice import Sluice, backend, configuration, run_command
from support.wait import eventually

IS_LONG = os.environ.get("SLUICE_TORTURE") == "1"
pytestmark = pytest.mark.timeout(3600 if IS_LONG else 180)


def rounds(short, long):
    return long if IS_LONG else short


@pytest.fixture
def faulty_disk(tmp_path):
    return lambda **more: faults.FaultyDisk(faults.build(tmp_path), tmp_path, **more)


@pytest.fixture
def stage(started, folder, fake_backend):
    """A gateway that can be started again and again in one folder, its backend, and senders."""

    class Stage:
        def __init__(self, disk=None, senders=4, pause=0.005, routes=None, **more):
            self.sink = fake_backend()
            self.config = configuration({"sink": backend(self.sink.url)}, routes, shutdown_timeout="1s", **more)
            self.config["log"]["level"] = "info"
            self.disk = disk
            self.folder = folder("sluice")
            self.kills = []
            self.gateway = self.start()
            address = self.config["listeners"][0]["address"]
            self.senders = [Sender(n, address, pause=pause) for n in range(senders)]
            for sender in self.senders:
                sender.start()

        def start(self):
            environment = self.disk.environment if self.disk else None
            self.gateway = started(Sluice(self.folder, self.config, environment))
            return self.gateway

        def kill(self):
            self.kills.append(time.monotonic())
            self.gateway.kill()

        def wait_for_acknowledgements(self, count=1, within=30.0):
            """Every sender gets on."""
            wanted = [sender.acknowledged + count for sender in self.senders]
            eventually(
                lambda: all(s.acknowledged >= w for s, w in zip(self.senders, wanted, strict=True)),
                lambda: f"acknowledgements: {[dict(s.statuses) for s in self.senders]}\n{self.gateway.log()[-3000:]}",
                within,
            )

        def fill(self):
            """The backend fails until something waits for it; then the load ends. Returns what is held."""
            self.sink.default = Answer(503)
            self.wait_for_acknowledgements(5)
            for sender in self.senders:
                sender.end()
            return self.ledger()["total"]["held"]

        def ledger(self):
            return self._get("ledger")

        def status(self):
            return self._get("status")

        def command(self, *arguments):
            done = run_command(*arguments, "--server", self.gateway.admin_url)
            assert done.returncode == 0, done.stderr
            return done.stdout

        def _get(self, what):
            response = requests.get(f"{self.gateway.admin_url}/admin/v1/{what}", timeout=20)
            assert response.ok, response.text
            return response.json()

        def cpu_seconds(self):
            stat = Path(f"/proc/{self.gateway.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

        def finish(self, within=60.0):
            """Ends the load, waits until all is delivered, and checks samples and books."""
            for sender in self.senders:
                sender.end()
            self.sink.default = OK
            eventually(
                lambda: self.ledger()["total"]["held"]["blocks"] == 0,
                lambda: f"all is delivered: {self.ledger()['total']}\n{self.gateway.log()[-3000:]}",
                within,
            )
            unique, repeats = check(self.senders, self.sink, self.kills)
            books = self.ledger()
            assert books["imbalance"] == 0
            assert self.gateway.metric("sluice_ledger_imbalance") == 0
            total = books["total"]
            assert total["accepted"] == total["delivered"] and total["dropped"] == {}, total
            assert unique <= total["delivered"]["samples"] <= unique + repeats
            assert sum(s.acknowledged for s in self.senders) > 0

    return Stage


def flapping(received):
    return Answer(503) if random.random() < 0.3 else OK


BACKENDS = {"up": OK, "slow": Answer(wait=0.05), "flapping": flapping, "down": Answer(503), "busy": retry_after(1)}


def test_a_kill_at_any_moment_loses_nothing(stage):
    """What was acknowledged arrives, whatever the backend does meanwhile."""
    scene = stage()
    chance = random.Random(1)
    for number in range(rounds(20, 200)):
        scene.sink.default = list(BACKENDS.values())[number % len(BACKENDS)]
        scene.wait_for_acknowledgements()
        time.sleep(chance.uniform(0, 0.3))
        scene.kill()
        scene.start()
    scene.finish(120)


def test_a_kill_between_any_two_steps_of_a_commit_loses_nothing(stage, faulty_disk):
    disk = faulty_disk()
    scene = stage(disk)
    for number in range(rounds(20, 200)):
        scene.sink.default = list(BACKENDS.values())[number % len(BACKENDS)]
        scene.wait_for_acknowledgements()
        disk.kill_in(1 + number)
        scene.gateway.was_killed = True
        assert scene.gateway.exit_code(30) == -signal.SIGKILL
        scene.kills.append(time.monotonic())
        disk.kill_at = 0
        scene.start()
    scene.finish(120)


def test_a_kill_while_it_starts_loses_nothing(stage, faulty_disk):
    disk = faulty_disk()
    scene = stage(disk)
    scene.sink.default = Answer(503)
    scene.wait_for_acknowledgements(5)
    scene.kill()
    for steps in range(1, rounds(6, 30)):
        disk.kill_in(steps)
        program = scene.gateway.rerun()
        eventually(lambda program=program: program.poll() is not None or disk.steps >= disk.kill_at, "it came so far")
        program.kill()
        program.wait()
    disk.kill_at = 0
    scene.start()
    scene.finish()


def test_the_loss_of_power_loses_nothing_that_was_acknowledged(stage, faulty_disk):
    """All that was written and not synced is gone, or there in part."""
    scene = None
    undone = 0
    for number in range(rounds(5, 60)):
        disk = faulty_disk(remembers=True)
        if scene is None:
            scene = stage(disk)
        else:
            scene.disk = disk
            scene.start()
        scene.sink.default = [OK, Answer(503), flapping][number % 3]
        scene.wait_for_acknowledgements(2)
        if number % 2:
            disk.sync_delay = 50
            time.sleep(0.1)
        scene.kill()
        undone += disk.cut_power(number)
    scene.disk = None
    scene.start()
    scene.finish()
    assert undone > 0


@pytest.mark.parametrize(
    "fault",
    [
        {"write_error": errno.ENOSPC},
        {"write_error": errno.EROFS},
        {"write_error": errno.EMFILE},
        {"sync_error": errno.EIO},
    ],
    ids=lambda fault: errno.errorcode[next(iter(fault.values()))],
)
def test_a_disk_that_refuses_makes_it_refuse_and_recovers_by_itself(stage, faulty_disk, fault):
    disk = faulty_disk()
    scene = stage(disk)
    scene.wait_for_acknowledgements(3)
    for _ in range(rounds(2, 20)):
        for name, value in fault.items():
            setattr(disk, name, value)
        refused = sum(s.statuses[503] for s in scene.senders)
        eventually(
            lambda refused=refused: sum(s.statuses[503] for s in scene.senders) > refused + 4,
            lambda: f"it refuses: {[dict(s.statuses) for s in scene.senders]}",
        )
        stuck = [s.acknowledged for s in scene.senders]
        eventually(lambda: scene.gateway.metric("sluice_spool_up") == 0, "it says so")
        assert [s.acknowledged for s in scene.senders] == stuck
        spool = scene.status()["spool"]
        assert not spool["up"] and os.strerror(next(iter(fault.values()))) in spool["failure"], spool
        assert f"the spool cannot store: {spool['failure']}" in scene.command("status")
        for name in fault:
            setattr(disk, name, 0)
        scene.wait_for_acknowledgements(3)
        eventually(lambda: scene.gateway.metric("sluice_spool_up") == 1, "it says so")
        assert scene.status()["spool"]["up"] and "failure" not in scene.status()["spool"]
    assert set().union(*(s.statuses for s in scene.senders)) <= {204, 503}
    assert sum(s.unanswered for s in scene.senders) == 0
    scene.kill()
    scene.start()
    scene.finish()


def test_a_slow_disk_delays_acknowledgements_and_nothing_else(stage, faulty_disk):
    disk = faulty_disk()
    scene = stage(disk)
    scene.wait_for_acknowledgements(3)
    disk.sync_delay = 2000
    begun = time.monotonic()
    scene.wait_for_acknowledgements(1)
    assert time.monotonic() - begun > 1.5
    # The connections wait, no thread does.
    for _ in range(5):
        begun = time.monotonic()
        scene.gateway.assert_healthy()
        assert requests.get(f"{scene.gateway.ingest_url}/-/ready", timeout=5).ok
        assert time.monotonic() - begun < 1
    disk.sync_delay = 0
    scene.wait_for_acknowledgements(3)
    assert set().union(*(s.statuses for s in scene.senders)) == {204}
    scene.finish()
    # What came together while the disk was busy is a block together.
    assert scene.ledger()["total"]["accepted"]["blocks"] < sum(s.acknowledged for s in scene.senders)


def test_a_stop_under_load_ends_well_and_loses_nothing(stage):
    scene = stage()
    for number in range(rounds(5, 1000)):
        scene.sink.default = [OK, Answer(503), flapping][number % 3]
        scene.wait_for_acknowledgements()
        assert scene.gateway.terminate(30) == 0, scene.gateway.log()[-3000:]
        scene.kills.append(time.monotonic())
        scene.start()
    scene.finish()


def test_reloads_under_load_lose_nothing_and_refuse_nothing(stage):
    scene = stage(pause=0.001)
    count = rounds(50, 1000)
    for number in range(count):
        scene.config["backends"]["sink"]["external_labels"] = {}
        scene.config["backends"]["sink"]["timeout"] = f"{2 + number % 3}s"
        scene.gateway.write_config(scene.config)
        response = requests.post(f"{scene.gateway.admin_url}/-/reload", timeout=20)
        assert response.status_code == 200, response.text
    scene.wait_for_acknowledgements()
    assert set().union(*(s.statuses for s in scene.senders)) == {204}
    assert sum(s.unanswered for s in scene.senders) == 0
    scene.finish()


def test_a_backend_that_vanishes_and_comes_back_finds_its_data(stage):
    scene = stage()
    held = scene.fill()
    assert held["samples"] > 0
    whole = dict(scene.config)
    assert scene.status()["unconfigured_queues"] == []
    scene.config = {**whole, "backends": {"other": {"type": "debug"}}, "routes": [{"name": "all", "send": ["other"]}]}
    scene.gateway.write_config(scene.config)
    assert requests.post(f"{scene.gateway.admin_url}/-/reload", timeout=20).status_code == 200
    assert scene.ledger()["total"]["held"] == held
    scene.kill()
    scene.start()
    assert scene.ledger()["total"]["held"] == held
    (queue,) = scene.status()["unconfigured_queues"]
    assert (queue["name"], queue["queue"]["samples"]) == ("sink", held["samples"])
    # Nobody is there to send it to; nothing is to be done about it.
    used = scene.cpu_seconds()
    time.sleep(2)
    assert scene.cpu_seconds() - used < 0.4
    # It is an end like any other.
    assert scene.gateway.terminate(30) == 0
    scene.start()
    scene.config = whole
    scene.gateway.write_config(whole)
    scene.sink.default = OK
    assert requests.post(f"{scene.gateway.admin_url}/-/reload", timeout=20).status_code == 200
    scene.finish()


def test_what_is_held_for_a_backend_that_is_gone_can_be_given_up(stage):
    scene = stage()
    held = scene.fill()
    url = f"{scene.gateway.admin_url}/admin/v1/backends/sink/queue"
    assert requests.delete(url, timeout=20).status_code == 409
    scene.config = {
        **scene.config,
        "backends": {"other": {"type": "debug"}},
        "routes": [{"name": "all", "send": ["other"]}],
    }
    scene.gateway.write_config(scene.config)
    scene.kill()
    scene.start()
    assert "held for backend sink" in scene.command("status")
    assert f"discarded {held['samples']} samples" in scene.command("backends", "discard", "sink")
    assert scene.status()["unconfigured_queues"] == []
    assert requests.delete(url, timeout=20).status_code == 404
    # It is still gone after a kill, and in the books.
    eventually(lambda: scene.gateway.metric("sluice_spool_segments") == 1, "the disk is given back")
    scene.kill()
    scene.start()
    books = scene.ledger()
    assert books["imbalance"] == 0
    assert books["total"]["held"]["samples"] == 0
    assert books["total"]["dropped"]["deleted"] == held
