"""curl and wget: a GET reads, everything else may change the other side."""

from __future__ import annotations

import re

from tocsin.incident.events import Risk
from tocsin.procedure.arguments import Arguments, Argv, part
from tocsin.procedure.folding import names

_CURL_VALUED = names(
    "-X --request -H --header -d --data --data-raw --data-binary --data-urlencode --json -F --form -T --upload-file -o "
    "--output -u --user -A --user-agent -b --cookie -c --cookie-jar -e --referer -m --max-time --connect-timeout -w "
    "--write-out --resolve --cacert --cert -E --key -K --config -x --proxy --retry --retry-delay -r --range --interface "
    "--unix-socket --url --connect-to --form-string -D --dump-header"
)
_SENDS = (
    "-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "--json", "-F", "--form", "--form-string",
    "-T", "--upload-file",
)  # fmt: skip
_WRITES_OR_HIDES = (
    "-O",
    "--remote-name",
    "-K",
    "--config",
    "-c",
    "--cookie-jar",
    "-D",
    "--dump-header",
    "--output-dir",
)


def curl(rest: Argv) -> Risk:
    """R0 for GET and HEAD over http(s) whose answer is shown, not kept in a file."""
    asked = part(rest, _CURL_VALUED)
    method = asked.value("-X", "--request").upper() or "GET"
    sends = asked.has(*_SENDS) and not asked.has("-G", "--get")
    kept = asked.has(*_WRITES_OR_HIDES) or asked.value("-o", "--output") not in ("", "-", "/dev/null")
    reads = method in ("GET", "HEAD") and not sends and not kept
    return "R0" if reads and _are_web(asked) else "R2"


def _are_web(asked: Arguments) -> bool:
    addresses = (*asked.words, *([asked.flags["--url"]] if asked.has("--url") else []))
    schemes = [re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", address) for address in addresses]
    return bool(addresses) and all(found is None or found[1].lower() in ("http", "https") for found in schemes)


def wget(rest: Argv) -> Risk:
    """R0 only when nothing is kept: `--spider`, or the answer goes to the output."""
    asked = part(rest, ("-O", "--output-document", "-T", "--timeout", "-t", "--tries", "--header", "-U", "--method"))
    if asked.has("--post-data", "--post-file", "--method", "--body-data", "--body-file", "-i", "--input-file", "-e"):
        return "R2"
    return "R0" if asked.has("--spider") or asked.value("-O", "--output-document") in ("-", "/dev/null") else "R2"
