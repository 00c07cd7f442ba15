// The server's JSON API as functions. Each resolves to the answer's body (null for 204) or throws
// an ApiError; an aborted request throws the browser's AbortError. The names that answers give to touchpoints are kept.

import { hearNames } from "./touchpoints.js";

/**
 * A request that brought no answer. `code` is the server's own (`wrong_email_or_password`), or
 * `offline` when nothing came back, or `unreadable` when it was not Styk that answered.
 */
export class ApiError extends Error {
  constructor(status, { code, message, field }) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** Who is signed in: { email, role, sites }; null when nobody is. */
export async function fetchMe() {
  try {
    return await request("GET", "/v1/me");
  } catch (error) {
    if (error.status === 401) {
      return null;
    }
    throw error;
  }
}

/** How the store is: { store: "whole" | "rebuilding" | "closed", data_through }. */
export const fetchProgress = () => request("GET", "/v1/progress");

export const signIn = (email, password) => request("POST", "/v1/login", { body: { email, password } });

export const signOut = () => request("POST", "/v1/logout");

export const setUp = (token, email, password) => request("POST", "/v1/setup", { body: { token, email, password } });

/** What occurs on a site: { fields: [{ field, values: [{ value, events }] }] }. */
export const fetchFields = (key, signal) => request("GET", `${sitePath(key)}/fields`, { signal });

/** The values of one field that contain `search`: the same shape, one field in it. */
export const fetchFieldValues = (key, { field, search }, signal) =>
  request("GET", `${sitePath(key)}/fields?${new URLSearchParams({ field, search })}`, { signal });

export const askFunnel = (key, body, signal) => request("POST", `${sitePath(key)}/reports/funnel`, { body, signal });

/** The answer of any report to a question about a site. */
export const askReport = (key, report, body, signal) => request("POST", `${sitePath(key)}/reports/${report}`, { body, signal });

/** How many carts were left, where and why. */
export const askAbandonment = (key, body, signal) => request("POST", `${sitePath(key)}/reports/abandonment`, { body, signal });

/** Which carts there are; of one, its history. */
export const askCarts = (key, body, signal) => request("POST", `${sitePath(key)}/reports/carts`, { body, signal });
/** Where visitors left, and where the others went on to. */
export const askDropoff = (key, body, signal) => request("POST", `${sitePath(key)}/reports/dropoff`, { body, signal });

/** Makes a share link of `form`: { url, expires_at, … }. */
export const makeShare = (key, form) => request("POST", `${sitePath(key)}/shares`, { body: form });

/** What the holder of a link may ask. */
export const fetchShare = (token, signal) => request("GET", "/v1/share", { signal, token });

/** The answer to the question of the link. */
export const askShared = (token, { site, report }, signal) => request("POST", `${sitePath(site.key)}/reports/${report}`, { signal, token });

/** What became of a site's events, and how the server does. */
export const fetchStatus = (key, signal) => request("GET", `${sitePath(key)}/status`, { signal });

/** The same of all sites; for owners. */
export const fetchServerStatus = (signal) => request("GET", "/v1/status", { signal });

/** What to paste into a shop's pages, and whether events arrive from them. */
export const fetchInstallation = (key, signal) => request("GET", `${sitePath(key)}/install`, { signal });

/** What is known of a site's visitors, in plain words. */
export const fetchPrivacy = (key, signal) => request("GET", `${sitePath(key)}/privacy`, { signal });

/** Who was erased from a site; for owners. */
export const fetchErasures = (key, signal) => request("GET", `${sitePath(key)}/erasures`, { signal });

export const sitePath = (key) => `/v1/sites/${encodeURIComponent(key)}`;

export async function request(method, path, { body, signal, token } = {}) {
  const options = { method, signal, credentials: "same-origin", headers: { accept: "application/json" } };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  if (token !== undefined) {
    options.headers.authorization = `Bearer ${token}`;
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new ApiError(0, { code: "offline", message: "" });
  }
  if (response.status === 401 && token !== undefined) {
    // Nothing that signing in would mend.
    throw new ApiError(410, { code: "link_over", message: "" });
  }
  if (!response.ok) {
    throw new ApiError(response.status, await errorBody(response));
  }
  if (response.status === 204) {
    return null;
  }
  return readJson(response);
}

async function readJson(response) {
  try {
    const answer = await response.json();
    hearNames(answer?.touchpoint_names);
    return answer;
  } catch (error) {
    throw error.name === "AbortError" ? error : new ApiError(response.status, { code: "unreadable", message: "" });
  }
}

async function errorBody(response) {
  const parsed = await response.json().catch(() => null);
  const { code, message, field } = parsed?.error ?? {};
  return { code: code ?? "unreadable", message: message ?? "", field };
}
