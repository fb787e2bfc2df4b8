//! Reading values one by one, and what can be wrong with each.

use super::keys::{KEYS, PREFIXES};
use super::values::Dates;
use crate::reaction::WorkingTime;
use crate::report::Hours;
use crate::text::Texts;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

/// Reads values and collects what is wrong with them.
pub(super) struct Reader {
    vars: BTreeMap<String, String>,
    pub(super) mistakes: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Reader {
    pub(super) fn new<K: Into<String>, V: Into<String>>(
        vars: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let vars = vars
            .into_iter()
            .map(|(k, v)| (k.into(), v.into()))
            .collect();
        Self {
            vars,
            mistakes: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn mistake(&mut self, key: &str, what: impl fmt::Display) {
        self.mistakes.push(format!("{key} {what}"));
    }

    /// The value of a key, or what is in the file its `_FILE` twin names. An empty value is none.
    fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self
            .vars
            .get(key)
            .map(|v| v.trim().to_owned())
            .filter(|v| !v.is_empty());
        let may_be_file = KEYS.iter().any(|k| k.name == key && k.secret);
        let file = format!("{key}_FILE");
        let path = self
            .vars
            .get(&file)
            .filter(|v| may_be_file && !v.is_empty())
            .cloned();
        match (value, path) {
            (Some(_), Some(_)) => {
                self.mistake(key, format_args!("and {file} are both set; use one"));
                None
            }
            (value, None) => value,
            (None, Some(path)) => match std::fs::read_to_string(&path) {
                Ok(text) => {
                    self.look_at_rights(&file, Path::new(&path));
                    Some(text.trim().to_owned())
                        .filter(|text| !text.is_empty())
                        .or_else(|| {
                            self.mistake(&file, "names an empty file");
                            None
                        })
                }
                Err(e) => {
                    self.mistake(&file, format_args!("names a file that cannot be read: {e}"));
                    None
                }
            },
        }
    }

    fn look_at_rights(&mut self, key: &str, path: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        if path
            .metadata()
            .is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
        {
            self.warnings.push(format!(
                "{key}: the file can be read by others; chmod 600 would keep it secret"
            ));
        }
    }

    fn parsed<T: FromStr>(
        &mut self,
        key: &'static str,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        let text = self.text(key)?;
        match text.parse::<T>() {
            Ok(value) => match check(&value) {
                Ok(()) => Some(value),
                Err(what) => {
                    self.mistake(key, what);
                    None
                }
            },
            Err(e) => {
                let words = e.to_string();
                let sentence = words.starts_with("is ");
                self.mistake(
                    key,
                    if sentence {
                        words
                    } else {
                        format!("is wrong: {words}")
                    },
                );
                None
            }
        }
    }

    pub(super) fn required<T: FromStr>(
        &mut self,
        key: &'static str,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        let before = self.mistakes.len();
        let value = self.parsed(key, check);
        if value.is_none() && self.mistakes.len() == before {
            self.mistake(key, "is missing");
        }
        value
    }

    pub(super) fn optional<T: FromStr>(
        &mut self,
        key: &'static str,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        self.parsed(key, check)
    }

    pub(super) fn or<T: FromStr>(
        &mut self,
        key: &'static str,
        default: T,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> T
    where
        T::Err: fmt::Display,
    {
        self.parsed(key, check).unwrap_or(default)
    }

    pub(super) fn zone(&mut self) -> TimeZone {
        let Some(name) = self.text("TIME_ZONE") else {
            return TimeZone::system();
        };
        TimeZone::get(&name).unwrap_or_else(|_| {
            self.mistake("TIME_ZONE", "is not a zone such as Europe/Moscow");
            TimeZone::UTC
        })
    }

    /// The texts, with the operator's own in their place. Each mistake in them is one of the settings.
    pub(super) fn texts(&mut self) -> Arc<Texts> {
        let Some(folder) = self.text("TEXTS_DIR") else {
            return Arc::default();
        };
        match Texts::with_overrides(Path::new(&folder)) {
            Ok(texts) => Arc::new(texts),
            Err(wrong) => {
                for mistake in wrong.mistakes() {
                    self.mistake("TEXTS_DIR", format_args!("is not usable: {mistake}"));
                }
                Arc::default()
            }
        }
    }

    /// When somebody is at work. Holidays alone say nothing.
    pub(super) fn working_time(&mut self) -> Option<WorkingTime> {
        let hours = self.optional::<Hours>("WORKING_HOURS", |_| Ok(()));
        let Dates(holidays) = self.or("HOLIDAYS", Dates::default(), |_| Ok(()));
        hours.map(|hours| WorkingTime { hours, holidays })
    }

    /// What was set, as it may be shown: no secret, but where it comes from.
    pub(super) fn shown(&self) -> Vec<String> {
        let given = |name: &str| self.vars.get(name).filter(|value| !value.trim().is_empty());
        KEYS.iter()
            .filter_map(|key| {
                let name = key.name;
                let file = given(&format!("{name}_FILE")).filter(|_| key.secret);
                match (file, given(name)) {
                    (Some(path), _) => Some(format!("{name} from {path}")),
                    (None, Some(_)) if key.secret => Some(format!("{name} is set")),
                    (None, Some(value)) => Some(format!("{name} = {value}")),
                    (None, None) => None,
                }
            })
            .collect()
    }

    /// A misspelt key would silently leave its default in force.
    pub(super) fn unknown(&mut self) {
        let known = |name: &str| {
            KEYS.iter().any(|key| {
                key.name == name || (key.secret && name.strip_suffix("_FILE") == Some(key.name))
            })
        };
        let strangers: Vec<_> = self
            .vars
            .keys()
            .filter(|name| PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !known(name))
            .cloned()
            .collect();
        for name in strangers {
            self.mistake(&name, "is not a key of tg-bridge");
        }
    }
}
