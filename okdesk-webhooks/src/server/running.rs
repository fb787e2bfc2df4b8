//! What keeps a connection from being idle: a request until its answer is ready, and each piece of the answer until it is.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::connection::Connection;

/// Counts as work of its connection, unless it pauses.
pub(super) struct Running {
    connection: Arc<Connection>,
    is_paused: bool,
}

impl Running {
    pub(super) fn new(connection: Arc<Connection>) -> Self {
        connection.activity.begin();
        Self {
            connection,
            is_paused: false,
        }
    }

    fn resume(&mut self) {
        if std::mem::take(&mut self.is_paused) {
            self.connection.activity.begin();
        }
    }

    fn pause(&mut self) {
        if !std::mem::replace(&mut self.is_paused, true) {
            self.connection.activity.end();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.pause();
    }
}

pin_project! {
    /// The body of an answer. While the service makes the next piece, the connection is at work, however long that takes.
    /// While the peer has to take a piece it is not: one that takes nothing would never be cut otherwise.
    pub(super) struct Answer<B> {
        #[pin]
        body: B,
        running: Running,
    }
}

impl<B> Answer<B> {
    pub(super) fn new(body: B, mut running: Running) -> Self {
        running.pause();
        Self { body, running }
    }
}

impl<B: Body> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        this.running.resume();
        let frame = this.body.poll_frame(context);
        if frame.is_ready() {
            this.running.pause();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
