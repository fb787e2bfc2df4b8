//! Conversations with the bot, from the first /start to the rating: what a person does, what the bot shows, what it
//! asks Okdesk. Names begin with the behaviour they show.

// The world's own functions stop at the first surprise, as the tests do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "talk/comments.rs"]
mod comments;
#[path = "talk/drafts.rs"]
mod drafts;
#[path = "talk/figures.rs"]
mod figures;
#[path = "talk/issues.rs"]
mod issues;
#[path = "talk/markup.rs"]
mod markup;
#[path = "talk/notices.rs"]
mod notices;
#[path = "talk/ratings.rs"]
mod ratings;
#[path = "talk/registration.rs"]
mod registration;
#[path = "talk/settings.rs"]
mod settings;
#[path = "talk/updates.rs"]
mod updates;
#[path = "talk/who.rs"]
mod who;
#[path = "talk/world.rs"]
mod world;
