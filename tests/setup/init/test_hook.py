"""The hook goes into a `.pre-commit-config.yaml` without a change to anything else in it."""

from pathlib import Path

import pytest
import yaml

from nnviz_action.errors import ConfigError
from nnviz_action.setup.init.hook import FILE, add_hook

TEXTS = {
    "plain": "repos:\n- repo: local\n  hooks:\n  - id: a\n",
    "comments": "# top\nrepos:\n  # first\n  - repo: local # why\n    hooks:\n      - id: a\n        args: [x, 'y']  # args\n\n# end\n",
    "more keys": "fail_fast: true\nrepos:\n  - repo: local\n    hooks: [{id: a}]\nci:\n  skip: [a]\n",
    "no last line end": "repos:\n  - repo: local\n    hooks:\n      - id: a",
    "windows": "repos:\r\n  - repo: local\r\n    hooks:\r\n      - id: a\r\n",
    "a block of text": "repos:\n  - repo: local\n    hooks:\n      - id: a\n        entry: |\n          one\n          two\n\nexclude: x\n",
    "folded": "repos:\n  - repo: local\n    hooks:\n      - id: a\n        files: >-\n          one\n          two\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_is_added(text: str, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(text.encode())
    add_hook(tmp_path, "nnviz.yaml")
    after = path.read_bytes().decode()
    old, new = yaml.safe_load(text), yaml.safe_load(after)
    assert new["repos"][:-1] == old["repos"] and new["repos"][-1]["hooks"] == [{"id": "nnviz-check"}]
    assert {**new, "repos": 0} == {**old, "repos": 0}
    lines, kept = after.splitlines(), text.splitlines()
    added = len(lines) - len(kept)
    assert any(lines[:at] + lines[at + added :] == kept for at in range(len(kept) + 1))
    assert ("\r\n" in text) == ("\r\n" in after) and after.replace("\r\n", "").count("\r") == 0


@pytest.mark.parametrize(
    "text", ["repos: []\n", "[]\n", "repos: {\n", "repos: [{repo: local, hooks: []}]\n", "a: 1\n"]
)
def test_an_odd_file_is_left_alone(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigError) as error:
        add_hook(tmp_path, "nnviz.yaml")
    assert "id: nnviz-check" in str(error.value) and (tmp_path / FILE).read_text() == text
