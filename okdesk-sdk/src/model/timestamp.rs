//! Times: what answers say ([`Timestamp`]) and what requests need ([`LocalTime`]).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::lenient::{self, Lenient};

/// A moment, exactly as Okdesk wrote it.
///
/// Answers carry ISO 8601 with milliseconds and the offset of the account, `2024-05-01T09:15:00.123+03:00`. The text is
/// kept as it came, so nothing is lost and odd values survive; [`to_jiff`](Self::to_jiff) gives the moment where the text
/// can be understood. A text without an offset is read as UTC and says so by [`is_zoneless`](Self::is_zoneless).
///
/// Ordered by moment; texts that are not understood come first.
///
/// ```
/// use okdesk_sdk::model::Timestamp;
///
/// let at = Timestamp::new("2024-05-01T09:15:00.123+03:00");
/// assert_eq!(at.to_jiff().unwrap().to_string(), "2024-05-01T06:15:00.123Z");
/// assert_eq!(at.offset_seconds(), Some(10_800));
/// assert_eq!(at.as_str(), "2024-05-01T09:15:00.123+03:00");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Timestamp {
    text: Box<str>,
}

impl Timestamp {
    /// Keeps any text; what is not a time just has no moment.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.into() }
    }

    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The moment, if the text can be understood.
    #[must_use]
    pub fn to_jiff(&self) -> Option<jiff::Timestamp> {
        let (civil, offset) = self.parts()?;
        offset.unwrap_or(Offset::UTC).to_timestamp(civil).ok()
    }

    /// The offset of the account's clock from UTC in seconds, if the text says it.
    #[must_use]
    pub fn offset_seconds(&self) -> Option<i32> {
        self.parts()?.1.map(Offset::seconds)
    }

    /// Whether the text is a time but does not say in which zone.
    #[must_use]
    pub fn is_zoneless(&self) -> bool {
        self.parts().is_some_and(|(_, offset)| offset.is_none())
    }

    /// What the account's clock showed, for use in a filter.
    #[must_use]
    pub fn to_local(&self) -> Option<LocalTime> {
        self.parts().map(|(civil, _)| LocalTime::from(civil))
    }

    /// Understood when somebody asks: of the many times in an answer few are ever looked at.
    fn parts(&self) -> Option<(DateTime, Option<Offset>)> {
        let pieces = Pieces::parse(self.text.trim()).ok()?;
        let civil = pieces
            .date()
            .to_datetime(pieces.time().unwrap_or(Time::midnight()));
        let offset = pieces.offset().map(|offset| match offset {
            PiecesOffset::Numeric(offset) => offset.offset(),
            _ => Offset::UTC,
        });
        Some((civil, offset))
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Self::new(&moment.to_string())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({:?})", self.text)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.to_jiff()
            .cmp(&other.to_jiff())
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required(deserializer)
    }
}

impl Lenient for Timestamp {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let text = lenient::Scalar::read(deserializer)?.map(lenient::Scalar::into_text);
        Ok(text
            .filter(|text| !text.is_empty())
            .map(|text| Self { text: text.into() }))
    }
}

/// A day, or a day and time, as the clock of the account shows it.
///
/// Requests carry no offset: Okdesk reads every time in the zone of the account. So the caller says what that clock
/// shows, from a [`Timestamp`] Okdesk sent ([`Timestamp::to_local`]), from a moment and the account's offset
/// ([`LocalTime::at`]), or by hand. Okdesk has four spellings of dates; each call writes its own.
///
/// ```
/// use okdesk_sdk::model::LocalTime;
///
/// let day: LocalTime = "2024-05-01".parse()?;
/// let moment: LocalTime = "2024-05-01 09:15".parse()?;
/// assert!(day < moment);
/// # Ok::<(), okdesk_sdk::model::ParseTimeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalTime {
    date: Date,
    time: Option<Time>,
}

impl LocalTime {
    /// What a clock shows at a moment, with the account's offset from UTC in seconds.
    ///
    /// An offset no clock on earth has is taken as UTC.
    #[must_use]
    pub fn at(moment: jiff::Timestamp, offset_seconds: i32) -> Self {
        let offset = Offset::from_seconds(offset_seconds).unwrap_or(Offset::UTC);
        Self::from(offset.to_datetime(moment))
    }

    /// The day alone.
    #[must_use]
    pub fn day(self) -> Self {
        Self {
            date: self.date,
            time: None,
        }
    }

    /// `YYYY-MM-DD`
    #[must_use]
    pub fn iso_day(self) -> String {
        self.date.to_string()
    }

    /// `DD-MM-YYYY`
    #[must_use]
    pub fn russian_day(self) -> String {
        format!(
            "{:02}-{:02}-{:04}",
            self.date.day(),
            self.date.month(),
            self.date.year()
        )
    }

    /// `DD-MM-YYYY`, and ` HH:MM` if there is a time.
    #[must_use]
    pub fn russian(self) -> String {
        match self.time {
            None => self.russian_day(),
            Some(time) => format!(
                "{} {:02}:{:02}",
                self.russian_day(),
                time.hour(),
                time.minute()
            ),
        }
    }

    /// `YYYY-MM-DD HH:MM`; a day alone begins at midnight.
    #[must_use]
    pub fn iso_minute(self) -> String {
        let time = self.time.unwrap_or(Time::midnight());
        format!("{} {:02}:{:02}", self.iso_day(), time.hour(), time.minute())
    }

    /// `YYYY-MM-DDTHH:MM`; a day alone begins at midnight.
    #[must_use]
    pub fn iso_minute_t(self) -> String {
        self.iso_minute().replacen(' ', "T", 1)
    }

