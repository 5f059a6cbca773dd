"""The action as a runner runs it: the steps of `action.yml`, on each event, in a clone as GitHub makes it."""

import json
import re
import shutil
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import composite
import pytest
from api import Api, serve
from composite import TOKEN, Ran
from repository import Repository, chain

from nnviz_action.report.record import read_record

PYTHON = {"python": "python3"}
WHO = "OWNER/nets"
NOTHING = {"stale": "", "report": "", "comment-file": "", "pictures": "", "checkpoint-break": ""}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """On main two models; on `drawn` one has changed with its diagram, on `stale` without, on `same` none has.

    `pushed` has one more commit than `drawn`.
    """
    repository = Repository(tmp_path_factory.mktemp("origin") / "nets").models(net="Relu > Sigmoid", other="Tanh")
    repository.commit()
    for branch in ("same", "stale", "drawn"):
        repository.git("checkout", "-q", "-B", branch, "main")
        if branch != "same":
            (repository.folder / "net.onnx").write_bytes(chain("Relu > Tanh > Sigmoid"))
        if branch == "drawn":
            assert repository.run("generate").returncode == 0
        repository.commit("work")
        repository.git("checkout", "-q", "-B", f"{branch}-merged", "main")
        repository.git("merge", "-q", "--no-ff", branch, "-m", "merge")
    repository.git("checkout", "-q", "-B", "pushed", "drawn")
    repository.commit("more work")
    return repository


@dataclass
class Job:
    """A job of a workflow: a workspace, what GitHub says of the event, and its API."""

    origin: Repository
    folder: Path
    api: Api

    def clone(self, branch: str, depth: int = 2) -> Repository:
        folder = self.folder / "workspace"
        shutil.rmtree(folder, ignore_errors=True)
        self.origin.git("clone", "-q", f"--depth={depth}", "-b", branch, f"file://{self.origin.folder}", str(folder))
        return Repository(folder)

    def sha(self, name: str) -> str:
        return self.origin.git("rev-parse", name)

    def run(self, event: str, payload: dict[str, Any], inputs: dict[str, str] | None = None, **more: str) -> Ran:
        temp = self.folder / "temp"
        environment = composite.environment(event, payload, temp, GITHUB_API_URL=self.api.url, **more)
        workspace = self.folder / "workspace"
        workspace.mkdir(exist_ok=True)
        ran = composite.run(PYTHON | (inputs or {}), environment, workspace, temp)
        assert ran.files == {"GITHUB_ENV": "", "GITHUB_PATH": ""}
        assert TOKEN not in ran.log
        return ran

    def pull_request(self, branch: str, inputs: dict[str, str] | None = None, **more: str) -> Ran:
        """A run on the merge of a pull request; `head` is the repository that it comes from, `now` its branch now."""
        head, event = more.pop("head", WHO), more.pop("event", "pull_request")
        now = more.pop("now", branch)
        self.clone(f"{branch}-merged")
        ends = {"base": self.end("main", WHO), "head": self.end(branch, head)}
        payload = {"action": "synchronize", "number": 7, "pull_request": {"number": 7, **ends}}
        self.api.pulls = [{"number": 7, "state": "open", "head": self.end(now, head), "base": ends["base"]}]
        return self.run(
            event, payload, inputs, GITHUB_BASE_REF="main", GITHUB_SHA=self.sha(f"{branch}-merged"), **more
        )

    def end(self, branch: str, repository: str) -> dict[str, Any]:
        return {"sha": self.sha(branch), "ref": branch, "repo": {"full_name": repository}}


@pytest.fixture
def job(origin: Repository, tmp_path: Path) -> Iterator[Job]:
    with serve() as api:
        yield Job(origin, tmp_path, api)


def report(ran: Ran) -> dict[str, str]:
    """What the report says of each model, after it was read as the second stage reads it."""
    record = read_record(Path(ran.outputs["report"]))
    return {model.model: f"{model.status} {model.state}".strip() for model in record.models}


