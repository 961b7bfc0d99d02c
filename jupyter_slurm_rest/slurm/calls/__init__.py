"""What a person does with Slurm, one module for each kind of thing."""
