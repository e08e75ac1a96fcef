/** Keys of configs that are not each other's camelCase and snake_case. */
const ownToKeras: Readonly<Record<string, string>> = {
  beta1: "beta_1",
  beta2: "beta_2",
  beta2Decay: "beta_2_decay",
  epsilon1: "epsilon_1",
  epsilon2: "epsilon_2",
  clipNorm: "clipnorm",
  clipValue: "clipvalue",
  globalClipNorm: "global_clipnorm",
};

const kerasToOwn = new Map(Object.entries(ownToKeras).map(([own, keras]) => [keras, own]));

const snake = (text: string): string => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (text: string): string =>
  text.replace(/(?<=.)_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `kernelSize` -> `kernel_size`, as Keras's configs name it. */
export const kerasKey = (key: string): string =>
  Object.hasOwn(ownToKeras, key) ? ownToKeras[key]! : snake(key);

/** `kernel_size` -> `kernelSize`. */
export const ownKey = (key: string): string => kerasToOwn.get(key) ?? camel(key);

/** Keys, of Keras, whose texts are names out of a list: `channels_last`, `hard_sigmoid`. */
const named = new Set([
  "activation",
  "recurrent_activation",
  "data_format",
  "mode",
  "distribution",
  "output_mode",
  "standardize",
  "split",
  "fill_mode",
  "score_mode",
  "merge_mode",
]);

const isNamed = (key: string): boolean =>
  named.has(key) || /_(initializer|regularizer|constraint)$/.test(key);

/** A text of a config in this project's spelling; `key` is Keras's. */
export const ownText = (key: string, text: string): string => (isNamed(key) ? camel(text) : text);

/** The same for Keras. */
export const kerasText = (key: string, text: string): string => (isNamed(key) ? snake(text) : text);

/** Whether the values of this key, of Keras, are layers. */
export const holdsLayers = (key: string): boolean =>
  ["layer", "backward_layer", "cell", "cells"].includes(key);
