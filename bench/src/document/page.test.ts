import { describe, expect, it } from "vitest";
import { bundle, caseResult, comparison, disturbed, scale } from "../testing/results.js";
import { keptNotes, makePage, NOTES } from "./page.js";
import { makePictures } from "./pictures.js";

const mlp = comparison("mlp", [
  caseResult("hekla", "mlp", 2, { threads: 2 }),
  caseResult("hekla-one", "mlp", 3),
  caseResult("other", "mlp", 20),
  caseResult("none", "mlp", 1, { samples: [], note: "cannot: no kernel" }),
]);
const axis = scale("scale-batch-mlp", [
  [1, 1],
  [2, 1.5],
]);

describe("makePictures", () => {
  it("shows peers beside this project, and nobody who has no figure", () => {
    const [ratios] = makePictures([mlp]);
    expect(ratios!.file).toBe("ratios.svg");
    const labels = [...ratios!.svg.matchAll(/text-anchor="end">([^<]*)</g)].map(([, label]) => label);
    expect(labels).toContain("other");
    expect(labels).not.toContain("hekla-one");
    expect(labels).not.toContain("none");
    expect(ratios!.svg).toContain(">10.0<");
  });

  it("draws one picture for each thing that grows", () => {
    const files = makePictures([mlp, axis, { ...axis, name: "scale-batch-cnn" }]).map(({ file }) => file);
    expect(files).toEqual(["ratios.svg", "scale-batch.svg"]);
  });
});

describe("makePage", () => {
  it("has a chapter for what there is, with its table and pictures", () => {
    const page = makePage([mlp, axis], makePictures([mlp, axis]), "benchmarks");
    expect(page).toContain("## Work by work\n\n![");
    expect(page).toContain("](benchmarks/ratios.svg)");
    expect(page).toContain("](benchmarks/scale-batch.svg)");
    expect(page).toContain("### work mlp, batch 10");
    expect(page).toMatch(/\| mlp \| other \| 1 \| 1 \| 20\.0 \|.*\| 10\.0 \|/);
    expect(page).toContain("- mlp, none: cannot: no kernel");
    expect(page).not.toContain("## Bandwidth");
    expect(page).toContain("The machine was quiet before every work.");
  });

  it("says where the machine was not quiet and what must not be used", () => {
    const wrong = comparison(
      "cnn",
      [caseResult("hekla", "cnn", 1), caseResult("other", "cnn", 1, { losses: [2] })],
      disturbed,
    );
    const page = makePage([mlp, wrong, bundle(1)], [], "benchmarks");
    expect(page).toContain("**The machine was not quiet** before: cnn.");
    expect(page).toContain("**Do not use: cnn: other did not do the same work as the others.**");
  });

  it("keeps what people wrote, word for word", () => {
    const notes = "Memory bandwidth bounds it.\n\n- 20 GB/s";
    const page = makePage([mlp], [], "benchmarks", notes);
    expect(keptNotes(page)).toBe(notes);
    expect(keptNotes(makePage([], [], "benchmarks", keptNotes(page)))).toBe(notes);
    expect(keptNotes("# another page")).toBeUndefined();
    expect(page.indexOf(NOTES[0])).toBeGreaterThan(page.indexOf("## What falls short"));
  });
});
