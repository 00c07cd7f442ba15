// What the site is, what it takes of its visitors, and whom it does not count.

import { useState } from "../vendor/hooks.js";
import { changeSettings, fetchSettings } from "../api-settings.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { screenAddress } from "../scope.js";
import { fill, fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Choice, Field } from "./fields.js";
import { Lines, NewSite, SiteFields, linesOf } from "./new-site.js";
import { ErrorNotice } from "./notice.js";
import { Form, Question, useSending } from "./sending.js";
import { ReportSkeleton } from "./skeleton.js";

// Days that are offered; 0 is for ever.
const KEPT = [0, 90, 180, 365, 760];
const PRESETS = ["default", "cnil"];

export function SettingsShop({ site, me, lookAgain }) {
  const { answer, error, again } = useAnswer(fetchSettings, site.key);
  if (error) {
    return html`<${ErrorNotice} error=${error} retry=${again} />`;
  }
  if (!answer) {
    return html`<${ReportSkeleton} bars=${0} rows=${6} />`;
  }
  const changed = () => {
    again();
    lookAgain();
  };
  if (me.role !== "owner") {
    return html`<${Facts} settings=${answer} /><${Bots} site=${site} />`;
  }
  return html`
    <${Shop} settings=${answer} onChanged=${changed} />
    <${Taken} settings=${answer} onChanged=${changed} />
    <${Excluded} settings=${answer} onChanged=${changed} />
    <${Bots} site=${site} />
    <section class="card stack">
      <h2>${text.new_site.heading}</h2>
      <p class="quiet">${text.new_site.lead}</p>
      <${NewSite} timeZone=${answer.time_zone} currency=${answer.currency} lookAgain=${lookAgain} />
    </section>
  `;
}

const keptText = (days) => (days ? format.plural(text.settings.shop.kept_days, days) : text.settings.shop.for_ever);

/** What a reader sees. */
function Facts({ settings }) {
  const words = text.settings.shop;
  const facts = [
    [words.name, settings.name],
    [words.key, settings.key],
    [text.new_site.domains, settings.domains.join(", ")],
    [text.new_site.time_zone, settings.time_zone],
    [text.new_site.currency, settings.currency],
    [words.preset, words.presets[settings.preset]],
    [words.kept, keptText(settings.kept_days)],
    [words.excluded, settings.excluded_addresses.join(", ") || words.nobody],
  ];
  return html`
    <section class="card">
      <dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt class="quiet">${name}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>
      <p class="quiet method">${words.owners_change}</p>
    </section>
  `;
}

function Shop({ settings, onChanged }) {
  const words = text.settings.shop;
  const [form, setForm] = useState({ ...settings, domains: settings.domains.join("\n") });
  const sending = useSending();
  const { name, domains, time_zone, currency } = form;
  const request = () => changeSettings(settings.key, { name, domains: linesOf(domains), time_zone, currency });
  return html`
    <section class="card stack">
      <h2>${words.heading}</h2>
      <${Form} sending=${sending} submit=${words.save} onSend=${() => sending.send(request, onChanged)}>
        <${Field} label=${words.name} hint=${fillText(words.name_hint, { key: settings.key })} maxlength="100" value=${name} onText=${(typed) => setForm({ ...form, name: typed })} />
        <${SiteFields} form=${form} onChange=${setForm} />
        <p class="quiet">${words.counts_note}</p>
      <//>
    </section>
  `;
}

// Keeping less takes away what is older: it is asked for once, with what will happen.
function Taken({ settings, onChanged }) {
  const words = text.settings.shop;
  const [preset, setPreset] = useState(settings.preset);
  const [days, setDays] = useState(settings.retention_days);
  const [asked, setAsked] = useState(false);
  const sending = useSending();
  const keeps = keptUnder(preset, days);
  const shorter = (keeps ?? Infinity) < (settings.kept_days ?? Infinity);
  const send = () => {
    setAsked(false);
    sending.send(() => changeSettings(settings.key, { preset, retention_days: days }), onChanged);
  };
  const offered = KEPT.includes(settings.retention_days) ? KEPT : [...KEPT, settings.retention_days].toSorted((one, other) => one - other);
  return html`
    <section class="card stack">
      <h2>${words.taken}</h2>
      <${Form} sending=${sending} submit=${words.save} onSend=${() => (shorter ? setAsked(true) : send())}>
        <div class="fields">
          <${Choice} label=${words.preset} value=${preset} onChoose=${setPreset} options=${PRESETS.map((value) => ({ value, label: words.presets[value] }))} />
          <${Choice} label=${words.kept} value=${String(days)} onChoose=${(chosen) => setDays(Number(chosen))}
            options=${offered.map((value) => ({ value: String(value), label: keptText(value) }))} />
        </div>
        <p class="quiet">${words.preset_notes[preset]} <${Link} href=${screenAddress(settings.key, "privacy")}>${words.in_words}<//></p>
      <//>
      ${asked &&
      html`<${Question} about=${words.shorter_what} what=${fillText(words.shorter, { days: keptText(keeps) })} yes=${words.shorter_yes}
        onYes=${send} onNo=${() => setAsked(false)} />`}
    </section>
  `;
}

// As the server does it: CNIL keeps nothing beyond 25 months.
function keptUnder(preset, days) {
  const set = days === 0 ? null : days;
  return preset === "cnil" ? Math.min(set ?? 760, 760) : set;
}

function Excluded({ settings, onChanged }) {
  const words = text.settings.shop;
  const [lines, setLines] = useState(settings.excluded_addresses.join("\n"));
  const sending = useSending();
  const listed = linesOf(lines);
  const here = settings.asked_from;
  return html`
    <section class="card stack">
      <h2>${words.excluded}</h2>
      <p class="quiet">${words.excluded_lead}</p>
      <${Form} sending=${sending} submit=${words.save} onSend=${() => sending.send(() => changeSettings(settings.key, { excluded_addresses: listed }), onChanged)}>
        <${Lines} label=${words.addresses} hint=${words.addresses_hint} value=${lines} onText=${setLines} />
        ${!listed.includes(here) &&
        html`<p><button type="button" onClick=${() => setLines([...listed, here].join("\n"))}>${fill(words.add_mine, { address: html`<bdi>${here}</bdi>` })}</button></p>`}
      <//>
    </section>
  `;
}

function Bots({ site }) {
  const words = text.settings.shop;
  const without = screenAddress(site.key, "overview", null, "where=device:ne:bot");
  return html`
    <section class="card stack">
      <h2>${words.bots}</h2>
      <p>${words.bots_lead} <${Link} href=${without}>${words.bots_link}<//></p>
    </section>
  `;
}
