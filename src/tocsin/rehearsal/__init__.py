"""
The practice world: a two-node cluster that answers as the real tools do, for drills and the demo.

Faults go in (`Cluster.node_down`…), commands change it (`PracticeExecutor`), photographs, alerts and pages come out.
The surprise: nothing here reaches a network, a process or a credential, and time is whatever clock it is given; only
`drill`, which plays the people, speaks HTTP, and only to the house's own doors.
"""
