"""Figures of closed months: how they are counted, who is told them, and what they cannot tell."""
