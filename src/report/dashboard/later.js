// Parts that the first view does without are fetched when they are first shown.

import { useEffect, useState } from "./vendor/hooks.js";
import { html } from "./html.js";
import { ErrorNotice } from "./parts/notice.js";
import { text } from "./strings/index.js";

/** A component that stands in for one exported by a module: later(() => import("./x.js"), "X"). */
export function later(fetchModule, name) {
  let Loaded = null;
  return function Later(props) {
    const [fetched, setFetched] = useState("");
    useEffect(() => {
      if (Loaded) {
        return;
      }
      fetchModule().then(
        (module) => {
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
