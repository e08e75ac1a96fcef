import { DataError } from "@hekla/tensor";

/** Settings as plain JSON. */
export type Config = Readonly<Record<string, unknown>>;

/** A regularizer, constraint or the like as saved files keep it. */
export interface ObjectConfig {
  readonly className: string;
  readonly config: Config;
}

/** Something that layers are given by name, by config or as it is. */
export interface Configurable {
  readonly className: string;
  getConfig(): Config;
}

/** Makers by class name. */
export type Makers<T> = Readonly<Record<string, (config: never) => T>>;

/** One of these names, which editors offer; other strings are looked at when the program runs. */
export type NameOf<Names extends string> = Names | (string & {});

/** What options take: a name such as "l2", an object, or the config of one. */
export type Like<T, Names extends string = string> = NameOf<Names> | T | ObjectConfig;

/**
 * The object meant: names are class names that may begin with a small letter.
 * @throws DataError for a name that is none
 */
export function resolveObject<T extends Configurable>(
  kind: string,
  like: Like<T> | null | undefined,
  makers: Makers<T>,
): T | undefined {
  if (like === undefined || like === null) return undefined;
  if (typeof like === "object" && "getConfig" in like) return like;
  const className = typeof like === "string" ? like : like.className;
  const known = Object.keys(makers);
  const name = known.find((key) => key.toLowerCase() === String(className).toLowerCase());
  if (name === undefined) {
    const names = known.map((key) => key.charAt(0).toLowerCase() + key.slice(1)).join(", ");
    const got = JSON.stringify(className ?? like);
    throw new DataError(`${kind}: unknown name, got ${got}, expected one of ${names}`);
  }
  return makers[name]!((typeof like === "string" ? {} : like.config) as never);
}

/** The object as saved files keep it. */
export const objectConfig = (object: Configurable): ObjectConfig => ({
  className: object.className,
  config: object.getConfig(),
});
