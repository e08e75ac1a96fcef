import { type HostArray, type Optimizer, ShapeError, type Variable } from "@hekla/tensor";
import { product } from "../batch-shape.js";
import { hostArray, memberAt, textAttribute } from "../formats/hdf5-lookup.js";
import type { Hdf5Dataset, Hdf5Group } from "../formats/hdf5-reader.js";
import { Hdf5Tree } from "../formats/hdf5-tree.js";
import type { Layer } from "../layer.js";
import { snakeCase } from "../snake-case.js";
import { failIn } from "./json.js";
import { weightGroups } from "./weight-paths.js";

/** Values for variables, all checked: nothing is written before everything is known to fit. */
export type Assignments = readonly (readonly [Variable, HostArray])[];

const optimizerPath = "optimizer/vars";
const innerName = "inner_optimizer";

/** Whether the optimizer that the file keeps scaled the loss: Keras writes it down as the one inside. */
export const hasLossScale = (root: Hdf5Group): boolean =>
  memberAt(root, `optimizer/${innerName}`) !== undefined;

/** A place among Keras's variables of an optimizer: one of this package's, or zeros that Keras never uses. */
type Kept = Variable | { readonly shape: readonly number[] };

/** Told by its form: a class that files and loss scaling share makes bundlers cut the start of an app in two. */
export const isVariable = (kept: Kept): kept is Variable => "assign" in kept;

/** The counters of an optimizer that has no use for them. */
const unused: readonly Kept[] = [{ shape: [] }, { shape: [] }];

/** The optimizer inside one that scales the loss. */
const innerOf = (optimizer: Optimizer): Optimizer | undefined =>
  "inner" in optimizer ? (optimizer.inner as Optimizer) : undefined;

/** What Keras keeps before the first step, at which it makes the slots. */
function keptCounters(optimizer: Optimizer): readonly Kept[] {
  const inner = innerOf(optimizer);
  if (inner) return [...unused, ...keptCounters(inner)];
  return keptVariables(optimizer).slice(0, typeof optimizer.getConfig().learningRate === "number" ? 2 : 1);
}

/**
 * The variables that Keras keeps of an optimizer. A learning rate that follows a schedule is not among them; Adafactor
 * has three places for every weight, of which it uses two for a matrix and one for a vector.
 */
export function keptVariables(optimizer: Optimizer): readonly Kept[] {
  const inner = innerOf(optimizer);
  // Keras has counters for it as well, and uses those of the optimizer inside.
  if (inner) return [...unused, ...optimizer.variables.slice(0, 2), ...keptVariables(inner)];
  const { className, learningRate } = optimizer.getConfig();
  const { variables } = optimizer;
  return variables.flatMap((variable, index): readonly Kept[] => {
    if (index === 1 && typeof learningRate !== "number") return [];
    if (className !== "Adafactor") return [variable];
    const scalar = { shape: [] };
    if (variable.name.startsWith("velocity/")) return [scalar, scalar, variable];
    if (!variable.name.startsWith("c/")) return [variable];
    return [variable, { shape: [...variables[index - 1]!.shape, variable.shape.at(-1)!] }];
  });
}

/** Weights, and the optimizer's state if one is given, as `model.weights.h5` and files `.weights.h5` have them. */
export async function weightsTree(model: Layer, optimizer: Optimizer | undefined): Promise<Hdf5Tree> {
  const tree = new Hdf5Tree();
  const put = async (path: string, name: string, variables: readonly Kept[]): Promise<void> => {
    const group = tree.group(path === "" ? "vars" : `${path}/vars`);
    group.attributes.set("name", name);
    for (const [index, variable] of variables.entries()) {
      const data = isVariable(variable) ? await variable.data() : new Float32Array(product(variable.shape));
      group.dataset(String(index), { data, shape: variable.shape });
    }
  };
  for (const { path, layer, weights } of weightGroups(model)) await put(path, layer.name, weights);
  if (optimizer) {
    optimizer.build(model.trainableWeights);
    const className = String(optimizer.getConfig().className);
    await put("optimizer", snakeCase(className), keptVariables(optimizer));
    const inner = innerOf(optimizer);
    if (inner)
      await put(
        `optimizer/${innerName}`,
        String(inner.getConfig().className).toLowerCase(),
        keptVariables(inner),
      );
  }
  return tree;
}

