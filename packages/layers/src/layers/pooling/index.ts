export * from "./global-pooling.js";
export * from "./pooling.js";
