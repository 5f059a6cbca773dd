"""Numbers as a reader takes them in: `11.7 M`, `513 k`."""


def short(count: int) -> str:
    """Three significant digits and a unit; exact below a thousand."""
    value = float(count)
    for unit in ("", " k", " M", " B", " T"):
        if value < 999.5 or unit == " T":
            digits = 0 if not unit or value >= 99.95 else 1 if value >= 9.995 else 2
            return f"{value:.{digits}f}{unit}"
        value /= 1000
    raise AssertionError("unreachable")
