//! What an error tells: five shapes of `errors`, refusals with status 200, merged issues, pages of HTML.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use okdesk_sdk::model::{Author, ContactId, IssueId, Rate};
use okdesk_sdk::{Delivery, Error, ErrorKind, Upload};
use support::script::{Scene, Script};
use support::{Act, Server, json, quick, with_headers};

async fn get(act: Act) -> Error {
    let server = Server::start([act]).await;
    server
        .client()
        .issues()
        .get(IssueId::new(7))
        .await
        .expect_err("the server refuses")
}

async fn update(act: Act) -> Error {
    let server = Server::start([act]).await;
    server
        .client()
        .issues()
        .update(IssueId::new(7))
        .title("x")
        .await
        .expect_err("the server refuses")
}

#[tokio::test]
async fn five_shapes_become_fields_and_messages() {
    for (body, field, text) in [
        (r#"{"errors": "Плохо"}"#, None, "Плохо"),
        (r#"{"errors": ["Плохо", "Очень"]}"#, None, "Плохо; Очень"),
        (
            r#"{"errors": {"content": ["отсутствует"]}}"#,
            Some("content"),
            "content: отсутствует",
        ),
        (
            r#"{"errors": {"company_id": "wrong"}}"#,
            Some("company_id"),
            "company_id: wrong",
        ),
        (
            r#"{"errors": {"page": {"size": ["должно быть меньше или равно 100"]}}}"#,
            Some("page.size"),
            "page.size: должно быть меньше или равно 100",
        ),
    ] {
        let error = update(json(422, body)).await;
        assert!(error.is_validation());
        assert_eq!(error.field(), field);
        assert_eq!(error.api().unwrap().to_string(), text);
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(error.body(), Some(body.as_bytes()));
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_whichever_way_it_is_said() {
    for act in [
        json(404, ""),
        json(404, r#"{"errors": "Записи не существует"}"#),
        json(200, r#"{"errors": "Записи не существует"}"#),
        json(200, r#"{"errors": "Записи 7 не существует"}"#),
        json(200, r#"{"errors": ["No such thing"]}"#),
    ] {
        let error = get(act).await;
        assert!(error.is_not_found(), "{error:?}");
        assert_eq!(error.delivery(), Delivery::Rejected);
    }
    assert!(
        update(json(200, r#"{"errors": "Записи не существует"}"#))
            .await
            .is_not_found()
    );
    assert!(
        update(json(200, r#"{"errors": "Что-то не так"}"#))
            .await
            .is_validation()
    );
    assert!(
        get(json(200, r#"{"errors": {"id": ["wrong"]}}"#))
            .await
            .is_validation()
    );
}

#[tokio::test]
async fn another_issue_in_the_answer_means_merged() {
    let error = get(json(200, r#"{"id": 9, "title": "the survivor"}"#)).await;
    assert_eq!(error.kind(), ErrorKind::Merged);
    assert_eq!(error.merged_into(), Some(IssueId::new(9)));
    assert!(error.to_string().contains('9'), "{error}");
    assert_eq!(error.delivery(), Delivery::Rejected);
    let error = update(json(200, r#"{"id": 9}"#)).await;
    assert_eq!(
        (error.merged_into(), error.delivery()),
        (Some(IssueId::new(9)), Delivery::Applied)
    );
}

#[tokio::test]
async fn a_redirect_to_another_issue_means_merged() {
    for location in [
        "/api/v1/issues/9",
        "https://account.okdesk.ru/issues/9?from=7",
        "/issues/9#top",
    ] {
        let error = get(with_headers(302, &format!("Location: {location}\r\n"), "")).await;
        assert_eq!(error.merged_into(), Some(IssueId::new(9)), "{location}");
        assert_eq!(error.status(), Some(302));
    }
    let error = get(with_headers(302, "Location: /login\r\n", "")).await;
    assert_eq!(
        (error.kind(), error.merged_into()),
        (ErrorKind::Redirect, None)
    );
    let error = get(with_headers(301, "Location: /issues/7/\r\n", "")).await;
    assert_eq!(
        error.kind(),
        ErrorKind::Redirect,
        "the same issue is not another one"
    );
}

#[tokio::test]
async fn a_page_of_html_is_kept_in_part() {
    let page = format!("<html>{}</html>", "x".repeat(100_000));
    let error = update(with_headers(
        502,
        "Content-Type: text/html\r\nX-Request-Id: abc\r\n",
        &page,
    ))
    .await;
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.body().unwrap().len(), 16 << 10);
    assert_eq!(error.header("x-request-id"), Some("abc"));
    assert!(error.to_string().len() < 300, "{error}");
}

#[tokio::test]
async fn an_error_says_what_to_do_next() {
    let error = get(json(401, r#"{"errors": "Вы не авторизованы"}"#)).await;
    assert!(error.is_unauthorized());
    assert_eq!(
        error.to_string(),
        "issues.get (GET /api/v1/issues/7): Okdesk answered 401 Unauthorized: Вы не авторизованы; \
         create a key in the account's API settings and check that it belongs to this account"
    );
}

#[tokio::test]
async fn every_kind_of_error_has_advice() {
    let errors = r#"{"errors": {"title": ["пусто"]}}"#;
    let html = || with_headers(200, "Content-Type: text/html\r\n", "<html>");
    for (kind, advice, read, write) in [
        (
            ErrorKind::Unauthorized,
            "create a key in the account's API settings",
            json(401, ""),
            None,
        ),
        (
            ErrorKind::Forbidden,
            "change the role or use another key",
            json(403, ""),
            None,
        ),
        (
            ErrorKind::NotFound,
            "deleted or merged",
            json(404, ""),
            None,
        ),
        (
            ErrorKind::Validation,
            "title: пусто; correct it",
            json(422, errors),
            None,
        ),
        (
            ErrorKind::RateLimited,
            "lower the limit",
            json(429, ""),
            None,
        ),
        (
            ErrorKind::Redirect,
            "check the address",
            with_headers(302, "Location: /\r\n", ""),
            None,
        ),
        (
            ErrorKind::Merged,
            "ask for the issue it was merged into",
            json(200, r#"{"id":9}"#),
            None,
        ),
        (
            ErrorKind::Server,
            "try again later",
            json(500, ""),
            Some("look before repeating it"),
        ),
        (
            ErrorKind::Transport,
            "try again later",
            Act::CloseAfterReading,
            Some("look before repeating it"),
        ),
        (
            ErrorKind::Decode,
            "look at body()",
            html(),
            Some("do not repeat it"),
        ),
    ] {
        for (error, advice) in [
            (get(read.clone()).await, advice),
            (update(read).await, write.unwrap_or(advice)),
        ] {
            assert_eq!(error.kind(), kind);
            assert!(error.to_string().contains(advice), "{kind:?}: {error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn running_out_of_time_has_advice_too() {
    let client = quick("https://account.okdesk.ru").transport(Script::new([Scene::Never]));
    let issues = client.build().unwrap().issues();
    let error = issues.get(IssueId::new(7)).await.unwrap_err();
    assert!(
        error.is_timeout() && error.to_string().contains("allow more time"),
        "{error}"
    );
    let error = issues.create("x").await.unwrap_err();
    assert!(
        error.to_string().contains("look before repeating it"),
        "{error}"
    );
}

#[tokio::test]
async fn what_never_left_the_machine_has_advice_too() {
    let nowhere = quick("http://127.0.0.1:1").build().unwrap().issues();
    let error = nowhere.create("x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    let missing = Upload::from_path("/nowhere/at/all.txt");
    let error = nowhere.create("x").attach(missing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Upload);
    assert!(
        error
            .to_string()
            .contains("check that the file can be read"),
        "{error}"
    );
    let error = nowhere.list().statuses([""; 0]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().contains("an empty list"), "{error}");
}

#[tokio::test]
async fn a_decode_failure_names_the_place() {
    let error = get(json(200, r#"{"id": 7, "assignee": {"id": {}}}"#)).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("`assignee.id`"), "{error}");
}

#[tokio::test]
async fn an_answer_without_body_is_fine_where_that_is_known() {
    let server = Server::start([json(200, "")]).await;
    server
        .client()
        .issues()
        .change_parameters(IssueId::new(7))
        .custom("a", "b")
        .await
        .unwrap();
    server
        .client()
        .issues()
        .delete(IssueId::new(7))
        .await
        .unwrap();
    let author = Author::contact(ContactId::new(1));
    assert!(
        server
            .client()
            .comments()
            .create(IssueId::new(7), "x", author)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_page_is_no_success_even_where_no_answer_is_expected() {
    for page in ["<html>Sign in</html>", "\n <!DOCTYPE html>"] {
        let answer = || with_headers(200, "Content-Type: text/html\r\n", page);
        let server = Server::start([answer(), answer()]).await;
        let (client, issue) = (server.client(), IssueId::new(7));
        let rated = client.issues().rate(issue, Rate::Good).await;
        let changed = client.issues().change_parameters(issue);
        let changed = changed.custom("a", "b").await;
        for error in [rated.unwrap_err(), changed.unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.to_string().contains("a page came"), "{error}");
        }
    }
}

#[test]
fn an_error_is_one_word_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    fn assert_fits<T: std::error::Error + Send + Sync + 'static>() {}
    assert_fits::<Error>();
}
