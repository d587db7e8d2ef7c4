"""The admin API is what it says it is: its description drives random requests; all of schemathesis's checks hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.admin import Admin
from support.sluice import configuration

HERE = Path(__file__).resolve().parent
TOKEN = "the-token-of-an-admin"
DEBUG = {"type": "debug"}


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
