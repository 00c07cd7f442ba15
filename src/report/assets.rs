//! The dashboard's files, embedded in the binary.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::response::Response;

use super::body::PathParts;
use super::error::ReportError;
use super::served::Served;
use crate::route::{Access, Content, Endpoint, Route, Shown};

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("dashboard/", $path)))),*]
    };
}

/// Every file of `dashboard/`, by its path there; `the_dashboards_files_are_all_here` fails when one is missing.
const FILES: &[(&str, &[u8])] = embedded![
    "api-funnels.js",
    "api-notes.js",
    "api-settings.js",
    "api-visitors.js",
    "api.js",
    "app.js",
    "carts-question.js",
    "carts.css",
    "charts/charts.css",
    "charts/day-bars.js",
    "charts/days.js",
    "charts/funnel.js",
    "charts/histogram.js",
    "charts/leaks.css",
    "charts/leaks.js",
    "charts/legend.js",
    "charts/multiples.js",
    "charts/patterns.js",
    "charts/shape.js",
    "charts/sparkline.js",
    "charts/trend.js",
    "charts/triangle.js",
    "controls.css",
    "csv.js",
    "filters.js",
    "findings.js",
    "format.js",
    "funnel-question.js",
    "funnel-steps.js",
    "html.js",
    "index.html",
    "installation.js",
    "later.js",
    "leaving.js",
    "navigation.js",
    "notes-axis.js",
    "overview-question.js",
    "overview.css",
    "parts/accounts.js",
    "parts/answer.js",
    "parts/arrivals.js",
    "parts/ask.js",
    "parts/breakdown-table.js",
    "parts/breakdown.js",
    "parts/cart-breakdowns.js",
    "parts/cart-days.js",
    "parts/cart-figures.js",
    "parts/cart-history.js",
    "parts/cart-list.js",
    "parts/change.js",
    "parts/code.js",
    "parts/cohort-table.js",
    "parts/erasing.js",
    "parts/fell.js",
    "parts/fields.js",
    "parts/figure.js",
    "parts/figures.js",
    "parts/filter-editor.js",
    "parts/find-person.js",
    "parts/header.js",
    "parts/hindrances.js",
    "parts/identity.js",
    "parts/in-turn.js",
    "parts/inside.js",
    "parts/install.js",
    "parts/key-list.js",
    "parts/keyboard.js",
    "parts/listed.js",
    "parts/live.js",
    "parts/looks.js",
    "parts/loyalty.js",
    "parts/method.js",
    "parts/mini-funnel.js",
    "parts/money.js",
    "parts/name.js",
    "parts/new-site.js",
    "parts/note-form.js",
    "parts/noted-trend.js",
    "parts/notes.js",
    "parts/notice.js",
    "parts/once.js",
    "parts/onward.js",
    "parts/overview-figures.js",
    "parts/overview-lists.js",
    "parts/overview-notes.js",
    "parts/overview-trend.js",
    "parts/paste.js",
    "parts/people.js",
    "parts/person-figures.js",
    "parts/person-link.js",
    "parts/person-lists.js",
    "parts/person-timeline.js",
    "parts/question.js",
    "parts/reasons.js",
    "parts/rules-editor.js",
    "parts/saved-funnels.js",
    "parts/saving.js",
    "parts/scope-bar.js",
    "parts/segment-chips.js",
    "parts/segment-editor.js",
    "parts/sending.js",
    "parts/settings-keys.js",
    "parts/settings-links.js",
    "parts/settings-nav.js",
    "parts/settings-notes.js",
    "parts/settings-password.js",
    "parts/settings-server.js",
    "parts/settings-shop.js",
    "parts/settings-users.js",
    "parts/share-link.js",
    "parts/sharing.js",
    "parts/site-screen.js",
    "parts/skeleton.js",
    "parts/step-editor.js",
    "parts/step-table.js",
    "parts/step-words.js",
    "parts/steps.js",
    "parts/store-state.js",
    "parts/target-field.js",
    "parts/title.js",
    "parts/touchpoint-table.js",
    "period.js",
    "person-question.js",
    "picture.js",
    "print.css",
    "retention-question.js",
    "retention.css",
    "scope.js",
    "screens.js",
    "screens/abandonment.js",
    "screens/dropoff.js",
    "screens/funnel.js",
    "screens/install.js",
    "screens/login.js",
    "screens/overview.js",
    "screens/password.js",
    "screens/privacy.js",
    "screens/retention.js",
    "screens/settings.js",
    "screens/setup.js",
    "screens/share.js",
    "screens/sites.js",
    "screens/status.js",
    "screens/visitors.js",
    "segment.js",
    "sentence.js",
    "settings.css",
    "shell.css",
    "state.js",
    "strings/cs/abandonment.js",
    "strings/cs/door.js",
    "strings/cs/dropoff.js",
    "strings/cs/forms.js",
    "strings/cs/funnel.js",
    "strings/cs/install.js",
    "strings/cs/keyboard.js",
    "strings/cs/notes.js",
    "strings/cs/overview.js",
    "strings/cs/privacy.js",
    "strings/cs/remedies.js",
    "strings/cs/retention.js",
    "strings/cs/segment.js",
    "strings/cs/settings.js",
    "strings/cs/share.js",
    "strings/cs/shell.js",
    "strings/cs/status.js",
    "strings/cs/touchpoints.js",
    "strings/cs/visitors.js",
    "strings/de/abandonment.js",
    "strings/de/door.js",
    "strings/de/dropoff.js",
    "strings/de/forms.js",
    "strings/de/funnel.js",
    "strings/de/install.js",
    "strings/de/keyboard.js",
    "strings/de/notes.js",
    "strings/de/overview.js",
    "strings/de/privacy.js",
    "strings/de/remedies.js",
    "strings/de/retention.js",
    "strings/de/segment.js",
    "strings/de/settings.js",
    "strings/de/share.js",
    "strings/de/shell.js",
    "strings/de/status.js",
    "strings/de/touchpoints.js",
    "strings/de/visitors.js",
    "strings/en/abandonment.js",
    "strings/en/door.js",
    "strings/en/dropoff.js",
    "strings/en/forms.js",
    "strings/en/funnel.js",
    "strings/en/install.js",
    "strings/en/keyboard.js",
    "strings/en/notes.js",
    "strings/en/overview.js",
    "strings/en/privacy.js",
    "strings/en/remedies.js",
    "strings/en/retention.js",
    "strings/en/segment.js",
    "strings/en/settings.js",
    "strings/en/share.js",
    "strings/en/shell.js",
    "strings/en/status.js",
    "strings/en/touchpoints.js",
    "strings/en/visitors.js",
    "strings/index.js",
    "strings/pl/abandonment.js",
    "strings/pl/door.js",
    "strings/pl/dropoff.js",
    "strings/pl/forms.js",
    "strings/pl/funnel.js",
    "strings/pl/install.js",
    "strings/pl/keyboard.js",
    "strings/pl/notes.js",
    "strings/pl/overview.js",
    "strings/pl/privacy.js",
    "strings/pl/remedies.js",
    "strings/pl/retention.js",
    "strings/pl/segment.js",
    "strings/pl/settings.js",
    "strings/pl/share.js",
    "strings/pl/shell.js",
    "strings/pl/status.js",
    "strings/pl/touchpoints.js",
    "strings/pl/visitors.js",
    "style.css",
    "tables.css",
    "theme-first.js",
    "tokens.css",
    "touchpoints.js",
    "vendor/hooks.js",
    "vendor/htm.LICENSE",
    "vendor/htm.js",
    "vendor/preact.LICENSE",
    "vendor/preact.js",
    "visitors.css",
];

