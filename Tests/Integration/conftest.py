"""Fixtures that start real programs on free ports, in folders of their own, and always stop them."""

import os
import random
import time

import pytest
from support import servers
from support.fake_backend import OK, FakeBackend
from support.ports import free_address
from support.sluice import Sluice, backend, configuration


@pytest.fixture
def started(request, tmp_path):
    """Remembers what a test starts; all of it is stopped at the end, the last first, and before its folder goes."""

    def remember(program):
        request.addfinalizer(program.stop)
        return program

    return remember


@pytest.fixture
def folder(tmp_path):
    """Gives each program of a test a folder of its own."""
    counter = iter(range(1000))
    return lambda name: tmp_path / f"{name}-{next(counter)}"


@pytest.fixture
def prometheus_receiver(started, folder):
    return started(servers.Prometheus(folder("receiver")))


@pytest.fixture
def prometheus_of_everything(started, folder):
    """A receiver that keeps native histograms and exemplars too."""
    return started(servers.Prometheus(folder("receiver"), features=["native-histograms", "exemplar-storage"]))


@pytest.fixture
def prometheus_sender(started, folder):
    """Starts a Prometheus that scrapes `target` (itself if left out) every second and writes to `url`.

    Debian's build takes the `headers` setting and then does not send them: a tenant comes from the path or a proxy.
    """

    def start(url, target=None, version="1.0"):
        address = free_address()
        job = {"job_name": "scraped", "scrape_interval": "1s"}
        job["static_configs"] = [{"targets": [target or address]}]
        remote = {
            "url": url,
            "queue_config": {"batch_send_deadline": "1s", "max_shards": 4},
            "metadata_config": {"send_interval": "1s"},
        }
        if version == "2.0":
            remote["protobuf_message"] = "io.prometheus.write.v2.Request"
        config = {"scrape_configs": [job], "remote_write": [remote]}
        return started(servers.Prometheus(folder("sender"), config, address))

    return start


@pytest.fixture
def victoria_metrics(started, folder):
    return started(servers.VictoriaMetrics(folder("victoria-metrics")))


@pytest.fixture
def influxdb(started, folder):
    return started(servers.InfluxDB(folder("influxdb")))


@pytest.fixture
def nginx(started, folder):
    """Starts nginx with a server block of the test's own."""
    return lambda *arguments, **more: started(servers.Nginx(folder("nginx"), *arguments, **more))


@pytest.fixture
def fake_backend(started):
    """Starts a backend that answers as it is told."""
    return lambda default=OK: started(FakeBackend(default))


@pytest.fixture
def sluice(started, folder):
    """Starts a gateway with a configuration, as `support.sluice.configuration` makes it."""
    return lambda config: started(Sluice(folder("sluice"), config))


@pytest.fixture
def one_backend(sluice, fake_backend):
    """A gateway that sends all to one fake backend, and that backend."""
    sink = fake_backend()
    return sluice(configuration({"sink": backend(sink.url)})), sink


@pytest.fixture
def rounds():
    """Numbered random generators: a fixed few of them, or, under `make fuzz`, as many as fit into the time."""
    seed = int(os.environ.get("SLUICE_FUZZ_SEED", "1"))
    seconds = float(os.environ.get("SLUICE_FUZZ_SECONDS", "0"))

    def make(count):
        end = time.monotonic() + seconds
        number = 0
        while number < count or time.monotonic() < end:
            yield number, random.Random(f"{seed}/{number}")
            number += 1

    return make
