"""The command: sets the stage, measures, writes the results."""

import argparse, contextlib, os, pathlib, shutil, sys, tempfile

from . import checks, data, machine, report, runs, singles, stores
from .contenders import CONSTANT, MODES, ONE_CORE, PACKAGES, QUIET, Contenders
from .data import WILLOW
from .clients import PACE, PAUSES
from .figures import RATE, medians
from .processes import CLIENT_CORE, ROOT, SERVER_CORE, Failure, ask, run, stop_on_signals

KINDS = ("go", "express", "fastapi")
SINGLES = ("half rate", "unpinned", "cold start", "memory")


def options():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--tenantry", type=pathlib.Path, default=ROOT / ".build-release/release/tenantry")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--warm-up", type=int, default=1, help="seconds of each run before the rounds")
    parser.add_argument("--quick", action="store_true", help="two rounds of one second, in about three minutes")
    parser.add_argument("--only", default="", help="comma-separated, of: " + ", ".join([*runs.SCENARIOS, *SINGLES]))
    parser.add_argument("--output", type=pathlib.Path, default=report.RESULTS)
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.seconds = 2, 1
    every = [*runs.SCENARIOS, *SINGLES]
    chosen.only = [word.strip() for word in chosen.only.split(",") if word.strip()] or every
    if unknown := set(chosen.only) - set(every):
        parser.error(f"--only knows no {', '.join(unknown)}; it takes {', '.join(every)}")
    return chosen


def check_machine(chosen):
    needed = [(chosen.tenantry, "make release"), (CONSTANT, "make bench"), (PACE, "make bench"), (PAUSES, "make bench"),
              (PACKAGES / "go-peer", "Benchmarks/peers/setup")]
    for path, mend in needed:
        path.exists() or sys.exit(f"{path} is missing: run `{mend}` in the project's folder")
    for tool in ("wrk", "taskset", "nginx", "redis-server", "redis-benchmark", "node"):
        shutil.which(tool) or sys.exit(f"{tool} is missing: `make bench` installs it")
    {SERVER_CORE, CLIENT_CORE} <= os.sched_getaffinity(0) or sys.exit("cores 0 and 1 are needed: server and client")


def tell(text):
    print(text, flush=True)


def told_round(number, figures):
    tell(f"round {number + 1}: " + "; ".join(
        f"{scenario} {contender} {run[RATE]:,.0f}" for (scenario, contender), run in figures.items()))


def main():
    chosen = options()
    check_machine(chosen)
    stop_on_signals()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tenantry-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        text = measure(chosen, folder)
    except Failure as failure:
        sys.exit(f"the benchmark ended: {failure}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n" + text)


def measure(chosen, folder):
    about = machine.describe(stores.POSTGRES)
    with contextlib.ExitStack() as stack:
        postgres = stack.enter_context(stores.postgres(folder, CLIENT_CORE))
        redis = stack.enter_context(stores.redis(folder, CLIENT_CORE))
        near = stack.enter_context(stores.redis(folder, SERVER_CORE))
        tell("filling the database with 1,000 tenants")
        data.fill(chosen.tenantry, {"DATABASE_URL": postgres.url, "LOG_LEVEL": "error"})
        stores.psql(postgres.url, "VACUUM ANALYZE")
        shared = {"postgres": postgres, "redis": redis, "near redis": near}
        make = Contenders(chosen.tenantry, folder, postgres.url, redis.url)
        alone = Contenders(chosen.tenantry, folder, postgres.url, near.url)
        found = {"rounds": [], "unpinned": [], "singles": {}}
        with contextlib.ExitStack() as servers:
            started, tag, sizes = start(make, alone, servers, folder)
            commands = [command(server, folder) for server in started.values()]
            rounds(chosen, found, runs.Plan(started, shared, folder, tag), shared, started, redis)
        extras(chosen, found, make, shared, folder, tag)
    settings = " ".join(f"{name}={value}" for name, value in QUIET.items())
    return report.write(
        found | {"machine": about, "bytes": sizes, "seconds": chosen.seconds, "stores": list(shared),
                 "commands": [f"settings of every tenantry: {settings}", *commands]}, chosen.output)


def command(server, folder):
    """How a server was started, with the settings in which it differs from its like; paths without the folders."""
    differing = [f"{name}={value}" for name, value in server.environment.items()
                 if name.startswith(("CACHE_", "PEER_MODE")) or name == "ADAPTERS_PRESET"]
    return f"{server.name}: {' '.join([*differing, *server.command])}".replace(f"{ROOT}/", "").replace(f"{folder}/", "")


