"""Internal mail (внутренняя почта) as its writers and readers see it."""
