// Parts of a screen that are put on it in turn, so that the page listens to its reader in between.

import { useEffect, useState } from "../vendor/hooks.js";

/** How many of `count` parts are to be there by now: `step` more in each task, until all are. */
export function useInTurn(count, step) {
  const [shown, setShown] = useState(0);
  useEffect(() => {
    if (shown >= count) {
      return undefined;
    }
    const timer = setTimeout(() => setShown(shown + step));
    return () => clearTimeout(timer);
  }, [shown, count]);
  return Math.min(shown, count);
}
