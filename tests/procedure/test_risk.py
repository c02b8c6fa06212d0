"""How much a command can hurt. What no table names is never harmless."""

from __future__ import annotations

import pytest

from tocsin.procedure.risk import risk_of
from tocsin.procedure.shell import look

R0 = """
kubectl get nodes
kubectl -n production get pods -o json
kubectl --request-timeout=10s get pods -A
kubectl describe node node-1
kubectl logs -n ingress -l app=traefik | grep -i x
kubectl top pods --all-namespaces --sort-by=memory | head -20
kubectl version
kubectl auth can-i get pods
kubectl rollout status deploy/x
kubectl rollout history deploy/x
kubectl diff -f x.yaml
kubectl apply -f x.yaml --dry-run=server
kubectl delete pod x --dry-run=client
kubectl get --raw /readyz
kubectl config current-context
kubectl exec -n production postgresql-0 -- patronictl list
kubectl exec x -c y -- cat /etc/hosts
kubectl exec x -- sh -c 'patronictl list | grep Leader'
kubectl exec x -- psql -U postgres -c "select pg_is_in_recovery()"
/usr/bin/kubectl get nodes
sudo kubectl get nodes
sudo -u postgres timeout -k 5 30 nice -n 10 patronictl -c /etc/p.yml list
env KUBECONFIG=/x kubectl get nodes
env TZ=UTC nohup time kubectl get nodes
patronictl list
patronictl -c /etc/patroni.yml history -f json
patronictl show-config
hcloud server list
hcloud server describe node-1 -o json
hcloud load-balancer describe lb
redis-cli -h redis -p 6379 INFO replication
redis-cli -p 26379 SENTINEL masters
redis-cli -p 26379 SENTINEL ckquorum mymaster
redis-cli CONFIG GET maxmemory
redis-cli --bigkeys
cscli decisions list
cscli metrics
helm list -A
helm status traefik
curl -sSf https://example.org/health
curl -I https://example.org
curl -s -o /dev/null -w '%{http_code}' https://example.org
wget -q -O - https://example.org
ping -c 3 node-1
dig +short example.org
ss -tlnp
df -h
journalctl -u k3s --since -1h
systemctl status k3s
amtool --alertmanager.url=http://127.0.0.1:9093 alert query
amtool --alertmanager.url http://127.0.0.1:9093 silence query
amtool check-config alertmanager.yml
kubeadm certs check-expiration
ip -br addr show
crictl ps -a
ssh root@node-2 crictl ps
etcdctl endpoint health
psql -l
psql -c "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
"""
R1 = """
amtool --alertmanager.url=http://127.0.0.1:9093 silence expire 5d6e
kubectl cordon node-2
kubectl uncordon node-2
kubectl label node node-2 a=b
kubectl annotate pod x a=b
kubectl rollout restart deployment/waf -n ingress
kubectl patch middleware emergency-rate -n traefik --type merge -p '{}'
patronictl pause
patronictl resume
hcloud server poweron node-1
hcloud server request-console node-1
redis-cli CONFIG SET maxmemory 2gb
redis-cli BGSAVE
cscli decisions add --ip <ip> -d 4h -R INC-42
cscli decisions delete --ip <ip>
"""
R2 = """
amtool alert add alertname=x
kubeadm certs renew all
kubectl get secrets -n production
kubectl get pods,secrets
kubectl get secret/x -o yaml
kubectl describe secret x
kubectl get --raw /api/v1/secrets
kubectl config view --raw
kubectl apply -f x.yaml
kubectl scale deploy/x --replicas=0
kubectl patch deploy x -p '{}'
kubectl delete pod x
kubectl drain node-2 --ignore-daemonsets
kubectl rollout undo deploy/x
kubectl rollout restart statefulset/postgresql
kubectl taint node node-2 a=b:NoSchedule
kubectl exec x -- env
kubectl exec x -- unknown-program
kubectl exec x
kubectl debug node/node-1 -- ls
kubectl cp x:/a b
kubectl port-forward svc/x 80
kubectl edit deploy x
kubectl <verb> nodes
kubectl
kubectl -l x get pods
kubectl set image deploy/x a=b
kubectl exec x -- cat /var/run/secrets/kubernetes.io/serviceaccount/token
patronictl switchover pg --leader a --candidate b --force
patronictl restart pg
patronictl
hcloud server reboot node-1
hcloud server shutdown node-1
hcloud firewall add-rule x --direction in
hcloud firewall delete-rule x --direction in
hcloud something new
redis-cli -p 26379 SENTINEL FAILOVER mymaster
redis-cli MONITOR
redis-cli KEYS '*'
redis-cli CONFIG GET '*'
redis-cli CONFIG GET requirepass
redis-cli
cscli decisions delete --all
cscli bouncers add x
helm upgrade traefik traefik/traefik
helm rollback traefik
helm get values traefik
curl -X POST https://example.org
curl -d a=b https://example.org
curl -o /etc/x https://example.org
curl file:///etc/shadow
env LD_PRELOAD=/x kubectl get nodes
env
ssh root@node-2
ssh root@node-2 systemctl restart k3s
ssh -o ProxyCommand=x node-2 ls
systemctl restart k3s
journalctl --vacuum-size=1M
ip link set eth0 down
cat /etc/shadow
dmesg -C
psql -c "select pg_terminate_backend(1)"
psql -c "select 1; drop table x"
psql -c "select * into y from x"
psql -f x.sql
/tmp/kubectl get nodes
./kubectl get nodes
something-else
bash
bash script.sh
"""
R3 = """
kubectl delete pvc data-postgresql-0
kubectl delete namespace production
kubectl delete node node-2
kubectl delete pod x --force
kubectl delete pod x --grace-period=0
kubectl delete pods --all
kubectl delete pod/x pvc/y
kubectl delete -f x.yaml
kubectl drain node-2 --delete-emptydir-data
kubectl taint nodes node-2 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute
kubectl apply -f x.yaml --prune -l a=b
kubectl replace --force -f x.yaml
kubectl exec x -- patronictl failover pg --candidate y --force
kubectl exec x -- sh -c 'ls; rm -rf /data'
kubectl exec x -- bash -c "cd /data && rm -rf pg_wal"
kubectl exec x -- redis-cli FLUSHALL
sudo kubectl delete pvc x
sudo timeout 30 rm -rf /data
patronictl failover pg --candidate y --force
patronictl reinit pg y
patronictl remove pg
hcloud server reset node-1
hcloud server poweroff node-1
hcloud server rebuild node-1
hcloud server delete node-1
hcloud volume delete x
redis-cli REPLICAOF NO ONE
redis-cli -h x slaveof no one
redis-cli FLUSHDB
redis-cli SHUTDOWN
redis-cli DEL x
redis-cli CONFIG SET stop-writes-on-bgsave-error no
helm uninstall traefik
rm -rf /var/lib/postgresql
dd if=/dev/zero of=/dev/sda
ssh root@node-2 rm -rf /data
crictl rmp x
"""


def rows(risk: str, lines: str) -> list[tuple[str, str]]:
    return [(line, risk) for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("line", "risk"), rows("R0", R0) + rows("R1", R1) + rows("R2", R2) + rows("R3", R3))
def test_the_table_of_risks(line: str, risk: str) -> None:
    seen = look(line)
    assert seen.pipeline, f"not understood: {seen.objections}"
    assert risk_of(seen.pipeline) == risk


def test_what_could_not_be_understood_is_never_harmless() -> None:
    assert risk_of(()) == "R2"
    assert risk_of(((),)) == "R2"


@pytest.mark.parametrize("wrapper", ["sudo", "env", "timeout 5", "nice", "nohup", "time", "sudo env timeout 5 nice"])
def test_a_wrapper_hides_nothing(wrapper: str) -> None:
    assert risk_of(look(f"{wrapper} kubectl delete pvc x").pipeline) == "R3"


def test_a_chain_of_wrappers_without_end_is_unknown() -> None:
    assert risk_of((("sudo",) * 5000,)) == "R2"
    assert risk_of((("kubectl", "exec", "x", "--") * 50 + ("ls",),)) == "R2"
