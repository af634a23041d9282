"""Who may: roles, the facts that give rights, the reach of rows, sessions and their tokens."""
