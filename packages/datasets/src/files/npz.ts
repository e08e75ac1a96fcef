import { DataError } from "@hekla/tensor/errors";
import { type NpyArray, readNpy, toNpy } from "./npy.js";
import { type ReadZipOptions, readZip, writeZip } from "./zip.js";

/**
 * Reads the arrays that NumPy's `savez` or `savez_compressed` wrote, by name.
 *
 * @throws DataError if the archive or one of its arrays cannot be read, or a member is no `.npy` file
 * Source: `numpy.lib.npyio`.
 */
export async function readNpz(
  bytes: Uint8Array,
  options: ReadZipOptions = {},
): Promise<Map<string, NpyArray>> {
  const { name = "file" } = options;
  const arrays = new Map<string, NpyArray>();
  for (const [member, content] of await readZip(bytes, options)) {
    if (!member.endsWith(".npy")) {
      throw new DataError(
        `readNpz: ${name} holds something else, got ${member}, expected names that end in .npy`,
      );
    }
    arrays.set(member.slice(0, -".npy".length), readNpy(content, { name: `${name}: ${member}` }));
  }
  return arrays;
}

/** The bytes that NumPy's `load` reads as these named arrays, not compressed; errors as `toNpy`. */
export function toNpz(arrays: Readonly<Record<string, Parameters<typeof toNpy>[0]>>): Uint8Array {
  return writeZip(new Map(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, toNpy(array)])));
}
