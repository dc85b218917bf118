"""The rows of docs/performance.md: what each measure must reach, and what it has reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from performance.contestants import DYNAMIC, GATED, NOTHING, NOTHING_GATED, OURS, PEER
from performance.figures import Figures, median
from performance.scenarios import GATE, GROWTH, HOST, ONE, PARALLEL, QUOTA, Sample

_BUILD = 20.0
_MINUTE = 60.0
_PAGE = 20
_LARGE = 1000
_KB = 1000.0


@dataclass(frozen=True)
class Row:
    """A measure.

    Attributes:
        name: what is measured.
        must: the most that it may be.
        reached: what it is; None if it wasn't measured.
        form: how either is written.
        beside: what the others reach, or what the figure is made of.
    """

    name: str
    must: float
    reached: float | None
    form: str
    beside: str = ""

    @property
    def fine(self) -> bool:
        """Whether it's reached."""
        return self.reached is not None and self.reached <= self.must


def rows(figures: Figures) -> list[Row]:
    """Work all rows out."""
    return [row for make in _ROWS for row in make(figures)]


def _parallel(figures: Figures) -> Iterator[Row]:
    ours, peer, floor = (figures.of(PARALLEL, each) for each in (OURS, PEER, NOTHING))
    yield Row(
        "100 caches, build 20 s, `-p 128`: wall over build time",
        1.25,
        _over(median(ours), _BUILD),
        "{:.2f}",
        f"alicloud {_text(_over(median(peer), _BUILD), '{:.2f}')}, "
        f"engine's floor {_text(_over(median(floor), _BUILD), '{:.2f}')}",
    )


def _gate(figures: Figures) -> Iterator[Row]:
    ours, floor = (figures.of(GATE, each) for each in (GATED, NOTHING_GATED))
    yield Row(
        "the same under the default `-p` (8), with a gate",
        1.4,
        _over(median(ours), _BUILD),
        "{:.2f}",
        f"engine's floor {_text(_over(median(floor), _BUILD), '{:.2f}')}",
    )


def _describes(figures: Figures) -> Iterator[Row]:
    peer = figures.of(PARALLEL, PEER)
    for name, samples in (
        ("`-p 128`", figures.of(PARALLEL, OURS)),
        ("the gate", figures.of(GATE, GATED)),
    ):
        yield Row(
            f"Describe calls during it, 20 a page: {name}",
            80,
            _most(samples, "describes"),
            "{:.0f}",
            f"the most of all runs; alicloud {_text(_most(peer, 'describes'), '{:.0f}')}"
            if name == "`-p 128`"
            else "the most of all runs",
        )


def _quota(figures: Figures) -> Iterator[Row]:
    ours, floor = median(figures.of(QUOTA, OURS)), median(figures.of(QUOTA, NOTHING))
    best = None if floor is None else _MINUTE + _BUILD + floor
    yield Row(
        "300 caches under the 200-a-minute quota: throttling errors shown",
        0,
        _most(figures.of(QUOTA, OURS), "errors"),
        "{:.0f}",
        f"calls that the cloud throttled: {_text(_most(figures.of(QUOTA, OURS), 'throttled'), '{:.0f}')}",
    )
    yield Row(
        "the same: wall over 60 s + build time + engine's floor",
        1.1,
        _over(ours, best),
        "{:.2f}",
        f"{_text(ours, '{:.0f} s')} over {_text(best, '{:.0f} s')}",
    )


def _refresh(figures: Figures) -> Iterator[Row]:
    ours, floor = (figures.of(GROWTH, each, "refresh", _LARGE) for each in (OURS, NOTHING))
    pages = _LARGE // _PAGE
    yield Row(
        "refresh of 1,000 caches: API calls",
        pages + 2,
        _most(ours, "calls"),
        "{:.0f}",
        f"{pages} pages",
    )
    yield _times("the same: wall over the do-nothing provider's", 1.3, ours, floor)


def _preview(figures: Figures) -> Iterator[Row]:
    ours, floor = (figures.of(GROWTH, each, "preview", _LARGE) for each in (OURS, NOTHING))
    name = "preview without change, 1,000 caches"
    yield _times(f"{name}: wall over the do-nothing provider's", 1.2, ours, floor)
    yield Row("the same: API calls", 0, _most(ours, "calls"), "{:.0f}")
    yield Row("the same: the plugin's memory", 150, _most(ours, "provider_megabytes"), "{:.0f} MB")


def _starts(figures: Figures) -> Iterator[Row]:
    for start in figures.starts:
        name = f"plugin start to port line, {start.way}"
        if start.way == NOTHING:
            continue
        beside = f"median of {start.starts}"
        yield Row(name, 0.5, start.seconds, "{:.2f} s", beside)
        yield Row("the same: resident memory", 80, start.megabytes, "{:.0f} MB", beside)


def _state(figures: Figures) -> Iterator[Row]:
    for name, contestant, most in (("plugin", OURS, 2.5), ("dynamic", DYNAMIC, 3.0)):
        size = figures.state(contestant)
        yield Row(
            f"state per cache, {name}",
            most,
            None if size is None else size / _KB,
            "{:.1f} KB",
            "without what the engine notes of the program's source",
        )


def _one(figures: Figures) -> Iterator[Row]:
    ours, floor = median(figures.of(ONE, OURS)), median(figures.of(ONE, NOTHING))
    yield Row(
        "one cache, build 2 s: whole `up` over the engine's floor of the same program",
        4.0,
        None if ours is None or floor is None else ours - floor,
        "{:.1f} s",
        f"{_text(ours, '{:.1f} s')} over {_text(floor, '{:.1f} s')}",
    )


_ROWS: tuple[Callable[[Figures], Iterator[Row]], ...] = (
    _parallel,
    _gate,
    _describes,
    _quota,
    _refresh,
    _preview,
    _starts,
    _state,
    _one,
)


def host(figures: Figures) -> str:
    """Say what the dynamic host takes."""
    runs = figures.of(HOST, DYNAMIC)
    seconds, calls = median(runs), _most(runs, "describes")
    return (
        f"The stock dynamic host, once, 20 caches with a build of 20 s: {_text(seconds, '{:.0f} s')} and"
        f" {_text(calls, '{:.0f}')} Describe calls. It has four threads, so that builds go in rows of four."
    )


def _times(name: str, must: float, ours: Sequence[Sample], floor: Sequence[Sample]) -> Row:
    one, other = median(ours), median(floor)
    beside = f"{_text(one, '{:.1f} s')} over {_text(other, '{:.1f} s')}"
    return Row(name, must, _over(one, other), "{:.2f}", beside)


def _over(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def _most(samples: Sequence[Sample], what: str) -> float | None:
    return max((float(getattr(each, what)) for each in samples), default=None)


def _text(value: float | None, form: str) -> str:
    return "not measured" if value is None else form.format(value)
