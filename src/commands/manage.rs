//! Sites, keys and users: written to the control file, which a running server follows within a second.

use std::path::Path;

use anyhow::Context;
use comfy_table::{Table, presets};

use super::client::site_of;
use crate::cli::{KeyCommand, KeyScope, PrivacyPreset, SiteCommand, SiteFields, UserCommand, UserRole};
use crate::collect::Scripts;
use crate::config::Settings;
use crate::control::{Control, KeyId, NewSite, Role, Scope, SiteChange, UserChange};
use crate::domain::money::Currency;
use crate::domain::name::SiteKey;
use crate::domain::privacy::Preset;

pub(super) fn site(command: SiteCommand, settings: &Settings, data: &Path) -> anyhow::Result<()> {
    let control = Control::open(data)?;
    match command {
        SiteCommand::Add { key, fields } => {
            let key = SiteKey::parse(&key).with_context(|| format!("site key `{key}`"))?;
            let currency = parse_currency(&fields.currency)?;
            let site = NewSite { key, domains: fields.domain, time_zone: fields.time_zone, currency };
            let site = control.add_site(site)?;
            eprintln!("added site `{}`; put this into its pages (with the address the world knows):", site.key);
            println!("{}", scripts(settings)?.tags(&own_origin(settings), &site.key).following);
        }
        SiteCommand::Show { key, origin } => {
            let site = site_of(&control, &key)?;
            let origin = origin.unwrap_or_else(|| own_origin(settings));
            let tags = scripts(settings)?.tags(origin.trim_end_matches('/'), &site.key);
            eprintln!("into the shop's pages, before </head>; this one follows every new version of Styk:");
            println!("{}", tags.following);
            eprintln!("or this version's bytes only, which browsers verify; to be replaced with each new version:");
            println!("{}", tags.pinned);
        }
        SiteCommand::List => {
            let mut table = plain_table(&["site", "domains", "time zone", "currency", "privacy", "kept"]);
            for site in control.sites() {
                let domains = site.domains.join(" ");
                let kept = site.privacy.kept_days().map_or("for ever".to_owned(), |days| format!("{days} days"));
                let (zone, currency) = (site.time_zone_name(), site.currency.as_str());
                let preset = site.privacy.preset.as_str();
                table.add_row([site.key.as_str(), &domains, zone, currency, preset, &kept]);
            }
            println!("{table}");
        }
        SiteCommand::Set { key, fields } => {
            let site = site_of(&control, &key)?;
            let currency = fields.currency.as_deref().map(parse_currency).transpose()?;
            let preset = fields.privacy.map(|preset| match preset {
                PrivacyPreset::Default => Preset::Default,
                PrivacyPreset::Cnil => Preset::Cnil,
            });
            let SiteFields { name, domain: domains, time_zone, retention_days, exclude: excluded, .. } = fields;
            let change = SiteChange { name, domains, time_zone, currency, preset, retention_days, excluded };
            control.set_site(&site.key, change)?;
            eprintln!("changed site `{key}`");
        }
        SiteCommand::Remove { key } => {
            let site = site_of(&control, &key)?;
            control.remove_site(&site.key)?;
            eprintln!("removed site `{key}`; its stored events stay in the data");
        }
    }
    Ok(())
}

fn scripts(settings: &Settings) -> anyhow::Result<Scripts> {
    Ok(Scripts::new(&settings.collect_options()?.paths))
}

/// Where the server listens; what the world calls it, only its administrator knows.
fn own_origin(settings: &Settings) -> String {
    format!("http://{}", settings.serve.listen)
}

fn parse_currency(code: &str) -> anyhow::Result<Currency> {
    Currency::parse(code).with_context(|| format!("currency `{code}` is not an ISO 4217 code such as EUR"))
}

pub(super) fn key(command: KeyCommand, data: &Path) -> anyhow::Result<()> {
    let control = Control::open(data)?;
    match command {
        KeyCommand::Add { site, scope, name } => {
            let site = site_of(&control, &site)?;
            let scope = match scope {
                KeyScope::Collect => Scope::Collect,
                KeyScope::Read => Scope::Read,
                KeyScope::Admin => Scope::Admin,
            };
            let secret = control.add_key(&site.key, scope, &name)?;
            eprintln!("the secret is shown this once:");
            println!("{secret}");
        }
        KeyCommand::List { site } => {
            let mut table = plain_table(&["id", "site", "scope", "name", "since"]);
            for key in control.list_keys()? {
                if site.as_deref().is_none_or(|site| site == key.site.as_str()) {
                    let row = [key.id.to_string(), key.site.to_string(), key.scope.as_str().to_owned()];
                    table.add_row(row.into_iter().chain([key.name, key.created_at.to_string()]));
                }
            }
            println!("{table}");
        }
        KeyCommand::Revoke { id } => {
            let number =
                u32::try_from(id).with_context(|| format!("there is no key {id}; `styk key list` shows all"))?;
            control.revoke_key(KeyId(number))?;
            eprintln!("revoked key {id}");
        }
    }
    Ok(())
}

pub(super) fn user(command: UserCommand, data: &Path) -> anyhow::Result<()> {
    let control = Control::open(data)?;
    match command {
        UserCommand::Add { email, role } => {
            let user = control.add_user(&email, &read_password()?, role_of(role))?;
            eprintln!("added {} `{}`", user.role.as_str(), user.email);
        }
        UserCommand::List => {
            let mut table = plain_table(&["email", "role"]);
            for user in control.list_users()? {
                table.add_row([user.email.as_str(), user.role.as_str()]);
            }
            println!("{table}");
        }
        UserCommand::Set { email, role } => {
            control.set_user(&email, UserChange { role: Some(role_of(role)), ..UserChange::default() })?;
            eprintln!("changed `{email}`");
        }
        UserCommand::Remove { email } => {
            control.remove_user(&email)?;
            eprintln!("removed `{email}`");
        }
    }
    Ok(())
}

fn role_of(role: UserRole) -> Role {
    match role {
        UserRole::Owner => Role::Owner,
        UserRole::Editor => Role::Editor,
        UserRole::Viewer => Role::Viewer,
    }
}

/// From STYK_PASSWORD, else from a prompt that does not show it.
fn read_password() -> anyhow::Result<String> {
    match std::env::var("STYK_PASSWORD") {
        Ok(password) => Ok(password),
        Err(_) => rpassword::prompt_password("password: ").context("no terminal to ask; set STYK_PASSWORD"),
    }
}

fn plain_table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(head);
    table
}
