"""
The web side of a house: the pages, the intake, the API and health, one application (`app.build_app`).

Pages are HTML from the server and work without JavaScript; every change is a form, every form one command. What
comes from outside passes `outside` and the escaping of the templates; who may come in is decided in `visits`.
"""
