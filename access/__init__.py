"""Who may: roles, the facts that give rights, the reach of rows, sessions and their tokens.

To be read in this order; docs/access.md has the same as tables.

1. Who asks: `roles`, and the relations to a row that each may give; `viewer`, found by `sessions`
   and guessed by `known`.
2. Which rows: `facts` that hold today, `posts` among them; what a `scope` is; then `scopes`, and
   beside them `offices` (papers, consents, accounts) and `audit`. `rows` makes a query of a scope.
3. Which fields of these: `rules`. What `masks` hide of a number, `reveals` shows to who says why;
   a SNILS stands in all three.
4. Who writes: `writing` at lessons, `writers` personal data, `hierarchy` and `proof` accounts.
5. What proves who somebody is: `passwords`, `second_factor`, `tokens`; `throttle` and `lookups`
   count who guesses.
6. What lies in the database sealed: `vault`, `sealing`, `snils`.
"""
