// A person by name, and the way to all that is known of it.

import { html } from "../html.js";
import { Link } from "../navigation.js";
import { personAddress, personName } from "../person-question.js";
import { Name } from "./name.js";

/** `whom` is { customer, visitor }; a visitor that is no customer's is called by the end of its number. */
export const PersonLink = ({ site, whom }) =>
  html`<${Link} class="person-link" title=${whom.customer ?? whom.visitor} href=${personAddress(site.key, whom)}><${Name} of=${personName(whom)} /><//>`;
