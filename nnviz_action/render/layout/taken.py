"""Where lines run across, so that another one turns a little earlier or later."""

from dataclasses import dataclass, field

APART = 3.0  # pixels between two lines that run across side by side
MOST_STEPS = 8  # by which a line goes out of another's way


@dataclass
class Taken:
    """Where parts of ways run across, so that those of different values do not lie on one another."""

    parts: list[tuple[float, float, float, object]] = field(default_factory=list)

    def first_free(self, y: float, step: float, left: float, right: float, value: object) -> int:
        """How many steps from a height on it is free from left to right; 0 where it is so nowhere."""
        steps = range(MOST_STEPS)
        count = next((n for n in steps if self._is_free(y + step * n, left, right, value)), 0)
        self.parts.append((y + step * count, left, right, value))
        return count

    def _is_free(self, y: float, left: float, right: float, value: object) -> bool:
        return not any(
            abs(y - other) < APART and left < far and near < right and value != whose
            for other, near, far, whose in self.parts
        )
