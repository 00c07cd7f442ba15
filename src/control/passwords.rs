//! Passwords: hashed slowly, and checked with the same work whether or not the user exists.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

use super::secret;

const SALT_BYTES: usize = 16;

/// Verified in place of the hash of a user who does not exist. [`hash`] made it of a random text that was thrown
/// away.
const HASH_OF_NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$R6VeN+ZR7Niw8PU81ncbPQ$uFa6tpobusRmhMSxfXb0VB5vBIIYHj1RIJZssMVjYEE";

/// Hashes a password with argon2id: tens of milliseconds and 19 MiB of memory.
pub(super) fn hash(password: &str) -> String {
    let salt = SaltString::encode_b64(&secret::random_bytes()[..SALT_BYTES]).expect("16 bytes are a salt");
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("argon2 takes every password that `users` lets through").to_string()
}

/// Whether `stored` was made of `password`; `false` when nothing is stored, after the same work.
pub(super) fn matches(password: &str, stored: Option<&str>) -> bool {
    let stored = stored.and_then(|stored| PasswordHash::new(stored).ok());
    let nobody = || PasswordHash::new(HASH_OF_NOBODY).expect("the constant is a hash");
    let known = stored.is_some();
    let verified = Argon2::default().verify_password(password.as_bytes(), &stored.unwrap_or_else(nobody));
    verified.is_ok() && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let stored = hash("correct horse");
        assert!(matches("correct horse", Some(&stored)));
        assert!(!matches("correct horsf", Some(&stored)));
        assert!(!matches("correct horse", None));
    }

    #[test]
    fn checking_a_user_who_does_not_exist_costs_what_checking_a_real_one_costs() {
        let real = hash("correct horse");
        let real = PasswordHash::new(&real).unwrap();
        let nobody = PasswordHash::new(HASH_OF_NOBODY).unwrap();
        assert_eq!(real.algorithm, nobody.algorithm);
        assert_eq!(real.version, nobody.version);
        assert_eq!(real.params, nobody.params);
        assert_eq!(real.hash.unwrap().len(), nobody.hash.unwrap().len());
    }
}
