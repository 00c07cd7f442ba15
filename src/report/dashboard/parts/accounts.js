// Both equations, site by site: what was received became something, and what was accepted is somewhere.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

const SINCE_START = ["received", "accepted", "refused", "shed"];
const IN_ALL = ["accepted", "loaded", "duplicate", "pending", "quarantined", "removed"];

export function Accounts({ sites, total, startedAt, timeZone }) {
  const words = text.status.accounts;
  const since = sites.map(({ site, since_start }) => ({ site, numbers: since_start }));
  const all = sites.map(({ site, in_all }) => ({ site, numbers: in_all }));
  const sum = total && { site: words.total, numbers: total };
  return html`
    <section class="card">
      <h2>${words.since_heading}</h2>
      <p class="quiet lead">${fillText(words.since_lead, { at: format.instant(startedAt, timeZone) })}</p>
      <${Table} columns=${SINCE_START} rows=${since} words=${words.since} scroll=${words.since_scroll} />
    </section>
    <section class="card">
      <h2>${words.all_heading}</h2>
      <p class="quiet lead">${words.all_lead}</p>
      <${Table} columns=${IN_ALL} rows=${sum ? [...all, sum] : all} words=${words.all} scroll=${words.all_scroll} />
      <${Missing} sites=${sites} />
    </section>
  `;
}

function Table({ columns, rows, words, scroll }) {
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${scroll}>
      <table>
        <caption class="unseen">${scroll}</caption>
        <thead>
          <tr>
            <th scope="col">${text.status.accounts.site}</th>
            <th scope="col">${text.status.accounts.adds_up}</th>
            ${columns.map((column) => html`<th key=${column} scope="col" class="number">${words[column]}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ site, numbers }) => html`
              <tr key=${site}>
                <th scope="row"><bdi>${text.status.accounts.names[site] ?? site}</bdi></th>
                <td><${AddsUp} difference=${numbers.difference} /></td>
                ${columns.map((column) => html`<td key=${column} class="number">${format.count(numbers[column])}</td>`)}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

// Sign, word and colour together.
function AddsUp({ difference }) {
  const words = text.status.accounts;
  if (difference === 0) {
    return html`<span class="good">✓ ${words.yes}</span>`;
  }
  const forms = difference > 0 ? words.too_few : words.too_many;
  return html`<strong class="bad">✗ ${format.plural(forms, Math.abs(difference))}</strong>`;
}

function Missing({ sites }) {
  const missing = sites.reduce((sum, { in_all }) => sum + in_all.missing, 0);
  return missing > 0 && html`<p class="bad method">${format.plural(text.status.accounts.missing, missing)}</p>`;
}
