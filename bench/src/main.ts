import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runAll } from "./all.js";
import { type CommandLine, parseCommandLine, USAGE } from "./command-line.js";
import { formatMachine } from "./machine.js";
import type { Result } from "./results.js";
import { textSection } from "./section.js";
import { faultOf, sectionOf } from "./sections.js";
import type { Settings } from "./settings.js";
import { FAMILIES, TASKS, tasksOf } from "./tasks.js";
import { UsageError } from "./usage-error.js";

function print(result: Result, json: boolean): void {
  const text = json
    ? JSON.stringify(result, undefined, 2)
    : `${formatMachine(result.conditions.machine)}\n${textSection(sectionOf(result))}`;
  process.stdout.write(`${text}\n`);
}

/** A path as the user meant it: npm runs scripts in the package's folder, not where they were asked for. */
function fromCaller(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(process.env.INIT_CWD ?? "", path);
}

async function run(command: CommandLine, settings: Settings): Promise<number> {
  if (command.work === "all" || command.work in FAMILIES) {
    const [resume, markdown] = [fromCaller(command.resume), fromCaller(command.markdown)];
    return runAll({ ...command, resume, markdown }, settings, tasksOf(command.work));
  }
  const result = await TASKS.find(({ name }) => name === command.work)!.measure(settings);
  print(result, command.json);
  const fault = faultOf(result);
  if (fault) settings.progress(fault);
  return fault ? 1 : 0;
}

async function main(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2), availableParallelism());
  if (command.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return run(command, {
    ...command.settings,
    bench: fileURLToPath(new URL("..", import.meta.url)),
    python: process.env.HEKLA_PYTHON ?? "python3",
    progress: (line) => process.stderr.write(`bench: ${line}\n`),
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
