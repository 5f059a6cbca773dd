"""`view`: what a browser shows of the served file, and what is told where it cannot be served."""

import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import onnx
import pytest
from conftest import ROOT, Project
from playwright.sync_api import Browser, Page, Route
from repository import Repository

from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.values import Graph

Cli = Callable[..., tuple[int, str, str]]
Serve = Callable[..., subprocess.Popen[str]]
Look = Callable[[str], Page]
RESNET = ROOT / "examples" / "diagrams" / "resnet18" / "model.onnx"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository").models(net="Relu > Sigmoid")


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[subprocess.Popen[str]] = []

    def start(folder: Path, *args: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "nnviz_action", "view", *args, "--no-browser"]
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    return next(word for word in line.split() if word.startswith("http://"))


@pytest.fixture
def seen(browser: Browser) -> Look:
    """Netron's page once it has drawn; it may reach nothing but its own server, and takes its version for new."""

    def look(url: str) -> Page:
        def only_here(route: Route) -> None:
            route.continue_() if route.request.url.startswith(url) else route.abort()

        page = browser.new_page()
        page.context.add_cookies([{"name": "consent", "value": "1", "url": url}])
        page.clock.set_system_time("2020-01-01")
        page.route("**/*", only_here)
        page.goto(url)
        page.wait_for_selector("body.default")
        return page

    return look


def texts(page: Page, selector: str) -> Counter[str]:
    """One by one: Netron forbids `eval`, by which Playwright would ask for all at once."""
    return Counter((found.text_content() or "").strip() for found in page.locator(selector).all())


def dims(graph: Graph) -> set[str]:
    """The shapes of all values, as Netron writes them."""
    return {str(type_).partition(" ")[0] for _, type_ in graph.values()}


def test_a_browser_shows_the_operators_and_the_shapes(seen: Look, serve: Serve) -> None:
    page = seen(address(serve(ROOT, str(RESNET))))
    operators = Counter(node.op_type for node in onnx.load(RESNET).graph.node if node.op_type != "Constant")
    assert operators["Conv"] == 20
    assert texts(page, ".node-item-type text") == operators
    labels = texts(page, ".edge-label")
    assert dims(read_graph(RESNET)) <= labels.keys()
    assert labels["5×64×20×20"] and labels["5×512×2×2"]


def test_a_model_goes_by_its_name_and_an_interrupt_ends_it_quietly(
    repository: Repository, seen: Look, serve: Serve
) -> None:
    process = serve(repository.folder, "net")
    page = seen(address(process))
    assert texts(page, ".node-item-type text") == {"Relu": 1, "Sigmoid": 1}
    assert "2×4" in texts(page, ".edge-label")
    page.close()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0


def test_the_port_can_be_chosen(repository: Repository, serve: Serve) -> None:
    with socket.socket() as other:
        other.bind(("localhost", 0))
        port = other.getsockname()[1]
    assert address(serve(repository.folder, "net", "--port", str(port))) == f"http://localhost:{port}"


def test_a_port_in_use_is_named(repository: Repository, cli: Cli) -> None:
    with socket.socket() as other:
        other.bind(("localhost", 0))
        other.listen()
        port = other.getsockname()[1]
        code, out, err = cli(repository, "view", "net", "--no-browser", "--port", str(port))
    assert (code, out) == (4, "")
    assert err.startswith(f"error: port {port} cannot be listened at: ") and "another --port" in err


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ("nett", 2, "nnviz.yaml has no model 'nett'\n  did you mean 'net'?"),
        ("no.onnx", 2, "no.onnx: no such file"),
        ("net --save net.gif", 2, "--save net.gif: neither .png nor .svg"),
        ("later", 3, "later has no diagram yet\n  nnviz-action generate later"),
        ("pointer.onnx", 3, "only its Git LFS pointer is here\n  git lfs pull"),
        ("nothing", 3, "nothing has no forward graph to show\n  add forward to its  views:"),
        ("net --port 0", 2, "'--port'"),
    ],
)
def test_mistakes(args: str, code: int, said: str, repository: Repository, cli: Cli) -> None:
    more = "  later: {onnx: later.onnx}\n  nothing: {model: n:N, inputs: [[1]], views: [autograd]}\n"
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
    repository.write({"nnviz.yaml": f"{repository.read('nnviz.yaml')}{more}", "pointer.onnx": pointer})
    found = cli(repository, "view", *args.split())
    assert found[:2] == (code, "") and said in found[2]


def test_a_browser_is_opened_unless_there_is_none(
    project: Project, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser is a command that notes what it was asked to open; as it ends well, Python looks for no other."""
    project.write({"open.py": "import sys\nopen('opened', 'w').write(sys.argv[1])\n"})
    program = (
        "import netron; netron.wait = lambda: None\n"
        f"from nnviz_action.cli.main import main; raise SystemExit(main(['view', {str(RESNET)!r}]))"
    )
    for browser_command, said in (
        (f"{sys.executable} open.py %s", ""),
        ("no-such-browser", "open the address by hand"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True, check=False,
            env={"BROWSER": browser_command, "PATH": ""},
        )  # fmt: skip
        assert done.returncode == 0 and said in done.stdout, done.stderr
    assert project.read("opened").startswith("http://localhost:")
