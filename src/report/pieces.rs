//! A response body that comes in pieces from another thread.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::mpsc::Receiver;

/// Pieces of a body. Ends when the sender is gone; an error cuts the response off, so that the client notices.
pub(super) struct Pieces(Receiver<io::Result<Bytes>>);

impl Pieces {
    pub(super) fn new(receiver: Receiver<io::Result<Bytes>>) -> Self {
        Self(receiver)
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let piece = ready!(self.0.poll_recv(context));
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }
}
