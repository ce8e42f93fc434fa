#!/usr/bin/env python3
"""Builds and runs the micro-benchmarks of the caching core, and writes results/caching.json and results/caching.md.

See ../README.md. Needs Python 3, Swift, a C compiler and zlib's headers; glibc on Linux.
"""

import argparse, datetime, json, os, pathlib, platform, re, statistics, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
RESULTS = HERE / "results"
BUILD = HERE / ".build-release"
FLAGS = ["-c", "release", "--static-swift-stdlib", "-Xswiftc", "-cross-module-optimization",
         "--scratch-path", ".build-release"]


def run(*command, environment={}):
    """What a command prints; ends the script when it fails."""
    done = subprocess.run([str(word) for word in command], cwd=HERE, env=os.environ | environment,
                          stdout=subprocess.PIPE, text=True)
    done.returncode and sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def figures(*arguments, environment={}):
    return json.loads(run(BUILD / "release/CacheFigures", *arguments, environment=environment))


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"cpu": model[1] if model else platform.machine(), "cores": os.cpu_count(), "kernel": platform.release(),
            "swift": run("swift", "--version").partition("\n")[0], "load_before": round(os.getloadavg()[0], 2),
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}


def benchmarks():
    """Nanoseconds for one operation by name: percentiles over samples of 1,000 operations (1,000 callers, for flights).

    The benchmarks run without `swift package benchmark`, which cannot link the way that the product is linked.
    """
    text, table = run(BUILD / "release/CachingBenchmarks", "--quiet", "true"), {}
    for name, body in re.findall(r"Debug results for (.*?):\n(.*?)(?=Debug results for |\Z)", text, re.S):
        rows = re.search(r"Time \(wall clock\):\s+Value.*?\n\n(.*?)\n#", body, re.S)[1]
        steps = [(float(row.split()[1]), float(row.split()[0])) for row in rows.splitlines()]
        at = lambda share: next(value for percentile, value in steps if percentile >= share) / 1000
        table[name] = {"best": round(at(0), 1), "median": round(at(0.5), 1), "p90": round(at(0.9), 1),
                       "p99": round(at(0.99), 1), "samples": int(rows.splitlines()[-1].split()[2])}
    return table


def thread_rounds(rounds):
    """Throughput of two threads as a multiple of one's, in interleaved rounds."""
    found = []
    for _ in range(rounds):
        one, two = figures("threads", 1), figures("threads", 2)
        works = one["works"] + two["works"]
        rate = lambda run: sum(work["hits"] for work in run["works"]) / run["wallNanoseconds"]
        cost = lambda run: sum(w["cpuNanoseconds"] for w in run["works"]) / sum(w["hits"] for w in run["works"])
        found.append({
            "least_core_share": round(min(w["cpuNanoseconds"] / w["wallNanoseconds"] for w in works), 3),
            "throughput_ratio": round(rate(two) / rate(one), 3), "cpu_ratio": round(2 * cost(one) / cost(two), 3),
            "one_ns": round(cost(one), 1), "two_ns": round(cost(two), 1)})
    return found


def summary(report):
    """The figures with goals."""
    quiet = [r for r in report["threads"] if r["least_core_share"] >= 0.95]
    rounds = quiet or report["threads"]
    hit = report["operations"]["L1 hit, key ready"]
    return {
        "hit_ns": hit["median"], "hit_best_ns": hit["best"], "hit_allocations": report["allocations"]["hit"],
        "quiet_rounds": len(quiet), "rounds": len(report["threads"]),
        "two_threads_throughput": statistics.median(r["throughput_ratio"] for r in rounds),
        "two_threads_by_cpu": statistics.median(r["cpu_ratio"] for r in report["threads"]),
        "the table": round(report["memory"]["table"]["overhead"], 1),
        "the whole cache": round(report["memory"]["cache"]["overhead"], 1)}


def goals(found):
    """Rows of the first table: figure, measured, goal, met."""
    row = lambda name, text, goal, met: f"| {name} | {text} | {goal} | {'yes' if met else 'no'} |"
    rounds = f"{found['quiet_rounds']} quiet rounds of {found['rounds']}"
    return [
        row("L1 hit, one thread, median", f"{found['hit_ns']:.0f} ns", "≤ 150 ns", found["hit_ns"] <= 150),
        row("the same, best sample", f"{found['hit_best_ns']:.0f} ns", "≤ 150 ns", found["hit_best_ns"] <= 150),
        row("allocations of an L1 hit", f"{found['hit_allocations']:g}", "0", found["hit_allocations"] == 0),
        row(f"two threads on distinct keys, wall clock ({rounds})", f"{found['two_threads_throughput']:.2f}", "≥ 1.6",
            found["two_threads_throughput"] >= 1.6),
        row("the same, by processor time", f"{found['two_threads_by_cpu']:.2f}", "≥ 1.6",
            found["two_threads_by_cpu"] >= 1.6),
        *(row(f"overhead per entry, {name}", f"{found[name]:.0f} B", "≤ 160 B", found[name] <= 160)
          for name in ("the table", "the whole cache"))]


