"""A webhook receiver as one writes it with FastAPI: pydantic models of what a comment carries, a secret in the path.

    python fastapi_receiver.py PORT

Started by the bench `receiver`; needs fastapi, uvicorn, uvloop and httptools.
"""

import hmac
import sys
from datetime import date, datetime
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

SECRET = "9f86d081884c7d659a2feaa0c55ad015"


class Person(BaseModel):
    first_name: str
    last_name: str
    patronymic: str | None = None
    id: int


class Author(Person):
    type: Literal["employee", "contact"]


class Named(BaseModel):
    id: int
    name: str


class Coded(BaseModel):
    code: str
    name: str


class IssueType(Coded):
    inner: bool | None = None


class Attachment(BaseModel):
    id: int
    is_public: bool
    attachment_file_name: str
    description: str | None
    attachment_file_size: int
    created_at: datetime


class Comment(BaseModel):
    id: int
    is_public: bool
    content: str


class Assignee(BaseModel):
    group: Named | None
    employee: Person | None


class Client(BaseModel):
    company: Named | None
    contact: Person | None


class Address(BaseModel):
    string_value: str
    coordinates: tuple[float, float] | None


class MaintenanceEntity(Named):
    address: Address | None


class Equipment(BaseModel):
    serial_number: str
    inventory_number: str
    id: int
    type: Coded | None
    manufacturer: Coded | None
    model: Coded | None


class Observers(BaseModel):
    employees: list[Person]
    contacts: list[Person]
    groups: list[Named]


class Parameter(BaseModel):
    code: str
    name: str
    type: str
    value: bool | date | str | list[str] | None


class Issue(BaseModel):
    title: str
    id: int
    planned_execution_in_hours: float | None = None
    parent_id: int | None = None
    child_ids: list[int] = Field(default_factory=list)
    description: str
    type: IssueType
    priority: Coded
    status: Coded
    rate: str | None = None
    old_status: Coded | None = None
    client: Client
    agreement: Named | None = None
    maintenance_entity: MaintenanceEntity | None = None
    equipments: list[Equipment] = Field(default_factory=list)
    author: Author
    assignee: Assignee
    coexecutors: list[Assignee] = Field(default_factory=list)
    observers: Observers | None = None
    created_at: datetime
    deadline_at: datetime | None = None
    planned_reaction_at: datetime | None = None
    start_execution_until: datetime | None = None
    completed_at: datetime | None = None
    reacted_at: datetime | None = None
    parameters: list[Parameter] = Field(default_factory=list)
    attachments: list[Attachment] = Field(default_factory=list)


class Event(BaseModel):
    event_type: str
    author: Author | None = None
    comment: Comment | None = None
    attachments: list[Attachment] | None = None


class Hook(BaseModel):
    event: Event
    issue: Issue


app = FastAPI()


@app.post("/okdesk/webhook/{secret}")
async def receive(secret: str, hook: Hook) -> dict[str, Any]:
    if not hmac.compare_digest(secret, SECRET):
        raise HTTPException(401)
    return {"message": "Accepted"}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
