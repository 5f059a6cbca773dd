"""Lists that grow: a node that takes what an earlier one takes, and one more, as in a DenseNet."""

Names = tuple[str, ...]
FEWEST = 4  # inputs, where nothing says that they are a list


class Prefixes:
    """The inputs of the nodes of one graph, by the label of the node and the other way."""

    def __init__(self) -> None:
        self._labels: dict[tuple[str, Names, Names], str] = {}
        self._found: dict[str, tuple[Names, Names]] = {}

    def add(self, label: str, op: str, inputs: Names, arguments: Names) -> None:
        """Remember a node."""
        self._found[label] = (inputs, arguments)
        self._labels.setdefault((op, inputs, arguments), label)

    def before(self, op: str, inputs: Names, arguments: Names) -> str:
        """The label of an earlier node that takes all but the last of these; empty where there is none."""
        if len(inputs) < 2 or not _is_list(inputs, arguments):
            return ""
        return self._labels.get((op, inputs[:-1], arguments[:-1]), "")

    def of(self, label: str) -> tuple[Names, Names]:
        """The inputs and arguments of an earlier node. Raises `ValueError`."""
        if label not in self._found:
            raise ValueError(f"no earlier node is {label[:60]!r}")
        return self._found[label]


def _is_list(inputs: Names, arguments: Names) -> bool:
    """`tensors.0, tensors.1, …`, or so many inputs that they are hardly anything else."""
    if not arguments:
        return len(inputs) >= FEWEST
    base = arguments[0].removesuffix(".0")
    return arguments == tuple(f"{base}.{place}" for place in range(len(inputs)))
