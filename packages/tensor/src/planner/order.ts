import { sizeOf } from "../shape.js";
import { isWhole } from "../view.js";
import type { Grouping, Unit } from "./units.js";

export interface Order {
  /** Units in the order in which they run. */
  readonly order: readonly Unit[];
  /** Node whose buffer is the memory of an assigned Variable: node position -> leaf. */
  readonly inPlace: ReadonlyMap<number, number>;
}

/**
 * Decides which new values of Variables can be written straight over the old ones: all other readers of the old
 * values can run before, and the writing step itself reads them only element by element.
 */
function writeInPlace(grouping: Grouping): Map<number, number> {
  const inPlace = new Map<number, number>();
  const positionOf = new Map(
    grouping.nodes.flatMap(({ operation, leaf }, at) => (operation.kind === "leaf" ? [[leaf, at]] : [])),
  );
  for (const { leaf, node } of grouping.graph.assignments) {
    const { base } = grouping.places[node]!;
    const writer = grouping.unitOf(base)!;
    // A routine reads its operands while its result is being written, so only its epilogue's values may replace.
    const isElementwise = grouping.units[writer]!.kind === "expression";
    const position = positionOf.get(leaf);
    const readers = position === undefined ? [] : grouping.readersOf(position);
    const others = new Set(
      readers.map((reader) => grouping.unitOf(reader)!).filter((unit) => unit !== writer),
    );
    const wholeReads = readers.every(
      (reader) =>
        grouping.unitOf(reader) !== writer ||
        grouping.nodes[reader]!.inputs.every((input) => {
          const place = grouping.places[input]!;
          if (grouping.nodes[place.base]!.leaf !== leaf) return true;
          const size = sizeOf(grouping.nodes[place.base]!.shape);
          return isWhole(place.view, size) && sizeOf(grouping.units[writer]!.shape) === size;
        }),
    );
    const free = !grouping.dependsOn(others, writer);
    if (!wholeReads || !free || !(isElementwise || others.size === readers.length)) continue;
    if (!isElementwise && readers.some((reader) => grouping.unitOf(reader) === writer)) continue;
    inPlace.set(base, leaf);
    for (const other of others) grouping.units[writer]!.before.add(other);
  }
  return inPlace;
}

/** Orders the units so that each runs after those it needs; among the ready ones the earliest recorded first. */
export function orderUnits(grouping: Grouping): Order {
  const inPlace = writeInPlace(grouping);
  const live = grouping.live();
  const last = (unit: Unit): number => Math.max(...unit.cores, ...unit.members);
  const pending = new Map<number, Set<number>>();
  const followers = new Map<number, Unit[]>();
  for (const unit of live) {
    const before = new Set([...unit.before].map((id) => grouping.find(id)).filter((id) => id !== unit.id));
    pending.set(unit.id, before);
    for (const id of before) {
      const known = followers.get(id);
      if (known) known.push(unit);
      else followers.set(id, [unit]);
    }
  }
  const rank = new Map([...live].sort((a, b) => last(a) - last(b)).map((unit, index) => [unit.id, index]));
  const ready = live.filter((unit) => pending.get(unit.id)!.size === 0);
  const order: Unit[] = [];
  while (ready.length > 0) {
    let best = 0;
    for (let i = 1; i < ready.length; i++) {
      if (rank.get(ready[i]!.id)! < rank.get(ready[best]!.id)!) best = i;
    }
    const [unit] = ready.splice(best, 1);
    order.push(unit!);
    for (const follower of followers.get(unit!.id) ?? []) {
      const before = pending.get(follower.id)!;
      before.delete(unit!.id);
      if (before.size === 0) ready.push(follower);
    }
  }
  if (order.length !== live.length) throw new Error("planner: the units wait for each other in a circle");
  return { order, inPlace };
}
