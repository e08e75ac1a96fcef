import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

/** The TypeScript examples of a README, in their order. */
export const readmeExamples = (readme: URL): readonly string[] =>
  [...readFileSync(readme, "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);

/**
 * Runs an example.
 * @param modules answer its imports, by name
 * @param names of its constants, functions and classes to return
 */
export function runExample(
  example: string,
  modules: Readonly<Record<string, object>>,
  names: readonly string[],
): Promise<Record<string, unknown>> {
  const { code } = transformSync(example, {
    loader: "ts",
    tsconfigRaw: '{ "compilerOptions": { "verbatimModuleSyntax": true } }',
  });
  const body = code.replace(/^import (\{[^}]*\}) from ("[^"]*");$/gm, "const $1 = modules[$2];");
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  return AsyncFunction("modules", `${body}\nreturn { ${names.join(", ")} };`)(modules);
}
