//! `multipart/form-data` as Okdesk takes it, streamed: memory does not grow with the files.

use std::collections::VecDeque;
use std::task::Poll;

use bytes::Bytes;

use super::{ByteStream, Content, RequestBody};

/// Fields and files in the order they are sent.
pub(crate) struct Multipart {
    boundary: String,
    pieces: VecDeque<Piece>,
    length: Option<u64>,
}

enum Piece {
    Bytes(Bytes),
    Stream(ByteStream),
}

impl Multipart {
    pub(crate) fn new() -> Self {
        let boundary = format!(
            "okdesk-sdk-{:016x}{:016x}",
            fastrand::u64(..),
            fastrand::u64(..)
        );
        Self {
            boundary,
            pieces: VecDeque::new(),
            length: Some(0),
        }
    }

    fn push(&mut self, bytes: Bytes) {
        self.length = self
            .length
            .and_then(|length| length.checked_add(u64::try_from(bytes.len()).ok()?));
        self.pieces.push_back(Piece::Bytes(bytes));
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        let boundary = &self.boundary;
        let name = quoted(name);
        self.push(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
            .into(),
        );
    }

    /// `length` is `None` if nobody knows it; then the whole body is sent in chunks.
    pub(crate) fn file(
        &mut self,
        name: &str,
        file_name: &str,
        content_type: &str,
        length: Option<u64>,
        content: ByteStream,
    ) {
        let boundary = &self.boundary;
        let (name, file_name) = (quoted(name), quoted(file_name));
        self.push(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
                 Content-Type: {content_type}\r\n\r\n"
            )
            .into(),
        );
        self.length = self
            .length
            .zip(length)
            .and_then(|(sum, length)| sum.checked_add(length));
        self.pieces.push_back(Piece::Stream(content));
        self.push(Bytes::from_static(b"\r\n"));
    }

    pub(crate) fn into_body(mut self) -> RequestBody {
        self.push(format!("--{}--\r\n", self.boundary).into());
        let Self {
            boundary,
            mut pieces,
            length,
        } = self;
        let stream = ByteStream::poll_fn(move |context| {
            loop {
                match pieces.front_mut() {
                    None => return Poll::Ready(None),
                    Some(Piece::Bytes(bytes)) => {
                        let bytes = std::mem::take(bytes);
                        pieces.pop_front();
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                    Some(Piece::Stream(stream)) => match stream.0.as_mut().poll_next(context) {
                        Poll::Ready(None) => pieces.pop_front(),
                        other => return other,
                    },
                };
            }
        });
        RequestBody {
            content_type: Some(format!("multipart/form-data; boundary={boundary}")),
            length,
            content: Content::Stream(stream),
        }
    }
}

/// Nothing inside the quotes may end them, end the line, or be decoded by the receiver.
fn quoted(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => clean.push_str("%22"),
            '\r' => clean.push_str("%0D"),
            '\n' => clean.push_str("%0A"),
            other => clean.push(other),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_bytes_and_their_number() {
        let mut form = Multipart::new();
        form.text("issue[title]", "Принтер");
        let content = ByteStream::from_bytes(Bytes::from_static(b"12345"));
        form.file(
            "issue[attachments][0][attachment]",
            "a\r\n\"b.txt",
            "text/plain",
            Some(5),
            content,
        );
        let boundary = form.boundary.clone();
        let body = form.into_body();
        assert_eq!(
            body.content_type(),
            Some(format!("multipart/form-data; boundary={boundary}").as_str())
        );
        let length = body.content_length().unwrap();
        let bytes = body.into_stream().collect(10_000).await.unwrap();
        assert_eq!(u64::try_from(bytes.len()).unwrap(), length);
        let text = String::from_utf8(bytes.to_vec())
            .unwrap()
            .replace(&boundary, "B");
        assert_eq!(
            text,
            "--B\r\nContent-Disposition: form-data; name=\"issue[title]\"\r\n\r\nПринтер\r\n\
             --B\r\nContent-Disposition: form-data; name=\"issue[attachments][0][attachment]\"; \
             filename=\"a%0D%0A%22b.txt\"\r\nContent-Type: text/plain\r\n\r\n12345\r\n--B--\r\n"
        );
    }
}
