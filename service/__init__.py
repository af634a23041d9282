"""Process plumbing: the embedded PostgreSQL, the workers, the logs."""
