"""Every hand that touches the world: clock, settings, store, channels, the Kubernetes API, processes. Nothing here decides."""
