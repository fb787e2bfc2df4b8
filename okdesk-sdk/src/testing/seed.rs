//! What an account holds when it starts.

mod begin;
mod demo;
mod stock;

pub(crate) use self::begin::{ADMINISTRATOR, begin, begin_again};

/// What a simulator starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seed {
    /// The dictionaries and one administrator.
    #[default]
    Empty,
    /// A small service company with clients, places, equipment, agreements, prices and issues, in Russian.
    Demo,
}
