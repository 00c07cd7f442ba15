// A way to show a report to somebody who has no login, for those who may make one. Another question is another link.

import { html } from "../html.js";
import { later } from "../later.js";
import { todayIn } from "../period.js";
import { keptRequest } from "../scope.js";

const ShareLink = later(() => import("./share-link.js"), "ShareLink", "share");

/** `request` is the question that the screen asked of the report. */
export function Sharing({ site, me, report, request }) {
  const form = { report, question: keptRequest(request, todayIn(site.time_zone, new Date())) };
  return me.role !== "viewer" && html`<${ShareLink} key=${JSON.stringify(form)} siteKey=${site.key} form=${form} />`;
}
