"""What a closed loop does not show: latency at half load, a backlog that drains, a backend that breaks."""

import contextlib
import os
import socket
import statistics
import tempfile
import threading
import time

from programs import RESULTS, Nginx, Sluice, free_address, wait_until

CONNECTIONS = 8
# In which the ways of `one_broken` take turns.
ROUNDS = 5


def sync_times(folder, count=200, size=128 * 1024):
    """Milliseconds that the disk takes to write and sync `size` bytes: no acknowledgement can be sooner."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        os.posix_fallocate(file.fileno(), 0, count * size)
        os.fsync(file.fileno())
        for number in range(count):
            begun = time.monotonic()
            os.pwrite(file.fileno(), os.urandom(size), number * size)
            os.fdatasync(file.fileno())
            times.append((time.monotonic() - begun) * 1000)
    return times


def p99(times):
    return statistics.quantiles(times, n=100)[98]


def pause_for(offer, gateway, rate):
    """The pause, in milliseconds, with which the connections make about `rate` requests a second."""
    pause = CONNECTIONS / rate
    for _ in range(3):
        counted = offer(gateway, 2, pause * 1000)
        period = CONNECTIONS * counted["microseconds"] / 1e6 / max(1, counted["requests"])
        pause = max(0.001, pause + CONNECTIONS / rate - period)
    return pause * 1000


def rate_of(counted):
    return counted["requests"] * 1e6 / counted["microseconds"]


def half_load(case, offer, _, folder, seconds, say):
    with contextlib.ExitStack() as stack:
        nginx = stack.enter_context(Nginx(folder / "nginx", 1))
        gateway = stack.enter_context(Sluice(folder / "gateway", case, nginx.addresses))
        full = rate_of(offer(gateway, max(4, seconds // 2)))
        pause = pause_for(offer, gateway, full / 2)
        times = sync_times(RESULTS)
        counted = offer(gateway, seconds, pause)
        times += sync_times(RESULTS)
    disk, ack, share = p99(times), counted["p99"] / 1000, rate_of(counted) / full
    bound = 2 * disk + 5
    say(f"at {share:.0%} of {full:.0f} requests/s: p99 {ack:.2f} ms; the disk's own is {disk:.2f} ms")
    faults = [] if 0.4 < share < 0.6 else [f"the load was {share:.0%} of the most"]
    if ack > bound:
        faults.append(f"p99 of the acknowledgements is {ack:.2f} ms; twice the disk's own and 5 ms are {bound:.2f} ms")
    figures = {
        "requests/s": rate_of(counted),
        "share of the most": share,
        "ack p50 ms": counted["p50"] / 1000,
        "ack p99 ms": ack,
        "disk p50 ms": statistics.median(times),
        "disk p99 ms": disk,
        "bound ms": bound,
    }
    return figures, faults


class Live:
    """Load in the background."""

    def __init__(self, offer, gateway, seconds, pause):
        self._thread = threading.Thread(target=self._run, args=(offer, gateway, seconds, pause))
        self._thread.start()
        self.counted = None

    def _run(self, offer, gateway, seconds, pause):
        self.counted = offer(gateway, seconds, pause)

    def end(self):
        self._thread.join()
        return self.counted


def drain(case, offer, per_body, folder, seconds, say):
    """Load fills the queue of a backend that is away; it comes back, and the load goes on."""
    address = free_address()
    with contextlib.ExitStack() as stack:
        gateway = stack.enter_context(Sluice(folder / "gateway", case, [address]))
        with Nginx(folder / "first", 1, addresses=[address]):
            full = rate_of(offer(gateway, 4))
            pause = pause_for(offer, gateway, full / 4)
        offer(gateway, 2 * seconds, pause)
        live = Live(offer, gateway, 3 * seconds, pause)
        stack.callback(live.end)
        backlog = gateway.queued()
        stack.enter_context(Nginx(folder / "again", 1, addresses=[address]))
        before = gateway.delivered()
        wait_until(lambda: gateway.delivered() > before, "it goes on")
        begun, before, backlog = time.monotonic(), gateway.delivered(), gateway.queued()
        # What is in the queue of a gateway that keeps up is what has not been there for long.
        wait_until(lambda: gateway.queued() < 0.02 * backlog, "the backlog is gone", within=4 * seconds)
        took, sent = time.monotonic() - begun, gateway.delivered() - before
        counted = live.end()
    rate = rate_of(counted) * per_body
    drained = sent / took - rate
    say(f"{backlog:,.0f} samples gone in {took:.1f} s beside {rate:,.0f} samples/s: {drained:,.0f} samples/s more")
    faults = [f"{counted[k]} {k}" for k in ("refused", "broken") if counted[k]]
    if drained < rate:
        faults.append("it drains slower than data comes in")
    figures = {"backlog": backlog, "seconds": took, "live samples/s": rate, "drained samples/s": drained}
    return figures, faults


@contextlib.contextmanager
def _hanging():
    """Takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@contextlib.contextmanager
