//! Figures: what happened in a period, as text for a chat, as a table for Excel, as a picture.
//!
//! Pure functions over [`Record`]s, one per issue. **Each figure counts what happened within the period**: created are
//! the issues made in it, completed those completed in it, whenever they were made; a rating counts on the day it was
//! given, a first answer on the day it came. So the sums of two periods are the figures of both, and the export –
//! every issue to which something happened – gives the same figures again.

pub mod args;
mod canvas;
mod chart;
mod figures;
mod filter;
mod gather;
mod hours;
mod period;
mod phrases;
mod record;
mod sheet;
mod text;
mod timeline;
mod words;

pub use chart::chart;
pub use figures::{Counts, Figures, Group, Scores, Spread, Tally};
pub use filter::Filter;
pub use gather::gather;
pub use hours::{Hours, ParseHoursError};
pub use period::{Days, ParsePeriodError, Period};
pub use record::{Record, records};
pub use sheet::{export, import};
pub(crate) use text::days as period;
pub use text::{stats, usage};

/// A report that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table cannot be written or read.
    #[error("the table failed")]
    Table(#[from] csv::Error),
    /// The table cannot be written to its end.
    #[error("the table cannot be written")]
    Write(#[from] std::io::Error),
    /// The table is not an export of ours.
    #[error("not an export: {0}")]
    Foreign(String),
    /// The picture cannot be drawn.
    #[error("the chart cannot be drawn: {0}")]
    Chart(String),
}
