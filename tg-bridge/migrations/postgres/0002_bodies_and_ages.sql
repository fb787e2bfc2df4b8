-- Done items give up their words at once; those of earlier versions waited for the hourly tidying.
UPDATE item SET body = '' WHERE state = 'done' AND body <> '';

-- With the age in it, the index alone tells how long the oldest item waits.
DROP INDEX item_open;
CREATE INDEX item_open ON item (hop, lane, seq) INCLUDE (created_at) WHERE state = 'pending';

-- Who leads holds an advisory lock now.
DROP TABLE lead;
