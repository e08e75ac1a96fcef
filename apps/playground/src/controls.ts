import { type ConfigValue, expectedValue, type Field, mnistMlp, resolveConfig } from "@hekla/zoo";

/** The fields of the model's config that the page offers, with what it suggests. */
const offered = {
  epochs: 10,
  learningRate: 0.002,
  optimizer: "adam",
  batchSize: 64,
  limit: 4000,
  seed: 1,
} as const;

const labels: Readonly<Record<string, string>> = { limit: "training digits" };

/** Builds a labelled control for each offered field from the model's own documented config. */
export function buildControls(container: HTMLElement): void {
  for (const [name, value] of Object.entries(offered)) {
    const field = mnistMlp.config[name as keyof typeof offered];
    const label = document.createElement("label");
    label.title = `${field.doc} Expects ${expectedValue(field)}.`;
    const caption = document.createElement("span");
    caption.textContent = labels[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    label.append(caption, control(name, field, value));
    container.append(label);
  }
}

function control(name: string, field: Field, value: ConfigValue): HTMLElement {
  if (field.kind === "choice") {
    const select = document.createElement("select");
    select.name = name;
    for (const word of field.choices) select.add(new Option(word, word, word === value, word === value));
    return select;
  }
  const input = document.createElement("input");
  input.name = name;
  input.value = String(value);
  input.inputMode = field.kind === "integer" ? "numeric" : "decimal";
  input.autocomplete = "off";
  return input;
}

/** The config the controls ask for; throws ConfigError for a value that does not fit. */
export function readControls(form: HTMLFormElement): Readonly<Record<string, ConfigValue>> {
  const given = Object.fromEntries(new FormData(form));
  return resolveConfig(mnistMlp.config, { validationSplit: 0.1 }, given);
}
