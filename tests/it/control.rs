//! Sites, keys, users, logins and secrets: in force at once, seen by other programs, gone when taken away.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use styk::control::{
    Control, Doer, Error, NewSite, Role, Scope, ServerFile, SetupError, SiteChange, UserChange, lock_data_dir,
    read_server_file,
};
use styk::domain::id::VisitorId;
use styk::domain::link::Unlink;
use styk::domain::money::Currency;
use styk::domain::name::SiteKey;
use styk::domain::time::{DAY_MS, HOUR_MS, Timestamp};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";
const NOON: Timestamp = Timestamp::from_ms(20_000 * DAY_MS + 12 * HOUR_MS);

#[test]
fn a_site_is_found_by_key_and_number_with_everything_it_was_given() {
    let (_dir, control) = open_new();
    let site = control.add_site(site("shop")).unwrap();
    assert_eq!(control.site("shop").unwrap(), site);
    assert_eq!(control.site_by_id(site.id).unwrap(), site);
    assert_eq!(control.sites(), std::slice::from_ref(&site));
    assert_eq!(site.domains, ["shop.example", "www.shop.example"]);
    assert_eq!(site.time_zone_name(), "Europe/Warsaw");
    assert_eq!(site.currency.as_str(), "PLN");
    assert!(control.site("other").is_none());
}

#[test]
fn a_site_changes_only_where_told() {
    let (dir, control) = open_new();
    control.add_site(site("shop")).unwrap();
    let change = SiteChange { domains: Some(vec!["new.example".to_owned()]), ..SiteChange::default() };
    control.set_site(&key("shop"), change).unwrap();
    let change = SiteChange { time_zone: Some("utc".to_owned()), ..SiteChange::default() };
    control.set_site(&key("shop"), change).unwrap();
    for control in [control, Control::open(dir.path()).unwrap()] {
        let site = control.site("shop").unwrap();
        assert_eq!(site.domains, ["new.example"]);
        assert_eq!(site.time_zone_name(), "UTC");
        assert_eq!(site.currency.as_str(), "PLN");
    }
}

#[test]
fn the_number_of_a_removed_site_is_never_given_again() {
    let (dir, control) = open_new();
    let first = control.add_site(site("shop")).unwrap();
    let secret = control.add_key(&key("shop"), Scope::Read, "").unwrap();
    control.remove_site(&key("shop")).unwrap();
    assert!(control.site("shop").is_none() && control.grant(&secret).is_none());
    drop(control);
    let again = Control::open(dir.path()).unwrap().add_site(site("shop")).unwrap();
    assert_ne!(first.id, again.id);
}

#[test]
fn a_mistake_is_answered_with_the_remedy() {
    let (_dir, control) = open_new();
    control.add_site(site("shop")).unwrap();
    let message = |result: Result<(), Error>| result.unwrap_err().to_string();
    let zone = NewSite { time_zone: "Mars/Olympus".to_owned(), ..site("mars") };
    let zone = message(control.add_site(zone).map(drop));
    assert!(zone.contains("`Mars/Olympus`") && zone.contains("`Europe/Warsaw`"), "{zone}");
    let domain = NewSite { domains: vec!["https://x.example/".to_owned()], ..site("x") };
    let domain = message(control.add_site(domain).map(drop));
    assert!(domain.contains("`https://x.example/`") && domain.contains("without scheme"), "{domain}");
    assert_eq!(message(control.add_site(site("shop")).map(drop)), "site `shop` exists already");
    let unknown = message(control.remove_site(&key("shpo")));
    assert_eq!(unknown, "site `shpo` does not exist; `styk site list` shows all");
    let unknown = message(control.add_key(&key("shpo"), Scope::Read, "").map(drop));
    assert_eq!(unknown, "site `shpo` does not exist; `styk site list` shows all");
    let weak = message(control.add_user("ann@shop.example", "short", Role::Owner).map(drop));
    assert!(weak.contains("10 characters"), "{weak}");
}

