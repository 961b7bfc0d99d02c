"""slurmrestd, spoken in one vocabulary. Imports nothing of Jupyter."""
