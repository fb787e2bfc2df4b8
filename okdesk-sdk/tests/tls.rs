//! What each feature for TLS promises. `cargo test` runs one set of features; `.ci/run` runs the others:
//! `cargo test -p okdesk-sdk --no-default-features --features testing,rustls-no-provider --test tls`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

use okdesk_sdk::Client;

fn https() -> Result<(), String> {
    let client = Client::new("https://account.okdesk.ru", "key");
    client.map(drop).map_err(|error| error.to_string())
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[test]
fn https_needs_no_preparation() {
    assert_eq!(https(), Ok(()));
}

#[cfg(all(
    feature = "rustls-no-provider",
    not(any(feature = "rustls", feature = "native-tls"))
))]
#[test]
fn without_a_provider_the_client_says_what_to_install() {
    let error = https().unwrap_err();
    assert!(error.contains("no crypto provider is installed"), "{error}");
    assert!(error.contains("install_default()"), "{error}");
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().unwrap();
    assert_eq!(https(), Ok(()));
}

#[cfg(not(any(
    feature = "rustls",
    feature = "native-tls",
    feature = "rustls-no-provider"
)))]
#[test]
fn without_tls_https_is_refused_and_loopback_works() {
    let error = https().unwrap_err();
    assert!(error.contains("enable one of the features"), "{error}");
    assert!(Client::new("http://127.0.0.1:8480", "key").is_ok());
}

/// Whatever the TLS, an account on loopback is reached without it.
#[cfg(any(
    feature = "rustls",
    feature = "native-tls",
    not(feature = "rustls-no-provider")
))]
#[tokio::test]
async fn the_simulator_is_reached_with_every_set_of_features() {
    let okdesk = okdesk_sdk::testing::Simulator::start().await;
    okdesk.client().issues().create("x").await.unwrap();
    assert_eq!(okdesk.recorder().count("issues.create"), 1);
}
