// What only the funnel's screen asks of the server's API; the manner is that of api.js.

import { request, sitePath } from "./api.js";

/** Who stands behind a bar: a funnel's question with `step`, `outcome`, `limit` and `after`. */
export const askFunnelPeople = (key, body, signal) => request("POST", `${sitePath(key)}/reports/funnel/visitors`, { body, signal });

/** The funnels that a site keeps: { funnels: [{ id, name, question, problem, … }] }. */
export const fetchFunnels = (key, signal) => request("GET", `${sitePath(key)}/funnels`, { signal });

/** Keeps { name, question }. */
export const saveFunnel = (key, form) => request("POST", `${sitePath(key)}/funnels`, { body: form });

/** Changes the name, the question or both. */
export const changeFunnel = (key, id, form) => request("PUT", `${sitePath(key)}/funnels/${id}`, { body: form });

export const removeFunnel = (key, id) => request("DELETE", `${sitePath(key)}/funnels/${id}`);
