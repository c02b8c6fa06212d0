"""Reads the Kubernetes API, never writes to it."""
