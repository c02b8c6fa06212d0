"""How urgent, since when, and which line says so."""
