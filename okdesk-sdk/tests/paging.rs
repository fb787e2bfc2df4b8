//! Long lists: against servers that page in every way known, and against a model whose list moves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use okdesk_sdk::model::CompanyId;
use okdesk_sdk::transport::{BoxFuture, ByteStream, Request, Response, Transport, TransportError};
use okdesk_sdk::{Client, Cursor, Direction, ErrorKind};
use proptest::prelude::*;
use support::{Server, json};

/// A list of ids that answers pages, and may move between them.
#[derive(Clone)]
struct Book {
    ids: Arc<Mutex<BTreeSet<u64>>>,
    rules: Rules,
    asked: Arc<Mutex<usize>>,
    moves: Arc<Mutex<Vec<Move>>>,
}

#[derive(Debug, Clone, Copy)]
struct Rules {
    inclusive: bool,
    ignores_paging: bool,
    numbered_only: bool,
}

#[derive(Debug, Clone, Copy)]
enum Move {
    Insert(u64),
    Delete(u64),
}

const DOCUMENTED: Rules = Rules {
    inclusive: false,
    ignores_paging: false,
    numbered_only: false,
};

impl Book {
    fn new(ids: impl IntoIterator<Item = u64>, rules: Rules) -> Self {
        Self {
            ids: Arc::new(Mutex::new(ids.into_iter().collect())),
            rules,
            asked: Arc::default(),
            moves: Arc::default(),
        }
    }

    fn client(&self) -> Client {
        Client::builder()
            .base_url("https://account.okdesk.ru")
            .token("t")
            .transport(self.clone())
            .build()
            .unwrap()
    }

    fn page(&self, query: &[(String, String)]) -> Vec<u64> {
        let number = |name: &str| {
            query
                .iter()
                .find(|(key, _)| key == name)
                .and_then(|(_, value)| value.parse::<u64>().ok())
        };
        let size = usize::try_from(number("page[size]").unwrap_or(20)).unwrap();
        let ids = self.ids.lock().unwrap();
        let newest: Vec<u64> = ids.iter().rev().copied().collect();
        if self.rules.ignores_paging {
            return newest;
        }
        if let Some(page) = number("page[number]") {
            let skip = usize::try_from(page - 1).unwrap() * size;
            return newest.into_iter().skip(skip).take(size).collect();
        }
        if self.rules.numbered_only {
            return newest.into_iter().take(size).collect();
        }
        let forward = query
            .iter()
            .any(|(key, value)| key == "page[direction]" && value == "forward");
        let from = number("page[from_id]");
        let within = |id: &u64| match (from, forward) {
            (None, _) => true,
            (Some(from), _) if *id == from => self.rules.inclusive,
            (Some(from), true) => *id > from,
            (Some(from), false) => *id < from,
        };
        let mut ids: Vec<u64> = ids.iter().copied().filter(within).collect();
        if !forward {
            ids.reverse();
        }
        ids.truncate(size);
        ids
    }
}

impl Transport for Book {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let query: Vec<(String, String)> =
            request.public_url().query_pairs().into_owned().collect();
        let page = self.page(&query);
        *self.asked.lock().unwrap() += 1;
        match self.moves.lock().unwrap().pop() {
            Some(Move::Insert(id)) => drop(self.ids.lock().unwrap().insert(id)),
            Some(Move::Delete(id)) => drop(self.ids.lock().unwrap().remove(&id)),
            None => {}
        }
        let items: Vec<String> = page.iter().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
        let body = format!("[{}]", items.join(","));
        Box::pin(async move {
            Ok(Response::new(
                200,
                vec![],
                ByteStream::from_bytes(body.into()),
            ))
        })
    }
}

fn numbers(items: &[okdesk_sdk::model::Company]) -> Vec<u64> {
    items.iter().map(|item| item.id.get()).collect()
}

