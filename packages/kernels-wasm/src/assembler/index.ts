export type { ValueType } from "./encoding.js";
export { FunctionBuilder, type Int, type Label, type Local } from "./function-builder.js";
export { type Features, type MemoryImport, ModuleBuilder } from "./module-builder.js";
export { moduleText } from "./module-text.js";
export type { LaneOpcode, MemoryLaneOpcode, MemoryOpcode, PlainOpcode } from "./opcodes.js";