def start(make, alone, servers, folder):
    """All contenders, compared with each other; the tag of the list, and the sizes of its forms. What `alone` makes has its
    Redis beside it on the servers' core."""
    begin = lambda server: servers.enter_context(server)
    started = {"tenantry": begin(make.tenantry()), "tenantry L2": begin(make.second_tier()),
               "tenantry uncached": begin(make.uncached())}
    started |= {f"{kind} {mode}": begin(make.peer(kind, mode)) for kind in KINDS for mode in MODES}
    started |= {f"{kind} {ONE_CORE}": begin(alone.peer(kind, "redis", name=f"{kind} {ONE_CORE}")) for kind in KINDS}
    for server in started.values():
        server.wait(WILLOW)
    reference, *others = started.values()
    checks.same_answers(reference, others)
    tag, sizes = checks.forms(reference)
    body = folder / "packages.json"
    body.write_bytes(ask(reference.port, "/packages", WILLOW)[2])
    limits = {"nginx": begin(make.nginx(body)), "constant": begin(make.constant(body))}
    for server in limits.values():
        server.wait(WILLOW)
    checks.same_bytes(reference, limits.values())
    tell(f"{len(others) + 1} contenders give the same answers")
    return limits | started, tag, sizes


def rounds(chosen, found, plan, shared, started, redis):
    planned = plan.runs(chosen.only)
    if not planned:
        return
    run("redis-cli", "-p", redis.port, "SETRANGE", "bench:12k", 12_287, "x")
    if {"mix", "second tier"} & set(chosen.only):
        tell("letting those that keep answers keep all of 1,000 tenants")
        plan.prime()
    found["rounds"] = runs.take_rounds(
        planned, chosen.rounds, chosen.seconds, chosen.warm_up, shared, list(started.values()), told_round)


def half_rates(chosen, found, make, folder):
    """For those whose top rate is known."""
    table, half = medians(found["rounds"]), {}
    for name, rated, one in (
            ("nginx", ("hit", "nginx"), lambda: make.nginx(folder / "packages.json")),
            ("tenantry", ("hit", "tenantry"), make.tenantry),
            ("tenantry L2", ("second tier joined", "tenantry L2"), make.second_tier),
            ("go memory", ("hit", "go memory"), lambda: make.peer("go", "memory")),
            ("go redis", ("hit", "go redis"), lambda: make.peer("go", "redis"))):
        if rated in table:
            half[name] = singles.half_rate(one(), table[rated][RATE], folder, max(chosen.seconds, 2), chosen.rounds)
    found["singles"]["half_rate"], found["singles"]["unrest"] = half, singles.unrest(30 if chosen.rounds > 2 else 5)
    tell(f"half rate: {half}; the machine itself: {found['singles']['unrest']}")


def extras(chosen, found, make, shared, folder, tag):
    """What needs servers of its own."""
    if "half rate" in chosen.only:
        half_rates(chosen, found, make, folder)
    if "unpinned" in chosen.only:
        unpinned(chosen, found, make, shared, folder, tag)
    if "cold start" in chosen.only:
        mock = lambda: make.tenantry("tenantry mock", ADAPTERS_PRESET="mock", DATABASE_URL=None, REDIS_URL=None)
        makers = {"tenantry mock": mock, "tenantry": make.tenantry}
        makers |= {f"{kind} memory": lambda kind=kind: make.peer(kind, "memory") for kind in KINDS}
        found["singles"]["cold_start"] = singles.cold_starts(makers, 2 if chosen.quick else 5)
        tell(f"cold start: {found['singles']['cold_start']}")
    if "memory" in chosen.only:
        found["singles"]["memory"] = {
            name: singles.idle_memory(server) for name, server in [
                ("tenantry", make.tenantry()), *((f"{kind} memory", make.peer(kind, "memory")) for kind in KINDS)]}
        requests = folder / "mix.requests"
        requests.write_bytes(data.mix())
        warming = make.tenantry("tenantry warming", CACHE_WARM_ON_STARTUP="true", CACHE_WARM_DEADLINE="10m")
        found["singles"]["warm"] = singles.warm(warming, requests, chosen.seconds)
        tell(f"memory: {found['singles']['memory']}, warm: {found['singles']['warm']}")


def unpinned(chosen, found, make, shared, folder, tag):
    """Servers and client on both cores."""
    with contextlib.ExitStack() as servers:
        begin = lambda server: servers.enter_context(server)
        started = {"nginx": begin(make.nginx(folder / "packages.json", core=None, workers=2)),
                   "tenantry": begin(make.tenantry(core=None)), "go memory": begin(make.peer("go", "memory", core=None))}
        started |= {f"{kind} redis": begin(make.peer(kind, "redis", core=None, workers=2)) for kind in KINDS}
        for server in started.values():
            server.wait(WILLOW)
        plan = runs.Plan(started, shared, folder, tag, core=None)
        found["unpinned"] = runs.take_rounds(
            plan.wrk("hit", list(started)), min(chosen.rounds, 3), chosen.seconds, chosen.warm_up, shared,
            list(started.values()), told_round)


if __name__ == "__main__":
    main()
