-- One process works this file, so it counts and leases the lanes in its memory; what it needs for that when it starts is
-- in the open items. An item that has to wait says until when: the lane waits for its first one.
ALTER TABLE item ADD COLUMN due INTEGER NOT NULL DEFAULT 0;

UPDATE item SET due = (SELECT next_at FROM lane WHERE lane.hop = item.hop AND lane.key = item.lane)
WHERE state = 'pending' AND EXISTS (SELECT 1 FROM lane WHERE lane.hop = item.hop AND lane.key = item.lane);

DROP TABLE lane;

-- In the order of arrival: new items and their ends touch a page or two, however many lanes there are.
DROP INDEX item_open;
CREATE INDEX item_open ON item (id) WHERE state = 'pending';
