"""What clients see: types, inputs, payloads and enumerations, each declared in one place."""
