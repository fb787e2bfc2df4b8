//! What somebody writes who has no client: plain structs of serde, and reqwest alone.
#![allow(dead_code, reason = "the fields are there to be decoded")]

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Issue {
    pub id: u64,
    pub title: String,
    pub description: String,
    pub created_at: Option<String>,
    pub company_id: Option<u64>,
    pub status: Option<Coded>,
    pub priority: Option<Coded>,
    pub contact: Option<Named>,
    pub assignee: Option<Named>,
}

#[derive(Debug, Deserialize)]
pub struct Summary {
    pub id: u64,
    pub title: String,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub completed_at: Option<String>,
    pub deadline_at: Option<String>,
    pub delay_to: Option<String>,
    pub planned_reaction_at: Option<String>,
    pub reacted_at: Option<String>,
    pub start_execution: Option<String>,
    pub without_answer: Option<bool>,
    pub status: Option<Coded>,
    #[serde(rename = "type")]
    pub kind: Option<Coded>,
    pub priority: Option<Coded>,
    pub company: Option<Named>,
    pub contact: Option<Named>,
    pub service_object: Option<Place>,
    pub agreement: Option<Agreement>,
    pub equipments: Vec<Equipment>,
    pub author: Option<Person>,
}

#[derive(Debug, Deserialize)]
pub struct Named {
    pub id: u64,
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub struct Coded {
    pub code: String,
    pub name: String,
    pub color: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Place {
    pub id: u64,
    pub name: String,
    pub timezone: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Agreement {
    pub id: u64,
    pub title: String,
}

#[derive(Debug, Deserialize)]
pub struct Equipment {
    pub id: u64,
    pub serial_number: Option<String>,
    pub inventory_number: Option<String>,
    pub equipment_kind: Option<Coded>,
    pub equipment_manufacturer: Option<Coded>,
    pub equipment_model: Option<Coded>,
}

#[derive(Debug, Deserialize)]
pub struct Person {
    pub id: u64,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// One request of reqwest, decoded.
pub async fn get<T: serde::de::DeserializeOwned>(http: &reqwest::Client, address: &str) -> T {
    let answer = http.get(address).send().await.expect("an answer");
    let body = answer.bytes().await.expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}
