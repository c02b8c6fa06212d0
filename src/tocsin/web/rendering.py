"""
Templates to pages.

One Jinja environment per language, escaping always on, an unknown name is an error. A template is given values and
writes labels from the lexicon and sentences from gettext. The surprise: text from outside passes the filters of
`outside` besides the escaping, because a direction mark is not a matter of HTML.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from tocsin.incident.alert import Alert
from tocsin.incident.events import Because
from tocsin.lexicon import LANGUAGES, Language
from tocsin.procedure.durations import spelled
from tocsin.web import outside
from tocsin.web.forms import as_typed
from tocsin.web.words import LANGUAGE_NAMES, Words

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"


class Renderer:
    """Renders a template in a language; thread-safe, and the same for every house."""

    def __init__(self) -> None:
        self.words: dict[Language, Words] = {language: Words(language) for language in LANGUAGES}
        self._environments = {language: _environment(words) for language, words in self.words.items()}

    def page(self, template: str, language: Language, values: dict[str, Any]) -> str:
        """The HTML of a template."""
        return self._environments[language].get_template(template).render(values)


@cache
def renderer() -> Renderer:
    """The one renderer of this process: compiled templates are kept in it."""
    return Renderer()


def _environment(words: Words) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words.translations, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters |= {
        "say": words.say,
        "meaning": words.meaning,
        "plain": outside.plain,
        "cut": outside.cut,
        "one_line": outside.one_line,
        "address": outside.address,
        "argv": argv,
        "cause": cause,
        "markdown": markdown,
        "ticked": ticked,
        "spelled": spelled,
        "subject": subject,
    }
    environment.globals |= {
        "language": words.language,
        "languages": LANGUAGE_NAMES,
        "stop": words.stop(),
        "static": _static_paths(),
    }
    return environment


def argv(pipeline: tuple[tuple[str, ...], ...]) -> str:
    """A pipeline as a person would type it, each argument quoted where it must be: nothing in it is ambiguous."""
    return outside.plain(as_typed(pipeline))


def cause(because: Because) -> str:
    """Who or what wanted it: a person, a source, a line of the procedure."""
    return outside.one_line(" · ".join(part for part in (because.person, because.source, because.line) if part))


def subject(alert: Alert) -> str:
    """What an alert is about, by its labels: "production/postgresql-0", a node, an address; "" when none tells."""
    labels = alert.labels
    if pod := labels.get("pod"):
        return f"{labels['namespace']}/{pod}" if labels.get("namespace") else pod
    return next((labels[name] for name in ("node", "instance", "service", "job") if labels.get(name)), "")


def ticked(text: str) -> Markup:
    """A sentence of a problem: what stands between backticks is code."""
    parts = outside.plain(text).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 and index < len(parts) - 1 else escape(part)
        for index, part in enumerate(parts)
    )


def markdown(text: str) -> Markup:
    """Markdown by a person, as HTML: no HTML of its own, no image, links only where `outside.address` allows them."""
    return Markup(_markdown.render(outside.plain(text)))


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    reader.validateLink = lambda url: bool(outside.address(url))  # type: ignore[method-assign]
    return reader


_markdown = _reader()


def _static_paths() -> dict[str, str]:
    """Each static file's path with a mark of its content, so that a browser may keep it for long."""
    return {
        path.name: f"/static/{path.name}?{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
        for path in sorted(STATIC.iterdir())
        if path.is_file()
    }
