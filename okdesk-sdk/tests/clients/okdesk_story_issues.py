"""Chapters about issues: creating, listing, changing, comments, time, check lists, services, files, errors."""

from datetime import timedelta
from urllib.parse import urlsplit

from okdesk_client import Refused, flat, ids, moment, refusal

DETAIL = set(
    "id title description created_at updated_at completed_at deadline_at start_execution_until planned_reaction_at "
    "reacted_at delayed_to source spent_time_total planned_execution_in_hours company_id group_id service_object_id "
    "parent_id equipment_ids child_ids attachments status_times parameters comments type priority status old_status "
    "rate observers observer_groups contact assignee agreement author".split()
)
LISTED = set(
    "id title created_at completed_at deadline_at delay_to planned_reaction_at reacted_at without_answer updated_at "
    "status type priority company contact service_object agreement equipments start_execution author".split()
)
ROWS = 60  # three full pages of 20 and nothing after them; one page of 50 and a short one


def account_as_found(s):
    """What the account held before: exactly the issues named on the command line, if any are named."""
    found = s.api.get("issues/count")
    assert all(isinstance(one, int) for one in found), "2.3: issues/count answers with an array of ids"
    if s.initial:
        assert sorted(found) == sorted(s.initial), "2.3: the ids of the issues the account holds"
    assert s.api.get("issues/count", {"opened": True, "status[]": "no such status"}) == [], "2.3: none is []"


def client_of_an_issue(s):
    """Flat ids or a nested `client` (4.5.1 uncertain, quirk 66): find out which, once, and send that from then on."""
    api = s.api
    made = api.post("issues", {"issue": {"title": f"Flat {s.stamp}", "company_id": s.company, "contact_id": s.contact}})
    s.client = {"company_id": s.company, "contact_id": s.contact}
    detail = api.get(f"issues/{made['id']}")
    if detail["company_id"] is None:
        s.client = {"client": {"company": {"id": s.company}, "contact": {"id": s.contact}}}
        made = api.post("issues", {"issue": {"title": f"Nested {s.stamp}", **s.client}})
        detail = api.get(f"issues/{made['id']}")
    assert detail["company_id"] == s.company and detail["contact"]["id"] == s.contact, "4.5.1: company and contact"
    s.first = made["id"]


def create(s):
    api, kind = s.api, s.types[-1]
    made = api.post("issues", {"issue": {
        "title": "The saw stands still", "description": "<p>Since <b>noon</b></p>", **s.client, "type": kind,
        "priority": s.priorities[-1], "maintenance_entity_id": str(s.entity), "equipment_ids": [s.equipment],
        "assignee_id": str(s.employee["id"]), "group_id": str(s.group), "observer_ids": [s.employee["id"]],
        "author": {"id": str(s.contact), "type": "contact"}, "planned_execution_in_minutes": 90, "parent_id": s.first,
    }})
    s.issue = made["id"]
    s.path = f"issues/{s.issue}"
    detail = api.get(s.path)
    if detail["type"]["code"] != kind:  # 4.5.1 uncertain: type may be ignored on creation, then /types is called
        api.patch(f"{s.path}/types", {"code": kind})
        detail = api.get(s.path)
    assert detail["type"]["code"] == kind, "4.5.1: type"
    assert detail["description"] == "<p>Since <b>noon</b></p>", "4.5.1: description is HTML"
    assert detail["priority"]["code"] == s.priorities[-1], "4.5.1: priority"
    assert detail["service_object_id"] == s.entity, "3.3: maintenance_entity_id is read as service_object_id"
    assert detail["equipment_ids"] == [s.equipment], "4.5.1: equipment_ids"
    assert detail["assignee"]["id"] == s.employee["id"] and detail["group_id"] == s.group, "4.5.1: assignee and group"
    assert ids(detail["observers"]) == [s.employee["id"]], "4.5.1: observer_ids"
    assert detail["author"]["id"] == s.contact, "4.5.1: author, with a key of an administrator"
    assert detail["planned_execution_in_hours"] == 1.5, "quirk 29: written in minutes, read in hours"
    assert detail["parent_id"] == s.first, "4.5: parent_id"
    assert s.issue in api.get(f"issues/{s.first}")["child_ids"], "4.5: child_ids of the parent"


