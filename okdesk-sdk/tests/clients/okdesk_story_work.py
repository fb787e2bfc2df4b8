"""Chapters about the work on an issue, time, check lists, services, and about what an account refuses."""

import re

from okdesk_client import Refused, flat, ids, moment, refusal


def time_entries(s):
    api, path = s.api, f"{s.path}/time_entries"

    def read():
        answer = api.get(path)  # 4.7 uncertain: an object or a bare array
        return answer["time_entries"] if isinstance(answer, dict) else answer

    old, total = ids(read()), api.get(s.path)["spent_time_total"]
    for text, comment in (("2:30", "Way there"), ("2 ч. 30 мин.", "Repair"), ("2,5 часа", "Way back")):
        api.post(path, {"time_entries": [{"employee_id": s.employee["id"], "formatted_spent_time": text,
                                          "logged_at": "2026-03-02 10:00", "comment": comment}]})
    new = [one for one in read() if one["id"] not in old]
    assert [one["spent_time"] for one in new] == [2.5] * 3, "3.2, 4.7: three ways to write two and a half hours"
    assert {one["comment"] for one in new} == {"Way there", "Repair", "Way back"}, "4.7: comments"
    for one in new:
        assert one["employee"]["id"] == s.employee["id"] and "login" in one["employee"], "4.7: {id, login, name}"
        assert one["logged_at"].startswith("2026-03-02T10:00"), "3.2: logged_at is in the account's time"
    assert api.get(s.path)["spent_time_total"] == total + 7.5, "4.5.5: spent_time_total in hours"
    answer = api.get(path)
    if isinstance(answer, dict):
        assert answer["spent_time_total"] == total + 7.5, "4.7: spent_time_total"
    for missing in ("employee_id", "formatted_spent_time", "logged_at"):
        entry = {"employee_id": s.employee["id"], "formatted_spent_time": "1:00", "logged_at": "2026-03-02 10:00"}
        del entry[missing]
        assert refusal(api.post, path, {"time_entries": [entry]}).status in (400, 422), f"4.7: {missing} is required"


def check_list(s):
    api, path = s.api, f"{s.path}/check_lists/items"

    def items(answer):  # 4.9: bare or wrapped, both ways
        return answer["check_list"]["items"] if isinstance(answer, dict) else answer

    def read():
        found = {}

        def walk(rows):
            for row in rows:
                found[row["name"]] = row
                walk(row.get("children") or [])

        walk(items(api.get(path)))
        return found

    point = {"item_type": "point", "visible_for_clients": True}
    api.post(path, {"check_list": {"items": [
        {"name": "Before", "item_type": "header", "children": [
            {**point, "name": "Cut the power", "required_to_status_codes": ["completed"],
             "planned_execution_in_minutes": 6}]},
        {**point, "name": "Take pictures", "parameters": {"files": "unrequired", "text": "required"}},
    ]}})
    found = read()
    assert set(found) == {"Before", "Cut the power", "Take pictures"}, "4.9: the items that were written"
    assert found["Before"]["item_type"] == "header" and found["Cut the power"]["item_type"] == "point", "4.9: item_type"
    assert found["Cut the power"]["parent_id"] == found["Before"]["id"], "4.9: parent_id"
    assert found["Cut the power"]["planned_execution_in_hours"] == 0.1, "4.9, quirk 29: minutes written, hours read"
    assert found["Cut the power"]["checked"] is False, "4.9: not checked yet"
    kinds = {one["param_type"]: one for one in found["Take pictures"]["parameters"]}
    assert set(kinds) == {"files", "text"}, "4.9: parameters of an item"
    assert kinds["text"]["required"] is True and kinds["files"]["required"] is False, "4.9: required or unrequired"
    check = lambda name, value: api.forms(  # 3.7, 4.9 uncertain: the wrapper
        "PATCH", f"{path}/{found[name]['id']}/check", {"check_list_item": {"checked": value}}, {"checked": value})
    check("Cut the power", True)
    pictures = f"{path}/{found['Take pictures']['id']}/check"
    try:
        api.upload("PATCH", pictures,
                   [("check_list_item[checked]", "true"), ("check_list_item[item_parameters][text]", "Two")],
                   [("check_list_item[item_parameters][files][0][attachment]", "saw.png", b"saw")])
    except Refused:  # 3.7 uncertain: the names
        api.upload("PATCH", pictures, [("checked", "true"), ("item_parameters[text]", "Two")],
                   [("item_parameters[files][0][attachment]", "saw.png", b"saw")])
    found = read()
    for name in ("Cut the power", "Take pictures"):
        assert found[name]["checked"] is True, f"4.9: {name} is checked"
        moment(found[name]["checked_at"])
        assert isinstance(found[name]["checked_by_user_id"], int), "4.9: checked_by_user_id"
    kinds = {one["param_type"]: one["value"] for one in found["Take pictures"]["parameters"]}
    assert kinds["text"] == "Two", "4.9: value of a text"
    assert [one["attachment_file_name"] for one in kinds["files"]] == ["saw.png"], "4.9: value of files"
    check("Cut the power", False)
    assert read()["Cut the power"]["checked"] is False, "4.9: unchecked again"
    heading = {"item_type": "header", "name": "Deep"}
    deep = {**heading, "children": [{**heading, "children": [{**heading, "children": [{**point, "name": "x"}]}]}]}
    refusal(api.post, path, {"check_list": {"items": [deep]}})  # 4.9: headings at most two levels
    many = [{**point, "name": f"Point {number}"} for number in range(201)]
    refusal(api.post, path, {"check_list": {"items": many}})  # 4.9: at most 200 items


