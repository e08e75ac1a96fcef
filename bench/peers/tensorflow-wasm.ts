import { serve } from "../src/child.js";
import { tensorflow } from "./tensorflow.js";

await serve(() => tensorflow("wasm"));