def create_flat(s):
    made = s.api.post("issues", {"title": f"Without a wrapper {s.stamp}"})
    detail = s.api.get(f"issues/{made['id']}")
    assert detail["title"] == f"Without a wrapper {s.stamp}", "4.5.1: the wrapper may be left out"
    assert (detail["company_id"], detail["contact"]) == (None, None), "quirk 21: an issue without a client"
    assert detail["description"] == "", "4.5.5: description is empty text when there is none"
    refused = refusal(s.api.post, "issues", {"issue": {"description": "No title"}})
    assert refused.status in (400, 422) and refused.names("title"), "4.5.1: title is required"
    ignored = s.api.post("issues", {"issue": {"title": f"Unknown keys {s.stamp}", "priority_id": 1, "type_id": 1}})
    assert ignored["id"], "4.5.1: type_id and priority_id have no effect"
    for made_id in (made["id"], ignored["id"]):
        s.api.delete(f"issues/{made_id}")


def create_multipart(s):
    api = s.api
    s.bytes = {"report.bin": bytes(range(256)) * 9, "схема.txt": "Пила № 3\n".encode()}
    fields = [("issue[title]", f"With files {s.stamp}"), ("issue[company_id]", str(s.company)),
              ("issue[observer_ids][]", str(s.employee["id"])),
              ("issue[attachments][0][is_public]", "true"), ("issue[attachments][0][description]", "From the log"),
              ("issue[attachments][1][is_public]", "false")]
    names = list(s.bytes)
    files = [(f"issue[attachments][{n}][attachment]", name, s.bytes[name]) for n, name in enumerate(names)]
    s.with_files = api.upload("POST", "issues", fields, files)["id"]
    detail = api.get(f"issues/{s.with_files}")
    assert detail["title"] == f"With files {s.stamp}", "3.7: fields go along as issue[...]"
    assert ids(detail["observers"]) == [s.employee["id"]], "3.7: arrays go along as issue[observer_ids][]"
    s.files = {one["attachment_file_name"]: one for one in detail["attachments"]}
    assert set(s.files) == set(names), "3.7: both files, under their names"
    for name, one in s.files.items():
        keys = {"id", "attachment_file_name", "description", "attachment_file_size", "is_public", "created_at"}
        assert keys <= set(one), f"3.7: a file of an issue has {sorted(keys)}"
        assert "attachment_url" not in one, "3.7: attachment_url is in the single call only"
        assert one["attachment_file_size"] == len(s.bytes[name]), "3.7: attachment_file_size is in bytes"
        moment(one["created_at"])
    first, second = (s.files[name] for name in names)
    assert (first["is_public"], first["description"]) == (True, "From the log"), "3.7: flags of the first file"
    assert second["is_public"] is False and not second["description"], "3.7: flags of the second file"
    for wrong in ("issue[attachments][][attachment]", "issue[attachments][0][attachment_file]"):
        refused = refusal(api.upload, "POST", "issues", fields[:1], [(wrong, "a.txt", b"a")])
        assert refused.status in (400, 422), f"3.7: {wrong} is refused with 422"


def download(s):
    owner = f"issues/{s.with_files}"
    for name, one in s.files.items():
        attachment, content, url = s.api.download(owner, one["id"])
        assert attachment["attachment_file_name"] == name, "3.7: the single call names the file"
        assert content == s.bytes[name], "3.7: the bytes that were sent"
        assert urlsplit(url).netloc != s.api.host, "quirk 61: files come from another host"
        assert s.api.token not in url, "3.7: the file host gets no token"
    assert refusal(s.api.get, f"{owner}/attachments/999999999").status == 404, "3.5: no such file"


def rows(s):
    """Enough issues of one company for several pages."""
    company = s.api.post("companies", {"company": {"name": f"Rows {s.stamp}"}})["id"]
    client = {"client": {"company": {"id": company}}} if "client" in s.client else {"company_id": company}
    s.rows = []
    for number in range(ROWS):
        made = s.api.post("issues", {"issue": {"title": f"Row {number}", "assignee_id": None, **client}})
        s.rows.append(made["id"])
    s.filter = [("company_ids[]", company)]
    assert s.rows == sorted(set(s.rows)), "3.3: ids of issues are a sequence"