def test_a_pull_request_that_changes_a_network_gets_a_comment(job: Job) -> None:
    ran = job.pull_request("drawn")
    assert (ran.code, ran.outputs["stale"]) == (0, "false"), ran.log
    assert report(ran) == {"net": "fresh changed", "other": "fresh same"}
    assert job.api.writes == ["POST /repos/OWNER/nets/issues/7/comments"]
    assert job.api.tokens == {f"token {TOKEN}"} or job.api.tokens == {f"Bearer {TOKEN}"}
    text = job.api.comments[0]["body"]
    assert text.endswith(Path(ran.outputs["comment-file"]).read_text())
    assert "### nnviz: `net` changed" in text
    assert f"https://github.com/{WHO}/blob/{job.sha('drawn')}/diagrams/net/forward.png" in text
    assert f"https://github.com/{WHO}/blob/{job.sha('main')}/diagrams/net/forward.png" in text
    assert "### nnviz: `net` changed" in ran.summary
    assert ran.commands == []
    assert job.pull_request("drawn").code == 0
    assert len(job.api.writes) == 1, "what is there already is not sent again"


def test_a_stale_diagram_fails_the_step_after_all_was_told(job: Job) -> None:
    ran = job.pull_request("stale")
    assert (ran.code, ran.outputs["stale"]) == (1, "true"), ran.log
    assert report(ran) == {"net": "stale changed", "other": "fresh same"}
    (annotation,) = ran.commands
    assert (annotation["command"], annotation["file"], annotation["line"]) == ("error", "nnviz.yaml", "2")
    assert annotation["title"] == "net%3A stale"
    for text in (job.api.comments[0]["body"], ran.summary, Path(ran.outputs["comment-file"]).read_text()):
        assert "nnviz-action generate net" in text
        assert "`net` changed and is not fresh, 1 other fresh" in text
        assert "\\+ `tanh` Tanh" in text, "what the code says, not what the old diagram does"
        assert "forward.png" not in text.partition("after")[2], "there is no picture of it yet"


def test_where_nothing_changed_there_is_no_comment(job: Job) -> None:
    assert job.pull_request("same").code == 0
    assert job.api.writes == []
    assert job.pull_request("same", {"comment": "always"}).code == 0
    assert "no architecture changed" in job.api.comments[0]["body"]


def test_a_comment_goes_on_once_it_is_there(job: Job) -> None:
    job.pull_request("stale")
    assert job.pull_request("same").code == 0
    assert [write.partition(" ")[0] for write in job.api.writes] == ["POST", "PATCH"]
    assert "no architecture changed" in job.api.comments[0]["body"]


def test_an_old_job_that_is_run_again_leaves_the_comment_as_it_is(job: Job) -> None:
    ran = job.pull_request("drawn", now="pushed")
    assert (ran.code, ran.outputs["stale"], ran.commands) == (0, "false", []), ran.log
    assert f"no comment: the pull request has moved on to {job.sha('pushed')[:7]}; its own run comments" in ran.log
    assert job.api.writes == [] and "### nnviz: `net` changed" in ran.summary


def test_never_means_that_nothing_is_asked_of_github(job: Job) -> None:
    ran = job.pull_request("drawn", {"comment": "never", "token": ""})
    assert (ran.code, job.api.tokens) == (0, set())
    assert "no comment: comments are switched off" in ran.log


@pytest.mark.parametrize(
    "who", [{"head": "OTHER/nets"}, {"GITHUB_ACTOR": "dependabot[bot]"}], ids=["fork", "dependabot"]
)
def test_a_token_that_may_only_read_changes_nothing_about_the_check(who: dict[str, str], job: Job) -> None:
    job.api.reads_only = True
    ran = job.pull_request("drawn", **who)
    assert (ran.code, ran.outputs["stale"]) == (0, "false"), ran.log
    assert [found["command"] for found in ran.commands] == ["notice"]
    assert "the token can only read" in ran.commands[0]["text"]
    assert "### nnviz: `net` changed" in ran.summary
    assert "### nnviz: `net` changed" in Path(ran.outputs["comment-file"]).read_text()


def test_the_pictures_of_a_fork_are_in_the_fork(job: Job) -> None:
    job.pull_request("drawn", head="OTHER/nets")
    text = job.api.comments[0]["body"]
    assert f"https://github.com/OTHER/nets/blob/{job.sha('drawn')}/diagrams/net/forward.png" in text
    assert f"https://github.com/{WHO}/blob/{job.sha('main')}/diagrams/net/forward.png" in text


