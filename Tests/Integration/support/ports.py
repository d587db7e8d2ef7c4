"""Ports from the system."""

import socket

_given = set()


def free_port():
    """A port of 127.0.0.1 that nothing listens on, never the same one twice."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def free_address():
    return f"127.0.0.1:{free_port()}"
