"""Thousands of configs that are wrong somewhere: each is told with its place, and none is our own bug."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from faulty import Ground, keeps_its_promise, tried
from from_schema import configs
from hypothesis import HealthCheck, given, settings
from mutants import mutants

CONFIG = "nnviz.yaml"
SEEDS = tuple(
    text.encode()
    for text in (
        "models:\n  net: {model: net:A, inputs: [[batch, 3, 8, 8]], dims: {batch: 4}, sources: [data/*.json]}\n",
        "defaults: &d {opset: 18, views: [forward], budgets: {params: 12M}}\nmodels:\n  a:\n    <<: *d\n    onnx: net.onnx\n",
        "models:\n  a:\n    model: net.py:A\n    inputs: {x: {shape: [1, 2], dtype: int64, high: 3}, y: {value: 2}}\n"
        "    mode: {forward: eval}\n    autograd: {show_saved: true}\n    output: docs/a\n",
        "on_drift: warn\ngallery: false\nmodels: {a: {model: net:A, kwargs: {n: 1.5, s: [a]}, inputs: net:make, focus: [l.0]}}\n",
    )
)
NET = "model: net:A, inputs: [[1]]"
LAUGHS = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
EMPTY_LAUGHS = "".join(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 30))
ONCE_BROKE = {
    "aliases without end": f"a0: &a0 [x]\n{LAUGHS}models: {{m: {{{NET}}}}}\n",
    "merges without end, of nothing": f"a0: &a0 {{}}\n{EMPTY_LAUGHS}models: {{m: {{{NET}}}}}\n",
    "long texts without end": f"a0: &a0 {'x' * 5000}\n{LAUGHS}models: {{m: {{{NET}, kwargs: {{a: *a11}}}}}}\n",
    "a mapping that is merged into itself": "models: &a {<<: *a}\n",
    "a list in itself": "models: &a [*a]\n",
    "defaults for many models": "defaults: {args: [" + "1," * 9000 + "]}\nmodels:\n" + "".join(f"  m{i}: {{{NET}}}\n" for i in range(9000)),
    "very many models": "models:\n" + "".join(f"  m{i}: {{{NET}}}\n" for i in range(5000)) + "  M1: {onnx: x}\n",
    "lists in lists": "models: " + "[" * 100_000,
    "mappings in mappings": "{a: " * 10_000,
    "no truth": "models: !!bool x\n",
    "no number": "models: !!int ''\n",
    "no date": "models: !!timestamp x\n",
    "a date before all": "models: {m: {model: net:A, inputs: [[1]], kwargs: {a: 0001-01-01 00:00:00 +23:00}}, n: 1}\n",
    "a number of 5000 digits": f"models: {'9' * 5000}\n",
    "NUL in a name": 'models: {"\\0": {model: net:A, inputs: [[1]]}}\n',
    "NUL in a folder": f'models: {{m: {{{NET}, output: "a\\0b"}}}}\n',
    "NUL in a file": 'models: {m: {onnx: "a\\0b"}}\n',
    "NUL where imports come from": f'models: {{m: {{{NET}, pythonpath: ["a\\0b"]}}}}\n',
    "NUL in a model": 'models: {m: {model: "a\\0b.py:A", inputs: [[1]]}}\n',
    "a folder of a long name": f"models: {{m: {{{NET}, output: {'a' * 300}}}}}\n",
    "a long path": f"models: {{m: {{{NET}, output: {'a/' * 3000}}}}}\n",
    "a name of too many bytes": f"models: {{{chr(0x20000) * 90}: {{{NET}}}}}\n",
    "a pattern that pathlib refuses": f"models: {{m: {{{NET}, sources: ['**x']}}}}\n",
    "a pattern that leads out": f"models: {{m: {{{NET}, sources: ['../outside/*']}}}}\n",
    "a pattern that goes up again": f"models: {{m: {{{NET}, sources: ['*/../../*']}}}}\n",
    "an ONNX file outside": "models: {m: {onnx: ../outside/secret}}\n",
    "an ONNX file by its whole path": "models: {m: {onnx: /etc/passwd}}\n",
    "a folder outside": f"models: {{m: {{{NET}, output: ../outside}}}}\n",
    "git's own folder": f"models: {{m: {{{NET}, output: .git/hooks}}}}\n",
    "a name that leads out": f"models: {{../x: {{{NET}}}}}\n",
    "a device of Windows": f"models: {{CON: {{{NET}}}}}\n",
    "a drive of Windows": f"models: {{'a:b': {{{NET}}}}}\n",
    "time without end": f"models: {{m: {{{NET}, timeout: .inf}}}}\n",
}  # fmt: skip
often = settings(
    max_examples=800, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("configs"))
        ground = Ground(Path.cwd())
        ground.write("net.py", "A = 1\n")
        ground.write("net.onnx", b"")
        yield ground
        assert ground.is_untouched_outside()


def judged(ground: Ground, text: bytes | str) -> int:
    ground.write(CONFIG, text)
    found = tried("check", "--format", "json")
    keeps_its_promise(found, text, places=[f"{CONFIG}:"])
    return found.code


@pytest.mark.parametrize("name", ONCE_BROKE)
def test_what_once_broke_is_a_mistake_in_the_config(name: str, ground: Ground) -> None:
    assert judged(ground, ONCE_BROKE[name]) == 2


@often
@given(config=configs())
def test_generated_from_the_schema(ground: Ground, config: Any) -> None:
    judged(ground, yaml.safe_dump(config, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("seed", range(10))
def test_mutants(seed: int, ground: Ground) -> None:
    for text in mutants(SEEDS, seed, 300):
        judged(ground, text)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_more_mutants(seed: int, ground: Ground) -> None:
    for text in mutants(SEEDS, seed, 200):
        judged(ground, text)
