//! Users: the people who may sign in.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};

use super::{Control, Error, passwords};

/// The shortest password, in characters.
pub(super) const PASSWORD_CHARS_MIN: usize = 10;
const PASSWORD_BYTES_MAX: usize = 1_024;

/// What a user may do, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sees reports.
    Viewer,
    /// Also changes what reports are made of.
    Editor,
    /// Everything.
    Owner,
}

impl Role {
    /// The role of this name: `viewer`, `editor` or `owner`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Viewer, Self::Editor, Self::Owner].into_iter().find(|role| role.as_str() == text)
    }

    /// The name as the command line and the API spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }
}

impl FromSql for Role {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

/// An e-mail address by which a user signs in.
///
/// Invariant: lower case, at most 254 characters, one `@` with something on both sides, no white space.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Email(String);

impl Email {
    const CHARS_MAX: usize = 254;

    /// Takes an address as somebody typed it; `None` when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let email = text.trim().to_lowercase();
        let (name, host) = email.split_once('@')?;
        let plain = |part: &str| !part.is_empty() && !part.contains(['@', ' ', ',', ';', '<', '>']);
        let printable = !email.chars().any(|c| c.is_control() || c.is_whitespace());
        let fits = email.chars().count() <= Self::CHARS_MAX;
        (fits && printable && plain(name) && plain(host)).then_some(Self(email))
    }

    /// The address as text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserId(pub u32);

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user's number.
    pub id: UserId,
    /// The address by which the user signs in; lower case.
    pub email: String,
    /// What the user may do.
    pub role: Role,
    /// Has chosen no password yet, and cannot sign in.
    pub invited: bool,
}

/// What to change about a user; `None` leaves a part as it is.
#[derive(Clone, Default)]
pub struct UserChange {
    /// A new password; every login of the user ends.
    pub password: Option<String>,
    /// Another role.
    pub role: Option<Role>,
}

impl Control {
    /// Adds a user; takes the time of one password hash.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for an address that is none or a password that is too short, [`Error::Exists`],
    /// [`Error::Database`].
    pub fn add_user(&self, email: &str, password: &str, role: Role) -> Result<User, Error> {
        let email = parse_email(email)?;
        let password_hash = hash_password(password)?;
        self.0.database.write(|transaction| insert_user(transaction, &email, &password_hash, role))
    }

    /// All users in the order they were added.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn list_users(&self) -> Result<Vec<User>, Error> {
        self.0.database.read(|connection| {
            let mut statement = connection.prepare(USERS)?;
            let users = statement.query_map([], read_user)?;
            Ok(users.collect::<Result<_, _>>()?)
        })
    }

    /// Changes a user.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NotAllowed`] for a password that is too short, [`Error::Database`].
    pub fn set_user(&self, email: &str, change: UserChange) -> Result<(), Error> {
        let email = parse_email(email)?;
        let password_hash = change.password.map(|password| hash_password(&password)).transpose()?;
        self.0.database.write(|transaction| {
            let values = named_params! { "$email": email.as_str(), "$role": change.role.map(Role::as_str),
            "$password_hash": password_hash };
            let id = transaction.query_row(UPDATE_USER, values, |row| row.get("id")).optional()?;
            let id: i64 = id.ok_or_else(|| unknown(&email))?;
            if password_hash.is_some() {
                transaction.execute(DELETE_LOGINS, named_params! { "$user_id": id })?;
            }
            Ok(())
        })
    }

    /// Removes a user and ends every login of that user.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::Database`].
    pub fn remove_user(&self, email: &str) -> Result<(), Error> {
        let email = parse_email(email)?;
        self.0.database.write(|transaction| {
            let removed = transaction.execute(DELETE_USER, named_params! { "$email": email.as_str() })?;
            if removed == 0 { Err(unknown(&email)) } else { Ok(()) }
        })
    }

    /// The user of this address and password; `None` when either is wrong, after the same work.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn verify_password(&self, email: &str, password: &str) -> Result<Option<User>, Error> {
        let found = match Email::parse(email) {
            Some(email) => self.find_user(&email)?,
            None => None,
        };
        let right = passwords::matches(password, found.as_ref().map(|(_, stored)| stored.as_str()));
        Ok(found.filter(|_| right).map(|(user, _)| user))
    }

    fn find_user(&self, email: &Email) -> Result<Option<(User, String)>, Error> {
        self.0.database.read(|connection| {
            let mut statement = connection.prepare(USER_BY_EMAIL)?;
            let found = statement.query_row(named_params! { "$email": email.as_str() }, |row| {
                Ok((read_user(row)?, row.get("password_hash")?))
            });
            Ok(found.optional()?)
        })
    }
}

const USERS: &str = "
select id, email, role, password_hash = '' as invited
from users
order by id";

const USER_BY_EMAIL: &str = "
select id, email, role, password_hash = '' as invited, password_hash
from users
where email = $email";

const INSERT_USER: &str = "
insert into users (email, role, password_hash)
values ($email, $role, $password_hash)
on conflict do nothing
returning id, email, role, password_hash = '' as invited";

const UPDATE_USER: &str = "
update users
set role = coalesce($role, role),
    password_hash = coalesce($password_hash, password_hash)
where email = $email
returning id";

const DELETE_USER: &str = "
delete from users
where email = $email";

pub(super) const DELETE_LOGINS: &str = "
delete from logins
where user_id = $user_id";

pub(super) fn insert_user(
    transaction: &Transaction<'_>,
    email: &Email,
    password_hash: &str,
    role: Role,
) -> Result<User, Error> {
    let values = named_params! { "$email": email.as_str(), "$role": role.as_str(), "$password_hash": password_hash };
    let user = transaction.query_row(INSERT_USER, values, read_user).optional()?;
    user.ok_or_else(|| Error::Exists { kind: "user", name: email.as_str().to_owned() })
}

pub(super) fn read_user(row: &Row<'_>) -> rusqlite::Result<User> {
    let id = UserId(row.get("id")?);
    Ok(User { id, email: row.get("email")?, role: row.get("role")?, invited: row.get("invited")? })
}

/// Whether `password` is long enough, and short enough to be hashed.
pub(super) fn is_strong(password: &str) -> bool {
    PASSWORD_CHARS_MIN <= password.chars().count() && password.len() <= PASSWORD_BYTES_MAX
}

pub(super) fn hash_password(password: &str) -> Result<String, Error> {
    if is_strong(password) {
        return Ok(passwords::hash(password));
    }
    Err(Error::not_allowed(
        ("weak_password", "password"),
        "password is too short or too long",
        format!("choose one of {PASSWORD_CHARS_MIN} characters to {PASSWORD_BYTES_MAX} bytes"),
    ))
}

pub(super) fn parse_email(text: &str) -> Result<Email, Error> {
    let wrong = || {
        Error::not_allowed(
            ("bad_email", "email"),
            format!("user `{text}` is not an e-mail address"),
            "write one like `ann@shop.example`",
        )
    };
    Email::parse(text).ok_or_else(wrong)
}

fn unknown(email: &Email) -> Error {
    Error::Unknown { kind: "user", name: email.as_str().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_lower_case_and_plain() {
        assert_eq!(Email::parse(" Ann@Shop.Example ").unwrap().as_str(), "ann@shop.example");
        assert!(Email::parse("ann@localhost").is_some());
        for bad in ["", "ann", "@shop.pl", "ann@", "a@b@c", "a b@shop.pl", "ann@shop.pl\n<b>", "a\u{0}@shop.pl"] {
            assert_eq!(Email::parse(bad), None, "{bad:?}");
        }
    }
}
