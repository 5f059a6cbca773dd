from pathlib import Path

import pytest
from npm import packed_file


def test_without_npm_a_test_is_skipped_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"npm cannot get left-pad@1.3.0: npm is not installed"):
        packed_file("left-pad", "1.3.0", "index.js", tmp_path)


def test_in_ci_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"npm is not installed"):
        packed_file("left-pad", "1.3.0", "index.js", tmp_path)
