import type { Condition, Index } from "../text/kernel-writer.js";
import type { Bound, WgslWriter } from "../wgsl/wgsl-writer.js";
import type { Array4 } from "./frame.js";
import { elementAt, type Part, type Side } from "./side.js";

/** The part of a batch's matrix; 0 where there is one for all. */
export const batchPlace = (writer: WgslWriter, { batchStride }: Side, matrix: Index): Index =>
  batchStride === 0 ? writer.whole(0) : writer.hold(writer.times(matrix, batchStride));

/** A part moved by the place of something else. */
export const movedBy = (writer: WgslWriter, part: Part, place: Index): Part => ({
  ...part,
  place: writer.hold(writer.plus(place, part.place)),
});

/** The parts of four along an axis from `index` on; the first is enough where they are read as one. */
export function partsOfFour(
  writer: WgslWriter,
  isOne: boolean,
  index: Index,
  partAt: (index: Index) => Part,
): Part[] {
  return Array.from({ length: isOne ? 1 : 4 }, (_, at) =>
    partAt(writer.hold(writer.plus(index, writer.whole(at)))),
  );
}

/** All of some conditions, each computed: `&&` would branch, and there are many. */
const allOf = (conditions: readonly Condition[]): Condition =>
  conditions.map((condition) => `(${condition})`).join(" & ");

const elementText = ({ name, stored, offset }: Bound, writer: WgslWriter, place: Index): string => {
  const text = `${name}[${writer.plus(place, writer.whole(offset))}]`;
  if (stored === "f16") return `f32(${text})`;
  return stored === "f32" ? text : `bitcast<f32>(${text})`;
};

/**
 * One element, or 0 where a condition does not hold. What is read outside of an array is some number or
 * other.
 */
export function oneOf(
  writer: WgslWriter,
  array: Array4,
  side: Side,
  outer: Part,
  depth: Part,
  conditions: readonly Condition[],
): string {
  const { place, inside } = elementAt(writer, side, outer, depth);
  const all = [...conditions, ...inside];
  // An array of groups of four gives one of a group only by way of all four.
  const at = array.isWide ? writer.hold(writer.plus(place, writer.whole(array.bound.offset))) : place;
  const text = array.isWide
    ? `f32(${array.bound.name}[${at} / 4u][${at} % 4u])`
    : elementText(array.bound, writer, place);
  return all.length === 0 ? text : `select(0f, ${text}, ${allOf(all)})`;
}

/**
 * Four elements along the side's axis of fours. `outers` and `depths` are of one part, or of four along that
 * axis;
 * `depthInside` are the conditions on each of the depths.
 */
export function fourOf(
  writer: WgslWriter,
  array: Array4,
  side: Side,
  outers: readonly Part[],
  depths: readonly Part[],
  depthInside: readonly Condition[],
): string {
  if (array.isWide) {
    const { place, inside } = elementAt(writer, side, outers[0]!, depths[0]!);
    const all = [...depthInside.slice(0, 1), ...inside];
    const text = `vec4f(${array.bound.name}[${writer.plus(place, writer.whole(array.bound.offset))} / 4u])`;
    return all.length === 0 ? text : `select(vec4f(), ${text}, ${allOf(all)})`;
  }
  const ones = [0, 1, 2, 3].map((at) => {
    const condition = depthInside[at] ?? depthInside[0];
    const conditions = condition === undefined ? [] : [condition];
    return oneOf(writer, array, side, outers[at] ?? outers[0]!, depths[at] ?? depths[0]!, conditions);
  });
  return `vec4f(${ones.join(", ")})`;
}
