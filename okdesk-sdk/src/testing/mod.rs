//! An Okdesk that anybody can run: stateful, on a loopback port, with webhooks, files and faults.
//!
//! [`Simulator::start`] gives an empty account with the usual dictionaries and one administrator. What is
//! created through its REST API is found, listed, filtered, paged and changed; webhooks are posted for it;
//! files are stored and served from another host.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use okdesk_sdk::testing::Simulator;
//!
//! let okdesk = Simulator::start().await;
//! let company = okdesk.account().company("ООО Ромашка").inn("7707083893").create();
//! let contact = okdesk.account().contact("Анна", "Петрова").company(company).phone("+79161234567").create();
//! let issue = okdesk.account().issue("Не печатает принтер").contact(contact).create();
//!
//! okdesk.staff("Иван Соколов").comment(issue, "Выезжаем").public().send().unwrap();
//! assert_eq!(okdesk.snapshot()["issues"][0]["comments"][0]["content"], "Выезжаем");
//! # }
//! ```
//!
//! All JSON here is written by the simulator's own code, and none of it by the types of the client: when both
//! agree, two readings of Okdesk's documentation agree. Facts on which public sources disagree are switches of
//! the [`Dialect`].
#![doc = include_str!("../../docs/testing.md")]

mod account;
mod api;
mod clock;
mod control;
mod dialect;
mod engine;
mod faults;
mod http;
mod json;
mod params;
mod recorder;
mod seed;
mod simulator;
mod staff;
mod state;
mod traffic;
mod webhooks;

pub use self::account::{
    Account, NewAgreement, NewCompany, NewContact, NewEmployee, NewEquipment, NewIssue,
    NewMaintenanceEntity,
};
pub use self::clock::Clock;
pub use self::dialect::{Dialect, Switch, UnknownSwitch};
pub use self::faults::{BadFault, Fault, FaultPlan, FaultSpec, Faults};
pub use self::recorder::{Recorded, Recorder};
pub use self::seed::Seed;
pub use self::simulator::{Simulator, SimulatorBuilder};
pub use self::staff::{Comment, Refused, Staff, StaffName, StatusChange};
pub use self::state::custom::{AttributeKind, AttributeOwner};
pub use self::webhooks::{Delivery, Outcome, Webhooks};