#[test]
fn a_key_works_at_once_and_its_secret_is_nowhere_on_disk() {
    let (dir, control) = open_new();
    let site = control.add_site(site("shop")).unwrap();
    let secret = control.add_key(&site.key, Scope::Collect, "till 3").unwrap();
    assert!(secret.strip_prefix("styk_collect_").is_some_and(|random| random.len() == 43), "{secret}");
    let grant = control.grant(&secret).unwrap();
    assert_eq!((grant.site, &grant.site_key, grant.scope), (site.id, &site.key, Scope::Collect));
    assert!(control.grant(&secret[..secret.len() - 1]).is_none());
    assert!(control.grant("").is_none());
    for file in files(dir.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{} holds the secret", file.display());
    }
}

#[test]
fn what_one_program_changes_the_other_sees_after_a_refresh() {
    let (dir, server) = open_new();
    let command = Control::open(dir.path()).unwrap();
    command.add_site(site("shop")).unwrap();
    let secret = command.add_key(&key("shop"), Scope::Read, "sheet").unwrap();
    assert!(server.site("shop").is_none() && server.grant(&secret).is_none());
    server.refresh().unwrap();
    assert_eq!(server.grant(&secret).unwrap().scope, Scope::Read);
    assert_eq!(server.site("shop"), command.site("shop"));

    let listed = server.list_keys().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].site.as_str(), listed[0].name.as_str()), ("shop", "sheet"));
    command.revoke_key(listed[0].id).unwrap();
    assert!(command.grant(&secret).is_none());
    server.refresh().unwrap();
    assert!(server.grant(&secret).is_none());
    assert!(matches!(server.revoke_key(listed[0].id), Err(Error::Unknown { kind: "key", .. })));
}

#[test]
fn two_programs_write_at_the_same_time_and_nothing_is_lost() {
    let (dir, control) = open_new();
    let writers = ["left", "right"].map(|side| {
        let dir = dir.path().to_owned();
        std::thread::spawn(move || {
            let control = Control::open(&dir).unwrap();
            for number in 0..20 {
                control.add_site(site(&format!("{side}-{number}"))).unwrap();
            }
        })
    });
    for writer in writers {
        writer.join().unwrap();
    }
    control.refresh().unwrap();
    assert_eq!(control.sites().len(), 40);
}

#[test]
fn a_user_signs_in_with_the_password_and_with_no_other() {
    let (_dir, control) = open_new();
    let user = control.add_user("Ann@Shop.Example", PASSWORD, Role::Editor).unwrap();
    assert_eq!(control.verify_password(" ann@shop.example", PASSWORD).unwrap(), Some(user.clone()));
    assert_eq!(control.verify_password("ann@shop.example", "correct horse batterz").unwrap(), None);
    assert_eq!(control.verify_password("bob@shop.example", PASSWORD).unwrap(), None);
    assert_eq!(control.verify_password("no address", PASSWORD).unwrap(), None);
    assert_eq!(control.list_users().unwrap(), [user]);
}

#[test]
fn logins_survive_a_restart_and_live_thirty_days_after_their_last_use() {
    let (dir, control) = open_new();
    let user = control.add_user("ann@shop.example", PASSWORD, Role::Owner).unwrap();
    let used = control.start_login(&user, NOON).unwrap();
    let idle = control.start_login(&user, NOON).unwrap();
    drop(control);
    let control = Control::open(dir.path()).unwrap();
    let day = |number: i64| NOON.plus_ms(number * DAY_MS);
    assert_eq!(control.login(&used, day(29)).unwrap(), Some(user.clone()));
    assert_eq!(control.login(&used, day(58)).unwrap(), Some(user));
    assert_eq!(control.login(&idle, day(30)).unwrap(), None);
    assert_eq!(control.login(&used, day(88)).unwrap(), None);
}

#[test]
fn a_login_ends_with_signing_out_a_new_password_and_the_user() {
    let (_dir, control) = open_new();
    let user = control.add_user("ann@shop.example", PASSWORD, Role::Owner).unwrap();
    let start = || control.start_login(&user, NOON).unwrap();
    let signed_in = |token: &str| control.login(token, NOON).unwrap().is_some();

    let (token, other) = (start(), start());
    control.end_login(&token).unwrap();
    assert!(!signed_in(&token) && signed_in(&other));

    let role = UserChange { role: Some(Role::Viewer), ..UserChange::default() };
    control.set_user("ann@shop.example", role).unwrap();
    assert_eq!(control.login(&other, NOON).unwrap().unwrap().role, Role::Viewer);
    let password = UserChange { password: Some("another long one".to_owned()), ..UserChange::default() };
    control.set_user("ann@shop.example", password).unwrap();
    assert!(!signed_in(&other));

    let token = start();
    control.remove_user("ann@shop.example").unwrap();
    assert!(!signed_in(&token));
}

