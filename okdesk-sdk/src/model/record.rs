//! The macro that describes an answer: a list of fields, each read leniently.

/// Describes a record Okdesk answers with: `pub struct Name[key: Type] { field: Type, other: Type as "json name" }`.
///
/// The key in brackets must be there, every other field may be missing or `null`. Not covered by the promise of stable
/// versions: it is exported for the sibling crates only.
#[doc(hidden)]
#[macro_export]
macro_rules! record {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident $([$key:ident : $key_type:ty])? {
            $($(#[$field_meta:meta])* $field:ident : $type:ty $(as $json:literal)?),* $(,)?
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default, ::serde::Serialize, ::serde::Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $(
                /// What it is known by; an answer without it is not understood.
                #[serde(deserialize_with = "::okdesk_sdk::model::lenient::required")]
                pub $key: $key_type,
            )?
            $(
                $(#[$field_meta])*
                $(#[serde(rename = $json)])?
                #[serde(default, deserialize_with = "::okdesk_sdk::model::lenient::field")]
                pub $field: $type,
            )*
        }

        impl $crate::model::lenient::Lenient for $name {
            fn read<'de, D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Option<Self>, D::Error> {
                $crate::model::lenient::record(deserializer)
            }

            fn drift(value: &::serde_json::Value, drifts: &mut $crate::model::Drifts) {
                drifts.object(value, &[
                    $($crate::record!(@known $key, $key_type),)?
                    $($crate::record!(@known $field, $type $(, $json)?),)*
                ]);
            }
        }
    )*};
    (@known $field:ident, $type:ty) => {
        $crate::record!(@known $field, $type, stringify!($field))
    };
    (@known $field:ident, $type:ty, $json:expr) => {
        $crate::model::Known {
            name: $json,
            nullable: <$type as $crate::model::lenient::Lenient>::NULLABLE,
            walk: <$type as $crate::model::lenient::Lenient>::drift,
        }
    };
}

#[cfg(test)]
#[allow(unreachable_pub)]
mod tests {
    use crate::model::lenient::Lenient;
    use crate::model::{Drift, DriftKind, Drifts, FieldType, IssueId, Named, StatusCode};

    record! {
        /// A thing.
        pub struct Thing[id: IssueId] {
            /// Its name.
            title: String,
            /// Its kind.
            kind: Option<FieldType> as "type",
            /// Where it stands.
            status: StatusCode,
            /// Parts.
            parts: Vec<Thing>,
            /// To whom it belongs.
            owner: Option<Named<IssueId>>,
            /// How much.
            cost: Option<f64>,
        }
    }

    #[test]
    fn everything_but_the_key_may_be_missing_or_null() {
        let bare: Thing = serde_json::from_str(r#"{"id":"7"}"#).unwrap();
        assert_eq!(
            bare,
            Thing {
                id: IssueId::new(7),
                ..Thing::default()
            }
        );
        let nulls = r#"{"id":7,"title":null,"type":null,"status":null,"parts":null,"owner":null,"cost":null}"#;
        assert_eq!(serde_json::from_str::<Thing>(nulls).unwrap(), bare);
        let empties = r#"{"id":7,"title":"","type":"","status":"","parts":{},"owner":{"id":null,"name":null},"cost":""}"#;
        assert_eq!(serde_json::from_str::<Thing>(empties).unwrap(), bare);
        assert!(serde_json::from_str::<Thing>(r#"{"title":"no id"}"#).is_err());
        assert!(serde_json::from_str::<Thing>(r#"{"id":null}"#).is_err());
    }

    #[test]
    fn a_record_round_trips() {
        let json = r#"{"id":1,"type":"ftdate","parts":[{"id":2,"title":"x"}],"owner":{"id":3,"name":"n"},"cost":0.5}"#;
        let thing: Thing = serde_json::from_str(json).unwrap();
        assert_eq!(thing.kind, Some(FieldType::Date));
        let again = serde_json::to_string(&thing).unwrap();
        assert_eq!(serde_json::from_str::<Thing>(&again).unwrap(), thing);
    }

    #[test]
    fn drift_names_what_is_new() {
        let json = r#"{"id":1,"title":null,"type":"ftcolour","parts":[{"id":2,"new":1},{"id":3,"new":2}],"more":{}}"#;
        let mut drifts = Drifts::new();
        Thing::drift(&serde_json::from_str(json).unwrap(), &mut drifts);
        let found: Vec<Drift> = drifts.into_found().collect();
        let at = |path: &str, kind| Drift {
            path: path.into(),
            kind,
        };
        assert_eq!(
            found,
            [
                at("more", DriftKind::UnknownField),
                at("parts[].new", DriftKind::UnknownField),
                at("title", DriftKind::UnexpectedNull),
                at("type", DriftKind::UnknownValue("ftcolour".into())),
            ]
        );
    }
}
