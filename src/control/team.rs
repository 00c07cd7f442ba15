//! The users as owners manage them on the screen: invited by a link, by which they choose their own password.
//!
//! # Why
//! No password is ever chosen for somebody else, nor sent. Here nobody can take the last owner away, who would have to
//! be made anew on the server's computer; the commands there may.

use rusqlite::{OptionalExtension, Transaction, named_params};

use super::users::{DELETE_LOGINS, hash_password, insert_user, parse_email, read_user};
use super::{Control, Error, Role, User, UserId, secret};
use crate::domain::time::{DAY_MS, Timestamp};

/// A link by which a user chooses a password works for so many days.
pub const PASSWORD_LINK_DAYS: i64 = 7;

/// There are at most so many users.
const USERS_MAX: u32 = 1_000;

/// A link by which a user chooses a password, once.
#[derive(Clone, Debug)]
pub struct PasswordLink {
    /// 43 characters, which cannot be had again.
    pub token: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl Control {
    /// Adds a user who has yet to choose a password, and the link for it.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for an address that is none or when there are too many users, [`Error::Exists`],
    /// [`Error::Database`].
    pub fn invite_user(&self, email: &str, role: Role, now: Timestamp) -> Result<(User, PasswordLink), Error> {
        let email = parse_email(email)?;
        self.0.database.write(|transaction| {
            let users: u32 = transaction.query_row(COUNT_USERS, [], |row| row.get(0))?;
            if USERS_MAX <= users {
                let what = format!("there are {users} users");
                return Err(Error::not_allowed(("too_many_users", ""), what, "remove some first"));
            }
            let user = insert_user(transaction, &email, "", role)?;
            let link = insert_link(transaction, user.id, now)?;
            Ok((user, link))
        })
    }

    /// A fresh link by which a user chooses another password; the one before is void. `None` when there is no such user.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn add_password_link(&self, id: UserId, now: Timestamp) -> Result<Option<(User, PasswordLink)>, Error> {
        self.0.database.write(|transaction| {
            let Some(user) = find(transaction, id)? else { return Ok(None) };
            let link = insert_link(transaction, user.id, now)?;
            Ok(Some((user, link)))
        })
    }

    /// Gives the user of a link this password, ends every login of that user, and voids the link; takes the time of one
    /// password hash. `None` when the link was used, replaced or is over.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for a password that is too short, after which the link is still good, [`Error::Database`].
    pub fn use_password_link(&self, token: &str, password: &str, now: Timestamp) -> Result<Option<User>, Error> {
        let token_hash = secret::hash(token);
        let values = named_params! { "$token_hash": token_hash, "$now_ms": now.as_ms() };
        // Asked before anything costly is done, and again when nobody else can come between.
        let open: bool =
            self.0.database.read(|connection| Ok(connection.query_row(HAS_LINK, values, |row| row.get(0))?))?;
        if !open {
            return Ok(None);
        }
        let password_hash = hash_password(password)?;
        self.0.database.write(|transaction| {
            let Some(id) = transaction.query_row(DELETE_LINK, values, |row| row.get("user_id")).optional()? else {
                return Ok(None);
            };
            let id = UserId(id);
            transaction.execute(SET_PASSWORD, named_params! { "$id": id.0, "$password_hash": password_hash })?;
            transaction.execute(DELETE_LOGINS, named_params! { "$user_id": id.0 })?;
            find(transaction, id)
        })
    }

    /// Gives a user another role; `None` when there is no such user.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for the last owner, [`Error::Database`].
    pub fn set_role(&self, id: UserId, role: Role) -> Result<Option<User>, Error> {
        self.0.database.write(|transaction| {
            transaction.execute(SET_ROLE, named_params! { "$id": id.0, "$role": role.as_str() })?;
            demand_owner(transaction)?;
            find(transaction, id)
        })
    }

    /// Removes a user and ends every login of that user; `false` when there is no such user.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for the last owner, [`Error::Database`].
    pub fn dismiss_user(&self, id: UserId) -> Result<bool, Error> {
        self.0.database.write(|transaction| {
            let removed = transaction.execute(DELETE_USER, named_params! { "$id": id.0 })?;
            demand_owner(transaction)?;
            Ok(0 < removed)
        })
    }
}

fn find(transaction: &Transaction<'_>, id: UserId) -> Result<Option<User>, Error> {
    Ok(transaction.query_row(USER, named_params! { "$id": id.0 }, read_user).optional()?)
}

fn insert_link(transaction: &Transaction<'_>, id: UserId, now: Timestamp) -> Result<PasswordLink, Error> {
    let link = PasswordLink { token: secret::random_text(), expires_at: now.plus_ms(PASSWORD_LINK_DAYS * DAY_MS) };
    let values = named_params! { "$user_id": id.0, "$token_hash": secret::hash(&link.token),
    "$expires_at_ms": link.expires_at.as_ms() };
    transaction.execute(REPLACE_LINK, values)?;
    Ok(link)
}

/// What a transaction has changed is given up when nobody is left who may do everything, and can sign in.
fn demand_owner(transaction: &Transaction<'_>) -> Result<(), Error> {
    if transaction.query_row(HAS_OWNER, [], |row| row.get(0))? {
        return Ok(());
    }
    let remedy = "make another user an owner first";
    Err(Error::not_allowed(("last_owner", ""), "nobody else is an owner who can sign in", remedy))
}

const COUNT_USERS: &str = "
select count(*)
from users";

const USER: &str = "
select id, email, role, password_hash = '' as invited
from users
where id = $id";

const HAS_OWNER: &str = "
select exists (select * from users where role = 'owner' and password_hash <> '')";

const SET_ROLE: &str = "
update users
set role = $role
where id = $id";

const SET_PASSWORD: &str = "
update users
set password_hash = $password_hash
where id = $id";

const DELETE_USER: &str = "
delete from users
where id = $id";

const REPLACE_LINK: &str = "
insert or replace into password_links (user_id, token_hash, expires_at_ms)
values ($user_id, $token_hash, $expires_at_ms)";

const HAS_LINK: &str = "
select exists (select * from password_links where token_hash = $token_hash and $now_ms < expires_at_ms)";

const DELETE_LINK: &str = "
delete from password_links
where token_hash = $token_hash and $now_ms < expires_at_ms
returning user_id";