def _refusing():
    yield free_address()


def one_broken(case, offer, per_body, folder, seconds, say):
    """At the same pace, with the second backend well and then broken in each way: what the first gets, and p99.

    The ways take turns, and of each the median counts: a p99 of one run is one bad moment of the disk.
    """

    @contextlib.contextmanager
    def answering(status):
        with Nginx(folder / f"second-{status}", 1, status=status) as nginx:
            yield nginx.addresses[0]

    ways = {"well": answering(204), "refusing": _refusing(), "hanging": _hanging(), "503": answering(503)}
    figures, faults, latencies = {}, [], {way: [] for way in ways}
    counts = {way: {"rate": 0, "offered": 0, "delivered": 0} for way in ways}
    with contextlib.ExitStack() as stack:
        gateways, pauses, pace = {}, {}, None
        for way, second in ways.items():
            first = stack.enter_context(Nginx(folder / f"first-{way}", 1))
            sinks = [first.addresses[0], stack.enter_context(second)]
            gateway = gateways[way] = stack.enter_context(Sluice(folder / f"gateway-{way}", case, sinks))
            if pace is None:
                pace = rate_of(offer(gateway, 4)) / 2
            # Found for each: connections that wait a little longer for an answer would make fewer requests.
            pauses[way] = pause_for(offer, gateway, pace)
        for _ in range(ROUNDS):
            for way, gateway in gateways.items():
                before = gateway.delivered("sink0")
                counted = offer(gateway, seconds, pauses[way])
                # What has it by the time that the load ends, of all that came: as much as it ever gets of that.
                counts[way]["delivered"] += gateway.delivered("sink0") - before
                counts[way]["offered"] += counted["requests"] * per_body
                counts[way]["rate"] += rate_of(counted) * per_body / ROUNDS
                latencies[way].append(counted["p99"] / 1000)
                faults += [f"{way}: {counted[k]} {k}" for k in ("refused", "broken") if counted[k]]
    for way, times in latencies.items():
        share = counts[way]["delivered"] / counts[way]["offered"]
        rate = counts[way]["rate"] * share
        latency = statistics.median(times)
        figures |= {f"{way}: samples/s": rate, f"{way}: share": share, f"{way}: ack p99 ms": latency}
        say(
            f"second backend {way}: the first gets {rate:,.0f} samples/s, {share:.1%} of what comes, "
            f"p99 {latency:.2f} ms, of {', '.join(f'{time:.2f}' for time in times)}"
        )
    usual, latency = figures["well: share"], figures["well: ack p99 ms"]
    for way in list(ways)[1:]:
        share = figures[f"{way}: share"]
        if share < 0.95 * usual:
            faults.append(f"{way}: the other backend gets {share:.1%} of what comes, and got {usual:.1%}")
        if figures[f"{way}: ack p99 ms"] > max(1.5 * latency, latency + 5):
            p99_now = figures[f"{way}: ack p99 ms"]
            faults.append(f"{way}: p99 of the acknowledgements is {p99_now:.2f} ms, and was {latency:.2f} ms")
    return figures, faults
