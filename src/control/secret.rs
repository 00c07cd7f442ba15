//! Random secrets, and the hashes by which they are known again.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What is stored of a secret that was drawn at random: its SHA-256. Slow hashing is for what people choose.
pub(super) type SecretHash = [u8; 32];

/// 32 bytes nobody can guess.
pub(super) fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// 32 bytes nobody can guess, as 43 characters of `A-Z a-z 0-9 - _`.
pub(super) fn random_text() -> String {
    show(&random_bytes())
}

pub(super) fn show(bytes: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Takes what [`show`] wrote; `None` when it is not 32 bytes in that form.
pub(super) fn parse(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text.trim_end()).ok()?.try_into().ok()
}

pub(super) fn hash(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}
