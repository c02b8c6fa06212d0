"""
kubectl as the practice cluster answers it: one file per family of verbs.

The texts are those of kubectl 1.32 with a server of version 1.20.2, recorded; what is not played says so plainly and
changes nothing.
"""
