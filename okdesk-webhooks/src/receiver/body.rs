//! Reading a body that may be too large, too slow, or broken.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyError {
    TooLarge,
    TooSlow,
    Broken,
}

/// The whole body. A declared length above the limit is refused unread; a body that does not declare its
/// length is counted as it comes.
pub(super) async fn read<B>(body: B, limit: usize, time: Duration) -> Result<Bytes, BodyError>
where
    B: Body,
{
    if usize::try_from(body.size_hint().lower()).is_ok_and(|declared| declared <= limit) {
        let body = pin!(body);
        let mut reading = pin!(collect(body, limit));
        match within_two_turns(reading.as_mut()).await {
            Some(read) => read,
            None => tokio::time::timeout(time, reading)
                .await
                .unwrap_or(Err(BodyError::TooSlow)),
        }
    } else {
        Err(BodyError::TooLarge)
    }
}

/// What a future comes to, if that takes no more than one more turn of the task. A server gives a head away before it looks
/// at the body that came with it, so at first there never is one; to set a timer each time would cost more than reading does.
async fn within_two_turns<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    let mut is_first = true;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if std::mem::take(&mut is_first) => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Most bodies come in one piece, which is given on as it is.
async fn collect<B: Body>(mut body: Pin<&mut B>, limit: usize) -> Result<Bytes, BodyError> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while !body.is_end_stream()
        && let Some(frame) = body.frame().await
    {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        // Trailers are nobody's business here.
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        if first.len() + all.len() + data.remaining() > limit {
            return Err(BodyError::TooLarge);
        }
        if first.is_empty() && all.is_empty() {
            first = data.copy_to_bytes(data.remaining());
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            while data.has_remaining() {
                let chunk = data.chunk();
                all.extend_from_slice(chunk);
                let length = chunk.len();
                data.advance(length);
            }
        }
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}
