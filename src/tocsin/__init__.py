"""tocsin runs the incident procedure that a team has already written, in Markdown."""

__version__ = "0.1.0"
