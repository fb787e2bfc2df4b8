"""A client of the Okdesk REST API in plain `requests`, as its documentation describes it.

Usage: okdesk_story.py BASE_URL API_TOKEN
Works against any account it may litter: it creates a contact, an issue and comments.
"""

import sys
import time

import requests


class Okdesk:
    def __init__(self, base, token):
        self.base = base.rstrip("/") + "/api/v1"
        self.token = token
        self.session = requests.Session()
        self.session.trust_env = False

    def send(self, method, path, params=(), **kwargs):
        params = [*params, ("api_token", self.token)]
        return self.session.request(method, self.base + path, params=params, timeout=30, **kwargs)

    def call(self, method, path, **kwargs):
        answer = self.send(method, path, **kwargs)
        answer.raise_for_status()
        body = answer.json() if answer.content else None
        if isinstance(body, dict) and "errors" in body:
            raise RuntimeError(f"{method} {path}: {body['errors']}")
        return body

    def get(self, path, params=()):
        return self.call("GET", path, params=params)

    def pages(self, path, size):
        """Lists by page[from_id]: the last id seen is sent, what is known already is dropped."""
        seen, last = set(), None
        while True:
            params = [("page[size]", size), ("page[direction]", "forward")]
            if last is not None:
                params.append(("page[from_id]", last))
            fresh = [one for one in self.get(path, params) if one["id"] not in seen]
            if not fresh:
                return
            for one in fresh:
                seen.add(one["id"])
                yield one
            last = fresh[-1]["id"]


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print("ok  ", what)


def main(base, token):
    okdesk = Okdesk(base, token)
    mark = f"{time.time_ns():x}"

    company = okdesk.call("POST", "/companies", json={"company": {"name": f"ООО Проба {mark}"}})
    found = okdesk.get("/companies", {"name": company["name"]}.items())
    check(found["id"] == company["id"], "a company is found by its exact name as one object")
    check(okdesk.get("/companies", {"name": "нет такой"}.items()) == [], "no company is an empty array")

    phone = f"+7{int(mark, 16) % 10**10:010d}"
    person = {"first_name": "Анна", "last_name": "Петрова", "phone": phone, "company_id": company["id"]}
    contact = okdesk.call("POST", "/contacts", json=person)
    check(okdesk.get("/contacts", {"phone": phone}.items())["id"] == contact["id"], "a contact is found by phone")
    everybody = [one["id"] for one in okdesk.pages("/contacts/list", 2)]
    check(contact["id"] in everybody and len(everybody) == len(set(everybody)), "all pages of contacts are read")

    fields = {
        "issue[title]": f"Не печатает принтер {mark}",
        "issue[description]": "Мигает красная лампа<br>с утра",
        "issue[contact_id]": contact["id"],
        "issue[company_id]": company["id"],
        "issue[attachments][0][is_public]": "true",
        "issue[attachments][0][description]": "лампа",
    }
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    files = {"issue[attachments][0][attachment]": ("lamp.png", picture, "image/png")}
    issue = okdesk.call("POST", "/issues", data=fields, files=files)
    number = issue["id"]
    check(okdesk.get(f"/issues/{number}")["title"] == fields["issue[title]"], "an issue is created with a file")

    for at in range(25):
        okdesk.call("POST", "/issues", json={"issue": {"title": f"Ещё {at}", "contact_id": str(contact["id"])}})
    mine, page = [], 1
    while part := okdesk.get("/issues/list", [("contact_ids[]", contact["id"]), ("page[size]", 10), ("page[number]", page)]):
        mine += [one["id"] for one in part]
        page += 1
    check(len(mine) == len(set(mine)) == 26 and mine == sorted(mine, reverse=True), "issues are read through all pages, newest first")
    ids = okdesk.get("/issues/count", [("contact_ids[]", contact["id"]), ("status[]", "opened")])
    check(sorted(ids) == sorted(mine), "count answers with the same ids")

    comment = okdesk.call(
        "POST",
        f"/issues/{number}/comments",
        data={"comment[content]": "Вот отчёт", "comment[author_id]": contact["id"], "comment[author_type]": "contact", "comment[public]": "true"},
        files={"comment[attachments][0][attachment]": ("report.pdf", b"%PDF-1.7 report", "application/pdf")},
    )
    comments = okdesk.get(f"/issues/{number}/comments")
    check(comments[-1]["id"] == comment["id"] and comments[-1]["author"]["type"] == "contact", "a comment with a file is written")
    check(comments[-1]["public"] is True and comments[-1]["published_at"], "and is public")

    shelf = okdesk.get(f"/issues/{number}")["attachments"]
    lamp = next(one for one in shelf if one["attachment_file_name"] == "lamp.png")
    address = okdesk.get(f"/issues/{number}/attachments/{lamp['id']}")["attachment_url"]
    check(requests.get(address, timeout=30).content == picture, "the file comes back byte for byte")
    check(requests.get(address, params={"api_token": token}, timeout=30).status_code >= 400, "its address wants no token")

    done = okdesk.call("POST", f"/issues/{number}/statuses", json={"code": "completed", "comment": "Готово", "comment_public": True})
    check(done["status"]["code"] == "completed", "the status is changed")
    okdesk.call("POST", f"/issues/{number}/rates", json={"issue": {"rate": "good"}})
    check(okdesk.get(f"/issues/{number}")["rate"]["value"] == "good", "the issue is rated")

    refused = okdesk.send("POST", f"/issues/{number}/comments", json={"comment": {"text": "нет"}})
    check(refused.status_code == 422 and "content" in refused.json()["errors"], "a wrong key is refused by name")
    stranger = requests.get(okdesk.base + "/issues/list", params={"api_token": "wrong"}, timeout=30)
    check(stranger.status_code == 401, "a wrong token is refused")


if __name__ == "__main__":
    main(*sys.argv[1:3])
