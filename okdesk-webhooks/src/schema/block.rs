//! The macro that describes a part of a body once: as a struct, as a reader, and as a
//! [`Shape`](super::Shape).

/// `pub struct Name[key: Type] { field: Type, other: Type as "json name" }`
///
/// The key in brackets must be there; everything else may be missing, `null`, or even unreadable.
macro_rules! block {
    ($(
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident $([$key:ident : $key_type:ty])? {
            $($(#[doc = $field_doc:literal])* $field:ident : $type:ty $(as $json:literal)?),* $(,)?
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Default, ::serde::Deserialize)]
        #[non_exhaustive]
        $vis struct $name {
            $(
                /// Its number, the one thing that is always there.
                #[serde(deserialize_with = "::okdesk_sdk::model::lenient::required")]
                pub $key: $key_type,
            )?
            $(
                $(#[doc = $field_doc])*
                $(#[serde(rename = $json)])?
                #[serde(default, deserialize_with = "::okdesk_sdk::model::lenient::field")]
                pub $field: $type,
            )*
        }

        impl ::okdesk_sdk::model::lenient::Lenient for $name {
            fn read<'de, D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                ::okdesk_sdk::model::lenient::record(deserializer)
            }
        }

        impl $crate::schema::Described for $name {
            const SHAPE: $crate::schema::Shape = $crate::schema::Shape::Record(&$crate::schema::Record {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),*),
                fields: &[
                    $($crate::schema::Field {
                        name: stringify!($key),
                        doc: " Its number.",
                        shape: <$key_type as $crate::schema::Described>::SHAPE,
                        is_key: true,
                    },)?
                    $($crate::schema::Field {
                        name: block!(@json $field $($json)?),
                        doc: concat!($($field_doc, "\n"),*),
                        shape: <$type as $crate::schema::Described>::SHAPE,
                        is_key: false,
                    },)*
                ],
            });

            fn salvage(value: ::serde_json::Value) -> Option<Self> {
                let ::serde_json::Value::Object(mut fields) = value else { return None };
                Some(Self {
                    $($key: fields.remove(stringify!($key)).and_then($crate::schema::Described::salvage)?,)?
                    $($field: fields
                        .remove(block!(@json $field $($json)?))
                        .and_then($crate::schema::Described::salvage)
                        .unwrap_or_default(),)*
                })
            }
        }
    )*};
    (@json $field:ident) => { stringify!($field) };
    (@json $field:ident $json:literal) => { $json };
}
