"""
The command-line grammars of other programs, and a command held against them.

`table` says what a program takes, `reading` parses arguments by it, `holding` puts what is wrong on a procedure's
commands, `helps` reads a table out of a program's own help. Tables come from the machine's programs or were recorded.
"""
