"""The style sheet can be read at night and by day: contrasts by WCAG 2.2, measured on its own colours."""

import re

import pytest

from tocsin.web.rendering import STATIC

SHEET = (STATIC / "tocsin.css").read_text()
READABLE, SEEN = 4.5, 3.0


def palette(light: bool) -> dict[str, str]:
    """The colours by name, dark, or dark with light's laid over."""
    blocks = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[0]))
    return colours | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[1])) if light else colours


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("light", [False, True], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["ground", "raised", "sunken"])
@pytest.mark.parametrize("ink", ["text", "muted", "link", "good", "bad", "p1", "p2", "p3", "p4"])
def test_letters_can_be_read_on_every_ground(ink, ground, light) -> None:
    colours = palette(light)
    assert contrast(colours[ink], colours[ground]) >= READABLE


@pytest.mark.parametrize("light", [False, True], ids=["dark", "light"])
@pytest.mark.parametrize("fill", ["accent", "p1", "p2", "p3", "p4"])
def test_letters_can_be_read_on_every_button(fill, light) -> None:
    colours = palette(light)
    on_fill = colours["on-fill"]
    if light and fill == "p2":
        fill, on_fill = "amber", re.search(r"--fill: var\(--amber\); --on-fill: (#[0-9a-f]{6})", SHEET).group(1)
    assert contrast(colours[fill], on_fill) >= READABLE


@pytest.mark.parametrize("light", [False, True], ids=["dark", "light"])
def test_the_edge_of_a_field_can_be_seen(light) -> None:
    colours = palette(light)
    assert contrast(colours["muted"], colours["raised"]) >= SEEN


def test_the_sheet_asks_nobody_else_for_anything() -> None:
    assert "url(" not in SHEET
    assert "@import" not in SHEET
