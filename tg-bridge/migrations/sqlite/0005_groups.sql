-- What a group hears of: `issue:5` or `company:7`; none for everybody else.
ALTER TABLE chat ADD COLUMN bound TEXT;

CREATE INDEX chat_bound ON chat (bound) WHERE bound IS NOT NULL;