def numbered_pages(s):
    for size, lengths in ((50, [50, 10]), (20, [20, 20, 20]), (None, [20, 20, 20])):
        pages = s.api.numbered("issues/list", s.filter, size)
        assert [len(page) for page in pages] == lengths, f"2.2: pages of {size or 'the default size, 20'}"
        assert sorted(ids(flat(pages))) == s.rows, "2.2: all pages together hold every issue once"
    assert s.api.get("issues/list", s.filter + [("page[number]", 9)]) == [], "2.2: past the end is an empty page"
    assert sorted(s.api.get("issues/count", s.filter)) == s.rows, "2.3: count gives all ids at once and agrees"
    everything = ids(flat(s.api.numbered("issues/list", size=50)))
    assert sorted(everything) == sorted(s.api.get("issues/count")), "2.3: the whole list agrees with count"
    try:
        assert len(s.api.get("issues/list", s.filter + [("page[size]", 51)])) <= 50, "2.2: at most 50"
    except Refused as refused:  # 2.2: an error or 50, not found which
        assert refused.status in (400, 422) and refused.names("page.size"), "2.2: the refusal is about page[size]"


def sorting(s):
    def times(field, direction):
        query = s.filter + [("sorting[field]", field), ("sorting[direction]", direction), ("page[size]", 50)]
        return [moment(one[field]) for one in s.api.get("issues/list", query)]

    for field in ("created_at", "updated_at"):
        assert times(field, "forward") == sorted(times(field, "forward")), f"2.2: {field} forward"
        assert times(field, "reverse") == sorted(times(field, "reverse"), reverse=True), f"2.2: {field} reverse"
    plain = [moment(one["created_at"]) for one in s.api.get("issues/list", s.filter)]
    assert plain == sorted(plain, reverse=True), "2.2: newest first if nothing is said"
    unknown = [("limit", 3), ("offset", 40), ("per_page", 5), ("pagination[page]", 2), ("nonsense", "x")]
    expected = ids(s.api.get("issues/list", s.filter))
    assert ids(s.api.get("issues/list", s.filter + unknown)) == expected, "1: unknown query parameters are ignored"


def filters(s):
    """The same question to the list and to count; the names of the filters differ (4.5.3)."""
    api = s.api
    detail = api.get(s.path)
    status, kind, priority = (detail[part]["code"] for part in ("status", "type", "priority"))
    day = moment(detail["created_at"])
    since, until = (day - timedelta(days=1)).strftime("%d-%m-%Y"), (day + timedelta(days=1)).strftime("%d-%m-%Y")
    ours = [("company_ids[]", s.company)]
    for listed, counted in (
        ([("contact_ids[]", s.contact)], None), (ours, None),
        (ours + [("status_codes[]", status)], ours + [("status[]", status)]),
        (ours + [("type_codes[]", kind)], ours + [("type[]", kind)]),
        (ours + [("priority_codes[]", priority)], ours + [("priority[]", priority)]),
        (ours + [("service_object_ids[]", s.entity)], ours + [("maintenance_entity_ids[]", s.entity)]),
        (ours + [("created_since", since), ("created_until", until)], None),
        (ours + [("created_since", day.strftime("%d-%m-%Y 00:00"))], None),
        (ours + [("updated_since", since)], None), (ours + [("assignee_ids[]", s.employee["id"])], None),
    ):
        found = ids(flat(api.numbered("issues/list", listed, 50)))
        assert s.issue in found, f"4.5.3: {listed} finds the issue"
        assert set(api.get("issues/count", counted or listed)) == set(found), f"4.5.2: count agrees on {listed}"
    for listed, counted in (
        ([("status_codes_not[]", status)], [("status_not[]", status)]), ([("assignee_ids[]", 0)], None),
        ([("created_until", since)], None), ([("created_since", until)], None),
        ([("service_object_ids[]", 0)], [("maintenance_entity_ids[]", 0)]),
        ([("type_codes[]", kind.upper())], [("type[]", kind.upper())]),
    ):
        found = ids(flat(api.numbered("issues/list", ours + listed, 50)))
        assert s.issue not in found, f"4.5.3, quirks 26 and 32: {listed} leaves the issue out"
        assert set(api.get("issues/count", ours + (counted or listed))) == set(found), f"4.5.2: as the list: {listed}"
    either = api.get("issues/list", [("ids[]", s.issue), ("ids[]", s.first)])
    assert set(ids(either)) == {s.issue, s.first}, "4.5.3: ids[] can be repeated"
    authors = [("author_contact_ids[]", s.contact), ("author_employee_ids[]", s.employee["id"])]
    assert s.issue in api.get("issues/count", ours + authors), "4.5.2: the two filters by author are OR-ed"
    assert s.issue in api.get("issues/count", ours + [("opened", True)]), "3.1: opened=true"
    assert s.issue not in api.get("issues/count", ours + [("opened", False)]), "3.1: opened=false"
    assert set(api.get("issues/count", ours + [("overdue", 0), ("overdue_reaction", 0)])) == set(
        api.get("issues/count", ours)), "3.1: overdue=0 is no filter"
    try:  # 3.2 uncertain: whether ISO dates are accepted here
        assert s.issue in ids(api.get("issues/list", ours + [("created_since", day.strftime("%Y-%m-%d"))]))
    except Refused as refused:
        assert refused.names("created_since"), "quirk 37: the error names the field"
    refused = refusal(api.get, "issues/list", {"created_since": "yesterday"})
    assert refused.status in (400, 422) and refused.names("created_since"), "quirk 37: a bad date names the field"


