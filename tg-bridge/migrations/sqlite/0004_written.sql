-- What the bridge has written in Okdesk lately: a look for a write of unknown fate must not find an equal one that is known.
CREATE TABLE written (
    what TEXT    NOT NULL CHECK (what IN ('issue', 'comment')),
    id   INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (what, id)
) STRICT, WITHOUT ROWID;
