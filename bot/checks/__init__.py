"""What `lachan status` looks at: small functions, each of which finds one thing and says what to mend.

`found.py` has the shape, `table.py` the list. A channel adds its own: an async function in a file of its own here, and
a line in `CHECKS`.
"""
