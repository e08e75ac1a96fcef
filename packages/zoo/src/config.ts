import { HeklaError } from "@hekla/tensor";

interface FieldText {
  /** One sentence for help pages and tooltips. */
  readonly doc: string;
  /** What the number counts or is measured in: "epochs", "px", "degrees". */
  readonly unit?: string;
}

export interface IntegerField extends FieldText {
  readonly kind: "integer";
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
}

export interface NumberField extends FieldText {
  readonly kind: "number";
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
  /** The value must be greater than this. */
  readonly above?: number;
  /** The value must be less than this. */
  readonly below?: number;
}

export interface ChoiceField<C extends string = string> extends FieldText {
  readonly kind: "choice";
  readonly default: C;
  readonly choices: readonly C[];
}

export interface FlagField extends FieldText {
  readonly kind: "flag";
  readonly default: boolean;
}

export interface TextField extends FieldText {
  readonly kind: "text";
  readonly default: string;
}

export type Field = IntegerField | NumberField | ChoiceField | FlagField | TextField;
export type ConfigSchema = Readonly<Record<string, Field>>;
export type ConfigValue = number | boolean | string;

/** The values a schema describes: numbers, booleans, strings and unions of choices. */
export type ConfigOf<S extends ConfigSchema> = {
  readonly [K in keyof S]: S[K] extends ChoiceField<infer C> ? C : Widened<S[K]["default"]>;
};
/** The type of a default, without its value. */
export type Widened<V> = V extends number ? number : V extends boolean ? boolean : string;

/** A setting that a schema does not accept; says which, what it was given, and what it takes. */
export class ConfigError extends HeklaError {
  constructor(
    readonly field: string,
    readonly got: string,
    readonly expected: string,
  ) {
    super(`config: ${field} does not fit, got ${got}, expected ${expected}`);
  }
}

/** A whole number; `min` and `max` are inclusive. */
export function integer(field: Omit<IntegerField, "kind">): IntegerField {
  return { kind: "integer", ...field };
}

/** A finite number; `min` and `max` are inclusive, `above` and `below` are not. */
export function number(field: Omit<NumberField, "kind">): NumberField {
  return { kind: "number", ...field };
}

/** One of a few words. */
export function choice<C extends string>(field: Omit<ChoiceField<C>, "kind">): ChoiceField<C> {
  return { kind: "choice", ...field };
}

/** Yes or no. */
export function flag(field: Omit<FlagField, "kind">): FlagField {
  return { kind: "flag", ...field };
}

/** Any text. */
export function text(field: Omit<TextField, "kind">): TextField {
  return { kind: "text", ...field };
}

/**
 * Lays `layers` of values over the defaults of `schema`, later ones winning, and checks every value.
 * Values may be typed or text, as forms and command lines have them: "0.01" is the number 0.01.
 * Throws ConfigError for an unknown field or a value that does not fit.
 */
export function resolveConfig<S extends ConfigSchema>(
  schema: S,
  ...layers: readonly Readonly<Record<string, unknown>>[]
): ConfigOf<S> {
  const values: Record<string, ConfigValue> = {};
  for (const [name, field] of Object.entries(schema)) values[name] = field.default;
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (value === undefined) continue;
      const field = schema[name];
      if (!field) throw new ConfigError(name, "an unknown field", `one of ${Object.keys(schema).join(", ")}`);
      values[name] = readField(name, field, value);
    }
  }
  return values as ConfigOf<S>; // cast: the loops above give every field of S a checked value
}

/** What a field accepts, in words: "an integer >= 1". */
export function expectedValue(field: Field): string {
  switch (field.kind) {
    case "integer":
      return `an integer${boundsOf(field)}`;
    case "number":
      return `a number${boundsOf(field)}`;
    case "choice":
      return `one of ${field.choices.join(", ")}`;
    case "flag":
      return "true or false";
    case "text":
      return "a text";
  }
}

function boundsOf(field: IntegerField | NumberField): string {
  const bounds: string[] = [];
  if (field.min !== undefined) bounds.push(`>= ${field.min}`);
  if ("above" in field && field.above !== undefined) bounds.push(`> ${field.above}`);
  if (field.max !== undefined) bounds.push(`<= ${field.max}`);
  if ("below" in field && field.below !== undefined) bounds.push(`< ${field.below}`);
  return bounds.length > 0 ? ` ${bounds.join(" and ")}` : "";
}

function readField(name: string, field: Field, value: unknown): ConfigValue {
  const read = readers[field.kind](field as never, value); // cast: the table pairs each kind with its reader
  if (read === undefined)
    throw new ConfigError(name, JSON.stringify(value) ?? String(value), expectedValue(field));
  return read;
}

type Reader<F extends Field> = (field: F, value: unknown) => ConfigValue | undefined;
const readers: { readonly [K in Field["kind"]]: Reader<Extract<Field, { kind: K }>> } = {
  integer: (field, value) => {
    const read = asNumber(value);
    return read !== undefined && Number.isSafeInteger(read) && within(field, read) ? read : undefined;
  },
  number: (field, value) => {
    const read = asNumber(value);
    return read !== undefined && within(field, read) ? read : undefined;
  },
  choice: (field, value) => (field.choices.includes(value as string) ? (value as string) : undefined),
  flag: (_, value) => {
    if (typeof value === "boolean") return value;
    return value === "true" ? true : value === "false" ? false : undefined;
  },
  text: (_, value) => (typeof value === "string" ? value : undefined),
};

function asNumber(value: unknown): number | undefined {
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

function within(field: IntegerField | NumberField, value: number): boolean {
  if (field.min !== undefined && value < field.min) return false;
  if (field.max !== undefined && value > field.max) return false;
  if (field.kind === "integer") return true;
  return (
    !(field.above !== undefined && value <= field.above) &&
    !(field.below !== undefined && value >= field.below)
  );
}