def list_and_detail(s):
    api = s.api
    detail = api.get(s.path)
    listed = next(one for one in api.get("issues/list", {"ids[]": s.issue}) if one["id"] == s.issue)
    assert DETAIL <= set(detail), f"4.5.5: the detail lacks {sorted(DETAIL - set(detail))}"
    assert LISTED <= set(listed), f"4.5.3: the list element lacks {sorted(LISTED - set(listed))}"
    for key in ("company", "service_object", "equipments", "delay_to", "start_execution"):
        assert key not in detail, f"quirk 13: {key} is of the list only"
    for key in ("company_id", "service_object_id", "equipment_ids", "delayed_to", "start_execution_until",
                "description", "assignee", "parameters"):
        assert key not in listed, f"quirk 13: {key} is of the detail only"
    assert set(detail["priority"]) == {"code", "name"} == set(detail["status"]), "4.5.5: no colour in the detail"
    assert set(detail["type"]) == {"id", "code", "name", "available_for_client"}, "4.5.5: keys of type"
    assert set(listed["status"]) == {"code", "name", "color"} == set(listed["priority"]), "4.5.3: colour in the list"
    assert set(listed["type"]) == {"code", "name"}, "4.5.3: type without id"
    assert set(listed["company"]) == {"id", "name"} == set(listed["contact"]), "4.5.3: company and contact"
    assert listed["service_object"]["id"] == s.entity, "4.5.3: service_object"
    machine = listed["equipments"][0]
    assert machine["id"] == s.equipment and "inventory_number" in machine, "4.5.3: equipments"
    for part in ("kind", "manufacturer", "model"):
        assert machine[f"equipment_{part}"]["code"] == f"{part}_{s.stamp}", f"4.5.3: {part} of equipments"
    assert {"id", "name"} <= set(listed["author"]), "4.5.3: author, with its type or, as in the docs example, without"
    for record in (detail, listed):
        moment(record["created_at"]), moment(record["updated_at"])
    assert isinstance(detail["comments"]["count"], int), "4.5.5: comments is a summary"
    assert detail["rate"] is None or detail["rate"].get("value") is None, "quirk 15: not rated"
    assert all({"code", "name", "field_type", "value"} <= set(one) for one in detail["parameters"]), "3.4: parameters"
    assert all({"total", "on_schedule_total"} <= set(one) for one in detail["status_times"].values()), "4.5.5"
    chosen = api.get("issues/list", {"ids[]": s.issue, "fields[issue]": "id,title"})
    assert [set(one) for one in chosen] == [{"id", "title"}], "4.5.3: fields[issue] selects the keys"
    chosen = api.get("issues/list", {"ids[]": s.issue, "fields[issue]": "id,assignee"})[0]
    assert chosen["assignee"]["id"] == s.employee["id"], "4.5.3: assignee, if asked for"


def update(s):
    before = s.api.get(s.path)
    body = {"title": "The saw is slow", "description": "New", "deadline_at": "2030-01-01 10:00", "priority": "no such"}
    s.api.patch(s.path, {"issue": body})
    after = s.api.get(s.path)
    assert (after["title"], after["description"]) == ("The saw is slow", "New"), "4.5: PATCH takes title, description"
    for key in ("deadline_at", "priority"):
        assert after[key] == before[key], f"quirk 3: {key} is ignored with 200"


def assignee(s):
    path = f"{s.path}/assignees"
    s.api.patch(path, {"assignee_id": None, "group_id": None})
    detail = s.api.get(s.path)
    assert detail["assignee"] is None and detail["group_id"] is None, "4.5: null clears"
    if s.foreign_group is not None:
        refusal(s.api.patch, path, {"assignee_id": s.employee["id"], "group_id": s.foreign_group})
        assert s.api.get(s.path)["assignee"] is None, "4.5: the group must be one of the employee's"
    s.api.patch(path, {"assignee_id": str(s.employee["id"]), "group_id": str(s.group)})
    assert s.api.get(s.path)["assignee"]["id"] == s.employee["id"], "4.5: assigned"


