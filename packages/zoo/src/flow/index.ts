export type { AdvectionScheme } from "./advection.js";
export {
  type FlowChannel,
  type FlowData,
  type FlowDataOptions,
  flowChannels,
  flowData,
  writeFlowFrame,
} from "./flow-data.js";
export type { FlowGrid } from "./flow-grid.js";
export { FlowSolver, type FlowSolverOptions } from "./flow-solver.js";
export { type FlowScene, type RandomFlowOptions, randomFlow } from "./random-flow.js";
