"""The plot of docs/performance.md, from the figures beside it: `python -m performance.plot FOLDER`.

The same figures make the same file, byte by byte: no date, no random IDs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from performance.contestants import NOTHING, OURS
from performance.figures import Figures, median
from performance.report import PLOT
from performance.scenarios import GROWTH

_COLOURS = {OURS: "#4b5fd6", NOTHING: "#9a9a9a"}


def draw(figures: Figures, file: Path) -> None:
    """Draw how cost grows with the number of caches."""
    mpl.rcParams.update({"svg.hashsalt": "pulumi-imagecache", "svg.fonttype": "none"})
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    for axes, command in zip(figure.subplots(1, 3, sharey=True), ("up", "preview", "refresh"), strict=True):
        for contestant, colour in _COLOURS.items():
            points = _points(figures, contestant, command)
            axes.plot(*zip(*points, strict=True), "o-", color=colour, label=contestant)
        axes.set(title=command, xscale="log", yscale="log", xlabel="caches")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter("{x:g}")
        axes.label_outer()
        axes.grid(visible=True, alpha=0.3)
        axes.legend(frameon=False)
    figure.supylabel("seconds", fontsize="medium")
    figure.savefig(file, format="svg", metadata={"Date": None})


def _points(figures: Figures, contestant: str, command: str) -> list[tuple[int, float]]:
    counts = sorted({each.caches for each in figures.of(GROWTH, contestant, command)})
    found = [(count, median(figures.of(GROWTH, contestant, command, count))) for count in counts]
    return [(count, seconds) for count, seconds in found if seconds is not None]


if __name__ == "__main__":
    draw(Figures.read(Path(sys.argv[1])), Path(sys.argv[1], PLOT))
