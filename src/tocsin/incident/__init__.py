"""
The spine: what has happened.

An incident is nothing but the fold of its timeline. Events come in, an `Incident` comes out; nothing in this
package waits, reads a clock or knows a procedure. What must happen next is the stages' affair.
"""
