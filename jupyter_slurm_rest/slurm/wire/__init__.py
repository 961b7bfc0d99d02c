"""JSON of slurmrestd's API versions: decoded to models, and encoded from them."""
