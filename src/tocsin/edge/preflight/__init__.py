"""
The look ahead, taken while all is well: names become things, rights are asked for, channels answer. Reads only.

`look` puts together what each side tells; one file per side: the Kubernetes API, Hetzner, Patroni, the channels.
"""
