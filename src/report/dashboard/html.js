// The template tag every screen uses: htm's markup, preact's elements.

import { h } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

export const html = htm.bind(h);
