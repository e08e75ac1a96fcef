// Data without tensors: what a worker that only draws digits bundles.
export { syntheticDigits } from "@hekla/datasets";
