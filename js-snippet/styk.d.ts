/** Styk's snippet: what a shop may call. Nothing throws; before the snippet has loaded, calls wait in a queue. */

export type Consent = 'cookieless' | 'pending' | 'granted' | 'denied';

export type Plain = string | number | boolean | null | undefined;

/** GA4's names have their place; everything else becomes a property. Amounts may be text such as "19,90 zł". */
export interface Params {
  value?: string | number;
  currency?: string;
  items?: Item[];
  cart_id?: string | number;
  transaction_id?: string | number;
  touchpoint?: string;
  channel?: string;
  [property: string]: Plain | Item[];
}

/** An article in GA4's words, or in the older ones without `item_`. */
export interface Item {
  item_id?: string | number;
  item_name?: string;
  item_brand?: string;
  item_category?: string;
  item_variant?: string;
  id?: string | number;
  name?: string;
  brand?: string;
  category?: string;
  variant?: string;
  price?: string | number;
  quantity?: string | number;
  [other: string]: unknown;
}

/** What a filter sees. */
export interface Event {
  id: string;
  name: string;
  /** Without what may not leave the page. */
  url?: string;
  referrer?: string;
  /** When it happened, in ms since 1970. */
  at: number;
  params: Params;
}

export interface Styk {
  /** Counts an event. */
  (command: 'track', name: string, params?: Params): void;
  /** Counts a page view the snippet cannot see by itself. */
  (command: 'page', params?: Params & { url?: string }): void;
  /** A step of the checkout, in the shop's words; `''` has left it. */
  (command: 'stage', name: string): void;
  /** The shop's own key of a customer; `null` on log-out. */
  (command: 'identify', key: string | number | null): void;
  (command: 'consent', state: Consent): void;
  /** An answer: nps 0 to 10, csat 1 to 5, ces 1 to 7. */
  (command: 'survey', kind: 'nps' | 'csat' | 'ces', score: number, params?: Params): void;
  /** The last look at each event; `false` drops it. */
  (command: 'filter', look: (event: Event) => Event | false | void): void;
  /** Log-out: another visitor from here on. */
  (command: 'reset'): void;
  /** Sends what waits. */
  (command: 'flush'): void;
  /** An address by which another domain's snippet knows the visitor for two minutes. `undefined` before it has loaded. */
  (command: 'linker', url: string): string | undefined;
  q?: { push: (call: ArrayLike<unknown>) => unknown };
}

declare global {
  interface Window {
    styk: Styk;
  }
}
