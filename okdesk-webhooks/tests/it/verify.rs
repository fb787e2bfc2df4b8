//! Each verifier: what it accepts, what it refuses, and what it never shows.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue};
use okdesk_webhooks::testing::{basic_credentials, hmac_signature, post, signed};
use okdesk_webhooks::verify::{
    Attempt, Basic, Encoding, HeaderSecret, HmacSha256, PathSecret, Proof, Reason, SourceNetworks,
    Verdict, Verifier, VerifierError, all_of, any_of,
};

const BODY: &[u8] = br#"{"event":{"event_type":"new_ticket"},"issue":{"id":1}}"#;

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::try_from(*value).unwrap(),
            )
        })
        .collect()
}

fn outcome(verdict: Verdict) -> Result<usize, Reason> {
    match verdict {
        Verdict::Accept(proof) => Ok(proof.secret),
        Verdict::Refuse(refusal) => Err(refusal.reason),
        Verdict::NeedsBody => panic!("undecided"),
    }
}

fn with_header(verifier: &impl Verifier, name: &str, value: &str) -> Result<usize, Reason> {
    outcome(verifier.verify(&Attempt::new(&headers(&[(name, value)])).with_body(BODY)))
}

#[test]
fn path_secret() {
    let verifier = PathSecret::new("new-secret")
        .unwrap()
        .also_accept("old-secret")
        .unwrap();
    let no_headers = HeaderMap::new();
    let segment =
        |segment| outcome(verifier.verify(&Attempt::new(&no_headers).with_path_segment(segment)));
    assert_eq!(segment(Some("new-secret")), Ok(0));
    assert_eq!(segment(Some("old-secret")), Ok(1));
    for wrong in [
        "",
        "new-secre",
        "new-secrett",
        "NEW-SECRET",
        "new-secret/",
        "new%2Dsecret",
        "old-secretnew-secret",
    ] {
        assert_eq!(segment(Some(wrong)), Err(Reason::Mismatch), "{wrong}");
    }
    assert_eq!(segment(None), Err(Reason::Missing));
    assert!(verifier.wants_path_segment());

    assert_eq!(PathSecret::new("").unwrap_err(), VerifierError::EmptySecret);
    for encoded in ["a/b", "a b", "a%20b", "ключ", "a?b", "a#b"] {
        assert_eq!(
            PathSecret::new(encoded).unwrap_err(),
            VerifierError::PathSecretCharacters,
            "{encoded}"
        );
    }
}

#[test]
fn header_secret() {
    let verifier = HeaderSecret::new("X-Hook-Secret", "now")
        .unwrap()
        .also_accept("before")
        .unwrap();
    assert_eq!(with_header(&verifier, "x-hook-secret", "now"), Ok(0));
    assert_eq!(with_header(&verifier, "X-HOOK-SECRET", "before"), Ok(1));
    assert_eq!(
        with_header(&verifier, "x-hook-secret", "never"),
        Err(Reason::Mismatch)
    );
    assert_eq!(
        with_header(&verifier, "x-hook-secret", ""),
        Err(Reason::Mismatch)
    );
    assert_eq!(
        with_header(&verifier, "x-other", "now"),
        Err(Reason::Missing)
    );

    let twice = headers(&[("x-hook-secret", "now"), ("x-hook-secret", "now")]);
    assert_eq!(
        outcome(verifier.verify(&Attempt::new(&twice))),
        Err(Reason::Malformed)
    );
    assert_eq!(
        HeaderSecret::new("X Y", "s").unwrap_err(),
        VerifierError::HeaderName
    );
    assert_eq!(
        HeaderSecret::new("X-Y", "").unwrap_err(),
        VerifierError::EmptySecret
    );
}

