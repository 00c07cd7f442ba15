// What a report's question came to: an answer, or what stands in its place. While the first is asked for its bones stand
// there, while the next is, the last one, dimmed; a question that takes long says how long, and can be stopped.

import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { ErrorNotice, Notice } from "./notice.js";
import { ReportSkeleton } from "./skeleton.js";

const LONG_MS = 1_500;

/** `report` is what useAnswer returns; `children` shows the answer: (answer, question) => …; `reset` undoes a question that cannot be asked. */
export function Answer({ report, skeleton, reset, children }) {
  const { answer, answered, error, running, cancelled, again } = report;
  if (error) {
    return html`<${ErrorNotice} error=${error} retry=${again} reset=${error.status === 400 ? reset : null} />`;
  }
  if (cancelled) {
    return html`<${Notice} title=${text.asking.cancelled} lead=${text.asking.cancelled_lead} action=${{ onClick: again, label: text.asking.again }} />`;
  }
  return html`
    <${Waiting} report=${report} />
    ${answer
      ? html`<div class="answer" aria-busy=${running ? "true" : "false"}>${children(answer, answered)}</div>`
      : (skeleton ?? html`<${ReportSkeleton} />`)}
  `;
}

/** Nothing for a while; then how long it takes, and a way out. */
export function Waiting({ report }) {
  const seconds = useSeconds(report.running);
  return (
    seconds > 0 &&
    html`
      <div class="asking" role="status">
        <progress aria-label=${text.loading}></progress>
        <span>${fillText(text.asking.seconds, { seconds: format.duration(seconds) })}</span>
        <button onClick=${report.cancel}>${text.asking.cancel}</button>
      </div>
    `
  );
}

function useSeconds(running) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    setSeconds(0);
    if (!running) {
      return undefined;
    }
    const began = Date.now();
    const count = () => Date.now() - began >= LONG_MS && setSeconds(Math.round((Date.now() - began) / 1000));
    const timer = setInterval(count, LONG_MS / 3);
    return () => clearInterval(timer);
  }, [running]);
  return seconds;
}
