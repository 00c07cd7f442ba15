//! Logins: who is signed in, on which browser. (A session is what a visitor has.)

use rusqlite::{OptionalExtension, named_params};

use super::users::read_user;
use super::{Control, Error, User, secret};
use crate::domain::time::{DAY_MS, Timestamp};

/// How long a login lives after it was last used, in days.
pub const LOGIN_DAYS: i64 = 30;

/// A user's logins beyond this number end, those nearest to their end first.
const LOGINS_PER_USER_MAX: i64 = 50;

/// A login is made to last longer at most once a day, so that asking for reports seldom writes.
const EXTEND_AFTER_MS: i64 = DAY_MS;

impl Control {
    /// Signs a user in and returns the token by which the browser is known again: 43 characters.
    ///
    /// # Errors
    /// [`Error::Database`], also when the user has been removed meanwhile.
    pub fn start_login(&self, user: &User, now: Timestamp) -> Result<String, Error> {
        let token = secret::random_text();
        self.0.database.write(|transaction| {
            transaction.execute(DELETE_EXPIRED, named_params! { "$now_ms": now.as_ms() })?;
            let values = named_params! { "$token_hash": secret::hash(&token), "$user_id": user.id.0,
            "$expires_at_ms": expires_at(now).as_ms() };
            transaction.execute(INSERT_LOGIN, values)?;
            let values = named_params! { "$user_id": user.id.0, "$logins_max": LOGINS_PER_USER_MAX };
            transaction.execute(DELETE_SURPLUS, values)?;
            Ok(token)
        })
    }

    /// Who signed in with this token; `None` when nobody did, or the login has ended. Using a login keeps it alive.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn login(&self, token: &str, now: Timestamp) -> Result<Option<User>, Error> {
        let token_hash = secret::hash(token);
        let found = self.0.database.read(|connection| {
            let mut statement = connection.prepare_cached(LOGIN)?;
            let values = named_params! { "$token_hash": token_hash, "$now_ms": now.as_ms() };
            let found =
                statement.query_row(values, |row| Ok((read_user(row)?, Timestamp::from_ms(row.get("expires_at_ms")?))));
            Ok(found.optional()?)
        })?;
        let Some((user, expiry)) = found else {
            return Ok(None);
        };
        if expiry.plus_ms(EXTEND_AFTER_MS) <= expires_at(now) {
            let extended = self.0.database.write(|transaction| {
                let values = named_params! { "$token_hash": token_hash, "$expires_at_ms": expires_at(now).as_ms() };
                Ok(transaction.execute(EXTEND_LOGIN, values)?)
            });
            match extended {
                // Whoever is signed in may look on a full disk too; it is extended another time.
                Err(error) if error.is_disk_full() => {}
                extended => {
                    extended?;
                }
            }
        }
        Ok(Some(user))
    }

    /// Signs out; a token that is not, or no longer, of a login is fine.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn end_login(&self, token: &str) -> Result<(), Error> {
        self.0.database.write(|transaction| {
            transaction.execute(DELETE_LOGIN, named_params! { "$token_hash": secret::hash(token) })?;
            Ok(())
        })
    }
}

fn expires_at(now: Timestamp) -> Timestamp {
    now.plus_ms(LOGIN_DAYS * DAY_MS)
}

const INSERT_LOGIN: &str = "
insert into logins (token_hash, user_id, expires_at_ms)
values ($token_hash, $user_id, $expires_at_ms)";

const LOGIN: &str = "
select users.id, users.email, users.role, users.password_hash = '' as invited, logins.expires_at_ms
from logins
join users on users.id = logins.user_id
where logins.token_hash = $token_hash and $now_ms < logins.expires_at_ms";

const EXTEND_LOGIN: &str = "
update logins
set expires_at_ms = $expires_at_ms
where token_hash = $token_hash";

const DELETE_LOGIN: &str = "
delete from logins
where token_hash = $token_hash";

const DELETE_EXPIRED: &str = "
delete from logins
where expires_at_ms <= $now_ms";

const DELETE_SURPLUS: &str = "
delete from logins
where user_id = $user_id and token_hash not in (
    select token_hash
    from logins
    where user_id = $user_id
    order by expires_at_ms desc
    limit $logins_max
)";
