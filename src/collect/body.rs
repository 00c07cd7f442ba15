//! A request's body as bytes, bounded before anything is decoded.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::SemaphorePermit;

use super::limits::Limits;
use super::tally::Shed;
use crate::domain::event::Sender;

/// The most bytes of a body as it is sent.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// The most bytes of a body once it is decoded.
pub const DECODED_BYTES_MAX: usize = 4 << 20;
/// So much of each body takes no memory from the others: every connection may have that much, and most never more.
const FREE_BYTES: usize = 16 << 10;
/// How gzip and zstd begin, and no JSON does.
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The most memory a zstd frame may ask for, as a power of two: 8 MiB, what the usual levels ask for.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

/// Reads `Content-Encoding`. Only servers may send zstd.
///
/// # Errors
/// [`Shed::Encoding`] for any other encoding, and for two at once.
pub(super) fn encoding(headers: &HeaderMap, sender: Sender) -> Result<Encoding, Shed> {
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    let Some(value) = values.next() else { return Ok(Encoding::Identity) };
    if values.next().is_some() {
        return Err(Shed::Encoding);
    }
    let name = value.to_str().map_err(|_| Shed::Encoding)?.trim().to_ascii_lowercase();
    match (name.as_str(), sender) {
        ("" | "identity", _) => Ok(Encoding::Identity),
        ("gzip" | "x-gzip", _) => Ok(Encoding::Gzip),
        ("zstd", Sender::Server) => Ok(Encoding::Zstd),
        _ => Err(Shed::Encoding),
    }
}

/// A body as it was sent, and the memory it takes of what all bodies share.
pub(super) struct Sent<'a> {
    pub(super) bytes: Bytes,
    pub(super) memory: Option<SemaphorePermit<'a>>,
}

/// Reads the body, at most [`BODY_BYTES_MAX`] bytes of it.
///
/// # Errors
/// [`Shed::TooLarge`], at once when `Content-Length` says so; [`Shed::Busy`], when too many are being read;
/// [`Shed::Deadline`]; [`Shed::CutOff`].
pub(super) async fn read<'a>(
    headers: &HeaderMap,
    body: Body,
    deadline: Duration,
    limits: &'a Limits,
) -> Result<Sent<'a>, Shed> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| (BODY_BYTES_MAX as u64) < bytes) {
        return Err(Shed::TooLarge);
    }
    let mut memory = None;
    let bounded = Bounded { body, length: 0, limits, memory: &mut memory };
    let bytes = match tokio::time::timeout(deadline, bounded.collect()).await {
        Err(_) => return Err(Shed::Deadline),
        Ok(body) => body?.to_bytes(),
    };
    Ok(Sent { bytes, memory })
}

/// A body that ends in an error where it becomes too long, or there is no memory for more of it.
struct Bounded<'a, 'b> {
    body: Body,
    length: usize,
    limits: &'a Limits,
    memory: &'b mut Option<SemaphorePermit<'a>>,
}

impl Bounded<'_, '_> {
    fn add(&mut self, bytes: usize) -> Result<(), Shed> {
        self.length += bytes;
        if BODY_BYTES_MAX < self.length {
            return Err(Shed::TooLarge);
        }
        let needed = self.length.saturating_sub(FREE_BYTES).div_ceil(1 << 10);
        let held = self.memory.as_ref().map_or(0, SemaphorePermit::num_permits);
        if held < needed {
            let more = self.limits.take_memory((needed - held) as u32).ok_or(Shed::Busy)?;
            match self.memory {
                Some(memory) => memory.merge(more),
                None => *self.memory = Some(more),
            }
        }
        Ok(())
    }
}