/// The dashboard's pages, which are one page, and its files.
pub(super) fn routes() -> Vec<Route> {
    let page_at = |path: &'static str| {
        Endpoint::get(path, Access::Anyone, "A page of the dashboard")
            .shown(Shown::Page)
            .answers(200, Content::Media("text/html"))
            .answers(304, Content::Empty)
            .serve(page, ())
    };
    let files = Endpoint::get("/assets/{*path}", Access::Anyone, "A file of the dashboard")
        .shown(Shown::Asset)
        .answers(200, Content::Media("text/javascript"))
        .answers(200, Content::Media("text/css"))
        .answers(200, Content::Media("text/html"))
        .answers(200, Content::Media("text/plain"))
        .answers(304, Content::Empty)
        .refuses(&[404])
        .serve(asset, ());
    let pages = ["/", "/login", "/password", "/setup", "/share", "/sites/{*rest}"].map(page_at);
    pages.into_iter().chain([files]).collect()
}

async fn page(headers: HeaderMap) -> Response {
    file("index.html", &headers).expect("the page is embedded")
}

async fn asset(PathParts(path): PathParts<String>, headers: HeaderMap) -> Result<Response, ReportError> {
    file(&path, &headers).ok_or(ReportError::NotFound)
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    static SERVED: LazyLock<HashMap<&str, Served>> =
        LazyLock::new(|| FILES.iter().map(|(path, bytes)| (*path, Served::new(path, bytes))).collect());
    SERVED.get(path).map(|served| served.answer(headers))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    fn files_below(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn the_dashboards_files_are_all_here() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/dashboard");
        let name = |path: PathBuf| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let mut names: Vec<String> = files_below(&root).into_iter().map(name).collect();
        names.retain(|name| name != "vendor/README.md");
        names.sort();
        let embedded: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(embedded, names, "write each file of the dashboard into FILES, in this order");
    }
}
