import { type Language, type LibraryFunction, withNeeds } from "../languages/language.js";
import type { KernelText } from "./device.js";

const typeOf = (kind: string): "Integer" | "Number" => (kind === "i" ? "Integer" : "Number");
const letters = "abcdefgh";

/** The kinds of a function's arguments and of its result, as gpu.js wants to know them. */
const signature = ({ takes, gives }: LibraryFunction) => ({
  argumentTypes: Object.fromEntries([...takes].map((kind, at) => [letters[at]!, typeOf(kind)])),
  returnType: typeOf(gives),
});

/** The names of a function's arguments with their types; gpu.js looks for them by name in functions it reads. */
function namedSignature(entry: LibraryFunction) {
  const names = /\(([^)]*)\)/
    .exec(entry.text)![1]!
    .split(",")
    .map((name) => name.trim());
  return {
    argumentTypes: Object.fromEntries([...entry.takes].map((kind, at) => [names[at]!, typeOf(kind)])),
    returnType: typeOf(entry.gives),
  };
}

/** Settings for gpu.js to make a kernel with. */
export function kernelSettings(text: KernelText, language: Language, mode: string): object {
  const arrays = mode === "webgl2" ? "ArrayTexture(1)" : "Array";
  const types = text.argumentNames.map((_, at) =>
    text.takesNumber && at === text.argumentNames.length - 1 ? "Integer" : arrays,
  );
  const library = withNeeds(language.library, text.functions);
  const common = {
    output: [text.size],
    argumentTypes: types,
    precision: "single",
    // Loops whose ends are not literals stop after so many turns.
    loopMaxIterations: 2147483647,
    strictIntegers: true,
    dynamicArguments: false,
  };
  if (mode === "webasm") {
    const functions = [...library.values()].map((entry) => ({
      source: entry.text,
      settings: namedSignature(entry),
    }));
    return { ...common, functions };
  }
  // The text of all functions stands before the kernel; here gpu.js only learns what those are that the kernel calls.
  const nativeFunctions = text.functions.map((name) => ({
    name,
    source: " ",
    ...signature(library.get(name)!),
  }));
  const injectedNative = [...library.values()].map((entry) => entry.text).join("\n");
  const settings = { ...common, nativeFunctions, injectedNative };
  if (mode === "cpu") return settings;
  return {
    ...settings,
    pipeline: true,
    immutable: true,
    tactic: "precision",
    fixIntegerDivisionAccuracy: false,
  };
}
