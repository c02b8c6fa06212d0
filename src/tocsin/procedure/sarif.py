"""
Problems as SARIF 2.1.0, the form in which code-scanning pages take findings.

One run; a rule for each code that was found; places relative to the root of the repository (%SRCROOT%), columns counted
in characters. The surprise: a result is recognised in the next upload by its code and the text of its line, not by the
line's number, so that a paragraph written above it makes no new finding.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tocsin import __version__
from tocsin.lexicon import Language
from tocsin.procedure.messages import WORDINGS
from tocsin.procedure.problems import Problem, Severity
from tocsin.procedure.source import Text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
ROOT = "%SRCROOT%"

Json = dict[str, Any]


def as_sarif(problems: Sequence[Problem], texts: Mapping[str, Text], language: Language) -> str:
    """The whole log; without a problem its results are empty, which clears what was found before."""
    codes = sorted({problem.code for problem in problems})
    driver = {
        "name": "tocsin",
        "semanticVersion": __version__,
        "rules": [_rule(code, language) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes.index(problem.code), texts) for problem in problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(code: str, language: Language) -> Json:
    wording = WORDINGS[code]
    sentence, hint = (wording.fr, wording.fr_hint) if language == "fr" else (wording.en, wording.en_hint)
    rule: Json = {
        "id": code,
        "shortDescription": {"text": _general(sentence)},
        "defaultConfiguration": {"level": LEVELS[wording.severity]},
    }
    return {**rule, "help": {"text": _general(hint)}} if _general(hint).strip("…") else rule


def _general(sentence: str) -> str:
    """The sentence of a code without what one problem put into it."""
    return re.sub(r"\{\w+\}", "…", sentence)


def _result(problem: Problem, rule: int, texts: Mapping[str, Text]) -> Json:
    at = problem.source
    written = texts[at.path].line(at.line) if at.path in texts else ""
    region: Json = {"startLine": at.line, "startColumn": at.column}
    if at.end_column > at.column:
        region["endColumn"] = at.end_column
    place = {"artifactLocation": {"uri": quote(at.path), "uriBaseId": ROOT}, "region": region}
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": LEVELS[problem.severity],
        "message": {"text": "\n".join(filter(None, (problem.message, problem.hint)))},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"lineText/v1": _fingerprint(problem, written)},
    }


def _fingerprint(problem: Problem, written: str) -> str:
    told = "\0".join((problem.code, problem.source.path, written.strip() or problem.message))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
