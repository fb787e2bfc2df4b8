-- A lane is the unit of claiming: one chat or one issue. Whoever holds its lease carries out its items one by one.
CREATE TABLE lane (
    hop         TEXT    NOT NULL CHECK (hop IN ('in', 'out')),
    key         TEXT    NOT NULL,
    next_at     INTEGER NOT NULL,
    lease_until INTEGER NOT NULL DEFAULT 0,
    epoch       INTEGER NOT NULL DEFAULT 0,
    pending     INTEGER NOT NULL,
    PRIMARY KEY (hop, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX lane_due ON lane (hop, next_at) WHERE pending > 0;

-- One item of work. There is one writer, so the order of ids is the order of arrival.
CREATE TABLE item (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    hop        TEXT    NOT NULL CHECK (hop IN ('in', 'out')),
    lane       TEXT    NOT NULL,
    dedup      TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    state      TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dead')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at   INTEGER,
    error      TEXT
) STRICT;

CREATE INDEX item_open ON item (hop, lane, id) WHERE state = 'pending';
CREATE INDEX item_dead ON item (id) WHERE state = 'dead';
CREATE INDEX item_ended ON item (ended_at) WHERE state = 'done';

-- What the bridge remembers. Columns beside the body are the ones that are searched by.
CREATE TABLE chat (
    id         INTEGER PRIMARY KEY,
    contact_id INTEGER,
    body       TEXT NOT NULL
) STRICT;

CREATE INDEX chat_contact ON chat (contact_id) WHERE contact_id IS NOT NULL;

CREATE TABLE issue (
    id         INTEGER PRIMARY KEY,
    contact_id INTEGER,
    company_id INTEGER,
    body       TEXT NOT NULL
) STRICT;

CREATE INDEX issue_contact ON issue (contact_id) WHERE contact_id IS NOT NULL;

-- What a sent message is about, so that a reply to it finds the issue and the comment.
CREATE TABLE message (
    chat_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    issue_id   INTEGER NOT NULL,
    comment_id INTEGER,
    PRIMARY KEY (chat_id, message_id)
) STRICT, WITHOUT ROWID;

-- Groups that became supergroups: the old id and the new one.
CREATE TABLE moved (
    old_id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL
) STRICT;

-- Small facts about the bridge itself: cursors and the like.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
