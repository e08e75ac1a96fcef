import { elementFunction } from "../languages/glsl.js";
import { type Language, type LibraryFunction, withNeeds } from "../languages/language.js";
import type { KernelText } from "./device.js";

const typeOf = (kind: string): "Integer" | "Number" => (kind === "i" ? "Integer" : "Number");
const letters = "abcdefgh";

/** A function in the language of the mode, as gpu.js wants to know it. */
const native = (name: string, { takes, gives }: LibraryFunction, source: string) => ({
  name,
  source,
  argumentTypes: Object.fromEntries([...takes].map((kind, at) => [letters[at]!, typeOf(kind)])),
  returnType: typeOf(gives),
});

/**
 * The names of a function's arguments with their types; gpu.js looks for them by name in functions it reads.
 */
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
    output: [...text.shape],
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
  // The text of all functions stands before the kernel; here gpu.js only learns what those are that the
  // kernel calls.
  const nativeFunctions = text.functions.map((name) => native(name, library.get(name)!, " "));
  const injectedNative = [...library.values()].map((entry) => entry.text).join("\n");
  const settings = { ...common, nativeFunctions, injectedNative };
  if (mode === "cpu") return settings;
  // These stand behind the declarations of the textures that they read.
  const elements = text.argumentWidths.map((width, at) => {
    const name = text.argumentNames[at]!;
    const entry = elementFunction(name, width);
    return native(`${name}At`, entry, entry.text);
  });
  return {
    ...settings,
    nativeFunctions: [...nativeFunctions, ...elements],
    pipeline: true,
    immutable: true,
    tactic: "precision",
    fixIntegerDivisionAccuracy: false,
  };
}
