"""What goes in and out of the diary in standard formats."""
