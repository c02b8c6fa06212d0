"""
Who can tell us something: one file per sender.

A source reads a body and knows no other source; `tocsin.detection.registry` lists those that post to /ingest/KIND. A
person's report is read here too, and goes another way: it is a command, not a body.
"""
