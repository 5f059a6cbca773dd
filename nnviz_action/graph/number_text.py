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


def short_bytes(count: int) -> str:
    """As `short`, with the unit that a reader of sizes expects: `23.1 MB`."""
    number, _, unit = short(count).partition(" ")
    return f"{number} {({'': '', 'k': 'k', 'M': 'M', 'B': 'G', 'T': 'T'})[unit]}B"


def short_macs(count: int) -> str:
    """As `short`, with the prefixes that are usual for operations: `1.81 GMACs`."""
    number, _, unit = short(count).partition(" ")
    return f"{number} {unit.replace('B', 'G')}MACs"


def percent(before: int, after: int) -> str:
    """`+36 %`; empty where nothing changed."""
    if before == after:
        return ""
    if not before:
        return "new"
    change = 100 * (after - before) / before
    if abs(change) < 0.0001:
        return f"{'+' if change > 0 else '−'}<0.0001 %"
    text = f"{change:+.0f}" if abs(change) >= 9.95 else f"{change:+.1f}" if abs(change) >= 0.05 else f"{change:+.1g}"
    return f"{text} %".replace("-", "−")