def test_without_images(job: Job) -> None:
    job.pull_request("drawn", {"images": "never"})
    text = job.api.comments[0]["body"]
    assert "`net` changed" in text
    assert not {"blob", "mermaid", "<img"} & {word for word in ("blob", "mermaid", "<img") if word in text}


def test_pictures_of_what_changed_are_handed_to_the_workflow(job: Job) -> None:
    ran = job.pull_request("stale", {"images": "artifact"})
    names = {"net.diff.png", "net.diff-dark.png", "net.overview.png", "net.forward.png"}
    assert {path.name for path in Path(ran.outputs["pictures"]).iterdir()} == names
    assert f"(https://github.com/{WHO}/actions/runs/17#artifacts)" in job.api.comments[0]["body"]
    assert job.pull_request("same", {"images": "artifact"}).outputs["pictures"] == ""


def test_pictures_of_what_changed_are_shown_from_a_branch(job: Job) -> None:
    ran = job.pull_request("stale", {"images": "branch"})
    assert ran.code == 1, ran.log
    text = job.api.comments[0]["body"]
    shown = re.findall(rf"https://github.com/{WHO}/blob/nnviz-pictures/([^?\"]+)\?raw=true", text)
    assert len(set(shown)) == 4 and set(shown) < set(job.api.git.paths("nnviz-pictures"))
    for path in set(shown):
        assert job.api.git.read("nnviz-pictures", path).startswith(b"\x89PNG")
    assert "| before | after |" in text
    assert job.api.git.refs() == ["refs/heads/nnviz-pictures"]


def test_where_the_branch_may_not_be_written_the_comment_does_without(job: Job) -> None:
    job.api.reads_only = True
    ran = job.pull_request("stale", {"images": "branch"}, head="OTHER/nets")
    assert (ran.code, [found["command"] for found in ran.commands]) == (1, ["error", "notice", "notice"]), ran.log
    assert "contents: write" in ran.commands[1]["text"]
    assert "```mermaid" in ran.summary and "nnviz-pictures" not in ran.summary


def test_an_enterprise_server_is_asked_and_linked_to(job: Job) -> None:
    ran = job.pull_request("drawn", GITHUB_SERVER_URL="https://git.example.com")
    assert ran.code == 0
    assert f"https://git.example.com/{WHO}/blob/" in job.api.comments[0]["body"]
    assert "https://github.com" not in job.api.comments[0]["body"]
    assert f"https://git.example.com/{WHO}/pull/7#issuecomment-1" in ran.log


@pytest.mark.parametrize("event", ["push", "merge_group", "workflow_dispatch"])
def test_events_without_a_pull_request_have_a_summary_only(event: str, job: Job) -> None:
    job.clone("pushed", depth=1)
    before, after = job.sha("main"), job.sha("pushed")
    payload = {
        "push": {"ref": "refs/heads/main", "before": before, "after": after},
        "merge_group": {"merge_group": {"base_sha": before, "head_sha": after, "base_ref": "refs/heads/main"}},
    }.get(event, {})
    ran = job.run(event, payload, GITHUB_SHA=after)
    assert (ran.code, ran.outputs["stale"], job.api.tokens) == (0, "false", set()), ran.log
    assert report(ran)["net"].startswith("fresh")
    assert "### nnviz:" in ran.summary
    if payload:
        assert report(ran)["net"] == "fresh changed"


def test_a_push_of_a_stale_diagram_fails(job: Job) -> None:
    job.clone("stale-merged")
    ran = job.run("push", {})
    assert (ran.code, ran.outputs["stale"]) == (1, "true"), ran.log


def test_generate_writes_and_says_so(job: Job) -> None:
    clone = job.clone("stale-merged")
    ran = job.run("workflow_dispatch", {}, {"mode": "generate"})
    assert (ran.code, ran.outputs["stale"]) == (0, "true"), ran.log
    assert set(report(ran)) == {"net", "other"}
    assert "diagrams/net/lock.json" in clone.git("status", "--short")
    assert job.run("workflow_dispatch", {}, {"mode": "generate"}).outputs["stale"] == "false"


