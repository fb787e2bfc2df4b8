//! Why Okdesk would not do what it was asked.

/// Where in the request a mistake is: `page.size`, `observer_ids.1`, `content`.
pub(crate) type Field = String;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    /// No such record: the record's id, as newer accounts name it in the text.
    Missing(u64),
    /// The issue was merged into another one.
    Merged {
        into: u64,
    },
    /// No such path, or a path whose record is not found at all.
    NotFound,
    Unauthorized,
    Forbidden,
    /// The body is of a type Okdesk does not read.
    WrongContentType,
    /// Mistakes by field.
    Invalid(Vec<(Field, String)>),
    /// The body cannot be read.
    BadRequest(String),
}

pub(crate) const ABSENT: &str = "отсутствует";
pub(crate) const BLANK: &str = "не может быть пустым";
pub(crate) const BAD_VALUE: &str = "имеет неверное значение";
pub(crate) const BAD_DATE: &str = "Неверный формат даты";
pub(crate) const TAKEN: &str = "уже существует";
pub(crate) const NO_RECORD: &str = "не существует";

impl Refusal {
    pub(crate) fn field(field: impl Into<Field>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![(field.into(), message.into())])
    }
}

/// Collects every mistake before refusing, so that a caller learns of all at once.
#[derive(Default)]
pub(crate) struct Mistakes(Vec<(Field, String)>);

impl Mistakes {
    pub(crate) fn add(&mut self, field: impl Into<Field>, message: impl Into<String>) {
        self.0.push((field.into(), message.into()));
    }

    pub(crate) fn require<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.add(field, ABSENT);
        }
        value
    }

    /// Takes over the mistakes of a part that was read on its own.
    pub(crate) fn join<T>(&mut self, part: Result<T, Refusal>) -> Result<T, Refusal> {
        if let Err(Refusal::Invalid(mistakes)) = &part {
            self.0.extend(mistakes.iter().cloned());
        }
        part
    }

    pub(crate) fn check(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Invalid(self.0))
        }
    }
}
