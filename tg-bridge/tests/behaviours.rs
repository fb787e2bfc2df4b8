//! What was promised, shown from outside: the whole bridge between an Okdesk and a Telegram, asked only by what a client
//! does and sees, what staff do, and what Okdesk holds afterwards. A test is named after the behaviour it shows;
//! `docs/behaviours.md` is made of these names.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "behaviours/book.rs"]
mod book;
#[path = "behaviours/client.rs"]
mod client;
#[path = "behaviours/comments.rs"]
mod comments;
#[path = "behaviours/dialects.rs"]
mod dialects;
#[path = "behaviours/drafts.rs"]
mod drafts;
#[path = "behaviours/failure.rs"]
mod failure;
#[path = "behaviours/figures.rs"]
mod figures;
#[path = "behaviours/files.rs"]
mod files;
#[path = "behaviours/groups.rs"]
mod groups;
#[path = "behaviours/notices.rs"]
mod notices;
#[path = "behaviours/okdesk.rs"]
mod okdesk;
#[path = "behaviours/ratings.rs"]
mod ratings;
#[path = "behaviours/registration.rs"]
mod registration;
#[path = "behaviours/rig.rs"]
mod rig;
#[path = "behaviours/security.rs"]
mod security;
#[path = "behaviours/tickets.rs"]
mod tickets;
#[path = "behaviours/who.rs"]
mod who;
#[path = "behaviours/zenlix.rs"]
mod zenlix;