@pytest.mark.parametrize(
    ("event", "inputs"), [("pull_request_target", {"mode": "generate"}), ("workflow_run", {"full": "true"})]
)
def test_what_may_come_from_a_stranger_is_not_run_with_a_token_that_can_write(
    event: str, inputs: dict[str, str], job: Job
) -> None:
    ran = job.pull_request("stale", inputs, event=event)
    assert (ran.code, ran.outputs) == (2, NOTHING)
    assert f"on {event} the model's code is not imported" in ran.commands[0]["text"]
    assert Repository(job.folder / "workspace").git("status", "--short") == ""


def test_on_pull_request_target_files_alone_are_judged(job: Job) -> None:
    ran = job.pull_request("stale", event="pull_request_target")
    assert ran.code == 1
    assert report(ran) == {"net": "suspect same", "other": "fresh same"}
    assert "no model runs here to tell" in ran.commands[0]["text"]


def test_the_second_stage_posts_what_the_first_found(job: Job) -> None:
    """It has a report and an event, and nothing else: no repository, no config."""
    first = job.pull_request("drawn", {"comment": "never"}, head="OTHER/nets")
    reports = job.folder / "reports"
    reports.mkdir()
    shutil.copy(first.outputs["report"], reports)
    shutil.rmtree(job.folder / "workspace")
    job.api.pulls = [{"number": 7, "state": "open", **{k: job.end("drawn", "OTHER/nets") for k in ("head", "base")}}]
    inputs = {"mode": "comment", "reports": f"{reports}/*.json"}
    ran = job.run("workflow_run", followed(job.sha("drawn")), inputs)
    assert (ran.code, ran.outputs["stale"]) == (0, "false"), ran.log
    assert job.api.writes == ["POST /repos/OWNER/nets/issues/7/comments"]
    assert f"https://github.com/OTHER/nets/blob/{job.sha('drawn')}/" in job.api.comments[0]["body"]
    assert list((job.folder / "workspace").iterdir()) == []
    moved_on = job.run("workflow_run", followed(job.sha("stale")), inputs)
    assert (moved_on.code, len(job.api.writes)) == (0, 1)
    assert "no open pull request has this commit at its head" in moved_on.log


def followed(sha: str) -> dict[str, Any]:
    return {"workflow_run": {"event": "pull_request", "head_sha": sha, "head_branch": "drawn",
                             "head_repository": {"full_name": "OTHER/nets"}, "pull_requests": []}}  # fmt: skip


def test_what_was_before_is_where_github_says(job: Job) -> None:
    """A report may name any commit, also one that only its author's fork has, and with it any picture."""
    first = job.pull_request("drawn", {"comment": "never"}, head="OTHER/nets")
    record = json.loads(Path(first.outputs["report"]).read_text())
    assert record["base_commit"] == job.sha("main")
    forged = job.folder / "forged.json"
    forged.write_text(json.dumps(record | {"base_commit": job.sha("stale")}))
    ends = {"head": job.end("drawn", "OTHER/nets"), "base": job.end("main", WHO)}
    job.api.pulls = [{"number": 7, "state": "open", **ends}]
    ran = job.run("workflow_run", followed(job.sha("drawn")), {"mode": "comment", "reports": str(forged)})
    assert ran.code == 0, ran.log
    body = job.api.comments[0]["body"]
    assert f"{WHO}/blob/{job.sha('main')}/diagrams/net/overview.png" in body
    assert job.sha("stale") not in body


def test_the_second_stage_without_a_report_says_so(job: Job) -> None:
    ran = job.run("workflow_run", followed("1" * 40), {"mode": "comment", "reports": "nowhere/*.json"})
    assert (ran.code, job.api.tokens) == (0, set())
    assert "there is no report at nowhere/*.json" in ran.log


@pytest.mark.parametrize("text", ['{"nnviz": 1, "config": "/etc/passwd"}', "[" * 100_000])
def test_a_report_that_is_none_is_refused(text: str, job: Job) -> None:
    (job.folder / "report.json").write_text(text)
    ran = job.run("workflow_run", followed("1" * 40), {"mode": "comment", "reports": str(job.folder / "report.json")})
    assert (ran.code, job.api.tokens) == (2, set()), ran.log
    assert [found["command"] for found in ran.commands] == ["error"]


