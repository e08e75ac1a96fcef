export { Activation } from "./activation.js";
