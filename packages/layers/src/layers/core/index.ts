export { Dense } from "./dense.js";
export { Input, type InputOptions, input } from "./input.js";
