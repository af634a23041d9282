"""Documents made from the schema: a planned answer is the answer of the generic resolvers."""
