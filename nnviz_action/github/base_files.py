"""Files as the branch has them that a pull request is to be merged into: what no pull request can make up."""

from github import Github, GithubException
from github.ContentFile import ContentFile

from nnviz_action.github.client import Patience, patiently
from nnviz_action.github.environment import Run
from nnviz_action.github.faults import COMMENT

_WORDS = COMMENT | {403: "the token may not read what is on the base branch, which takes `contents: read`"}


def base_file(run: Run, number: int, path: str, patience: Patience | None = None) -> bytes | None:
    """The content of a file of at most 1 MB; None where there is none of just this path. Raises `RefusedError`.

    GitHub finds a file by several paths, as by `a//b`; only its own counts.
    """

    def attempt(github: Github) -> bytes | None:
        repository = github.get_repo(run.repository)
        branch = repository.get_pull(number).base.ref
        try:
            found = repository.get_contents(path, ref=branch)
        except GithubException as error:
            if error.status == 404:
                return None
            raise
        if isinstance(found, ContentFile) and found.path == path and found.encoding == "base64":
            return found.decoded_content
        return None

    return patiently(run, attempt, patience or Patience(), _WORDS)