def small_changes(s):
    api, path = s.api, s.path
    api.patch(f"{path}/deadlines", {"deadline_at": "2031-05-06 17:30"})
    assert api.get(path)["deadline_at"].startswith("2031-05-06T17:30:00"), "3.2: deadline in the account's time"
    for part, codes in (("type", s.types), ("priority", s.priorities)):
        plural = {"type": "types", "priority": "priorities"}[part]
        api.patch(f"{path}/{plural}", {"code": codes[0]})
        assert api.get(path)[part]["code"] == codes[0], f"4.5: {part} by code"
        refused = refusal(api.patch, f"{path}/{plural}", {"code": "no such code"})
        assert 400 <= refused.status < 500, f"4.5: an unknown {part} is refused"
        assert api.get(path)[part]["code"] == codes[0], f"4.5: {part} stays as it was"
    api.patch(f"{path}/planned_execution_in_minutes", {"planned_execution_in_minutes": 30})
    assert api.get(path)["planned_execution_in_hours"] == 0.5, "quirk 29: minutes written, hours read"
    api.patch(f"{path}/addresses", {"value": "3 Hill Street", "coordinates": [53.1, 45.2]})
    address = api.get(path).get("address")  # 4.5.5: absent on old accounts
    assert address in (None, {"value": "3 Hill Street", "coordinates": [53.1, 45.2]}), "4.5: address"
    refusal(api.patch, f"{path}/addresses", {"value": "Nowhere"})  # 4.5: coordinates are required


def parameters(s):
    sample = {"ftcheckbox": True, "ftstring": "By phone", "ftdate": "2031-02-03"}
    known = next((one for one in s.parameters if one["field_type"] in sample), None)
    if known is None:
        return
    value, path = sample[known["field_type"]], f"{s.path}/parameters"
    answer = s.api.either(["POST", "PATCH"], path, {"custom_parameters": {known["code"]: value}})  # 4.5 uncertain
    assert answer is None, "4.5, quirk 4: the body is empty"
    found = next(one for one in s.api.get(s.path)["parameters"] if one["code"] == known["code"])
    assert (found["value"], found["field_type"]) == (value, known["field_type"]), "3.4: read as an array of parameters"
    if value is True:
        query = {"company_ids[]": s.company, f"custom_parameters[{known['code']}]": True}
        assert s.api.get("issues/count", query) == [s.issue], "3.1: a checkbox as a filter"


def statuses(s):
    api, path = s.api, f"{s.path}/statuses"
    assert {"delayed", "completed"} <= set(s.statuses), "4.16: delayed and completed are expected in the account"
    refused = refusal(api.post, path, {"code": "delayed", "comment": "Later"})
    assert refused.status in (400, 422) and refused.names("delay_to"), "4.5.4: delay_to is required for delayed"
    assert 400 <= refusal(api.post, path, {"code": "no such"}).status < 500, "4.5.4: an unknown status is refused"
    before = api.get(s.path)
    body = {"code": "delayed", "delay_to": "2031-06-01T09:00", "comment": "Waits for a part", "comment_public": False,
            "time_entry": [{"formatted_spent_time": "0:30"}], "skip_options": ["skip_notifications"]}
    api.post(path, body)  # quirk 8: the answer may be cut down, so the issue is read again
    detail = api.get(s.path)
    assert detail["status"]["code"] == "delayed", "4.5.4: the new status"
    assert detail["old_status"]["code"] == before["status"]["code"], "4.5.5: old_status"
    assert detail["delayed_to"].startswith("2031-06-01T09:00"), "4.5.5: delayed_to"
    assert detail["spent_time_total"] == before["spent_time_total"] + 0.5, "4.5.4: time_entry counts"
    assert set(detail["status_times"]) <= set(s.statuses), "quirk 32: keys are codes of the account"
    listed = api.get("issues/list", {"ids[]": s.issue, "status_codes[]": "delayed"})
    assert listed[0]["delay_to"] == detail["delayed_to"], "quirk 13: delay_to in the list"
    comment = [one for one in api.get(f"{s.path}/comments") if "Waits for a part" in one["content"]]
    assert [one["public"] for one in comment] == [False], "4.5.4: the comment, not public"
    api.post(path, {"code": "completed", "comment": "Done", "delay_to": "2031-06-01T09:00"})
    detail = api.get(s.path)
    assert (detail["status"]["code"], detail["delayed_to"]) == ("completed", None), "4.5.4: delay_to is ignored here"
    moment(detail["completed_at"])


