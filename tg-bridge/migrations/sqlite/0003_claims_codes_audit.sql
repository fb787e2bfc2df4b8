-- Since when a person waits for somebody's decision; none while nobody has to decide.
ALTER TABLE chat ADD COLUMN claimed_at INTEGER;

CREATE INDEX chat_claimed ON chat (claimed_at) WHERE claimed_at IS NOT NULL;

-- One-time invitations. The code itself is nowhere: who reads the database cannot use it.
CREATE TABLE code (
    digest     TEXT    PRIMARY KEY,
    contact_id INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    body       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX code_contact ON code (contact_id);

-- What people with a role did. Numbers only, no names: it outlives the persons it is about.
CREATE TABLE audit (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    at    INTEGER NOT NULL,
    by_id INTEGER NOT NULL,
    body  TEXT    NOT NULL
) STRICT;