/** All data sets in a group and the groups in it. */
export function datasetsIn(group: Hdf5Group): readonly Hdf5Dataset[] {
  return [...group.members.values()].flatMap((member) =>
    member.kind === "group" ? datasetsIn(member) : member,
  );
}

/** How many values the data sets declare. */
export const valuesIn = (group: Hdf5Group): number =>
  datasetsIn(group).reduce((sum, { shape }) => sum + product(shape), 0);

/** State that Keras saves and that is of no use here: counters of random streams, metrics, losses. */
const passedOver = /(^|\/)(seed_generator|[a-z_]*metrics?|[a-z_]*loss[a-z_]*|optimizer)\//;

/**
 * What the weights in a file say of a model's variables; the optimizer's too if one is given and the file has them.
 * @throws DataError for weights that are missing or that no layer has, ShapeError for a shape that differs
 */
export function readWeights(
  root: Hdf5Group,
  model: Layer,
  optimizer: Optimizer | undefined,
  source: string,
): Assignments {
  const fail = failIn(source);
  const used = new Set<Hdf5Dataset>();
  const from = (path: string, variables: readonly Kept[]): Assignments =>
    variables.flatMap((variable, index) => {
      const name = `${path}/${index}`;
      // As Keras 2 named it, and before that Keras 2.13.
      const second = name.replace(/(query|key|value|output)_dense\//, "_$1_dense/");
      const first = second.replaceAll("layers/", "_layer_checkpoint_dependencies/");
      const found = memberAt(root, name) ?? memberAt(root, second) ?? memberAt(root, first);
      if (found?.kind !== "dataset") {
        const owner = isVariable(variable) ? variable.name : "the optimizer";
        return fail(`a weight of ${owner} is missing`, `no ${name}`, `${variables.length} in ${path}`);
      }
      used.add(found);
      return isVariable(variable) ? [[variable, fitting(found, variable, source)] as const] : [];
    });
  const nameAt = (path: string): string | undefined => {
    const group = memberAt(root, `${path}/vars`);
    return group && textAttribute(group, "name");
  };
  const assignments = weightGroups(model, nameAt).flatMap(({ path, weights }) =>
    from(path ? `${path}/vars` : "vars", weights),
  );
  const extra = datasetsIn(root).find((dataset) => !used.has(dataset) && !passedOver.test(dataset.path));
  if (extra) fail("the model has no such weight", `${extra.path} [${extra.shape}]`, `${used.size} weights`);
  const kept = memberAt(root, optimizerPath);
  if (!optimizer || kept?.kind !== "group" || kept.members.size === 0) return assignments;
  optimizer.build(model.trainableWeights);
  const variables = keptVariables(optimizer);
  const counters = keptCounters(optimizer);
  const wanted = kept.members.size === counters.length ? counters : variables;
  if (kept.members.size !== wanted.length) {
    fail("the optimizer's state does not fit", `${kept.members.size} variables`, wanted.length);
  }
  return [...assignments, ...from(optimizerPath, wanted)];
}

/** The values of a data set, which must have the variable's shape. */
export function fitting(dataset: Hdf5Dataset, variable: Variable, source: string): HostArray {
  if (dataset.shape.join() !== variable.shape.join()) {
    throw new ShapeError(
      `load: ${source}: weight ${variable.name} does not fit, got [${dataset.shape}] at ${dataset.path}, ` +
        `expected [${variable.shape}]`,
    );
  }
  return hostArray(dataset);
}
