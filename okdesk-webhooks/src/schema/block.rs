//! The macro that describes a part of a body once: as a struct, as a reader, and as a
//! [`Shape`](super::Shape).

/// `pub struct Name[key: Type] { field: Type, other: Type as "json name" }`
///
/// The key in brackets must be there; everything else may be missing, `null`, or even unreadable. `[?key: Type]` is a key
/// that Okdesk always sends, and without which the rest is still worth reading.
macro_rules! block {
    ($(
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident $([$key:ident : $key_type:ty])? $([? $soft:ident : $soft_type:ty])? {
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
                /// Its number; Okdesk always sends it, others who send such bodies may not.
                #[serde(default, deserialize_with = "::okdesk_sdk::model::lenient::field")]
                pub $soft: Option<$soft_type>,
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
                        name: stringify!($soft),
                        doc: " Its number.",
                        shape: <$soft_type as $crate::schema::Described>::SHAPE,
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

            fn salvage(value: &::serde_json::value::RawValue) -> Option<Self> {
                let fields = $crate::schema::fields(value)?;
                Some(Self {
                    $($key: fields.get(stringify!($key)).and_then(|value| $crate::schema::Described::salvage(value))?,)?
                    $($soft: fields
                        .get(stringify!($soft))
                        .and_then(|value| $crate::schema::Described::salvage(value))
                        .unwrap_or_default(),)?
                    $($field: fields
                        .get(block!(@json $field $($json)?))
                        .and_then(|value| $crate::schema::Described::salvage(value))
                        .unwrap_or_default(),)*
                })
            }
        }
    )*};
    (@json $field:ident) => { stringify!($field) };
    (@json $field:ident $json:literal) => { $json };
}
