import type { Dtype } from "@hekla/tensor";
import type { Index } from "../text/kernel-writer.js";
import type { DeviceTraits, Dispatch, Resource, Typed } from "./dispatch.js";
import { mathDeclarations } from "./math.js";
import { type Bound, type StoredType, WgslWriter } from "./wgsl-writer.js";

/** Threads of a workgroup of kernels whose threads do not work together. */
export const groupSize = 64;

/** What a kernel is written for. */
export interface KernelSite {
  readonly traits: DeviceTraits;
  /** Names resources that are the same memory alike: results that take over an operand's place. */
  placeOf(resource: Resource): string;
  bytesOf(resource: Resource): number;
}

/** What the arrays of a kernel are called and hold. */
export interface Bindings {
  /** One for each of the given, in their order. */
  readonly bound: readonly Bound[];
  readonly declarations: string;
  readonly resources: readonly Resource[];
}

const storedTypes = { float16: "f16", float32: "f32", float64: "f32", int32: "i32", bool: "i32" } as const;

const storedAs = (dtypes: readonly Dtype[]): StoredType => {
  const types = new Set(dtypes.map((dtype) => storedTypes[dtype]));
  return types.size > 1 ? "u32" : [...types][0]!;
};

/** Gives each memory that a kernel touches one binding. */
export function bind(all: readonly Typed[], site: KernelSite): Bindings {
  const places = new Map<string, { resource: Resource; dtypes: Dtype[] }>();
  for (const { resource, dtype } of all) {
    const key = site.placeOf(resource);
    const place = places.get(key) ?? { resource, dtypes: [] };
    // A tensor of no elements may lie at the place of another one.
    const [bytes, before] = [site.bytesOf(resource), site.bytesOf(place.resource)];
    if (bytes > 0 || place.dtypes.length === 0)
      place.dtypes = before > 0 ? [...place.dtypes, dtype] : [dtype];
    if (bytes > before) place.resource = resource;
    places.set(key, place);
  }
  const keys = [...places.keys()];
  const stored = keys.map((key) => storedAs(places.get(key)!.dtypes));
  return {
    bound: all.map(({ resource, dtype, offset, wide }) => {
      const at = keys.indexOf(site.placeOf(resource));
      return { name: `b${at}`, stored: stored[at]!, dtype: wide ? "float32" : dtype, offset };
    }),
    declarations:
      (stored.includes("f16") ? "enable f16;\n" : "") +
      keys
        .map((_, at) => `@group(0) @binding(${at}) var<storage, read_write> b${at}: array<${stored[at]}>;`)
        .join("\n"),
    resources: keys.map((key) => places.get(key)!.resource),
  };
}

/** The declaration of the number that tells dispatches of one kernel apart. */
export const turnDeclaration = "@group(1) @binding(0) var<uniform> turn: vec4<u32>;";

/** A grid of one thread for each of `threads`, in rows that no axis of the grid is too short for. */
export function gridOf(threads: number, traits: DeviceTraits): [number, number, number] {
  const groups = Math.ceil(threads / groupSize);
  if (groups <= traits.maxGroups) return [groups, 1, 1];
  const rows = Math.ceil(groups / traits.maxGroups);
  return [Math.ceil(groups / rows), rows, 1];
}

/**
 * A kernel of `threads` threads that work each by itself; `write` writes what thread `index` does. `operands` are what the writer
 * loads from, `results` what it stores to.
 */
export function threadKernel(
  label: string,
  threads: number,
  operands: readonly (Typed | undefined)[],
  results: readonly Typed[],
  site: KernelSite,
  write: (writer: WgslWriter, index: Index, results: readonly Bound[]) => void,
  turn?: number,
): Dispatch {
  const known = operands.filter((operand) => operand !== undefined);
  const { bound, declarations, resources } = bind([...known, ...results], site);
  let next = 0;
  const loaded = operands.map((operand) => (operand ? bound[next++] : undefined));
  const writer = new WgslWriter(loaded);
  write(writer, "index", bound.slice(known.length));
  const groups = gridOf(threads, site.traits);
  const row = groups[1] > 1 ? ` + id.y * ${groups[0] * groupSize}u` : "";
  const code = [
    declarations,
    ...(turn === undefined ? [] : [turnDeclaration]),
    mathDeclarations(writer.functions),
    `@compute @workgroup_size(${groupSize})`,
    "fn main(@builtin(global_invocation_id) id: vec3<u32>) {",
    `  let index = id.x${row};`,
    `  if (index >= ${threads}u) { return; }`,
    ...writer.lines,
    "}",
    "",
  ].join("\n");
  return { label, code, bindings: resources, groups, ...(turn !== undefined && { turn }) };
}
