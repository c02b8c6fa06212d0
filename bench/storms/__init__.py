"""Labelled storms of alerts: made-up clusters that break, each alert with its true cause, and how well they are grouped."""