def test_shards_have_one_comment_together(job: Job) -> None:
    whole = job.pull_request("drawn", {"comment": "never"})
    reports = job.folder / "reports"
    reports.mkdir()
    for shard in ("1/2", "2/2"):
        ran = job.pull_request("drawn", {"shard": shard})
        assert (ran.code, job.api.writes) == (0, []), ran.log
        shutil.copy(ran.outputs["report"], reports)
    ran = job.pull_request("drawn", {"mode": "comment", "reports": f"{reports}/*.json"})
    assert len(job.api.comments) == 1
    assert Path(ran.outputs["report"]).read_bytes() == Path(whole.outputs["report"]).read_bytes()


def test_a_mistake_in_the_config_is_told_where_it_is(job: Job) -> None:
    job.clone("same").write({"nnviz.yaml": "models:\n  net: {onnx: net.onnx, detial: operators}\n"})
    ran = job.run("push", {})
    (annotation,) = ran.commands
    assert (ran.code, annotation["file"], annotation["line"]) == (2, "nnviz.yaml", "2"), ran.log
    assert ran.outputs == NOTHING
    assert "nothing was judged" in ran.summary


@pytest.mark.parametrize(
    ("inputs", "code", "said"),
    [
        ({"mode": "chekc"}, 2, "'chekc' is none of check, generate, comment"),
        ({"config": "../$(touch pwned)/nnviz.yaml"}, 2, "no such file"),
        ({"models": "--help; touch pwned"}, 2, "has no model '--help;'"),
        ({"python": "no-such-python"}, 4, "there is no such Python"),
        ({"python": "--version"}, 4, "there is no such Python"),
    ],
)
def test_an_input_that_makes_no_sense_is_told(inputs: dict[str, str], code: int, said: str, job: Job) -> None:
    clone = job.clone("same")
    ran = job.run("push", {}, inputs)
    (annotation,) = ran.commands
    assert (ran.code, said in annotation["text"]) == (code, True), ran.log
    assert ran.summary.startswith("### nnviz: nothing was judged\n")
    assert clone.git("status", "--short") == ""


HOSTILE = """
import os, re, sys
import torch

print("::error::from the model")
print("  ::add-mask::a", file=sys.stderr)
print("##[error]older", file=sys.stderr)
print("::stop-commands::mine", flush=True)
print("::mine::", flush=True)

def secret(text):
    return [word for word in ("TOKEN", "secret", "ghs_", "github_", "event.json") if word in text] + re.findall(
        "^(?:ACTIONS_|GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY|EVENT_PATH))\\w*(?==)", text, re.M)

found, above = secret("\\n".join(f"{name}={value}" for name, value in os.environ.items())), os.getppid()
while above > 1 and "pytest" not in open(f"/proc/{above}/cmdline").read():
    try:
        found += secret(open(f"/proc/{above}/environ").read().replace("\\0", "\\n"))
    except OSError:  # it is hidden altogether
        pass
    found += secret(open(f"/proc/{above}/cmdline").read())
    try:
        found += secret(os.read(os.open(f"/proc/{above}/fd/0", os.O_RDONLY | os.O_NONBLOCK), 10_000).decode())
    except OSError:
        pass
    above = int(re.search("^PPid:\\s*(\\d+)", open(f"/proc/{above}/status").read(), re.M)[1])
open(os.environ["HOME"] + "/seen", "w").write(" ".join(found))
Net = torch.nn.ReLU
"""


RUNNERS = dict.fromkeys(("ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_RESULTS_URL", "ACTIONS_CACHE_URL", "ACTIONS_RUNTIME_URL", "ACTIONS_ANYTHING", "GITHUB_STATE"), "secret")  # fmt: skip


@pytest.mark.torch
def test_what_a_model_prints_is_obeyed_by_nobody(job: Job) -> None:
    config = "models:\n  net: {model: 'net:Net', inputs: [[2, 3]], views: [forward]}\n"
    job.clone("same").write({"net.py": HOSTILE, "nnviz.yaml": config})
    ran = job.run("push", {}, {"mode": "generate"}, **RUNNERS)
    assert (ran.code, ran.commands) == (0, []), ran.log
    assert "##[error]older" in ran.log
    assert (job.folder / "temp" / "seen").read_text() == ""


