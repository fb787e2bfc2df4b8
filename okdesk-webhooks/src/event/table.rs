//! The one table of event types: name on the wire, variant, and what is generated from both.

use std::sync::Arc;

use super::lazy::Lazy;
use super::outline::Outline;
use super::payload::*;
use super::raw::RawBody;
use super::{
    Author, WebhookAgreement, WebhookCompany, WebhookEquipment, WebhookIssue, WebhookServiceAim,
};
use crate::schema::{Described, Shape};

macro_rules! events {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal, $entity:ident;)*) => {
        okdesk_sdk::open_enum! {
            /// What kind of event it is; unknown kinds are kept.
            ///
            /// ```
            /// use okdesk_webhooks::EventKind;
            ///
            /// assert_eq!(EventKind::NewComment.as_str(), "new_comment");
            /// assert!(!EventKind::from("new_moon").is_known());
            /// ```
            pub enum EventKind {
                $(
                    #[doc = concat!("`", $word, "`: see [`", stringify!($name), "`](crate::event::", stringify!($name), ").")]
                    $name = $word,
                )*
            }
        }

        /// A webhook of Okdesk.
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum Event {
            $(
                #[doc = concat!("`", $word, "`")]
                $name(Lazy<$name>),
            )*
            /// A type this version does not know, or an entity it cannot read.
            Unknown(Unknown),
        }

        impl EventKind {
            /// The shape of `event`, the key of the entity, and the shape of the entity.
            pub(crate) fn envelope(&self) -> Option<(Shape, &'static str, Shape)> {
                match self {
                    $(Self::$name => Some((
                        <<$name as Payload>::Fields as Described>::SHAPE,
                        <$name as Payload>::ENTITY.key(),
                        <<$name as Payload>::Entity as Described>::SHAPE,
                    )),)*
                    _ => None,
                }
            }
        }

        impl Event {
            pub(super) fn assemble(
                kind: &EventKind,
                outline: &Outline,
                source: &Arc<str>,
                body: &RawBody,
            ) -> Option<Self> {
                match kind {
                    $(EventKind::$name => outline
                        .identifies(<$name as Payload>::ENTITY)
                        .then(|| Self::$name(Lazy::new(Arc::clone(source), body.clone()))),)*
                    _ => None,
                }
            }

            /// What kind of event it is. For an event of a known kind whose entity could not be read, that is
            /// the kind it claims, while the variant is [`Event::Unknown`].
            #[must_use]
            pub fn kind(&self) -> EventKind {
                match self {
                    $(Self::$name(_) => EventKind::$name,)*
                    Self::Unknown(unknown) => EventKind::from(unknown.event_type.as_str()),
                }
            }

            /// Whether something in the body could not be read and was left out.
            /// [`schema::deviations`](crate::schema::deviations) tells what; [`raw`](Self::raw) has it.
            #[must_use]
            pub fn is_partial(&self) -> bool {
                match self {
                    $(Self::$name(event) => event.is_partial(),)*
                    Self::Unknown(_) => false,
                }
            }

            pub(super) fn event_author(&self) -> Option<&Author> {
                match self {
                    $(Self::$name(event) => event.author.as_ref(),)*
                    Self::Unknown(_) => None,
                }
            }

            pub(super) fn body(&self) -> &RawBody {
                match self {
                    $(Self::$name(event) => &event.body,)*
                    Self::Unknown(unknown) => &unknown.body,
                }
            }

            pub(super) fn entity(&self) -> Option<Entity<'_>> {
                match self {
                    $(Self::$name(event) => Some((&event.$entity).into()),)*
                    Self::Unknown(_) => None,
                }
            }
        }
    };
}

events! {
    NewTicket = "new_ticket", issue;
    NewTicketStatus = "new_ticket_status", issue;
    NewAssignee = "new_assignee", issue;
    UpdateIssueWorkType = "update_issue_work_type", issue;
    NewPriority = "new_priority", issue;
    NewComment = "new_comment", issue;
    NewCsatRate = "new_csat_rate", issue;
    NewFiles = "new_files", issue;
    NewDeadline = "new_deadline", issue;
    AddCoexecutor = "add_coexecutor", issue;
    RemoveCoexecutor = "remove_coexecutor", issue;
    ChangeTicketParameter = "change_ticket_parameter", issue;
    TicketDeleted = "ticket_deleted", issue;
    NewEquipment = "new_equipment", equipment;
    ChangeEquipment = "change_equipment", equipment;
    NewCompany = "new_company", company;
    ChangeCompany = "change_company", company;
    NewAgreement = "new_agreement", agreement;
    ChangeAgreement = "change_agreement", agreement;
    NewServiceAim = "new_service_aim", service_aim;
    ChangeServiceAim = "change_service_aim", service_aim;
}

/// The thing an event is about.
#[derive(Clone, Copy)]
pub(super) enum Entity<'a> {
    Issue(&'a WebhookIssue),
    Equipment(&'a WebhookEquipment),
    Company(&'a WebhookCompany),
    Agreement(&'a WebhookAgreement),
    ServiceAim(&'a WebhookServiceAim),
}

macro_rules! entity {
    ($($variant:ident: $type:ty;)*) => {$(
        impl<'a> From<&'a $type> for Entity<'a> {
            fn from(entity: &'a $type) -> Self {
                Self::$variant(entity)
            }
        }
    )*};
}

entity! {
    Issue: WebhookIssue;
    Equipment: WebhookEquipment;
    Company: WebhookCompany;
    Agreement: WebhookAgreement;
    ServiceAim: WebhookServiceAim;
}
