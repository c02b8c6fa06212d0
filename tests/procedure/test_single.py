"""A page is read once: whatever it does not say itself is not kept with it."""

from __future__ import annotations

import pytest

from tests.procedure.written import RUNBOOK, codes, document, text
from tocsin.procedure.read import read_procedure
from tocsin.procedure.read.single import Singles, read_single
from tocsin.procedure.source import Text

PAGE = "runbooks/postgresql.md"


def books(content: str) -> dict[str, Text]:
    main, page = text(document()), text(content, PAGE)
    return {main.path: main, page.path: page}


@pytest.mark.parametrize(
    "content",
    [
        RUNBOOK.content,
        "# x\n\n```bash\npatronictl failover\n```\n",
        "# x\n\n[gone](gone.md)\n\n```bash\nls\n",
        "",
        "no heading, no step\n",
    ],
)
def test_a_page_that_was_kept_gives_the_same_procedure(content: str) -> None:
    texts = books(content)
    first, second = Singles(), Singles()
    fresh = read_procedure(texts, "incidents.md", singles=first)
    second.kept = first.used
    again = read_procedure(texts, "incidents.md", singles=second)
    assert again == fresh
    assert (first.read, second.read) == (1, 0)


def test_only_the_page_that_changed_is_read_again() -> None:
    before = Singles()
    read_procedure(books("# a\n"), "incidents.md", singles=before)
    after = Singles(before.used)
    procedure = read_procedure(books("# b\n\n```bash\npatronictl failover\n```\n"), "incidents.md", singles=after)
    assert (after.read, codes(procedure.problems)) == (1, ["P401"])
    assert len(after.used) == 1


def test_the_same_bytes_at_another_place_or_in_another_language_are_another_page() -> None:
    singles = Singles()
    one = singles.of(text("# x\n\n[y](y.md)\n", "a/x.md"), "fr")
    other = singles.of(text("# x\n\n[y](y.md)\n", "b/x.md"), "fr")
    singles.of(text("# x\n\n[y](y.md)\n", "a/x.md"), "en")
    assert (one.mentioned, other.mentioned, singles.read) == (("a/y.md",), ("b/y.md",), 3)


def test_a_page_names_the_pages_it_links_to_and_the_manifests_it_applies() -> None:
    content = "# x\n\n[y](../y.md) [z](https://example.org/z.md)\n\n```bash\nkubectl apply -f m/x.yaml\n```\n"
    assert read_single(text(content, "runbooks/x.md"), "fr").mentioned == ("y.md", "m/x.yaml", "runbooks/m/x.yaml")


def test_a_broken_link_is_found_again_when_the_page_around_it_goes() -> None:
    singles = Singles()
    linking, linked = text("# x\n\n[y](y.md)\n", PAGE), text("# y\n", "runbooks/y.md")
    main = text(document())
    texts = {main.path: main, linking.path: linking, linked.path: linked}
    assert codes(read_procedure(texts, main.path, singles=singles).problems) == []
    del texts[linked.path]
    assert codes(read_procedure(texts, main.path, singles=Singles(singles.used)).problems) == ["P110"]
