//! The first user: made through a link that works once, while there is no user yet.

use rusqlite::{Connection, named_params};

use super::users::{Email, PASSWORD_CHARS_MIN, Role, User, insert_user, is_strong};
use super::{Control, Error, passwords, secret};

/// Why a set-up link made no user.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The link was used, a newer one replaced it, or there is a user already.
    #[error("set-up link was used or replaced; sign in, or restart the server for a new link")]
    Used,
    /// The password is too short, or absurdly long.
    #[error("password needs at least {PASSWORD_CHARS_MIN} characters")]
    WeakPassword,
    /// The address is none.
    #[error("this is not an e-mail address")]
    BadEmail,
    /// The control file failed.
    #[error(transparent)]
    Control(#[from] Error),
}

impl Control {
    /// A fresh token for the set-up link, which voids every earlier one; `None` once there is a user.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn setup_token(&self) -> Result<Option<String>, Error> {
        self.0.database.write(|transaction| {
            if has_users(transaction)? {
                return Ok(None);
            }
            let token = secret::random_text();
            transaction.execute(DELETE_TOKENS, [])?;
            transaction.execute(INSERT_TOKEN, named_params! { "$token_hash": secret::hash(&token) })?;
            Ok(Some(token))
        })
    }

    /// Makes the first user, an owner, and voids the link; takes the time of one password hash.
    ///
    /// # Errors
    /// [`SetupError`]; the link stays good for another try unless it is [`SetupError::Used`].
    pub fn use_setup_token(&self, token: &str, email: &str, password: &str) -> Result<User, SetupError> {
        let token_hash = secret::hash(token);
        // Asked before anything costly is done, and again when nobody else can come between.
        if !self.0.database.read(|connection| is_open(connection, &token_hash))? {
            return Err(SetupError::Used);
        }
        let email = Email::parse(email).ok_or(SetupError::BadEmail)?;
        if !is_strong(password) {
            return Err(SetupError::WeakPassword);
        }
        let password_hash = passwords::hash(password);
        let user = self.0.database.write(|transaction| {
            if !is_open(transaction, &token_hash)? {
                return Ok(None);
            }
            transaction.execute(DELETE_TOKENS, [])?;
            insert_user(transaction, &email, &password_hash, Role::Owner).map(Some)
        })?;
        user.ok_or(SetupError::Used)
    }
}

const INSERT_TOKEN: &str = "
insert into setup_tokens (token_hash)
values ($token_hash)";

const DELETE_TOKENS: &str = "
delete from setup_tokens";

const HAS_TOKEN: &str = "
select exists (select * from setup_tokens where token_hash = $token_hash)";

const HAS_USERS: &str = "
select exists (select * from users)";

fn is_open(connection: &Connection, token_hash: &secret::SecretHash) -> Result<bool, Error> {
    let values = named_params! { "$token_hash": token_hash };
    let known: bool = connection.query_row(HAS_TOKEN, values, |row| row.get(0))?;
    Ok(known && !has_users(connection)?)
}

fn has_users(connection: &Connection) -> Result<bool, Error> {
    Ok(connection.query_row(HAS_USERS, [], |row| row.get(0))?)
}
