"""
kubectl exec and logs: into the pods, with what their programs say.

The surprises are recorded ones: a missing program, a missing pod and a dead kubelet all give exit code 1, and
`logs -l` sends only the last ten lines of each pod.
"""

from __future__ import annotations

from hashlib import sha256

from tocsin.rehearsal import patronictl, redis_cli
from tocsin.rehearsal.answers import Answer
from tocsin.rehearsal.kubectl.asked import Asked, dead_kubelet, from_server, not_found, span, wrong
from tocsin.rehearsal.logs import log_lines
from tocsin.rehearsal.workloads import PracticePod

NO_POD = (
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
    "POD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples"
)
OLD_WAY = (
    "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
    "See 'kubectl exec -h' for help and examples"
)
BY_SELECTOR = 10
MOST_LINES = 400


def run(asked: Asked) -> Answer:
    """`kubectl exec POD [-c CONTAINER] -- PROGRAM…`; the program's exit code is passed on."""
    words, program = asked.line.words, asked.line.rest
    if not words:
        return wrong("pod, type/name or --filename must be specified")
    if len(words) > 1 and program is None:
        return wrong(OLD_WAY)
    if not program:
        return wrong("you must specify at least one command for the container")
    pod = asked.pod(words[0])
    if pod is None:
        return not_found("pods", words[0])
    dead = dead_kubelet(asked, pod)
    if dead:
        return from_server(f"error dialing backend: {dead}")
    if not pod.started:
        return Answer(err=f'error: unable to upgrade connection: container not found ("{pod.workload.name}")\n', code=1)
    said = _said(asked, pod, program)
    if said is None:
        return _no_program(asked, pod, program[0])
    ended = f"command terminated with exit code {said.code}\n" if said.code else ""
    return Answer(out=said.out, err=said.err + ended, code=said.code, takes=said.takes)


def _said(asked: Asked, pod: PracticePod, program: tuple[str, ...]) -> Answer | None:
    name, arguments = program[0].rpartition("/")[2], program[1:]
    if name == "patronictl" and pod.workload.name == "postgresql":
        return patronictl.answer(arguments, asked.cluster, asked.now)
    if name == "redis-cli" and pod.workload.name == "redis":
        return redis_cli.answer(arguments, asked.cluster, pod, asked.now)
    if name == "hostname" and not arguments:
        return Answer(out=f"{pod.name}\n")
    return None


def _no_program(asked: Asked, pod: PracticePod, name: str) -> Answer:
    number = sha256(f"{pod.key} {name} {asked.now.isoformat()}".encode()).hexdigest()
    why = f'exec: "{name}": executable file not found in $PATH: unknown'
    return Answer(
        err="error: Internal error occurred: error executing command in container: failed to exec in container: "
        f'failed to start exec "{number}": OCI runtime exec failed: exec failed: '
        f"unable to start container process: {why}\n",
        code=1,
    )


def logs(asked: Asked) -> Answer:
    """`kubectl logs POD` or `-l SELECTOR`."""
    if asked.line.last("selector"):
        return _by_selector(asked)
    if not asked.line.words:
        return wrong(NO_POD)
    pod = asked.pod(asked.line.words[0])
    if pod is None:
        return wrong(
            f'error from server (NotFound): pods "{asked.line.words[0]}" not found in namespace "{asked.namespace}"'
        )
    return _of_pods(asked, [pod], default_tail=-1)


def _by_selector(asked: Asked) -> Answer:
    pods = asked.pods()
    if not pods:
        return Answer(err=f"No resources found in {asked.namespace} namespace.\n")
    return _of_pods(asked, pods, default_tail=BY_SELECTOR)


def _of_pods(asked: Asked, pods: list[PracticePod], default_tail: int) -> Answer:
    """One pod after the other; the first whose node is dead ends it."""
    text = ""
    for pod in pods:
        dead = dead_kubelet(asked, pod)
        if dead:
            machine = asked.cluster.machines[pod.node]
            path = f"{pod.workload.namespace}/{pod.name}/{pod.workload.name}"
            url = f"https://{machine.internal}:10250/containerLogs/{path}"
            return Answer(out=text, err=f'Error from server: Get "{url}": {dead}\n', code=1)
        lines = log_lines(pod, asked.cluster, asked.now, span(asked.line.last("since", "")))
        tail = asked.line.last("tail", str(default_tail))
        kept = lines[-int(tail) :] if tail.isdecimal() and int(tail) else lines[-MOST_LINES:]
        prefix = f"[pod/{pod.name}/{pod.workload.name}] " if asked.line.has("prefix") else ""
        text += "".join(f"{prefix}{line}\n" for line in kept)
    return Answer(out=text)
