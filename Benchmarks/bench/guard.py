"""`make bench-check`: instructions and allocations of one request, held against committed values.

Counts do not depend on how busy a machine is. Each is the difference between two runs of the release build that differ in
the number of requests alone, so that start and end fall out:

- hit: the list from memory, in-memory preset: the hot path
- second tier: the list from Redis (CACHE_L1=off): the hot path of the Redis client
- miss: the list from PostgreSQL, cached nowhere: the hot path of the PostgreSQL client
"""

import argparse, contextlib, json, pathlib, platform, re, shutil, subprocess, sys, tempfile

from . import clients, data, stores
from .contenders import Contenders
from .data import WILLOW
from .processes import BENCHMARKS, ROOT, Failure, run, stop_on_signals

VALUES = BENCHMARKS / "results/guard.json"
COUNTER = BENCHMARKS / ".build-client/liballocations.so"
TOLERANCE = 0.03
SLACK = {"instructions": 0, "allocations": 0.1}  # a request; a few allocations in a thousand requests are the clock's
# Requests of the two runs. callgrind makes a server some fifty times slower, and misses are long.
MEASURED = {
    "instructions": {"hit": (2_000, 6_000), "second tier": (500, 1_500), "miss": (300, 900)},
    "allocations": {"hit": (10_000, 30_000), "second tier": (3_000, 9_000), "miss": (1_000, 3_000)},
}


class Uncountable(Exception):
    """Why this machine cannot count."""


class Guard:
    def __init__(self, program, folder, database_url, redis_url):
        self.folder, self.program = folder, folder / "tenantry"
        # valgrind stops at the debug information of Swift 6.3.
        run("strip", "-o", self.program, program)
        self.make = Contenders(self.program, folder, database_url, redis_url)

    def server(self, path):
        if path == "hit":
            return self.make.tenantry("hit", None, ADAPTERS_PRESET="mock", DATABASE_URL=None, REDIS_URL=None)
        return self.make.second_tier(None) if path == "second tier" else self.make.uncached(None)

    def total(self, path, figure, requests):
        """All that a process counts from its start to its end, while it answers so many requests."""
        server, file, found = self.server(path), self.folder / "n.requests", self.folder / "count"
        file.write_bytes(data.same("/packages", WILLOW) * requests)
        if figure == "instructions":
            server.command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                              f"--log-file={found}", *server.command]
        else:
            server.environment |= {"LD_PRELOAD": str(COUNTER), "ALLOCATIONS_FILE": str(found)}
        with server:
            server.wait(WILLOW)
            clients.pace(server.port, file, 1, 300, None, once=True)
            ended = end(server)
        text = found.read_text() if found.exists() else ""
        number = re.search(r"Collected : (\d+)" if figure == "instructions" else r"(\d+)", text)
        if ended != 0 or not number:
            raise Uncountable(f"the server ended with {ended}: {text.strip()[-500:]}")
        return int(number[1])

    def each(self, path, figure):
        """For one request."""
        few, many = MEASURED[figure][path]
        return (self.total(path, figure, many) - self.total(path, figure, few)) / (many - few)


def end(server):
    """Lets a server drain, and returns its exit code."""
    server.process.terminate()
    try:
        return server.process.wait(60)
    except subprocess.TimeoutExpired:
        raise Failure(f"{server.name} did not end within a minute") from None


def check_valgrind():
    if not shutil.which("valgrind"):
        raise Uncountable("valgrind is not installed")
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "true"], capture_output=True)
    if done.returncode:
        raise Uncountable("valgrind does not run here: " + done.stderr.decode(errors="replace").strip()[-300:])


def setting():
    """What counts depend on besides the code."""
    swift = run("swift", "--version").partition("\n")[0].strip()
    flags = re.search(r"^flags\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    chosen_by = {"avx2", "bmi2", "erms", "fsrm"}  # what the C library picks its routines by, and valgrind lets it see
    return {"architecture": platform.machine(), "features": sorted(chosen_by & set(flags[1].split() if flags else [])),
            "swift": swift, "libc": " ".join(platform.libc_ver())}


def measure(program, paths):
    """By path and figure, the count; a figure that cannot be counted is told and left out."""
    found = {}
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tenantry-guard-", dir="/var/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        postgres, redis = (stack.enter_context(store(folder, None)) for store in (stores.postgres, stores.redis))
        environment = {"DATABASE_URL": postgres.url, "LOG_LEVEL": "error"}
        run(program, "migrate", "up", env=environment, cwd=ROOT)
        run(program, "seed", "--demo", env=environment, cwd=ROOT)
        guard = Guard(program, folder, postgres.url, redis.url)
        for figure in MEASURED:
            try:
                if figure == "instructions":
                    check_valgrind()
                for path in paths:
                    found.setdefault(path, {})[figure] = round(guard.each(path, figure), 2)
                    print(f"{path}: {found[path][figure]:,.2f} {figure} a request", flush=True)
            except Uncountable as why:
                print(f"bench-check: THIS MACHINE CANNOT COUNT {figure}, so they are not compared: {why}", flush=True)
    return found


def compare(found, kept):
    """The differences that are too large, in words."""
    worse = []
    for path, figures in found.items():
        for figure, value in figures.items():
            expected = kept.get(path, {}).get(figure)
            if expected is None:
                worse.append(f"{path}: no value of {figure} is committed")
                continue
            change = value / expected - 1 if expected else float(value > 0)
            told = f"{path}: {value:,.2f} {figure} a request, committed {expected:,.2f} ({change:+.1%})"
            if abs(value - expected) <= max(expected * TOLERANCE, SLACK[figure]):
                print("as committed   " + told)
            elif value < expected:
                print("BETTER         " + told + "; commit it with `make bench-check UPDATE=1`")
            else:
                worse.append(told)
    return worse


def main():
    parser = argparse.ArgumentParser(prog="bench.guard", description=__doc__.splitlines()[0])
    parser.add_argument("--tenantry", type=pathlib.Path, default=ROOT / ".build-release/release/tenantry")
    parser.add_argument("--update", action="store_true", help="write what is counted as the values to commit")
    parser.add_argument("--only", choices=("hit", "second tier", "miss"))
    chosen = parser.parse_args()
    stop_on_signals()
    chosen.tenantry.exists() or sys.exit(f"{chosen.tenantry} is missing: run `make release` in the project's folder")
    kept = json.loads(VALUES.read_text()) if VALUES.exists() else {}
    try:
        found = measure(chosen.tenantry, [chosen.only] if chosen.only else ["hit", "second tier", "miss"])
    except Failure as failure:
        sys.exit(f"bench-check: {failure}")
    if chosen.update:
        VALUES.parent.mkdir(exist_ok=True)
        VALUES.write_text(json.dumps({"taken_with": setting(), "each_request": found}, indent=2) + "\n")
        print(f"written to {VALUES.relative_to(ROOT)}")
        return
    if kept.get("taken_with") != setting():
        print(f"bench-check: NOT COMPARED: the values were taken with {kept.get('taken_with')}, this is {setting()}")
        return
    if worse := compare(found, kept["each_request"]):
        sys.exit("WORSE THAN COMMITTED\n" + "\n".join(worse))


if __name__ == "__main__":
    main()