def test_the_examples(job: Job) -> None:
    """The action on the models of this project, as its own workflow runs it."""
    shutil.copytree(composite.ROOT / "examples", job.folder / "workspace" / "examples")
    Repository(job.folder / "workspace").commit()
    ran = job.run("push", {}, {"config": "examples/nnviz.yaml"})
    assert (ran.code, ran.outputs["stale"]) == (0, "false"), ran.log
    assert json.loads(Path(ran.outputs["report"]).read_text())["config"] == "examples/nnviz.yaml"
    assert len(report(ran)) == 10


def test_files_in_the_workspace_are_not_imported(job: Job) -> None:
    """Neither those of a repository nor those of an artifact."""
    bad = "raise SystemExit('imported from the workspace')"
    names = ("click", "json", "yaml", "github", "nnviz_action", "onnx", "sitecustomize")
    job.clone("same").write({f"{name}.py": bad for name in names})
    ran = job.run("push", {})
    assert ran.code == 0, ran.log


def test_the_head_itself_is_compared_with_where_it_began(job: Job) -> None:
    """Checked out by its own commit, whose parent is of the same pull request."""
    job.origin.git("checkout", "-q", "-B", "twice", "drawn")
    job.origin.commit("second")
    for depth in (1, 2, 50):
        job.clone("twice", depth=depth)
        ends = {"base": job.end("main", WHO), "head": job.end("twice", WHO)}
        job.api.pulls = [{"number": 7, "state": "open", **ends}]
        ran = job.run("pull_request", {"pull_request": {"number": 7, **ends}}, GITHUB_REF="refs/pull/7/merge")
        assert (ran.commands, report(ran)["net"]) == ([], "fresh changed"), ran.log
    assert len(job.api.comments) == 1


def test_what_is_no_commit_of_the_pull_request_is_not_taken_for_it(job: Job) -> None:
    """`pull_request_target` checks out the base branch if nothing else is asked for."""
    job.clone("main")
    ends = {"base": job.end("main", WHO), "head": job.end("drawn", WHO)}
    ran = job.run("pull_request_target", {"pull_request": {"number": 7, **ends}})
    assert (ran.code, report(ran)["net"]) == (0, "fresh"), ran.log
    assert "nothing to compare with, 2 fresh" in ran.summary
    assert "neither the head of the pull request nor its merge" in ran.commands[0]["text"]


def test_a_base_that_is_not_there_is_an_error(job: Job) -> None:
    ran = job.pull_request("drawn", {"base": "nosuch"})
    assert (ran.code, "there is no commit 'nosuch'" in ran.commands[0]["text"]) == (2, True)


@pytest.mark.parametrize("images", ["auto", "artifact"])
def test_what_else_fails_is_told_too(images: str, job: Job) -> None:
    """A diagram that was edited by hand, of a model that cannot be captured any more: the edit is what is wrong."""
    clone = job.clone("drawn")
    (clone.folder / "net.onnx").write_bytes(b"broken")
    (clone.folder / "diagrams" / "net" / "forward.png").write_bytes(b"mine")
    ran = job.run("push", {}, {"images": images})
    assert (ran.code, report(ran)["net"].split()[0]) == (1, "edited"), ran.log
    assert "it fails now: " in ran.commands[0]["text"]


def test_nothing_of_the_workspace_runs_while_an_environment_is_made(job: Job, tmp_path: Path) -> None:
    """In a job whose Python has nothing that the action needs."""
    venv.create(tmp_path / "bare", with_pip=False)
    bad = "import os; open(os.environ['HOME'] + '/ran', 'w').write(__file__)\nraise SystemExit(9)"
    names = ("pip", "ensurepip", "sysconfig", "json", "site", "nnviz_action", "sitecustomize")
    job.clone("same").write({f"{name}.py": bad for name in names})
    python = str(tmp_path / "bare" / "bin" / "python")
    ran = job.run("push", {}, {"python": python}, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert ran.code == 4, "without packages there is no environment"
    assert "### nnviz: nothing was judged" in ran.summary and "pip finds no package index" in ran.summary
    assert "PIP_INDEX_URL" in ran.summary and "pip install 'nnviz-action[github,render]==" in ran.summary
    assert not (job.folder / "temp" / "ran").exists(), (job.folder / "temp" / "ran").read_text()
