import { start } from "../src/measures/startup-child.js";
import { type TensorFlowBackend, tensorflow } from "./tensorflow.js";

await start(() => tensorflow(process.argv[2] as TensorFlowBackend));
