//! Custom attributes: what the account has defined, and the values its records carry.

use serde::{Deserialize, Serialize};

use super::refusal::{BAD_VALUE, BLANK, Mistakes};
use crate::testing::params::{Param, Params};

/// Which records an attribute belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeOwner {
    /// Attributes of issues.
    Issue,
    /// Attributes of companies.
    Company,
    /// Attributes of contacts.
    Contact,
    /// Attributes of maintenance entities.
    MaintenanceEntity,
    /// Attributes of equipment.
    Equipment,
    /// Attributes of time entries.
    TimeEntry,
}

/// The types of custom attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttributeKind {
    /// `ftstring`: any text.
    #[serde(rename = "ftstring")]
    Text,
    /// `fttext`: text of several lines; no documentation has it, but webhooks were recorded with it.
    #[serde(rename = "fttext")]
    LongText,
    /// `ftdate`: `YYYY-MM-DD`.
    #[serde(rename = "ftdate")]
    Date,
    /// `ftdatetime`: a date with a time.
    #[serde(rename = "ftdatetime")]
    DateTime,
    /// `ftcheckbox`: true or false.
    #[serde(rename = "ftcheckbox")]
    Checkbox,
    /// `ftselect`: one of the options.
    #[serde(rename = "ftselect")]
    Select,
    /// `ftmultiselect`: some of the options.
    #[serde(rename = "ftmultiselect")]
    MultiSelect,
}

impl AttributeKind {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Text => "ftstring",
            Self::LongText => "fttext",
            Self::Date => "ftdate",
            Self::DateTime => "ftdatetime",
            Self::Checkbox => "ftcheckbox",
            Self::Select => "ftselect",
            Self::MultiSelect => "ftmultiselect",
        }
    }

    /// Its number in Okdesk's database; none was ever seen for long text.
    pub(crate) fn number(self) -> Option<u64> {
        match self {
            Self::Text => Some(0),
            Self::LongText => None,
            Self::Date => Some(1),
            Self::DateTime => Some(2),
            Self::Checkbox => Some(3),
            Self::Select => Some(4),
            Self::MultiSelect => Some(5),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attribute {
    pub(crate) owner: AttributeOwner,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) kind: AttributeKind,
    pub(crate) required: bool,
    pub(crate) options: Vec<String>,
    /// Issue types or equipment kinds it belongs to; empty means all.
    pub(crate) only_for: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Empty,
    Flag(bool),
    Text(String),
    List(Vec<String>),
}

/// Values by attribute code, in the order they were first given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Values(Vec<(String, Value)>);

impl Values {
    pub(crate) fn get(&self, code: &str) -> &Value {
        self.0
            .iter()
            .find(|(known, _)| known == code)
            .map_or(&Value::Empty, |(_, value)| value)
    }

    pub(crate) fn set(&mut self, code: &str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| known == code) {
            Some((_, old)) => *old = value,
            None => self.0.push((code.to_owned(), value)),
        }
    }
}

/// One attribute that got another value.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) code: String,
    pub(crate) before: Value,
    pub(crate) after: Value,
}

/// The attributes that apply to one record.
pub(crate) fn applicable<'a>(
    attributes: &'a [Attribute],
    owner: AttributeOwner,
    narrower: Option<&'a str>,
) -> impl Iterator<Item = &'a Attribute> + Clone {
    attributes.iter().filter(move |attribute| {
        attribute.owner == owner
            && (attribute.only_for.is_empty()
                || narrower.is_some_and(|code| attribute.only_for.iter().any(|only| only == code)))
    })
}

/// Writes `custom_parameters` into `values`; codes the account does not know are ignored.
pub(crate) fn write<'a>(
    values: &mut Values,
    given: Option<&Params>,
    attributes: impl Iterator<Item = &'a Attribute>,
    creating: bool,
    mistakes: &mut Mistakes,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for attribute in attributes {
        let code = attribute.code.as_str();
        let field = || format!("custom_parameters.{code}");
        let Some(param) = given.and_then(|given| given.get(code)) else {
            if creating && attribute.required {
                mistakes.add(field(), BLANK);
            }
            continue;
        };
        let value = match read(attribute, param) {
            Some(Value::Empty) if attribute.required => {
                mistakes.add(field(), BLANK);
                continue;
            }
            Some(value) => value,
            None => {
                mistakes.add(field(), BAD_VALUE);
                continue;
            }
        };
        let before = values.get(code).clone();
        if before != value {
            changes.push(Change {
                code: code.to_owned(),
                before,
                after: value.clone(),
            });
            values.set(code, value);
        }
    }
    changes
}

fn read(attribute: &Attribute, param: &Param) -> Option<Value> {
    let known = |text: &String| attribute.options.is_empty() || attribute.options.contains(text);
    match attribute.kind {
        AttributeKind::Checkbox => match param {
            Param::Null => Some(Value::Empty),
            _ => param.flag().map(Value::Flag),
        },
        AttributeKind::MultiSelect => match param {
            Param::Null => Some(Value::Empty),
            Param::List(items) => {
                let texts: Vec<String> = items.iter().filter_map(Param::text).collect();
                if texts.is_empty() {
                    return Some(Value::Empty);
                }
                texts.iter().all(known).then_some(Value::List(texts))
            }
            _ => None,
        },
        kind => match param {
            Param::Null => Some(Value::Empty),
            _ => {
                let text = param.text()?;
                if text.trim().is_empty() {
                    return Some(Value::Empty);
                }
                let fits = match kind {
                    AttributeKind::Select => known(&text),
                    AttributeKind::Date => text.parse::<jiff::civil::Date>().is_ok(),
                    _ => true,
                };
                fits.then_some(Value::Text(text))
            }
        },
    }
}

/// Does a record with `values` pass the filter `custom_parameters[code]=…`?
pub(crate) fn matches(values: &Values, filter: Option<&Params>) -> bool {
    let Some(filter) = filter else { return true };
    filter.iter().all(|(name, wanted)| {
        if let Some(code) = name.strip_suffix("_since") {
            return matches!((values.get(code), wanted.text()), (Value::Text(has), Some(from)) if *has >= from);
        }
        if let Some(code) = name.strip_suffix("_until") {
            return matches!((values.get(code), wanted.text()), (Value::Text(has), Some(to)) if *has <= to);
        }
        match (values.get(name), wanted) {
            (has, Param::Text(text)) if text == "#null" => *has == Value::Empty,
            (Value::Text(has), Param::Text(text)) => has == text,
            (Value::Flag(has), wanted) => wanted.flag() == Some(*has),
            (Value::Text(has), Param::List(any)) => any.iter().any(|one| one.text().as_ref() == Some(has)),
            (Value::List(has), Param::List(any)) => {
                any.iter().filter_map(Param::text).any(|one| has.contains(&one))
            }
            _ => false,
        }
    })
}