    /// Up to the next full minute, so that an upper bound written in minutes loses nothing.
    #[must_use]
    pub fn ceil_minute(self) -> Self {
        let Some(time) = self
            .time
            .filter(|time| time.second() > 0 || time.subsec_nanosecond() > 0)
        else {
            return self;
        };
        let floor = self.date.to_datetime(
            time.with()
                .second(0)
                .subsec_nanosecond(0)
                .build()
                .unwrap_or(time),
        );
        floor
            .checked_add(jiff::Span::new().minutes(1))
            .map_or(self, Self::from)
    }
}

impl From<DateTime> for LocalTime {
    fn from(clock: DateTime) -> Self {
        Self {
            date: clock.date(),
            time: Some(clock.time()),
        }
    }
}

impl From<Date> for LocalTime {
    fn from(date: Date) -> Self {
        Self { date, time: None }
    }
}

/// The text is neither a day nor a day and time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a day such as 2024-05-01 or a time such as 2024-05-01 09:15")]
pub struct ParseTimeError {
    text: String,
}

impl FromStr for LocalTime {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        match Pieces::parse(text.trim()) {
            Ok(pieces) if pieces.offset().is_none() => Ok(Self {
                date: pieces.date(),
                time: pieces.time(),
            }),
            _ => Err(ParseTimeError {
                text: text.chars().take(40).collect(),
            }),
        }
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.time {
            None => self.date.fmt(f),
            Some(time) => write!(f, "{} {}", self.date, time),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_formats_seen_in_answers() {
        let moment = |text| {
            Timestamp::new(text)
                .to_jiff()
                .map(|moment| moment.to_string())
        };
        assert_eq!(
            moment("2024-05-01T09:15:00.123+03:00").as_deref(),
            Some("2024-05-01T06:15:00.123Z")
        );
        assert_eq!(
            moment("2024-05-01T09:15:00Z").as_deref(),
            Some("2024-05-01T09:15:00Z")
        );
        assert_eq!(
            moment("2024-05-01T09:15:00.123").as_deref(),
            Some("2024-05-01T09:15:00.123Z")
        );
        assert_eq!(
            moment("2024-05-01 09:15").as_deref(),
            Some("2024-05-01T09:15:00Z")
        );
        assert_eq!(
            moment("2024-05-01").as_deref(),
            Some("2024-05-01T00:00:00Z")
        );
        assert_eq!(moment("3 д., 4 ч., 5 м."), None);
    }

    #[test]
    fn a_missing_offset_is_flagged() {
        assert!(Timestamp::new("2024-05-01T09:15:00.123").is_zoneless());
        assert!(!Timestamp::new("2024-05-01T09:15:00.123+03:00").is_zoneless());
        assert!(!Timestamp::new("2024-05-01T09:15:00Z").is_zoneless());
        assert!(!Timestamp::new("nonsense").is_zoneless());
    }

    #[test]
    fn order_is_by_moment_not_by_text() {
        let moscow = Timestamp::new("2024-05-01T09:00:00.000+03:00");
        let london = Timestamp::new("2024-05-01T07:00:00.000+00:00");
        assert!(moscow < london);
        assert!(Timestamp::new("?") < moscow);
    }

    #[test]
    fn the_four_spellings_of_requests() {
        let time: LocalTime = "2024-05-01 09:15".parse().unwrap();
        assert_eq!(time.iso_day(), "2024-05-01");
        assert_eq!(time.russian_day(), "01-05-2024");
        assert_eq!(time.russian(), "01-05-2024 09:15");
        assert_eq!(time.day().russian(), "01-05-2024");
        assert_eq!(time.iso_minute(), "2024-05-01 09:15");
        assert_eq!(time.day().iso_minute_t(), "2024-05-01T00:00");
        assert!("01.05.2024".parse::<LocalTime>().is_err());
        assert!("2024-05-01T09:15:00+03:00".parse::<LocalTime>().is_err());
    }

    #[test]
    fn an_upper_bound_is_rounded_up() {
        let ceil = |text: &str| {
            text.parse::<LocalTime>()
                .unwrap()
                .ceil_minute()
                .iso_minute()
        };
        assert_eq!(ceil("2024-05-01 09:15:00"), "2024-05-01 09:15");
        assert_eq!(ceil("2024-05-01 09:15:01"), "2024-05-01 09:16");
        assert_eq!(ceil("2024-12-31 23:59:59.5"), "2025-01-01 00:00");
    }

    #[test]
    fn the_accounts_clock() {
        let moment: jiff::Timestamp = "2024-05-01T23:30:00Z".parse().unwrap();
        assert_eq!(
            LocalTime::at(moment, 3 * 3600).to_string(),
            "2024-05-02 02:30:00"
        );
        let read = Timestamp::new("2024-05-02T02:30:00.000+03:00");
        assert_eq!(read.to_local(), Some(LocalTime::at(moment, 3 * 3600)));
    }

    proptest! {
        #[test]
        fn any_text_is_kept(text in ".+") {
            let json = serde_json::to_string(&text).unwrap();
            let read: Timestamp = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read.as_str(), &text);
            let _ = read.to_jiff();
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }

        #[test]
        fn any_moment_is_understood(seconds in -2_000_000_000i64..4_000_000_000, offset in -12i32..=14) {
            let moment = jiff::Timestamp::from_second(seconds).unwrap();
            let offset = Offset::from_hours(i8::try_from(offset).unwrap()).unwrap();
            let text = format!("{}{}", offset.to_datetime(moment), jiff::fmt::strtime::format("%:z", &moment.to_zoned(offset.to_time_zone())).unwrap());
            prop_assert_eq!(Timestamp::new(&text).to_jiff(), Some(moment), "{}", text);
        }
    }
}
