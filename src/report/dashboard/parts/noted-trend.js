// The conversion over time, with the notes on its days for those who may read the site.

import { Trend } from "../charts/trend.js";
import { html } from "../html.js";
import { notesByBucket } from "../notes-axis.js";
import { useNotes } from "./notes.js";

const WITHOUT = [];

/** `to` is the day after the last; no `site`, no notes: the holder of a link reads one report. */
export function NotedTrend({ site, ...trend }) {
  return site ? html`<${Noted} site=${site} ...${trend} />` : html`<${Trend} buckets=${trend.buckets} at=${trend.buckets.map(() => WITHOUT)} />`;
}

function Noted({ site, buckets, to }) {
  const { notes } = useNotes(site);
  return html`<${Trend} buckets=${buckets} at=${notesByBucket(notes, buckets, to)} site=${site} />`;
}
