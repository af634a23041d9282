"""The planner, through the same door as everything else."""
