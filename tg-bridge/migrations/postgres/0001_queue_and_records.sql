-- The database's clock in Unix milliseconds, ahead by what a test wants: all replicas measure by one clock.
CREATE FUNCTION bridge_now(ahead bigint) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + ahead
$$;

-- A lane is the unit of claiming: one chat or one issue. Whoever holds its lease carries out its items one by one.
-- The order within a lane is counted by the lane itself: a global number is handed out before its commit, so a later
-- one can be seen first.
CREATE TABLE lane (
    hop         text   NOT NULL CHECK (hop IN ('in', 'out')),
    key         text   NOT NULL,
    next_at     bigint NOT NULL,
    lease_until bigint NOT NULL DEFAULT 0,
    epoch       bigint NOT NULL DEFAULT 0,
    next_seq    bigint NOT NULL DEFAULT 1,
    pending     bigint NOT NULL,
    PRIMARY KEY (hop, key)
);

CREATE INDEX lane_due ON lane (hop, next_at) WHERE pending > 0;

CREATE TABLE item (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hop        text   NOT NULL CHECK (hop IN ('in', 'out')),
    lane       text   NOT NULL,
    seq        bigint NOT NULL,
    dedup      text   NOT NULL UNIQUE,
    kind       text   NOT NULL,
    body       text   NOT NULL,
    state      text   NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dead')),
    attempts   bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    started_at bigint,
    ended_at   bigint,
    error      text
);

CREATE INDEX item_open ON item (hop, lane, seq) WHERE state = 'pending';
CREATE INDEX item_dead ON item (id) WHERE state = 'dead';
CREATE INDEX item_ended ON item (ended_at) WHERE state = 'done';

-- What the bridge remembers. Columns beside the body are the ones that are searched by.
CREATE TABLE chat (
    id         bigint PRIMARY KEY,
    contact_id bigint,
    body       text NOT NULL
);

CREATE INDEX chat_contact ON chat (contact_id) WHERE contact_id IS NOT NULL;

CREATE TABLE issue (
    id         bigint PRIMARY KEY,
    contact_id bigint,
    company_id bigint,
    body       text NOT NULL
);

CREATE INDEX issue_contact ON issue (contact_id) WHERE contact_id IS NOT NULL;

-- What a sent message is about, so that a reply to it finds the issue and the comment.
CREATE TABLE message (
    chat_id    bigint NOT NULL,
    message_id bigint NOT NULL,
    issue_id   bigint NOT NULL,
    comment_id bigint,
    PRIMARY KEY (chat_id, message_id)
);

-- Groups that became supergroups: the old id and the new one.
CREATE TABLE moved (
    old_id bigint PRIMARY KEY,
    new_id bigint NOT NULL
);

-- Small facts about the bridge itself: cursors and the like.
CREATE TABLE meta (
    key   text PRIMARY KEY,
    value text NOT NULL
);

-- Who leads in what only one replica may do.
CREATE TABLE lead (
    what   text   PRIMARY KEY,
    holder text   NOT NULL,
    until  bigint NOT NULL
);
