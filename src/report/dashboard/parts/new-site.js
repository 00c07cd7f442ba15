// A site to be: its key, hosts, time zone and currency; and the fields that it has in common with one that is there.

import { useId, useState } from "../vendor/hooks.js";
import { addSite } from "../api-settings.js";
import { html } from "../html.js";
import { goTo } from "../navigation.js";
import { screenAddress } from "../scope.js";
import { text } from "../strings/index.js";
import { Field } from "./fields.js";
import { Form, useSending } from "./sending.js";

/** What was typed, line by line or with commas between. */
export const linesOf = (typed) => typed.split(/[\n,;]/).map((line) => line.trim()).filter(Boolean);

/** `timeZone` and `currency` are what to begin with. */
export function NewSite({ timeZone, currency, lookAgain }) {
  const words = text.new_site;
  const [form, setForm] = useState({ key: "", domains: "", time_zone: timeZone, currency });
  const sending = useSending();
  const request = () => addSite({ ...form, domains: linesOf(form.domains) });
  // What to do with a new site is to paste its tag.
  const added = ({ key }) => {
    lookAgain();
    goTo(screenAddress(key, "install"));
  };
  return html`
    <${Form} sending=${sending} submit=${words.submit} done=${words.done} onSend=${() => sending.send(request, added)}>
      <${Field} label=${words.key} hint=${words.key_hint} required maxlength="64" autocapitalize="off" spellcheck="false" value=${form.key} onText=${(key) => setForm({ ...form, key })} />
      <${SiteFields} form=${form} onChange=${setForm} />
    <//>
  `;
}

/** `form` is { domains, time_zone, currency, … }, the domains as typed. */
export function SiteFields({ form, onChange }) {
  const words = text.new_site;
  const change = (name) => (typed) => onChange({ ...form, [name]: typed });
  return html`
    <${Lines} label=${words.domains} hint=${words.domains_hint} required value=${form.domains} onText=${change("domains")} />
    <div class="fields">
      <${Suggested} label=${words.time_zone} hint=${words.time_zone_hint} values=${Intl.supportedValuesOf("timeZone")} value=${form.time_zone} onText=${change("time_zone")} />
      <${Suggested} label=${words.currency} hint=${words.currency_hint} values=${Intl.supportedValuesOf("currency")} maxlength="3" value=${form.currency} onText=${(typed) => change("currency")(typed.toUpperCase())} />
    </div>
  `;
}

/** A labelled field of several lines. */
export function Lines({ label, hint, value, onText, ...rest }) {
  const id = useId();
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <textarea id=${id} aria-describedby=${`${id}-hint`} rows=${Math.max(2, value.split("\n").length)} spellcheck="false" autocapitalize="off"
        onInput=${(input) => onText(input.currentTarget.value)} value=${value} ...${rest}></textarea>
      <p class="quiet hint" id=${`${id}-hint`}>${hint}</p>
    </div>
  `;
}

// Typed or chosen: lists of hundreds are looked through by typing.
function Suggested({ values, ...rest }) {
  const list = useId();
  return html`
    <div>
      <${Field} ...${rest} list=${list} required spellcheck="false" />
      <datalist id=${list}>${values.map((one) => html`<option key=${one} value=${one} />`)}</datalist>
    </div>
  `;
}
