import { debugLevel, debugLog } from "./environment.js";

type Texts = typeof import("./debug-texts.js");
let texts: Texts | undefined;

/** Loads what `HEKLA_DEBUG` prints with; apps without it never do. */
export async function debugTexts(): Promise<Texts> {
  texts ??= await import("./debug-texts.js");
  return texts;
}

/** Prints where `HEKLA_DEBUG` is at least `least`: at once, or as soon as the texts have loaded. */
export async function debug(least: number, text: (texts: Texts, level: number) => string): Promise<void> {
  const level = debugLevel();
  if (level >= least) debugLog(text(texts ?? (await debugTexts()), level));
}