#[test]
fn the_set_up_link_works_once_and_only_the_newest() {
    let (_dir, control) = open_new();
    let older = control.setup_token().unwrap().unwrap();
    let token = control.setup_token().unwrap().unwrap();
    let set_up = |token: &str, email: &str, password: &str| control.use_setup_token(token, email, password);
    assert!(matches!(set_up(&older, "ann@shop.example", PASSWORD), Err(SetupError::Used)));
    assert!(matches!(set_up(&token, "ann", PASSWORD), Err(SetupError::BadEmail)));
    assert!(matches!(set_up(&token, "ann@shop.example", "too short"), Err(SetupError::WeakPassword)));
    let user = set_up(&token, "ann@shop.example", PASSWORD).unwrap();
    assert_eq!(user.role, Role::Owner);
    assert!(matches!(set_up(&token, "eve@shop.example", PASSWORD), Err(SetupError::Used)));
    assert_eq!(control.setup_token().unwrap(), None);
}

#[test]
fn a_set_up_link_is_void_once_a_command_made_a_user() {
    let (dir, server) = open_new();
    let token = server.setup_token().unwrap().unwrap();
    Control::open(dir.path()).unwrap().add_user("ann@shop.example", PASSWORD, Role::Owner).unwrap();
    let answer = server.use_setup_token(&token, "eve@shop.example", PASSWORD);
    assert!(matches!(answer, Err(SetupError::Used)));
}

#[test]
fn the_salt_lives_one_day_and_survives_a_restart_within_it() {
    let (dir, control) = open_new();
    let today = control.visitor_keys(NOON);
    let written = std::fs::read(dir.path().join("salt")).unwrap();
    assert!(control.visitor_keys(NOON.plus_ms(11 * HOUR_MS)) == today);
    drop(control);
    let control = Control::open(dir.path()).unwrap();
    assert!(control.visitor_keys(NOON.plus_ms(HOUR_MS)) == today);

    let tomorrow = control.visitor_keys(NOON.plus_ms(12 * HOUR_MS));
    assert!(tomorrow.secret == today.secret && tomorrow.salt != today.salt);
    assert_ne!(std::fs::read(dir.path().join("salt")).unwrap(), written);
    assert_eq!(files(dir.path()).iter().filter(|file| file.to_string_lossy().contains("salt")).count(), 1);
}

#[test]
fn a_clock_that_goes_back_keeps_the_salt_and_one_that_was_far_ahead_does_not_pin_it() {
    let (_dir, control) = open_new();
    let today = control.visitor_keys(NOON);
    assert!(control.visitor_keys(NOON.plus_ms(-DAY_MS)) == today);
    assert!(control.visitor_keys(NOON) == today);
    let years_ahead = control.visitor_keys(NOON.plus_ms(3_000 * DAY_MS));
    assert!(control.visitor_keys(NOON).salt != years_ahead.salt);
}

#[test]
fn collecting_goes_on_when_the_salt_cannot_be_written() {
    let (dir, control) = open_new();
    // A folder in its place cannot be replaced by a file, whoever runs this test.
    std::fs::create_dir(dir.path().join("salt")).unwrap();
    let keys = control.visitor_keys(NOON);
    assert!(control.visitor_keys(NOON.plus_ms(1)) == keys);
    std::fs::remove_dir(dir.path().join("salt")).unwrap();
    assert!(control.visitor_keys(NOON.plus_ms(HOUR_MS)) == keys);
    assert!(Control::open(dir.path()).unwrap().visitor_keys(NOON) == keys);
}

#[test]
fn a_damaged_secret_is_reported_and_left_alone() {
    let (dir, control) = open_new();
    drop(control);
    std::fs::write(dir.path().join("secret"), "half of i").unwrap();
    let message = Control::open(dir.path()).map(drop).unwrap_err().to_string();
    assert!(message.contains("secret` is damaged; restore it"), "{message}");
    assert_eq!(std::fs::read(dir.path().join("secret")).unwrap(), b"half of i");
}

