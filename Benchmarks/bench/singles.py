"""What is measured once, not in rounds: start, memory, warming, and latency at half the top rate."""

import statistics, time

from . import clients, data
from .data import WILLOW
from .processes import CLIENT_CORE, SERVER_CORE, ask


def first_answer(contender, headers):
    """Milliseconds from the start of a process to its first whole answer."""
    with contender:
        contender.wait_until(lambda: ask(contender.port, contender.path, headers)[0] == 200, pause=0.001)
        return (time.monotonic() - contender.started) * 1000


def cold_starts(make, times):
    """By server, the median of cold starts. `make` gives, by name, what makes one that has not started."""
    found = {}
    for _ in range(times):
        for name, one in make.items():
            found.setdefault(name, []).append(round(first_answer(one(), WILLOW), 1))
    return {name: {"median_ms": statistics.median(all), "each_ms": all} for name, all in found.items()}


def idle_memory(contender):
    """Resident MB once a server has answered and then rested."""
    with contender:
        contender.wait(WILLOW)
        time.sleep(2)
        return round(contender.memory(), 1)


def warm(contender, requests, seconds):
    """Seconds to warm all tenants, and resident MB after that and at the most under load."""
    with contender:
        contender.wait_until(lambda: ask(contender.port, "/health/ready")[0] == 200, seconds=120, pause=0.005)
        took = time.monotonic() - contender.started
        resting = contender.memory()
        clients.pace(contender.port, requests, 64, seconds, CLIENT_CORE)
        return {"seconds": round(took, 2), "memory_mb": round(resting, 1),
                "memory_under_load_mb": round(contender.memory(), 1),
                "most_memory_mb": round(contender.memory("VmHWM"), 1)}


def unrest(seconds):
    """What the machine itself does to latency: the p99 of requests that would take no time at all, but have to wait for
    the server's core or the client's where other work has it."""
    taken = [pause for core in clients.pauses((SERVER_CORE, CLIENT_CORE), seconds) for pause in core]
    late = lambda limit: sum(max(0, pause - limit) for pause in taken) / (seconds * 1000)
    longest = max(taken, default=0)
    low, high = 0, longest
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (middle, high) if late(middle) > 0.01 else (low, middle)
    return {"p99_ms": round(high, 2), "share_over_1_ms": round(late(1), 4),
            "longest_ms": round(longest, 2)}


def half_rate(contender, top, folder, seconds, times):
    """Latencies of the list at half of a server's top rate, counted from when each request was due; nothing else runs.
    The median of some times, since one hiccup of a shared machine is not the server's."""
    path = folder / "half.requests"
    path.write_bytes(data.same(contender.path, WILLOW))
    with contender:
        contender.wait(WILLOW)
        taken = [clients.pace(contender.port, path, 64, seconds, CLIENT_CORE, rate=top / 2, warm_up=1)
                 for _ in range(times)]
    found = {name: round(statistics.median(t[name] for t in taken), 3) for name in taken[0]}
    return found | {"rate": round(top / 2), "each_p99_ms": [t["p99_ms"] for t in taken]}
