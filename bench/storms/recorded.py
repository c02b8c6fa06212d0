"""
The score of storms that were recorded on a real cluster: `python -m bench.storms.recorded`.

The labels follow from what was known before the node was killed, and not from the grouping: what was unwell before has
its own cause, by its workload; what speaks of the node, of a pod that it carried or of such a pod's workload is the
node's; a name that speaks of a whole job is the node's when its machine is the only one of the job that is gone.
"""

import base64
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from bench.storms.lab import Recorded
from bench.storms.play import House, Played
from bench.storms.score import line, score
from tocsin.cluster.snapshot import Snapshot
from tocsin.cluster.topology import Topology
from tocsin.detection.sources.alertmanager import read
from tocsin.incident import commands as c
from tocsin.incident.alert import Alert

FOLDER = Path(__file__).parent / "recorded"


def main() -> None:
    for path in sorted(FOLDER.glob("*.json")):
        recorded = msgspec.json.decode(path.read_bytes(), type=Recorded)
        played = replay(recorded)
        told = score(played.causes, played.held)
        print(f"recorded, {path.stem} killed{'':24} {line(told)}")
        for number, incident in sorted(played.incidents.items()):
            print(f"  {number} {incident.status:10} {incident.priority} {incident.title}: {incident.held.count} alerts")


def replay(recorded: Recorded) -> Played:
    """Each body at its instant, then half an hour of quiet clocks."""
    snapshot = msgspec.convert(recorded.snapshot, Snapshot)
    begins = datetime.fromisoformat(recorded.begun)
    house, causes = House(snapshot, begins), {}
    for at, kept in recorded.bodies:
        house.until(begins + timedelta(seconds=at))
        alerts = tuple(read(base64.b64decode(kept), "alertmanager").alerts)
        for alert in alerts:
            if alert.status == "firing" and alert.fingerprint not in causes:
                causes[alert.fingerprint] = _cause(alert, recorded.node, house.world.topology, snapshot)
        house.ask(
            c.ReceiveAlerts(source="alertmanager", alerts=alerts, received_at=house.now, ended=house.ended(alerts))
        )
    return Played(causes, house.held(), house.incidents)


def _cause(alert: Alert, node: str, topology: Topology, snapshot: Snapshot) -> str:
    labels = alert.labels
    space = labels.get("namespace", "")
    pod = f"{space}/{labels['pod']}" if "pod" in labels else ""
    workload = topology.owners.get(pod, "") or next(
        (f"{space}/{labels[kind]}" for kind in ("deployment", "statefulset", "daemonset") if kind in labels), ""
    )
    before = {
        topology.owners.get(f"{p.namespace}/{p.name}", "") for p in snapshot.pods if not p.ready and not p.finished
    }
    if pod and any(f"{p.namespace}/{p.name}" == pod and not p.ready for p in snapshot.pods):
        return f"before:{workload or pod}"
    if not pod and workload in before and node not in topology.workloads.get(workload, ()):
        return f"before:{workload}"
    return f"node:{node}" if not workload or node in topology.workloads.get(workload, ()) else f"other:{workload}"


if __name__ == "__main__":
    main()
