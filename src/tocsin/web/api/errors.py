"""
What the API says when it does not do what was asked: {"error": code, "message": sentence}.

The code is for programs and stays; the sentence is for people, in their language. One table, so that a reader sees
everything that can be answered. What the state of an incident does not allow has its own words
(`tocsin.incident.sentences.refusal`).
"""

from __future__ import annotations

from typing import NamedTuple

from tocsin.lexicon import Language


class Sentence(NamedTuple):
    """A status, a code, and the words."""

    status: int
    code: str
    en: str
    fr: str


SENTENCES: dict[str, Sentence] = {
    "not_json": Sentence(400, "not_json", "The body is not JSON.", "Le corps n'est pas du JSON."),
    "open": Sentence(400, "bad_parameter", "`open` is true or false.", "`open` vaut true ou false."),
    "priority": Sentence(400, "bad_parameter", "`priority` is P1, P2, P3 or P4.", "`priority` vaut P1, P2, P3 ou P4."),
    "limit": Sentence(400, "bad_parameter", "`limit` is 1 to {most}.", "`limit` va de 1 à {most}."),
    "number": Sentence(400, "bad_parameter", "`{name}` is a number.", "`{name}` est un nombre."),
    "no_token_shown": Sentence(
        401,
        "unauthorized",
        "A personal API token is needed: Authorization: Bearer …",
        "Il faut un jeton d'API personnel : Authorization: Bearer …",
    ),
    "unknown_token": Sentence(401, "unauthorized", "Nobody has this token.", "Personne n'a ce jeton."),
    "no_name": Sentence(
        401, "unauthorized", "X-Tocsin-As must name a person.", "X-Tocsin-As doit nommer une personne."
    ),
    "forbidden": Sentence(403, "forbidden", "The role {role} may not do that.", "Le rôle {role} ne le permet pas."),
    "nothing_here": Sentence(404, "not_found", "There is nothing at this address.", "Il n'y a rien à cette adresse."),
    "no_incident": Sentence(404, "not_found", "There is no such incident.", "Cet incident n'existe pas."),
    "no_text": Sentence(
        404,
        "not_found",
        "There is no such text here, or it is no longer kept.",
        "Ce texte n'est pas ici, ou n'est plus gardé.",
    ),
    "no_token": Sentence(404, "not_found", "There is no such token.", "Ce jeton n'existe pas."),
    "no_account": Sentence(404, "not_found", "There is no such account.", "Ce compte n'existe pas."),
    "method": Sentence(405, "method", "Understood here: {allowed}.", "Compris ici : {allowed}."),
    "slow": Sentence(408, "slow", "The body did not come in time.", "Le corps n'est pas arrivé à temps."),
    "taken": Sentence(409, "taken", "There is already an account {name}.", "Il y a déjà un compte {name}."),
    "shown_name": Sentence(
        409, "taken", "Somebody is already shown by this name.", "Une autre personne est déjà affichée sous ce nom."
    ),
    "too_large": Sentence(413, "too_large", "The body is larger than {limit}.", "Le corps dépasse {limit}."),
    "invalid": Sentence(422, "invalid", "{why}.", "Refusé : {why}."),
    "name": Sentence(
        422,
        "invalid",
        "A name has 1 to 64 visible characters, no space and no slash.",
        "Un nom a 1 à 64 caractères visibles, sans espace ni barre oblique.",
    ),
    "kind": Sentence(
        422, "invalid", "This kind is not read here; known: {known}.", "Ce type n'est pas lu ici ; connus : {known}."
    ),
    "step_or_pipeline": Sentence(
        422, "invalid", "Either `step` or `pipeline` is needed.", "Il faut `step` ou bien `pipeline`."
    ),
    "unavailable": Sentence(
        503,
        "unavailable",
        "It cannot be written now; please try again.",
        "Impossible d'écrire pour le moment ; réessayez.",
    ),
    "no_export": Sentence(
        503, "unavailable", "This store cannot be exported.", "Cet entrepôt ne peut pas être exporté."
    ),
}
USUAL_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 408: {"Connection": "close"}, 503: {"Retry-After": "5"}}


class ApiError(Exception):
    """An answer that is not what was asked for: a key of SENTENCES with what stands in it."""

    def __init__(self, key: str, /, headers: dict[str, str] | None = None, **values: object) -> None:
        super().__init__(key, values)
        sentence = SENTENCES[key]
        self.status = sentence.status
        self.code = sentence.code
        self.headers = headers or USUAL_HEADERS.get(sentence.status)
        self._words = {"en": sentence.en.format(**values), "fr": sentence.fr.format(**values)}

    def message(self, language: Language) -> str:
        """The sentence in that language."""
        return self._words[language]
