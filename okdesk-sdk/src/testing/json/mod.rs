//! How records look in answers: one file per resource, list element and detail apart.

pub(crate) mod clients;
pub(crate) mod equipment;
pub(crate) mod errors;
pub(crate) mod issues;
pub(crate) mod people;
pub(crate) mod price;
pub(crate) mod references;
pub(crate) mod session;
pub(crate) mod shared;
pub(crate) mod snapshot;
pub(crate) mod value;
pub(crate) mod work;

pub(crate) use self::value::{Json, object};
