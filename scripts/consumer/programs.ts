// Programs that a strict TypeScript user would write, one after the other, on the backend that users choose.
import { wasm } from "@hekla/kernels-wasm";
import { useBackend } from "@hekla/tensor";
import { dataAndCallbacks } from "./data-and-callbacks.js";
import { functionalModels } from "./functional-models.js";
import { modelFiles } from "./model-files.js";
import { ownClasses } from "./own-classes.js";
import { settingsAndSubclasses } from "./settings-and-subclasses.js";
import { trainingOptions } from "./training-options.js";

await useBackend(wasm({ threads: 1 }));
await functionalModels();
await ownClasses();
await trainingOptions();
await settingsAndSubclasses();
await dataAndCallbacks();
await modelFiles();