impl HttpBody for Bounded<'_, '_> {
    type Data = Bytes;
    type Error = Shed;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Shed>>> {
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            None => return Poll::Ready(None),
            Some(frame) => frame.map_err(|_| Shed::CutOff),
        };
        let added = frame.and_then(|frame| {
            self.add(frame.data_ref().map_or(0, Bytes::len))?;
            Ok(frame)
        });
        Poll::Ready(Some(added))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

/// Decodes `body`, stopping at the first byte beyond [`DECODED_BYTES_MAX`].
///
/// # Errors
/// [`Shed::TooLarge`]; [`Shed::Undecodable`] when the bytes are not what they are said to be; [`Shed::Encoding`] when
/// what comes out is encoded once more.
pub(super) fn decode(body: Bytes, encoding: Encoding) -> Result<Bytes, Shed> {
    let decoded = match encoding {
        Encoding::Identity => body,
        Encoding::Gzip => read_bounded(MultiGzDecoder::new(&body[..]))?,
        Encoding::Zstd => {
            let mut decoder = zstd::Decoder::new(&body[..]).map_err(|_| Shed::Undecodable)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|_| Shed::Undecodable)?;
            read_bounded(decoder)?
        }
    };
    let encoded = [GZIP_MAGIC, ZSTD_MAGIC].iter().any(|magic| decoded.starts_with(magic));
    if encoded { Err(Shed::Encoding) } else { Ok(decoded) }
}

fn read_bounded(decoder: impl Read) -> Result<Bytes, Shed> {
    let mut decoded = Vec::new();
    let undecodable = |_: io::Error| Shed::Undecodable;
    decoder.take(DECODED_BYTES_MAX as u64 + 1).read_to_end(&mut decoded).map_err(undecodable)?;
    if DECODED_BYTES_MAX < decoded.len() { Err(Shed::TooLarge) } else { Ok(decoded.into()) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (CONTENT_ENCODING, value.parse().unwrap())).collect()
    }

    #[test]
    fn one_known_encoding_is_taken() {
        let read = |values: &[&str], sender| encoding(&headers(values), sender);
        assert_eq!(read(&[], Sender::Browser), Ok(Encoding::Identity));
        assert_eq!(read(&["GZIP"], Sender::Browser), Ok(Encoding::Gzip));
        assert_eq!(read(&["zstd"], Sender::Server), Ok(Encoding::Zstd));
        assert_eq!(read(&["zstd"], Sender::Browser), Err(Shed::Encoding));
        for bad in [&["br"] as &[_], &["gzip, gzip"], &["gzip", "gzip"], &["deflate"]] {
            assert_eq!(read(bad, Sender::Server), Err(Shed::Encoding), "{bad:?}");
        }
    }

    #[test]
    fn a_bomb_is_noticed_at_the_limit() {
        let fits = vec![b' '; DECODED_BYTES_MAX];
        let bursts = vec![b' '; DECODED_BYTES_MAX + 1];
        let zstd = |bytes: &[u8]| Bytes::from(zstd::encode_all(bytes, 3).unwrap());
        assert_eq!(decode(gzip(&fits), Encoding::Gzip).unwrap().len(), fits.len());
        assert_eq!(decode(zstd(&fits), Encoding::Zstd).unwrap().len(), fits.len());
        assert_eq!(decode(gzip(&bursts), Encoding::Gzip), Err(Shed::TooLarge));
        assert_eq!(decode(zstd(&bursts), Encoding::Zstd), Err(Shed::TooLarge));
        let twice = [gzip(&fits), gzip(b"x")].concat();
        assert_eq!(decode(twice.into(), Encoding::Gzip), Err(Shed::TooLarge));
    }

    #[test]
    fn what_is_encoded_twice_or_unsaid_is_refused() {
        assert_eq!(decode(gzip(&gzip(b"{}")), Encoding::Gzip), Err(Shed::Encoding));
        assert_eq!(decode(gzip(b"{}"), Encoding::Identity), Err(Shed::Encoding));
        assert_eq!(decode(zstd::encode_all(&b"{}"[..], 3).unwrap().into(), Encoding::Identity), Err(Shed::Encoding));
    }

    #[test]
    fn what_is_not_encoded_is_said_to_be_so() {
        for encoding in [Encoding::Gzip, Encoding::Zstd] {
            assert_eq!(decode(Bytes::from_static(b"{}"), encoding), Err(Shed::Undecodable));
        }
        let whole = gzip(b"hello hello hello");
        assert_eq!(decode(whole.slice(..whole.len() - 4), Encoding::Gzip), Err(Shed::Undecodable));
    }
}
