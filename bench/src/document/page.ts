import { FLOPS_STATEMENT } from "../flops.js";
import { formatMachine, isQuiet } from "../machine.js";
import type { Result } from "../results.js";
import { markdownSection } from "../section.js";
import { faultOf, sectionOf } from "../sections.js";
import { markdownTable } from "../table.js";
import { Figures } from "./figures.js";
import type { Picture } from "./pictures.js";
import { judge, TARGETS, targetTable } from "./targets.js";

/** Between these lines stands what people wrote; it is kept when the page is made again. */
export const NOTES = ["<!-- written by hand: kept when this page is made again -->", "<!-- end -->"] as const;

const FIRST_NOTES = "Nothing has been noted yet.";

/** What people wrote on a page, or undefined where it has no such part. */
export function keptNotes(page: string): string | undefined {
  const [begin, end] = NOTES.map((line) => page.indexOf(line)) as [number, number];
  return begin < 0 || end < begin ? undefined : page.slice(begin + NOTES[0].length, end).trim();
}

/** Chapters of the page, and which results stand in them. */
const CHAPTERS: readonly { title: string; kinds: readonly Result["kind"][]; pictures: RegExp }[] = [
  { title: "Work by work", kinds: ["comparison"], pictures: /^ratios/ },
  { title: "How it scales", kinds: ["scale"], pictures: /^scale/ },
  { title: "Bandwidth", kinds: ["bandwidth"], pictures: /^bandwidth/ },
  { title: "Around the kernels", kinds: ["startup", "memory", "bundle"], pictures: /^$/ },
];

function conditionsText(results: readonly Result[]): string {
  const machines = [...new Set(results.map(({ conditions }) => formatMachine(conditions.machine)))];
  const dates = results.map(({ conditions }) => conditions.date.slice(0, 10)).sort();
  const span = dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`;
  const disturbed = results.filter(({ conditions }) => !isQuiet(conditions.machine)).map(({ name }) => name);
  const threads = [...new Set(results.map(({ conditions }) => conditions.threads))].join(" or ");
  const faults = results.map(faultOf).filter((fault) => fault !== undefined);
  return [
    `- Machine: ${machines.join("; ")}.`,
    `- Measured ${span}, ${threads} thread(s) where a peer has threads.`,
    disturbed.length === 0
      ? "- The machine was quiet before every work."
      : `- **The machine was not quiet** before: ${disturbed.join(", ")}. Absolute times of these are noise; ` +
        "ratios hold better.",
    ...faults.map((fault) => `- **Do not use: ${fault}.**`),
  ].join("\n");
}

/** The whole page; `folder` is where the pictures lie, seen from it. */
export function makePage(
  results: readonly Result[],
  pictures: readonly Picture[],
  folder: string,
  notes: string = FIRST_NOTES,
): string {
  const outcomes = judge(TARGETS, new Figures(results));
  const count = (verdict: string) => outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const chapters = CHAPTERS.flatMap(({ title, kinds, pictures: pattern }) => {
    const inside = results.filter(({ kind }) => kinds.includes(kind));
    if (inside.length === 0) return [];
    const links = pictures
      .filter(({ file }) => pattern.test(file))
      .map(({ file, alternative }) => `![${alternative}](${folder}/${file})`);
    return [`## ${title}`, ...links, ...inside.map((result) => markdownSection(sectionOf(result), 3))];
  });
  return `${[
    "# Benchmarks",
    "This page is made by `npm run bench -- all --markdown docs/benchmarks.md --pytorch` from one run, " +
      "peers in turn, each in a process of its own. [bench/README.md](../bench/README.md) says how " +
      "things are measured. " +
      "Ratios are what counts: a ratio is the median over rounds of the peer's median over this " +
      "project's median in the " +
      "same round; above 1, the peer is slower.",
    conditionsText(results),
    "## Targets",
    `${count("met")} met, ${count("not met")} not met, ${count("not measured")} not measured.`,
    markdownTable(targetTable(outcomes)),
    "## What falls short, and why",
    `${NOTES[0]}\n${notes}\n${NOTES[1]}`,
    ...chapters,
    "## How operations are counted",
    FLOPS_STATEMENT,
  ].join("\n\n")}\n`;
}
