//! What owners decide on the screen: sites, keys, users, passwords.
//!
//! **Promise.** The same code decides as for the commands: `control` parses and refuses. A secret is answered once.
//!
//! **Shape.** One file a subject: [`sites`] what a site is and takes, [`keys`] by which programs speak for it, [`users`]
//! who may sign in and do what, [`passwords`] how they choose and change their own.
//!
//! **Never.** No password is chosen for somebody else. No setting of the program: `server` shows those.
//!
//! **To add a setting of a site**, add it to `Settings` and `SettingsForm` in [`sites`].

mod keys;
mod passwords;
mod sites;
mod users;

use super::door::Door;
use crate::route::Route;

/// The largest form.
const FORM_BYTES_MAX: usize = 16 << 10;

/// The routes of all of them.
pub(super) fn routes(door: &Door) -> Vec<Route> {
    let routes = [sites::routes(door), keys::routes(door), users::routes(door), passwords::routes(door)];
    routes.into_iter().flatten().map(|route| door.guard(route)).collect()
}
