"""A real program, started in a folder of its own and always stopped."""

import os
import signal
import subprocess
from pathlib import Path

import requests

from support.wait import eventually


class Program:
    """Runs `arguments` with its output in `folder`/log until `stop`."""

    def __init__(self, arguments, folder, env=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log_file = self.folder / "log"
        self.name = Path(arguments[0]).name
        self._arguments = [str(a) for a in arguments]
        self._environment = {**os.environ, **(env or {})}
        self.process = self.rerun()

    def rerun(self):
        """Runs the same once more; the new process is the caller's to end."""
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                self._arguments,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        return self.log_file.read_text(errors="replace")

    def is_running(self):
        return self.process.poll() is None

    def ready(self, url, within=30.0):
        """Waits until `url` answers 2xx; if the program ends before, fails with its log."""

        def answers():
            assert self.is_running(), f"{self.name} ended with {self.process.returncode}:\n{self.log()[-4000:]}"
            try:
                return requests.get(url, timeout=5).ok
            except requests.RequestException:
                return False

        eventually(answers, lambda: f"{self.name} is ready; its log:\n{self.log()[-4000:]}", within)
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def exit_code(self, within=20.0):
        """Waits for the end of the program."""
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} still runs after {within:g} s; its log:\n{self.log()[-4000:]}") from None

    def terminate(self, within=20.0):
        """Sends SIGTERM and returns the exit code."""
        self.signal(signal.SIGTERM)
        return self.exit_code(within)

    def stop(self):
        """Ends the program and whatever it has started, gently if that works soon."""
        if not self.is_running():
            return
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()
