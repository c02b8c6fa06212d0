"""
The readers: one per section of a procedure, found by the words of its heading.

`read_procedure` is the door. Each reader takes the page and gives values and problems; none looks at another's.
"""

from tocsin.procedure.read.whole import read_procedure

__all__ = ["read_procedure"]
