// The six figures of a shop, each with how it changed and how it went.

import { Sparkline } from "../charts/sparkline.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { amountOf, averageOf } from "../overview-question.js";
import { screenAddress } from "../scope.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { Change } from "./change.js";

// Each figure: its value in a set of figures, how it is written, which direction is better, and the screen that tells more.
const FIGURES = [
  { name: "revenue", of: (figures, currency) => amountOf(figures.net_minor, currency), money: true, good: "up" },
  { name: "orders", of: (figures) => figures.orders, good: "up" },
  { name: "conversion", of: (figures) => figures.conversion_rate, share: true, good: "up", screen: "funnel" },
  { name: "average", of: (figures, currency) => averageOf(figures.average_order_value_minor, currency), money: true, good: "up" },
  { name: "left", of: (figures, currency) => amountOf(figures.value_left_minor, currency), money: true, good: "down", screen: "abandonment" },
  { name: "recovered", of: (figures, currency) => amountOf(figures.value_recovered_minor, currency), money: true, good: "up", screen: "abandonment" },
];

/** `at` are the notes of each bucket; without a `scope` nothing leads elsewhere. */
export function OverviewFigures({ answer, site, scope, currency, at }) {
  const { total, compare, trend } = answer;
  const complete = trend.buckets.map((bucket) => bucket.complete);
  return html`
    <dl class="card figures overview-figures" aria-label=${text.overview.figures.heading}>
      ${FIGURES.map(({ name, of, money, share, good, screen }) => {
        const value = of(total, currency);
        const written = money ? format.money(value ?? Number.NaN, currency) : share ? format.share(value) : format.count(value);
        return html`
          <div key=${name} data-figure=${name}>
            <dt class="quiet">${screen && scope ? html`<${Link} href=${screenAddress(site.key, screen, scope)}>${text.overview.figures[name]}<//>` : text.overview.figures[name]}</dt>
            <dd>
              <span class="figure">${written}</span>
              ${compare && html`<${Change} now=${value ?? Number.NaN} before=${of(compare.total, currency) ?? Number.NaN} as=${share ? "share" : "count"} good=${good} />`}
              <${Sparkline} values=${trend.buckets.map((bucket) => of(bucket, currency))} complete=${complete} marks=${at.map((notes) => notes.length > 0)} />
              <span class="quiet note">${noteOf(name, total, currency)}</span>
            </dd>
          </div>
        `;
      })}
    </dl>
  `;
}

function noteOf(name, total, currency) {
  const words = text.overview.figures;
  const gross = amountOf(total.gross_minor, currency);
  const back = amountOf(total.refunded_minor, currency) + amountOf(total.cancelled_minor, currency);
  switch (name) {
    case "revenue":
      return back > 0 ? fillText(words.revenue_note, { gross: format.money(gross, currency), back: format.money(back, currency) }) : words.revenue_note_none;
    case "orders":
      return total.orders_cancelled > 0 ? format.plural(words.cancelled, total.orders_cancelled) : words.orders_note;
    case "conversion":
      return fillText(words.conversion_note, { converted: format.count(total.converted_visitors), visitors: format.plural(text.units.visitor.forms, total.visitors) });
    case "left":
      return format.plural(words.carts, total.carts_opened);
    default:
      return words[`${name}_note`];
  }
}
