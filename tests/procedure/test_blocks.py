"""Markdown becomes blocks, each with its line and column in the file."""

from __future__ import annotations

import pytest

from tests.procedure.written import text
from tocsin.procedure.blocks import Block, Fence, Heading, Item, Paragraph, Table, blocks_of
from tocsin.procedure.source import Source


def blocks(content: str) -> tuple[Block, ...]:
    return blocks_of(text(content, "p.md"))


def one(content: str) -> Block:
    (block,) = blocks(content)
    return block


def test_a_heading_gives_its_level_and_bare_words() -> None:
    assert one("##  1. *Détection* `x`\n") == Heading(2, "1. Détection x", Source("p.md", 1, 1, 23))


def test_a_heading_by_underlining_counts_too() -> None:
    assert one("Titre\n=====\n") == Heading(1, "Titre", Source("p.md", 1, 1, 6))


def test_a_heading_inside_a_quote_opens_no_section() -> None:
    assert isinstance(one("> # Cité\n"), Paragraph)


def test_front_matter_is_not_part_of_the_text() -> None:
    assert blocks("---\ntitle: x\n---\n\n# Titre\n") == (Heading(1, "Titre", Source("p.md", 5, 1, 8)),)


def test_each_cell_of_a_table_has_its_own_columns() -> None:
    table = one("| A | A |\n|---|---|\n| **x** | x | \n|  | a \\| b |\n")
    assert isinstance(table, Table)
    assert [(c.text, c.source.line, c.source.column, c.source.end_column) for c in table.rows[0].cells] == [
        ("x", 3, 3, 8),
        ("x", 3, 11, 12),
    ]
    assert [(c.text, c.source.column) for c in table.rows[1].cells] == [("", 1), ("a | b", 6)]


def test_a_short_row_gets_empty_cells() -> None:
    table = one("| A | B | C |\n|---|---|---|\n| x |\n")
    assert isinstance(table, Table)
    assert [cell.text for cell in table.rows[0].cells] == ["x", "", ""]


def test_list_items_carry_their_number_and_links() -> None:
    found = blocks("1. Lire [la fiche](../r/pg.md#x)\n2. Agir\n   - dedans\n")
    items = [block for block in found if isinstance(block, Item)]
    assert [(item.number, item.text) for item in items] == [("1", "Lire la fiche"), ("2", "Agir"), ("", "dedans")]
    link = items[0].links[0]
    assert (link.text, link.target, link.source) == ("la fiche", "../r/pg.md#x", Source("p.md", 1, 9, 33))


def test_the_lines_of_a_fence_keep_their_place_inside_a_list() -> None:
    found = blocks("- Avant\n\n  ```Bash extra\n  kubectl get nodes\n\n    indenté\n  ```\n")
    (fence,) = [block for block in found if isinstance(block, Fence)]
    assert (fence.language, fence.closed) == ("bash", True)
    assert [(line.text, line.source.line, line.source.column) for line in fence.lines] == [
        ("kubectl get nodes", 4, 3),
        ("", 5, 1),
        ("  indenté", 6, 3),
    ]


@pytest.mark.parametrize(
    ("content", "closed"),
    [
        ("```\nx\n```\n", True),
        ("```\nx\n", False),
        ("```\n", False),
        ("```\n```", True),
        ("~~~~\nx\n~~~\n", False),
        ("> ```\n> x\n> ```\n", True),
        ("```\nx\n``` y\n", False),
    ],
)
def test_a_fence_knows_whether_it_was_closed(content: str, closed: bool) -> None:
    fence = one(content)
    assert isinstance(fence, Fence)
    assert fence.closed is closed
