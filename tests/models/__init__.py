"""What the database itself holds, whatever a program tries."""
