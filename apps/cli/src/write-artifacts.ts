import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Artifact, Shown } from "@hekla/zoo";
import type { Terminal } from "./terminal.js";
import { writeWhole } from "./write-whole.js";

/** A file that a command has written. */
export interface WrittenArtifact {
  readonly file: string;
  readonly doc: string;
}

/** Writes artifacts into `folder`, each whole or not at all. */
export async function writeArtifacts(
  artifacts: readonly Artifact[],
  folder: string,
): Promise<WrittenArtifact[]> {
  if (artifacts.length > 0) await mkdir(folder, { recursive: true });
  const written: WrittenArtifact[] = [];
  for (const { name, doc, content } of artifacts) {
    const file = join(folder, basename(name));
    await writeWhole(file, content);
    written.push({ file, doc });
  }
  return written;
}

/** What a person sees of a result: its text, and the files that were written. */
export function shownText({ text }: Shown, written: readonly WrittenArtifact[], terminal: Terminal): string {
  const { outColors: colors } = terminal;
  const width = Math.max(0, ...written.map(({ file }) => file.length));
  const files = written.map(({ file, doc }) => `wrote ${file.padEnd(width)}  ${colors.dim(doc)}\n`).join("");
  return `${text ? `\n${text.trimEnd()}\n` : ""}${files ? `\n${files}` : ""}`;
}
