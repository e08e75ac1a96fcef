import { markdownTable, type Table, textTable } from "./table.js";

/** What a report says of one thing that was measured, for terminal and page alike. */
export interface Section {
  title: string;
  /** Sentences before the table: what was done, and on what. */
  before: readonly string[];
  table: Table;
  /** Sentences after it: what could not be measured, versions. */
  after: readonly string[];
}

/** A section for a terminal. */
export function textSection({ title, before, table, after }: Section): string {
  return [title, ...before, "", textTable(table), "", ...after].join("\n").trimEnd();
}

/** A section for a page; `level` is that of its heading, `picture` a link to put above the table. */
export function markdownSection(
  { title, before, table, after }: Section,
  level: number,
  picture = "",
): string {
  const parts = [`${"#".repeat(level)} ${title}`, before.join("\n"), picture, markdownTable(table)];
  const notes = after.map((line) => `- ${line}`).join("\n");
  return [...parts, notes].filter((part) => part !== "").join("\n\n");
}
