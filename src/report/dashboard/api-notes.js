// The notes on a site's days, as the server's API keeps them; the manner is that of api.js.

import { request, sitePath } from "./api.js";

/** By day: { annotations: [{ id, date, text, created_by, changed_by, … }] }. */
export const fetchNotes = (key, signal) => request("GET", `${sitePath(key)}/annotations`, { signal });

/** Writes a note of { date, text }. */
export const addNote = (key, form) => request("POST", `${sitePath(key)}/annotations`, { body: form });

/** Changes the day, the text or both. */
export const changeNote = (key, id, form) => request("PUT", `${sitePath(key)}/annotations/${id}`, { body: form });

export const removeNote = (key, id) => request("DELETE", `${sitePath(key)}/annotations/${id}`);
