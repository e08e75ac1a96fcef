import { resolveConfig, type ZooModel } from "@hekla/zoo";
import type { Terminal } from "./terminal.js";

/** `hekla summary <model>`: the network's layers, shapes and parameters. */
export function summaryCommand(model: ZooModel, terminal: Terminal): void {
  terminal.out(`${model.build(resolveConfig(model.config)).summary().trimEnd()}\n`);
}
