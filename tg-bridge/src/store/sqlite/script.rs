//! Statements that need no look in between go to SQLite's thread together: whenever one of them is waited for, two threads
//! have to wake each other up, and that takes longer than the statement.

use crate::store::{ItemId, NewItem, Sent};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

/// How many rows one statement takes in at most: every number of rows is a statement that stays prepared.
pub(super) const ROWS: usize = 64;

/// What is carried out in one go. The first statement that fails is the last.
pub(super) struct Script(QueryBuilder<Sqlite>);

impl Script {
    /// Does what follows as it comes.
    pub(super) fn new() -> Self {
        Self(QueryBuilder::new(""))
    }

    /// Opens a transaction. IMMEDIATE takes the write lock first; a deferred one could find it taken half-way.
    pub(super) fn begin() -> Self {
        Self(QueryBuilder::new("BEGIN IMMEDIATE;"))
    }

    pub(super) fn commit(&mut self) {
        self.0.push("COMMIT;");
    }

    /// Asks for SQLite's number for what others have written.
    pub(super) fn others(&mut self) {
        self.0.push("SELECT data_version FROM pragma_data_version;");
    }

    /// Takes in [`ROWS`] items at most, whose numbers follow one another. Answers with the list of those that are there, unless
    /// it is all of them: one row, because each would be a message between two threads.
    pub(super) fn take_in(&mut self, now: i64, rows: &[(usize, &NewItem, ItemId)]) {
        let (Some((.., first)), Some((.., last))) = (rows.first(), rows.last()) else {
            return;
        };
        self.0
            .push("INSERT INTO item (id, hop, lane, dedup, kind, body, created_at, due) ");
        self.0.push_values(rows, |mut row, (_, item, id)| {
            row.push_bind(id.0)
                .push_bind(item.hop.as_str())
                .push_bind(item.lane.as_str())
                .push_bind(item.dedup.as_str())
                .push_bind(item.kind)
                .push_bind(item.body.as_str())
                .push_bind(now)
                .push_bind(item.due);
        });
        self.0
            .push(" ON CONFLICT (dedup) DO NOTHING; SELECT CASE changes() WHEN ")
            .push_bind(rows.len() as i64)
            .push(" THEN NULL ELSE (SELECT json_group_array(id) FROM item WHERE id BETWEEN ")
            .push_bind(first.0)
            .push(" AND ")
            .push_bind(last.0)
            .push(") END;");
    }

    /// Ends items that are done. Their bodies have served: they hold what people wrote, and addresses that open the portal.
    pub(super) fn end(&mut self, now: i64, items: &[ItemId]) {
        if !items.is_empty() {
            self.0
                .push("UPDATE item SET state = 'done', error = NULL, body = '', ended_at = ")
                .push_bind(now);
            self.of(items);
        }
    }

    /// Notes that items are about to be carried out.
    pub(super) fn start(&mut self, now: i64, items: &[ItemId]) {
        if !items.is_empty() {
            self.0
                .push("UPDATE item SET started_at = coalesce(started_at, ")
                .push_bind(now)
                .push(")");
            self.of(items);
        }
    }

    fn of(&mut self, items: &[ItemId]) {
        self.0
            .push(" WHERE id IN (SELECT value FROM json_each(")
            .push_bind(list(items))
            .push("));");
    }

    /// Remembers what messages are about.
    pub(super) fn remember(&mut self, sent: &[Sent]) {
        if sent.is_empty() {
            return;
        }
        let rows: Vec<_> = sent
            .iter()
            .map(|sent| {
                (
                    sent.message.chat.0,
                    sent.message.message.0,
                    sent.about.issue.get(),
                    sent.about.comment.map(|comment| comment.get()),
                )
            })
            .collect();
        self.0
            .push(
                "INSERT INTO message (chat_id, message_id, issue_id, comment_id)
                 SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(",
            )
            .push_bind(serde_json::json!(rows).to_string())
            .push(") WHERE true ON CONFLICT DO NOTHING;");
    }

    /// Every row that was asked for, in order.
    pub(super) async fn run(
        mut self,
        c: &mut SqliteConnection,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        if self.0.sql().as_str().is_empty() {
            return Ok(Vec::new());
        }
        self.0.build().fetch_all(c).await
    }
}

/// Numbers of items, as SQLite reads a list of them.
pub(super) fn list(items: &[ItemId]) -> String {
    let items: Vec<_> = items.iter().map(|id| id.0).collect();
    serde_json::json!(items).to_string()
}

/// The list that [`Script::take_in`] answers with. `None`: all are there.
pub(super) fn there(row: &SqliteRow) -> Result<Option<Vec<i64>>, sqlx::Error> {
    let list: Option<String> = row.try_get(0)?;
    list.map(|list| serde_json::from_str(&list))
        .transpose()
        .map_err(|e| sqlx::Error::Decode(e.into()))
}
