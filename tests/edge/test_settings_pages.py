"""The pages about settings say what the code does, in both languages."""

import re
from pathlib import Path

import pytest

from tocsin.edge.execution.programs import USUAL
from tocsin.edge.settings import BadSettings, Settings, load_settings
from tocsin.edge.settings.environment import keys_of

PAGES = [Path(__file__).parents[2] / "docs" / language / "settings.md" for language in ("en", "fr")]
SECRETS = {
    "channels.email.password",
    "channels.webhook.secret",
    "execution.hcloud_token",
    "sources.*.password",
    "sources.*.token",
}


@pytest.fixture(params=PAGES, ids=["en", "fr"])
def page(request):
    return request.param.read_text()


def test_every_key_stands_in_the_page_and_no_other(page):
    told = {
        re.sub(r"\b(?:NAME|NOM)\b", "*", key) for key in re.findall(r"^\| `([a-z][a-zA-Z_.]+)` \|", page, re.MULTILINE)
    }
    assert told | SECRETS == set(keys_of(Settings))


def test_the_defaults_of_the_page_are_the_ones_of_the_code(page):
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| `([^`]+)` \|", page, re.MULTILINE))
    assert len(rows) > 15
    for key, default in rows.items():
        variable = "TOCSIN_" + key.upper().replace(".", "_")
        needed = {"TOCSIN_CHANNELS_EMAIL_HOST": "mx", "TOCSIN_CHANNELS_EMAIL_FROM": "t@example.org"}
        wanted = needed if key.startswith("channels.email") else {}
        if not key.startswith(("contacts", "sources")) and not default.startswith("TOCSIN"):
            assert load_settings(None, {**wanted, variable: default}) == load_settings(None, wanted), key


def test_the_variables_that_the_page_names_are_read(page):
    for variable in sorted(set(re.findall(r"`(TOCSIN_[A-Z_]+)`", page)) - {"TOCSIN_DATA"}):
        text = "/bin/x" if "PROGRAMS" in variable else "postgresql://u:p@h/d" if "URL" in variable else "a@example.org"
        if variable.startswith("TOCSIN_CHANNELS_EMAIL"):
            continue
        if variable.endswith("EMIAL"):
            with pytest.raises(BadSettings, match="names no setting"):
                load_settings(None, {variable: text})
        else:
            assert load_settings(None, {variable: text}) != load_settings(None, {}), variable


def test_the_mistakes_that_the_page_shows_are_made_like_that(page, tmp_path):
    path = tmp_path / "tocsin.toml"
    for text in ('publik_url = "x"', '[channels.email]\nhost = "a"\nfrom = "a@b"\nport = "25"'):
        path.write_text(text)
        with pytest.raises(BadSettings) as bad:
            load_settings(path, {})
        assert f"    {bad.value}\n" in page


def test_the_example_is_read(page, tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in ("smtp-password", "webhook-secret", "hcloud-token"):
        (secrets / name).write_text(f"{name} of the test")
    example = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[-1]
    (tmp_path / "tocsin.toml").write_text(example.replace("/run/secrets", str(secrets)))
    settings = load_settings(tmp_path / "tocsin.toml", {})
    assert len(settings.known_secrets) == 4
    assert set(settings.execution.programs) == {"kubectl", "hcloud"}


def test_the_usual_programs_are_named(page):
    told = re.search(r"kubectl, hcloud[^.]*?ping", page)
    assert told is not None
    assert tuple(re.split(r",\s+|\s+(?:and|et)\s+", told[0])) == USUAL
