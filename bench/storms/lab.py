"""
A storm from a real cluster: `python -m bench.storms.lab KUBECONFIG NODE SECONDS OUT -- COMMAND…`, once, by hand.

A real Prometheus evaluates rules of the upstream names and labels (with waits of five seconds) over what the cluster's API
and kubelets tell; the bodies of a real Alertmanager are written down with the cluster's picture of before. After a
quarter of the time COMMAND kills the node. Debian has no kube-state-metrics: the few of its series that the rules need
are made here, from the API, under their usual names and labels.
"""

import asyncio
import base64
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec

from tocsin.edge.kubernetes.snapshot import ApiPhotographer
from tocsin.edge.settings.model import ClusterSettings

PROMETHEUS, ALERTMANAGER = 19190, 19193
EXPRESSIONS = {
    "KubeNodeNotReady": 'kube_node_status_condition{condition="Ready",status="true"} == 0',
    "KubePodNotReady": 'kube_pod_status_ready{condition="true"} == 0',
    "KubePodCrashLooping": 'kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"} == 1',
    "KubeDeploymentReplicasMismatch": "kube_deployment_status_replicas_available < kube_deployment_spec_replicas",
    "KubeStatefulSetReplicasMismatch": "kube_statefulset_status_replicas_ready < kube_statefulset_replicas",
    "KubeDaemonSetRolloutStuck": "kube_daemonset_status_number_available < kube_daemonset_status_desired_number_scheduled",
    "KubeletInstanceUnreachable": 'up{job="kubelet"} == 0',
    "TargetDown": "100 * (count(up == 0) by (job) / count(up) by (job)) > 10",
}
RULES = {
    "groups": [
        {
            "name": "upstream",
            "interval": "1s",
            "rules": [
                {"alert": name, "for": "5s", "expr": expression, "labels": {"severity": "warning"}}
                for name, expression in EXPRESSIONS.items()
            ],
        }
    ]
}


class Recorded(msgspec.Struct):
    """`bodies` are (seconds since the beginning, body); `node` was killed at `killed_at`."""

    node: str
    killed_at: float
    begun: str
    snapshot: Any
    bodies: list[tuple[float, str]]


def objects(kubeconfig: str, kinds: str) -> list[dict[str, Any]]:
    asked = ["kubectl", "--kubeconfig", kubeconfig, "get", kinds, "-A", "-o", "json", "--request-timeout=4s"]
    return list(json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)["items"])


def series(kubeconfig: str) -> str:
    """What kube-state-metrics would say, as far as the rules ask."""
    lines: list[str] = []
    for thing in objects(kubeconfig, "nodes,pods,deployments,statefulsets,daemonsets"):
        name, space = thing["metadata"]["name"], thing["metadata"].get("namespace", "")
        status, spec = thing.get("status", {}), thing.get("spec", {})
        ready = next((c["status"] == "True" for c in status.get("conditions", []) if c["type"] == "Ready"), False)
        match thing["kind"]:
            case "Node":
                lines.append(
                    f'kube_node_status_condition{{node="{name}",condition="Ready",status="true"}} {int(ready)}'
                )
            case "Pod":
                own = f'namespace="{space}",pod="{name}"'
                lines.append(f'kube_pod_status_ready{{{own},condition="true"}} {int(ready)}')
                for one in status.get("containerStatuses", []):
                    why = one.get("state", {}).get("waiting", {}).get("reason", "")
                    crash = f'{own},container="{one["name"]}",reason="CrashLoopBackOff"'
                    if one.get("restartCount", 0) > 2 and (why == "CrashLoopBackOff" or not one.get("ready")):
                        lines.append(f"kube_pod_container_status_waiting_reason{{{crash}}} 1")
            case "Deployment":
                own = f'namespace="{space}",deployment="{name}"'
                lines.append(f"kube_deployment_spec_replicas{{{own}}} {spec['replicas']}")
                lines.append(f"kube_deployment_status_replicas_available{{{own}}} {status.get('availableReplicas', 0)}")
            case "StatefulSet":
                own = f'namespace="{space}",statefulset="{name}"'
                lines.append(f"kube_statefulset_replicas{{{own}}} {spec['replicas']}")
                lines.append(f"kube_statefulset_status_replicas_ready{{{own}}} {status.get('readyReplicas', 0)}")
            case "DaemonSet":
                own = f'namespace="{space}",daemonset="{name}"'
                wanted = status.get("desiredNumberScheduled", 0)
                lines.append(f"kube_daemonset_status_desired_number_scheduled{{{own}}} {wanted}")
                lines.append(f"kube_daemonset_status_number_available{{{own}}} {status.get('numberAvailable', 0)}")
    return "\n".join(lines) + "\n"


