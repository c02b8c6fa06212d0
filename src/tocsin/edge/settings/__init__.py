"""
What the house is told at start: a TOML file, then the environment.

`load_settings` gives one frozen `Settings` or raises `BadSettings`, which names the key.
"""

from tocsin.edge.settings.errors import BadSettings
from tocsin.edge.settings.load import load_settings
from tocsin.edge.settings.model import Settings

__all__ = ["BadSettings", "Settings", "load_settings"]
