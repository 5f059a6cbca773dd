"""A runner for the composite action: its steps as they stand in `action.yml`, with what GitHub puts around them."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from conftest import ROOT

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
COMMAND = re.compile(r"\s*::(?P<name>[\w-]+)(?: (?P<properties>[^:]*))?::(?P<text>.*)")
STEP = {"id", "shell", "env", "run"}  # the keys that action.yml uses: another one is a reason to extend this runner
TOKEN = "ghs_not-a-real-token"


@dataclass
class Ran:
    """What came of the action: its outputs, its log, and the workflow commands that a runner would have obeyed."""

    code: int
    outputs: dict[str, str]
    log: str
    summary: str
    files: dict[str, str] = field(default_factory=dict)  # GITHUB_ENV and its like, which the action must not write

    @property
    def commands(self) -> list[dict[str, str]]:
        return obeyed(self.log)


def run(
    inputs: dict[str, str],
    environment: dict[str, str],
    workspace: Path,
    temp: Path,
    action: Path = ROOT / "action.yml",
    path: Path = ROOT,
) -> Ran:
    """Run the steps of the action as a runner does: those that a job writes `uses:` and these inputs for."""
    definition = yaml.safe_load(action.read_text(encoding="utf-8"))
    assert definition["runs"]["using"] == "composite"
    assert set(inputs) <= set(definition["inputs"]), inputs
    given = {name: str(spec.get("default", "")) for name, spec in definition["inputs"].items()} | inputs
    context: dict[str, Any] = {"github": {"action_path": str(path), "token": TOKEN}, "steps": {}}
    context["inputs"] = {name: evaluate(value, context) for name, value in given.items()}
    temp.mkdir(parents=True, exist_ok=True)
    files = {
        name: temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")
    }
    log, code = "", 0
    for number, step in enumerate(definition["runs"]["steps"]):
        assert set(step) <= STEP, f"the runner of the tests knows no {set(step) - STEP}"
        for file in files.values():
            file.write_text("")
        script = temp / f"step-{number}.sh"
        script.write_text(evaluate(step["run"], context))
        own = {name: evaluate(value, context) for name, value in step.get("env", {}).items()}
        known = {name: str(file) for name, file in files.items()} | {"RUNNER_TEMP": str(temp)}
        done = subprocess.run(
            [*SHELLS[step["shell"]], str(script)], cwd=workspace, env={**environment, **known, **own},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        # The runner reads both streams side by side: what is on one cannot stop commands on the other.
        assert done.stderr == ""
        log, code = log + done.stdout, code or done.returncode
        context["steps"][step["id"]] = {"outputs": parse_outputs(files["GITHUB_OUTPUT"].read_text())}
    outputs = {name: evaluate(spec["value"], context) for name, spec in definition["outputs"].items()}
    left = {name: files[name].read_text() for name in ("GITHUB_ENV", "GITHUB_PATH")}
    return Ran(code, outputs, log, files["GITHUB_STEP_SUMMARY"].read_text(), left)


# As the runner starts them: docs.github.com, "Workflow syntax", `jobs.<job_id>.steps[*].shell`.
SHELLS = {"bash": ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")}


def evaluate(text: str, context: dict[str, Any]) -> str:
    """The text with its expressions replaced. Only plain lookups: anything else fails."""
    return EXPRESSION.sub(lambda match: _look_up(match[1], context), str(text))


def _look_up(expression: str, context: dict[str, Any]) -> str:
    assert re.fullmatch(r"[\w-]+(\.[\w-]+)+", expression), f"the runner of the tests cannot evaluate {expression!r}"
    value: Any = context
    for part in expression.split("."):
        if part not in value:
            assert expression.startswith("steps."), f"there is no {expression}"
            return ""  # an output that was never set
        value = value[part]
    return str(value)


def parse_outputs(text: str) -> dict[str, str]:
    """`name=value` lines, and `name<<END` blocks."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, block, end = line.partition("<<")
        if block and "=" not in name:
            value = []
            for inner in lines:
                if inner == end:
                    break
                value.append(inner)
            found[name] = "\n".join(value)
        elif line:
            found[line.partition("=")[0]] = line.partition("=")[2]
    return found


def obeyed(log: str) -> list[dict[str, str]]:
    """The workflow commands that a runner obeys: none between `::stop-commands::TOKEN` and `::TOKEN::`."""
    found: list[dict[str, str]] = []
    stopped = ""
    for line in re.split("\r\n|\r|\n", log):  # as .NET reads lines
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
            continue
        match = COMMAND.match(line)  # only where a line is no such command, one of the older kind is looked for
        assert match or "##[" not in line, f"a command of the older kind: {line}"
        if match and match["name"] == "stop-commands":
            stopped = match["text"]
        elif match:
            pairs = (pair.partition("=") for pair in (match["properties"] or "").split(",") if pair)
            found.append(
                {"command": match["name"], "text": match["text"]} | {name.strip(): v for name, _, v in pairs}
            )
    assert not stopped, "commands were stopped and never begun again"
    return found


def environment(event: str, payload: dict[str, Any], temp: Path, **more: str) -> dict[str, str]:
    """What a runner sets for a job, and nothing of this machine but the way to its programs."""
    temp.mkdir(parents=True, exist_ok=True)
    (temp / "event.json").write_text(json.dumps(payload))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {
        "PATH": path, "HOME": str(temp), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "CI": "true",
        "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(temp / "event.json"),
        "GITHUB_REPOSITORY": "OWNER/nets", "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_API_URL": "https://api.github.com", "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
        "GITHUB_RUN_ID": "17", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_ACTOR": "somebody", "GITHUB_SHA": "0" * 40,
        "GITHUB_WORKFLOW": "Diagrams", "GITHUB_JOB": "diagrams", "RUNNER_OS": "Linux",
    } | more  # fmt: skip
