import pytest
from fake_github import NUMBER, Clock, Fault, GitHub

from nnviz_action.github.base_files import base_file
from nnviz_action.github.faults import RefusedError


@pytest.fixture
def pulled(github: GitHub) -> GitHub:
    github.pull(NUMBER, "patch-1", "a" * 40)
    return github


def test_a_file_is_looked_for_where_the_pull_request_is_to_go(pulled: GitHub, clock: Clock) -> None:
    pulled.pulls[0]["base"]["ref"] = "release/1.x"
    assert base_file(pulled.run(), NUMBER, "a b/#?.yaml", clock.patience()) is None
    assert pulled.log[-1] == "GET /repos/octo-org/models/contents/a b/#?.yaml?ref=release%2F1.x"


def test_a_token_that_may_not_look_is_told(pulled: GitHub, clock: Clock) -> None:
    pulled.fail("/contents/", Fault(403, "Resource not accessible by integration"))
    with pytest.raises(RefusedError, match="takes `contents: read`"):
        base_file(pulled.run(), NUMBER, "nnviz.yaml", clock.patience())
