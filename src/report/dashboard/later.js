// Parts that the first view does without are fetched, with their words, when they are first shown.

import { useEffect, useState } from "./vendor/hooks.js";
import { html } from "./html.js";
import { ErrorNotice } from "./parts/notice.js";
import { loadWords, text } from "./strings/index.js";

/** A component that stands in for one exported by a module: later(() => import("./x.js"), "X", "words of x"). */
export function later(fetchModule, name, ...parts) {
  let Loaded = null;
  return function Later(props) {
    const [fetched, setFetched] = useState("");
    useEffect(() => {
      if (Loaded) {
        return;
      }
      Promise.all([fetchModule(), ...parts.map(loadWords)]).then(
        ([module]) => {
          Loaded = module[name];
          setFetched("yes");
        },
        () => setFetched("failed"),
      );
    }, []);
    if (Loaded) {
      return html`<${Loaded} ...${props} />`;
    }
    // A module that failed stays failed until the page is loaded anew.
    return fetched === "failed"
      ? html`<${ErrorNotice} error=${{ status: 0, code: "offline" }} retry=${() => location.reload()} />`
      : html`<p class="quiet" role="status">${text.loading}</p>`;
  };
}
