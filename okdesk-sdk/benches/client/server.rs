//! A server that costs as little as one can, in a process of its own: what is measured is the client.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::{FILE_BYTES, ISSUES, PAGE};

const ZEROS: &[u8] = &[0; 64 * 1024];

/// A text, and then so many zeros.
struct Content {
    text: Option<Bytes>,
    zeros: u64,
}

impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(text) = self.text.take() {
            return Poll::Ready(Some(Ok(Frame::data(text))));
        }
        if self.zeros == 0 {
            return Poll::Ready(None);
        }
        let count = self.zeros.min(ZEROS.len() as u64);
        self.zeros -= count;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(
            &ZEROS[..count as usize],
        )))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.zeros + self.text.as_ref().map_or(0, |text| text.len() as u64))
    }
}

/// Serves until the process ends; says its address on standard output.
pub(crate) async fn serve(delay: Duration) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    println!("{base}");
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let base = base.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, &base, delay));
            let http = hyper::server::conn::http1::Builder::new();
            // A client that is done closes its connections without ceremony.
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    base: &str,
    delay: Duration,
) -> Result<Response<Content>, Infallible> {
    let text = match request.uri().path() {
        "/api/v1/issues/7" => SMALL.to_owned(),
        "/api/v1/issues/list" => {
            // A sleep of nothing lasts a millisecond.
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            page(number_of(request.uri().query().unwrap_or_default()))
        }
        "/api/v1/issues/7/attachments/9" => {
            format!(r#"{{"id":9,"attachment_file_name":"a.bin","attachment_url":"{base}/file"}}"#)
        }
        "/api/v1/issues/7/comments" => {
            let mut body = request.into_body();
            while let Some(Ok(_)) = body.frame().await {}
            r#"{"id":1,"content":"x","public":true}"#.to_owned()
        }
        "/file" => {
            return Ok(Response::new(Content {
                text: None,
                zeros: FILE_BYTES,
            }));
        }
        other => panic!("nobody asks for {other}"),
    };
    let mut response = Response::new(Content {
        text: Some(text.into()),
        zeros: 0,
    });
    let json = hyper::header::HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, json);
    Ok(response)
}

fn number_of(query: &str) -> u64 {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "page[number]")
        .map_or(1, |(_, number)| number.parse().expect("a number"))
}

/// An issue as short as they come.
pub(crate) const SMALL: &str = r#"{"id":7,"title":"Printer is on fire","description":"<p>It began at nine.</p>","created_at":"2024-05-01T09:15:00.000+03:00","company_id":5,"status":{"code":"opened","name":"Opened"},"priority":{"code":"high","name":"High"},"contact":{"id":3,"name":"Petrova Anna"},"assignee":{"id":2,"name":"Sokolov Ivan"}}"#;

fn page(number: u64) -> String {
    let first = (number - 1) * PAGE + 1;
    let items: Vec<String> = (first..first + PAGE)
        .take_while(|id| *id <= ISSUES)
        .map(item)
        .collect();
    format!("[{}]", items.join(","))
}

/// An issue as a list has it, with everything an ordinary one has.
pub(crate) fn item(id: u64) -> String {
    format!(
        r##"{{"id":{id},"title":"Не печатает чековый принтер № {id}","created_at":"2024-05-01T09:15:00.000+03:00","updated_at":"2024-05-02T10:11:12.000+03:00","completed_at":null,"deadline_at":"2024-05-03T18:00:00.000+03:00","delay_to":null,"planned_reaction_at":"2024-05-01T10:15:00.000+03:00","reacted_at":"2024-05-01T09:45:00.000+03:00","start_execution":null,"without_answer":false,"status":{{"code":"in_progress","name":"В работе","color":"#2b8fd6"}},"type":{{"code":"incident","name":"Инцидент"}},"priority":{{"code":"high","name":"Высокий","color":"#f0ad4e"}},"company":{{"id":5,"name":"ООО «Ромашка»"}},"contact":{{"id":3,"name":"Петрова Анна Игоревна"}},"service_object":{{"id":11,"name":"Пекарня на Покровке","timezone":"Europe/Moscow"}},"agreement":{{"id":6,"title":"Договор 17"}},"equipments":[{{"id":13,"serial_number":"CN42","inventory_number":"INV-17","equipment_kind":{{"code":"printer","name":"Принтер"}},"equipment_manufacturer":{{"code":"hp","name":"HP"}},"equipment_model":{{"code":"m1","name":"LaserJet 1"}}}}],"author":{{"id":3,"name":"Петрова Анна Игоревна","type":"contact"}}}}"##
    )
}
