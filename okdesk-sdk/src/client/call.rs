//! One call before it is sent, and the macro by which the calls of the API are described.

use std::borrow::Cow;
use std::fmt::Display;

use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use super::{CallOptions, Client};
use crate::model::{IssueId, Patch};
use crate::operation::Operation;
use crate::transport::{Multipart, RequestBody};
use crate::upload::Upload;

/// What will be sent, and how.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    /// Without query and token.
    pub(crate) url: Url,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) wrapper: Option<&'static str>,
    /// The body by its fields: JSON, or a form when files go along.
    pub(crate) fields: Option<Map<String, Value>>,
    /// The body as JSON somebody else made.
    pub(crate) json: Option<String>,
    pub(crate) uploads: Vec<(String, Upload)>,
    pub(crate) options: CallOptions,
    /// The issue the answer must be about.
    pub(crate) expects: Option<IssueId>,
    /// A mistake of the caller, told instead of sending.
    pub(crate) problem: Option<String>,
}

impl Call {
    /// The path of the operation, its names in braces replaced in order.
    pub(crate) fn new(
        client: &Client,
        operation: &'static Operation,
        arguments: &[&dyn Display],
    ) -> Self {
        let mut call = Self {
            client: client.clone(),
            operation,
            url: client.0.base.clone(),
            query: Vec::new(),
            wrapper: None,
            fields: None,
            json: None,
            uploads: Vec::new(),
            options: CallOptions::default(),
            expects: None,
            problem: None,
        };
        let mut arguments = arguments.iter();
        let parts = operation.path.split('/').filter(|part| !part.is_empty());
        call.descend(parts.map(
            |part| match part.strip_prefix('{').and_then(|_| arguments.next()) {
                Some(argument) => Cow::Owned(argument.to_string()),
                None => Cow::Borrowed(part),
            },
        ));
        call
    }

    /// Goes down the path, a step for each part.
    pub(crate) fn descend<'a>(&mut self, parts: impl IntoIterator<Item = Cow<'a, str>>) {
        let Ok(mut path) = self.url.path_segments_mut() else {
            return;
        };
        for part in parts {
            if matches!(&*part, "" | "." | "..") {
                self.problem = Some(format!("{part:?} would lead to another path"));
            }
            path.push(&part);
        }
    }

    /// The fields go under this key.
    pub(crate) fn wrapped(mut self, key: &'static str) -> Self {
        self.wrapper = Some(key);
        self.fields();
        self
    }

    pub(crate) fn expecting(mut self, id: IssueId) -> Self {
        self.expects = Some(id);
        self
    }

    /// Sets a field of the body.
    pub(crate) fn set(&mut self, key: &str, value: impl Serialize) {
        match serde_json::to_value(value) {
            Ok(value) => self.fields().insert(key.to_owned(), value).map_or((), drop),
            Err(error) => self.problem = Some(format!("{key} cannot be written as JSON: {error}")),
        }
    }

    pub(crate) fn with(mut self, key: &str, value: impl Serialize) -> Self {
        self.set(key, value);
        self
    }

    pub(crate) fn patch<T: Serialize>(&mut self, key: &str, value: Patch<T>) {
        if let Some(value) = value.into_wire() {
            self.set(key, value);
        }
    }

    /// Sets one entry of an object in the body, such as a custom attribute.
    pub(crate) fn set_in(&mut self, key: &str, entry: &str, value: impl Serialize) {
        let value = match serde_json::to_value(value) {
            Ok(value) => value,
            Err(error) => {
                return self.problem = Some(format!("{entry} cannot be written as JSON: {error}"));
            }
        };
        let object = self
            .fields()
            .entry(key)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(entries) = object {
            entries.insert(entry.to_owned(), value);
        }
    }

    /// Appends to an array in the body.
    pub(crate) fn append(&mut self, key: &str, value: impl Serialize) {
        let value = match serde_json::to_value(value) {
            Ok(value) => value,
            Err(error) => {
                return self.problem = Some(format!("{key} cannot be written as JSON: {error}"));
            }
        };
        let array = self
            .fields()
            .entry(key)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = array {
            items.push(value);
        }
    }

    fn fields(&mut self) -> &mut Map<String, Value> {
        self.fields.get_or_insert_default()
    }

    /// What a field of the body has been set to.
    pub(crate) fn field(&self, key: &str) -> Option<&Value> {
        self.fields.as_ref()?.get(key)
    }

    /// Sets a parameter of the query; the last one wins.
    pub(crate) fn filter(&mut self, key: &str, value: impl Display) {
        self.query.retain(|(known, _)| known != key);
        self.query.push((key.to_owned(), value.to_string()));
    }

    /// Adds to a list in the query. Asking for none of nothing would be answered with everything, so it is refused.
    pub(crate) fn filters<T: Display>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        let before = self.query.len();
        self.query.extend(
            values
                .into_iter()
                .map(|value| (format!("{key}[]"), value.to_string())),
        );
        if self.query.len() == before {
            self.problem = Some(format!(
                "the filter {key} got an empty list, which Okdesk would answer with everything"
            ));
        }
    }

    pub(crate) fn upload(&mut self, key: impl Into<String>, upload: Upload) {
        self.uploads.push((key.into(), upload));
    }

    /// Method and path, for people.
    pub(crate) fn describe(&self) -> String {
        format!("{} {}", self.operation.method, self.url.path())
    }

    /// The body for one try. Files are opened here, so this can fail without anything having been sent.
    pub(crate) async fn request_body(&self) -> Result<RequestBody, (String, std::io::Error)> {
        if self.uploads.is_empty() {
            return Ok(match (&self.json, &self.fields, self.wrapper) {
                (Some(json), _, _) => RequestBody::json(json.clone()),
                (None, None, _) => RequestBody::default(),
                (None, Some(fields), None) => {
                    RequestBody::json(Value::from(fields.clone()).to_string())
                }
                (None, Some(fields), Some(key)) => {
                    RequestBody::json(serde_json::json!({ key: fields }).to_string())
                }
            });
        }
        let mut form = Multipart::new();
        if let Some(fields) = &self.fields {
            flatten_fields(&mut form, self.wrapper.unwrap_or_default(), fields);
        }
        for (index, (list, upload)) in self.uploads.iter().enumerate() {
            let named = |error| (upload.file_name().to_owned(), error);
            let prefix = match self.wrapper {
                Some(wrapper) => format!("{wrapper}{}[{index}]", bracketed(list)),
                None => format!("{list}[{index}]"),
            };
            let (length, content) = upload.open().await.map_err(named)?;
            let media_type = upload.media_type();
            form.file(
                &format!("{prefix}[attachment]"),
                upload.file_name(),
                &media_type,
                Some(length),
                content,
            );
            if let Some(public) = upload.public {
                form.text(
                    &format!("{prefix}[is_public]"),
                    if public { "true" } else { "false" },
                );
            }
            if let Some(description) = &upload.description {
                form.text(&format!("{prefix}[description]"), description);
            }
        }
        Ok(form.into_body())
    }
}

