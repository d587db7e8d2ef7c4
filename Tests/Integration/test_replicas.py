"""Of two Prometheus servers that scrape the same, one is kept; when it dies, the other one takes over."""

import datetime

import pytest
from support import messages
from support.admin import Admin
from support.ports import free_address
from support.servers import Prometheus
from support.sluice import backend, configuration
from support.wait import eventually

FAILOVER = 4.0


@pytest.fixture
def replica(started, folder):
    """Starts a Prometheus that scrapes `target` every half second as one of the replicas of cluster eu1."""

    def start(name, url, target):
        config = {
            "global": {"external_labels": {"cluster": "eu1", "__replica__": name}},
            "scrape_configs": [
                {"job_name": "target", "scrape_interval": "500ms", "static_configs": [{"targets": [target]}]}
            ],
            "remote_write": [
                {
                    "url": url,
                    "queue_config": {"batch_send_deadline": "200ms", "max_shards": 1},
                    "metadata_config": {"send": False},
                }
            ],
        }
        return started(Prometheus(folder(f"replica-{name}"), config, free_address()))

    return start


def times(sink, name=b"up"):
    """When the samples of the one series of that name were taken, in the order in which they came."""
    series = {key: held for key, held in sink.series().items() if (b"__name__", name) in key}
    assert len(series) <= 1, list(series)
    for key, held in series.items():
        assert dict(key)[b"cluster"] == b"eu1"
        assert b"__replica__" not in dict(key)
        return [stamp for stamp, _ in held["samples"]]
    return []


def own(replica):
    """When the replica itself has taken them."""
    return [stamp for samples in replica.samples('up{job="target"}').values() for stamp, _ in samples]


def test_a_killed_leader_leaves_a_short_gap_and_no_duplicates(sluice, fake_backend, replica):
    sink = fake_backend()
    gateway = sluice(
        configuration(
            {"sink": backend(sink.url)},
            tenancy={"sources": ["path"]},
            ha_dedup={"enabled": True, "failover_timeout": f"{FAILOVER:g}s"},
        )
    )
    url = f"{gateway.ingest_url}/tenants/acme/api/v1/push"
    target = gateway.admin_url.removeprefix("http://")
    leader = replica("a", url, target)
    eventually(lambda: len(times(sink)) >= 4, "samples of the leader")
    follower = replica("b", url, target)
    eventually(lambda: len(own(follower)) >= 6, "scrapes of the follower")
    before = len(times(sink))
    eventually(lambda: len(times(sink)) >= before + 6, "more samples of the leader")
    of_leader = own(leader)
    leader.process.kill()
    leader.process.wait()
    last_of_leader = max(set(times(sink)) & set(of_leader))
    eventually(lambda: times(sink)[-1] > last_of_leader + 1000 * FAILOVER + 2000, "samples of the follower", 30)
    kept, of_follower = times(sink), own(follower)

    # Before the end only the leader's, behind it only the follower's: nothing twice.
    assert len(kept) == len(set(kept))
    assert kept == sorted(kept)
    switch = next(i for i, stamp in enumerate(kept) if stamp in set(of_follower) - set(of_leader))
    assert not set(kept[:switch]) & (set(of_follower) - set(of_leader))
    assert set(kept[switch:]) <= set(of_follower)
    # Nothing of the leader's is missing, and the gap is the fail-over time and little more: an interval of each
    # replica, and the time that a sender gathers.
    assert [s for s in of_leader if kept[0] <= s <= kept[switch - 1]] == kept[:switch]
    gap = (kept[switch] - kept[switch - 1]) / 1000
    assert FAILOVER - 1 <= gap <= FAILOVER + 2.5, gap
    # The books: what came is what left and what was left out.
    assert gateway.metric("sluice_ha_elected_replica_changes_total", tenant="acme") == 1
    assert gateway.metric("sluice_ha_clusters") == 1
    received = gateway.metric("sluice_received_samples_total")
    left_out = gateway.metric("sluice_dropped_samples_total", cause="ha_replica")
    assert 0 < left_out < received
    eventually(
        lambda: (
            gateway.metric("sluice_backend_delivered_samples_total")
            + gateway.metric("sluice_dropped_samples_total", cause="ha_replica")
            == gateway.metric("sluice_received_samples_total")
        ),
        "the books balance",
    )


def test_the_loser_is_answered_as_the_winner_and_a_route_may_keep_all(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(
        configuration(
            {"sink": backend(sink.url)},
            [
                {"name": "all", "match": {"tenant": "all"}, "ha_dedup": {"enabled": False}, "send": ["sink"]},
                {"name": "one", "ha_dedup": {"replica_label": "pod"}, "send": ["sink"]},
            ],
            ha_dedup={"enabled": True},
        )
    )

    def series(replica, label):
        return messages.series({"__name__": "up", "cluster": "c", label: replica}, (1, 1.0))

    for replica in ("a", "b"):
        assert gateway.write(series(replica, "pod"), tenant="one").status_code == 204
        assert gateway.write(series(replica, "__replica__"), tenant="all").status_code == 204
    assert set(sink.wait_for_samples(3)) == {
        messages.labels_of(messages.series({"__name__": "up", "cluster": "c"})),
        messages.labels_of(messages.series({"__name__": "up", "cluster": "c", "__replica__": "a"})),
        messages.labels_of(messages.series({"__name__": "up", "cluster": "c", "__replica__": "b"})),
    }


def test_the_election_outlives_a_reload(sluice, fake_backend):
    sink = fake_backend()
    config = configuration({"sink": backend(sink.url)}, ha_dedup={"enabled": True})
    gateway = sluice(config)

    def write(replica, stamp):
        series = messages.series({"__name__": "up", "cluster": "c", "__replica__": replica}, (stamp, 1.0))
        assert gateway.write(series).status_code == 204

    write("a", 1)
    gateway.write_config({**config, "log": {"level": "info"}, "ha_dedup": {"enabled": True, "max_clusters": 5}})
    assert gateway.reload().ok
    write("b", 2)
    write("a", 3)
    (held,) = sink.wait_for_samples(2).values()
    assert [stamp for stamp, _ in held["samples"]] == [1, 3]


def test_it_is_told_who_is_elected(sluice, fake_backend):
    sink = fake_backend()
    gateway = sluice(configuration({"sink": backend(sink.url)}, ha_dedup={"enabled": True}))
    for tenant, cluster, replica in (("acme", "eu", "a"), ("acme", "eu", "b"), ("acme", "us", "b"), ("pay", "eu", "b")):
        series = messages.series({"__name__": "up", "cluster": cluster, "__replica__": replica}, (1, 1.0))
        assert gateway.write(series, tenant=tenant).status_code == 204

    def elected(query=""):
        items = Admin(gateway).get(f"/admin/v1/ha/elections{query}")["items"]
        for item in items:
            heard = datetime.datetime.fromisoformat(item.pop("last_heard"))
            assert 0 <= (datetime.datetime.now(datetime.UTC) - heard).total_seconds() < 60
        return items

    everything = [
        {"tenant": "acme", "cluster": "eu", "replica": "a"},
        {"tenant": "acme", "cluster": "us", "replica": "b"},
        {"tenant": "pay", "cluster": "eu", "replica": "b"},
    ]
    assert elected() == everything
    assert elected("?tenant=pay") == everything[2:]
    assert elected("?tenant=none") == []
    assert gateway.metric("sluice_ha_clusters") == 3
