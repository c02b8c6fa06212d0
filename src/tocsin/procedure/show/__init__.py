"""
What was understood of a procedure, as Markdown that reads back to the same.

A `Procedure` comes in, one page goes out: the main page with its parts in it. The surprise: runbooks are links, because
they are pages of their own; read beside them the page gives the same values again, only their places differ.
"""

from tocsin.procedure.show.whole import shown

__all__ = ["shown"]
