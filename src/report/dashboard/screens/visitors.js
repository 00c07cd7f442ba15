// One person: who it is, what it did on all its browsers, its carts and orders, how it first and last came. Whom, stands
// in the address; nobody yet: finding somebody. Only the shop's own ids and our numbers are shown.

import { useState } from "../vendor/hooks.js";
import { askReport } from "../api.js";
import { html } from "../html.js";
import { Answer } from "../parts/answer.js";
import { useAnswer } from "../parts/ask.js";
import { Erasing, Receipt } from "../parts/erasing.js";
import { FindPerson, PeopleLately } from "../parts/find-person.js";
import { Identity } from "../parts/identity.js";
import { PersonFigures, Touches } from "../parts/person-figures.js";
import { PersonCarts, PersonOrders } from "../parts/person-lists.js";
import { Timeline } from "../parts/person-timeline.js";
import { Title } from "../parts/title.js";
import { parseWhom, personName, personRequest } from "../person-question.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

export function Visitors({ site, me, own, setOwn }) {
  const whom = parseWhom(own);
  return whom
    ? html`<${Person} key=${JSON.stringify(whom)} site=${site} me=${me} whom=${whom} own=${own} setOwn=${setOwn} />`
    : html`
        <${Title} site=${site} said=${text.visitors.titles.nobody} lead=${text.visitors.titles.nobody_lead} />
        <${FindPerson} whom=${null} setOwn=${setOwn} />
        <${PeopleLately} site=${site} />
      `;
}

function Person({ site, me, whom, own, setOwn }) {
  const before = own.get("before");
  const [receipt, setReceipt] = useState(null);
  const report = useAnswer((asked, signal) => askReport(site.key, "visitor", asked, signal), personRequest(whom, before));
  if (receipt) {
    return html`<${Title} site=${site} said=${text.visitors.titles.erased} lead=${text.visitors.titles.erased_lead} /><${Receipt} site=${site} first=${receipt} />`;
  }
  if (report.error?.status === 404) {
    return html`<${Title} site=${site} said=${text.visitors.titles.unknown} lead=${text.visitors.titles.unknown_lead} /><${FindPerson} whom=${whom} setOwn=${setOwn} />`;
  }
  const turn = (page) => setOwn({ before: page });
  // What became of the browser is to be seen, though it may be another person's now.
  const relink = (visitor) => (whom.visitor === visitor ? report.again() : setOwn({ customer: null, visitor, before: null }));
  return html`
    <${Title} site=${site} ...${titleOf(report, whom)} />
    <${FindPerson} whom=${whom} setOwn=${setOwn} />
    <${Answer} report=${report} reset=${() => setOwn({ before: null })}>
      ${(answer) => html`
        <${PersonFigures} answer=${answer} site=${site} />
        <div class="two">
          <${Touches} answer=${answer} site=${site} />
          <${Identity} answer=${answer} site=${site} mayEdit=${me.role !== "viewer"} onChange=${relink} />
          <${PersonCarts} answer=${answer} site=${site} />
          <${PersonOrders} answer=${answer} site=${site} />
        </div>
        <${Timeline} answer=${answer} site=${site} before=${before} onTurn=${turn} />
        <${Method} answer=${answer} />
        ${me.role === "owner" && html`<${Erasing} answer=${answer} site=${site} onErased=${setReceipt} />`}
      `}
    <//>
  `;
}

function titleOf({ answer, error, cancelled }, whom) {
  const words = text.visitors.titles;
  if (!answer) {
    return { said: error || cancelled ? text.errors.no_answer : words.loading, lead: "" };
  }
  const [browser] = answer.visitors;
  const said = answer.customer ? fillText(words.customer, { customer: answer.customer }) : personName(browser ?? whom);
  const lead = fillText(words.lead, {
    first: format.instant(answer.first_touch.at, answer.method.time_zone),
    browsers: format.plural(text.visitors.browsers, answer.visitors.length),
  });
  return { said, lead };
}

function Method({ answer }) {
  const { method, as_of, data_through: through } = answer;
  const words = text.visitors.method;
  const zone = method.time_zone;
  const sentences = [
    words.person,
    words[method.identity] ?? "",
    words.touch,
    words.order,
    fillText(words.as_of, { at: format.instant(as_of, zone), time_zone: zone }),
    through && fillText(text.fresh, { at: format.instant(through, zone) }),
  ];
  return html`<p class="quiet method">${sentences.filter(Boolean).join(" ")}</p>`;
}
