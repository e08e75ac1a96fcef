import { BLANK, type TextRule } from "./treebank-rules.js";
import { type WordRules, wordRules } from "./word-tokenize.js";

/** What is done to every line of a text. */
export interface TextPassOptions {
  /** Unicode normalisation form. Default `"NFC"`. */
  readonly normalization?: "NFC" | "NFKC" | "none";
  /** Whether capitals become small. Default false. */
  readonly lowerCase?: boolean;
  /**
   * Whether lines become tokens, parted by single blanks: `"blanks"` parts them at blanks, `"nltk"` and `"treebank"` are
   * the rules of `wordTokenize` with `preserveLine: true`. Default `"none"`.
   */
  readonly tokenize?: "none" | "blanks" | WordRules;
}

/** A pass over lines as plain data, so that it can be handed to a worker. */
export interface TextPass {
  readonly normalization: "NFC" | "NFKC" | "none";
  readonly lowerCase: boolean;
  /** Replacements that part the tokens; undefined where lines stay whole. */
  readonly rules?: readonly TextRule[];
  readonly blanks: string;
}

/** The pass that the options describe. */
export function textPass(options: TextPassOptions): TextPass {
  const { normalization = "NFC", lowerCase = false, tokenize = "none" } = options;
  const pass = { normalization, lowerCase, blanks: BLANK };
  if (tokenize === "none") return pass;
  return { ...pass, rules: tokenize === "blanks" ? [] : wordRules[tokenize] };
}

/**
 * The program that makes a pass, as text: `makePass(pass)` gives a function from the bytes of whole lines to their text.
 * Workers are started from text, so that they need no file beside the package, whatever bundled it; where there are
 * none, `runPass` does the same.
 */
export const passSource = `
const makePass = ({ normalization, lowerCase, rules, blanks }) => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const patterns = rules?.map(([source, flags, replacement]) => [new RegExp(source, flags), replacement]);
  const apart = new RegExp(blanks + "+", "u");
  return (bytes) => {
    let text = decoder.decode(bytes);
    if (normalization !== "none") text = text.normalize(normalization);
    if (lowerCase) text = text.toLowerCase();
    if (!patterns) return text;
    const lines = text.split("\\n");
    for (let i = 0; i < lines.length; i++) {
      let line = lines[i];
      for (const [pattern, replacement] of patterns) line = line.replace(pattern, replacement);
      lines[i] = line.split(apart).filter((token) => token !== "").join(" ");
    }
    return lines.join("\\n");
  };
};
`;

/** The same in this thread. */
export function runPass({
  normalization,
  lowerCase,
  rules,
  blanks,
}: TextPass): (bytes: Uint8Array) => string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const patterns = rules?.map(([source, flags, to]) => [new RegExp(source, flags), to] as const);
  const apart = new RegExp(`${blanks}+`, "u");
  const tokens = (line: string): string => {
    const spaced = patterns!.reduce((text, [pattern, to]) => text.replace(pattern, to), line);
    return spaced
      .split(apart)
      .filter((token) => token !== "")
      .join(" ");
  };
  return (bytes) => {
    let text = decoder.decode(bytes);
    if (normalization !== "none") text = text.normalize(normalization);
    if (lowerCase) text = text.toLowerCase();
    return patterns ? text.split("\n").map(tokens).join("\n") : text;
  };
}
