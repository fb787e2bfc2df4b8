//! The account as a file, so that it outlives the program.

use std::io;

use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serializer};

use super::Account;

pub(crate) fn write(account: &Account, to: impl io::Write) -> io::Result<()> {
    serde_json::to_writer(to, account).map_err(io::Error::other)
}

pub(crate) fn read(from: impl io::Read) -> io::Result<Account> {
    serde_json::from_reader(from).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Contents of files, as Base64.
pub(super) mod content {
    use base64::Engine as _;

    use super::{BASE64_STANDARD, Bytes, Deserialize as _, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        content: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(content))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD
            .decode(text)
            .map(Bytes::from)
            .map_err(serde::de::Error::custom)
    }
}

/// The account's zone, in seconds.
pub(super) mod zone {
    use super::{Deserialize as _, Deserializer, Serializer};
    use jiff::tz::Offset;

    pub(in super::super) fn serialize<S: Serializer>(
        zone: &Offset,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(zone.seconds())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Offset, D::Error> {
        Offset::from_seconds(i32::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
