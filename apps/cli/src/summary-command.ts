import { resolveConfig, type ZooModel } from "@hekla/zoo";
import { openReference } from "./backends.js";
import type { Terminal } from "./terminal.js";

/** `hekla summary <model>`: the network's layers, shapes and parameters. */
export async function summaryCommand(model: ZooModel, terminal: Terminal): Promise<void> {
  const backend = await openReference();
  terminal.out(`${model.build(resolveConfig(model.config)).summary().trimEnd()}\n`);
  await backend.close();
}
