// The screens of a site, in the order of the navigation. Only what stands here is shown.
//
// To plug in a screen called `visitors`:
// 1. a line in SCREENS below (`report: true`: days, comparison, filters and the segment stand above it, and are in its
//    address; `compares: false` where its report knows no comparison);
// 2. screens/visitors.js, which exports the component named in the line. It is fetched when it is first shown, and
//    gets { site, me, scope, search, own, setOwn }. `scope` is { from, to, compare, where, segment } (scope.js): put
//    `...scopeRequest(scope)` into the body of the question. `own` are the address's other parameters
//    (URLSearchParams); setOwn({ sort: "name" }) changes them and keeps the scope;
// 3. its words in strings/LANGUAGE/visitors.js, all under one key of that name, for every language; the word for the
//    navigation is in strings/LANGUAGE/shell.js;
// 4. the new files in ../assets.rs. tests/browser/strings_units.test.js says which words are missing where.
// Ask with useAnswer (parts/ask.js), show with Answer (parts/answer.js: skeleton, progress, cancel, errors), head it
// with Title, and give tables SaveTable and charts SavePicture (parts/saving.js). See screens/abandonment.js.

import { later } from "./later.js";

/** { name, report, compares, within, Screen }: `name` is the word in the address; `within` is the screen that leads there. */
export const SCREENS = [
  { name: "overview", report: true, Screen: later(() => import("./screens/overview.js"), "Overview", "overview", "notes") },
  { name: "funnel", report: true, Screen: later(() => import("./screens/funnel.js"), "Funnel", "funnel") },
  { name: "dropoff", report: true, Screen: later(() => import("./screens/dropoff.js"), "Dropoff", "dropoff") },
  { name: "abandonment", report: true, Screen: later(() => import("./screens/abandonment.js"), "Abandonment", "abandonment", "notes") },
  { name: "retention", report: true, compares: false, Screen: later(() => import("./screens/retention.js"), "Retention", "retention") },
  { name: "visitors", Screen: later(() => import("./screens/visitors.js"), "Visitors", "visitors", "abandonment") },
  { name: "install", Screen: later(() => import("./screens/install.js"), "Install", "install", "status", "remedies") },
  { name: "settings", Screen: later(() => import("./screens/settings.js"), "Settings", "settings", "notes", "funnel", "forms") },
  { name: "status", within: "settings", Screen: later(() => import("./screens/status.js"), "Status", "status", "settings", "remedies") },
  { name: "privacy", within: "settings", Screen: later(() => import("./screens/privacy.js"), "Privacy", "privacy", "settings") },
];

/** Where a site opens. */
export const FIRST = SCREENS[0].name;
