"""The admin API is what it says it is: its description drives random requests; all of schemathesis's checks hold."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from support.admin import Admin
from support.sluice import configuration

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOKEN = "the-token-of-an-admin"
DEBUG = {"type": "debug"}


def described(schema, whole, place=""):
    """Every key that the schema has, as the documentation of the configuration writes it."""
    if "$ref" in schema:
        schema = {**schema, **whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]}
    for part in schema.get("allOf", []) + schema.get("oneOf", []):
        yield from described(part, whole, place)
    for name, inner in schema.get("properties", {}).items():
        path = f"{place}.{name}".lstrip(".")
        yield path
        yield from described(inner, whole, path)
    if "items" in schema:
        yield from described(schema["items"], whole, place + "[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from described(schema["additionalProperties"], whole, place + ".NAME")


def test_the_schema_of_the_configuration_has_every_key_and_no_other():
    whole = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())
    found = set(described(whole["components"]["schemas"]["Config"], whole))
    found = {re.sub(r".*relabel_configs\[\]", "relabel_configs[]", path) for path in found}
    # The name of a mapping's member may stand in a request, and is then the one of its path.
    found -= {"backends.NAME.name", "tenants.NAME.name"}
    rows = re.findall(r"^\| `([a-z_0-9A-Z.\[\]]+)` \|", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE)
    documented = {
        row for row in rows if row.split(".")[0].split("[")[0] in {path.split(".")[0].split("[")[0] for path in found}
    }
    assert len(documented) > 150
    assert found == documented


@pytest.mark.timeout(400)
def test_nothing_is_found_by_all_checks_of_schemathesis(sluice, tmp_path):
    config = configuration({"a": DEBUG, "b": DEBUG}, [{"name": "all", "send": ["a"]}])
    config["admin"]["tokens"] = [{"name": "ops", "token": TOKEN, "role": "admin"}]
    config["log"] = {"level": "error"}
    gateway = sluice(config)
    seed = os.environ.get("SLUICE_FUZZ_SEED", "1")
    examples = 300 if float(os.environ.get("SLUICE_FUZZ_SECONDS", "0")) else 20
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            f"--config-file={HERE / 'schemathesis.toml'}",
            "run",
            f"{gateway.admin_url}/openapi.yaml",
            f"--url={gateway.admin_url}",
            f"--header=Authorization: Bearer {TOKEN}",
            "--checks=all",
            f"--max-examples={examples}",
            f"--seed={seed}",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=380,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    # It has really been asked, and still does what it is for.
    assert len(Admin(gateway, TOKEN).get("/admin/v1/revisions?limit=1000")["items"]) > 10
    gateway.assert_healthy()
