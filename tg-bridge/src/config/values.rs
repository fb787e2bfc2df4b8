//! Values of settings that have a form of their own.

use crate::telegram::UserId;
use jiff::civil::Date;
use okdesk_sdk::model::StatusCode;
use std::collections::BTreeSet;
use std::str::FromStr;

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object per line.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("is neither `text` nor `json`"),
        }
    }
}

/// A list of status codes.
#[derive(Debug, Clone)]
pub(super) struct Codes(pub(super) BTreeSet<StatusCode>);

impl Default for Codes {
    fn default() -> Self {
        Self(crate::reaction::Rules::default().completed)
    }
}

impl FromStr for Codes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let codes: BTreeSet<_> = text
            .split(',')
            .map(str::trim)
            .filter(|code| !code.is_empty())
            .map(StatusCode::from)
            .collect();
        if codes.is_empty() {
            Err("is not a list such as completed,closed")
        } else {
            Ok(Self(codes))
        }
    }
}

/// Which remarks clients may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remarks {
    None,
    All,
}

impl FromStr for Remarks {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::None),
            "all" => Ok(Self::All),
            _ => Err("is neither `none` nor `all`"),
        }
    }
}

/// A list of Telegram accounts.
#[derive(Debug, Clone, Default)]
pub(super) struct Users(pub(super) Vec<UserId>);

impl FromStr for Users {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
        let users = ids.map(|id| id.parse().ok().filter(|id| *id > 0).map(UserId));
        users
            .collect::<Option<_>>()
            .map(Self)
            .ok_or("is not a list of people's ids in Telegram such as 123456789,987654321")
    }
}

/// A list of days.
#[derive(Debug, Clone, Default)]
pub(super) struct Dates(pub(super) BTreeSet<Date>);

impl FromStr for Dates {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let days = text.split(',').map(str::trim).filter(|day| !day.is_empty());
        days.map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(|_| "is not a list of days such as 2027-01-01,2027-01-02")
    }
}
