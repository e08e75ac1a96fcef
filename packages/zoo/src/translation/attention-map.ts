import { heatMap } from "../plots/index.js";
import { englishTokens, frenchSentence, type TranslationWords } from "./translation-data.js";
import type { Translator } from "./translator.js";

/**
 * A picture of what the decoder looks at while it says each word of a translation; undefined without attention.
 * @param target numbers of the translation's words
 */
export async function attentionMap(
  translator: Translator,
  words: TranslationWords,
  english: string,
  target: readonly number[],
): Promise<{ readonly title: string; readonly svg: string } | undefined> {
  const tokens = englishTokens(english);
  const weights = await translator.attention(words.source.encode(tokens), target);
  if (!weights) return undefined;
  const said = words.target.decode(target);
  const title = `attention: ${english} - ${frenchSentence(said)}`;
  const values = { data: Float32Array.from(weights.flat()), shape: [weights.length, tokens.length] };
  const svg = await heatMap({
    title,
    panels: [{ values, rowLabels: [...said, "(end)"], range: [0, 1] }],
    columnLabels: tokens,
  });
  return { title, svg };
}
