import { DataError } from "@hekla/tensor";
import type { Hdf5Array } from "./hdf5-types.js";

/**
 * A whole number is stored as int64, another as float64; texts of an array in one width, as NumPy has them.
 */
export type Hdf5AttributeValue = number | string | readonly string[] | Hdf5Array;

export interface Hdf5NewDataset extends Hdf5Array {
  readonly attributes: ReadonlyMap<string, Hdf5AttributeValue>;
}

/** A group that is to be written, with what is in it. */
export class Hdf5Tree {
  readonly attributes = new Map<string, Hdf5AttributeValue>();
  readonly members = new Map<string, Hdf5Tree | Hdf5NewDataset>();

  /** The group at a path like "layers/dense/vars", made where it is missing. */
  group(path: string): Hdf5Tree {
    let tree: Hdf5Tree = this;
    for (const name of path.split("/")) {
      const member = tree.members.get(name) ?? new Hdf5Tree();
      if (!(member instanceof Hdf5Tree)) throw taken(path);
      tree.members.set(name, member);
      tree = member;
    }
    return tree;
  }

  /** Puts a data set at a path like "layers/dense/vars/0". */
  dataset(
    path: string,
    { data, shape }: Hdf5Array,
    attributes: Hdf5NewDataset["attributes"] = new Map(),
  ): void {
    const cut = path.lastIndexOf("/");
    const { members } = cut < 0 ? this : this.group(path.slice(0, cut));
    const name = path.slice(cut + 1);
    if (members.has(name)) throw taken(path);
    members.set(name, { data, shape, attributes });
  }
}

const taken = (path: string): DataError =>
  new DataError(`save: two members have one name, got ${path} again, expected different names`);
