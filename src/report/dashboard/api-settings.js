// What only the screens of settings ask of the server's API; the manner is that of api.js.

import { request, sitePath } from "./api.js";

/** What a site is: { key, name, domains, time_zone, currency, preset, retention_days, … }. */
export const fetchSettings = (key, signal) => request("GET", `${sitePath(key)}/settings`, { signal });

/** Changes what `form` names; the rest stays. */
export const changeSettings = (key, form) => request("PUT", `${sitePath(key)}/settings`, { body: form });

/** Adds a site of { key, domains, time_zone, currency }; for owners. */
export const addSite = (form) => request("POST", "/v1/sites", { body: form });

/** The keys of a site: { keys: [{ id, scope, name, created_at }] }; for owners. */
export const fetchKeys = (key, signal) => request("GET", `${sitePath(key)}/keys`, { signal });

/** Makes a key of { scope, name }: { secret }, this once. */
export const addKey = (key, form) => request("POST", `${sitePath(key)}/keys`, { body: form });

export const revokeKey = (key, id) => request("DELETE", `${sitePath(key)}/keys/${id}`);

/** Who may sign in: { users: [{ id, email, role, invited }] }; for owners. */
export const fetchUsers = (signal) => request("GET", "/v1/users", { signal });

/** Adds a user of { email, role }: { user, link: { url, expires_at } }. */
export const inviteUser = (form) => request("POST", "/v1/users", { body: form });

export const changeUser = (id, form) => request("PUT", `/v1/users/${id}`, { body: form });

export const removeUser = (id) => request("DELETE", `/v1/users/${id}`);

/** A link by which a user chooses another password: { url, expires_at }. */
export const makePasswordLink = (id) => request("POST", `/v1/users/${id}/link`);

/** Chooses a password by a link, and signs in. */
export const choosePassword = (token, password) => request("POST", "/v1/password", { body: { token, password } });

/** Changes one's own password. */
export const changePassword = (current, password) => request("POST", "/v1/me/password", { body: { current, password } });

/** The share links of a site that are not over: { shares: [{ id, name, report, question, created_at, expires_at }] }. */
export const fetchShares = (key, signal) => request("GET", `${sitePath(key)}/shares`, { signal });

export const revokeShare = (key, id) => request("DELETE", `${sitePath(key)}/shares/${id}`);

/** What the program was started with: { settings: [{ key, value, default, about }] }; for owners. */
export const fetchProgramSettings = (signal) => request("GET", "/v1/settings", { signal });
