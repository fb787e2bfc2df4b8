//! Conversations with the bot, from the first /start to the rating: what a person does, what the bot shows, what it
//! asks Okdesk. Names begin with the behaviour they show.

#[path = "talk/comments.rs"]
mod comments;
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
#[path = "talk/world.rs"]
mod world;
