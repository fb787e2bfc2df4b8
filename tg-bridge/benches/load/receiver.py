"""A webhook receiver as one writes it with FastAPI and SQLAlchemy: checks the secret, reads the body into models, keeps it
under a unique key, and answers once that is committed.

receiver.py FORM PORT SECRET DATABASE, where FORM is
  session      an async endpoint with a synchronous session, SQLite as it comes
  session-wal  a plain endpoint on the thread pool, WAL with synchronous=FULL
  aiosqlite    an async endpoint with an async session, WAL with synchronous=FULL
"""

import hmac
import sys
from typing import Any, Optional

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy import Integer, String, Text, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

FORM, PORT, SECRET, DATABASE = sys.argv[1:]


class Comment(BaseModel):
    id: str
    is_public: bool
    content: str


class Person(BaseModel):
    id: Optional[str] = None
    first_name: str = ""
    last_name: str = ""


class Event(BaseModel):
    event_type: str
    author: Optional[Person] = None
    comment: Optional[Comment] = None
    attachments: list[dict[str, Any]] = []


class Named(BaseModel):
    code: str
    name: str


class Issue(BaseModel):
    id: str
    title: str
    status: Optional[Named] = None
    client: Optional[dict[str, Any]] = None


class Hook(BaseModel):
    event: Event
    issue: Issue


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    id = mapped_column(Integer, primary_key=True)
    dedup = mapped_column(String, unique=True, nullable=False)
    lane = mapped_column(String, nullable=False, index=True)
    body = mapped_column(Text, nullable=False)


def wal(connection, _record):
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()


app = FastAPI()
engine = create_engine(f"sqlite:///{DATABASE}")
if FORM != "session":
    event.listen(engine, "connect", wal)
Base.metadata.create_all(engine)


def read(secret: str, body: bytes) -> Any:
    if not hmac.compare_digest(secret, SECRET):
        raise HTTPException(401)
    try:
        hook = Hook.model_validate_json(body)
    except ValidationError:
        raise HTTPException(400)
    key = f"comment:{hook.event.comment.id}" if hook.event.comment else f"{hook.event.event_type}:{hook.issue.id}"
    row = {"dedup": key, "lane": f"issue:{hook.issue.id}", "body": body.decode()}
    return insert(Item).values(row).on_conflict_do_nothing(index_elements=["dedup"])


if FORM == "session":

    @app.post("/okdesk/webhook/{secret}")
    async def accept_session(secret: str, request: Request):
        statement = read(secret, await request.body())
        with Session(engine) as session:
            session.execute(statement)
            session.commit()
        return {"message": "Accepted"}

elif FORM == "session-wal":

    @app.post("/okdesk/webhook/{secret}")
    async def accept_threads(secret: str, request: Request):
        from starlette.concurrency import run_in_threadpool

        statement = read(secret, await request.body())

        def keep():
            with Session(engine) as session:
                session.execute(statement)
                session.commit()

        await run_in_threadpool(keep)
        return {"message": "Accepted"}

else:
    async_engine = create_async_engine(f"sqlite+aiosqlite:///{DATABASE}")
    event.listen(async_engine.sync_engine, "connect", wal)

    @app.post("/okdesk/webhook/{secret}")
    async def accept_async(secret: str, request: Request):
        statement = read(secret, await request.body())
        async with AsyncSession(async_engine) as session:
            await session.execute(statement)
            await session.commit()
        return {"message": "Accepted"}


uvicorn.run(app, host="127.0.0.1", port=int(PORT), log_level="critical", access_log=False)
