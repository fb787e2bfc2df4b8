//! Repetition, pauses, limits and deadlines, with the clock stopped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::future::IntoFuture as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use okdesk_sdk::model::{Author, ContactId, IssueId, Rate};
use okdesk_sdk::transport::TransportErrorKind;
use okdesk_sdk::{
    Attempt, AttributeFilter, CallOptions, Client, ClientBuilder, Delivery, ErrorKind, Limit,
    Observer, RetryPolicy, Timeouts, Upload,
};
use support::script::{Scene, Script, busy, ok, status};
use tokio::io::AsyncWriteExt as _;

const ISSUE: &str = r#"{"id":7}"#;

fn builder(script: &Script) -> ClientBuilder {
    Client::builder()
        .base_url("https://account.okdesk.ru")
        .token("token")
        .transport(script.clone())
}

fn client(script: &Script) -> Client {
    builder(script).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn retry_after_in_seconds_is_waited_for() {
    let script = Script::new([busy(7), ok(ISSUE)]);
    let (_, meta) = client(&script)
        .issues()
        .create("x")
        .send_with_meta()
        .await
        .unwrap();
    assert_eq!(script.seconds(), [0, 7]);
    assert_eq!(meta.attempts(), 2);
    assert_eq!(meta.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn retry_after_as_a_date_is_waited_for() {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(30));
    let script = Script::new([busy(date), ok(ISSUE)]);
    client(&script).issues().get(IssueId::new(7)).await.unwrap();
    let waited = script.seconds()[1];
    assert!((25..=30).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn an_unavailable_service_may_say_when_to_come_back() {
    let script = Script::new([
        Scene::Answer(503, vec![("retry-after", "9".into())], ""),
        ok(ISSUE),
    ]);
    client(&script).issues().get(IssueId::new(7)).await.unwrap();
    assert_eq!(script.seconds(), [0, 9]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_longer_than_the_deadline_fails_at_once() {
    let script = Script::new([busy(3600)]);
    let error = client(&script)
        .issues()
        .get(IssueId::new(7))
        .await
        .unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!((error.attempts(), error.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn while_the_client_pauses_others_wait_or_fail_at_once() {
    let script = Script::new([busy(60), ok(ISSUE)]);
    let client = client(&script);
    let first = tokio::spawn(client.issues().get(IssueId::new(7)).into_future());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let short = CallOptions::new().deadline(Duration::from_secs(5));
    let error = client
        .issues()
        .get(IssueId::new(7))
        .with_options(short)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::RateLimited, Delivery::NotSent)
    );
    assert_eq!(error.attempts(), 0);
    client.issues().get(IssueId::new(7)).await.unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(script.seconds(), [0, 60, 60]);
}

#[tokio::test(start_paused = true)]
async fn waits_grow_with_jitter_and_stay_within_bounds() {
    let script = Script::new([status(503)]);
    let policy = RetryPolicy::default().with_max_attempts(8);
    let client = builder(&script).retry(policy).build().unwrap();
    let error = client.issues().get(IssueId::new(7)).await.unwrap_err();
    assert_eq!(error.attempts(), 8);
    let times = script.times();
    for (index, pair) in times.windows(2).enumerate() {
        let most = Duration::from_millis(500) * 2u32.pow(u32::try_from(index).unwrap());
        // The clock of the tests has millisecond steps.
        assert!(
            pair[1] - pair[0] <= most.min(Duration::from_secs(20)) + Duration::from_millis(1),
            "{times:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_budget_is_shared_by_all_calls() {
    let script = Script::new([status(503)]);
    let client = client(&script);
    for _ in 0..20 {
        let _ = client.issues().get(IssueId::new(7)).await;
    }
    assert_eq!(
        script.times().len(),
        20 + 10,
        "ten repetitions for all of them"
    );
}

#[tokio::test(start_paused = true)]
async fn one_deadline_covers_all_tries_and_waits() {
    let script = Script::new([Scene::Never]);
    let error = client(&script)
        .issues()
        .get(IssueId::new(7))
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 3);
    assert!(error.elapsed() <= Duration::from_secs(120));
    let options = CallOptions::new().deadline(Duration::from_secs(40));
    let error = client(&script)
        .issues()
        .get(IssueId::new(7))
        .with_options(options)
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), error.elapsed().as_secs()), (2, 40));
    assert_eq!(error.delivery(), Delivery::Unknown);
}

#[tokio::test(start_paused = true)]
async fn a_try_ends_after_its_own_time() {
    let script = Script::new([Scene::Never]);
    let options = CallOptions::new()
        .attempt_timeout(Duration::from_secs(3))
        .retry(RetryPolicy::never());
    let error = client(&script)
        .issues()
        .create("x")
        .with_options(options)
        .await
        .unwrap_err();
    assert_eq!(
        (error.elapsed().as_secs(), error.delivery()),
        (3, Delivery::Unknown)
    );
}

#[tokio::test(start_paused = true)]
async fn timeouts_can_be_switched_off() {
    let script = Script::new([Scene::Late(Duration::from_secs(100_000), ISSUE)]);
    let timeouts = Timeouts::default().with_attempt(None).with_operation(None);
    let client = builder(&script).timeouts(timeouts).build().unwrap();
    client.issues().create("x").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_got_its_turn_was_not_sent() {
    let script = Script::new([Scene::Late(Duration::from_secs(20), ISSUE)]);
    let client = builder(&script)
        .limit(Limit::default().with_in_flight(1))
        .build()
        .unwrap();
    let first = tokio::spawn(client.issues().get(IssueId::new(7)).into_future());
    tokio::task::yield_now().await;
    let options = CallOptions::new().deadline(Duration::from_secs(5));
    let error = client
        .issues()
        .create("x")
        .with_options(options)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::Timeout, Delivery::NotSent, 0)
    );
    first.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn idempotent_writes_are_repeated_only_when_asked_for() {
    let script = Script::new([status(503), ok("")]);
    let call = client(&script).issues().rate(IssueId::new(7), Rate::Good);
    assert_eq!(call.clone().await.unwrap_err().attempts(), 1);
    let script = Script::new([status(503), ok("")]);
    let policy = RetryPolicy::default().with_repeated_idempotent_writes();
    let client = builder(&script).retry(policy).build().unwrap();
    client
        .issues()
        .rate(IssueId::new(7), Rate::Good)
        .await
        .unwrap();
    let script = Script::new([status(503), ok(ISSUE)]);
    let policy = RetryPolicy::default().with_repeated_idempotent_writes();
    let create = builder(&script)
        .retry(policy)
        .build()
        .unwrap()
        .issues()
        .create("x");
    assert_eq!(
        create.await.unwrap_err().attempts(),
        1,
        "creating twice makes two"
    );
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_read_anew_for_each_try_unless_it_can_be_read_only_once() {
    let bytes = || vec![1; 200_000];
    let author = Author::contact(ContactId::new(1));
    let comment = |script: &Script, upload| {
        client(script)
            .comments()
            .create(IssueId::new(7), "x", author)
            .attach(upload)
    };

    let script = Script::new([busy(1), ok(ISSUE)]);
    comment(&script, Upload::from_bytes("a", bytes()))
        .await
        .unwrap();
    assert_eq!(script.times().len(), 2);

    let script = Script::new([busy(1), ok(ISSUE)]);
    let once = Upload::from_reader_once("a", 200_000, std::io::Cursor::new(bytes()));
    let error = comment(&script, once).await.unwrap_err();
    assert_eq!((error.attempts(), error.is_rate_limited()), (1, true));
}

#[tokio::test(start_paused = true)]
async fn an_upload_takes_as_long_as_it_moves() {
    let (mut writer, reader) = tokio::io::duplex(64);
    tokio::spawn(async move {
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_secs(25)).await;
            writer.write_all(&[0; 10]).await.unwrap();
        }
    });
    let script = Script::new([ok(ISSUE)]);
    let author = Author::contact(ContactId::new(1));
    let slow = Upload::from_reader_once("a", 200, reader);
    let (_, meta) = client(&script)
        .comments()
        .create(IssueId::new(7), "x", author)
        .attach(slow)
        .send_with_meta()
        .await
        .unwrap();
    assert!(
        meta.elapsed() >= Duration::from_secs(500),
        "{:?}",
        meta.elapsed()
    );

    let (_writer, stuck) = tokio::io::duplex(64);
    let stuck = Upload::from_reader_once("a", 200, stuck);
    let error = client(&script)
        .comments()
        .create(IssueId::new(7), "x", author)
        .attach(stuck)
        .await
        .unwrap_err();
    assert_eq!(
        (error.elapsed().as_secs(), error.delivery()),
        (30, Delivery::Unknown)
    );
}

#[tokio::test(start_paused = true)]
async fn an_observer_sees_tries_repetitions_and_pauses() {
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<Vec<String>>>);
    impl Observer for Notes {
        fn on_attempt(&self, attempt: &Attempt) {
            let Attempt {
                operation,
                number,
                status,
                failure,
                ..
            } = attempt;
            self.0
                .lock()
                .unwrap()
                .push(format!("{} {number} {status:?} {failure:?}", operation.id));
        }
        fn on_retry(&self, attempt: &Attempt, _: Duration) {
            self.0
                .lock()
                .unwrap()
                .push(format!("again after {}", attempt.number));
        }
        fn on_pause(&self, wait: Duration) {
            self.0
                .lock()
                .unwrap()
                .push(format!("pause of {} s", wait.as_secs()));
        }
    }
    let notes = Notes::default();
    let script = Script::new([Scene::Fail(TransportErrorKind::Connect), busy(5), ok(ISSUE)]);
    let client = builder(&script).observer(notes.clone()).build().unwrap();
    client.issues().create("x").await.unwrap();
    assert_eq!(
        *notes.0.lock().unwrap(),
        [
            "issues.create 1 None Some((Connect, NotSent))",
            "again after 1",
            "issues.create 2 Some(429) Some((RateLimited, Rejected))",
            "pause of 5 s",
            "again after 2",
            "issues.create 3 Some(200) None",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_would_mean_something_else_is_refused_before_sending() {
    let script = Script::new([ok("[]")]);
    let client = client(&script);
    let nobody = client
        .issues()
        .list()
        .companies([] as [okdesk_sdk::model::CompanyId; 0]);
    let no_choice = client
        .companies()
        .list()
        .custom("x", AttributeFilter::any([] as [&str; 0]));
    for error in [nobody.await.unwrap_err(), no_choice.await.unwrap_err()] {
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Request, Delivery::NotSent)
        );
        assert!(error.to_string().contains("everything"), "{error}");
    }
    for code in ["", ".", ".."] {
        let change = client.price_lists().update_service(1.into(), code);
        let error = change.price(1.0).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{error}");
    }
    assert_eq!(script.times().len(), 0);
}
