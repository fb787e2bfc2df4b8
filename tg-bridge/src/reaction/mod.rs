//! The bridge's mind: what to do about what happened. No IO, no clock, no randomness – everything it needs is in the
//! [`Scene`], everything it decides is in the scene it leaves behind and in the [`Effect`]s it returns. The store
//! loads the scene, saves it and queues the effects in the transaction that marks the event as handled.

mod effect;
mod event;
mod history;
mod scene;
mod state;

pub use effect::{
    Answer, Effect, Failure, FailureKind, FoundContact, LastComment, LostFile, LostReason,
    NewComment, NewContact, NewIssue, OkdeskCall, Outcome, Press, Reply, Timer,
};

pub use event::{DeskEvent, Event, Happening, IssueFacts, Named, Person, PublicComment, Status};
pub use history::History;
pub use scene::{Needs, Policy, Rules, Scene};
pub use state::{
    Card, Chat, Consent, Dialog, Draft, FullName, Issue, Link, Moments, Pending, Rating,
    Registration, Sent, Step,
};
