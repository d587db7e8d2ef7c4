"""Senders that keep their own books: what they were told is stored, and how often they had to say it."""

import http.client
import threading
import time
from collections import Counter

from support import messages
from support.sluice import REMOTE_WRITE_HEADERS


def value_of(sender, series, timestamp):
    """What a sample must be: a change on the way would show."""
    return float(sender * 1_000_003 + series * 1_009 + timestamp)


class Sender(threading.Thread):
    """Writes series of its own, timestamp by timestamp, and repeats what was not acknowledged, as Prometheus would.

    `statuses` counts the answers; `unanswered` is how often a request got none.
    """

    def __init__(self, number, address, series=20, pause=0.0, tenant="torture"):
        super().__init__(daemon=True)
        self.number, self.series, self.tenant = number, series, tenant
        self.host, port = address.rsplit(":", 1)
        self.port = int(port)
        self.pause = pause
        self.acknowledged = 0
        self.attempts = Counter()
        self.statuses = Counter()
        self.unanswered = 0
        self.longest = 0.0
        self._ending = threading.Event()
        self._connection = None

    def labels(self, index):
        return {"__name__": "torture", "sender": str(self.number), "series": str(index)}

    def body(self, timestamp):
        series = [
            messages.series(self.labels(i), (timestamp, value_of(self.number, i, timestamp)))
            for i in range(self.series)
        ]
        return messages.encode(messages.WriteRequest(timeseries=series))

    def run(self):
        while not self._ending.is_set():
            timestamp = self.acknowledged + 1
            body = self.body(timestamp)
            while not self._ending.is_set() and not self._write(timestamp, body):
                self._ending.wait(0.02)
            self._ending.wait(self.pause)

    def end(self):
        self._ending.set()
        self.join(30)
        assert not self.is_alive()

    def _write(self, timestamp, body):
        self.attempts[timestamp] += 1
        begun = time.monotonic()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
            headers = {**REMOTE_WRITE_HEADERS, "X-Scope-OrgID": self.tenant}
            self._connection.request("POST", "/api/v1/push", body, headers)
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self.unanswered += 1
            self._connection.close()
            self._connection = None
            return False
        self.longest = max(self.longest, time.monotonic() - begun)
        self.statuses[response.status] += 1
        if response.status != 204:
            return False
        self.acknowledged = timestamp
        return True


def check(senders, sink, kills=()):
    """Every acknowledged sample is at the backend, none is altered, the first of each in order; twice is only what a
    sender has said twice, or what was under way at a kill. Returns how many there are, and how many came twice."""
    seen, repeats = {}, 0
    for received in sorted(sink.accepted, key=lambda r: r.at):
        for one in received.message().timeseries:
            labels = {label.name.decode(): label.value.decode() for label in one.labels}
            key = int(labels["sender"]), int(labels["series"])
            known = seen.setdefault(key, {})
            for sample in one.samples:
                assert sample.value == value_of(*key, sample.timestamp), f"{labels} is altered: {sample}"
                if sample.timestamp in known:
                    repeats += 1
                    first = known[sample.timestamp]
                    said_twice = senders[key[0]].attempts[sample.timestamp] > 1
                    under_way = any(kill - 2 < first < kill + 0.5 for kill in kills)
                    assert said_twice or under_way, f"{labels} at {sample.timestamp} came twice"
                    continue
                if known:
                    assert sample.timestamp > max(known), f"{labels}: {sample.timestamp} after {max(known)}"
                known[sample.timestamp] = received.at
    for sender in senders:
        for index in range(sender.series):
            there = seen.get((sender.number, index), {})
            missing = [t for t in range(1, sender.acknowledged + 1) if t not in there]
            assert not missing, f"sender {sender.number}, series {index}: {len(missing)} lost, first {missing[0]}"
    return sum(map(len, seen.values())), repeats
