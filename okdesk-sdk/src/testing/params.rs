//! What a request asks for: one tree, whether it came as query, JSON, form or multipart.
//!
//! Okdesk is a Rails application, and Rails folds every way of sending parameters into one nested
//! map: `issue[attachments][0][attachment]`, `page[size]`, `company_ids[]`.

use bytes::Bytes;
use serde_json::Value;

/// A file that came in a multipart body.
#[derive(Clone, Debug)]
pub(crate) struct FilePart {
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) content: Bytes,
}

#[derive(Clone, Debug)]
pub(crate) enum Param {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    File(FilePart),
    List(Vec<Param>),
    Map(Params),
}

/// A map of parameters in the order they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    entries: Vec<(String, Param)>,
}

impl Params {
    /// Puts a value under a bracketed name.
    pub(crate) fn insert(&mut self, name: &str, value: Param) {
        let Some(open) = name
            .find('[')
            .filter(|open| *open > 0 && name.ends_with(']'))
        else {
            *self.slot(name) = value;
            return;
        };
        let inner = &name[open + 1..name.len() - 1];
        let steps: Vec<&str> = inner.split("][").collect();
        place(self.slot(&name[..open]), &steps, value);
    }

    pub(crate) fn from_query(query: &str) -> Self {
        let mut params = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            params.insert(&name, Param::Text(value.into_owned()));
        }
        params
    }

    /// A JSON object as parameters; anything else holds none.
    pub(crate) fn from_json(value: Value) -> Self {
        match Param::from(value) {
            Param::Map(params) => params,
            _ => Self::default(),
        }
    }

    /// Takes over the entries of `other`; equal names are replaced.
    pub(crate) fn merge(&mut self, other: Self) {
        for (name, value) in other.entries {
            *self.slot(&name) = value;
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Param> {
        self.entries
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Param)> {
        self.entries
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn map(&self, name: &str) -> Option<&Params> {
        match self.get(name) {
            Some(Param::Map(params)) => Some(params),
            _ => None,
        }
    }

    /// The object a body is about: wrapped in its name, or flat.
    pub(crate) fn section(&self, name: &str) -> &Params {
        self.map(name).unwrap_or(self)
    }

    /// Text that is not blank.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name)
            .and_then(Param::text)
            .filter(|text| !text.trim().is_empty())
    }

    pub(crate) fn id(&self, name: &str) -> Option<u64> {
        self.get(name).and_then(Param::id).filter(|id| *id != 0)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Param::flag)
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(Param::number)
    }

    /// The elements of an array; a parameter sent without its brackets is no array.
    pub(crate) fn list(&self, name: &str) -> Option<&[Param]> {
        match self.get(name) {
            Some(Param::List(items)) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn ids(&self, name: &str) -> Option<Vec<u64>> {
        self.list(name)
            .map(|items| items.iter().filter_map(Param::id).collect())
    }

    pub(crate) fn texts(&self, name: &str) -> Option<Vec<String>> {
        self.list(name)
            .map(|items| items.iter().filter_map(Param::text).collect())
    }

    /// `[latitude, longitude]`.
    pub(crate) fn coordinates(&self, name: &str) -> Option<[f64; 2]> {
        match self.list(name)? {
            [latitude, longitude] => Some([latitude.number()?, longitude.number()?]),
            _ => None,
        }
    }

    /// Sets `target` if the request names the field; null and blank text clear it.
    pub(crate) fn patch_text(&self, name: &str, target: &mut Option<String>) {
        if self.has(name) {
            *target = self.text(name);
        }
    }

    pub(crate) fn patch_id(&self, name: &str, target: &mut Option<u64>) {
        if self.has(name) {
            *target = self.id(name);
        }
    }

    pub(crate) fn patch_ids(&self, name: &str, target: &mut Vec<u64>) {
        if self.has(name) {
            *target = self.ids(name).unwrap_or_default();
        }
    }

    pub(crate) fn patch_flag(&self, name: &str, target: &mut bool) {
        if let Some(flag) = self.flag(name) {
            *target = flag;
        }
    }

    fn slot(&mut self, name: &str) -> &mut Param {
        let at = self
            .entries
            .iter()
            .position(|(known, _)| known == name)
            .unwrap_or_else(|| {
                self.entries.push((name.to_owned(), Param::Null));
                self.entries.len() - 1
            });
        &mut self.entries[at].1
    }
}

/// Rails' rule for what stands between the brackets: nothing means "one more", anything else a key.
fn place(slot: &mut Param, steps: &[&str], value: Param) {
    let Some((step, rest)) = steps.split_first() else {
        *slot = value;
        return;
    };
    if step.is_empty() {
        if !matches!(slot, Param::List(_)) {
            *slot = Param::List(Vec::new());
        }
        let Param::List(items) = slot else { return };
        // `a[][x]=1&a[][y]=2` is one element, until a key comes again.
        let open = match (items.last(), rest.first()) {
            (Some(Param::Map(last)), Some(key)) => !last.has(key),
            _ => false,
        };
        if !open {
            items.push(Param::Null);
        }
        if let Some(last) = items.last_mut() {
            place(last, rest, value);
        }
        return;
    }
    if !matches!(slot, Param::Map(_)) {
        *slot = Param::Map(Params::default());
    }
    if let Param::Map(params) = slot {
        place(params.slot(step), rest, value);
    }
}

impl Param {
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// Ids are taken as numbers and as text; zero stays zero, for in filters it means "none".
    pub(crate) fn id(&self) -> Option<u64> {
        match self {
            Self::Number(number) if *number >= 0.0 && number.fract() == 0.0 => Some(*number as u64),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Number(number) => Some(*number != 0.0),
            Self::Text(text) => match text.as_str() {
                "true" | "1" | "on" => Some(true),
                "false" | "0" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}

impl From<Value> for Param {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => number.as_f64().map_or(Self::Null, Self::Number),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => Self::Map(Params {
                entries: members
                    .into_iter()
                    .map(|(name, value)| (name, value.into()))
                    .collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_make_a_tree_as_in_rails() {
        let params = Params::from_query(
            "page[size]=5&ids[]=1&ids[]=2&a[0][x]=u&a[0][y]=v&m[][x]=1&m[][y]=2&m[][x]=3&q=a%2Bb+c",
        );
        assert_eq!(params.map("page").unwrap().id("size"), Some(5));
        assert_eq!(params.ids("ids"), Some(vec![1, 2]));
        assert_eq!(
            params
                .map("a")
                .unwrap()
                .map("0")
                .unwrap()
                .text("y")
                .as_deref(),
            Some("v")
        );
        assert_eq!(params.list("m").unwrap().len(), 2);
        assert_eq!(params.text("q").as_deref(), Some("a+b c"));
    }
}
