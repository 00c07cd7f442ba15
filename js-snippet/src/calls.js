/** Calls of `styk` from adapters, which may be in a page before the snippet is. */

function early(...call) {
  (early.q ||= []).push(call);
}

/** Calls the snippet, or leaves the call for it, as it takes those that were made before it came. */
export const styk = (...call) => (window.styk ||= early)(...call);
