// The numbers of WebGPU's GPUBufferUsage and GPUMapMode; Node has no such globals. Source: WebGPU, sections 5.1, 5.2.
export const mapRead = 0x0001;
export const copySource = 0x0004;
export const copyTarget = 0x0008;
export const uniform = 0x0040;
export const storage = 0x0080;
export const queryResolve = 0x0200;
/** GPUMapMode.READ */
export const readMode = 0x0001;
