"""What is written down, that it stays so, and who reads it."""
