//! The bridge in the hands of those who run it: where it starts and where it refuses to, what it tells about itself, how it
//! stops, is copied and shared – and what it does when the other two are not well.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;

#[path = "operations/backup.rs"]
mod backup;
#[path = "operations/copies.rs"]
mod copies;
#[path = "operations/examine.rs"]
mod examine;
#[path = "operations/failures.rs"]
mod failures;
#[path = "operations/groups.rs"]
mod groups;
#[path = "operations/health.rs"]
mod health;
#[path = "operations/large.rs"]
mod large;
#[path = "operations/migrations.rs"]
mod migrations;
#[path = "operations/missed.rs"]
mod missed;
#[path = "operations/notices.rs"]
mod notices;
#[path = "operations/pace.rs"]
mod pace;
#[path = "operations/places.rs"]
mod places;
#[path = "operations/promises.rs"]
mod promises;
#[path = "operations/proxy.rs"]
mod proxy;
#[path = "operations/replicas.rs"]
mod replicas;
#[path = "operations/secrets.rs"]
mod secrets;
#[path = "operations/settings.rs"]
mod settings;
#[path = "operations/silence.rs"]
mod silence;
#[path = "operations/stop.rs"]
mod stop;
#[path = "operations/strangers.rs"]
mod strangers;
#[path = "operations/vanish.rs"]
mod vanish;
