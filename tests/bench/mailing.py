"""Real e-mail (text, HTML, .ics): against processes that only build and send, and one connection to a slow relay."""

from collections.abc import Iterator

from tests.bench.crew import Hand, sink, sweep, together, workers
from tests.bench.place import CORES, Place, application, inside
from tests.bench.population import Population, as_swept_lately, populate
from tests.bench.rows import Row, medians, seconds

LATENCY = 0.05  # seconds for each message


def rows(place: Place) -> Iterator[Row]:
    """Row 4 of the goals."""
    count = place.scale.messages
    folder = place.folder / "journal"
    with place.database() as url, inside(application(url)):
        made = populate(10 * count, due=count)
        with sink() as smtp_url, workers(url, smtp_url, folder) as crew:
            took = medians(_quick(made, crew, count, place.scale.long_rounds + 1))
        with sink(LATENCY) as smtp_url, workers(url, smtp_url, folder, 1) as (one,):
            slow = _slow(made.day(place.scale.long_rounds + 2), one, count, place.scale.slow_messages)
    rate, floor = count / took["product"], count / took["floor"]
    yield Row.at_least(
        0.8,
        f"{count:,} e-mails to a local sink",
        rate / floor,
        f"{CORES} processes that only build and send: {floor:,.0f} a second (here {rate:,.0f})",
    )
    yield Row.at_least(
        10,
        f"e-mails to a relay that takes {LATENCY * 1_000:.0f} ms for each",
        slow["product"] / slow["floor"],
        f"one connection: {slow['floor']:,.1f} a second (here {slow['product']:,.1f} from one sender)",
    )


def _owed(on: object, one: Hand, count: int) -> None:
    as_swept_lately()
    if sweep(one, on) != count:
        raise RuntimeError(f"Not {count} reminders were owed on {on}.")


def _quick(made: Population, crew: list[Hand], count: int, rounds: int) -> Iterator[dict[str, float]]:
    for number in range(1, rounds + 1):
        _owed(made.day(number), crew[0], count)
        for part, each in enumerate(crew):
            each.ask("load", part, len(crew))
        took = {
            "floor": seconds(lambda: _all(crew, "build", count)),
            "product": seconds(lambda: _all(crew, "send", count)),
        }
        if number > 1:  # the first warms up
            yield took


def _all(crew: list[Hand], verb: str, count: int) -> None:
    sent = together(crew, verb)
    if sent != count:
        raise RuntimeError(f"{sent} of {count} messages were sent.")


def _slow(on: object, one: Hand, count: int, few: int) -> dict[str, float]:
    """Messages a second: a part of them over one connection, then all of them by one sender."""
    _owed(on, one, count)
    parts = max(1, count // few)
    loaded = one.ask("load", 0, parts)
    floor = loaded / seconds(lambda: _all([one], "build", loaded))
    return {"floor": floor, "product": count / seconds(lambda: _all([one], "send", count))}
