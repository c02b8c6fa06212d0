"""What lasts: bodies, timelines, projections, claims, blobs, accounts. One contract, two databases."""