def rate(s):
    """Flat as documented or wrapped as in live clients (4.5 uncertain): one of them has to work, either may."""
    worked = []
    for value, form in (("bad", lambda v: {"rate": v}), ("good", lambda v: {"issue": {"rate": v}})):
        try:
            s.api.post(f"{s.path}/rates", form(value))
        except Refused as refused:
            assert 400 <= refused.status < 500, "4.5: a form that is not known is refused as a mistake"
        if (s.api.get(s.path)["rate"] or {}).get("value") == value:
            worked.append(value)
    assert worked, "4.5: an issue can be rated"
    assert s.issue in s.api.get("issues/count", {"rate[]": worked[-1]}), "4.5.2: rate[] as a filter"
    for form in ({"rate": "superb"}, {"issue": {"rate": "superb"}}):
        assert refusal(s.api.post, f"{s.path}/rates", form).status in (400, 422), "4.5: only bad, normal, good"


def comments(s):
    api, path = s.api, f"{s.path}/comments"
    me = {"author_id": s.employee["id"]}  # 4.6 uncertain: whether it may be left out
    old = len(api.get(path))
    public = api.post(path, {"comment": {"content": "On our way.<br>Soon", "public": True, **me}})
    inner = api.post(path, {"content": "Take the spare blade", "public": False, **me})
    theirs = api.post(path, {"content": "Thanks", "public": True, "author_id": s.contact, "author_type": "contact"})
    found = {one["id"]: one for one in api.get(path)}
    for made, content, is_public, author in ((public, "On our way.<br>Soon", True, ("employee", s.employee["id"])),
                                             (inner, "Take the spare blade", False, ("employee", s.employee["id"])),
                                             (theirs, "Thanks", True, ("contact", s.contact))):
        one = found[made["id"]]
        assert {"id", "content", "public", "published_at", "author"} <= set(one), "4.6, quirk 16: keys"
        assert not {"created_at", "is_internal"} & set(one), "4.6: neither created_at nor is_internal"
        assert (one["content"], one["public"]) == (content, is_public), "4.6: content is HTML, kept as sent"
        assert (one["author"].get("type", author[0]), one["author"]["id"]) == author, "4.6, quirk 16: author"
        moment(one["published_at"])
    summary = api.get(s.path)["comments"]
    assert summary["count"] == len(found) == old + 3, "4.5.5: the summary counts the comments"
    moment(summary["last_at"])
    refused = refusal(api.post, path, {"text": "Wrong key", **me})
    assert refused.status in (400, 422) and refused.names("content"), "4.6: content is required"


def comment_files(s):
    api, path = s.api, f"{s.path}/comments"
    fields = [("comment[content]", "See the pictures"), ("comment[author_id]", str(s.employee["id"])),
              ("comment[author_type]", "employee"), ("comment[public]", "true")]
    files = [(f"comment[attachments][{n}][attachment]", f"photo{n}.png", bytes([n]) * 100) for n in (0, 1)]
    made = api.upload("POST", path, fields + [("comment[attachments][1][description]", "The blade")], files)
    comment = next(one for one in api.get(path) if one["id"] == made["id"])
    files = comment.get("attachments")  # quirk 16: a listed comment may lack them; the issue has them all
    if files is None:
        files = [one for one in api.get(s.path)["attachments"] if one["attachment_file_name"].startswith("photo")]
    found = {one["attachment_file_name"]: one for one in files}
    assert set(found) == {"photo0.png", "photo1.png"} and comment["public"] is True, "3.7: both files, numeric index"
    assert found["photo1.png"]["description"] == "The blade", "3.7: description of a file"
    assert api.download(s.path, found["photo1.png"]["id"])[1] == bytes([1]) * 100, "3.7: files of comments download too"
    before = len(api.get(path))
    for wrong in ("comment[attachments][][attachment]", "comment[attachments][0][attachment_file]"):
        assert refusal(api.upload, "POST", path, fields, [(wrong, "a.txt", b"a")]).status in (400, 422), f"3.7: {wrong}: 422"
    assert len(api.get(path)) == before, "3.7: what was refused left no comment"


OPENING = [account_as_found]
CHAPTERS = [
    client_of_an_issue, create, create_flat, create_multipart, download, rows, numbered_pages, sorting, filters,
    list_and_detail, update, assignee, small_changes, parameters, statuses, rate, comments, comment_files,
]
