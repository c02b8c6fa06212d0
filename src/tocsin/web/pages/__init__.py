"""
The pages: one file per page, each with its address and the gestures that belong to it.

A page reads (the house, the form) and shows, or records one command and sends the reader back with 303. The routes of
all of them are put together here.
"""
