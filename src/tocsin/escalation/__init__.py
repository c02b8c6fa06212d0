"""Who is reachable at this instant, who is called next and when, and what stops the climb."""
