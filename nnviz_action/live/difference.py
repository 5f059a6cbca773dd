"""What is different between two live models, as a value that draws itself."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from nnviz_action.comparison import Change
from nnviz_action.comparison.model_diffs import ModelDiff
from nnviz_action.live.picture import Painted
from nnviz_action.project.change_pictures import draw_changes
from nnviz_action.render.mermaid import to_mermaid
from nnviz_action.render.picture import Drawn
from nnviz_action.report.changes import sentence
from nnviz_action.report.checkpoint_code import mapping_code
from nnviz_action.report.diff_text import plain_lines


@dataclass(frozen=True, eq=False)
class ModelComparison(Painted):
    """What happened from one model to the other: a picture of both as one, and text by `str`."""

    found: ModelDiff

    @property
    def changes(self) -> tuple[Change, ...]:
        """What happened, as values; empty where nothing did."""
        return self.found.diff.changes if self.found.diff else ()

    @property
    def loads(self) -> bool | None:
        """Whether weights of the first load into the second, each into its own layer; None: not known."""
        return self.found.loads

    def mapping_code(self, name: str = "map_state_dict") -> str:
        """Python code of a function that gives an old state dict the new keys; empty where the keys are not known."""
        return mapping_code(name, self.found.checkpoint) if self.found.checkpoint else ""

    @cached_property
    def drawn(self) -> Drawn:  # noqa: D102
        return draw_changes(self.found, "before → after")

    @property
    def digest(self) -> str:  # noqa: D102
        return sha256(to_mermaid(self.drawn.drawing).encode()).hexdigest()

    def __str__(self) -> str:
        return "\n".join(plain_lines(self.found))

    def __repr__(self) -> str:
        return f"<{len(self.changes)} changes of {self.found.model}: {'; '.join(map(sentence, self.changes[:3]))}>"
