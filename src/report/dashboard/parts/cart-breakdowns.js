// Where, why and what was left: a small table for each thing that carts are told apart by. A row leads to its carts,
// for those who may see them.

import { BREAKDOWNS } from "../carts-question.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text, touchpointLabel, valueLabel } from "../strings/index.js";
import { useInTurn } from "./in-turn.js";
import { MoneyCell } from "./money.js";
import { Name, Touchpoint } from "./name.js";
import { SaveTable } from "./saving.js";

const BAR_WIDTH = 64;
// So many tables are built at once.
const AT_ONCE = 2;
// Rows that stand for several values, or for none, lead nowhere.
const NO_VALUE = ["(other)"];

export function CartBreakdowns({ answer, currency, onRow }) {
  const words = text.abandonment.by;
  const shown = useInTurn(BREAKDOWNS.length, AT_ONCE);
  return html`
    <div class="section-head">
      <h2>${words.heading}</h2>
      <p class="quiet">${words.lead}</p>
    </div>
    <div class="two" aria-busy=${shown < BREAKDOWNS.length ? "true" : "false"}>
      ${BREAKDOWNS.slice(0, shown).map((by) => html`<${Breakdown} key=${by} by=${by} rows=${answer.breakdown[by]} currency=${currency} onRow=${onRow} />`)}
    </div>
  `;
}

function Breakdown({ by, rows, currency, onRow }) {
  const words = text.abandonment.by;
  const back = by === "recovered_by";
  const amountOf = (row) => row[back ? "value_recovered_minor" : "value_lost_minor"][currency] ?? 0;
  const most = Math.max(0, ...rows.map(amountOf));
  const money = back ? words.recovered : words.lost;
  return html`
    <section class="card">
      <div class="card-head"><h3>${words[by]}</h3>${rows.length > 0 && html`<${SaveTable} what=${words[by]} />`}</div>
      ${rows.length === 0
        ? html`<p class="quiet">${words.nothing}</p>`
        : html`
            <div class="scroll" role="region" tabindex="0" aria-label=${fillText(words.scroll, { what: words[by] })}>
              <table class="tight">
                <caption class="unseen">${words[by]}</caption>
                <thead>
                  <tr>
                    <th scope="col"><span class="unseen">${words[by]}</span></th>
                    <th scope="col" class="number">${words.carts}</th>
                    <th scope="col" class="number">${words.rate}</th>
                    <th scope="col" class="number" data-value=${`${money} ${currency}`}>${money}</th>
                  </tr>
                </thead>
                <tbody>
                  ${rows.map((row) => html`<${Row} key=${row.value} by=${by} row=${row} minor=${amountOf(row)} most=${most} currency=${currency} onRow=${onRow} />`)}
                </tbody>
              </table>
            </div>
          `}
    </section>
  `;
}

function Row({ by, row, minor, most, currency, onRow }) {
  const said = cartValueLabel(by, row.value, row.name);
  const name = isOfTouchpoints(by) ? html`<${Touchpoint} of=${row.value} />` : html`<${Name} of=${said} />`;
  const label = fillText(text.abandonment.by.show, { value: said });
  return html`
    <tr>
      <th scope="row" data-value=${said} data-key=${isOfTouchpoints(by) ? row.value : undefined}>
        ${!onRow || NO_VALUE.includes(row.value) ? name : html`<button class="link" aria-label=${label} onClick=${() => onRow(by, row.value)}>${name}</button>`}
        <svg class="under-bar" width=${BAR_WIDTH} height="4" aria-hidden="true">
          <rect class="mark-track" width=${BAR_WIDTH} height="4" />
          <rect class="mark-reached" width=${most > 0 ? (BAR_WIDTH * minor) / most : 0} height="4" />
        </svg>
      </th>
      <td class="number" data-value=${row.ever_abandoned}>${format.count(row.ever_abandoned)}</td>
      <td class="number" data-value=${row.cart_abandonment_rate}>${format.share(row.cart_abandonment_rate)}</td>
      <${MoneyCell} minor=${minor} currency=${currency} />
    </tr>
  `;
}

const isOfTouchpoints = (by) => ["last_touchpoint", "recovered_by"].includes(by);

/** A value of a breakdown of carts, for people; products by their name where there is one. */
export function cartValueLabel(by, value, name) {
  const words = text.abandonment;
  const known = { step: words.steps, reason: words.reasons }[by] ?? {};
  if (Object.hasOwn(known, value)) {
    return known[value];
  }
  if (name) {
    return `${name} (${value})`;
  }
  return isOfTouchpoints(by) ? touchpointLabel(value) : valueLabel(by, value);
}
