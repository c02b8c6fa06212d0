"""The files that `kubectl apply -f` finds in the practice world: those that the shipped procedure names."""

from __future__ import annotations

MANIFESTS = {
    "kubernetes/ingress/waf/emergency-ratelimit.yaml": """\
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: emergency-ratelimit
  namespace: ingress
spec:
  rateLimit:
    average: 20
    burst: 40
""",
}
