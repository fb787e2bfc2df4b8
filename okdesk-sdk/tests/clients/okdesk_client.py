"""A small client of the Okdesk REST API v1; section numbers are those of the reference (rest.md).

It hides nothing: the answers are the decoded JSON, a refusal is an exception. What it does take care of is
what every client has to: the token in the query, errors that come with 200, both ways of paging, shapes that
depend on the number of hits, multipart names, and the two steps of a download.
"""

from datetime import datetime
from urllib.parse import urlsplit

import requests

TIMEOUT = 30


class Unreachable(Exception):
    """No answer at all."""


class Refused(Exception):
    """An answer that is not a success: a status of 400 and up, or a 2xx whose body holds `errors` (3.5)."""

    def __init__(self, method, path, status, body):
        self.status, self.body = status, body
        self.enveloped = isinstance(body, dict) and "errors" in body
        self.errors = flatten(body["errors"]) if self.enveloped else [("", str(body)[:200])]
        said = "; ".join(f"{where}: {text}" if where else text for where, text in self.errors)
        # Neither the address nor its query is shown: the token is in it (quirk 43).
        super().__init__(f"{method} {path} answered {status}: {said}")

    def names(self, field):
        """Whether the refusal is about `field`. Errors told without field names cannot tell (3.5), so they pass."""
        told = [where for where, _ in self.errors if where]
        return not told or any(where == field or where.startswith(field + ".") for where in told)


def flatten(errors, path=""):
    """All forms of `errors` (3.5) as (path, message): text, list, map to list or text, nested maps."""
    if isinstance(errors, dict):
        pairs = []
        for key, value in errors.items():
            pairs += flatten(value, f"{path}.{key}" if path else str(key))
        return pairs
    if isinstance(errors, list):
        return [pair for value in errors for pair in flatten(value, path)]
    return [(path, str(errors))]


class Okdesk:
    def __init__(self, base_url, token):
        base = base_url.rstrip("/")
        self.base = base if base.endswith("/api/v1") else base + "/api/v1"
        self.host = urlsplit(self.base).netloc
        self.token = token
        self.session = requests.Session()

    def raw(self, method, path, params=None, token=None, **body):
        """One call, whatever it answers. `token=""` leaves the token out."""
        query = list(params.items()) if isinstance(params, dict) else list(params or [])
        query = [(name, str(value).lower() if isinstance(value, bool) else value) for name, value in query]
        used = self.token if token is None else token
        if used:
            query.append(("api_token", used))
        try:
            return self.session.request(
                method, f"{self.base}/{path}", params=query, timeout=TIMEOUT, allow_redirects=False, **body
            )
        except requests.RequestException as error:  # its text holds the address, and that the token (quirk 43)
            raise Unreachable(f"{method} {path}: {type(error).__name__}") from None

    def call(self, method, path, params=None, token=None, **body):
        return decode(method, path, self.raw(method, path, params, token, **body))

    def get(self, path, params=None):
        return self.call("GET", path, params)

    def post(self, path, json):
        return self.call("POST", path, json=json)

    def patch(self, path, json):
        return self.call("PATCH", path, json=json)

    def delete(self, path):
        return self.call("DELETE", path)

    def either(self, methods, path, json):
        """For calls whose method is uncertain: the first one the path knows."""
        for method in methods[:-1]:
            try:
                return self.call(method, path, json=json)
            except Refused as refused:
                if refused.status not in (404, 405):
                    raise
        return self.call(methods[-1], path, json=json)

    def forms(self, method, path, *bodies):
        """For calls whose body is uncertain: the first form that is not refused."""
        for body in bodies[:-1]:
            try:
                return self.call(method, path, json=body)
            except Refused as refused:
                if refused.status not in (400, 422):
                    raise
        return self.call(method, path, json=bodies[-1])

    def upload(self, method, path, fields, files):
        """multipart/form-data (3.7): `fields` are (name, value); `files` are (name, file name, bytes)."""
        parts = [(name, (None, value)) for name, value in fields]
        parts += [(name, (file_name, content, "application/octet-stream")) for name, file_name, content in files]
        return self.call(method, path, files=parts)

    def search(self, path, **params):
        """An exact search: one hit is an object, several are an array, none is an empty array (4.2, 4.11)."""
        answer = self.get(path, params)
        if isinstance(answer, list):
            return answer
        return [answer] if answer else []

    def keyset(self, path, params=(), size=100, direction=None, most_pages=1000):
        """Reads a list by `page[from_id]` (2.1), right whether `from_id` is inclusive or not: the last id seen is
        sent, records seen already are dropped, a page that brings nothing new ends it. Gives the pages.
        A page of one would only ever bring the last record again if `from_id` is inclusive."""
        assert size > 1, "pages of one record do not work with either reading of from_id"
        pages, seen, last = [], set(), None
        while len(pages) < most_pages:
            query = list(params) + [("page[size]", size)]
            if direction:
                query.append(("page[direction]", direction))
            if last is not None:
                query.append(("page[from_id]", last))
            fresh = [record for record in self.get(path, query) if record["id"] not in seen]
            if not fresh:
                return pages
            pages.append(fresh)
            seen.update(record["id"] for record in fresh)
            last = fresh[-1]["id"]
        raise AssertionError(f"2.1: reading {path} does not come to an end")

    def numbered(self, path, params=(), size=None, most_pages=1000):
        """Reads `issues/list` by `page[number]` (2.2): a page without anything new is the end. Gives the pages."""
        pages, seen = [], set()
        while len(pages) < most_pages:
            query = list(params) + [("page[number]", len(pages) + 1)]
            if size:
                query.append(("page[size]", size))
            fresh = [record for record in self.get(path, query) if record["id"] not in seen]
            if not fresh:
                return pages
            pages.append(fresh)
            seen.update(record["id"] for record in fresh)
        raise AssertionError(f"2.2: reading {path} does not come to an end")

    def download(self, owner, attachment_id):
        """Both steps (3.7): ask for the short-lived address, then fetch it plainly, without the token.
        Gives the attachment, its bytes and the address."""
        attachment = self.get(f"{owner}/attachments/{attachment_id}")
        answer = requests.get(attachment["attachment_url"], timeout=TIMEOUT)
        answer.raise_for_status()
        return attachment, answer.content, attachment["attachment_url"]


def decode(method, path, response):
    """The body of a success, None for an empty one (quirk 4); raises Refused otherwise."""
    try:
        body = response.json() if response.content else None
    except ValueError:
        body = response.text  # HTML, at 5xx and at unknown paths (quirk 40)
    failed = not 200 <= response.status_code < 300
    if failed or (isinstance(body, dict) and "errors" in body):
        raise Refused(method, path, response.status_code, body)
    return body


def refusal(call, *args, **kwargs):
    """The Refused that `call` ends in; fails if it does not."""
    try:
        answer = call(*args, **kwargs)
    except Refused as refused:
        return refused
    raise AssertionError(f"{args} should have been refused, the answer was {str(answer)[:200]}")


def flat(pages):
    return [record for page in pages for record in page]


def ids(records):
    return [record["id"] for record in records]


def moment(text):
    """A time of an answer: ISO 8601, with the account's offset or, in old bodies, without one (3.2)."""
    assert isinstance(text, str) and len(text) >= 19 and text[10] == "T", f"3.2: {text!r} is not an ISO 8601 time"
    return datetime.fromisoformat(text)
