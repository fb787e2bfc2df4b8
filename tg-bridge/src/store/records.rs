//! The SQL of the records: what a reaction loads and saves. One text for both engines, which understand the same upserts
//! and numbered parameters; a macro, because the bounds of a generic function would be longer than its body.

/// Defines the queries for one kind of connection.
macro_rules! records {
    ($Connection:ty) => {
        use crate::reaction::{Audit, Chat, Code, Forgotten, Issue, Sought};
        use crate::store::queue::EMPTIED;
        use crate::store::stage::{Changes, WAITING, decode, encode, row_id};
        use crate::store::{ItemId, StoreError};
        use crate::telegram::{About, ChatId, MessageRef};
        use okdesk_sdk::model::{CommentId, ContactId, IssueId};

        pub(super) async fn save(c: &mut $Connection, changes: &Changes) -> Result<(), StoreError> {
            for chat in &changes.chats {
                let link = chat.link.as_ref();
                sqlx::query(
                    "INSERT INTO chat (id, contact_id, claimed_at, body, bound) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (id) DO UPDATE SET contact_id = $2, claimed_at = $3, body = $4, bound = $5",
                )
                .bind(chat.id.0)
                .bind(link.map(|link| link.contact.get().cast_signed()))
                .bind(chat.waiting().map(|claim| claim.at))
                .bind(encode("chat", chat.id.0, chat)?)
                .bind(chat.bound.as_ref().map(|bound| bound.to.key()))
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
            if let Some(digest) = &changes.spent {
                sqlx::query("DELETE FROM code WHERE digest = $1")
                    .bind(digest)
                    .execute(&mut *c)
                    .await?;
            }
            if let Some(code) = &changes.code {
                let contact = code.contact.id.get().cast_signed();
                sqlx::query(
                    "INSERT INTO code (digest, contact_id, expires_at, body) VALUES ($1, $2, $3, $4)",
                )
                .bind(&code.digest)
                .bind(contact)
                .bind(code.expires_at)
                .bind(encode("code", contact, code)?)
                .execute(&mut *c)
                .await?;
            }
            for done in &changes.audit {
                sqlx::query("INSERT INTO audit (at, by_id, body) VALUES ($1, $2, $3)")
                    .bind(done.at)
                    .bind(done.by.0)
                    .bind(encode("audit", done.at, done)?)
                    .execute(&mut *c)
                    .await?;
            }
            Ok(())
        }

        pub(super) async fn issues(
            c: &mut $Connection,
            after: Option<IssueId>,
            limit: u32,
        ) -> Result<Vec<Issue>, StoreError> {
            let rows: Vec<(i64, String)> =
                sqlx::query_as("SELECT id, body FROM issue WHERE id > $1 ORDER BY id LIMIT $2")
                    .bind(after.map_or(i64::MIN, row_id))
                    .bind(i64::from(limit))
                    .fetch_all(c)
                    .await?;
            rows.iter()
                .map(|(id, body)| decode("issue", *id, body))
                .collect()
        }

        /// Those who wait for a decision, the longest first.
        async fn waiting(c: &mut $Connection) -> Result<Vec<Chat>, StoreError> {
            let rows: Vec<(i64, String)> = sqlx::query_as(
                "SELECT id, body FROM chat WHERE claimed_at IS NOT NULL ORDER BY claimed_at, id LIMIT $1",
            )
            .bind(WAITING)
            .fetch_all(c)
            .await?;
            rows.iter()
                .map(|(id, body)| decode("chat", *id, body))
                .collect()
        }

        /// Those whom somebody in charge looks for.
        async fn people(c: &mut $Connection, sought: &Sought) -> Result<Vec<Chat>, StoreError> {
            let rows: Vec<(i64, String)> = match sought {
                Sought::Number(number) => {
                    sqlx::query_as(
                        "SELECT id, body FROM chat WHERE id = $1 OR contact_id = $1 ORDER BY id LIMIT $2",
                    )
                    .bind(number)
                    .bind(WAITING)
                    .fetch_all(c)
                    .await?
                }
                // Rarely asked, so it has no column of its own. There is nothing in a number that `LIKE` would read.
                Sought::Phone(phone) => {
                    sqlx::query_as("SELECT id, body FROM chat WHERE body LIKE $1 ORDER BY id LIMIT $2")
                        .bind(format!("%\"phone\":\"{phone}\"%"))
                        .bind(WAITING)
                        .fetch_all(c)
                        .await?
                }
            };
            rows.iter()
                .map(|(id, body)| decode("chat", *id, body))
                .collect()
        }

        pub(super) async fn audit(
            c: &mut $Connection,
            limit: u32,
        ) -> Result<Vec<Audit>, StoreError> {
            let rows: Vec<(i64, String)> =
                sqlx::query_as("SELECT id, body FROM audit ORDER BY id DESC LIMIT $1")
                    .bind(i64::from(limit))
                    .fetch_all(c)
                    .await?;
            rows.iter()
                .map(|(id, body)| decode("audit", *id, body))
                .collect()
        }

        fn read_code(row: Option<(i64, String)>) -> Result<Option<Code>, StoreError> {
            row.map(|(contact, body)| decode("code", contact, &body))
                .transpose()
        }

        /// Forgets a person wherever the own record, which the reaction has emptied, does not hold them.
        pub(super) async fn forget(
            c: &mut $Connection,
            person: Forgotten,
        ) -> Result<(), StoreError> {
            sqlx::query("DELETE FROM message WHERE chat_id = $1")
                .bind(person.chat.0)
                .execute(&mut *c)
                .await?;
            if let Some(contact) = person.contact {
                let id = contact.get().cast_signed();
                sqlx::query("INSERT INTO meta (key, value) VALUES ($1, '') ON CONFLICT DO NOTHING")
                    .bind(forgotten_key(contact))
                    .execute(&mut *c)
                    .await?;
                sqlx::query("DELETE FROM code WHERE contact_id = $1")
                    .bind(id)
                    .execute(&mut *c)
                    .await?;
                let issues: Vec<i64> =
                    sqlx::query_scalar("SELECT id FROM issue WHERE contact_id = $1 ORDER BY id")
                        .bind(id)
                        .fetch_all(&mut *c)
                        .await?;
                // Another account of the same contact still uses what is known of its issues.
                let shared = !linked(c, contact).await?.is_empty();
                for id in issues {
                    sqlx::query(
                        "UPDATE item SET body = '', error = $1 WHERE state = 'dead' AND lane = $2",
                    )
                    .bind(EMPTIED)
                    .bind(format!("issue:{id}"))
                    .execute(&mut *c)
                    .await?;
                    if shared {
                        continue;
                    }
                    guard(c, id).await?;
                    if let Some(mut issue) = issue(c, IssueId::new(id.cast_unsigned())).await? {
                        issue.forget_person();
                        sqlx::query("UPDATE issue SET body = $1 WHERE id = $2")
                            .bind(encode("issue", id, &issue)?)
                            .bind(id)
                            .execute(&mut *c)
                            .await?;
                    }
                }
            }
            forget_letters(c).await
        }

        fn forgotten_key(contact: ContactId) -> String {
            format!("forgotten:{contact}")
        }

        /// Whether the client has had everything forgotten. Whoever has come back is in the audience again.
        async fn is_forgotten(
            c: &mut $Connection,
            client: Option<ContactId>,
            audience: &[Chat],
        ) -> Result<bool, StoreError> {
            let linked = |chat: &Chat| chat.link.as_ref().map(|link| link.contact) == client;
            match client.filter(|_| !audience.iter().any(linked)) {
                None => Ok(false),
                Some(client) => Ok(sqlx::query_scalar(
                    "SELECT EXISTS (SELECT 1 FROM meta WHERE key = $1)",
                )
                .bind(forgotten_key(client))
                .fetch_one(c)
                .await?),
            }
        }

        /// Takes the content out of the dead letters of people who have not agreed that anything is kept, or no longer
        /// agree. They stay in the list: that something was given up is nobody's secret.
        async fn forget_letters(c: &mut $Connection) -> Result<(), StoreError> {
            for letter in super::queue::dead(c, u32::MAX).await? {
                let Some(person) = letter.person().filter(|_| !letter.body.is_empty()) else {
                    continue;
                };
                let agreed = chat(c, person)
                    .await?
                    .is_some_and(|chat| chat.consent.is_some());
                if !agreed {
                    let ItemId(id) = letter.id;
                    sqlx::query(
                        "UPDATE item SET body = '', error = $1 WHERE state = 'dead' AND id = $2",
                    )
                    .bind(EMPTIED)
                    .bind(id)
                    .execute(&mut *c)
                    .await?;
                }
            }
            Ok(())
        }

        pub(super) async fn tidy(c: &mut $Connection, now: i64) -> Result<(), StoreError> {
            sqlx::query("DELETE FROM code WHERE expires_at <= $1")
                .bind(now)
                .execute(&mut *c)
                .await?;
            forget_letters(c).await
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

        /// The groups bound to any of these.
        pub(super) async fn bound(
            c: &mut $Connection,
            keys: &[String],
        ) -> Result<Vec<Chat>, StoreError> {
            let mut chats = Vec::new();
            for key in keys {
                let rows: Vec<(i64, String)> =
                    sqlx::query_as("SELECT id, body FROM chat WHERE bound = $1 ORDER BY id")
                        .bind(key)
                        .fetch_all(&mut *c)
                        .await?;
                for (id, body) in rows {
                    chats.push(decode("chat", id, &body)?);
                }
            }
            Ok(chats)
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

        /// The id a supergroup had as a group.
        async fn former(
            c: &mut $Connection,
            chat: Option<ChatId>,
        ) -> Result<Option<ChatId>, StoreError> {
            let Some(chat) = chat.filter(|chat| !chat.is_private()) else {
                return Ok(None);
            };
            let old: Option<i64> =
                sqlx::query_scalar("SELECT old_id FROM moved WHERE new_id = $1 LIMIT 1")
                    .bind(chat.0)
                    .fetch_optional(c)
                    .await?;
            Ok(old.map(ChatId))
        }

        /// Everything known of a group follows it. Who is linked there stays linked, even if somebody has already
        /// written under the new id.
        pub(super) async fn migrate(
            c: &mut $Connection,
            from: ChatId,
            to: ChatId,
        ) -> Result<(), StoreError> {
            guard_move(c, from, to).await?;
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
            let tied = |chat: &Chat| chat.link.is_some() || chat.bound.is_some();
            if newer.is_none_or(|newer| !tied(&newer) && tied(&known)) {
                known.id = to;
                let changes = Changes {
                    chats: vec![known],
                    ..Changes::default()
                };
                save(c, &changes).await?;
            }
            Ok(())
        }
    };
}

pub(super) use records;
