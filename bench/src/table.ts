/** Cells of text; the first `left` columns are words, the others figures. */
export interface Table {
  headings: readonly string[];
  lines: readonly (readonly string[])[];
  left: number;
}

/** A number with three digits or all of its whole ones; "-" for none. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value >= 1000) return Math.round(value).toLocaleString("en-US").replaceAll(",", " ");
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value >= 0.1 || value <= 0 ? value.toFixed(2) : value.toPrecision(2);
}

/** A part as per cent; "-" for none. */
export function percent(part: number): string {
  return Number.isFinite(part) ? `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %` : "-";
}

/** The table for a terminal: columns aligned, words to the left. */
export function textTable({ headings, lines, left }: Table): string {
  const all = [headings, ...lines];
  const widths = headings.map((_, column) => Math.max(...all.map((line) => line[column]!.length)));
  const aligned = all.map((line) =>
    line.map((text, column) =>
      column < left ? text.padEnd(widths[column]!) : text.padStart(widths[column]!),
    ),
  );
  const rule = widths.map((width) => "-".repeat(width));
  return [aligned[0]!, rule, ...aligned.slice(1)].map((line) => line.join("  ").trimEnd()).join("\n");
}

/** The table for a page. */
export function markdownTable({ headings, lines, left }: Table): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = headings.map((_, column) => (column < left ? "---" : "---:"));
  return [row(headings), row(rule), ...lines.map(row)].join("\n");
}
