import pytest

from nnviz_action.errors import ConfigError
from nnviz_action.github.environment import Run
from nnviz_action.github.rules import opens, refuse_imports, why_silent


def run(event: str, number: int | None = 7, token: str = "a token") -> Run:
    return Run(event, "octo-org/models", number=number, token=token)


@pytest.mark.parametrize(
    ("event", "comments", "imports"),
    [
        ("pull_request", True, True),
        ("pull_request_target", True, False),
        ("workflow_run", True, False),
        ("push", False, True),
        ("merge_group", False, True),
        ("workflow_dispatch", False, True),
        ("schedule", False, True),
        ("release", False, True),
    ],
)
def test_what_is_done_on_which_event(event: str, comments: bool, imports: bool):
    assert (why_silent(run(event), "auto") == "") is comments
    if imports:
        refuse_imports(run(event))
    else:
        with pytest.raises(ConfigError, match=f"on {event} the model's code is not imported") as caught:
            refuse_imports(run(event))
        assert caught.value.hint


@pytest.mark.parametrize("wish", ["auto", "always"])
def test_why_a_run_is_silent(wish):
    assert why_silent(run("push"), wish) == "the event push belongs to no pull request"
    assert why_silent(run("pull_request", number=None), wish) == "the event pull_request does not tell the number of its pull request"  # fmt: skip
    assert why_silent(run("workflow_run", number=None), wish) == ""  # it is looked for
    assert why_silent(run("pull_request", token=""), wish) == "there is no token"
    assert why_silent(run("pull_request"), "never") == "comments are switched off"


def test_a_fork_tries_as_well():
    assert run("pull_request").fork and why_silent(run("pull_request"), "auto") == ""


def test_auto_opens_a_comment_only_where_there_is_something_to_say():
    assert [opens("auto", differs) for differs in (True, False)] == [True, False]
    assert [opens("always", differs) for differs in (True, False)] == [True, True]
    assert [opens("never", differs) for differs in (True, False)] == [False, False]
