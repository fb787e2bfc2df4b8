//! Signature headers: nothing panics, and nothing but the right signature is accepted.
//!
//! The first byte chooses the settings, the rest is the value of the header.

#![no_main]

use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use okdesk_webhooks::testing::hmac_signature;
use okdesk_webhooks::verify::{Attempt, Basic, Encoding, HmacSha256, SourceNetworks, Verdict, Verifier};

const BODY: &[u8] = b"{}";

fuzz_target!(|input: &[u8]| {
    let Some((&choice, value)) = input.split_first() else { return };
    let Ok(value) = HeaderValue::from_bytes(value) else { return };
    let encoding = if choice & 1 == 0 { Encoding::Hex } else { Encoding::Base64 };
    let prefix = if choice & 2 == 0 { "" } else { "sha256=" };
    let verifier = HmacSha256::new("x-sig", "key").expect("settings").prefix(prefix).encoding(encoding);

    let mut headers = HeaderMap::new();
    headers.insert("x-sig", value.clone());
    headers.insert("authorization", value.clone());
    headers.insert("x-forwarded-for", value.clone());
    let attempt = Attempt::new(&headers).with_body(BODY).with_peer(Some([127, 0, 0, 1].into()));
    if let Verdict::Accept(_) = verifier.verify(&attempt) {
        let right = format!("{prefix}{}", hmac_signature(b"key", BODY, encoding));
        let sent = value.to_str().expect("a signature is ASCII");
        assert_eq!(sent.to_ascii_lowercase().trim_end_matches('='), right.to_ascii_lowercase().trim_end_matches('='));
    }
    let _ = Basic::new("user", "password").expect("settings").verify(&attempt);
    let networks = SourceNetworks::new(["203.0.113.0/24"]).expect("settings");
    let _ = networks.trusting_proxies(["127.0.0.1"]).expect("settings").verify(&attempt);
});
