// An entry of its own: bundlers put the files of weights beside any app that has this code, whether it is used or not.
export { type PretrainedId, type PretrainedOptions, pretrained } from "./digits/pretrained.js";
