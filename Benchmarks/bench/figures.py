"""Medians of rounds, ratios, and the goals that they are held against."""

import statistics

from .contenders import ONE_CORE

RATE = "requests_per_second"

# What the issue asks for: name, (scenario, contender) over (scenario, contender), at least.
RATIO_GOALS = [
    ("hit over nginx with a file", ("hit", "tenantry"), ("hit", "nginx"), 0.8),
    ("hit over Go from a map", ("hit", "tenantry"), ("hit", "go memory"), 1.5),
    *((f"hit over {name} with Redis{where}", ("hit", "tenantry"), ("hit", f"{kind} {mode}"), least)
      for mode, where in ((ONE_CORE, " on the server's core"), ("redis", " on the client's core"))
      for name, kind, least in (("Go", "go", 5), ("Express", "express", 10), ("FastAPI", "fastapi", 20))),
    ("256 connections over 64", ("wide", "tenantry"), ("hit", "tenantry"), 0.7),
    ("304 over plain hit", ("not modified", "tenantry"), ("hit", "tenantry"), 1),
    ("gzip over plain hit", ("gzip", "tenantry"), ("hit", "tenantry"), 1),
    ("second tier over Go with Redis, one list", ("second tier joined", "tenantry L2"),
     ("second tier joined", "go redis"), 1.5),
    ("second tier over Go with Redis, 1,000 tenants", ("second tier", "tenantry L2"), ("second tier", "go redis"), 1.5),
    ("miss over Go with pgx", ("miss", "tenantry uncached"), ("miss", "go database"), 1.2),
    ("miss over FastAPI with asyncpg", ("miss", "tenantry uncached"), ("miss", "fastapi database"), 3),
]
# Name, where it is among the single figures, at most, unit.
SINGLE_GOALS = [
    ("p99 of hits at half the top rate", ("half_rate", "tenantry", "p99_ms"), 1, "ms"),
    ("p99 of the second tier at half the top rate", ("half_rate", "tenantry L2", "p99_ms"), 5, "ms"),
    ("first answer, in-memory preset without warming", ("cold_start", "tenantry mock", "median_ms"), 100, "ms"),
    ("resident memory, idle", ("memory", "tenantry"), 64, "MB"),
    ("resident memory, 1,000 tenants warm", ("warm", "memory_mb"), 150, "MB"),
]


def medians(rounds):
    """For each run the median of each of its figures."""
    return {run: {name: round(statistics.median(r[run][name] for r in rounds), 3) for name in figures}
            for run, figures in rounds[0].items()} if rounds else {}


def ratio(rounds, above, below):
    """Median of the rounds' ratios, and each; None when one of the two did not run."""
    if not rounds or above not in rounds[0] or below not in rounds[0]:
        return None
    each = [r[above][RATE] / r[below][RATE] for r in rounds]
    return statistics.median(each), each


def goals(rounds, singles):
    """Every goal whose figures were taken: name, figure, goal, unit, whether it is met, and each round's."""
    found = []
    for name, above, below, least in RATIO_GOALS:
        if (result := ratio(rounds, above, below)) is not None:
            value, each = result
            found.append({"name": name, "value": round(value, 3), "goal": f"at least {least}", "unit": "",
                          "met": value >= least, "each": [round(r, 3) for r in each]})
    for name, path, most, unit in SINGLE_GOALS:
        value = singles
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            found.append({"name": name, "value": value, "goal": f"at most {most}", "unit": unit, "met": value <= most,
                          "each": []})
    return found
