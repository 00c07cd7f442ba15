// Where visitors left, and with what in their carts: touchpoints, the most expensive first; and for one of them, where
// the others went on to. Which one, and what is counted, stand in the address.

import { useRef, useState } from "../vendor/hooks.js";
import { askDropoff } from "../api.js";
import { Leaks } from "../charts/leaks.js";
import { html } from "../html.js";
import { moneyText, unitsOf } from "../leaving.js";
import { goTo } from "../navigation.js";
import { Answer } from "../parts/answer.js";
import { useAnswer } from "../parts/ask.js";
import { Change } from "../parts/change.js";
import { Choice } from "../parts/fields.js";
import { Figure } from "../parts/figure.js";
import { Onward, OnwardOf } from "../parts/onward.js";
import { SavePicture } from "../parts/saving.js";
import { Sharing } from "../parts/sharing.js";
import { ReportSkeleton } from "../parts/skeleton.js";
import { Title } from "../parts/title.js";
import { TouchpointTable } from "../parts/touchpoint-table.js";
import { scopeRequest, screenAddress } from "../scope.js";
import { fillText } from "../sentence.js";
import { format, text, touchpointLabel } from "../strings/index.js";

const UNITS = ["session", "visitor"];

export function Dropoff({ site, me, scope, own, setOwn }) {
  const unit = UNITS.includes(own.get("unit")) ? own.get("unit") : UNITS[0];
  const asked = { ...scopeRequest(scope), unit, ...(scope.compare && { compare: "previous" }) };
  const report = useAnswer((request, signal) => askDropoff(site.key, request, signal), asked);
  const detail = useRef(null);
  const chosen = own.get("touchpoint") ?? report.answer?.touchpoints[0]?.touchpoint;
  const choose = choosing(detail, (touchpoint) => setOwn({ touchpoint }));
  const reset = () => goTo(screenAddress(site.key, "dropoff"));
  const show = (answer) => html`
    <${Numbers} answer=${answer} currency=${site.currency} chosen=${chosen} onChoose=${choose}>
      <${Onward} key=${chosen} site=${site} scope=${scope} request=${asked} touchpoint=${chosen} heading=${detail} />
    <//>
  `;
  return html`
    <${Title} site=${site} ...${titleOf(report, site.currency)} />
    <div class="controls" role="group" aria-label=${text.dropoff.question}>
      <${Choice} label=${text.dropoff.count} value=${unit} onChoose=${(chosenUnit) => setOwn({ unit: chosenUnit })}
        options=${UNITS.map((value) => ({ value, label: text.units[value].noun }))} />
    </div>
    <${Answer} report=${report} reset=${reset} skeleton=${html`<${ReportSkeleton} bars=${0} rows=${8} />`}>${show}<//>
    ${report.answer && html`<${Sharing} site=${site} me=${me} report="dropoff" request=${asked} />`}
  `;
}

/** The drop-off of a share link. */
export function SharedDropoff({ site, report, children }) {
  const { answer } = report;
  const detail = useRef(null);
  const [chosen, setChosen] = useState(answer.touchpoints[0]?.touchpoint);
  return html`
    <${Title} site=${site} ...${titleOf(report, site.currency)} />
    ${children}
    <div class="answer" aria-busy="false">
      <${Numbers} answer=${answer} currency=${site.currency} chosen=${chosen} onChoose=${choosing(detail, setChosen)}>
        <${OnwardOf} answer=${answer} touchpoint=${chosen} heading=${detail} />
      <//>
    </div>
  `;
}

// What was chosen is what is read next, wherever it stands.
const choosing = (detail, set) => (touchpoint) => {
  set(touchpoint);
  requestAnimationFrame(() => detail.current?.focus());
};

// `children` tell more of the chosen touchpoint.
function Numbers({ answer, currency, chosen, onChoose, children }) {
  if (unitsOf(answer.total, answer.unit) === 0) {
    return html`<section class="card notice"><p>${text.dropoff.nobody_lead}</p></section>`;
  }
  return html`
    <${Figures} answer=${answer} currency=${currency} />
    <div class="leaving">
      <section class="card" aria-labelledby="leaks">
        <div class="card-head"><h2 id="leaks">${text.dropoff.leaks}</h2><${SavePicture} what=${text.dropoff.leaks} /></div>
        <${Leaks} answer=${answer} currency=${currency} chosen=${chosen} onChoose=${onChoose} />
      </section>
      ${children}
    </div>
    <${TouchpointTable} answer=${answer} currency=${currency} onChoose=${onChoose} />
    <${Method} answer=${answer} />
  `;
}

// What was found, in a sentence.
function titleOf({ answer, error, cancelled }, currency) {
  const words = text.dropoff.titles;
  if (!answer) {
    return { said: error || cancelled ? text.errors.no_answer : words.loading, lead: "" };
  }
  const worst = answer.touchpoints[0];
  const units = unitsOf(answer.total, answer.unit);
  if (!worst || answer.total.exits === 0) {
    return { said: units === 0 ? words.nobody : words.no_exits, lead: "" };
  }
  const holes = {
    touchpoint: touchpointLabel(worst.touchpoint),
    value: format.chartMoney(worst.value_at_exit_minor[currency], currency),
    count: format.plural(text.units[answer.unit].forms, worst.exits),
    with_cart: format.plural(text.units[answer.unit].forms, worst.exits_with_cart),
    share: format.share(worst.drop_off_rate),
  };
  const kind = worst.value_at_exit_minor[currency] > 0 ? "lost" : "left";
  return { said: fillText(words[kind], holes), lead: fillText(words[`${kind}_lead`], holes) };
}

function Figures({ answer, currency }) {
  const { total, unit, compare } = answer;
  const words = text.dropoff.figures;
  const before = compare?.total;
  const sure = compare?.p_value !== null && compare?.p_value < 0.05;
  const money = ({ value_at_exit_minor: sums }) => sums[currency] ?? 0;
  return html`
    <dl class="card figures" aria-label=${words.heading}>
      <${Figure} name=${words.value} value=${moneyText(total.value_at_exit_minor, currency)}
        change=${before && html`<${Change} now=${money(total)} before=${money(before)} />`}
        note=${fillText(words.value_note, { count: format.count(total.exits_with_cart) })} />
      <${Figure} name=${words.left} value=${format.count(total.exits)}
        change=${before && html`<${Change} now=${total.exits} before=${before.exits} />`}
        note=${fillText(words.left_note, { count: format.plural(text.units[unit].forms, unitsOf(total, unit)) })} />
      <${Figure} name=${words.rate} value=${format.share(total.drop_off_rate)}
        change=${before && html`<${Change} as="share" good="down" sure=${sure} now=${total.drop_off_rate} before=${before.drop_off_rate} />`}
        note=${total.in_progress > 0 && fillText(words.rate_note, { count: format.count(total.in_progress) })} />
      <${Figure} name=${words.converted} value=${format.count(total.converted)}
        change=${before && html`<${Change} now=${total.converted} before=${before.converted} />`}
        note=${fillText(words.converted_note, { share: format.share(total.conversion_rate) })} />
    </dl>
  `;
}

function Method({ answer }) {
  const { method, unit, data_through } = answer;
  const counted = fillText(text.dropoff.method[unit], { days: format.plural(text.spans.day, method.lookback_days ?? 0) });
  return html`
    <p class="quiet method">
      ${counted} ${text.dropoff.method.rest} ${method.segment && `${text.segment_only} `}${data_through && fillText(text.fresh, { at: format.instant(data_through, method.time_zone) })}
    </p>
  `;
}
