#![doc = include_str!("../README.md")]

// The macros of `model` name this crate by its public name, so that they work here and in the sibling crates.
extern crate self as okdesk_sdk;

#[macro_use]
pub mod model;
pub mod operation;

#[cfg(feature = "client")]
#[macro_use]
mod client;
#[cfg(feature = "client")]
mod download;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod example;
#[cfg(feature = "client")]
mod headers;
#[cfg(feature = "client")]
mod limit;
#[cfg(feature = "client")]
mod page;
#[cfg(feature = "client")]
pub mod resources;
#[cfg(feature = "client")]
mod retry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "client")]
mod token;
#[cfg(feature = "client")]
pub mod transport;
#[cfg(feature = "client")]
mod upload;

#[cfg(feature = "client")]
pub use client::{
    Attempt, CallOptions, Client, ClientBuilder, Meta, Observer, RawRequest, SkippedItem, Timeouts,
};
#[cfg(feature = "client")]
pub use download::{Download, FileStream, OpenFile, Saved};
#[cfg(feature = "client")]
pub use error::{ApiErrors, ApiMessage, ConfigError, Delivery, Error, ErrorKind};
#[cfg(feature = "client")]
pub use limit::Limit;
#[cfg(feature = "client")]
pub use page::{Cursor, ListItem, Page, Pager, Pages, ParseCursorError};
#[cfg(feature = "client")]
pub use resources::{Assignee, AttributeFilter, Direction, IssueSorting, LoginLink, SpentTime};
#[cfg(feature = "client")]
pub use retry::RetryPolicy;
#[cfg(feature = "client")]
pub use token::ApiToken;
#[cfg(feature = "client")]
pub use upload::{Upload, safe_file_name};

/// The snippets of `docs/` run as tests.
#[cfg(doctest)]
mod docs {
    macro_rules! pages {
        ($($name:ident: $file:literal;)*) => {
            $(#[doc = include_str!(concat!("../../docs/", $file))] struct $name;)*
        };
    }
    pages! {
        GettingStarted: "getting-started.md";
        ErrorsAndRetries: "errors-and-retries.md";
        Paging: "paging.md";
        Files: "files.md";
    }
}
