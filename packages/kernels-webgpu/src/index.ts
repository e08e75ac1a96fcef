// Reserved for the WebGPU backend; see the README of this package.
export {};
