"""What a model prints is passed on once, however often its code runs."""

import pytest

from nnviz_action.capture.worker.output import MOST_OUTPUT, Output


def passed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.removeprefix("net: ") for line in capsys.readouterr().err.splitlines()]


def test_lines_of_later_runs_are_those_that_no_run_had(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("net")
    for line in ("step", "step", output.mark, "step", "step", "step", output.mark, "other", "step"):
        output.add(line)
    assert passed(capsys) == ["step", "step", "step", "other"]


def test_another_process_is_another_run(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("net")
    output.add("once")
    output.begin()
    output.add("once")
    assert passed(capsys) == ["once"] and output.tail == ["once"]


def test_a_line_without_an_end_before_the_mark_is_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("net")
    output.add(f"no end{output.mark}")
    output.add("no end")
    assert passed(capsys) == ["no end"]


def test_there_is_an_end_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("net")
    for number in range(3):
        output.add(f"{number}" * (MOST_OUTPUT // 2))
    assert passed(capsys)[-1] == "… and more, which is left out"
