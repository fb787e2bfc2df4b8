//! What stands in the texts.

use okdesk_sdk::model::*;

use crate::ID;
use crate::support::{self, Act, Server, json, with_headers};

#[test]
fn quirk_60_names_hold_quotes_and_backslashes() {
    let named: Named<CompanyId> =
        serde_json::from_str(r#"{"id":1,"name":"ACME\\\" \\\""}"#).unwrap();
    assert_eq!(named.name, r#"ACME\" \""#);
}

#[tokio::test]
async fn quirk_61_addresses_of_files_die_and_get_no_token() {
    let files = Server::start([
        with_headers(403, "", ""),
        Act::Answer(support::raw(200, "", b"x")),
    ])
    .await;
    let api = Server::start([json(
        200,
        &format!(r#"{{"id":9,"attachment_url":"{}"}}"#, files.url),
    )])
    .await;
    assert_eq!(
        &api.client()
            .issues()
            .download(ID, AttachmentId::new(9))
            .bytes()
            .await
            .unwrap()[..],
        b"x"
    );
    assert!(
        files
            .seen()
            .iter()
            .all(|seen| !seen.target.contains("api_token"))
    );
}
