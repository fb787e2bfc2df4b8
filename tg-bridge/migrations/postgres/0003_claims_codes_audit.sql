-- Since when a person waits for somebody's decision; none while nobody has to decide.
ALTER TABLE chat ADD COLUMN claimed_at bigint;

CREATE INDEX chat_claimed ON chat (claimed_at) WHERE claimed_at IS NOT NULL;

-- One-time invitations. The code itself is nowhere: who reads the database cannot use it.
CREATE TABLE code (
    digest     text   PRIMARY KEY,
    contact_id bigint NOT NULL,
    expires_at bigint NOT NULL,
    body       text   NOT NULL
);

CREATE INDEX code_contact ON code (contact_id);

-- What people with a role did. Numbers only, no names: it outlives the persons it is about.
CREATE TABLE audit (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at    bigint NOT NULL,
    by_id bigint NOT NULL,
    body  text   NOT NULL
);
