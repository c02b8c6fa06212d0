"""
The language: a written procedure in Markdown becomes a `Procedure`, or `Problem`s.

Texts come in as values (path and content), never as files: reading files is the edge's work. Everything that was
understood keeps its `Source`, so that each act of tocsin can cite the line it obeys.
"""
