"""The chart: requests a second of every contender, as an SVG that suits light and dark pages."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from tests.bench.questions import Question
from tests.bench.results import TITLES
from tests.bench.rounds import Measurement

WIDTH, LEFT, BAR, GAP, HEAD = 760, 210, 15, 5, 34
LONGEST = WIDTH - LEFT - 130
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#24292f}.question{font-weight:600}.figure{fill:#57606a}"
    ".peer{fill:#8c959f}.ours{fill:#1f883d}.limit{fill:#bf8700}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.figure{fill:#9198a1}.peer{fill:#656c76}"
    ".ours{fill:#3fb950}.limit{fill:#d29922}}"
)
LABEL = "Requests a second, by question and contender"
CLASSES = {"compiled": "ours", "limit": "limit"}
# The other questions are variations of these: a chart of all of them is longer than a page.
SHOWN = {"tiny", "nested", "dashboard", "report"}


def draw(asked: Sequence[tuple[Question, Sequence[Measurement]]]) -> str:
    """The questions SHOWN, or all when there are others only. The longest bar of each is its quickest contender."""
    asked = [each for each in asked if each[0].name in SHOWN] or asked
    parts = list(_parts(asked))
    height = sum(HEAD + len(measurements) * (BAR + GAP) for _, measurements in asked) + GAP
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{LABEL}">',
            f"<style>{STYLE}</style>",
            *parts,
            "</svg>\n",
        ]
    )


def _parts(asked: Sequence[tuple[Question, Sequence[Measurement]]]) -> Iterator[str]:
    top = 0
    for question, measurements in asked:
        yield f'<text class="question" x="0" y="{top + 22}">{escape(f"{question.name}: {question.about}")}</text>'
        top += HEAD
        quickest = max(each.rate for each in measurements)
        for each in measurements:
            yield from _bar(each, top, LONGEST * each.rate / quickest)
            top += BAR + GAP


def _bar(each: Measurement, top: int, length: float) -> Iterator[str]:
    middle = top + BAR - 3
    figure = f"{each.rate:,.0f}" if each.rate >= 10 else f"{each.rate:.1f}"
    title = escape(TITLES.get(each.contender, each.contender))
    yield f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{title}</text>'
    style = CLASSES.get(each.contender, "peer")
    yield f'<rect class="{style}" x="{LEFT}" y="{top}" width="{max(length, 1):.1f}" height="{BAR}" rx="2"/>'
    yield f'<text class="figure" x="{LEFT + max(length, 1) + 6:.1f}" y="{middle}">{figure}/s</text>'