#[test]
fn basic() {
    let verifier = Basic::new("okdesk", "pass:word")
        .unwrap()
        .also_accept("okdesk", "old")
        .unwrap();
    let authorization = |value: &str| with_header(&verifier, "authorization", value);
    assert_eq!(
        authorization(&basic_credentials("okdesk", "pass:word")),
        Ok(0)
    );
    assert_eq!(authorization(&basic_credentials("okdesk", "old")), Ok(1));
    assert_eq!(
        authorization(&basic_credentials("okdesk", "old").replace("Basic", "bAsIc")),
        Ok(1)
    );
    assert_eq!(
        authorization(&basic_credentials("okdesk:pass", "word")),
        Ok(0),
        "the same pair on the wire"
    );
    assert_eq!(
        authorization(&basic_credentials("okdesk", "")),
        Err(Reason::Mismatch)
    );
    assert_eq!(
        authorization(&basic_credentials("Okdesk", "old")),
        Err(Reason::Mismatch)
    );
    for malformed in [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Bearer b2tkZXNrOm9sZA==",
        "b2tkZXNrOm9sZA==",
    ] {
        assert!(authorization(malformed).is_err(), "{malformed:?}");
    }
    assert_eq!(with_header(&verifier, "x-other", "x"), Err(Reason::Missing));
    assert!(verifier.challenge().unwrap().starts_with("Basic "));
    assert_eq!(
        Basic::new("a:b", "c").unwrap_err(),
        VerifierError::UserNameColon
    );
    assert_eq!(Basic::new("a", "").unwrap_err(), VerifierError::EmptySecret);
}

#[test]
fn hmac_in_hex_with_a_prefix() {
    let verifier = HmacSha256::new("X-Sig", "new")
        .unwrap()
        .also_accept("old")
        .unwrap()
        .prefix("sha256=");
    let sign = |key: &str| {
        format!(
            "sha256={}",
            hmac_signature(key.as_bytes(), BODY, Encoding::Hex)
        )
    };
    assert_eq!(with_header(&verifier, "x-sig", &sign("new")), Ok(0));
    assert_eq!(with_header(&verifier, "x-sig", &sign("old")), Ok(1));
    assert_eq!(
        with_header(
            &verifier,
            "x-sig",
            &sign("new").to_uppercase().replace("SHA256", "sha256")
        ),
        Ok(0)
    );
    assert_eq!(
        with_header(&verifier, "x-sig", &sign("other")),
        Err(Reason::Mismatch)
    );

    let whole = sign("new");
    let malformed = [
        &whole["sha256=".len()..],
        &whole[..whole.len() - 1],
        &whole[..whole.len() / 2],
        &format!("{whole}0"),
        &format!("{whole} "),
        &whole.replace("sha256=", "sha1="),
        "sha256=",
        "",
        &format!("sha256={}", "g".repeat(64)),
        &format!("sha256={}", "+1".repeat(32)),
    ]
    .map(str::to_owned);
    for value in malformed {
        assert_eq!(
            with_header(&verifier, "x-sig", &value),
            Err(Reason::Malformed),
            "{value:?}"
        );
    }
    assert_eq!(
        with_header(&verifier, "x-other", &whole),
        Err(Reason::Missing)
    );

    let signed = headers(&[("x-sig", &whole)]);
    let attempt = Attempt::new(&signed);
    assert_eq!(verifier.verify(&attempt), Verdict::NeedsBody);
    let mut changed = BODY.to_vec();
    for index in 0..changed.len() {
        changed[index] ^= 1;
        assert_eq!(
            outcome(verifier.verify(&attempt.with_body(&changed))),
            Err(Reason::Mismatch),
            "byte {index}"
        );
        changed[index] ^= 1;
    }
    assert_eq!(
        outcome(verifier.verify(&attempt.with_body(&BODY[1..]))),
        Err(Reason::Mismatch)
    );
    assert_eq!(
        outcome(verifier.verify(&attempt.with_body(b""))),
        Err(Reason::Mismatch)
    );
}

#[test]
fn hmac_in_base64() {
    let verifier = HmacSha256::new("X-Sig", "key")
        .unwrap()
        .encoding(Encoding::Base64);
    let signature = hmac_signature(b"key", BODY, Encoding::Base64);
    assert_eq!(with_header(&verifier, "x-sig", &signature), Ok(0));
    assert_eq!(
        with_header(&verifier, "x-sig", signature.trim_end_matches('=')),
        Ok(0)
    );
    let hex = hmac_signature(b"key", BODY, Encoding::Hex);
    assert_eq!(
        with_header(&verifier, "x-sig", &hex),
        Err(Reason::Malformed)
    );
    assert_eq!(
        with_header(&verifier, "x-sig", &signature[..20]),
        Err(Reason::Malformed)
    );
}

