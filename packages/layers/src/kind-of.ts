/** What a value of no known use is, for errors: "null", "a list", "a number", the name of its class. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  return (Object.getPrototypeOf(value) as object | null)?.constructor.name ?? "an object";
}
