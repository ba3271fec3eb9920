"""A server under kill -9: every acknowledged event once, every score as recomputed, every hand-off told once."""
