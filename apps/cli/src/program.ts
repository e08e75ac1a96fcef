import { type ZooModel, zoo } from "@hekla/zoo";
import { Command, Option } from "commander";
import { addConfigFlags, addFieldFlags } from "./config-flags.js";
import { evaluateCommand } from "./evaluate-command.js";
import { errorText, exitCodeOf, exitCodes } from "./exit-codes.js";
import { predictCommand } from "./predict-command.js";
import { predictDigitCommand } from "./predict-digit-command.js";
import { addRunOptions, indexNumber } from "./run-options.js";
import { summaryCommand } from "./summary-command.js";
import type { Terminal } from "./terminal.js";
import { trainCommand } from "./train-command.js";
import { versions } from "./versions.js";
import { zooCommand } from "./zoo-command.js";

/** Runs one command line (without "node" and the program's name) and returns its exit code. */
export async function runProgram(argv: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exitCodes.ok;
  const program = buildProgram(terminal, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    code = exitCodeOf(error);
    // commander has already said what is wrong with the command line
    if (!isCommanderError(error)) terminal.err(`${terminal.errColors.red("error:")} ${errorText(error)}\n`);
    return code;
  }
}

function isCommanderError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}

function buildProgram(terminal: Terminal, finish: (code: number) => void): Command {
  const program = new Command("hekla")
    .description("Train, score and use the models of the Hekla zoo.")
    .version(versions().hekla, "-v, --version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => Math.min(terminal.columns, 110),
      getErrHelpWidth: () => Math.min(terminal.errColumns, 110),
      getOutHasColors: () => terminal.outColors.isColorSupported,
      getErrHasColors: () => terminal.errColors.isColorSupported,
    })
    .helpCommand(false)
    .addHelpText("after", examples);

  program
    .command("zoo")
    .description("list the models there are")
    .option("--json", "print JSON")
    .action((options: { json?: true }) => zooCommand(options.json === true, terminal));

  modelCommand(program, "train", "train a model, score it on the test data, save it", (model, command) => {
    addConfigFlags(command, model);
    addRunOptions(command);
    command.option("--out <file>", `where the trained model goes (default: "${model.id}.keras")`);
    command.addOption(
      new Option("--profile-skip <n>", "steps before the first one of --profile")
        .default(10)
        .argParser(indexNumber),
    );
    command.option("--resume <file>", "go on from a model file that an interrupted training saved");
    command.action(async () => finish(await trainCommand(model, command, terminal)));
  });
  modelCommand(program, "evaluate", "score a trained model on the test data", (model, command) => {
    command.requiredOption("--weights <file>", "model file that train has written");
    addRunOptions(command);
    command.action(async () => finish(await evaluateCommand(model, command, terminal)));
  });
  modelCommand(program, "predict", "use a trained model", (model, command) => {
    const { predict } = model;
    command.description(predict.doc);
    command.requiredOption("--weights <file>", "model file that train has written");
    if (predict.kind === "digit") {
      command.option("--image <file>", "PNG, PGM or idx file of a digit, dark on light or light on dark");
      command.addOption(new Option("--index <n>", "number of a test digit, from 0").argParser(indexNumber));
      addRunOptions(command);
      command.action(async () => finish(await predictDigitCommand(model, predict, command, terminal)));
      return;
    }
    addFieldFlags(command, predict.options);
    if (predict.input) command.option("--input <file>", predict.input);
    addRunOptions(command);
    command.action(async () => finish(await predictCommand(model, predict, command, terminal)));
  });
  modelCommand(program, "summary", "show a model's layers, shapes and parameters", (model, command) => {
    command.action(() => summaryCommand(model, terminal));
  });
  return program;
}

/** A command with a subcommand for each model, so that flags, help and "did you mean" are the model's own. */
function modelCommand(
  program: Command,
  name: string,
  doc: string,
  define: (model: ZooModel, command: Command) => void,
): void {
  const group = program.command(name).description(doc).usage("<model> [options]").helpCommand(false);
  group.commandsGroup("Models:");
  group.configureOutput({
    outputError: (text, write) => write(text.replace("unknown command", "unknown model")),
  });
  for (const model of zoo) {
    const command = group.command(model.id).description(model.doc);
    command.configureOutput({ outputError: (text, write) => write(text) });
    define(model, command);
  }
}

const examples = `
Examples:
  hekla train mnist-cnn --preset start      a first look, within a minute or so
  hekla train mnist-cnn --help              every setting of a model
  hekla train mnist-mlp --epochs 5 --json   one JSON object on standard output
  hekla predict mnist-cnn --weights mnist-cnn.keras --index 7

Exit codes: 0 ok, 1 failure, 2 usage, 3 data, 4 diverged, 130 interrupted.`;
