//! What somebody writes who has no client: plain structs of serde, and reqwest alone.
#![allow(dead_code, reason = "the fields are there to be decoded")]

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) created_at: Option<String>,
    pub(crate) company_id: Option<u64>,
    pub(crate) status: Option<Coded>,
    pub(crate) priority: Option<Coded>,
    pub(crate) contact: Option<Named>,
    pub(crate) assignee: Option<Named>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Summary {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) created_at: Option<String>,
    pub(crate) updated_at: Option<String>,
    pub(crate) completed_at: Option<String>,
    pub(crate) deadline_at: Option<String>,
    pub(crate) delay_to: Option<String>,
    pub(crate) planned_reaction_at: Option<String>,
    pub(crate) reacted_at: Option<String>,
    pub(crate) start_execution: Option<String>,
    pub(crate) without_answer: Option<bool>,
    pub(crate) status: Option<Coded>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Coded>,
    pub(crate) priority: Option<Coded>,
    pub(crate) company: Option<Named>,
    pub(crate) contact: Option<Named>,
    pub(crate) service_object: Option<Place>,
    pub(crate) agreement: Option<Agreement>,
    pub(crate) equipments: Vec<Equipment>,
    pub(crate) author: Option<Person>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Coded {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) color: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) timezone: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Agreement {
    pub(crate) id: u64,
    pub(crate) title: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Equipment {
    pub(crate) id: u64,
    pub(crate) serial_number: Option<String>,
    pub(crate) inventory_number: Option<String>,
    pub(crate) equipment_kind: Option<Coded>,
    pub(crate) equipment_manufacturer: Option<Coded>,
    pub(crate) equipment_model: Option<Coded>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

/// One request of reqwest, decoded.
pub(crate) async fn get<T: serde::de::DeserializeOwned>(
    http: &reqwest::Client,
    address: &str,
) -> T {
    let answer = http.get(address).send().await.expect("an answer");
    let body = answer.bytes().await.expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}
