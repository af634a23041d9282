"""Figures of period marks, lists of pupils by their marks, journals kept late, attendance."""
