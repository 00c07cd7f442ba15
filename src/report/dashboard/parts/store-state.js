// One line below the header while answers are not about everything: the store is being built again.

import { useEffect, useState } from "../vendor/hooks.js";
import { fetchProgress } from "../api.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

const LOOK_EVERY_MS = 15_000;
const LOOK_AGAIN_MS = 2_000;

/** Asks how the store is as long as somebody is signed in; says nothing while all is well. */
export function StoreState() {
  const status = useStatus();
  return html`<div class="page-width" role="status">
    ${status && status.store !== "whole" && html`<p class="store-state">${stateText(status)}</p>`}
  </div>`;
}

/** The sentence for a store that is not whole. */
export function stateText({ store, data_through: through }) {
  if (store === "closed") {
    return text.store.closed;
  }
  const at = through && format.instant(through, Intl.DateTimeFormat().resolvedOptions().timeZone);
  return at ? fillText(text.store.rebuilding, { at }) : text.store.rebuilding_from_nothing;
}

function useStatus() {
  const [status, setStatus] = useState(null);
  useEffect(() => {
    let timer;
    let gone = false;
    const look = async () => {
      // Without an answer the screens themselves say what is wrong.
      const now = await fetchProgress().catch(() => null);
      if (!gone) {
        setStatus(now);
        timer = setTimeout(look, now && now.store !== "whole" ? LOOK_AGAIN_MS : LOOK_EVERY_MS);
      }
    };
    look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, []);
  return status;
}
