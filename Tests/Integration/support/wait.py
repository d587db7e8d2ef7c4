"""Waiting for something to become true, always with a deadline."""

import time


def eventually(condition, what, within=20.0):
    """What `condition` returns once it is true; fails, saying `what` did not happen, after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what() if callable(what) else what}")
        time.sleep(0.02)
