import type { Variable } from "@hekla/tensor";
import type { Layer } from "../layer.js";
import { snakeCase } from "../snake-case.js";
import { kerasKey } from "./names.js";

/** The name of the layer whose weights a file has at a path. */
export type NameAt = (path: string) => string | undefined;

/** The weights of one layer itself, and where Keras keeps them: `<path>/vars/0`, `/1`, ... */
export interface WeightGroup {
  readonly path: string;
  readonly layer: Layer;
  readonly weights: readonly Variable[];
}

const join = (path: string, name: string): string => (path ? `${path}/${name}` : name);

/** Private attributes come last, as in Keras; of a layer met twice the first path counts. */
const attributeKey = (name: string): string => (name.startsWith("_") ? `~${name}` : name);

/**
 * All layers within a model in the order of Keras's files, each once. Layers of models are found by class,
 * `layers/dense`, `layers/dense_1`, in the order of `layers`; layers in layers by the attribute.
 * Where a file names the layers of a model as they are named here, but in another order, the names count: masks are
 * computed by operations of Keras's graphs, which may change the order. Source: Keras 3 `saving_lib._save_state`.
 */
export function weightGroups(model: Layer, nameAt?: NameAt): readonly WeightGroup[] {
  const groups: WeightGroup[] = [];
  const visited = new Set<Layer>();
  const visit = (layer: Layer, path: string): void => {
    if (visited.has(layer)) return;
    visited.add(layer);
    groups.push({ path, layer, weights: layer.ownWeights });
    const children = childPaths(layer);
    const named =
      nameAt && isContainer(layer) ? byName(children, (name) => nameAt(join(path, name))) : children;
    for (const [child, name] of named) visit(child, join(path, name));
  };
  visit(model, "");
  return groups;
}

/** Whether a layer is a model of layers in the way of Keras's own classes. */
export const isContainer = ({ className }: Layer): boolean =>
  className === "Sequential" || className === "Functional";

type ChildPaths = readonly (readonly [Layer, string])[];

/** Gives each layer the path at which its name stands, if each has one. */
function byName(children: ChildPaths, nameAt: NameAt): ChildPaths {
  const paths = new Map(children.map(([, path]) => [nameAt(path), path]));
  const found = children.map(([layer]) => [layer, paths.get(layer.name)] as const);
  return found.every((pair): pair is readonly [Layer, string] => pair[1] !== undefined) ? found : children;
}

function childPaths(layer: Layer): ChildPaths {
  const children = [...layer.children];
  if (isContainer(layer))
    return inList(
      "layers",
      children.map(([, child]) => child),
    );
  const fields = new Map<string, Layer[]>();
  const found: (readonly [Layer, string])[] = [];
  for (const [key, child] of children) {
    // A list in a field of a model's class.
    const field = /^(.*)\/\d+$/.exec(key)?.[1];
    if (field === undefined) found.push([child, kerasKey(key)]);
    else fields.set(field, [...(fields.get(field) ?? []), child]);
  }
  for (const [field, list] of fields) found.push(...inList(kerasKey(field), list));
  return found.sort(([, a], [, b]) => (attributeKey(a) < attributeKey(b) ? -1 : 1));
}

function inList(field: string, layers: readonly Layer[]): ChildPaths {
  const counts = new Map<string, number>();
  return layers.map((layer) => {
    const name = snakeCase(layer.className);
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return [layer, `${field}/${name}${count === 0 ? "" : `_${count}`}`];
  });
}
