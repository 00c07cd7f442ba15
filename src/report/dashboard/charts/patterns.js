// The three manners of a funnel's marks, told apart without colour: solid reached, hatched dropped
// out, dotted still on the way. Drawn once; every chart refers to them by name.

import { html } from "../html.js";

export const HATCHED = "url(#hatched)";
export const DOTTED = "url(#dotted)";

export function ChartPatterns() {
  return html`
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hatched" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="mark-ground" width="8" height="8" />
          <rect class="mark-hatch" width="2" height="8" />
        </pattern>
        <pattern id="dotted" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect class="mark-ground" width="6" height="6" />
          <circle class="mark-dot" cx="3" cy="3" r="1.4" />
        </pattern>
      </defs>
    </svg>
  `;
}
