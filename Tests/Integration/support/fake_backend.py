"""A remote-write backend that does as it is told, and remembers what it was sent."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support import messages, messages2
from support.wait import eventually


@dataclass
class Answer:
    """How one request is answered. `raw` is written instead of an HTTP answer; `wait` seconds pass before it."""

    status: int = 204
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    raw: bytes | None = None
    wait: float = 0.0
    close: bool = False


OK = Answer()


def knows_2(received):
    """The answer of a backend that takes both versions and says of 2.0 how much it has written."""
    return Answer(headers=messages2.written_headers(*messages2.counts(received.message()))) if received.is_2 else OK


def only_1(answer):
    """The answers of a backend that takes 1.0, and says `answer` to 2.0."""
    return lambda received: answer if received.is_2 else OK


HANG = Answer(wait=float("inf"))
CLOSE = Answer(close=True)
GARBAGE = Answer(raw=b"\x00\xffthis is not HTTP\r\n\r\n" * 8)


def redirect(to):
    return Answer(301, {"Location": to})


def retry_after(seconds, status=429):
    return Answer(status, {"Retry-After": str(seconds)})


@dataclass
class Received:
    path: str
    headers: object
    body: bytes
    answer: Answer
    at: float = field(default_factory=time.monotonic)

    @property
    def tenant(self):
        return self.headers.get("X-Scope-OrgID")

    @property
    def is_accepted(self):
        return self.answer.raw is None and not self.answer.close and 200 <= self.answer.status < 300

    def message(self):
        """What it says, in the words of 1.0 whatever its version."""
        return messages2.to_1(messages2.decode(self.body)) if self.is_2 else messages.decode(self.body)

    @property
    def is_2(self):
        return "write.v2" in (self.headers["Content-Type"] or "")


class FakeBackend:
    """Answers with the scripted answers, one request each, then with `default` for ever.

    An answer may also be a function of what was received.
    """

    def __init__(self, default=OK):
        self.default = default
        self._script = deque()
        self._received = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        backend = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                backend._serve(self)

            def do_GET(self):
                backend._serve(self)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

            def handle_error(self, *_):
                """A peer that hangs up is part of the game."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.address}/api/v1/push"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def script(self, *answers):
        with self._lock:
            self._script.extend(answers)

    def stop(self):
        """Stops listening and lets every request that hangs end."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._server.shutdown()
            self._server.server_close()

    @property
    def received(self):
        """All requests so far, answered or not."""
        with self._lock:
            return list(self._received)

    @property
    def accepted(self):
        return [r for r in self.received if r.is_accepted]

    def contents(self):
        """What was accepted so far, as `messages.contents` has it."""
        return messages.contents(*(r.message() for r in self.accepted))

    def series(self):
        return self.contents()[0]

    def sample_count(self):
        return sum(len(s["samples"]) for s in self.series().values())

    def wait_for_requests(self, count, within=20.0):
        eventually(lambda: len(self.received) >= count, lambda: f"{count} requests, {len(self.received)} came", within)
        return self.received

    def wait_for_header(self, name, value, within=20.0):
        """Waits for a request that carries this header."""
        eventually(lambda: any(r.headers[name] == value for r in self.received), f"{name}: {value}", within)

    def wait_for_samples(self, count, within=20.0):
        """Waits for `count` samples in accepted requests; more than that is an error at once."""
        eventually(lambda: self.sample_count() >= count, lambda: f"{count} samples, {self.sample_count()} came", within)
        assert self.sample_count() == count
        return self.series()

    def _serve(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self._lock:
            answer = self._script.popleft() if self._script else self.default
            received = Received(handler.path, handler.headers, body, answer)
            if callable(answer):
                received.answer = answer = answer(received)
            if not answer.wait:
                self._received.append(received)
        if answer.wait:
            self._stopping.wait(None if answer.wait == float("inf") else answer.wait)
            with self._lock:
                if not self._stopping.is_set():
                    self._received.append(received)
        if answer.close or answer.wait == float("inf"):
            handler.close_connection = True
        elif answer.raw is not None:
            handler.wfile.write(answer.raw)
            handler.close_connection = True
        else:
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            if answer.status != 204:
                handler.send_header("Content-Length", str(len(answer.body)))
            handler.end_headers()
            if answer.status != 204:
                handler.wfile.write(answer.body)
