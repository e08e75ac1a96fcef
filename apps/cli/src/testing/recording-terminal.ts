import picocolors from "picocolors";
import type { Terminal } from "../terminal.js";

/** A terminal that keeps what is written, for tests. */
export function recordingTerminal(options: { redraws?: boolean; columns?: number; colors?: boolean } = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const colors = picocolors.createColors(options.colors ?? false);
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    redraws: options.redraws ?? false,
    columns: options.columns ?? 100,
    errColumns: options.columns ?? 120,
    outColors: colors,
    errColors: colors,
  };
  return { ...terminal, outText: () => out.join(""), errText: () => err.join("") };
}
