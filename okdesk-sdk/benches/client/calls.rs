//! A small call against bare reqwest, and the decoding of a page against plain structs and `Value`.

use std::time::{Duration, Instant};

use okdesk_sdk::Client;
use okdesk_sdk::model::IssueId;
use okdesk_sdk::transport::{BoxFuture, ByteStream, Request, Response, Transport, TransportError};
use stats_alloc::Region;

use super::{ALLOCATIONS, PAGE, median, plain, server};

const ROUNDS: usize = 201;
const CALLS: u32 = 100;
const READINGS: usize = 21;

pub(crate) async fn small_call(url: &str) {
    let client = Client::new(url, "key").expect("a client");
    let http = reqwest::Client::new();
    let address = format!("{url}/api/v1/issues/7?api_token=key");
    let ours = async || {
        let issue = client.issues().get(IssueId::new(7)).await;
        assert_eq!(issue.expect("an issue").id.get(), 7);
    };
    let bare = async || {
        let issue: plain::Issue = plain::get(&http, &address).await;
        assert_eq!(issue.id, 7);
    };
    let (mut bare_times, mut our_times) = (Vec::new(), Vec::new());
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let (bare, ours) = (timed(&bare).await, timed(&ours).await);
        // Of neighbours: the machine is faster in one second than in another.
        ratios.push(ours.as_secs_f64() / bare.as_secs_f64());
        bare_times.push(bare);
        our_times.push(ours);
    }
    ratios.sort_by(f64::total_cmp);
    let (median_ratio, low, high) = (
        ratios[ROUNDS / 2],
        ratios[ROUNDS / 4],
        ratios[ROUNDS * 3 / 4],
    );
    let (bare_time, our_time) = (median(bare_times), median(our_times));
    let (bare_bytes, bare_count) = allocated(&bare).await;
    let (our_bytes, our_count) = allocated(&ours).await;
    println!(
        "small call, reqwest alone      {bare_time:>10.2?}  {bare_bytes:>7} bytes in {bare_count} allocations"
    );
    println!(
        "small call, okdesk-sdk         {our_time:>10.2?}  {our_bytes:>7} bytes in {our_count} allocations"
    );
    println!(
        "    ratio of the times {median_ratio:.3} (half of them from {low:.3} to {high:.3}), {} bytes more",
        our_bytes as i64 - bare_bytes as i64
    );
}

async fn timed(call: &impl AsyncFn()) -> Duration {
    let started = Instant::now();
    for _ in 0..CALLS {
        call().await;
    }
    started.elapsed() / CALLS
}

/// Bytes and allocations of one call.
async fn allocated(call: &impl AsyncFn()) -> (usize, usize) {
    let region = Region::new(ALLOCATIONS);
    for _ in 0..CALLS {
        call().await;
    }
    let change = region.change();
    let calls = CALLS as usize;
    (change.bytes_allocated / calls, change.allocations / calls)
}

/// Answers at once, without a network.
struct Canned(&'static [u8]);

impl Transport for Canned {
    fn send(&self, _: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let body = bytes::Bytes::from_static(self.0);
        Box::pin(async move { Ok(Response::new(200, Vec::new(), ByteStream::from_bytes(body))) })
    }
}

fn canned(body: &'static [u8]) -> Client {
    Client::builder()
        .base_url("https://account.okdesk.ru")
        .token("key")
        .transport(Canned(body))
        .build()
        .expect("a client")
}

pub(crate) async fn decoding() {
    let items: Vec<String> = (1..=PAGE).map(server::item).collect();
    let body: &'static str = format!("[{}]", items.join(",")).leak();
    let (full, empty) = (canned(body.as_bytes()), canned(b"[]"));
    let list = async |client: &Client, expected: usize| {
        let page = client.issues().list().await.expect("a page");
        assert_eq!((page.items().len(), page.skipped().len()), (expected, 0));
    };
    let (mut whole, mut around) = (Vec::new(), Vec::new());
    let (mut structs, mut values) = (Vec::new(), Vec::new());
    for _ in 0..READINGS {
        whole.push(timed(&async || list(&full, PAGE as usize).await).await);
        around.push(timed(&async || list(&empty, 0).await).await);
        structs.push(
            timed(&async || {
                let read: Vec<plain::Summary> = serde_json::from_str(body).expect("a page");
                assert_eq!(read.len(), PAGE as usize);
            })
            .await,
        );
        values.push(
            timed(&async || {
                let read: serde_json::Value = serde_json::from_str(body).expect("a page");
                assert_eq!(read.as_array().map(Vec::len), Some(PAGE as usize));
            })
            .await,
        );
    }
    let (whole, around) = (median(whole), median(around));
    let lenient = whole - around;
    let (structs, values) = (median(structs), median(values));
    println!("\npage of {PAGE} issues, {} bytes", body.len());
    println!(
        "    okdesk-sdk, lenient        {lenient:>10.2?}  (a call without network takes {around:.2?})"
    );
    println!("    serde_json, plain structs  {structs:>10.2?}");
    println!("    serde_json, Value          {values:>10.2?}");
    println!(
        "    lenient is {:.2} of plain structs, {:.2} of Value",
        lenient.as_secs_f64() / structs.as_secs_f64(),
        lenient.as_secs_f64() / values.as_secs_f64()
    );
}
