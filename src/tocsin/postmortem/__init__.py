"""From the timeline to the post-mortem: who must write one, and a draft that is already filled in."""
