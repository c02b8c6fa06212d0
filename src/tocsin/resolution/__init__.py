"""The next step, its risk, its approval, its outcome; and how an incident ends."""
