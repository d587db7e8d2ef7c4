"""The command line driven as a person would: in a terminal of 80 columns, in pipes, and as the documentation has it."""

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest
import yaml
from support import messages
from support.admin import Admin
from support.fake_backend import Answer
from support.sluice import backend, binary, configuration
from support.wait import eventually

ROOT = Path(__file__).resolve().parents[2]
DEBUG = {"type": "debug"}
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
TOKEN = "the-token-of-a-viewer"


def sluice_command(server, *arguments, text="", code=0, **environment):
    """Runs sluice against a gateway, with `text` on standard input."""
    done = subprocess.run(
        [binary(), *map(str, arguments)],
        input=text,
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "SLUICE_SERVER": server, **environment},
    )
    assert done.returncode == code, done
    return done


@pytest.fixture
def gateway(sluice):
    return sluice(configuration({"debug": DEBUG, "other": DEBUG}, [{"name": "all", "send": ["debug"]}]))


@pytest.fixture
def command(gateway):
    return lambda *arguments, **more: sluice_command(gateway.admin_url, *arguments, **more)


@pytest.fixture
def terminal(gateway):
    """Runs sluice in a terminal of 80 columns and gives what it shows, escapes and all."""

    def run(*arguments, **environment):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        variables = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
        variables |= {"SLUICE_SERVER": gateway.admin_url, "TERM": "xterm", **environment}
        process = subprocess.Popen(
            [binary(), *arguments], stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True, env=variables
        )
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the end of a terminal is an error on Linux
            while chunk := os.read(ours, 4096):
                shown += chunk
        os.close(ours)
        assert process.wait(timeout=30) == 0, shown
        return shown.decode()

    return run


def columns(text):
    return max(len(ESCAPE.sub("", line)) for line in text.splitlines())


def test_tables_fit_a_terminal_and_have_colours_there_alone(gateway, command, terminal):
    made = Admin(gateway).put("/admin/v1/routes/" + "n" * 60, {"send": ["debug"], "match": {"tenant": ["t" * 140]}})
    assert made.status == 201
    for arguments in [
        ["routes", "list"],
        ["backends", "list"],
        ["tenants", "list"],
        ["status"],
        ["ledger"],
        ["audit"],
        ["revisions"],
    ]:
        shown = terminal(*arguments)
        assert columns(shown) <= 80, shown
        assert ESCAPE.search(shown)
        assert not ESCAPE.search(terminal(*arguments, NO_COLOR="1"))
        assert not ESCAPE.search(command(*arguments).stdout)
    assert "…" in terminal("routes", "list")
    assert "t" * 140 in command("routes", "list").stdout


HELP = [
    *[["routes"], ["routes", "list"], ["routes", "get"], ["routes", "apply"], ["routes", "diff"], ["routes", "delete"]],
    *[
        ["collisions"],
        ["reload"],
        ["tenants"],
        ["tenants", "add-token"],
        ["tenants", "revoke-token"],
        ["plan"],
        ["commit"],
        ["watch"],
        ["watch", "show"],
        ["watch", "confirm"],
        ["watch", "abort"],
        ["backends"],
        ["backends", "status"],
        ["backends", "pause"],
        ["backends", "resume"],
        ["backends", "discard"],
        ["status"],
        ["explain"],
        ["tap"],
        ["ledger"],
    ],
    *[["dead-letters"], ["dead-letters", "list"], ["dead-letters", "replay"], ["dead-letters", "delete"]],
    *[["config"], ["config", "export"], ["config", "replace"], ["audit"], ["revisions"], ["rollback"]],
]


@pytest.mark.parametrize("path", HELP, ids=" ".join)
def test_help_fits_a_screen(terminal, path):
    shown = terminal(*path, "--help")
    assert columns(shown) <= 80
    assert len(shown.splitlines()) <= 24, shown


def test_every_command_has_one_line_in_the_list_of_all(terminal):
    shown = terminal("--help")
    assert columns(shown) <= 80
    assert len(shown.splitlines()) <= 40, shown
    behind = shown.partition("SUBCOMMANDS:")[2].partition("See ")[0]
    assert not re.search(r"^ {20,}", behind, re.MULTILINE), shown


def test_routes_are_applied_compared_and_deleted(gateway, command):
    wanted = [{"name": "pay", "match": {"tenant": "pay-*"}, "send": ["other"]}, {"name": "all", "send": ["debug"]}]
    text = yaml.safe_dump({"routes": wanted})
    assert "+ name: pay" in command("routes", "diff", "-f", "-", text=text, code=3).stdout
    dry = command("routes", "apply", "-f", "-", "--dry-run", text=text).stdout
    assert dry.splitlines() == ["route pay: created (dry run)", "route all: unchanged (dry run)"]
    assert Admin(gateway).routes() == ["all"]
    done = command("routes", "apply", "-f", "-", text=text).stdout
    assert done.splitlines() == ["route pay: created", "route all: unchanged"]
    assert command("routes", "diff", "-f", "-", text=text).stdout == ""
    assert yaml.safe_load(command("routes", "get", "pay").stdout) == wanted[0]
    assert json.loads(command("routes", "get", "pay", "-o", "json").stdout) == wanted[0]
    listed = json.loads(command("routes", "list", "-o", "json").stdout)
    assert [(item["name"], item["owner"]) for item in listed] == [("pay", "api"), ("all", "file")]
    assert yaml.safe_load(command("routes", "list", "-o", "yaml", "--owner", "file").stdout) == listed[1:]
    changed_route = json.dumps({**wanted[0], "priority": 3})
    changed = command("routes", "apply", "-f", "-", text=changed_route).stdout
    assert changed == "route pay: changed\n"
    assert "nothing to change" in command("commit", "-f", "-", text=changed_route).stdout
    assert "No series has passed" in command("plan", "-f", "-", text=changed_route).stdout
    assert command("routes", "delete", "pay").stdout == "route pay: deleted\n"
    assert Admin(gateway).routes() == ["all"]


