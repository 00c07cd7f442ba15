//! A connection's socket, watched: what it does is noted in its [`Place`], and hanging up does not undo what was sent.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::place::{HangUp, Place};
use super::turn::Turn;

/// A request line longer than this is answered 414.
const LINE_BYTES_MAX: usize = 16 << 10;
/// What hyper says of every head that is too long, and what a client should hear whose address is.
const HEAD_TOO_LONG: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\n";
const ADDRESS_TOO_LONG: &[u8] = b"HTTP/1.1 414 URI Too Long\r\n";

/// The socket of one connection.
pub(super) struct Watched {
    stream: TcpStream,
    place: Arc<Place>,
    turn: Turn,
    /// The bytes of the head so far, while its first line has no end.
    line_bytes: Option<usize>,
    /// Whether the end of what the client sends was held back once, for the body's sake.
    held_back: bool,
    /// Who wants to hear of that end once the request is answered.
    reader: Option<Waker>,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, place: Arc<Place>) -> Self {
        Self { stream, place, turn: Turn::new(), line_bytes: Some(0), held_back: false, reader: None }
    }

    fn look(&mut self, read: &[u8], waited: Duration) {
        if self.place.heard(waited) {
            self.line_bytes = Some(0);
        }
        if let Some(bytes) = self.line_bytes {
            self.line_bytes = if read.contains(&b'\n') { None } else { Some(bytes + read.len()) };
        }
    }

    /// The client hung up. Hyper would drop the request at once, even one whose every byte is here; who sends and
    /// closes, as many programs do, would lose events. So the end is kept from hyper until the request is answered.
    fn hung_up(&mut self, cx: &Context<'_>, ended: io::Result<()>) -> Poll<io::Result<()>> {
        match self.place.hang_up() {
            HangUp::Finishes => {
                self.reader = Some(cx.waker().clone());
                Poll::Pending
            }
            // The last of the body may be on its way to the handler: it gets one turn to take it.
            HangUp::MayFinish if !self.held_back => {
                self.held_back = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            HangUp::MayFinish | HangUp::Cancels => Poll::Ready(ended),
        }
    }

    /// Notes whether the client takes what is written.
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Pending => self.place.is_unread(),
            Poll::Ready(_) => self.place.is_read(),
        }
        written
    }

    /// The answer to a head that is too long, in place of `answer`, when what is too long is its first line.
    fn about_the_address(&self, answer: &[u8]) -> Option<Vec<u8>> {
        let long = self.line_bytes.is_some_and(|bytes| LINE_BYTES_MAX < bytes);
        let rest = if long { answer.strip_prefix(HEAD_TOO_LONG) } else { None };
        rest.map(|rest| [ADDRESS_TOO_LONG, rest].concat())
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let Self { stream, turn, .. } = &mut *self;
        let (mut reading, waited) = turn.take(cx);
        match ready!(Pin::new(stream).poll_read(&mut reading, buffer)) {
            Ok(()) if before < buffer.filled().len() => {
                self.look(&buffer.filled()[before..], waited.unwrap_or_default());
                Poll::Ready(Ok(()))
            }
            ended => self.hung_up(cx, ended),
        }
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(answer) = self.about_the_address(bytes) {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &answer))?;
            let whole = if written == answer.len() { Ok(bytes.len()) } else { Err(io::ErrorKind::WriteZero.into()) };
            return Poll::Ready(whole);
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [first, ..] = slices
            && self.about_the_address(first).is_some()
        {
            return self.poll_write(cx, first);
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.place.hang_up() == HangUp::Cancels
            && let Some(reader) = self.reader.take()
        {
            reader.wake();
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
