//! The other host: files by an address that lives 30 seconds and wants no token.

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{CONTENT_DISPOSITION, LOCATION};
use hyper::{Request as HttpRequest, Response};

use super::body::{Reply, Wire};
use super::request::{Dropped, Request};
use crate::testing::engine::Engine;
use crate::testing::faults::Fault;
use crate::testing::params::Params;
use crate::testing::recorded::Recorded;

/// `/attachments/<id>` is what Okdesk hands out; it leads on to `/storage/<id>/<name>`.
pub(super) async fn storage(
    engine: &Engine,
    request: HttpRequest<Incoming>,
) -> Result<Response<Wire>, Dropped> {
    let (parts, _) = request.into_parts();
    let head = Request::head(&parts);
    let has_token = head.token.is_some() || head.authorization.is_some();
    let is_storage = head.path.starts_with("/storage/");
    let faults = if is_storage {
        engine.faults.strike("files.download", engine.clock.now())
    } else {
        Vec::new()
    };
    for fault in &faults {
        match fault {
            Fault::Delay(delay) => tokio::time::sleep(*delay).await,
            Fault::DropBefore | Fault::DropAfter | Fault::DropMidUpload(_) => return Err(Dropped),
            _ => {}
        }
    }
    let mut reply = faults
        .iter()
        .find_map(|fault| match fault {
            Fault::Status(status) => Some(denied(*status, "InternalError")),
            Fault::TooManyRequests(_) => Some(denied(503, "SlowDown")),
            Fault::HtmlPage => Some(Reply::html(
                502,
                "<html><body><h1>502 Bad Gateway</h1></body></html>",
            )),
            _ => None,
        })
        .unwrap_or_else(|| answer(engine, &head, has_token));
    if faults.contains(&Fault::EmptyBody) {
        reply.body = Bytes::new();
    }
    engine.recorder.add(Recorded {
        number: 0,
        at: engine.clock.now(),
        method: head.method,
        path: head.path,
        operation: if is_storage {
            "files.download"
        } else {
            "files.address"
        },
        params: Params::from_query(&head.query),
        query: head.query,
        content_type: head.content_type,
        body: Bytes::new(),
        status: Some(reply.status),
        answer: Bytes::new(),
    });
    Ok(reply.into_response(faults.contains(&Fault::CutBody)))
}

fn answer(engine: &Engine, request: &Request, has_token: bool) -> Reply {
    if has_token {
        return denied(400, "InvalidArgument");
    }
    if request.method != "GET" {
        return denied(405, "MethodNotAllowed");
    }
    let mut steps = request.path.trim_start_matches('/').split('/');
    let (place, id) = (
        steps.next().unwrap_or_default(),
        steps.next().and_then(|id| id.parse::<u64>().ok()),
    );
    let query = Params::from_query(&request.query);
    let expires = query
        .text("expires")
        .and_then(|text| text.parse::<i64>().ok())
        .unwrap_or(0);
    let signature = query.text("signature").unwrap_or_default();
    let Some(id) = id.filter(|id| engine.is_good_address(*id, expires, &signature)) else {
        return denied(403, "AccessDenied");
    };
    engine.act(|account| {
        let Some(file) = account.attachments.get(&id) else {
            return denied(404, "NoSuchKey");
        };
        let mut name =
            url::form_urlencoded::byte_serialize(file.file_name.as_bytes()).collect::<String>();
        name = name.replace('+', "%20");
        if place == "attachments" {
            let to = format!("{}storage/{id}/{name}?{}", engine.files, request.query);
            return Reply::empty(302).with_header(LOCATION, to);
        }
        Reply::new(200, "application/octet-stream", file.content.clone())
            .with_header(
                hyper::header::HeaderName::from_static("x-content-type-options"),
                "nosniff",
            )
            .with_header(
                CONTENT_DISPOSITION,
                format!("attachment; filename*=UTF-8''{name}"),
            )
    })
}

fn denied(status: u16, code: &str) -> Reply {
    let page =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code></Error>\n");
    Reply::new(status, "application/xml", page.into())
}
