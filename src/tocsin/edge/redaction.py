"""
Secrets out of what programs wrote, before anybody keeps or sees it.

First what we know to be secret, in every form it may take; then what looks like one. Each is replaced by its type
between black bars (▮jwt▮) and counted. The surprise: tables, digests and container ids look secret and are not, so the
patterns ask for more than length; every pattern is bounded, because log lines are written by strangers.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import quote

from msgspec import Struct

# Shorter ones would erase ordinary words; settings that short are no secrets.
SHORTEST = 6
BAR = "▮"
CHUNK = 64 * 1024

PEM = re.compile(r"-----BEGIN [A-Z0-9 ]{1,40}-----.*?(?:-----END [A-Z0-9 ]{1,40}-----|\Z)", re.DOTALL)
PEM_END = re.compile(r"-----END [A-Z0-9 ]{1,40}-----")
PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{1,76}\s?")
JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,4096}\.[\w-]{4,8192}(?:\.[\w-]{0,8192})?", re.ASCII)
HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization[\"']?\s{0,8}[:=]\s{0,8}+[\"']?+)([^\r\n\"']{1,8192})")
COOKIE = re.compile(r"(?i)\b((?:set-)?cookie[\"']?:\s{0,8}+[\"']?+)([^\r\n\"']{1,8192})")
SCHEME = re.compile(r"(?i)\b(bearer|basic)(\s{1,4})([\w.~+/=-]{8,8192})", re.ASCII)
URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://)([^\s/?#@:\"'<>]{0,256}):([^\s/?#\"'<>]{1,512})@")
URL_TOKEN = re.compile(r"(?i)\b(https?://)([^\s/?#@:\"'<>]{20,512})@")
PREFIXED = re.compile(
    r"(?<![\w-])(?:gh[pousr]_\w{30,255}|github_pat_\w{30,255}|glpat-[\w-]{20,255}|xox[abeprs]-[\w-]{10,255}"
    r"|whsec_[\w+/=-]{16,255}|(?:AKIA|ASIA)[A-Z0-9]{16}|hvs\.[\w-]{20,255})",
    re.ASCII,
)
LONG = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])")
NAMES = (
    r"passw(?:or)?d|passphrase|[_-]pass|pwd|secret|token|credentials?"
    r"|api[_-]?key|access[_-]?key|private[_-]?key|client-key-data"
)
WORDS = ("pass", "pwd", "secret", "token", "key", "credential", "auth")
VALUE = r"\\?\"[^\"\r\n]{1,4096}\"|'[^'\r\n]{1,4096}'|[^\s,;&\"']{1,4096}"
PAIR = re.compile(rf"(?i)((?:{NAMES})\\?[\"']?)(\s{{0,8}}[:=]\s{{0,8}})({VALUE})")
OPTION = re.compile(rf"(?i)(--?[\w-]{{0,40}}(?:{NAMES})|\b(?:requirepass|masterauth|auth))( {{1,4}})({VALUE})")
# The environment of a container, in JSON and in YAML: a name, then its value.
NAMED = re.compile(
    rf"(?i)(name\\?\"?\s{{0,4}}:\s{{0,4}}[\"'\\]{{0,2}}[\w.-]{{0,100}}(?:{NAMES})[\w.-]{{0,100}}[\"'\\]{{0,2}},?)"
    rf"(\s{{1,200}}\\?\"?value\\?\"?\s{{0,4}}:\s{{0,4}})({VALUE})"
)
IS_SECRET = re.compile(r"kind\\?[\"']?\s{0,8}:\s{0,8}\\?[\"']?Secret\b")
SECRET_JSON = re.compile(r"(\\?\"(?:data|stringData)\\?\"\s{0,8}:\s{0,8}\{)([^{}]{0,1000000})(\})")
JSON_VALUE = re.compile(r"(:\s{0,8}\\?\")([^\"\\]{1,1000000})(\\?\")")
SECRET_YAML = re.compile(r"([ ]*)(?:- )?(?:data|stringData):[ ]*")
NOTHING = frozenset(
    {"null", "none", "<none>", "nil", "true", "false", "~", "{", "[", "{}", "[]", "***", "<set", "<redacted>"}
)


class Redacted(Struct, frozen=True):
    """A text without its secrets, and how many of each type were taken out."""

    text: str
    counts: Mapping[str, int]


def redactor(known: Iterable[str]) -> Callable[[str], str]:
    """Make the function that executors take, for these known secrets."""
    secrets = tuple(known)
    return lambda text: redact(text, secrets).text


def redact(text: str, known: Iterable[str] = ()) -> Redacted:
    """Take secrets out: `known` first (six characters or more), then by pattern."""
    counts: Counter[str] = Counter()
    forms = _forms(known)
    text = _known(text, forms, counts, f"{BAR}known{BAR}")
    text = _kubernetes(_pem(text, counts), counts)
    if "env" in text:
        text = NAMED.sub(lambda match: _pair(match, counts, sure=True), text)
    text = "".join(_line_by_line(chunk, counts) for chunk in _chunks(text))
    # A replacement may spell a known secret ("known", "token…"): then even the type goes.
    while any(form in text for form in forms):
        text = _known(text, forms, Counter(), "")
    return Redacted(text, dict(counts))


def _forms(known: Iterable[str]) -> list[str]:
    """Every way a secret may be written: itself, its lines, base64, in a URL, in JSON. Longest first."""
    forms: set[str] = set()
    for secret in {part for text in known for part in (text.strip(), *text.splitlines()) if len(part) >= SHORTEST}:
        raw = secret.encode("utf-8", "surrogatepass")
        forms |= {secret, quote(raw, safe=""), quote(raw), json.dumps(secret)[1:-1]}
        forms |= {json.dumps(secret, ensure_ascii=False)[1:-1]}
        forms |= {base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return sorted(forms, key=lambda form: (-len(form), form))


def _known(text: str, forms: list[str], counts: Counter[str], instead: str) -> str:
    for form in forms:
        found = text.count(form)
        if found:
            counts["known"] += found
            text = text.replace(form, instead)
    return text


def _sub(pattern: re.Pattern[str], kind: str, text: str, counts: Counter[str], keep: int = 0) -> str:
    """Replace the match; with `keep`, all but its last group of that number."""

    def instead(match: re.Match[str]) -> str:
        counts[kind] += 1
        return "".join(match.group(n) for n in range(1, keep + 1)) + f"{BAR}{kind}{BAR}"

    return pattern.sub(instead, text)


def _pem(text: str, counts: Counter[str]) -> str:
    if "-----" not in text:
        return text
    text = _sub(PEM, "pem", text, counts)
    parts: list[str] = []
    at = 0
    # An end without its beginning: the block was cut, what stands above it is its key.
    for match in PEM_END.finditer(text):
        above = text[at : match.start()].split("\n")
        while len(above) > 1 and not above[-1]:
            above.pop()
        while above and PEM_LINE.fullmatch(above[-1]):
            above.pop()
        parts += ["\n".join(above), "\n" if above else "", f"{BAR}pem{BAR}"]
        counts["pem"] += 1
        at = match.end()
    return "".join((*parts, text[at:]))


def _kubernetes(text: str, counts: Counter[str]) -> str:
    """The values of Secret objects, in JSON (also quoted inside an annotation) and in YAML."""
    if IS_SECRET.search(text) is None:
        return text

    def value(match: re.Match[str]) -> str:
        counts["kubernetes-secret"] += 1
        return f"{match[1]}{BAR}kubernetes-secret{BAR}{match[3]}"

    text = SECRET_JSON.sub(lambda match: match[1] + JSON_VALUE.sub(value, match[2]) + match[3], text)
    return "\n".join(_yaml_lines(text.split("\n"), counts))


def _yaml_lines(lines: Iterable[str], counts: Counter[str]) -> Iterator[str]:
    indent = -1
    for line in lines:
        depth = len(line) - len(line.lstrip(" "))
        if indent >= 0 and line.strip() and depth > indent:
            name, colon, value = line.partition(": ")
            if colon and value.strip() and BAR not in value:
                counts["kubernetes-secret"] += 1
                yield f"{name}: {BAR}kubernetes-secret{BAR}"
            elif not line.rstrip().endswith(":"):
                yield f"{' ' * depth}{BAR}"
            else:
                yield line
            continue
        match = SECRET_YAML.fullmatch(line)
        indent = len(match[1]) if match else -1
        yield line


def _chunks(text: str) -> Iterator[str]:
    """Whole lines, 64 KiB or a little more at a time: a match holds the interpreter, and others have to run meanwhile."""
    at = 0
    while at < len(text):
        end = text.find("\n", at + CHUNK) + 1 or len(text)
        yield text[at:end]
        at = end


def _line_by_line(text: str, counts: Counter[str]) -> str:
    """What stands on one line; a pattern is tried only where one of its words is."""
    low = text.lower()
    if "eyj" in low:
        text = _sub(JWT, "jwt", text, counts)
    if "authorization" in low:
        text = _sub(HEADER, "authorization", text, counts, keep=1)
    if "cookie" in low:
        text = _sub(COOKIE, "cookie", text, counts, keep=1)
    if "://" in low:
        text = URL.sub(lambda match: _counted(f"{match[1]}{match[2]}:", "password", "@", counts), text)
        text = URL_TOKEN.sub(lambda match: _counted(match[1], "token", "@", counts), text)
    if "bearer" in low or "basic" in low:
        text = SCHEME.sub(lambda match: _scheme(match, counts), text)
    text = LONG.sub(lambda match: _long(match, counts), _sub(PREFIXED, "token", text, counts))
    if any(word in low for word in WORDS):
        text = OPTION.sub(lambda match: _pair(match, counts), text)
        text = PAIR.sub(lambda match: _pair(match, counts), text)
    return text


def _counted(before: str, kind: str, after: str, counts: Counter[str]) -> str:
    counts[kind] += 1
    return f"{before}{BAR}{kind}{BAR}{after}"


def _scheme(match: re.Match[str], counts: Counter[str]) -> str:
    """Tell "Basic YTpi" from "basic authentication"."""
    word = match[3]
    if match[1].lower() == "bearer":
        is_secret = len(word) >= 16 and re.search(r"\d", word) is not None
    else:
        try:
            is_secret = b":" in base64.b64decode(word, validate=True)
        except binascii.Error:
            is_secret = False
    return _counted(match[1] + match[2], "authorization", "", counts) if is_secret else match[0]


def _long(match: re.Match[str], counts: Counter[str]) -> str:
    """Tell a token of Hetzner's (64 letters and digits) from a SHA-256."""
    is_digest = re.fullmatch(r"[0-9a-f]{64}|[0-9A-F]{64}", match[0]) is not None
    return match[0] if is_digest else _counted("", "token", "", counts)


def _pair(match: re.Match[str], counts: Counter[str], *, sure: bool = False) -> str:
    value = match[3].strip("\"'\\")
    if BAR in value or value.lower() in NOTHING or not value:
        return match[0]
    # "unexpected token: foo", "secret: db-credentials" are words about secrets.
    plain = re.search(r"(?i)(?:secret|token|auth|credentials?)[\"']?$", match[1]) is not None
    if plain and not sure and "=" not in match[2] and (len(value) < 8 or not re.search(r"\d", value)):
        return match[0]
    quoted = re.match(r"\\?[\"']", match[3])
    mark = quoted[0] if quoted else ""
    return _counted(f"{match[1]}{match[2]}{mark}", "password", mark, counts)
