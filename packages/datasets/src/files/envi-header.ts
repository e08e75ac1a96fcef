import { DataError } from "@hekla/tensor/errors";

/**
 * The entries of an ENVI header, `key = value` or `key = { values, on several lines }`: keys in lower case
 * with single blanks, values without braces. Empty lines and those that start with `;` are passed over.
 *
 * @throws DataError that names the line of an entry that cannot be read, or of a key that comes twice
 */
export function enviFields(text: string, name: string): Map<string, string> {
  const refuse = (line: number, problem: string, got: string, expected: string): DataError => {
    const where = `${name}, line ${line} of the header,`;
    return new DataError(
      `readEnvi: ${where} ${problem}, got ${JSON.stringify(got.slice(0, 60))}, expected ${expected}`,
    );
  };
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  if (lines[0]!.trim() !== "ENVI") throw refuse(1, "does not start an ENVI header", lines[0]!, '"ENVI"');
  const fields = new Map<string, string>();
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at]!;
    const first = at + 1;
    if (line.trim() === "" || line.trim().startsWith(";")) continue;
    const equals = line.indexOf("=");
    const key = line.slice(0, Math.max(equals, 0)).trim().toLowerCase().replace(/\s+/g, " ");
    if (key === "") throw refuse(first, "is no entry", line, "key = value");
    let value = line.slice(equals + 1).trim();
    if (value.startsWith("{")) {
      while (!value.endsWith("}")) {
        at += 1;
        if (at === lines.length)
          throw refuse(first, "opens a brace that is not closed", line, "a } at the end of a line");
        value = `${value}\n${lines[at]!.trim()}`.trim();
      }
      value = value.slice(1, -1).trim();
    }
    if (fields.has(key)) throw refuse(first, "repeats a key", key, "different keys");
    fields.set(key, value);
  }
  return fields;
}