def listening(kubeconfig: str, bodies: list[tuple[float, str]], began: float) -> ThreadingHTTPServer:
    """The scraped page (GET) and the webhook (POST)."""

    class Both(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(series(kubeconfig).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append((round(time.monotonic() - began, 3), base64.b64encode(body).decode()))
            self._answer(b"")

        def _answer(self, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Both)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def configured(folder: Path, port: int, kubelets: dict[str, str]) -> None:
    (folder / "rules.yml").write_text(json.dumps(RULES))  # JSON is YAML
    static = "\n".join(f"  - {{targets: ['{at}'], labels: {{node: {node}}}}}" for node, at in kubelets.items())
    (folder / "prometheus.yml").write_text(f"""\
global: {{scrape_interval: 1s, evaluation_interval: 1s, scrape_timeout: 1s}}
rule_files: [rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{ALERTMANAGER}']}}]}}]}}
scrape_configs:
- {{job_name: kube-state-metrics, honor_labels: true, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}
- job_name: kubelet
  scheme: https
  tls_config: {{insecure_skip_verify: true}}
  static_configs:
{static}
""")
    (folder / "alertmanager.yml").write_text(f"""
route: {{receiver: tocsin, group_by: [alertname, namespace], group_wait: 2s, group_interval: 5s, repeat_interval: 1h}}
receivers: [{{name: tocsin, webhook_configs: [{{url: 'http://127.0.0.1:{port}', send_resolved: true}}]}}]
""")


def main(kubeconfig: str, node: str, seconds: float, out: Path, kill: list[str], kubelets: dict[str, str]) -> None:
    settings = ClusterSettings(kubeconfig=Path(kubeconfig))
    snapshot = asyncio.run(ApiPhotographer(settings).snapshot())
    bodies: list[tuple[float, str]] = []
    began, begun = time.monotonic(), datetime.now(UTC)
    server = listening(kubeconfig, bodies, began)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configured(folder, server.server_port, kubelets)
        shared = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        running = [
            subprocess.Popen(
                [
                    str(shutil.which("prometheus-alertmanager")),
                    "--config.file=alertmanager.yml",
                    "--storage.path=am",
                    f"--web.listen-address=127.0.0.1:{ALERTMANAGER}",
                    "--cluster.listen-address=",
                ],
                **shared,
            ),
            subprocess.Popen(
                [
                    str(shutil.which("prometheus")),
                    "--config.file=prometheus.yml",
                    "--storage.tsdb.path=p",
                    f"--web.listen-address=127.0.0.1:{PROMETHEUS}",
                    "--rules.alert.resend-delay=5s",
                ],
                **shared,
            ),
        ]
        try:
            time.sleep(seconds / 4)
            subprocess.run(kill, check=True)
            killed_at = time.monotonic() - began
            time.sleep(seconds * 3 / 4)
        finally:
            for one in running:
                one.kill()
    kept = Recorded(node, round(killed_at, 1), begun.isoformat(), msgspec.to_builtins(snapshot), bodies)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    print(f"{len(bodies)} bodies in {out}")


if __name__ == "__main__":
    asked = sys.argv[1 : sys.argv.index("--")]
    where = dict(pair.split("=") for pair in asked[4:])
    main(asked[0], asked[1], float(asked[2]), Path(asked[3]), sys.argv[sys.argv.index("--") + 1 :], where)
