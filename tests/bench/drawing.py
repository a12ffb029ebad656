"""The curves as one SVG picture: dark on white, each series with marks and a dash of its own, told in words as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 900, 380
PANEL = 400  # of which there are two
TOP, BOTTOM, LEFT, RIGHT = 60, 230, 70, 380  # of the field of a panel, within it
INKS = ("#162e51", "#b50909", "#00664f")  # USWDS: primary-darker, red-60v, a green as dark; 7 : 1 on white and more
DASHES = ("", "9 5", "2 5")
LOOK = 'role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="14" fill="#1b1b1b"'
TITLES = {
    "clocks": ("A sweep, by the number of clocks", "milliseconds"),
    "workers": ("From due to sent, by the number of workers", "reminders a second"),
}


@dataclass(frozen=True)
class Series:
    """A name, and where it stands: (clocks or workers, figure), in their order."""

    name: str
    places: list[tuple[int, float]]


def drawn(panels: Sequence[tuple[str, Sequence[Series]]]) -> str:
    """The picture, with a title and a description that says every figure."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {LOOK}>',
        '<title id="title">How CX Workflow grows with clocks and workers</title>',
        f'<desc id="desc">{escape(_said(panels))}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for number, (kind, series) in enumerate(panels):
        parts += [f'<g transform="translate({number * (PANEL + 50)} 0)">', *_panel(kind, series), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _said(panels: Sequence[tuple[str, Sequence[Series]]]) -> str:
    told = []
    for kind, series in panels:
        title, unit = TITLES[kind]
        for each in series:
            figures = "; ".join(f"{at:,} {kind}: {value:,g}" for at, value in each.places)
            told.append(f"{title}, {unit}, {each.name}: {figures}.")
    return " ".join(told)


def _panel(kind: str, series: Sequence[Series]) -> list[str]:
    title, unit = TITLES[kind]
    ats = sorted({at for each in series for at, _ in each.places})
    top = _round_up(max(value for each in series for _, value in each.places))
    parts = [
        f'<text x="{LEFT}" y="24" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="44">{unit}</text>',
    ]
    for step in range(5):
        value = top * step / 4
        y = _y(value, top)
        parts.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}" stroke="#a9aeb1"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 5}" text-anchor="end">{value:,g}</text>')
    parts += [f'<text x="{_x(at, ats)}" y="{BOTTOM + 22}" text-anchor="middle">{at:,}</text>' for at in ats]
    for number, each in enumerate(series):
        parts += _line(each, number, ats, top)
    return [*parts, f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 44}" text-anchor="middle">{kind}</text>']


def _line(series: Series, number: int, ats: Sequence[int], top: float) -> list[str]:
    """The line with its marks, and its words in the key below the panel."""
    places = [(_x(at, ats), _y(value, top)) for at, value in series.places]
    key = BOTTOM + 76 + 24 * number
    look = f'stroke="{INKS[number]}" stroke-width="2.5" fill="none" stroke-dasharray="{DASHES[number]}"'
    points = " ".join(f"{x},{y}" for x, y in places)
    return [
        f'<polyline points="{points}" {look}/>',
        f'<line x1="{LEFT}" x2="{LEFT + 44}" y1="{key}" y2="{key}" {look}/>',
        *(_mark(x, y, number) for x, y in [*places, (LEFT + 22, key)]),
        f'<text x="{LEFT + 54}" y="{key + 5}">{escape(series.name)}</text>',
    ]


def _mark(x: float, y: float, number: int) -> str:
    """A circle, a square or a triangle."""
    ink = f'fill="{INKS[number]}"'
    return (
        f'<circle cx="{x}" cy="{y}" r="5" {ink}/>',
        f'<rect x="{x - 5:g}" y="{y - 5:g}" width="10" height="10" {ink}/>',
        f'<path d="M{x - 6:g} {y + 5:g}h12l-6 -11z" {ink}/>',
    )[number]


def _x(at: int, ats: Sequence[int]) -> float:
    """By ratio: ten times as many are as far apart everywhere."""
    first, last = log10(ats[0]), log10(ats[-1])
    return round(LEFT + 20 + (log10(at) - first) / (last - first) * (RIGHT - LEFT - 40), 1)


def _y(value: float, top: float) -> float:
    return round(BOTTOM - value / top * (BOTTOM - TOP), 1)


def _round_up(most: float) -> float:
    """The next figure that a scale of four steps says without a fraction of a step."""
    size: float = 10 ** (len(str(int(most))) - 1)
    return next(size * step for step in (1, 2, 4, 8, 10) if size * step >= ceil(most))
