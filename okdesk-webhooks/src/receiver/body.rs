//! Reading a body that may be too large, too slow, or broken.

use std::pin::{Pin, pin};
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
        tokio::time::timeout(time, collect(body, limit))
            .await
            .unwrap_or(Err(BodyError::TooSlow))
    } else {
        Err(BodyError::TooLarge)
    }
}

/// Most bodies come in one piece, which is given on as it is.
async fn collect<B: Body>(mut body: Pin<&mut B>, limit: usize) -> Result<Bytes, BodyError> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
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
