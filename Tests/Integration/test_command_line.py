"""`sluice check`, `sluice version`, `sluice load` and `sluice verify`, as people call them."""

import json
import re

import pytest
import yaml
from support.sluice import backend, configuration, run_command
from support.wait import eventually


@pytest.fixture
def config_file(tmp_path):
    def write(config):
        file = tmp_path / "sluice.yaml"
        file.write_text(config if isinstance(config, str) else yaml.safe_dump(config))
        return file

    return write


def test_version_is_printed():
    done = run_command("version")
    assert done.returncode == 0
    assert re.search(r"\d+\.\d+", done.stdout)


def test_a_good_configuration_passes(config_file):
    done = run_command("check", config_file(configuration({"sink": backend("http://localhost:1/")})))
    assert done.returncode == 0, done.stderr


def test_every_mistake_is_reported_with_its_place(config_file):
    config = configuration({"cortex": backend("not a url"), "other": {"type": "cassandra"}})
    config["routes"] = [{"name": "r", "send": ["cortx"]}, {"name": "r", "send": []}]
    config["listeners"][0]["adress"] = "x"
    done = run_command("check", config_file(config))
    assert done.returncode == 1
    for place in ("backends.cortex.endpoint", "backends.other.type", "routes[0].send[0]", "routes[1]", "adress"):
        assert place in done.stderr
    assert 'did you mean "cortex"?' in done.stderr
    assert re.search(r"sluice\.yaml:\d+", done.stderr)


def test_a_missing_file_is_an_error_that_names_it(tmp_path):
    for command in (["check"], ["run", "--config"]):
        done = run_command(*command, tmp_path / "missing.yaml")
        assert done.returncode != 0
        assert "missing.yaml" in done.stderr


def test_a_secret_never_shows(config_file):
    config = configuration({"b": backend("http://localhost:1/", auth={"bearer": {"token": "hush hush"}}, nonsense=1)})
    done = run_command("check", config_file(config))
    assert done.returncode == 1
    assert "hush" not in done.stdout + done.stderr


@pytest.mark.parametrize("protocol", ["remote-write", "otlp"])
def test_load_sends_what_it_records(one_backend, tmp_path, protocol):
    gateway, sink = one_backend
    record = tmp_path / "record.json"
    path = "/api/v1/push" if protocol == "remote-write" else "/v1/metrics"
    done = run_command(
        *["load", protocol, "--url", gateway.ingest_url + path, "--tenants", "2", "--series", "20"],
        *["--rate", "200", "--duration", "2s", "--record", record],
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(record.read_text())
    eventually(lambda: sink.sample_count() > 0, "samples")
    assert len({r.tenant for r in sink.accepted}) == 2
