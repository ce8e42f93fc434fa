"""The runs of a round: who answers what, over how many connections, and how that is timed."""

import dataclasses, random
from collections.abc import Callable

from . import clients, data
from .contenders import ONE_CORE
from .data import ONE, WILLOW
from .processes import CLIENT_CORE, SERVER_CORE, client_seconds

# The dictionary's order is that of the reports.
SCENARIOS = {
    "hit": "the list of 20 packages, in memory; 64 connections; Redis on the client's core, or, with 'one core', on "
           "the server's",
    "gzip": "the same with Accept-Encoding: gzip",
    "not modified": "the same with If-None-Match",
    "package": "one package, in memory",
    "wide": "the list over 256 connections",
    "second tier": "the lists of 1,000 tenants in random order, in Redis alone (CACHE_L1=off); Redis on the client's core",
    "second tier joined": "the same with one list (12 KB) over and over",
    "miss": "the lists of 1,000 tenants in random order, cached nowhere; PostgreSQL on the client's core",
    "mix": "lists and packages of 1,000 tenants by Zipf's law, with 1 % writes",
    "bookings": "each of another day, PostgreSQL with fsync on the client's core",
    "availability": "thirty days",
    "limits": "what Redis and PostgreSQL answer to their own programs",
}
BOOKINGS_PER_SECOND = 8000  # more than any server makes


@dataclasses.dataclass
class Run:
    scenario: str
    contender: str
    process: object  # None for the servers' own programs
    load: Callable  # given seconds, the figures

    def take(self, seconds, shared, all_contenders):
        """Times the load. `shared` are servers that contenders use, by name."""
        busy = [self.process] if self.process else []
        rest = [other for other in all_contenders if other is not self.process]
        seen = lambda: [sum(p.cpu_seconds() for p in group) for group in
                        (busy, rest, *([process] for process in shared.values()))] + [client_seconds()]
        before = seen()
        figures = self.load(seconds)
        spent = [after - then for after, then in zip(seen(), before)]
        took = figures.get("seconds", seconds)
        shares = [round(s / took, 3) for s in spent]
        if self.process:
            figures["core_share"] = shares[0]
            figures["cpu_microseconds_per_request"] = round(spent[0] / max(figures["requests"], 1) * 1e6, 2)
        figures["idle_servers_core_share"] = shares[1]
        figures |= {f"{name}_core_share": share for name, share in zip(shared, shares[2:])}
        figures["client_core_share"] = shares[-1]
        return figures


class Plan:
    """Makes the runs of the scenarios that were asked for."""

    def __init__(self, servers, stores, folder, tag, core=CLIENT_CORE):
        self.servers, self.stores, self.folder, self.tag, self.core = servers, stores, folder, tag, core
        self.bookings, self.starts = data.Bookings(), random.Random(4)

    def file(self, name, records):
        path = self.folder / f"{name}.requests"
        path.write_bytes(records)
        return path

    def wrk(self, scenario, names, path="/packages", headers={}, connections=64):
        def run(server):
            return lambda seconds: clients.wrk(
                server.port, path, WILLOW | headers, connections, seconds, self.core)
        return [Run(scenario, name, self.servers[name], run(self.servers[name])) for name in names]

    def pace(self, scenario, names, records, connections=64):
        path = self.file(scenario, records)

        def run(server):
            # Each time from another place, so that writes change something.
            return lambda seconds: clients.pace(
                server.port, path, connections, seconds, self.core, first=self.starts.randrange(1 << 20))
        return [Run(scenario, name, self.servers[name], run(self.servers[name])) for name in names]

    def book(self, seconds):
        path = self.file("bookings", self.bookings.take(int(BOOKINGS_PER_SECOND * seconds)))
        return clients.pace(self.servers["tenantry"].port, path, 64, seconds, self.core, once=True)

    def limits(self):
        """The server keeps its core; its client takes the other."""
        postgres, redis = self.stores["postgres"], self.stores["redis"]
        return [
            Run("limits", "redis-benchmark, GET of 12 KB", None, lambda seconds: clients.redis_benchmark(
                redis.port, "bench:12k", 64, seconds, SERVER_CORE)),
            Run("limits", "pgbench, 20 packages", None, lambda seconds: clients.pgbench(
                postgres.url, LIST_SCRIPT, seconds, SERVER_CORE)),
        ]

    def prime(self):
        """Lets everybody who keeps answers of many tenants keep them all, as after some time of service."""
        path = self.file("everything", data.everything())
        for name in ("tenantry", "tenantry L2", "go redis", "express redis", "fastapi redis"):
            clients.pace(self.servers[name].port, path, 64, 120, self.core, once=True)

    def runs(self, scenarios):
        memory = [f"{kind} memory" for kind in ("go", "express", "fastapi")]
        redis = [f"{kind} redis" for kind in ("go", "express", "fastapi")]
        database = [f"{kind} database" for kind in ("go", "express", "fastapi")]
        one_core = [f"{kind} {ONE_CORE}" for kind in ("go", "express", "fastapi")]
        made = {
            "hit": lambda: self.wrk("hit", ["nginx", "constant", "tenantry", *memory, *redis, *one_core]),
            "gzip": lambda: self.wrk("gzip", ["tenantry"], headers={"Accept-Encoding": "gzip"}),
            "not modified": lambda: self.wrk("not modified", ["tenantry"], headers={"If-None-Match": self.tag}),
            "package": lambda: self.wrk("package", ["tenantry", "go memory", "go redis"], ONE),
            "wide": lambda: self.wrk("wide", ["nginx", "tenantry", "go memory"], connections=256),
            "second tier": lambda: self.pace("second tier", ["tenantry L2", *redis], data.every_list()),
            "second tier joined": lambda: self.wrk("second tier joined", ["tenantry L2", *redis[:1]]),
            "miss": lambda: self.pace("miss", ["tenantry uncached", *database], data.every_list()),
            "mix": lambda: self.pace("mix", ["tenantry", *redis], data.mix()),
            "bookings": lambda: [Run("bookings", "tenantry", self.servers["tenantry"], self.book)],
            "availability": lambda: self.wrk("availability", ["tenantry"], data.availability()),
            "limits": self.limits,
        }
        return [run for name in SCENARIOS if name in scenarios for run in made[name]()]


LIST_SCRIPT = """\\set n random(1, 1000)
SELECT p.id, p.slug, p.title, p.description, p.price_cents, p.currency, s.slug, p.grouping, p.grouping_order, p.status,
  p.photo_urls, p.photo_alts, p.created_at, p.updated_at
FROM packages p LEFT JOIN segments s ON s.tenant_id = p.tenant_id AND s.id = p.segment_id
WHERE p.tenant_id = (SELECT id FROM tenants WHERE slug = 'generated-1-' || :n) AND p.status = 'published'
ORDER BY p.segment_order, p.grouping_order, p.title, p.id LIMIT 50;
"""


def take_rounds(runs, rounds, seconds, warm_up, shared, contenders, tell):
    """Interleaved rounds; every second one runs in reverse order, so that drift of the machine falls on all."""
    for run in runs:
        run.take(warm_up, shared, contenders)
    taken = []
    for number in range(rounds):
        figures = {}
        for run in runs if number % 2 == 0 else reversed(runs):
            figures[(run.scenario, run.contender)] = run.take(seconds, shared, contenders)
        taken.append(figures)
        tell(number, figures)
    return taken
