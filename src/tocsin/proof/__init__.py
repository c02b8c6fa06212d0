"""
What is known of each line of the procedure that does something, and since when. Pure.

`lines` finds the lines, `book` folds what was proved of them, `standing` puts both together as the home page and
`tocsin check --proof` show them; `needs` says what a command names and what it must be allowed to do.
"""
