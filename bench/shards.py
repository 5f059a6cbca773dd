"""How well the number of operators stands for the time that a model takes, on the corpus as it was measured."""

from pathlib import Path
from statistics import correlation

from nnviz_action.config.shards import divide

RESULTS = Path(__file__).parent / "corpus" / "RESULTS.md"
OPERATORS, EXPORT, AFTER = 3, 7, 8  # columns


def main() -> None:
    rows = list(read(RESULTS.read_text(encoding="utf-8")))
    operators = {name: count for name, count, _ in rows}
    seconds = {name: time for name, _, time in rows}
    ranked = correlation(ranks(operators), ranks(seconds))
    plain = correlation(list(operators.values()), list(seconds.values()))
    print(f"{len(rows)} models, operators against seconds: r = {plain:.2f}, by rank {ranked:.2f}\n")
    print("| shards | by operators | by the seconds themselves | in turn |\n|--:|--:|--:|--:|")
    for count in (2, 4, 5, 8):
        ways = (
            divide(operators, count),
            divide({n: round(10 * s) for n, s in seconds.items()}, count),
            in_turn(operators, count),
        )
        print(f"| {count} | {' | '.join(f'{longest(way, seconds):.2f}' for way in ways)} |")


def read(text: str) -> "list[tuple[str, int, float]]":
    """Name, operators and seconds of each model."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
    measured = [row for row in cells if len(row) == 9 and row[OPERATORS].replace(",", "").isdigit()]
    return [
        (row[0], int(row[OPERATORS].replace(",", "")), float(row[EXPORT]) + float(row[AFTER])) for row in measured
    ]


def ranks(values: "dict[str, int] | dict[str, float]") -> list[int]:
    """The place of each among all."""
    order = sorted(values, key=lambda name: (values[name], name))
    return [order.index(name) for name in values]


def in_turn(models: dict[str, int], count: int) -> list[list[str]]:
    """The first to the first machine, the second to the second, and so on."""
    return [list(models)[index::count] for index in range(count)]


def longest(parts: "list[list[str]] | tuple[tuple[str, ...], ...]", seconds: dict[str, float]) -> float:
    """The time of the machine that is done last, against an even division."""
    return max(sum(seconds[name] for name in part) for part in parts) * len(parts) / sum(seconds.values())


if __name__ == "__main__":
    main()
