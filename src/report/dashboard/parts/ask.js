// Asking the server while the question changes: the newest question wins, and the last answer stays
// on screen, dimmed, until the next one is there, so that nothing jumps.

import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { goTo } from "../navigation.js";

/**
 * Asks `ask(question, signal)` whenever the question's text changes, and again on `again()`.
 * Returns { answer, answered, error, running, cancelled, again, cancel }: `answered` is the question the answer is to;
 * `cancel()` lets the server stop, too.
 */
export function useAnswer(ask, question) {
  const asked = JSON.stringify(question);
  const [round, setRound] = useState(0);
  const [state, setState] = useState({ running: true });
  const running = useRef(null);
  useEffect(() => {
    const controller = new AbortController();
    running.current = controller;
    setState(({ answer, answered }) => ({ answer, answered, running: true }));
    ask(question, controller.signal).then(
      (answer) => setState({ answer, answered: question, running: false }),
      (error) => {
        if (error.status === 401) {
          goTo(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
        } else if (!controller.signal.aborted) {
          setState({ error, running: false });
        }
      },
    );
    return () => controller.abort();
  }, [asked, round]);
  const cancel = () => {
    running.current.abort();
    setState({ running: false, cancelled: true });
  };
  return { ...state, again: () => setRound((before) => before + 1), cancel };
}

/** Asks the same again so long after each answer, as long as somebody looks. */
export function useAgainEvery(ms, { answer, running, again }) {
  useEffect(() => {
    if (running || !answer) {
      return undefined;
    }
    const timer = setInterval(() => document.visibilityState === "visible" && again(), ms);
    return () => clearInterval(timer);
  }, [answer, running]);
}
