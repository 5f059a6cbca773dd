import threading

import pytest
from fake_github import BOT, NUMBER, Clock, GitHub

from nnviz_action.github.comments import Outcome, marker, post

CONFIG = "nnviz.yaml"
MARK = marker(CONFIG)
HERE = f"https://github.com/octo-org/models/pull/{NUMBER}#issuecomment-"


def say(github: GitHub, body: str, config: str = CONFIG, **rest) -> Outcome:
    return post(github.run(), NUMBER, config, body, patience=Clock().patience(), **rest)


def test_the_first_run_comments(github: GitHub):
    assert say(github, "resnet18 changed") == Outcome("created", f"{HERE}1")
    assert github.bodies() == [f"{MARK}\nresnet18 changed"]


def test_a_run_with_nothing_to_say_leaves_no_comment(github: GitHub):
    assert say(github, "all fresh", opens=False) == Outcome("none")
    assert github.writes() == []


def test_the_next_run_updates_the_comment(github: GitHub):
    say(github, "resnet18 changed")
    assert say(github, "no architecture changed ✓", opens=False) == Outcome("updated", f"{HERE}1")
    assert github.bodies() == [f"{MARK}\nno architecture changed ✓"]


@pytest.mark.parametrize("stored", ["\ntwo\nlines\n", "\r\ntwo\r\nlines", "\r\ntwo\r\nlines\r\n\r\n"])
def test_unchanged_text_is_not_sent_again(github: GitHub, stored: str):
    github.comment(BOT, f"{MARK}{stored}")
    assert say(github, "two\nlines\n").what == "unchanged"
    assert github.writes() == []


def test_each_config_has_its_own_comment(github: GitHub):
    say(github, "one", "a/nnviz.yaml")
    say(github, "two", "a/nnviz.yaml2")
    assert say(github, "three", "a/nnviz.yaml").what == "updated"
    assert github.bodies() == [f"{marker('a/nnviz.yaml')}\nthree", f"{marker('a/nnviz.yaml2')}\ntwo"]


@pytest.mark.parametrize("config", ["-->", "a--b", "a\nb", "--->x", "ü.yaml", "<!--"])
def test_no_config_gets_out_of_its_marker(config: str):
    inside = marker(config).removeprefix("<!-- nnviz-action config=").removesuffix(" -->")
    assert not set(inside) & set("<> \n") and "--" not in inside


def test_whoever_quotes_the_marker_keeps_what_they_wrote(github: GitHub):
    github.comment("somebody", f"{MARK}\nlook at this")
    github.comment(BOT, f"> {MARK}\nanother tool quotes it")
    github.comment(BOT, f"see:\n{MARK}")
    assert say(github, "ours").what == "created"
    assert [c["body"] for c in github.comments.values()][:3] == [
        f"{MARK}\nlook at this",
        f"> {MARK}\nanother tool quotes it",
        f"see:\n{MARK}",
    ]


def test_a_comment_whose_author_is_gone_is_not_ours(github: GitHub):
    github.comments[github.comment("somebody", f"{MARK}\nx")]["user"] = None
    assert say(github, "ours").what == "created"


@pytest.mark.parametrize("login", ["somebody", "an-app[bot]"])
def test_with_a_token_of_ones_own_the_comment_is_found_by_its_login(github: GitHub, login: str):
    github.login = login
    say(github, "one")
    assert say(github, "two").what == "updated" and github.bodies(login) == [f"{MARK}\ntwo"]


@pytest.mark.parametrize("place", [1, 100, 101, 350])
def test_the_comment_is_found_on_any_of_four_pages(github: GitHub, place: int):
    for index in range(1, 351):
        github.comment(BOT if index == place else "somebody", f"{MARK}\nold" if index == place else "hello")
    assert say(github, "new") == Outcome("updated", f"{HERE}{place}")
    assert len(github.comments) == 350
    assert [line for line in github.log if line.startswith("GET")] == [
        "GET /repos/octo-org/models/issues/7/comments?per_page=100",
        *(f"GET /repos/octo-org/models/issues/7/comments?page={page}&per_page=100" for page in (2, 3, 4)),
    ]


def test_of_two_copies_the_oldest_stays_and_the_other_leads_to_it(github: GitHub):
    first, second = github.comment(BOT, f"{MARK}\none"), github.comment(BOT, f"{MARK}\ntwo")
    assert say(github, "three") == Outcome("updated", f"{HERE}{first}")
    led = f"{MARK}\nThis is continued [in an older comment]({HERE}{first})."
    assert github.comments[first]["body"] == f"{MARK}\nthree" and github.comments[second]["body"] == led
    before = len(github.writes())
    assert say(github, "three").what == "unchanged" and len(github.writes()) == before


def test_where_the_oldest_was_deleted_the_next_one_takes_over(github: GitHub):
    github.comment(BOT, f"{MARK}\none")
    second = github.comment(BOT, f"{MARK}\ntwo")
    say(github, "three")
    del github.comments[1]
    say(github, "four")
    assert github.bodies() == [github.comments[second]["body"]] == [f"{MARK}\nfour"]


@pytest.mark.parametrize("writers", [2, 5])
def test_racing_jobs_end_with_one_comment(github: GitHub, writers: int):
    """All look before any writes."""
    github.together = threading.Barrier(writers)
    outcomes: list[Outcome] = []
    threads = [
        threading.Thread(target=lambda n=n: outcomes.append(say(github, f"found by job {n}"))) for n in range(writers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {outcome.url for outcome in outcomes} == {f"{HERE}1"}
    first, *others = github.bodies()
    assert first.startswith(f"{MARK}\nfound by job ") and len(others) == writers - 1
    assert set(others) == {f"{MARK}\nThis is continued [in an older comment]({HERE}1)."}


def test_what_github_does_with_ends_of_lines_does_not_hide_the_marker(github: GitHub):
    github.comment(BOT, f"{MARK}\r\nold")
    assert say(github, "new").what == "updated"


def test_on_an_enterprise_server_its_own_addresses_are_used(enterprise: GitHub, clock: Clock):
    run = enterprise.run(server="https://github.example")
    first, second = enterprise.comment(BOT, f"{MARK}\none"), enterprise.comment(BOT, f"{MARK}\ntwo")
    outcome = post(run, NUMBER, CONFIG, "three", patience=clock.patience())
    assert outcome.url == f"https://github.example/octo-org/models/pull/7#issuecomment-{first}"
    assert outcome.url in enterprise.comments[second]["body"]
    assert enterprise.log[0] == "POST /api/graphql"


@pytest.mark.parametrize("copies", [1, 2])
def test_a_comment_that_is_deleted_before_it_is_written_is_written_anew(github: GitHub, clock: Clock, copies: int):
    for _ in range(copies):
        github.comment(BOT, f"{MARK}\nold")
    github.after("^GET .*comments", github.comments.clear)
    outcome = post(github.run(), NUMBER, CONFIG, "ours", patience=clock.patience())
    assert (outcome.what, github.bodies(), clock.slept) == ("created", [f"{MARK}\nours"], [1])


def test_one_that_is_deleted_where_there_is_nothing_to_say_stays_away(github: GitHub, clock: Clock):
    github.comment(BOT, f"{MARK}\nold")
    github.after("^GET .*comments", github.comments.clear)
    outcome = post(github.run(), NUMBER, CONFIG, "all fresh", opens=False, patience=clock.patience())
    assert (outcome, github.comments) == (Outcome("none"), {})
