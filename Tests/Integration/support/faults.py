"""A disk that fails: steers `faults.c`, which is preloaded into the gateway."""

import mmap
import random
import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")
FIELDS = ["steps", "kill_at", "write_error", "sync_error", "sync_delay"]


def build(folder):
    """Compiles the library; returns its path."""
    library = Path(folder) / "faults.so"
    compiler = shutil.which("clang") or shutil.which("cc")
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", library, SOURCE, "-ldl", "-lpthread"]
    subprocess.run([str(part) for part in command], check=True)
    return library


class FaultyDisk:
    """The faults of one gateway, over all its lives. Setting an attribute named in FIELDS has effect at once."""

    def __init__(self, library, folder, remembers=False):
        self.page_file = Path(folder) / "faults"
        self.undo_file = Path(folder) / "undo" if remembers else None
        self.page_file.write_bytes(bytes(4096))
        self._file = self.page_file.open("r+b")
        self._page = mmap.mmap(self._file.fileno(), 4096)
        self.environment = {"LD_PRELOAD": str(library), "SLUICE_FAULTS": str(self.page_file)}
        if remembers:
            self.environment["SLUICE_UNDO"] = str(self.undo_file)

    def __getattr__(self, name):
        if name not in FIELDS:
            raise AttributeError(name)
        return struct.unpack_from("<i", self._page, FIELDS.index(name) * 4)[0]

    def __setattr__(self, name, value):
        if name in FIELDS:
            struct.pack_into("<i", self._page, FIELDS.index(name) * 4, value)
        else:
            super().__setattr__(name, value)

    def kill_in(self, steps):
        """The process ends after so many more steps."""
        self.kill_at = self.steps + steps

    def cut_power(self, seed):
        """Takes back what the dead process had written and not synced: all of each write, or all but its beginning."""
        torn = random.Random(seed)
        pending = {}
        for path, offset, length, old in self._writes():
            if length < 0:
                pending.pop(path, None)
            else:
                pending.setdefault(path, []).append((offset, old))
        undone = 0
        for path, writes in pending.items():
            if not Path(path).exists():
                continue
            with Path(path).open("r+b") as file:
                for offset, old in reversed(writes):
                    kept = torn.choice([0, 0, torn.randrange(len(old))])
                    file.seek(offset + kept)
                    file.write(old[kept:])
                    undone += 1
        return undone

    def _writes(self):
        data = self.undo_file.read_bytes()
        at = 0
        while at + 24 <= len(data):
            path_length, offset, length = struct.unpack_from("<qqq", data, at)
            path = data[at + 24 : at + 24 + path_length].decode()
            at += 24 + path_length
            yield path, offset, length, data[at : at + max(0, length)]
            at += max(0, length)
