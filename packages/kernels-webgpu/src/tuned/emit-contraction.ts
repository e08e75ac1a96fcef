import type { RoutineStep } from "@hekla/tensor";
import type { Typed } from "../wgsl/dispatch.js";
import { writeResult } from "../wgsl/elementwise.js";
import type { StepBuilder } from "../wgsl/step-builder.js";
import { type Contraction, resultSize } from "./contraction.js";
import { frameOf, type WriteResult } from "./frame.js";
import { registerKernel } from "./register-kernel.js";
import { tileKernel } from "./tile-kernel.js";
import type { Variant } from "./variants.js";

/** Partial sums that one thread joins; more are joined in two turns. */
const joinedAtOnce = 64;

/**
 * Writes the kernel of a product, and where sums are cut into parts that which joins them; the last one runs
 * the epilogue.
 */
export function emitContraction(
  builder: StepBuilder,
  step: RoutineStep,
  contraction: Contraction,
  variant: Variant,
): void {
  const { epilogue, output } = step;
  const operands = step.operands.map(({ buffer, view }) => builder.buffer(buffer, view.offset));
  const others = (epilogue?.operands ?? []).map((operand) => builder.operand(operand));
  const outputs = [...(output === undefined ? [] : [output]), ...(epilogue?.outputs ?? [])];
  const results = outputs.map((buffer) => builder.buffer(buffer));
  const known = others.filter((typed) => typed !== undefined);
  const memories = new Set(
    [...operands, ...known, ...results].map(({ resource }) => builder.placeOf(resource)),
  );
  const size = resultSize(contraction);

  const emit = (name: string, options: Parts): void => {
    const { tile } = variant;
    const hasEdges = contraction.rows % tile.rows !== 0 || contraction.columns % tile.columns !== 0;
    const frame = frameOf(builder, { contraction, operands, hasEdges, ...options });
    const label = name ? `${builder.label}: ${name}` : builder.label;
    builder.add(
      variant.kind === "tile"
        ? tileKernel(label, contraction, frame, variant.tile, variant.parts)
        : registerKernel(label, contraction, frame, builder.traits, variant.tile, variant.parts),
    );
  };
  if (variant.parts === 1 && memories.size <= builder.traits.maxBindings) {
    emit("", {
      others,
      results,
      write: (writer, { place }, raw, bound) => {
        const rest = output === undefined ? bound : bound.slice(1);
        const raws = output === undefined ? undefined : bound[0];
        writeResult(writer, place, raw, raws, epilogue, operands.length, rest);
      },
    });
    return;
  }
  const partial = builder.scratch(variant.parts * size, "float32");
  emit("parts", {
    others: [],
    results: [partial],
    write: (writer, { part, place }, raw, [target]) =>
      writer.store(target!, writer.plus(writer.times(part, size), place), raw),
  });
  joinParts(builder, step, partial, variant.parts, size, others, results);
}

interface Parts {
  readonly others: readonly (Typed | undefined)[];
  readonly results: readonly Typed[];
  readonly write: WriteResult;
}

/** Adds up partial sums in their order, and runs the epilogue. */
function joinParts(
  builder: StepBuilder,
  { epilogue, output }: RoutineStep,
  partial: Typed,
  parts: number,
  size: number,
  others: readonly (Typed | undefined)[],
  results: readonly Typed[],
): void {
  let [joined, left] = [partial, parts];
  if (parts > joinedAtOnce) {
    const groups = Math.ceil(parts / joinedAtOnce);
    const target = builder.scratch(groups * size, "float32");
    builder.threads(
      groups * size,
      [partial],
      [target],
      (writer, index, [result]) => {
        const [group, place] = writer.unravel(index, [groups, size]);
        const total = writer.cell(writer.zero("float32"));
        for (let turn = 0; turn < joinedAtOnce; turn++) {
          const part = writer.hold(writer.plus(writer.times(group!, joinedAtOnce), writer.whole(turn)));
          const at = writer.plus(writer.times(part, size), place!);
          const add = (): void => writer.accumulate(total, writer.load(0, at));
          if (groups * joinedAtOnce === parts) add();
          else writer.when(writer.inside(part, parts), add);
        }
        writer.store(result!, index, writer.read(total));
      },
      { name: "join parts" },
    );
    [joined, left] = [target, groups];
  }
  builder.threads(
    size,
    [joined, ...others],
    results,
    (writer, index, bound) => {
      const total = writer.cell(writer.zero("float32"));
      for (let part = 0; part < left; part++) {
        writer.accumulate(total, writer.load(0, writer.plus(writer.whole(part * size), index)));
      }
      const rest = output === undefined ? bound : bound.slice(1);
      const raws = output === undefined ? undefined : bound[0];
      writeResult(writer, index, writer.read(total), raws, epilogue, 1, rest);
    },
    { name: "join" },
  );
}
