"""`check` on unchanged files imports nothing that it does not use."""

import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PACKAGES = {"click", "yaml"}
PROGRAM = """
import sys
called = set()
def profile(frame, event, argument):
    if event == "call" and frame.f_code.co_name != "<module>":
        called.add(frame.f_code.co_filename)
sys.argv = ["nnviz-action", "check"]
sys.setprofile(profile)
from nnviz_action.cli.entry import main
code = main()
sys.setprofile(None)
modules = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
idle = [n for n, f in modules.items() if n.startswith("nnviz_action.") and "__init__" not in f and f not in called]
others = {n.partition(".")[0] for n, f in modules.items() if "site-packages" in f and "nnviz_action" not in n}
print(code, sorted(idle), sorted(others))
"""


def test_check_imports_only_what_it_calls(tmp_path: Path) -> None:
    project = Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))
    run = [sys.executable, "-S", "-c", f"import site; site.main(); {PROGRAM}"]
    before = _imported("import site", project)
    last = subprocess.run(run, cwd=project, text=True, capture_output=True, check=True).stdout.splitlines()[-1]
    assert last == f"0 [] {sorted(PACKAGES | before)}"


def _imported(program: str, project: Path) -> set[str]:
    """What the interpreter itself, or a hook of site-packages, has loaded by then."""
    printed = "import sys; print(*{n.partition('.')[0] for n, m in sys.modules.items() if 'site-packages' in (getattr(m, '__file__', None) or '')})"
    command = [sys.executable, "-c", f"{program}; {printed}"]
    return set(subprocess.run(command, cwd=project, text=True, capture_output=True, check=True).stdout.split())