def test_a_refusal_is_told_with_every_place_and_ends_with_1(command):
    text = "name: bad\nsend: [debug, nowhere]\nmatch: {series: '{a='}\n"
    error = command("routes", "apply", "-f", "-", text=text, code=1).stderr
    assert "/send/1: no backend" in error
    assert "/match/series: " in error
    assert "404" in command("routes", "get", "nothing", code=1).stderr
    assert "409" in command("backends", "delete", "debug", code=1).stderr
    assert "line 2" in command("routes", "apply", "-f", "-", text="a: [", code=1).stderr
    assert "/nowhere cannot be read: No such file" in command("routes", "apply", "-f", "/nowhere", code=1).stderr
    assert "127.0.0.1:1" in command("status", "--server", "127.0.0.1:1", code=1).stderr
    assert "--all" in command("dead-letters", "replay", "debug", code=64).stderr
    assert "2 of these ids are not there" in command("dead-letters", "replay", "debug", "7", "9", code=1).stderr
    assert "--record" in command("verify", code=64).stderr
    command("routes", "apply", code=64)


def test_a_token_is_shown(sluice):
    config = configuration({"a": DEBUG})
    config["admin"]["tokens"] = [{"name": "ops", "token": TOKEN, "role": "viewer"}]
    server = sluice(config).admin_url
    assert "401" in sluice_command(server, "status", code=1).stderr
    sluice_command(server, "status", SLUICE_TOKEN=TOKEN)
    sluice_command(server, "status", "--token", TOKEN)
    assert "viewer" in sluice_command(server, "rollback", "0", SLUICE_TOKEN=TOKEN, code=1).stderr


def test_the_whole_is_exported_and_replaced(gateway, command):
    whole = yaml.safe_load(command("config", "export").stdout)
    assert whole["routes"] == [{"name": "all", "send": ["debug"]}]
    whole["routes"].append({"name": "more", "send": ["other"]})
    command("config", "replace", "-f", "-", "--dry-run", text=yaml.safe_dump(whole))
    assert Admin(gateway).routes() == ["all"]
    replaced = command("config", "replace", "-f", "-", text=yaml.safe_dump(whole))
    assert "never reached" in replaced.stderr
    assert Admin(gateway).routes() == ["all", "more"]
    assert "PUT" in command("audit").stdout
    assert command("rollback", "0").stdout == "revision 2 is in force\n"
    assert Admin(gateway).routes() == ["all"]
    assert "in force" in command("revisions").stdout


def test_a_backend_is_paused_and_goes_on(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url)}))

    def run(*arguments):
        return sluice_command(gateway.admin_url, *arguments).stdout

    def status():
        return json.loads(run("backends", "status", "sink", "-o", "json"))

    assert run("backends", "pause", "sink") == "backend sink: paused\n"
    eventually(lambda: status()["paused"], "it is paused")
    assert gateway.write(messages.series({"__name__": "m"}, (1, 1.0))).status_code == 204
    eventually(lambda: status()["queue"]["samples"] == 1, "the sample is queued")
    assert "paused" in run("status")
    assert not sink.received
    assert run("backends", "resume", "sink") == "backend sink: resumed\n"
    sink.wait_for_samples(1)
    sink.default = Answer(400, body=b"no good")
    gateway.write(messages.series({"__name__": "m"}, (2, 1.0)))
    eventually(lambda: "no good" in str(status().get("last_error")), "the refusal is shown")
    actions = [item["action"] for item in Admin(gateway).get("/admin/v1/audit")["items"]]
    assert actions == ["resume", "pause"]


# What these do is done by the scripts of the repository, or takes what is not here.
NOT_HERE = ("make run", "CORTEX_URL=")


def blocks(page):
    """The shell examples of a page that speak to a gateway that runs."""
    found = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    return [block for block in found if not any(words in block for words in NOT_HERE)]


@pytest.mark.parametrize("page", ["docs/admin-api.md", "docs/command-line.md", "docs/otlp.md", "README.md"])
def test_every_example_of_the_documentation_works(sluice, tmp_path, page):
    gateway = sluice(configuration({"debug": DEBUG}, [{"name": "everything", "send": ["debug"]}]))
    (tmp_path / "sluice").symlink_to(binary())
    found = blocks(page)
    assert found
    for block in found:
        script = "set -euo pipefail\n" + block.replace("http://127.0.0.1:4319", gateway.admin_url)
        script = script.replace("localhost:4319", gateway.admin_url.removeprefix("http://"))
        script = script.replace("http://localhost:4318", gateway.ingest_url)
        script = script.replace("localhost:4318", gateway.ingest_url.removeprefix("http://"))
        script = script.replace(".build/release/sluice", "sluice")
        script = re.sub(r"\bcurl ", "curl --silent --show-error --fail-with-body ", script)
        done = subprocess.run(
            ["bash", "-c", script],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
            env={
                **os.environ,
                "PATH": f"{tmp_path}:{os.environ['PATH']}",
                "SLUICE_SERVER": gateway.admin_url,
            },
        )
        assert done.returncode == 0, done
    for script in tmp_path.glob("*sluice*"):
        if script.suffix in (".bash", ".fish") or script.name == "_sluice":
            assert "dead-letters" in script.read_text()
