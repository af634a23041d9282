"""Names of the log's topics. A topic is what one reader reads as a whole."""


def school(organization_id: int) -> str:
    """Everything that happens in one organization's journals."""
    return f"school:{organization_id}"