/// `a.b` becomes `[a][b]`.
fn bracketed(path: &str) -> String {
    path.split('.').map(|part| format!("[{part}]")).collect()
}

/// Writes JSON as form fields the way Rails reads them: `issue[title]`, `issue[observer_ids][]`.
fn flatten(form: &mut Multipart, name: &str, value: &Value) {
    match value {
        Value::Null => form.text(name, ""),
        Value::Bool(value) => form.text(name, if *value { "true" } else { "false" }),
        Value::Number(number) => form.text(name, &number.to_string()),
        Value::String(text) => form.text(name, text),
        Value::Array(items) => items
            .iter()
            .for_each(|item| flatten(form, &format!("{name}[]"), item)),
        Value::Object(fields) => flatten_fields(form, name, fields),
    }
}

fn flatten_fields(form: &mut Multipart, name: &str, fields: &Map<String, Value>) {
    for (key, value) in fields {
        let name = if name.is_empty() {
            key.clone()
        } else {
            format!("{name}[{key}]")
        };
        flatten(form, &name, value);
    }
}

/// Describes the calls of a resource. Each is a builder that can be awaited; each line inside is one setter:
///
/// * `field name: Type = "key"` sets a field of the body,
/// * `flag name = "key"` sets a boolean field of the body,
/// * `number name: Type = "key"` sets a whole number in the body,
/// * `patch name: Type = "key"` leaves, clears or sets a field,
/// * `array name: Type = "key"` sets a list in the body,
/// * `filter name: Type = "key"` sets a parameter of the query,
/// * `switch name = "key"` sets a boolean parameter of the query,
/// * `filters name: Type = "key"` adds to a list in the query,
/// * `since`, `until`, `day`, `moment` take a time in the spelling their part of the API wants,
/// * `attributes`, `attribute_filter` take a custom attribute, `files` takes a file.
macro_rules! request {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident -> $output:ty, $($how:ident)+ {
            $($setters:tt)*
        }
    )*) => {$(
        request!(@base [$(#[$meta])*] $name { $($setters)* });

        impl $name {
            /// Sends the call and also tells what is known of the answer: status, headers, tries, items left out.
            ///
            /// # Errors
            /// As awaiting the call itself.
            pub async fn send_with_meta(self) -> Result<($output, $crate::client::Meta), $crate::error::Error> {
                request!(@send self.call, $($how)+)
            }
        }

        impl std::future::IntoFuture for $name {
            type Output = Result<$output, $crate::error::Error>;
            type IntoFuture = $crate::transport::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(request!(@give self.call, $($how)+))
            }
        }
    )*};

    (@send $call:expr, $decode:ident) => {
        $call.send($decode).await
    };
    (@send $call:expr, reconcile $sender:ident) => {
        $crate::resources::reconcile::$sender($call).await
    };
    (@give $call:expr, $decode:ident) => {
        $call.give($decode)
    };
    (@give $call:expr, reconcile $sender:ident) => {{
        let call = $call;
        async move { $crate::resources::reconcile::$sender(call).await.map(|(output, _)| output) }
    }};

    (@base [$($meta:tt)*] $name:ident {
        $($(#[$setter_meta:meta])* $kind:ident $setter:ident $(: $type:ty)? = $key:literal;)*
    }) => {
        $($meta)*
        #[derive(Debug, Clone)]
        #[must_use = "a call does nothing until it is awaited"]
        pub struct $name {
            pub(crate) call: $crate::client::Call,
        }

        impl $name {
            $(request!(@setter [$(#[$setter_meta])*] $kind $setter $(: $type)? = $key);)*

            /// Options of this call only.
            pub fn with_options(mut self, options: $crate::client::CallOptions) -> Self {
                self.call.options = options;
                self
            }
        }
    };

    (@setter [$($doc:tt)*] field $setter:ident : $type:ty = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, value: impl Into<$type>) -> Self {
            self.call.set($key, value.into());
            self
        }
    };
    (@setter [$($doc:tt)*] flag $setter:ident = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, value: bool) -> Self {
            self.call.set($key, value);
            self
        }
    };
    // Taken as it is: a bare literal would not know which of the types that go into it to be.
    (@setter [$($doc:tt)*] number $setter:ident : $type:ty = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, value: $type) -> Self {
            self.call.set($key, value);
            self
        }
    };
    (@setter [$($doc:tt)*] patch $setter:ident : $type:ty = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, value: impl Into<$crate::model::Patch<$type>>) -> Self {
            self.call.patch($key, value.into());
            self
        }
    };
    (@setter [$($doc:tt)*] array $setter:ident : $type:ty = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, values: impl IntoIterator<Item = impl Into<$type>>) -> Self {
            self.call.set($key, values.into_iter().map(Into::into).collect::<Vec<$type>>());
            self
        }
    };
    (@setter [$($doc:tt)*] filter $setter:ident : $type:ty = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, value: impl Into<$type>) -> Self {
            self.call.filter($key, value.into());
            self
        }
    };
    (@setter [$($doc:tt)*] switch $setter:ident = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, value: bool) -> Self {
            self.call.filter($key, value);
            self
        }
    };
    (@setter [$($doc:tt)*] filters $setter:ident : $type:ty = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, values: impl IntoIterator<Item = impl Into<$type>>) -> Self {
            self.call.filters($key, values.into_iter().map(Into::into));
            self
        }
    };
    (@setter [$($doc:tt)*] day $setter:ident = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, day: impl Into<$crate::model::LocalTime>) -> Self {
            self.call.filter($key, day.into().iso_day());
            self
        }
    };
    (@setter [$($doc:tt)*] since $setter:ident = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, time: impl Into<$crate::model::LocalTime>) -> Self {
            self.call.filter($key, time.into().russian());
            self
        }
    };
    (@setter [$($doc:tt)*] until $setter:ident = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, time: impl Into<$crate::model::LocalTime>) -> Self {
            self.call.filter($key, time.into().ceil_minute().russian());
            self
        }
    };
    (@setter [$($doc:tt)*] moment $setter:ident = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, time: impl Into<$crate::model::LocalTime>) -> Self {
            self.call.set($key, time.into().iso_minute());
            self
        }
    };
    (@setter [$($doc:tt)*] attributes $setter:ident = $key:literal) => {
        $($doc)*
        pub fn $setter(
            mut self,
            code: impl Into<$crate::model::AttributeCode>,
            value: impl Into<$crate::model::CustomValue>,
        ) -> Self {
            self.call.set_in($key, code.into().as_str(), value.into());
            self
        }
    };
    (@setter [$($doc:tt)*] files $setter:ident = $key:literal) => {
        $($doc)*
        pub fn $setter(mut self, file: $crate::upload::Upload) -> Self {
            self.call.upload($key, file);
            self
        }
    };
    (@setter [$($doc:tt)*] attribute_filter $setter:ident = $key:literal) => {
        $($doc)*
        pub fn $setter(
            mut self,
            code: impl Into<$crate::model::AttributeCode>,
            value: impl Into<$crate::resources::AttributeFilter>,
        ) -> Self {
            value.into().apply(&mut self.call, $key, code.into().as_str());
            self
        }
    };
}

/// Describes the calls that give a list page by page; setters as in `request!`.
macro_rules! paged {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident -> $item:ty { $($setters:tt)* }
    )*) => {$(
        request!(@base [
            $(#[$meta])*
            ///
            /// Awaiting it gives one page; [`into_pager`](Self::into_pager) walks all of them.
        ] $name { $($setters)* });

        impl std::future::IntoFuture for $name {
            type Output = Result<$crate::page::Page<$item>, $crate::error::Error>;
            type IntoFuture = $crate::transport::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin($crate::page::fetch(self.call))
            }
        }

        impl $name {
            /// Items per page, from 2 to what Okdesk allows: 50 for issues, 100 for everything else.
            pub fn page_size(mut self, items: u32) -> Self {
                $crate::page::set_size(&mut self.call, items);
                self
            }

            /// All pages, one after another.
            pub fn into_pager(self) -> $crate::page::Pager<$item> {
                $crate::page::Pager::new(self.call)
            }
        }
    )*};
}
