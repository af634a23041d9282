"""The suite: through the doors that clients use, against real servers."""
