"""A TCP proxy in front of a backend, which does to connections what networks and dying servers do to them."""

import contextlib
import select
import socket
import struct
import threading

from support.ports import free_port

PASS = "pass"
# Takes requests and never answers.
HANG = "hang"
# Takes the connection and resets it.
RESET = "reset"
# Closes its own side at once, and reads on.
HALF_CLOSE = "half-close"
# Lets the request through, and gives the answer byte by byte, a tenth of a second each.
DRIP = "drip"
# Nobody listens.
REFUSE = "refuse"


class FaultProxy:
    """Does to each connection what `mode` says when data comes over it; a mode that changes ends all connections."""

    def __init__(self, target):
        host, port = target.rsplit(":", 1)
        self._target = (host, int(port))
        self._port = free_port()
        self.address = f"127.0.0.1:{self._port}"
        self._mode = PASS
        self._lock = threading.Lock()
        self._open = set()
        self._listener = None
        self._listen()

    @property
    def mode(self):
        return self._mode

    @mode.setter
    def mode(self, mode):
        with self._lock:
            if mode == self._mode:
                return
            self._mode = mode
            open_now, self._open = self._open, set()
        for connection in open_now:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if mode == REFUSE:
            self._close_listener()
        elif self._listener is None:
            self._listen()

    def stop(self):
        self.mode = REFUSE

    def _listen(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(128)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _close_listener(self):
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with self._lock:
            mode = self._mode
            self._open.add(connection)
        with connection, contextlib.suppress(OSError):
            if mode == RESET:
                connection.recv(1024)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif mode in (HANG, HALF_CLOSE):
                if mode == HALF_CLOSE:
                    connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            elif mode in (PASS, DRIP):
                with socket.create_connection(self._target) as upstream:
                    self._forward(connection, upstream, drips=mode == DRIP)
        with self._lock:
            self._open.discard(connection)

    def _forward(self, client, upstream, drips):
        pause = threading.Event()
        while True:
            for readable in select.select([client, upstream], [], [])[0]:
                data = readable.recv(65536)
                if not data:
                    return
                if readable is client or not drips:
                    (upstream if readable is client else client).sendall(data)
                    continue
                for byte in data:
                    client.sendall(bytes([byte]))
                    pause.wait(0.1)