#[test]
fn only_this_user_can_read_the_files() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("control.sqlite"), "").unwrap();
    std::fs::set_permissions(dir.path().join("control.sqlite"), PermissionsExt::from_mode(0o644)).unwrap();
    let control = Control::open(dir.path()).unwrap();
    control.add_site(site("shop")).unwrap();
    control.visitor_keys(NOON);
    let _lock = lock_data_dir(dir.path()).unwrap();
    let _published = server_file().publish(dir.path()).unwrap();
    let mut names = Vec::new();
    for file in files(dir.path()) {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
        names.push(file.file_name().unwrap().to_string_lossy().into_owned());
    }
    let expected =
        ["control.sqlite", "control.sqlite-shm", "control.sqlite-wal", "lock", "salt", "secret", "server.json"];
    assert_eq!(names, expected);
}

#[test]
fn a_data_directory_serves_one_server_at_a_time() {
    let dir = TempDir::new().unwrap();
    let lock = lock_data_dir(dir.path()).unwrap();
    let message = lock_data_dir(dir.path()).unwrap_err().to_string();
    assert!(message.contains("in use by a running server; stop it, or choose another with --data"), "{message}");
    drop(lock);
    lock_data_dir(dir.path()).unwrap();
}

#[test]
fn commands_find_the_server_while_it_runs() {
    let dir = TempDir::new().unwrap();
    assert!(read_server_file(dir.path()).unwrap().is_none());
    let published = server_file().publish(dir.path()).unwrap();
    let found = read_server_file(dir.path()).unwrap().unwrap();
    assert_eq!((found.address, found.secret.as_str()), (server_file().address, "s3cret"));
    drop(published);
    assert!(read_server_file(dir.path()).unwrap().is_none());
}

#[test]
fn a_file_from_a_newer_program_is_left_alone() {
    let dir = TempDir::new().unwrap();
    drop(Control::open(dir.path()).unwrap());
    // SQLite keeps `user_version`, the number of migrations done, at byte 60 of the file.
    let path = dir.path().join("control.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&999u32.to_be_bytes());
    std::fs::write(&path, &bytes).unwrap();
    assert!(matches!(Control::open(dir.path()), Err(Error::Newer { found: 999, .. })));
}

#[test]
fn so_many_links_of_a_site_may_be_undone_and_all_of_them_are_written_down_or_none() {
    let (_dir, control) = open_new();
    let site = control.add_site(site("shop")).unwrap().id;
    let unlink = |visitor| Unlink { site, visitor: VisitorId(visitor), customer: None };
    let doer = Doer { by: "ann", at: NOON };
    let most: Vec<Unlink> = (0..1_000).map(|visitor| unlink(u64::MAX - visitor)).collect();
    assert!(!control.add_unlinks(&[&most[..], &[unlink(7)]].concat(), doer).unwrap());
    assert_eq!(control.standing_unlinks().unwrap(), []);
    assert!(control.add_unlinks(&most, doer).unwrap() && !control.add_unlinks(&[unlink(7)], doer).unwrap());
    assert_eq!(control.standing_unlinks().unwrap(), most);
    assert_eq!(control.take_back_unlinks(&most[..1], doer).unwrap(), 1);
    assert!(control.add_unlinks(&[unlink(7)], doer).unwrap());
    let facts = control.list_unlinks(site, VisitorId(u64::MAX)).unwrap();
    assert_eq!(facts[0].taken_back, Some((NOON, "ann".to_owned())));
}

fn open_new() -> (TempDir, Control) {
    let dir = TempDir::new().unwrap();
    let control = Control::open(dir.path()).unwrap();
    (dir, control)
}

fn key(text: &str) -> SiteKey {
    SiteKey::parse(text).unwrap()
}

fn site(text: &str) -> NewSite {
    NewSite {
        key: key(text),
        domains: vec!["Shop.Example".to_owned(), "www.shop.example".to_owned()],
        time_zone: "Europe/Warsaw".to_owned(),
        currency: Currency::parse("PLN").unwrap(),
    }
}

fn server_file() -> ServerFile {
    ServerFile { address: "127.0.0.1:8417".parse().unwrap(), secret: "s3cret".to_owned() }
}

/// The files of a folder, by name.
fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
