"""What clients hear: the durable log, the bus that wakes its readers, the hub they share."""
