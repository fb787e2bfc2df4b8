//! Numbers, days and lengths of time as the two languages write them.

use crate::telegram::Language;
use crate::text::Words;
use jiff::{SignedDuration, civil::Date};

impl Words<'_> {
    /// Two digits after the decimal sign at most.
    pub(super) fn decimal(self, number: f64) -> String {
        let text = format!("{number:.2}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        match self.language() {
            Language::Ru => text.replace('.', ","),
            Language::En => text.to_owned(),
        }
    }

    pub(super) fn day(self, day: Date) -> String {
        match self.language() {
            Language::Ru => day.strftime("%d.%m.%Y"),
            Language::En => day.strftime("%-d %b %Y"),
        }
        .to_string()
    }

    /// The two greatest units are enough.
    pub(super) fn duration(self, duration: SignedDuration) -> String {
        let minutes = duration.as_mins().max(0).unsigned_abs();
        let hours = minutes / 60;
        match minutes {
            ..1 => self.duration_none(),
            1..60 => self.duration_minutes(minutes),
            60..1440 => self.duration_hours(hours, minutes % 60),
            _ => self.duration_days(hours / 24, hours % 24),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Texts;

    #[test]
    fn times_are_told_in_their_two_greatest_units() {
        let texts = Texts::default();
        let (russian, english) = (texts.speak(Language::Ru), texts.speak(Language::En));
        for (seconds, ru, en) in [
            (0, "меньше минуты", "under a minute"),
            (59, "меньше минуты", "under a minute"),
            (60, "1 мин", "1 min"),
            (3599, "59 мин", "59 min"),
            (3600, "1 ч", "1 h"),
            (5 * 3600 + 600, "5 ч 10 мин", "5 h 10 min"),
            (86_400, "1 д", "1 d"),
            (2 * 86_400 + 3 * 3600 + 59, "2 д 3 ч", "2 d 3 h"),
        ] {
            let duration = SignedDuration::from_secs(seconds);
            assert_eq!(russian.duration(duration), ru);
            assert_eq!(english.duration(duration), en);
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let texts = Texts::default();
        let (russian, english) = (texts.speak(Language::Ru), texts.speak(Language::En));
        assert_eq!(russian.decimal(13.0 / 3.0), "4,33");
        assert_eq!(english.decimal(4.5), "4.5");
        assert_eq!(english.decimal(5.0), "5");
    }
}
