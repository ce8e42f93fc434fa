"""Bar charts as SVG, readable on light and dark pages."""

import textwrap
from xml.sax.saxutils import escape

WIDTH, BAR, GAP, LEFT, RIGHT, LINE = 760, 20, 8, 210, 110, 18
LINE_CHARACTERS = 105
OURS, THEIRS = "#2f7d6d", "#9aa5b1"


def bars(title, subtitle, rows, unit):
    """`rows` are (label, value, whether it is ours); one bar each, all on one scale that begins at 0."""
    told = textwrap.wrap(subtitle, LINE_CHARACTERS)
    top = 46 + len(told) * LINE
    height = top + len(rows) * (BAR + GAP) + 12
    most = max(value for _, value, _ in rows) or 1
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title, {chr(34): "&quot;"})}" font-family="system-ui, sans-serif" '
        f'font-size="13">',
        "<style>text{fill:#1f2933}.s{fill:#616e7c}@media (prefers-color-scheme:dark){text{fill:#f5f7fa}"
        ".s{fill:#9aa5b1}.p{fill:#1f2933}}</style>",
        f'<rect class="p" width="{WIDTH}" height="{height}" fill="none"/>',
        f'<text x="12" y="24" font-size="16" font-weight="600">{escape(title)}</text>',
        *(f'<text class="s" x="12" y="{44 + number * LINE}">{escape(line)}</text>' for number, line in enumerate(told))]
    for number, (label, value, is_ours) in enumerate(rows):
        y = top + number * (BAR + GAP)
        length = max(1, (WIDTH - LEFT - RIGHT) * value / most)
        weight = ' font-weight="600"' if is_ours else ""
        lines += [
            f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end"{weight}>{escape(label)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2" '
            f'fill="{OURS if is_ours else THEIRS}"/>',
            f'<text x="{LEFT + length + 8:.1f}" y="{y + 15}"{weight}>{number_text(value)}{escape(unit)}</text>']
    return "\n".join([*lines, "</svg>", ""])


def number_text(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
