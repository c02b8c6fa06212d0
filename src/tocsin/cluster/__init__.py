"""
What is known of the machines: nodes, pods, servers, database members. Pure values.

`edge/kubernetes` fills a `Snapshot`; `diagnosis` reads `Finding`s off it; `triage` and `detection` ask the `Topology`.
"""
