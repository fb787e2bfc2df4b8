//! Raw HTTP against the simulator, and a receiver of webhooks: nothing of our own client.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use okdesk_sdk::testing::{Simulator, SimulatorBuilder};
use serde_json::Value;
use url::Url;

pub(crate) struct Okdesk {
    pub(crate) sim: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

pub(crate) type Answer = (u16, Value);

impl Okdesk {
    pub(crate) async fn start() -> Self {
        Self::from(Simulator::builder()).await
    }

    pub(crate) async fn from(builder: SimulatorBuilder) -> Self {
        let sim = builder.start().await;
        let http = client();
        let token = sim.token().to_owned();
        Self { sim, http, token }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.sim.url().join("api/v1/").unwrap().join(path).unwrap();
        url.query_pairs_mut().append_pair("api_token", &self.token);
        url
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.http.get(self.url(path))).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        answer(self.http.delete(self.url(path))).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.json(reqwest::Method::POST, path, &body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        answer(self.json(reqwest::Method::PATCH, path, &body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        answer(self.json(reqwest::Method::PUT, path, &body)).await
    }

    pub(crate) async fn multipart(&self, path: &str, form: reqwest::multipart::Form) -> Answer {
        answer(self.http.post(self.url(path)).multipart(form)).await
    }

    /// The body as text, for what depends on the order of keys.
    pub(crate) async fn text(&self, path: &str) -> String {
        self.http
            .get(self.url(path))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    pub(crate) fn json(
        &self,
        method: reqwest::Method,
        path: &str,
        body: &Value,
    ) -> reqwest::RequestBuilder {
        self.http
            .request(method, self.url(path))
            .header("content-type", "application/json")
            .body(body.to_string())
    }
}

/// One client for all: building one loads the system's certificates. It keeps no connection, for those end
/// with the runtime of the test that opened them.
fn client() -> reqwest::Client {
    static CLIENT: std::sync::OnceLock<reqwest::Client> = std::sync::OnceLock::new();
    let build = || {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .no_proxy()
            .build()
            .unwrap()
    };
    CLIENT.get_or_init(build).clone()
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

pub(crate) fn file(name: &str, content: &'static [u8]) -> reqwest::multipart::Part {
    reqwest::multipart::Part::bytes(content).file_name(name.to_owned())
}

/// The keys of an object in the order they stand in the text.
pub(crate) fn keys(object: &str) -> Vec<String> {
    struct Keys(Vec<String>);
    impl<'de> serde::Deserialize<'de> for Keys {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Keys;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<Keys, A::Error> {
                    let mut keys = Vec::new();
                    while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                        keys.push(key);
                    }
                    Ok(Keys(keys))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    serde_json::from_str::<Keys>(object).unwrap().0
}

/// A member of an object as it stands in the text.
pub(crate) fn member<'a>(object: &'a str, key: &str) -> &'a str {
    let members: std::collections::HashMap<String, &'a serde_json::value::RawValue> =
        serde_json::from_str(object).unwrap();
    members[key].get()
}

/// Accepts webhooks and keeps their bodies.
pub(crate) struct Receiver {
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<Post>>>,
}

struct Post {
    authorization: Option<String>,
    body: Bytes,
}

impl Receiver {
    pub(crate) async fn start(status: u16) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/hook", listener.local_addr().unwrap())).unwrap();
        let seen: Arc<Mutex<Vec<Post>>> = Arc::default();
        let kept = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = kept.clone();
                tokio::spawn(async move {
                    let service =
                        service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                            let kept = kept.clone();
                            async move {
                                assert_eq!(request.method(), "POST");
                                assert_eq!(request.headers()["content-type"], "application/json");
                                let authorization = request.headers().get("authorization");
                                let authorization =
                                    authorization.map(|text| text.to_str().unwrap().to_owned());
                                let body = request.into_body().collect().await.unwrap().to_bytes();
                                let post = Post {
                                    authorization,
                                    body,
                                };
                                kept.lock().unwrap().push(post);
                                hyper::Response::builder()
                                    .status(status)
                                    .body(Empty::<Bytes>::new())
                            }
                        });
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { url, seen }
    }

    pub(crate) fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .map(|post| String::from_utf8(post.body.to_vec()).unwrap())
            .collect()
    }

    /// What `Authorization` said, webhook by webhook.
    pub(crate) fn authorizations(&self) -> Vec<Option<String>> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|post| post.authorization.clone()).collect()
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        self.texts()
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.events()
            .iter()
            .map(|body| body["event"]["event_type"].as_str().unwrap().to_owned())
            .collect()
    }
}
