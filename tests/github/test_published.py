"""Pictures on a branch of their own, in a real repository behind GitHub's API."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from fake_github import REPOSITORY, Clock, Fault, GitHub

from nnviz_action.github.environment import Run
from nnviz_action.github.faults import RefusedError
from nnviz_action.github.picture_days import README
from nnviz_action.github.pictures import MOST_BYTES, Published, publish
from nnviz_action.report.picture_places import Place

BRANCH, REF = "nnviz-pictures", "refs/heads/nnviz-pictures"
TODAY = date(2026, 11, 24)
GIT = r"/repos/octo-org/models/git"
FORBIDDEN = "Resource not accessible by integration"


def png(text: str) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + text.encode()


def name(data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()[:32]}.png"


def put(
    github: GitHub, *pictures: str, number: int = 7, days: int = 0, clock: Clock | None = None, run: Run | None = None
) -> Published:
    """Publish these pictures, `days` after today."""
    files = {f"{text}.png": png(text) for text in pictures}
    today = TODAY + timedelta(days)
    return publish(run or github.run(), number, files, today=today, patience=(clock or Clock()).patience())


def at(*pictures: str, number: int = 7, days: int = 0) -> set[str]:
    return {f"{TODAY + timedelta(days)}/{number}/{name(png(text))}" for text in pictures}


def shown(github: GitHub) -> set[str]:
    """Pictures that are there: the README must be, and each picture must be what its name says."""
    paths = set(github.git.paths(REF)) - {"README.md"}
    assert github.git.read(REF, "README.md") == README.encode()
    assert all(path.endswith(name(github.git.read(REF, path))) for path in paths)
    return paths


def writes(github: GitHub) -> list[str]:
    return [line.replace("/repos/octo-org/models/git/", "") for line in github.writes()]


# what there is in the end


def test_the_first_picture_makes_the_branch(github: GitHub):
    main = github.git.branch("main", {"train.py": b"x"})
    found = put(github, "a", "b")
    assert found == Published(
        REPOSITORY, BRANCH, "2026-11-24/7", {"a.png": name(png("a")), "b.png": name(png("b"))}, {}
    )
    assert shown(github) == at("a", "b")
    assert github.git.history(REF) == ["Add pictures of pull request 7 [skip ci]"]
    assert writes(github) == ["POST blobs", "POST blobs", "POST trees", "POST commits", "POST refs"]
    assert github.git.refs() == ["refs/heads/main", REF] and github.git.run("rev-parse", "main") == main


def test_a_comment_can_show_it(github: GitHub):
    found = put(github, "a")
    address = Place("https://github.com", found.repository, found.branch).picture(found.folder, found.names["a.png"])
    assert address == f"https://github.com/octo-org/models/blob/nnviz-pictures/{min(at('a'))}?raw=true"


def test_the_next_ones_come_to_them(github: GitHub):
    put(github, "a")
    put(github, "b", number=8)
    put(github, "c", days=1)
    assert shown(github) == at("a") | at("b", number=8) | at("c", days=1)
    assert len(github.git.history(REF)) == 3
    assert writes(github)[-4:] == ["POST blobs", "POST trees", "POST commits", f"PATCH refs/heads/{BRANCH}"]


def test_the_same_pictures_again_write_nothing(github: GitHub):
    first = put(github, "a", "b")
    before = len(github.writes())
    assert put(github, "a", "b") == first and len(github.writes()) == before


@pytest.mark.parametrize("where", [{"days": 1}, {"number": 8}], ids=str)
def test_a_picture_that_is_there_already_is_not_uploaded_again(github: GitHub, where: dict[str, int]):
    put(github, "a")
    put(github, "a", "b", **where)
    assert writes(github).count("POST blobs") == 2
    assert shown(github) == at("a") | at("a", "b", **where)


def test_what_is_older_than_30_days_goes_and_the_history_with_it(github: GitHub):
    put(github, "old")
    put(github, "kept", days=1)
    put(github, "new", days=30)
    assert len(github.git.history(REF)) == 3, "30 days are not more than 30 days"
    put(github, "newer", days=31)
    assert shown(github) == at("kept", days=1) | at("new", days=30) | at("newer", days=31)
    assert github.git.history(REF) == [
        "Add pictures of pull request 7 [skip ci]",
        "Start anew with the pictures since 2026-11-25 [skip ci]",
    ]


def test_where_all_is_old_only_the_new_stays(github: GitHub):
    put(github, "a", "b")
    put(github, "a", days=100)
    assert shown(github) == at("a", days=100) and len(github.git.history(REF)) == 2
    assert writes(github).count("POST blobs") == 3, "GitHub may have thrown away what no branch holds"


def test_a_branch_with_more_than_github_lists_at_once(github: GitHub):
    put(github, "a", "b", "c")
    github.git.most = 2
    put(github, "a", "d", number=8)
    assert shown(github) == at("a", "b", "c") | at("a", "d", number=8)
    put(github, "e", days=40)
    assert shown(github) == at("e", days=40)


def test_names_on_the_branch_are_ours(github: GitHub):
    hostile = ["../../x", ".github/workflows/x.yml", "\n", "-x", "a" * 5000, "README.md"]
    files = {text: png(text) for text in hostile}
    publish(github.run(), 7, files, today=TODAY, patience=Clock().patience())
    assert shown(github) == at(*hostile)


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ([b"\x89PNG", b"<svg>", b""], {0: "it is no PNG", 1: "it is no PNG", 2: "it is no PNG"}),
        ([png(str(n)) for n in range(22)], dict.fromkeys((20, 21), "a run has room for 20 pictures")),
        ([png("x" * (MOST_BYTES - 18)), png("ab"), png("abc")], {2: "a run has room for 5 MB of pictures"}),
        ([png("x" * MOST_BYTES), png("a")], {0: "a run has room for 5 MB of pictures"}),
    ],
    ids=["no-png", "count", "bytes", "one"],
)
def test_what_is_too_much_is_left_and_told(github: GitHub, files: list[bytes], left: dict[int, str]):
    found = publish(
        github.run(), 7, {str(n): f for n, f in enumerate(files)}, today=TODAY, patience=Clock().patience()
    )
    assert found.left == {str(n): why for n, why in left.items()}
    assert set(found.names) == {str(n) for n in range(len(files))} - set(found.left)
    if found.names:
        assert shown(github) == {f"{found.folder}/{file}" for file in found.names.values()}
    else:
        assert github.log == []


def test_an_enterprise_server_is_asked_below_its_own_path(enterprise: GitHub):
    put(enterprise, "a")
    put(enterprise, "b")
    assert shown(enterprise) == at("a", "b")
    assert all(line.split()[1].startswith("/api/v3/repos/octo-org/models/git/") for line in enterprise.log)


# what is not ours

OURS = {"README.md": README.encode()}
THEIRS = [
    ({"train.py": b"x"}, "holds 'train.py'"),
    (OURS | {"2026-11-24/7/a.png": b"x", "src/a.png": b"x"}, "holds 'src'"),
    (OURS | {"2026-11-24": b"no folder"}, "holds '2026-11-24'"),
    (OURS | {"2026-11-24x/7/a.png": b"x"}, "holds '2026-11-24x'"),
    ({"README.md": b"# Mine\n"}, "has no README.md of ours"),
    ({"README.md": b""}, "has no README.md of ours"),
    ({"README.md/x": b""}, "has no README.md of ours"),
    ({"2026-01-01/diary.txt": b"dear diary"}, "has no README.md of ours"),
]


@pytest.mark.parametrize(("files", "what"), THEIRS, ids=[what for _, what in THEIRS])
def test_a_branch_that_is_not_ours_is_left_alone(github: GitHub, files: dict[str, bytes], what: str):
    commit = github.git.branch(BRANCH, files)
    run = github.run(head_repository="someone/models")
    with pytest.raises(RefusedError) as refusal:
        put(github, "a", days=365, run=run)
    assert refusal.value.message == f"the branch nnviz-pictures {what}, so it is not only for pictures"
    assert refusal.value.hint and "git push origin --delete nnviz-pictures" in refusal.value.hint
    assert github.writes() == [] and github.git.run("rev-parse", REF) == commit


def test_the_readme_of_another_version_stays(github: GitHub):
    older = README.split("\n")[0] + "\n\nIn other words.\n"
    github.git.branch(BRANCH, {"README.md": older.encode(), "2026-01-01/7/x.png": b"x"})
    put(github, "a")
    assert set(github.git.paths(REF)) == {"README.md"} | at("a")
    assert github.git.read(REF, "README.md") == older.encode()


# what GitHub refuses

REFUSALS = [
    ("POST .*/blobs", Fault(401, "Bad credentials"), "GitHub does not accept the token (401: Bad credentials)"),
    ("POST .*/blobs", Fault(403, FORBIDDEN), f"the token may not write to the repository, which takes `contents: write` (403: {FORBIDDEN})"),
    ("POST .*/refs", Fault(403, FORBIDDEN), f"the token may not write to the repository, which takes `contents: write` (403: {FORBIDDEN})"),
    ("POST .*/blobs", Fault(404, "Not Found"), "GitHub finds no such repository, or the token may not write to it (404: Not Found)"),
    ("GET .*/ref/", Fault(409, "Git Repository is empty."), "the repository is empty (409: Git Repository is empty.)"),
    ("POST .*/trees", Fault(422, "tree.sha is not a valid blob"), "GitHub does not take the pictures (422: tree.sha is not a valid blob)"),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "fault", "reason"), REFUSALS, ids=[f"{f.status} {r}" for r, f, _ in REFUSALS])
def test_what_will_not_get_better_is_told_and_not_tried_again(
    github: GitHub, clock: Clock, request_: str, fault: Fault, reason: str
):
    github.fail(request_, fault)
    with pytest.raises(RefusedError) as refusal:
        put(github, "a", clock=clock)
    assert refusal.value.message == reason and clock.slept == [] and github.git.refs() == []


def test_a_refusal_tells_why_the_token_is_weak(github: GitHub):
    github.fail("POST", Fault(403, FORBIDDEN))
    with pytest.raises(RefusedError, match="; in a run for a fork the token can only read"):
        put(github, "a", run=github.run(head_repository="someone/models"))


def test_without_a_token_github_is_not_asked(github: GitHub):
    with pytest.raises(RefusedError, match="there is no token"):
        put(github, "a", run=replace(github.run(), token=""))
    assert github.log == []


@pytest.mark.parametrize("days", [None, 0, 31], ids=["new", "more", "anew"])
def test_a_branch_that_is_protected(github: GitHub, clock: Clock, days: int | None):
    """GitHub says 422 to this, as it does where somebody was faster."""
    if days is not None:
        put(github, "a")
    github.git.protected.add(REF)
    with pytest.raises(RefusedError, match=r"GitHub does not take the pictures \(422: "):
        put(github, "b", days=days or 0, clock=clock)
    assert clock.slept == []
    assert github.git.refs() == [] if days is None else shown(github) == at("a")


# what passes

EACH = ["GET .*/ref/", "GET .*/commits/", "GET .*/trees/", "POST .*/blobs", "POST .*/trees", "POST .*/commits", "PATCH .*/refs/"]  # fmt: skip


@pytest.mark.parametrize("late", [False, True], ids=["lost", "late"])
@pytest.mark.parametrize("status", [500, 502])
@pytest.mark.parametrize("request_", EACH)
def test_a_fault_of_githubs_own_passes(github: GitHub, clock: Clock, request_: str, status: int, late: bool):
    """Where the answer alone was lost (`late`), what was done is not done again."""
    put(github, "a")
    sent = writes(github).count("POST blobs")
    github.fail(request_, Fault(status, late=late))
    put(github, "b", "c", clock=clock)
    assert clock.slept == [1] and shown(github) == at("a", "b", "c")
    assert len(github.git.history(REF)) == 2
    assert writes(github).count("POST blobs") - sent == 2 + ("blobs" in request_)


@pytest.mark.parametrize("request_", ["POST .*/trees", "POST .*/commits", "PATCH .*/refs/"])
@pytest.mark.parametrize("late", [False, True], ids=["lost", "late"])
def test_also_while_old_days_are_dropped(github: GitHub, clock: Clock, request_: str, late: bool):
    put(github, "a")
    put(github, "b", days=20)
    github.fail(request_, Fault(502, late=late))
    put(github, "c", days=40, clock=clock)
    assert clock.slept == [1] and shown(github) == at("b", days=20) | at("c", days=40)
    assert len(github.git.history(REF)) == 2


def test_a_lost_first_commit_is_made_again(github: GitHub, clock: Clock):
    github.fail("POST .*/refs", Fault(502), Fault(502, late=True))
    put(github, "a", clock=clock)
    assert clock.slept == [1, 2] and shown(github) == at("a") and len(github.git.history(REF)) == 1


def test_faults_that_stay_end_in_a_refusal(github: GitHub, clock: Clock):
    github.fail("POST .*/trees", *[Fault(500)] * 9)
    with pytest.raises(RefusedError, match=r"GitHub has a fault of its own .*, and there was no time to wait"):
        put(github, "a", clock=clock)
    assert clock.slept == [1, 2, 4, 8, 16] and writes(github).count("POST blobs") == 1
