-- Every end of an item counts its lane down. An index that depends on the count made each of them write the lane's other
-- indexes too; whether anything is waiting changes rarely.
ALTER TABLE lane ADD COLUMN is_waiting boolean NOT NULL GENERATED ALWAYS AS (pending > 0) STORED;

DROP INDEX lane_due;
CREATE INDEX lane_due ON lane (hop, next_at) WHERE is_waiting;

-- Room on each page for the next version of its rows.
ALTER TABLE lane SET (fillfactor = 50);
ALTER TABLE item SET (fillfactor = 80);
