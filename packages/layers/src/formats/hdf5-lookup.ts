import { DataError, type HostArray } from "@hekla/tensor";
import type { Hdf5Dataset, Hdf5Group } from "./hdf5-reader.js";
import type { Hdf5Array } from "./hdf5-types.js";

/** What stands at a path like "layers/dense/vars/0"; undefined if nothing does. */
export function memberAt(group: Hdf5Group, path: string): Hdf5Group | Hdf5Dataset | undefined {
  let found: Hdf5Group | Hdf5Dataset | undefined = group;
  for (const name of path.split("/")) found = found?.kind === "group" ? found.members.get(name) : undefined;
  return found;
}

const texts = ({ data }: Hdf5Array): readonly string[] | undefined =>
  typeof data[0] === "string" ? (data as readonly string[]) : undefined;

/** An attribute that is one text, as `model_config`; undefined where it is missing or something else. */
export function textAttribute(of: Hdf5Group | Hdf5Dataset, name: string): string | undefined {
  const value = of.attributes.get(name)?.();
  return value?.shape.length === 0 ? texts(value)?.[0] : undefined;
}

/**
 * An attribute that is a list of texts, as `layer_names`; undefined where it is missing or something else.
 * Keras stores lists above 64 KiB in parts, `layer_names0`, `layer_names1`, ..., and an empty one as an array
 * of numbers.
 */
export function textsAttribute(of: Hdf5Group | Hdf5Dataset, name: string): readonly string[] | undefined {
  const list = (key: string): readonly string[] | undefined => {
    const value = of.attributes.get(key)?.();
    return value && (value.data.length === 0 ? [] : texts(value));
  };
  const parts: (readonly string[])[] = [];
  for (let part = list(`${name}0`); part; part = list(`${name}${parts.length}`)) parts.push(part);
  return list(name) ?? (parts.length > 0 ? parts.flat() : undefined);
}

/**
 * The values of a data set as tensors take them: floats as float32 or float64 (float16 and Keras's bfloat16
 * as float32), integers as int32, or float64 where they are larger, bool and uint8 as uint8.
 * @throws DataError for texts, and for integers that float64 cannot hold
 */
export function hostArray(dataset: Hdf5Dataset): HostArray {
  const { data, shape } = dataset.read();
  if (dataset.dtype === "opaque" && shape.at(-1) === 2 && textAttribute(dataset, "dtype") === "bfloat16") {
    // The upper half of float32.
    const halves = new Uint16Array((data as Uint8Array).buffer as ArrayBuffer);
    return {
      data: new Float32Array(Uint32Array.from(halves, (half) => half * 65536).buffer),
      shape: shape.slice(0, -1),
    };
  }
  if (data instanceof Float32Array || data instanceof Float64Array || data instanceof Int32Array)
    return { data, shape };
  if (data instanceof Uint8Array && dataset.dtype !== "opaque") return { data, shape };
  const numbers =
    dataset.dtype === "opaque" || texts({ data, shape }) ? [Number.NaN] : Array.from(data, Number);
  if (!numbers.every(Number.isSafeInteger)) {
    throw new DataError(
      `load: ${dataset.path} holds no numbers of a tensor, got ${dataset.dtype}, expected numbers`,
    );
  }
  const small = numbers.every((value) => value === (value | 0));
  return { data: small ? Int32Array.from(numbers) : Float64Array.from(numbers), shape };
}
