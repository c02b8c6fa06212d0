"""What to look at when an incident opens, what it shows, and which runbook fits."""
