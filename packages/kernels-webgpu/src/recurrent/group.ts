import type { Index } from "../text/kernel-writer.js";
import type { RecurrentFrame } from "./recurrent-frame.js";
import type { RecurrentKernel } from "./recurrent-kernel.js";

/** Arrays that a workgroup shares: what is multiplied in a step, and the sums of products of each thread. */
export type SharedArray = "factors" | "sumsOfProducts";

/** How the samples of a batch are dealt out to workgroups, which walk through all steps. */
export interface GroupShape {
  readonly threads: number;
  /** Of each workgroup. */
  readonly samples: number;
  /** Elements of each array. */
  readonly arrays: Readonly<Record<SharedArray, number>>;
}

/** Workgroups that a large GPU works on side by side. */
const enoughGroups = 128;
const mostThreads = 256;
const mostSamples = 8;
/** Above, the recurrent kernel is too large to be read again by each workgroup in each step. */
const mostUnits = 256;

/**
 * The shape of workgroups that each keep the state of some samples, given the elements that a sample takes
 * of each array for so many threads; undefined where threads that work each by itself do better: on
 * processors, where barriers are dear, for many units, and where a step has products that wait for each
 * other.
 */
export function groupShape(
  frame: RecurrentFrame,
  sizes: (threads: number) => Readonly<Record<SharedArray, number>>,
): GroupShape | undefined {
  const { batch, units } = frame.routine;
  const { tuned, software, workgroupBytes } = frame.builder.traits;
  if (!tuned || software || frame.resetBefore || units > mostUnits || batch === 0) return undefined;
  const threads = Math.min(mostThreads, Math.ceil(frame.width / 64) * 64);
  const { factors, sumsOfProducts } = sizes(threads);
  const fitting = Math.floor(workgroupBytes / (4 * (factors + sumsOfProducts)));
  const samples = Math.min(Math.ceil(batch / enoughGroups), mostSamples, fitting);
  if (samples < 1) return undefined;
  return {
    threads,
    samples,
    arrays: { factors: samples * factors, sumsOfProducts: samples * sumsOfProducts },
  };
}

/** A unit of a sample, as one thread of a group takes it in every step. */
export interface OwnPlace {
  readonly sample: Index;
  /** The sample's number in the group. */
  readonly local: Index;
  readonly unit: Index;
  /** This unit of this sample. */
  readonly own: Index;
}

/** The numbers `[0, count)`, dealt out to the threads of a group. */
export function eachOfGroup(
  { text }: RecurrentKernel,
  { threads }: GroupShape,
  count: number,
  visit: (index: Index) => void,
): void {
  const name = text.fresh("n");
  text.block(`for (var ${name} = local; ${name} < ${count}u; ${name} += ${threads}u)`, () => visit(name));
}

/** The units of the group's samples. */
export function eachOwn(kernel: RecurrentKernel, shape: GroupShape, visit: (place: OwnPlace) => void): void {
  const { text, frame } = kernel;
  const { batch, units } = frame.routine;
  const { samples } = shape;
  eachOfGroup(kernel, shape, samples * units, (index) => {
    const [local, unit] = text.unravel(index, [samples, units]) as [Index, Index];
    const sample = text.hold(text.plus(text.times("group.x", samples), local));
    text.when(text.inside(sample, batch), () =>
      visit({ sample, local, unit, own: kernel.place(sample, units, unit) }),
    );
  });
}
