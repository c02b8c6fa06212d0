"""
Whether a command does what its step hopes: facts of the tools, one small function for each (P4xx).

`RULES` is the register: a rule takes a plan and gives `Finding`s. Each fact was seen by running the tool, or stands in
its documentation; docs/problems/CODE.md names which. The surprise: a rule that is not sure says nothing, because a right
command that is called wrong teaches people to read no warning at all.
"""

from __future__ import annotations

from tocsin.procedure.findings import Rule
from tocsin.procedure.sense.databases import failover_without_candidate
from tocsin.procedure.sense.kubernetes import api_is_down, fixed_pod, hides_dead_pods, old_group, ten_lines_only
from tocsin.procedure.sense.machines import firewall_action, firewall_cannot_block, soft_reboot_alone
from tocsin.procedure.sense.outcome import nobody_looks, pipe_hides_a_failure
from tocsin.procedure.sense.secrets import password_in_command
from tocsin.procedure.sense.traefik import deletes_middleware, modsecurity_in_traefik

RULES: tuple[Rule, ...] = (
    failover_without_candidate,
    firewall_action,
    firewall_cannot_block,
    hides_dead_pods,
    soft_reboot_alone,
    ten_lines_only,
    old_group,
    modsecurity_in_traefik,
    api_is_down,
    fixed_pod,
    deletes_middleware,
    password_in_command,
    nobody_looks,
    pipe_hides_a_failure,
)
