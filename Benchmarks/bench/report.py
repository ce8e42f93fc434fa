"""The results as JSON, Markdown and pictures."""

import json

from . import chart
from .figures import RATE, goals, medians
from .processes import BENCHMARKS
from .runs import SCENARIOS

RESULTS = BENCHMARKS / "results"


def named(rounds):
    """The rounds as JSON can hold them."""
    return [{f"{scenario}: {contender}": figures for (scenario, contender), figures in r.items()} for r in rounds]


def write(report, folder=RESULTS):
    """Writes `bench.json`, `bench.md` and a picture for each scenario; returns the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    rounds, singles = report["rounds"], report["singles"]
    report = report | {"goals": goals(rounds, singles), "rounds": named(rounds), "unpinned": named(report["unpinned"]),
                       "medians": named([medians(rounds)])[0]}
    (folder / "bench.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    for old in folder.glob("bench-*.svg"):
        old.unlink()
    pictures = draw(medians(rounds), report, folder)
    text = markdown(report, medians(rounds), rounds, pictures)
    (folder / "bench.md").write_text(text)
    return text


def draw(table, report, folder):
    pictures = []
    for scenario in SCENARIOS:
        rows = [(contender, figures[RATE], contender.startswith("tenantry"))
                for (of, contender), figures in table.items() if of == scenario]
        if len(rows) > 1:
            name = f"bench-{scenario.replace(' ', '-')}.svg"
            rows.sort(key=lambda row: -row[1])
            (folder / name).write_text(chart.bars(
                f"Requests a second: {scenario}", f"{SCENARIOS[scenario]}. Server on one core.", rows, ""))
            pictures.append(name)
    return pictures


def markdown(report, table, rounds, pictures):
    about, lines = report["machine"], ["# Tenantry against what a user would pick instead", ""]
    sizes = report["bytes"]
    lines += [
        f"{about['date']}, {about['cpu']}, {about['cores']} cores, {about['memory_gb']} GB, Linux {about['kernel']}, load "
        f"{about['load_before']:.2f} before the start. {len(rounds)} interleaved rounds of {report['seconds']} s a run; "
        f"the list has {sizes['list']:,} bytes, with gzip {sizes['gzip']:,}, one package {sizes['package']:,}; lists of "
        f"the 1,000 tenants have {sizes['lists']:,} on average. Answers of all contenders were compared before any "
        "timing, and no request failed.", *goal_lines(report["goals"])]
    if rounds:
        lines += ["", "## Requests a second", ""] + rates(table, report["stores"])
    lines += singles(report["singles"]) + unpinned(report["unpinned"])
    if pictures:
        lines += ["", "## Pictures", ""] + [f"![{name}]({name})" for name in pictures]
    lines += ["", "## Versions and commands", "", "```"]
    lines += [f"{name}: {value}" for name, value in about["versions"].items()]
    lines += ["", *report["commands"], "```", ""]
    return "\n".join(lines)


def goal_lines(found):
    if not found:
        return []
    lines = ["", "## What was asked for", "", "| figure | measured | goal | met | each round |", "|---|---|---|---|---|"]
    for goal in found:
        each = ", ".join(f"{value:.2f}" for value in goal["each"])
        lines.append(f"| {goal['name']} | {goal['value']:.3g} {goal['unit']} | {goal['goal']} {goal['unit']} | "
                     f"{'yes' if goal['met'] else '**no**'} | {each} |")
    return lines


def rates(table, stores):
    """One table for each scenario; `stores` name the servers that contenders share."""
    lines = []
    for scenario, meaning in SCENARIOS.items():
        rows = {contender: figures for (of, contender), figures in table.items() if of == scenario}
        if not rows:
            continue
        ours = next((name for name in rows if name.startswith("tenantry")), next(iter(rows)))
        lines += [f"**{scenario}**: {meaning}", "",
                  "| server | requests/s | ratio to the first of ours | p50 ms | p99 ms | CPU µs/request | "
                  f"core shares: server, client, {', '.join(stores)}, idle servers |", "|---|---|---|---|---|---|---|"]
        for name, figures in rows.items():
            of = lambda field, form: format(figures[field], form) if field in figures else ""
            shares = ["core_share", "client_core_share", *(f"{store}_core_share" for store in stores),
                      "idle_servers_core_share"]
            lines.append(
                f"| {name} | {figures[RATE]:,.0f} | {figures[RATE] / rows[ours][RATE]:.2f} | {of('p50_ms', '.2f')} | "
                f"{of('p99_ms', '.2f')} | {of('cpu_microseconds_per_request', '.1f')} | "
                f"{', '.join(of(share, '.0%') or '-' for share in shares)} |")
        lines.append("")
    return lines


def singles(found):
    lines = ["## Single figures", "", "| figure | |", "|---|---|"]
    for name, figures in found.get("cold_start", {}).items():
        each = ", ".join(f"{value:.0f}" for value in figures["each_ms"])
        lines.append(f"| start to first answer, {name} | {figures['median_ms']:.0f} ms ({each}) |")
    for name, value in found.get("memory", {}).items():
        lines.append(f"| resident memory, idle, {name} | {value:.0f} MB |")
    if warmed := found.get("warm"):
        lines.append(
            f"| 1,000 tenants warm | {warmed['seconds']:.1f} s from the start of the process to ready; "
            f"{warmed['memory_mb']:.0f} MB then, {warmed['memory_under_load_mb']:.0f} MB after the mix, at the most "
            f"{warmed['most_memory_mb']:.0f} MB |")
    for name, figures in found.get("half_rate", {}).items():
        lines.append(
            f"| latency at half the top rate, {name} | {figures['rate']:,}/s: p50 {figures['p50_ms']:.2f}, p99 "
            f"{figures['p99_ms']:.2f} ({', '.join(f'{p99:.2f}' for p99 in figures['each_p99_ms'])}), p99.9 "
            f"{figures['p999_ms']:.2f}, at the most {figures['max_ms']:.1f} ms |")
    if unrest := found.get("unrest"):
        lines.append(
            f"| what the machine's own work does to latency | p99 {unrest['p99_ms']:.2f} ms for requests that take no time; "
            f"{unrest['share_over_1_ms']:.1%} of them wait longer than 1 ms, {unrest['longest_ms']:.1f} ms at the most |")
    return lines if len(lines) > 4 else []


def unpinned(rounds):
    if not rounds:
        return []
    table = {name: sorted(r[name][RATE] for r in rounds)[len(rounds) // 2] for name in rounds[0]}
    return ["", "## Both cores for all", "", "Servers and client share both cores; peers with two processes where one "
            "uses one core.", "", "| server | requests/s |", "|---|---|",
            *(f"| {name.partition(': ')[2]} | {rate:,.0f} |" for name, rate in table.items())]
