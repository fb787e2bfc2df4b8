-- What the bridge has written in Okdesk lately: a look for a write of unknown fate must not find an equal one that is known.
CREATE TABLE written (
    what text   NOT NULL CHECK (what IN ('issue', 'comment')),
    id   bigint NOT NULL,
    at   bigint NOT NULL,
    PRIMARY KEY (what, id)
);