#[test]
fn a_signed_request_fits_every_setting() {
    let plain = || HmacSha256::new("X-Sig", "new").unwrap();
    let verifiers = [
        plain(),
        HmacSha256::new("Authorization", [0_u8, 255]).unwrap(),
        plain().prefix("sha256="),
        plain().encoding(Encoding::Base64),
        plain().encoding(Encoding::Base64).prefix("v1,"),
        plain().also_accept("old").unwrap(),
    ];
    for verifier in verifiers {
        let request = signed(post("/", BODY), &verifier);
        let attempt = Attempt::new(request.headers());
        assert_eq!(outcome(verifier.verify(&attempt.with_body(BODY))), Ok(0));
        let other = verifier.verify(&attempt.with_body(b"{}"));
        assert_eq!(outcome(other), Err(Reason::Mismatch), "{verifier:?}");
    }
    let impossible = signed(post("/", BODY), &plain().prefix("\n"));
    assert!(!impossible.headers().contains_key("x-sig"));
}

/// RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
#[test]
fn hmac_agrees_with_the_standard() {
    let cases: [(&[u8], &[u8], &str); 3] = [
        (
            &[0x0b; 20],
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ];
    for (key, body, signature) in cases {
        let verifier = HmacSha256::new("X-Sig", key).unwrap();
        let signed = headers(&[("x-sig", signature)]);
        assert_eq!(
            outcome(verifier.verify(&Attempt::new(&signed).with_body(body))),
            Ok(0)
        );
    }
}

#[test]
fn source_networks() {
    let verifier = SourceNetworks::new(["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"])
        .unwrap()
        .trusting_proxies(["10.0.0.0/8", "127.0.0.1"])
        .unwrap();
    let from = |peer: &str, forwarded: &[&str]| {
        let lines: Vec<_> = forwarded
            .iter()
            .map(|line| ("x-forwarded-for", *line))
            .collect();
        let peer: IpAddr = peer.parse().unwrap();
        outcome(verifier.verify(&Attempt::new(&headers(&lines)).with_peer(Some(peer))))
    };
    // Straight from the net: the header is whatever the stranger likes.
    assert_eq!(from("203.0.113.200", &[]), Ok(0));
    assert_eq!(from("198.51.100.7", &[]), Ok(0));
    assert_eq!(from("2001:db8:1::5", &[]), Ok(0));
    assert_eq!(from("::ffff:203.0.113.200", &[]), Ok(0), "IPv4 in IPv6");
    assert_eq!(from("198.51.100.8", &[]), Err(Reason::Mismatch));
    assert_eq!(
        from("198.51.100.8", &["203.0.113.1"]),
        Err(Reason::Mismatch)
    );
    // Through proxies: read from the right, believe the first stranger only.
    assert_eq!(from("10.1.1.1", &["203.0.113.1"]), Ok(0));
    assert_eq!(
        from("10.1.1.1", &["198.51.100.8, 203.0.113.1 , 10.2.2.2"]),
        Ok(0)
    );
    assert_eq!(
        from("10.1.1.1", &["198.51.100.8", "203.0.113.1,10.2.2.2"]),
        Ok(0),
        "lines in order"
    );
    assert_eq!(
        from("10.1.1.1", &["203.0.113.1, 198.51.100.8"]),
        Err(Reason::Mismatch),
        "forged on the left"
    );
    assert_eq!(
        from("10.1.1.1", &["203.0.113.1", "198.51.100.8"]),
        Err(Reason::Mismatch)
    );
    assert_eq!(from("10.1.1.1", &[]), Err(Reason::Missing));
    assert_eq!(
        from("10.1.1.1", &["10.2.2.2"]),
        Err(Reason::Missing),
        "nobody but proxies"
    );
    for malformed in ["", "unknown", "203.0.113.1:443", "203.0.113.1,"] {
        assert_eq!(
            from("127.0.0.1", &[malformed]),
            Err(Reason::Malformed),
            "{malformed:?}"
        );
    }

    let nobody = HeaderMap::new();
    assert_eq!(
        outcome(verifier.verify(&Attempt::new(&nobody))),
        Err(Reason::Missing),
        "no address is no proof"
    );
    assert_eq!(
        SourceNetworks::new(["203.0.113.0/33"]).unwrap_err(),
        VerifierError::Network
    );

    let other = verifier.clone().forwarded_in("X-Real-IP").unwrap();
    let real = headers(&[
        ("x-real-ip", "203.0.113.1"),
        ("x-forwarded-for", "198.51.100.8"),
    ]);
    let proxy = Some("10.1.1.1".parse().unwrap());
    assert_eq!(
        outcome(other.verify(&Attempt::new(&real).with_peer(proxy))),
        Ok(0)
    );
}

#[test]
fn all_and_any() {
    let path = || {
        PathSecret::new("s")
            .unwrap()
            .also_accept("older")
            .unwrap()
            .boxed()
    };
    let header = || HeaderSecret::new("X-S", "h").unwrap().boxed();
    let hmac = || HmacSha256::new("X-Sig", "k").unwrap().boxed();
    let signature = hmac_signature(b"k", BODY, Encoding::Hex);
    let good = headers(&[("x-s", "h"), ("x-sig", &signature)]);
    let bad = headers(&[("x-s", "no"), ("x-sig", &signature)]);

    let all = all_of([path(), header(), hmac()]);
    let attempt = |headers| Attempt::new(headers).with_path_segment(Some("older"));
    assert_eq!(all.verify(&attempt(&good)), Verdict::NeedsBody);
    let accepted = all.verify(&attempt(&good).with_body(BODY));
    assert_eq!(
        accepted,
        Verdict::Accept(Proof {
            verifier: "path secret",
            secret: 1
        }),
        "the oldest secret counts"
    );
    assert_eq!(
        outcome(all.verify(&attempt(&bad))),
        Err(Reason::Mismatch),
        "refused before the body is read"
    );
    assert_eq!(
        outcome(all.verify(&attempt(&good).with_path_segment(None))),
        Err(Reason::Missing)
    );

    let any = any_of([path(), header(), hmac()]);
    assert_eq!(outcome(any.verify(&attempt(&bad))), Ok(1));
    assert_eq!(
        any.verify(&attempt(&bad).with_path_segment(None)),
        Verdict::NeedsBody
    );
    assert_eq!(
        outcome(any.verify(&attempt(&bad).with_path_segment(None).with_body(BODY))),
        Ok(0)
    );
    let none = headers(&[("x-s", "no")]);
    assert_eq!(
        outcome(any.verify(&Attempt::new(&none).with_body(BODY))),
        Err(Reason::Missing)
    );
    assert!(any.wants_path_segment() && all.wants_path_segment());
    assert!(!any_of([header()]).wants_path_segment());
    assert!(
        any_of([header(), Basic::new("a", "b").unwrap().boxed()])
            .challenge()
            .is_some()
    );

    for nobody in [all_of([]), any_of([])] {
        assert!(outcome(nobody.verify(&Attempt::new(&good).with_body(BODY))).is_err());
    }
}

#[test]
fn nothing_shows_a_secret() {
    const SECRET: &str = "hunter2-hunter2";
    let verifiers = [
        PathSecret::new(SECRET).unwrap().boxed(),
        HeaderSecret::new("X-S", SECRET).unwrap().boxed(),
        Basic::new("user", SECRET).unwrap().boxed(),
        HmacSha256::new("X-Sig", SECRET).unwrap().boxed(),
        all_of([any_of([PathSecret::new(SECRET).unwrap().boxed()])]),
    ];
    let sent = headers(&[
        ("x-s", "presented"),
        ("authorization", "Basic presented"),
        ("x-sig", "presented"),
    ]);
    for verifier in &verifiers {
        let verdict = verifier.verify(
            &Attempt::new(&sent)
                .with_path_segment(Some("presented"))
                .with_body(BODY),
        );
        let shown = format!("{verifier:?} {verdict:?}");
        assert!(
            !shown.contains(SECRET) && !shown.contains("presented"),
            "{shown}"
        );
    }
    let error = PathSecret::new("hunter2 hunter2").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}
