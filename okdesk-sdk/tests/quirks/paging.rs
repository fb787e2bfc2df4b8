//! Paging; 48 is in `tests/paging.rs`, beside the walks it belongs to.

use okdesk_sdk::Direction;
use okdesk_sdk::resources::IssueSorting;

use crate::sent;
use crate::support::{Server, json};

#[tokio::test]
async fn quirk_44_two_largest_pages() {
    let seen = sent(async |client| client.companies().list().page_size(1000).await).await;
    assert_eq!(seen.query()[0].1, "100");
    let seen = sent(async |client| client.issues().list().page_size(1000).await).await;
    assert_eq!(seen.query()[0].1, "50");
}

#[tokio::test]
async fn quirk_45_the_start_may_be_included() {
    let server = Server::answering(|seen| {
        let from = seen
            .query()
            .iter()
            .find(|(name, _)| name == "page[from_id]")
            .map(|(_, id)| id.parse::<u64>().unwrap());
        let ids: Vec<String> = (1..=from.unwrap_or(5))
            .rev()
            .take(2)
            .map(|id| format!(r#"{{"id":{id}}}"#))
            .collect();
        json(200, &format!("[{}]", ids.join(",")))
    });
    let all = server
        .await
        .client()
        .companies()
        .list()
        .page_size(2)
        .into_pager()
        .collect()
        .await
        .unwrap();
    assert_eq!(
        all.iter()
            .map(|company| company.id.get())
            .collect::<Vec<_>>(),
        [5, 4, 3, 2, 1]
    );
}

#[tokio::test]
async fn quirk_46_one_pair_of_words_for_two_directions() {
    let seen = sent(async |client| {
        client
            .companies()
            .list()
            .direction(Direction::Forward)
            .await
    })
    .await;
    assert_eq!(
        seen.query(),
        [("page[direction]".to_owned(), "forward".to_owned())]
    );
    let seen = sent(async |client| {
        client
            .issues()
            .list()
            .sort(IssueSorting::UpdatedAt, Direction::Forward)
            .await
    })
    .await;
    assert!(
        seen.query()
            .contains(&("sorting[direction]".to_owned(), "forward".to_owned()))
    );
}

#[tokio::test]
async fn quirk_47_numbered_pages_drift() {
    let page = |ids: std::ops::Range<u64>| {
        format!(
            "[{}]",
            ids.map(|id| format!(r#"{{"id":{id}}}"#))
                .collect::<Vec<_>>()
                .join(",")
        )
    };
    let server = Server::start([
        json(200, &page(1..3)),
        json(200, &page(2..4)),
        json(200, "[]"),
    ])
    .await;
    let all = server
        .client()
        .issues()
        .list()
        .page_size(2)
        .into_pager()
        .collect()
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|issue| issue.id.get()).collect::<Vec<_>>(),
        [1, 2, 3]
    );
}
