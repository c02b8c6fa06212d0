"""One approved command, one process, one record."""
