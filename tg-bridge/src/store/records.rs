//! The SQL of the records: what a reaction loads and saves. One text for both engines, which understand the same upserts
//! and numbered parameters; a macro, because the bounds of a generic function would be longer than its body.

/// Defines the queries for one kind of connection.
macro_rules! records {
    ($Connection:ty) => {
        use crate::reaction::{Chat, Issue};
        use crate::store::stage::{Changes, decode, encode, row_id};
        use crate::store::StoreError;
        use crate::telegram::{About, ChatId, MessageRef};
        use okdesk_sdk::model::{CommentId, ContactId, IssueId};

        pub(super) async fn save(c: &mut $Connection, changes: &Changes) -> Result<(), StoreError> {
            for chat in &changes.chats {
                let link = chat.link.as_ref();
                sqlx::query(
                    "INSERT INTO chat (id, contact_id, body) VALUES ($1, $2, $3)
                     ON CONFLICT (id) DO UPDATE SET contact_id = $2, body = $3",
                )
                .bind(chat.id.0)
                .bind(link.map(|link| link.contact.get().cast_signed()))
                .bind(encode("chat", chat.id.0, chat)?)
                .execute(&mut *c)
                .await?;
            }
            if let Some(issue) = &changes.issue {
                let id = row_id(issue.facts.id);
                let (contact, company) = (&issue.facts.contact, &issue.facts.company);
                sqlx::query(
                    "INSERT INTO issue (id, contact_id, company_id, body) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (id) DO UPDATE SET contact_id = $2, company_id = $3, body = $4",
                )
                .bind(id)
                .bind(contact.as_ref().map(|contact| contact.id.get().cast_signed()))
                .bind(company.as_ref().map(|company| company.id.get().cast_signed()))
                .bind(encode("issue", id, issue)?)
                .execute(&mut *c)
                .await?;
            }
            Ok(())
        }

        pub(super) async fn chat(
            c: &mut $Connection,
            id: ChatId,
        ) -> Result<Option<Chat>, StoreError> {
            let body: Option<String> = sqlx::query_scalar("SELECT body FROM chat WHERE id = $1")
                .bind(id.0)
                .fetch_optional(c)
                .await?;
            body.map(|body| decode("chat", id.0, &body)).transpose()
        }

        pub(super) async fn issue(
            c: &mut $Connection,
            id: IssueId,
        ) -> Result<Option<Issue>, StoreError> {
            let id = row_id(id);
            let body: Option<String> = sqlx::query_scalar("SELECT body FROM issue WHERE id = $1")
                .bind(id)
                .fetch_optional(c)
                .await?;
            body.map(|body| decode("issue", id, &body)).transpose()
        }

        async fn linked(
            c: &mut $Connection,
            contact: ContactId,
        ) -> Result<Vec<Chat>, StoreError> {
            let rows: Vec<(i64, String)> =
                sqlx::query_as("SELECT id, body FROM chat WHERE contact_id = $1 ORDER BY id")
                    .bind(contact.get().cast_signed())
                    .fetch_all(c)
                    .await?;
            rows.iter()
                .map(|(id, body)| decode("chat", *id, body))
                .collect()
        }

        pub(super) async fn is_linked(
            c: &mut $Connection,
            contact: ContactId,
        ) -> Result<bool, StoreError> {
            Ok(
                sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM chat WHERE contact_id = $1)")
                    .bind(contact.get().cast_signed())
                    .fetch_one(c)
                    .await?,
            )
        }

        /// What a message is about.
        async fn subject(
            c: &mut $Connection,
            message: MessageRef,
        ) -> Result<Option<About>, StoreError> {
            let row: Option<(i64, Option<i64>)> = sqlx::query_as(
                "SELECT issue_id, comment_id FROM message WHERE chat_id = $1 AND message_id = $2",
            )
            .bind(message.chat.0)
            .bind(message.message.0)
            .fetch_optional(c)
            .await?;
            Ok(row.map(|(issue, comment)| About {
                issue: IssueId::new(issue.cast_unsigned()),
                comment: comment.map(|id| CommentId::new(id.cast_unsigned())),
            }))
        }

        pub(super) async fn remember_write(
            c: &mut $Connection,
            now: i64,
            written: crate::store::Written,
        ) -> Result<(), StoreError> {
            let (what, id) = written.row();
            sqlx::query("INSERT INTO written (what, id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(what)
                .bind(id)
                .bind(now)
                .execute(c)
                .await?;
            Ok(())
        }

        pub(super) async fn is_written(
            c: &mut $Connection,
            written: crate::store::Written,
        ) -> Result<bool, StoreError> {
            let (what, id) = written.row();
            Ok(
                sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM written WHERE what = $1 AND id = $2)")
                    .bind(what)
                    .bind(id)
                    .fetch_one(c)
                    .await?,
            )
        }

        pub(super) async fn resolve(
            c: &mut $Connection,
            chat: ChatId,
        ) -> Result<ChatId, StoreError> {
            let moved: Option<i64> =
                sqlx::query_scalar("SELECT new_id FROM moved WHERE old_id = $1")
                    .bind(chat.0)
                    .fetch_optional(c)
                    .await?;
            Ok(moved.map_or(chat, ChatId))
        }

        /// Everything known of a group follows it. Who is linked there stays linked, even if somebody has already
        /// written under the new id.
        pub(super) async fn migrate(
            c: &mut $Connection,
            from: ChatId,
            to: ChatId,
        ) -> Result<(), StoreError> {
            sqlx::query("INSERT INTO moved (old_id, new_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(from.0)
                .bind(to.0)
                .execute(&mut *c)
                .await?;
            let Some(mut known) = chat(c, from).await? else {
                return Ok(());
            };
            sqlx::query("DELETE FROM chat WHERE id = $1")
                .bind(from.0)
                .execute(&mut *c)
                .await?;
            let newer = chat(c, to).await?;
            if newer.is_none_or(|newer| newer.link.is_none() && known.link.is_some()) {
                known.id = to;
                let changes = Changes {
                    chats: vec![known],
                    issue: None,
                    items: Vec::new(),
                };
                save(c, &changes).await?;
            }
            Ok(())
        }
    };
}

pub(super) use records;
