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
mod recorded;
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
pub use self::recorded::Recorded;
pub use self::recorder::{Calls, Recorder};
pub use self::seed::Seed;
pub use self::simulator::{Simulator, SimulatorBuilder};
pub use self::staff::{Comment, Refused, Staff, StaffName, StatusChange};
pub use self::state::custom::{AttributeKind, AttributeOwner};
pub use self::webhooks::{BadWebhook, Delivery, Outcome, Webhooks};

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Every source file of a folder, by name.
    fn files(folder: &str) -> Vec<(String, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/testing")
            .join(folder);
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path.display().to_string(), text));
            }
        }
        assert!(files.len() > 2);
        files
    }

    #[test]
    fn http_state_and_json_shapes_live_apart() {
        let rules: [(&str, &[&str]); 4] = [
            // The account knows neither how it is asked nor how it is written.
            (
                "state",
                &["hyper", "http_body", "testing::json", "Json", "object!"],
            ),
            // Shapes know no HTTP and change nothing.
            (
                "json",
                &["hyper", "http_body", "tokio", "&mut Account", "Params"],
            ),
            // Operations lead from parameters to rules to shapes: no HTTP, and no shape of their own.
            ("api", &["hyper", "http_body", "tokio"]),
            // HTTP carries what others made.
            ("http", &["object!", "account.issues", "account.companies"]),
        ];
        for (folder, strangers) in rules {
            for (name, text) in files(folder) {
                let code = text.split("#[cfg(test)]").next().unwrap();
                for stranger in strangers {
                    assert!(!code.contains(stranger), "{name} knows {stranger:?}");
                }
            }
        }
    }
}
