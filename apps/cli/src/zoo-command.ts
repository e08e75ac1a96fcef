import { resolveConfig, zoo } from "@hekla/zoo";
import { openReference } from "./backends.js";
import { grouped } from "./grouped.js";
import type { Terminal } from "./terminal.js";

/** `hekla zoo`: what there is. */
export async function zooCommand(json: boolean, terminal: Terminal): Promise<void> {
  const backend = await openReference();
  const rows = zoo.map((model) => ({
    id: model.id,
    title: model.title,
    doc: model.doc,
    published: model.published,
    parameters: model.build(resolveConfig(model.config)).countParams(),
    presets: Object.keys(model.presets),
  }));
  await backend.close();
  if (json) {
    terminal.out(`${JSON.stringify(rows)}\n`);
    return;
  }
  const { outColors: colors } = terminal;
  const width = Math.max(...rows.map((row) => row.id.length));
  for (const row of rows) {
    const indent = " ".repeat(width + 2);
    terminal.out(`${colors.bold(row.id.padEnd(width))}  ${row.doc}\n`);
    terminal.out(
      `${indent}${grouped(row.parameters)} parameters${row.published ? ` · published: ${row.published}` : ""}\n`,
    );
    terminal.out(`${indent}${colors.dim(`presets: ${row.presets.join(", ")}`)}\n\n`);
  }
  terminal.out(`Train one with: hekla train ${rows.at(-1)?.id} --preset start\n`);
}
