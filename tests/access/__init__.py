"""Who may do what and see what, asked of the running service by one person of every kind."""
