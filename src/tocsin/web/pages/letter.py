"""
What to write to a supplier: a text that is ready to send, by a person.

It holds what a support desk asks first and nothing of ours that it need not know: no label, no output, no name of a
colleague.
"""

from __future__ import annotations

from tocsin.incident.state import Incident
from tocsin.web.instants import Instants
from tocsin.web.outside import one_line
from tocsin.web.words import Words


def letter(incident: Incident, words: Words, times: Instants) -> str:
    """Plain text, one sentence per line."""
    _ = words.gettext
    title = one_line(incident.title, 120)
    lines = [
        _("Subject: [%(priority)s] %(title)s") % {"priority": incident.priority or "–", "title": title},
        "",
        _("Hello,"),
        _("We have an incident: %(title)s.") % {"title": title},
    ]
    if incident.detected_at:
        day, clock, utc = (part(incident.detected_at) for part in (times.day, times.local, times.utc))
        since = _("It began on %(day)s at %(time)s (%(utc)s).")
        lines.append(since % {"day": day, "time": clock, "utc": utc})
    lines += [
        _("Server concerned: …"),
        _("What we already tried: …"),
        _("Please tell us whether you see a fault on your side, and what you can do."),
        _("Our reference: INC-%(number)s.") % {"number": incident.number},
    ]
    return "\n".join(lines)