def table(head, align, rows):
    return ["", "| " + " | ".join(head) + " |", "|" + "|".join(align) + "|", *rows]


def markdown(report):
    about, memory = report["machine"], report["memory"]
    right, left = "---:", "---"
    operations = [
        f"| {name} | {row['best']:,.0f} | {row['median']:,.0f} | {row['p90']:,.0f} | {row['p99']:,.0f} |"
        for name, row in sorted(report["operations"].items())]
    allocations = [f"| {name} | {value:g} |" for name, value in report["allocations"].items()]
    invalidations = [
        f"| {row['keys']:,} | {len(row['nanoseconds'])} | {row['nanoseconds'][0]:,} | "
        f"{statistics.median(row['nanoseconds']):,.0f} |" for row in report["invalidation"]]
    overheads = [
        # The table gets pages that the cache has given back: only the cache's resident figure says anything.
        f"| {name} | {row['key']:.1f} | {row['value']:.0f} | {row['overhead']:.1f} | {resident} |"
        for name, row, resident in (
            ("the table alone", memory["table"], "–"),
            ("the whole cache", memory["cache"], f"{memory['cache']['residentOverhead']:.1f}"))]
    threads = [
        f"| {number} | {r['least_core_share']:.2f} | {r['throughput_ratio']:.2f} | {r['cpu_ratio']:.2f} | "
        f"{r['one_ns']:.0f} | {r['two_ns']:.0f} |" for number, r in enumerate(report["threads"], 1)]
    return "\n".join([
        "# The caching core", "",
        f"{about['date']}, {about['cpu']} with {about['cores']} cores, Linux {about['kernel']}, {about['swift']}, load "
        f"{about['load_before']:.2f} before the start.", "", "```", *report["commands"], "```",
        *table(["figure", "measured", "goal", "met"], [left, right, right, left], goals(report["summary"])),
        "", "## Operations", "", "Nanoseconds for one, over samples of 1,000; for the last percentiles the machine's "
        "other work counts most.",
        *table(["operation", "best", "median", "p90", "p99"], [left] + [right] * 4, operations),
        "", "## Allocations", *table(["operation", "each"], [left, right], allocations),
        "", "## Invalidation of one tag with live keys", "", "Nanoseconds for one.",
        *table(["live keys", "times", "best", "median"], [right] * 4, invalidations),
        "", f"## Memory of {memory['entries']:,} entries", "", "Bytes for each.",
        *table(["", "key", "value", "overhead, allocated", "overhead, resident"], [left] + [right] * 4, overheads),
        "", "## Two threads against one", "",
        "A round is quiet when each thread had 95 % of a core. By processor time: twice the cost of a hit on one "
        "thread over its cost on two.",
        *table(["round", "least share of a core", "wall clock", "by processor time", "ns, one", "ns, two"], [right] * 6,
               threads), ""])


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=15, help="of one thread against two")
    options.add_argument("--entries", type=int, default=1_000_000, help="of the memory figure")
    options = options.parse_args()
    run("swift", "build", *FLAGS)
    counter = BUILD / "liballocations.so"
    run("cc", "-shared", "-fPIC", "-O2", "-o", counter, "Allocations/counter.c")
    report = {"machine": machine(), "commands": [
        "swift build " + " ".join(FLAGS), ".build-release/release/CachingBenchmarks --quiet true",
        "LD_PRELOAD=.build-release/liballocations.so .build-release/release/CacheFigures allocations",
        ".build-release/release/CacheFigures threads 1", ".build-release/release/CacheFigures threads 2",
        ".build-release/release/CacheFigures invalidation 1000000",
        f".build-release/release/CacheFigures memory {options.entries}"]}
    preload = {"LD_PRELOAD": str(counter)}
    report["operations"] = benchmarks()
    report["allocations"] = figures("allocations", environment=preload)
    report["threads"] = thread_rounds(options.rounds)
    report["invalidation"] = [figures("invalidation", keys) for keys in (1, 1_000, 1_000_000)]
    report["memory"] = figures("memory", options.entries, environment=preload)
    report["summary"] = summary(report)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "caching.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    (RESULTS / "caching.md").write_text(markdown(report))
    print(markdown(report))


if __name__ == "__main__":
    main()
