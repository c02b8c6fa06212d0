"""Text from outside is shown whole, visible and harmless."""

import pytest

from tocsin.web.outside import address, cut, local_path, one_line, plain
from tocsin.web.rendering import argv, markdown, ticked


def test_a_mark_that_turns_the_direction_is_seen_and_does_nothing() -> None:
    assert plain("a\u202egnp.exe") == "a⟨U+202E⟩gnp.exe"
    assert plain("a\x00b\x1b[31m") == "a⟨U+0000⟩b⟨U+001B⟩[31m"
    assert plain("one\r\ntwo\tthree") == "one\ntwo\tthree"


def test_endless_text_is_cut_and_says_how_long_it_was() -> None:
    assert cut("x" * 8192, 10) == "x" * 10 + "… (8192)"
    assert cut("short", 10) == "short"
    assert one_line("a\n  b") == "a b"


@pytest.mark.parametrize("url", ["https://example.org/a?b=c", "http://10.0.0.1:9090/graph"])
def test_a_web_address_may_be_a_link(url: str) -> None:
    assert address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "//example.org",
        "/local",
        "https://bank.example@evil.example/",
        "https://exa\u202emple.org/",
        "https://",
        "https://[",
        "https://example.org/" + "x" * 2000,
        "",
    ],
)
def test_anything_else_is_only_text(url: str) -> None:
    assert address(url) == ""


@pytest.mark.parametrize("path", ["/", "/incidents/7", "/incidents/7?x=1#next"])
def test_the_way_back_stays_in_the_house(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "evil",
        "",
        "/\n/evil",
        "/\t/e",
    ],
)
def test_the_way_back_never_leaves_the_house(path: str) -> None:
    back = local_path(path)
    assert back == "/" or (back == path and path.startswith("/\t"))


def test_an_argument_is_quoted_where_it_must_be() -> None:
    assert argv((("echo", "a b", "$(reboot)"), ("grep", "-v", "x"))) == "echo 'a b' '$(reboot)' | grep -v x"


def test_markdown_of_a_person_brings_no_html_no_image_and_no_odd_link() -> None:
    html = markdown(
        "# T\n<script>alert(1)</script>\n\n![i](https://e.org/i.png) [a](javascript:x) [b](https://e.org/)\n\n|a|b|\n|-|-|\n|1|2|"
    )
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert '<a href="https://e.org/">b</a>' in html
    assert "<table>" in html


def test_backticks_of_a_problem_are_code_and_the_rest_is_escaped() -> None:
    assert ticked("`a <b>` is <c>") == "<code>a &lt;b&gt;</code> is &lt;c&gt;"
    assert ticked("one ` alone") == "one  alone" or ticked("one ` alone") == "one ` alone"
