import { beforeEach, expect, test, vi } from "vitest";
import {
  compiled,
  firstDifference,
  opByOp,
  outcome,
} from "../../../conformance/src/testing/random-programs.js";
import { reference, useBackend } from "../index.js";
import { sameShape, sizeOf } from "../shape.js";
import type { Grouping } from "./units.js";

/** How many programs' plans have what the planner does beyond fusing neighbours. */
const seen = { folded: 0, recomputed: 0, joined: 0, joinedLarge: 0, reshapedEpilogue: 0, inPlace: 0 };
/** Plans of single ops do not count. */
let counting = false;

function count(grouping: Grouping, inPlace: ReadonlyMap<number, number>): void {
  const { nodes } = grouping;
  const live = grouping.live();
  if (inPlace.size > 0) seen.inPlace++;
  const reductions = live.filter(({ kind, cores }) => kind === "reduce" && cores.length > 1);
  if (nodes.some(({ late }) => late)) seen.recomputed++;
  if (reductions.length > 0) seen.joined++;
  if (reductions.some(({ shape }) => sizeOf(shape) >= 1 << 14)) seen.joinedLarge++;
  const throughReshape = live.some(
    ({ kind, members, cores, shape }) =>
      kind === "routine" && members.length > 0 && !sameShape(nodes[cores[0]!]!.shape, shape),
  );
  if (throughReshape) seen.reshapedEpilogue++;
}

vi.mock("./fold-constants.js", async (original) => {
  const { foldConstants } = await original<typeof import("./fold-constants.js")>();
  return {
    foldConstants: ((graph) => {
      const folded = foldConstants(graph);
      if (counting && folded.nodes.some((node, at) => node !== graph.nodes[at])) seen.folded++;
      return folded;
    }) satisfies typeof foldConstants,
  };
});

vi.mock("./steps.js", async (original) => {
  const { buildSteps } = await original<typeof import("./steps.js")>();
  return {
    buildSteps: ((grouping, order, inPlace) => {
      if (counting) count(grouping, inPlace);
      return buildSteps(grouping, order, inPlace);
    }) satisfies typeof buildSteps,
  };
});

beforeEach(async () => {
  await useBackend(reference());
  for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] = 0;
});

/** One plan against op after op, to the bit; the share of values that are finite. */
function compare(seeds: number, side?: number): number {
  let [finite, all] = [0, 0];
  for (let seed = 0; seed < seeds; seed++) {
    counting = true;
    const planned = outcome(seed, compiled, side);
    counting = false;
    expect(firstDifference(planned, outcome(seed, opByOp, side)), `seed ${seed}`).toBeUndefined();
    for (const result of planned) {
      finite += result.filter(Number.isFinite).length;
      all += result.length;
    }
  }
  return finite / all;
}

/** So many of the programs had each of these in their plans. */
function expectSeen(least: Partial<typeof seen>): void {
  for (const [name, times] of Object.entries(least) as [keyof typeof seen, number][]) {
    expect(seen[name], name).toBeGreaterThanOrEqual(times);
  }
}

test("400 random programs: one plan gives the bits of op after op", () => {
  expect(compare(400)).toBeGreaterThan(0.9);
  expectSeen({ folded: 80, recomputed: 150, joined: 150, reshapedEpilogue: 30, inPlace: 200 });
});

test("and so it does for large tensors, where reductions are joined only if they read the same", () => {
  expect(compare(16, 128)).toBeGreaterThan(0.9);
  expectSeen({ recomputed: 4, joinedLarge: 6, reshapedEpilogue: 2 });
});

test.each(["FUSE", "ARENA"])("and so it does without %s", (name) => {
  process.env[`HEKLA_${name}`] = "0";
  try {
    compare(100);
    if (name === "FUSE")
      expect(seen).toMatchObject({ folded: 0, recomputed: 0, joined: 0, reshapedEpilogue: 0 });
  } finally {
    delete process.env[`HEKLA_${name}`];
  }
});
