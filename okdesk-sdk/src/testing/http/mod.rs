//! The wire: listeners, request bodies, answers. What is asked and answered is decided elsewhere.

mod body;
mod files;
mod request;
mod serve;
mod server;

pub(crate) use self::body::Reply;
pub(crate) use self::request::Request;
pub(crate) use self::server::{Server, bind};
