"""What clients ask and do: root fields and mutations."""