#[tokio::test]
async fn by_keys_backward_and_forward_whether_the_start_is_included_or_not() {
    for inclusive in [false, true] {
        let book = Book::new(
            1..=250,
            Rules {
                inclusive,
                ..DOCUMENTED
            },
        );
        let companies = book.client().companies();
        let backward = companies.list().into_pager().collect().await.unwrap();
        assert_eq!(numbers(&backward), (1..=250).rev().collect::<Vec<_>>());
        let forward = companies
            .list()
            .direction(Direction::Forward)
            .page_size(7)
            .into_pager()
            .collect()
            .await
            .unwrap();
        assert_eq!(numbers(&forward), (1..=250).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn quirk_48_a_short_page_is_the_end_and_a_full_one_is_not() {
    for (count, requests) in [(0, 1), (5, 1), (99, 1), (100, 2), (200, 3)] {
        let book = Book::new(1..=count, DOCUMENTED);
        let all = book
            .client()
            .companies()
            .list()
            .into_pager()
            .collect()
            .await
            .unwrap();
        assert_eq!(all.len(), usize::try_from(count).unwrap());
        assert_eq!(*book.asked.lock().unwrap(), requests, "{count}");
    }
}

#[tokio::test]
async fn a_server_that_ignores_paging_does_not_loop_for_ever() {
    let book = Book::new(
        1..=250,
        Rules {
            ignores_paging: true,
            ..DOCUMENTED
        },
    );
    let all = book
        .client()
        .companies()
        .list()
        .into_pager()
        .collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 250);
    assert_eq!(*book.asked.lock().unwrap(), 2);
}

#[tokio::test]
async fn employees_are_found_whichever_way_they_are_paged() {
    for rules in [
        DOCUMENTED,
        Rules {
            inclusive: true,
            ..DOCUMENTED
        },
        Rules {
            ignores_paging: true,
            ..DOCUMENTED
        },
        Rules {
            numbered_only: true,
            ..DOCUMENTED
        },
    ] {
        for count in [0, 3, 100, 250] {
            let book = Book::new(1..=count, rules);
            let all = book
                .client()
                .employees()
                .list()
                .into_pager()
                .collect()
                .await
                .unwrap();
            assert_eq!(all.len(), usize::try_from(count).unwrap(), "{rules:?}");
            assert!(*book.asked.lock().unwrap() <= 6, "{rules:?}");
        }
    }
}

#[tokio::test]
async fn numbered_pages_that_overlap_give_each_issue_once() {
    let page = |ids: std::ops::RangeInclusive<u64>| {
        let items: Vec<String> = ids.map(|id| format!(r#"{{"id":{id}}}"#)).collect();
        format!("[{}]", items.join(","))
    };
    // While the second page is asked for, two issues have been added in front.
    let server = Server::start([
        json(200, &page(1..=50)),
        json(200, &page(49..=98)),
        json(200, "[]"),
    ])
    .await;
    let all = server
        .client()
        .issues()
        .list()
        .into_pager()
        .collect()
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|issue| issue.id.get()).collect::<Vec<_>>(),
        (1..=98).collect::<Vec<_>>()
    );
    let pages: Vec<_> = server.seen().iter().map(|seen| seen.query()).collect();
    assert_eq!(
        pages[1],
        [
            ("page[size]".into(), "50".into()),
            ("page[number]".into(), "2".into())
        ]
    );
}

#[tokio::test]
async fn numbered_pages_of_a_list_that_grows_by_pages_are_not_the_end() {
    let page = |ids: std::ops::RangeInclusive<u64>| {
        let items: Vec<String> = ids.rev().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
        json(200, &format!("[{}]", items.join(",")))
    };
    // While the second page is asked for, two pages of issues have been added in front.
    let server = Server::start([
        page(51..=100),
        page(101..=150),
        page(51..=100),
        page(1..=50),
        json(200, "[]"),
    ])
    .await;
    let all = server.client().issues().list().into_pager().collect();
    assert_eq!(all.await.unwrap().len(), 150);

    let ignores_numbers = Server::start([page(1..=50)]).await;
    let all = ignores_numbers.client().issues().list().into_pager();
    assert_eq!(all.collect().await.unwrap().len(), 50);
    assert_eq!(ignores_numbers.seen().len(), 5);
}

#[tokio::test]
async fn a_bad_item_is_skipped_and_told_never_the_page() {
    let body =
        r#"[{"id":1,"title":"a"},{"id":2,"title":{}},{"title":"no id"},"nonsense",{"id":5}]"#;
    let server = Server::start([json(200, body)]).await;
    let page = server.client().issues().list().await.unwrap();
    assert_eq!(page.items().len(), 2);
    let [bad, nameless, nonsense] = page.skipped() else {
        panic!("{:?}", page.skipped())
    };
    assert_eq!(
        (bad.position, bad.id, bad.path.as_str()),
        (1, Some(2), "title")
    );
    assert_eq!(bad.json, r#"{"id":2,"title":{}}"#);
    assert_eq!((nameless.id, nonsense.id), (None, None));
    let mut pager = server.client().issues().list().into_pager();
    while let Some(issue) = pager.next().await {
        issue.unwrap();
    }
    assert_eq!(pager.skipped().len(), 3);
}

#[tokio::test]
async fn pages_of_bad_items_only_do_not_stop_the_walk_nor_loop() {
    let bad = |id: u64| format!(r#"{{"id":{id},"name":[]}}"#);
    let items: Vec<String> = (101..=200).rev().map(bad).collect();
    let server = Server::start([
        json(200, &format!("[{}]", items.join(","))),
        json(200, r#"[{"id":100},{"id":99}]"#),
    ])
    .await;
    let mut pager = server.client().companies().list().into_pager();
    let mut good = Vec::new();
    while let Some(company) = pager.next().await {
        good.push(company.unwrap().id.get());
    }
    assert_eq!((good, pager.skipped().len()), (vec![100, 99], 100));
    let nameless = vec![r#"{"name":1}"#; 100].join(",");
    let server = Server::start([json(200, &format!("[{nameless}]"))]).await;
    assert_eq!(
        server
            .client()
            .companies()
            .list()
            .into_pager()
            .collect()
            .await
            .unwrap()
            .len(),
        0
    );
    assert!(server.connections() <= 2);
}

#[tokio::test]
async fn an_error_ends_the_pager_and_the_cursor_goes_on() {
    let first: Vec<String> = (101..=200)
        .rev()
        .map(|id| format!(r#"{{"id":{id}}}"#))
        .collect();
    let server = Server::start([
        json(200, &format!("[{}]", first.join(","))),
        json(403, ""),
        json(200, r#"[{"id":100}]"#),
    ])
    .await;
    let companies = server.client().companies();
    let mut pager = companies.list().into_pager();
    assert_eq!(pager.cursor(), None);
    for _ in 0..100 {
        pager.next().await.unwrap().unwrap();
    }
    assert_eq!(
        pager.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    assert!(pager.next().await.is_none());
    let cursor: Cursor = pager.cursor().unwrap().to_string().parse().unwrap();
    let rest = companies
        .list()
        .into_pager()
        .resume(cursor)
        .collect()
        .await
        .unwrap();
    assert_eq!(numbers(&rest), [100]);
    assert!(
        server.seen()[2]
            .query()
            .contains(&("page[from_id]".into(), "101".into()))
    );
}

#[tokio::test]
async fn pages_and_take_items() {
    let book = Book::new(1..=250, DOCUMENTED);
    let companies = book.client().companies();
    let mut pages = companies.list().into_pager().pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().items().len());
    }
    assert_eq!(sizes, [100, 100, 50]);
    let some = companies
        .list()
        .into_pager()
        .take_items(3)
        .collect()
        .await
        .unwrap();
    assert_eq!(numbers(&some), [250, 249, 248]);
    let beyond = companies
        .list()
        .from_id(CompanyId::new(10))
        .into_pager()
        .collect()
        .await
        .unwrap();
    assert_eq!(numbers(&beyond), (1..10).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn reading_ahead_asks_for_the_next_page_while_this_one_is_used() {
    let book = Book::new(1..=250, DOCUMENTED);
    let asked = || *book.asked.lock().unwrap();
    let companies = book.client().companies();

    let mut usual = companies.list().into_pager();
    usual.next().await.unwrap().unwrap();
    assert_eq!(asked(), 1);

    let mut ahead = companies.list().into_pager().read_ahead();
    let first = ahead.next().await.unwrap().unwrap();
    assert_eq!(asked(), 3, "the second page has been asked for");
    let there: Cursor = ahead.cursor().unwrap();
    let rest = companies.list().into_pager().resume(there).collect().await;
    assert_eq!(
        rest.unwrap().len(),
        249,
        "the cursor stands after the first item"
    );
    let asked_by_rest = asked();
    let mut all = vec![first.id.get()];
    all.extend(numbers(&ahead.collect().await.unwrap()));
    assert_eq!(all, (1..=250).rev().collect::<Vec<_>>());
    assert_eq!(
        asked(),
        asked_by_rest + 1,
        "no page twice, none beyond the short one"
    );
}

#[tokio::test]
async fn reading_ahead_asks_for_nothing_that_is_not_wanted() {
    let book = Book::new(1..=250, DOCUMENTED);
    let list = book.client().companies().list();
    let some = list
        .into_pager()
        .take_items(100)
        .read_ahead()
        .collect()
        .await;
    assert_eq!(some.unwrap().len(), 100);
    assert_eq!(*book.asked.lock().unwrap(), 1);
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        (1u64..80).prop_map(Move::Insert),
        (1u64..80).prop_map(Move::Delete)
    ];
    proptest::collection::vec(one, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Numbers shift when something goes, so a deletion may hide one that stays; growth hides nothing.
    #[test]
    fn a_growing_list_is_walked_once_by_numbers(
        ids in proptest::collection::btree_set(1u64..80, 0..60),
        moves in moves(),
        ahead: bool,
        size in 2u32..9,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (seen, asked) = runtime.block_on(async {
            let book = Book::new(ids.iter().copied(), DOCUMENTED);
            book.moves.lock().unwrap().clone_from(&moves);
            let pager = book.client().issues().list().page_size(size).into_pager();
            let pager = if ahead { pager.read_ahead() } else { pager };
            let seen: Vec<u64> = pager.collect().await.unwrap().iter().map(|issue| issue.id.get()).collect();
            let asked = *book.asked.lock().unwrap();
            (seen, asked)
        });
        let unique: BTreeSet<u64> = seen.iter().copied().collect();
        prop_assert_eq!(unique.len(), seen.len(), "nothing twice: {:?}", seen);
        prop_assert!(asked <= 80);
        if moves.iter().all(|one| matches!(one, Move::Insert(_))) {
            prop_assert!(ids.is_subset(&unique), "{:?} of {:?}", seen, ids);
        }
    }

    /// However the list moves: nothing twice, everything that was there all the time, and an end; also when the walk is
    /// broken off anywhere and resumed from a stored cursor.
    #[test]
    fn a_moving_list_is_walked_once(
        ids in proptest::collection::btree_set(1u64..80, 0..60),
        moves in moves(),
        inclusive: bool,
        forward: bool,
        ahead: bool,
        size in 1u32..9,
        stop in 0usize..70,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (seen, asked) = runtime.block_on(async {
            let book = Book::new(ids.iter().copied(), Rules { inclusive, ..DOCUMENTED });
            book.moves.lock().unwrap().clone_from(&moves);
            let client = book.client();
            let list = || {
                let direction = if forward { Direction::Forward } else { Direction::Reverse };
                let pager = client.companies().list().page_size(size).direction(direction).into_pager();
                if ahead { pager.read_ahead() } else { pager }
            };
            let mut seen = Vec::new();
            let mut pager = list();
            while seen.len() < stop {
                match pager.next().await {
                    Some(item) => seen.push(item.unwrap().id.get()),
                    None => break,
                }
            }
            let mut rest = match pager.cursor() {
                Some(cursor) => list().resume(cursor.to_string().parse().unwrap()),
                None => list(),
            };
            while let Some(item) = rest.next().await {
                seen.push(item.unwrap().id.get());
            }
            let asked = *book.asked.lock().unwrap();
            (seen, asked)
        });
        let unique: BTreeSet<u64> = seen.iter().copied().collect();
        prop_assert_eq!(unique.len(), seen.len(), "nothing twice: {:?}", seen);
        let touched = |id: &u64| moves.iter().any(|one| matches!(one, Move::Insert(moved) | Move::Delete(moved) if moved == id));
        for id in ids.iter().filter(|id| !touched(id)) {
            prop_assert!(unique.contains(id), "{} is missing from {:?}", id, seen);
        }
        prop_assert!(asked <= 300);
    }
}