def services(s):
    """Lines need a price list, and none can be made over the API; mistakes are refused with or without one."""
    api, path = s.api, f"{s.path}/services"
    offered = flat(api.keyset(f"{s.path}/available_services"))
    for service in offered[:1]:
        keys = {"price_list_id", "price_list_name", "id", "code", "name", "type", "unit", "price", "nds", "description"}
        assert keys <= set(service), "4.8: keys of an available service"
        api.post(path, {"issue_service": {"code": service["code"], "price_list_id": service["price_list_id"],
                                          "quantity": 2, "discount": 10, "comment": "As agreed"}})
        line = api.get(path)[-1]
        assert (line["quantity"], line["discount"], line["comment"]) == (2, 10, "As agreed"), "4.8: the line"
        assert line["service"]["code"] == service["code"], "4.8: service of a line"
        assert line["price_list"]["id"] == service["price_list_id"], "4.8: price list of a line"
    before = api.get(path)
    assert isinstance(before, list), "4.8: services of an issue are an array"
    code = offered[0]["code"] if offered else "any"
    for wrong in ({"quantity": 1}, {"code": code}, {"code": code, "quantity": -1},
                  {"code": code, "quantity": 1, "discount": 101}):
        assert refusal(api.post, path, {"issue_service": wrong}).status in (400, 422), f"4.8: {wrong} is refused"
    assert api.get(path) == before, "4.8: what was refused left no line"


def unauthorized(s):
    for token in ("", "not-" + s.stamp):
        refused = refusal(s.api.call, "GET", "issues/count", token=token)
        assert refused.status == 401 and refused.enveloped, "3.5: a missing or wrong token is 401 with errors"
        refused = refusal(s.api.call, "POST", "issues", token=token, json={"issue": {"title": "Nobody's"}})
        assert refused.status == 401, "1: every method needs the token in the query"


def unknown_paths(s):
    for method, path in (("GET", "issues"), ("POST", f"{s.path}/attachments"), ("PATCH", f"{s.path}/assignee"),
                         ("GET", "references/issue_types"), ("GET", "no/such/thing")):
        refused = refusal(s.api.call, method, path, **({} if method == "GET" else {"json": {}}))
        assert refused.status == 404, f"3.5: {method} {path.replace(str(s.issue), 'ID')} is an unknown path: 404"
    assert refusal(s.api.get, "equipments/999999999").status == 404, "3.5: no such record"


def error_shapes(s):
    refused = refusal(s.api.post, f"{s.path}/comments", {"content": "", "author_id": s.employee["id"]})
    assert refused.status in (400, 422) and refused.enveloped, "3.5: a mistake is 422 with errors"
    assert refused.errors and all(text for _, text in refused.errors), "3.5: errors flatten to messages"


def errors_together(s):
    """The nested map of 3.5: one answer names everything that is wrong."""
    refused = refusal(s.api.get, "companies/list", [
        ("observer_ids[]", s.employee["id"]), ("observer_ids[]", "x"), ("page[size]", 1000),
        ("page[direction]", "sideways"), ("page[from_id]", "x"), ("created_until", "yesterday"),
    ])
    assert refused.status in (400, 422), "3.5: wrong parameters are a validation error"
    missing = [path for path in ("observer_ids.1", "page.size", "page.direction", "page.from_id", "created_until")
               if not refused.names(path)]
    assert not missing, f"3.5, nested map: the answer lacks {missing}, it holds {sorted(dict(refused.errors))}"


def deleted(s):
    api = s.api
    made = api.post("issues", {"issue": {"title": f"To be deleted {s.stamp}"}})["id"]
    api.delete(f"issues/{made}")
    raw = api.raw("GET", f"issues/{made}")
    assert raw.status_code in (200, 404), "3.5: a deleted issue answers 200 with errors, or 404"
    assert re.fullmatch(r"application/json\b.*", raw.headers["content-type"]), "1: answers are JSON"
    refused = refusal(api.get, f"issues/{made}")
    assert refused.enveloped and isinstance(refused.body["errors"], str), "3.5: errors is a text"
    assert "id" not in refused.body, "quirk 1: there is no issue in it"
    refused = refusal(api.get, f"issues/{made}/time_entries")
    assert refused.status in (200, 404), "quirk 2: the same for time entries"
    assert made not in api.get("issues/count"), "4.5: a deleted issue is not counted"
    assert api.get("issues/list", {"ids[]": made}) == [], "4.5: nor listed"
    never = refusal(api.get, "issues/999999999")
    assert never.status in (200, 404), "3.5: an issue that never was"


CHAPTERS = [time_entries, check_list, services, unauthorized, unknown_paths, error_shapes, errors_together, deleted]
