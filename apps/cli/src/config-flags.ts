import {
  ConfigError,
  type ConfigOf,
  type ConfigSchema,
  type ConfigValue,
  expectedValue,
  type Field,
  resolveConfig,
  type ZooModel,
} from "@hekla/zoo";
import { type Command, Option } from "commander";
import { UsageError } from "./exit-codes.js";

/** "batchSize" as a flag: "--batch-size". */
export function flagName(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Adds a flag for every field of the model's config, and --preset. */
export function addConfigFlags(command: Command, model: ZooModel): void {
  const presets = Object.entries(model.presets).map(([name, preset]) => `${name}: ${preset.doc}`);
  command.optionsGroup("Recipe (a flag wins over the preset):");
  command.addOption(new Option("--preset <name>", presets.join("\n")).default("default"));
  addFieldFlags(command, model.config);
  command.optionsGroup("Options:");
}

/** Adds a flag for every field of a schema. */
export function addFieldFlags(command: Command, schema: ConfigSchema): void {
  for (const [name, field] of Object.entries(schema)) command.addOption(configOption(name, field));
}

function configOption(name: string, field: Field): Option {
  const flag = flagName(name);
  const unit = field.unit ? `, ${field.unit}` : "";
  const doc = `${field.doc} [${expectedValue(field).replace(/^an? /, "")}${unit}]`;
  if (field.kind !== "flag") return new Option(`${flag} <${valueName(field)}>`, doc).default(field.default);
  return new Option(field.default ? flag.replace("--", "--no-") : flag, field.doc).default(field.default);
}

function valueName(field: Field): string {
  return field.kind === "choice"
    ? "word"
    : field.kind === "integer"
      ? "n"
      : field.kind === "number"
        ? "x"
        : "text";
}

/** The config that preset and flags of a parsed command line ask for. Throws UsageError where they do not fit. */
export function readConfigFlags(command: Command, model: ZooModel): Record<string, ConfigValue> {
  const name = command.getOptionValue("preset") as string;
  const preset = Object.hasOwn(model.presets, name) ? model.presets[name] : undefined;
  if (!preset) {
    throw new UsageError(
      `unknown preset "${name}", ${model.id} has ${Object.keys(model.presets).join(", ")}`,
    );
  }
  return readFields(command, model.config, preset.values);
}

/** Values for the fields of a schema: what flags give, over those of a preset, over the defaults. */
export function readFields<S extends ConfigSchema>(
  command: Command,
  schema: S,
  preset: Readonly<Record<string, unknown>> = {},
): ConfigOf<S> {
  const given: Record<string, unknown> = {};
  for (const field of Object.keys(schema)) {
    if (command.getOptionValueSource(field) === "cli") given[field] = command.getOptionValue(field);
  }
  try {
    return resolveConfig(schema, preset, given);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`${flagName(error.field)}: got ${error.got}, expected ${error.expected}`);
  }
}
