//! Builders of records that were there before a test begins. Webhooks are not told of them.

mod clients;
mod issue;
mod people;
mod set_up;

use super::engine::Engine;
use super::state;
use super::state::custom::{Attribute, AttributeKind, AttributeOwner, Value, Values};

pub use self::clients::{NewAgreement, NewCompany, NewEquipment, NewMaintenanceEntity};
pub use self::issue::NewIssue;
pub use self::people::{NewContact, NewEmployee};

/// The custom attribute companies keep their INN in.
pub(crate) const INN: &str = "inn_company";

/// The account of a [`Simulator`](super::Simulator), to be furnished.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    engine: &'a Engine,
}

impl std::fmt::Debug for Account<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Account")
    }
}

/// Setters of optional text and of references, alike in every builder.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $field:ident as $kind:ty;)*) => {
        $($(#[$doc])*
        pub fn $name(mut self, $name: $kind) -> Self {
            self.record.$field = Some($name.into());
            self
        })*
    };
}
use setters;

impl<'a> Account<'a> {
    pub(crate) fn new(engine: &'a Engine) -> Self {
        Self { engine }
    }
}

/// Gives a record its custom values; attributes nobody has defined are defined as text.
fn custom(
    account: &mut state::Account,
    owner: AttributeOwner,
    given: Vec<(String, String)>,
) -> Values {
    let mut values = Values::default();
    for (code, text) in given {
        if !account
            .attributes
            .iter()
            .any(|attribute| attribute.owner == owner && attribute.code == code)
        {
            let name = if code == INN {
                "ИНН".to_owned()
            } else {
                code.clone()
            };
            account.define_attribute(Attribute {
                owner,
                code: code.clone(),
                name,
                kind: AttributeKind::Text,
                required: false,
                options: Vec::new(),
                only_for: Vec::new(),
            });
        }
        values.set(&code, Value::Text(text));
    }
    values
}
