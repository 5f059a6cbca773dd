"""What a run of `generate` is asked for."""

from dataclasses import dataclass

from nnviz_action.report.verbosity import Verbosity


@dataclass(frozen=True)
class GenerateOptions:
    """What the command line asks for: how many models at a time, for how long, and what counts as a failure."""

    jobs: int
    timeout: float | None = None
    fail_if_changed: bool = False
    force: bool = False
    staged: bool = False
    shard: str = ""
    quiet: bool = False
    verbose: bool = False

    @property
    def detail(self) -> Verbosity:
        """How much is told of what was done."""
        return "failures" if self.quiet else "stages" if self.verbose else "models"
