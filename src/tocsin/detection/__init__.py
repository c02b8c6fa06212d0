"""How a body becomes alerts, and which incident they belong to."""
