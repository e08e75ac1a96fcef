import { bytesPerElement } from "../dtype.js";
import { arenaAlignment, type Operand, type PlanBuffer, type Step } from "../plan.js";
import { isWhole } from "../view.js";
import type { UnplacedBuffer } from "./steps.js";

/** Steps during which a buffer's memory is in use, both ends included. */
interface Lifetime {
  readonly buffers: number[];
  bytes: number;
  first: number;
  last: number;
}

export const outputsOf = (step: Step): readonly number[] => {
  if (step.kind !== "routine") return step.outputs;
  return [...(step.output === undefined ? [] : [step.output]), ...(step.epilogue?.outputs ?? [])];
};

export const operandsOf = (step: Step): readonly Operand[] => {
  if (step.kind !== "routine" || !step.epilogue) return step.operands;
  return [...step.operands, ...step.epilogue.operands.filter((operand) => operand !== undefined)];
};

/** The operand whose memory an elementwise step's output takes over, because nobody needs it afterwards. */
function reusable(
  step: Step,
  index: number,
  output: number,
  buffers: readonly UnplacedBuffer[],
  lastRead: readonly number[],
  taken: ReadonlySet<number>,
): number | undefined {
  if (step.kind !== "elementwise") return undefined;
  const bytes = (buffer: number): number => buffers[buffer]!.size * bytesPerElement(buffers[buffer]!.dtype);
  const candidate = step.operands.find(
    ({ buffer, view }) =>
      buffers[buffer]!.kind === "temporary" &&
      lastRead[buffer] === index &&
      !taken.has(buffer) &&
      bytes(buffer) === bytes(output) &&
      isWhole(view, buffers[buffer]!.size) &&
      step.operands.every((other) => other.buffer !== buffer || isWhole(other.view, buffers[buffer]!.size)),
  );
  return candidate?.buffer;
}

/** Gives every buffer a place in one arena, large ones first, each as low as its lifetime allows. */
export function arrange(
  buffers: readonly UnplacedBuffer[],
  steps: readonly Step[],
  share: boolean,
): { buffers: PlanBuffer[]; arenaBytes: number } {
  const lastRead = buffers.map(() => -1);
  steps.forEach((step, index) => {
    for (const { buffer } of operandsOf(step)) lastRead[buffer] = index;
  });
  const lifetimes: Lifetime[] = [];
  const lifetimeOf = new Map<number, Lifetime>();
  steps.forEach((step, index) => {
    const taken = new Set<number>();
    for (const output of outputsOf(step)) {
      if (buffers[output]!.kind === "input" || lifetimeOf.has(output)) continue;
      const last = buffers[output]!.kind === "output" ? steps.length : Math.max(lastRead[output]!, index);
      const source = share ? reusable(step, index, output, buffers, lastRead, taken) : undefined;
      if (source !== undefined) {
        taken.add(source);
        const lifetime = lifetimeOf.get(source)!;
        lifetime.buffers.push(output);
        lifetime.last = last;
        lifetimeOf.set(output, lifetime);
        continue;
      }
      const unaligned = buffers[output]!.size * bytesPerElement(buffers[output]!.dtype);
      const bytes = Math.ceil(unaligned / arenaAlignment) * arenaAlignment;
      const lifetime = { buffers: [output], bytes, first: index, last };
      lifetimes.push(lifetime);
      lifetimeOf.set(output, lifetime);
    }
  });
  const offsets = new Map<number, number>();
  /** In the order of offsets. */
  const placed: (Lifetime & { offset: number })[] = [];
  let arenaBytes = 0;
  for (const lifetime of [...lifetimes].sort((a, b) => b.bytes - a.bytes || a.first - b.first)) {
    let offset = 0;
    for (const other of placed) {
      if (share && (other.first > lifetime.last || lifetime.first > other.last)) continue;
      if (offset + lifetime.bytes <= other.offset) break;
      offset = Math.max(offset, other.offset + other.bytes);
    }
    const after = placed.findIndex((other) => other.offset > offset);
    placed.splice(after < 0 ? placed.length : after, 0, { ...lifetime, offset });
    for (const buffer of lifetime.buffers) offsets.set(buffer, offset);
    arenaBytes = Math.max(arenaBytes, offset + lifetime.bytes);
  }
  return {
    buffers: buffers.map(({ kind, dtype, size }, index) => ({
      kind,
      dtype,
      size,
      arenaOffset: kind === "input" ? -1 : (offsets.get(index) ?? 0),
    })),
    arenaBytes,
  };
}
