// The address bar as state: where we are, and moving about without loading a page.

import { useEffect, useState } from "./vendor/hooks.js";
import { html } from "./html.js";

const MOVED = "styk:moved";

/** Goes to an address of this site; Back returns. */
export function goTo(address) {
  history.pushState(null, "", address);
  dispatchEvent(new Event(MOVED));
}

/** Corrects the address in place; Back skips what was here. */
export function replaceWith(address) {
  history.replaceState(null, "", address);
  dispatchEvent(new Event(MOVED));
}

/** The address as { pathname, search, hash }, followed as it changes. */
export function useAddress() {
  const [address, setAddress] = useState(readAddress);
  useEffect(() => {
    const follow = () => setAddress(readAddress());
    const signals = ["popstate", "hashchange", MOVED];
    signals.forEach((signal) => addEventListener(signal, follow));
    follow();
    return () => signals.forEach((signal) => removeEventListener(signal, follow));
  }, []);
  return address;
}

/** A link inside the dashboard; new tabs and downloads stay the browser's business. */
export function Link({ href, children, ...rest }) {
  const follow = (click) => {
    if (click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) {
      return;
    }
    click.preventDefault();
    goTo(href);
  };
  return html`<a href=${href} onClick=${follow} ...${rest}>${children}</a>`;
}

function readAddress() {
  const { pathname, search, hash } = location;
  return { pathname, search, hash };
}
