"""One file per way to reach a person, behind the contract of `contract.py`. Channels do not know each other."""
