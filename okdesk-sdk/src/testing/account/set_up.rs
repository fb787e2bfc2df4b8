//! What an administrator sets up: attributes, statuses, types, categories, price lists.

use super::Account;
use crate::model::{CategoryId, PriceListId};
use crate::testing::state::clients::Category;
use crate::testing::state::custom::{Attribute, AttributeKind, AttributeOwner};
use crate::testing::state::dictionaries::{IssueType, Status};
use crate::testing::state::next_in;
use crate::testing::state::price::PriceList;

impl<'a> Account<'a> {
    /// Defines a custom attribute.
    pub fn attribute(
        self,
        owner: AttributeOwner,
        code: impl Into<String>,
        name: impl Into<String>,
        kind: AttributeKind,
    ) {
        self.define(owner, code.into(), name.into(), kind, false);
    }

    /// Defines a custom attribute that must not be empty.
    pub fn required_attribute(
        self,
        owner: AttributeOwner,
        code: impl Into<String>,
        name: impl Into<String>,
        kind: AttributeKind,
    ) {
        self.define(owner, code.into(), name.into(), kind, true);
    }

    /// Defines a custom attribute with options to choose from.
    pub fn select_attribute(
        self,
        owner: AttributeOwner,
        code: impl Into<String>,
        name: impl Into<String>,
        options: &[&str],
    ) {
        let code = code.into();
        self.define(
            owner,
            code.clone(),
            name.into(),
            AttributeKind::Select,
            false,
        );
        self.engine.arrange(|account| {
            let attributes = account.attributes.iter_mut();
            for attribute in attributes.filter(|one| one.owner == owner && one.code == code) {
                attribute.options = options.iter().map(|option| (*option).to_owned()).collect();
            }
        });
    }

    fn define(
        self,
        owner: AttributeOwner,
        code: String,
        name: String,
        kind: AttributeKind,
        required: bool,
    ) {
        self.engine.arrange(|account| {
            account.define_attribute(Attribute {
                owner,
                code,
                name,
                kind,
                required,
                options: Vec::new(),
                only_for: Vec::new(),
            });
        });
    }

    /// Lets issues change from one status only to these.
    pub fn transitions(self, from: &str, to: &[&str]) {
        self.engine.arrange(|account| {
            if let Some(status) = account
                .dictionaries
                .statuses
                .iter_mut()
                .find(|status| status.code == from)
            {
                status.leads_to = to.iter().map(|code| (*code).to_owned()).collect();
            }
        });
    }

    /// A status, with a neutral colour.
    pub fn status(self, code: impl Into<String>, name: impl Into<String>) {
        self.engine.arrange(|account| {
            let id = account.next.service_wide();
            account.dictionaries.statuses.push(Status {
                id,
                code: code.into(),
                name: name.into(),
                color: "#cccccc".to_owned(),
                is_final: false,
                comment_required: false,
                delay_required: false,
                leads_to: Vec::new(),
            });
        });
    }

    /// A type of issues.
    pub fn issue_type(self, code: impl Into<String>, name: impl Into<String>) {
        self.engine.arrange(|account| {
            let id = account.next.service_wide();
            account.dictionaries.types.push(IssueType {
                id,
                code: code.into(),
                name: name.into(),
                default: false,
                inner: false,
                available_for_client: true,
                folder: None,
                is_folder: false,
            });
        });
    }

    /// A folder of issue types that takes these in.
    pub fn issue_type_folder(self, name: impl Into<String>, codes: &[&str]) {
        self.engine.arrange(|account| {
            let id = account.next.service_wide();
            let types = &mut account.dictionaries.types;
            for kind in types
                .iter_mut()
                .filter(|kind| codes.contains(&kind.code.as_str()))
            {
                kind.folder = Some(id);
            }
            types.push(IssueType {
                id,
                code: format!("group_{id}"),
                name: name.into(),
                default: false,
                inner: false,
                available_for_client: true,
                folder: None,
                is_folder: true,
            });
        });
    }

    /// A category of companies.
    pub fn company_category(self, code: impl Into<String>, name: impl Into<String>) -> CategoryId {
        self.engine.arrange(|account| {
            let id = account.categories.len() as u64 + 1;
            let category = Category {
                id,
                code: code.into(),
                name: name.into(),
                color: "#53a93f".to_owned(),
            };
            account.categories.push(category);
            CategoryId::new(id)
        })
    }

    /// A price list for everybody.
    pub fn price_list(self, name: impl Into<String>) -> PriceListId {
        self.engine.arrange(|account| {
            let id = next_in(&account.price_lists);
            account.price_lists.insert(
                id,
                PriceList {
                    id,
                    name: name.into(),
                    allow_without_category: true,
                    allow_without_company: true,
                    ..PriceList::default()
                },
            );
            PriceListId::new(id)
        })
    }
}
