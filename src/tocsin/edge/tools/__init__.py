"""The programs of this machine, asked what they take; the answers kept on disk; the tables that were recorded."""
