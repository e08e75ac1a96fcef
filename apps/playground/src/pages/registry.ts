import type { Component } from "svelte";

/** A page of the playground; its code loads when it is first shown. */
export interface Page {
  /** Its place in the address: `#/digits`. */
  readonly id: string;
  readonly title: string;
  /** One sentence below the title. */
  readonly doc: string;
  readonly load: () => Promise<{ readonly default: Component }>;
}

/** All pages; the first is shown where the address names none. */
export const pages: readonly [Page, ...Page[]] = [
  {
    id: "digits",
    title: "Digits",
    doc: "Draw a digit, look into the network that reads it, train one yourself. Nothing leaves this page.",
    load: () => import("./digits/DigitsPage.svelte"),
  },
];
