var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res) => function __init() {
  return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
};
var __export = (target, all2) => {
  for (var name in all2)
    __defProp(target, name, { get: all2[name], enumerable: true });
};

// packages/tensor/src/half.ts
function roundToHalf(x) {
  const magnitude = Math.abs(x);
  if (!(magnitude < 65520)) return x * Number.POSITIVE_INFINITY;
  const step = 2 ** (exponentOf(magnitude) - 10);
  return Math.sign(1 / x) * (magnitude / step + 2 ** 52 - 2 ** 52) * step;
}
function halfBits(x) {
  const value = roundToHalf(x);
  const magnitude = Math.abs(value);
  const exponent = exponentOf(magnitude);
  const bits2 = magnitude <= largestHalf ? (exponent + 14) * 1024 + magnitude * 2 ** (10 - exponent) : magnitude > 0 ? 31744 : 32256;
  return (value || 1 / value) < 0 ? bits2 + 32768 : bits2;
}
function halfValue(bits2) {
  const exponent = bits2 >> 10 & 31;
  const mantissa = bits2 & 1023;
  const magnitude = exponent < 31 ? (mantissa + (exponent > 0 ? 1024 : 0)) * 2 ** (Math.max(exponent, 1) - 25) : mantissa > 0 ? Number.NaN : Number.POSITIVE_INFINITY;
  return bits2 & 32768 ? -magnitude : magnitude;
}
var largestHalf, exponentOf, toHalf, fromHalf;
var init_half = __esm({
  "packages/tensor/src/half.ts"() {
    "use strict";
    largestHalf = 65504;
    exponentOf = (magnitude) => Math.max(Math.floor(Math.log2(magnitude)), -14);
    toHalf = (values2) => Uint16Array.from(values2, halfBits);
    fromHalf = (bits2) => Float32Array.from(bits2, halfValue);
  }
});

// packages/tensor/src/dtype.ts
function storageArray(dtype, size) {
  if (dtype === "float32") return new Float32Array(size);
  if (dtype === "float16") return new Uint16Array(size);
  return dtype === "float64" ? new Float64Array(size) : new Int32Array(size);
}
function toStorage(dtype, data) {
  if (dtype === "float32") return data instanceof Float32Array ? data : new Float32Array(data);
  if (dtype === "float64") return data instanceof Float64Array ? data : new Float64Array(data);
  if (dtype === "int32") return data instanceof Int32Array ? data : new Int32Array(data);
  if (dtype === "float16") return toHalf(data);
  return Int32Array.from(data, (value) => value ? 1 : 0);
}
function fromStorage(dtype, data) {
  if (data instanceof Uint16Array) return fromHalf(data);
  return dtype === "bool" ? Uint8Array.from(data) : data;
}
function dtypeOf(data) {
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  return "float32";
}
var rank, isFloat, bytesPerElement, promote;
var init_dtype = __esm({
  "packages/tensor/src/dtype.ts"() {
    "use strict";
    init_half();
    rank = { bool: 0, int32: 1, float16: 2, float32: 3, float64: 4 };
    isFloat = (dtype) => rank[dtype] > 1;
    bytesPerElement = (dtype) => dtype === "float64" ? 8 : dtype === "float16" ? 2 : 4;
    promote = (a, b) => rank[a] >= rank[b] ? a : b;
  }
});

// packages/tensor/src/environment.ts
function variable(name) {
  return globalThis.process?.env?.[name];
}
function debugLog(text2) {
  globalThis.console?.error(text2);
}
var isOn, debugLevel;
var init_environment = __esm({
  "packages/tensor/src/environment.ts"() {
    "use strict";
    isOn = (name) => variable(`HEKLA_${name}`) !== "0";
    debugLevel = () => Number(variable("HEKLA_DEBUG") ?? 0) || 0;
  }
});

// packages/tensor/src/errors.ts
var HeklaError, ShapeError, DtypeError, DeviceError, DataError, ReleasedError;
var init_errors = __esm({
  "packages/tensor/src/errors.ts"() {
    "use strict";
    HeklaError = class extends Error {
      name = "HeklaError";
    };
    ShapeError = class extends HeklaError {
      name = "ShapeError";
    };
    DtypeError = class extends HeklaError {
      name = "DtypeError";
    };
    DeviceError = class extends HeklaError {
      name = "DeviceError";
    };
    DataError = class extends HeklaError {
      name = "DataError";
    };
    ReleasedError = class extends HeklaError {
      name = "ReleasedError";
    };
  }
});

// packages/tensor/src/planner/describe.ts
function describeProgram(program) {
  const lines = program.instructions.map((instruction, line) => {
    const { op, dtype } = instruction;
    if (op === "input") return `%${line} = input ${dtype} #${instruction.index}`;
    if (op === "constant") return `%${line} = constant ${dtype} ${instruction.value}`;
    if (op === "coordinate") return `%${line} = coordinate ${instruction.axis}`;
    return `%${line} = ${op} ${dtype} ${instruction.args.map((arg) => `%${arg}`).join(" ")}`;
  });
  return [...lines, `-> ${program.results.map((line) => `%${line}`).join(" ")}`].join("\n");
}
function stepName(step) {
  const fused = ({ instructions }) => {
    const ops = instructions.map(({ op }) => op).filter((op) => !/^(input|constant)$/.test(op));
    if (ops.length === 0) return "copy";
    return ops.length > 24 ? `${ops.slice(0, 3).join("+")}+...${ops.at(-1)} (${ops.length} ops)` : ops.join("+");
  };
  if (step.kind === "elementwise") return fused(step.program);
  if (step.kind === "reduce") {
    const inner = fused(step.program);
    const several = step.outputs.length > 1 ? `${step.outputs.length} x ` : "";
    return `${several}${step.reduction} ${step.axes.join(",")}${inner === "copy" ? "" : ` of ${inner}`}`;
  }
  return step.routine.name + (step.epilogue ? ` then ${fused(step.epilogue.program)}` : "");
}
function describePlan(plan, options = {}) {
  const head = `plan: ${plan.steps.length} steps, ${plan.inputs.length} inputs, arena ${plan.arenaBytes} bytes`;
  const lines = plan.steps.map((step) => {
    const operands = step.kind === "routine" && step.epilogue ? [...step.operands, ...step.epilogue.operands] : step.operands;
    const outputs = step.kind === "routine" ? [step.output ?? [], step.epilogue?.outputs ?? []].flat() : step.outputs;
    const shape = step.kind === "routine" ? "" : formatShape(step.shape);
    const text2 = `  ${stepName(step)}${shape} (${operands.map(describeOperand).join(", ")}) -> ${outputs.map((output) => `b${output}`).join(", ")}${step.label ? `  # ${step.label}` : ""}`;
    const program = step.kind === "routine" ? step.epilogue?.program : step.program;
    return options.programs && program ? `${text2}
${describeProgram(program).replace(/^/gm, "      ")}` : text2;
  });
  return [head, ...lines].join("\n");
}
var formatShape, describeOperand;
var init_describe = __esm({
  "packages/tensor/src/planner/describe.ts"() {
    "use strict";
    formatShape = (shape) => `[${shape.join(",")}]`;
    describeOperand = (operand) => operand ? `b${operand.buffer}${formatShape(operand.view.shape)}` + (operand.view.strides.some((stride) => stride <= 0) || operand.view.offset ? `@${operand.view.offset}(${operand.view.strides.join(",")})` : "") : "result";
  }
});

// packages/tensor/src/debug-texts.ts
var debug_texts_exports = {};
__export(debug_texts_exports, {
  graphText: () => graphText,
  planText: () => planText
});
var planText, graphText;
var init_debug_texts = __esm({
  "packages/tensor/src/debug-texts.ts"() {
    "use strict";
    init_describe();
    planText = (plan, level) => describePlan(plan, { programs: level >= 3 });
    graphText = (graph) => graph.nodes.map(
      (node, position) => `%${position} = ${JSON.stringify(node.operation)} (${node.inputs.map((i) => `%${i}`).join(", ")}) ${node.dtype}[${node.shape.join(",")}] ${node.label}`
    ).join("\n");
  }
});

// packages/tensor/src/debug.ts
async function debugTexts() {
  texts ??= await Promise.resolve().then(() => (init_debug_texts(), debug_texts_exports));
  return texts;
}
async function debug(least, text2) {
  const level = debugLevel();
  if (level >= least) debugLog(text2(texts ?? await debugTexts(), level));
}
var texts;
var init_debug = __esm({
  "packages/tensor/src/debug.ts"() {
    "use strict";
    init_environment();
  }
});

// packages/tensor/src/shape.ts
function rowMajorStrides(shape) {
  const strides = new Array(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}
function broadcastShapes(op, shapes2) {
  const rank2 = Math.max(...shapes2.map((shape) => shape.length));
  const result = new Array(rank2).fill(1);
  for (const shape of shapes2) {
    const lead = rank2 - shape.length;
    shape.forEach((size, axis) => {
      const current = result[lead + axis];
      if (size === current || size === 1) return;
      if (current !== 1) {
        throw new ShapeError(
          `${op}: shapes do not broadcast, got ${formatShapes(shapes2)}, expected sizes that are equal or 1 on every axis counted from the right`
        );
      }
      result[lead + axis] = size;
    });
  }
  return result;
}
function normalizeAxis(op, axis, rank2) {
  const normalized2 = axis < 0 ? axis + rank2 : axis;
  if (!Number.isInteger(axis) || normalized2 < 0 || normalized2 >= rank2) {
    throw new ShapeError(`${op}: got axis ${axis}, expected an integer from ${-rank2} to ${rank2 - 1}`);
  }
  return normalized2;
}
function normalizeAxes(op, axes, rank2) {
  if (axes === void 0) return Array.from({ length: rank2 }, (_, axis) => axis);
  const list3 = (typeof axes === "number" ? [axes] : axes).map((axis) => normalizeAxis(op, axis, rank2));
  const distinct5 = [...new Set(list3)].sort((a, b) => a - b);
  if (distinct5.length !== list3.length) {
    throw new ShapeError(`${op}: got axes ${formatShape2(list3)}, expected each axis once`);
  }
  return distinct5;
}
function checkShape(op, shape) {
  if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new ShapeError(`${op}: got shape ${formatShape2(shape)}, expected non-negative integers`);
  }
}
var sizeOf, sameShape, formatShape2, formatShapes;
var init_shape = __esm({
  "packages/tensor/src/shape.ts"() {
    "use strict";
    init_errors();
    sizeOf = (shape) => shape.reduce((product4, size) => product4 * size, 1);
    sameShape = (a, b) => a.length === b.length && a.every((size, axis) => size === b[axis]);
    formatShape2 = (shape) => `[${shape.join(",")}]`;
    formatShapes = (shapes2) => shapes2.map(formatShape2).join(", ");
  }
});

// packages/tensor/src/node.ts
function checkAlive(node) {
  if (node.released) throw new ReleasedError("tensor: it was disposed, got a use after that");
  if (!node.source && (!node.recording || node.recording.ended)) {
    throw new ReleasedError(
      `tensor ${formatShape2(node.shape)}: its scope has ended, expected it to be returned from the scope`
    );
  }
}
var nextId, Node;
var init_node = __esm({
  "packages/tensor/src/node.ts"() {
    "use strict";
    init_errors();
    init_shape();
    nextId = 0;
    Node = class {
      constructor(operation, inputs, shape, dtype, recording, label, gradient, sources = inputs) {
        this.operation = operation;
        this.inputs = inputs;
        this.shape = shape;
        this.dtype = dtype;
        this.recording = recording;
        this.label = label;
        this.gradient = gradient;
        this.sources = sources;
      }
      operation;
      inputs;
      shape;
      dtype;
      recording;
      label;
      gradient;
      sources;
      id = nextId++;
      /** Set when the values exist (or will be bound at run time); such a node is a leaf whatever it was before. */
      source;
      released = false;
      /** Binds the computed values and forgets how they came about. */
      settle(slot, owner) {
        this.source = { kind: "slot", slot, owner };
        this.operation = { kind: "leaf" };
        this.inputs = [];
        this.sources = [];
        this.gradient = void 0;
        this.recording = void 0;
      }
    };
  }
});

// packages/tensor/src/graph.ts
function topologicalOrder(roots) {
  const seen = /* @__PURE__ */ new Set();
  const order2 = [];
  const stack2 = [...roots];
  while (stack2.length > 0) {
    const node = stack2.pop();
    if (seen.has(node)) continue;
    seen.add(node);
    checkAlive(node);
    order2.push(node);
    if (!node.source) stack2.push(...node.inputs);
  }
  return order2.sort((a, b) => a.id - b.id);
}
function buildGraph(roots, assignments, pinned) {
  const nodes = [];
  const leaves = [];
  const persistent = [];
  const keys = [];
  const byKey = /* @__PURE__ */ new Map();
  const positions2 = /* @__PURE__ */ new Map();
  const byVariable = /* @__PURE__ */ new Map();
  const addLeaf = (node, source) => {
    const known = source.kind === "variable" ? byVariable.get(source.variable) : void 0;
    if (known !== void 0) return known;
    const leaf = leaves.push(source) - 1;
    const stays = source.kind === "variable" || pinned && source.kind === "slot";
    if (stays) persistent.push(leaf);
    keys.push(`leaf${stays ? "*" : ""}|${node.dtype}|${node.shape.join(",")}`);
    const { shape, dtype } = node;
    const position = nodes.push({ operation: { kind: "leaf" }, inputs: [], shape, dtype, label: node.label, leaf }) - 1;
    if (source.kind === "variable") byVariable.set(source.variable, position);
    return position;
  };
  for (const node of topologicalOrder([...roots, ...assignments.values()])) {
    if (node.source) {
      positions2.set(node, addLeaf(node, node.source));
      continue;
    }
    const inputs = node.inputs.map((input) => positions2.get(input));
    const { shape, dtype, label } = node;
    const key2 = `${operationKey(node.operation)}|${inputs.join(",")}|${dtype}|${shape.join(",")}`;
    let position = byKey.get(key2);
    if (position === void 0) {
      position = nodes.push({ operation: node.operation, inputs, shape, dtype, label, leaf: -1 }) - 1;
      keys.push(key2);
      byKey.set(key2, position);
    }
    positions2.set(node, position);
  }
  const assigned = [...assignments].map(([variable2, node]) => {
    const target = byVariable.get(variable2) ?? addLeaf(variable2.leaf, { kind: "variable", variable: variable2 });
    return { leaf: nodes[target].leaf, node: positions2.get(node) };
  });
  const outputs = roots.map((root) => positions2.get(root));
  if (outputs.some((output) => output === void 0))
    throw new HeklaError("graph: an output was not recorded");
  const key = `${keys.join(";")}>${outputs.join(",")}>${assigned.map((a) => `${a.leaf}=${a.node}`).join(",")}`;
  return { nodes, leaves, persistent, outputs, assignments: assigned, key };
}
var operationKey;
var init_graph = __esm({
  "packages/tensor/src/graph.ts"() {
    "use strict";
    init_errors();
    init_node();
    operationKey = (operation) => JSON.stringify(
      operation,
      (_, value) => typeof value === "number" && !Number.isFinite(value) ? String(value) : Object.is(value, -0) ? "-0" : value
    );
  }
});

// packages/tensor/src/view.ts
function isContiguous(view2) {
  if (sizeOf(view2.shape) <= 1) return true;
  const expected = rowMajorStrides(view2.shape);
  return view2.shape.every((size, axis) => size === 1 || view2.strides[axis] === expected[axis]);
}
function transposeView(view2, permutation) {
  return {
    shape: permutation.map((axis) => view2.shape[axis]),
    strides: permutation.map((axis) => view2.strides[axis]),
    offset: view2.offset
  };
}
function sliceView(view2, start, step, shape) {
  const offset = view2.strides.reduce((sum3, stride, axis) => sum3 + stride * start[axis], view2.offset);
  return { shape, strides: view2.strides.map((stride, axis) => stride * step[axis]), offset };
}
function broadcastView(view2, shape) {
  const lead = shape.length - view2.shape.length;
  const strides = shape.map((_, axis) => {
    const source = axis - lead;
    return source < 0 || view2.shape[source] === 1 ? 0 : view2.strides[source];
  });
  return { shape, strides, offset: view2.offset };
}
function reshapeView(view2, shape) {
  if (sizeOf(shape) === 0) return { shape, strides: rowMajorStrides(shape), offset: view2.offset };
  const strides = new Array(shape.length).fill(0);
  const old = view2.shape.map((size, axis2) => ({ size, stride: view2.strides[axis2] })).filter((a) => a.size !== 1);
  let at = 0;
  let axis = 0;
  while (axis < shape.length) {
    if (shape[axis] === 1) {
      axis++;
      continue;
    }
    let have = old[at].size;
    let want = shape[axis];
    at++;
    const firstNew = axis++;
    while (have !== want) {
      if (have < want) {
        const previous = old[at - 1];
        const next = old[at++];
        if (previous.stride !== next.stride * next.size) return void 0;
        have *= next.size;
      } else {
        want *= shape[axis++];
      }
    }
    let stride = old[at - 1].stride;
    for (let k = axis - 1; k >= firstNew; k--) {
      strides[k] = stride;
      stride *= shape[k];
    }
  }
  return { shape, strides, offset: view2.offset };
}
function collapseViews(views2) {
  const shape = [];
  const strides = views2.map(() => []);
  const full2 = views2[0]?.shape ?? [];
  full2.forEach((size, axis) => {
    if (size === 1) return;
    const last = shape.length - 1;
    const joins = last >= 0 && views2.every((view2, k) => strides[k][last] === view2.strides[axis] * size);
    if (joins) {
      shape[last] = shape[last] * size;
      for (const [k, view2] of views2.entries()) strides[k][last] = view2.strides[axis];
    } else {
      shape.push(size);
      for (const [k, view2] of views2.entries()) strides[k].push(view2.strides[axis]);
    }
  });
  return { shape, strides };
}
var identityView, isWhole;
var init_view = __esm({
  "packages/tensor/src/view.ts"() {
    "use strict";
    init_shape();
    identityView = (shape) => ({ shape, strides: rowMajorStrides(shape), offset: 0 });
    isWhole = (view2, size) => view2.offset === 0 && sizeOf(view2.shape) === size && isContiguous(view2);
  }
});

// packages/tensor/src/plan.ts
var arenaAlignment;
var init_plan = __esm({
  "packages/tensor/src/plan.ts"() {
    "use strict";
    arenaAlignment = 256;
  }
});

// packages/tensor/src/planner/arena.ts
function reusable(step, index, output, buffers, lastRead, taken) {
  if (step.kind !== "elementwise") return void 0;
  const bytes = (buffer) => buffers[buffer].size * bytesPerElement(buffers[buffer].dtype);
  const candidate = step.operands.find(
    ({ buffer, view: view2 }) => buffers[buffer].kind === "temporary" && lastRead[buffer] === index && !taken.has(buffer) && bytes(buffer) === bytes(output) && isWhole(view2, buffers[buffer].size) && step.operands.every((other) => other.buffer !== buffer || isWhole(other.view, buffers[buffer].size))
  );
  return candidate?.buffer;
}
function arrange(buffers, steps, share) {
  const lastRead = buffers.map(() => -1);
  steps.forEach((step, index) => {
    for (const { buffer } of operandsOf(step)) lastRead[buffer] = index;
  });
  const lifetimes = [];
  const lifetimeOf = /* @__PURE__ */ new Map();
  steps.forEach((step, index) => {
    const taken = /* @__PURE__ */ new Set();
    for (const output of outputsOf(step)) {
      if (buffers[output].kind === "input" || lifetimeOf.has(output)) continue;
      const last = buffers[output].kind === "output" ? steps.length : Math.max(lastRead[output], index);
      const source = share ? reusable(step, index, output, buffers, lastRead, taken) : void 0;
      if (source !== void 0) {
        taken.add(source);
        const lifetime2 = lifetimeOf.get(source);
        lifetime2.buffers.push(output);
        lifetime2.last = last;
        lifetimeOf.set(output, lifetime2);
        continue;
      }
      const unaligned = buffers[output].size * bytesPerElement(buffers[output].dtype);
      const bytes = Math.ceil(unaligned / arenaAlignment) * arenaAlignment;
      const lifetime = { buffers: [output], bytes, first: index, last };
      lifetimes.push(lifetime);
      lifetimeOf.set(output, lifetime);
    }
  });
  const offsets = /* @__PURE__ */ new Map();
  const placed2 = [];
  let arenaBytes = 0;
  for (const lifetime of [...lifetimes].sort((a, b) => b.bytes - a.bytes || a.first - b.first)) {
    let offset = 0;
    for (const other of placed2) {
      if (share && (other.first > lifetime.last || lifetime.first > other.last)) continue;
      if (offset + lifetime.bytes <= other.offset) break;
      offset = Math.max(offset, other.offset + other.bytes);
    }
    const after = placed2.findIndex((other) => other.offset > offset);
    placed2.splice(after < 0 ? placed2.length : after, 0, { ...lifetime, offset });
    for (const buffer of lifetime.buffers) offsets.set(buffer, offset);
    arenaBytes = Math.max(arenaBytes, offset + lifetime.bytes);
  }
  return {
    buffers: buffers.map(({ kind, dtype, size }, index) => ({
      kind,
      dtype,
      size,
      arenaOffset: kind === "input" ? -1 : offsets.get(index) ?? 0
    })),
    arenaBytes
  };
}
var outputsOf, operandsOf;
var init_arena = __esm({
  "packages/tensor/src/planner/arena.ts"() {
    "use strict";
    init_dtype();
    init_plan();
    init_view();
    outputsOf = (step) => {
      if (step.kind !== "routine") return step.outputs;
      return [...step.output === void 0 ? [] : [step.output], ...step.epilogue?.outputs ?? []];
    };
    operandsOf = (step) => {
      if (step.kind !== "routine" || !step.epilogue) return step.operands;
      return [...step.operands, ...step.epilogue.operands.filter((operand) => operand !== void 0)];
    };
  }
});

// packages/tensor/src/planner/fold-constants.ts
function foldConstants(graph) {
  const values2 = [];
  const nodes = graph.nodes.map((node) => {
    const { operation, inputs, dtype } = node;
    const [a, b = 0] = inputs.map((input) => values2[input]);
    let value;
    if (operation.kind === "constant") value = operation.value;
    else if (["reshape", "transpose", "slice", "broadcast"].includes(operation.kind)) value = a;
    else if (operation.kind === "scalar" && isFloat(dtype) && a !== void 0 && b !== void 0) {
      const exact8 = operation.op === "negative" || isSingle(a) && isSingle(b);
      if (exact8 && inputs.every((input) => values2[input] !== void 0)) value = folds[operation.op]?.(a, b);
      if (dtype === "float16" && value !== void 0) value = roundToHalf(value);
      values2.push(value);
      return value === void 0 ? node : { ...node, operation: { kind: "constant", value }, inputs: [] };
    }
    values2.push(value);
    return node;
  });
  return { ...graph, nodes };
}
var folds, isSingle;
var init_fold_constants = __esm({
  "packages/tensor/src/planner/fold-constants.ts"() {
    "use strict";
    init_dtype();
    init_half();
    folds = {
      add: (a, b) => a + b,
      subtract: (a, b) => a - b,
      multiply: (a, b) => a * b,
      divide: (a, b) => a / b,
      negative: (a) => -a
    };
    isSingle = (value) => Object.is(Math.fround(value), value);
  }
});

// packages/tensor/src/planner/order.ts
function writeInPlace(grouping) {
  const inPlace = /* @__PURE__ */ new Map();
  const positionOf = new Map(
    grouping.nodes.flatMap(({ operation, leaf }, at) => operation.kind === "leaf" ? [[leaf, at]] : [])
  );
  for (const { leaf, node } of grouping.graph.assignments) {
    const { base } = grouping.places[node];
    const writer = grouping.unitOf(base);
    const isElementwise = grouping.units[writer].kind === "expression";
    const position = positionOf.get(leaf);
    const readers = position === void 0 ? [] : grouping.readersOf(position);
    const others = new Set(
      readers.map((reader) => grouping.unitOf(reader)).filter((unit2) => unit2 !== writer)
    );
    const wholeReads = readers.every(
      (reader) => grouping.unitOf(reader) !== writer || grouping.nodes[reader].inputs.every((input) => {
        const place2 = grouping.places[input];
        if (grouping.nodes[place2.base].leaf !== leaf) return true;
        const size = sizeOf(grouping.nodes[place2.base].shape);
        return isWhole(place2.view, size) && sizeOf(grouping.units[writer].shape) === size;
      })
    );
    const free = !grouping.dependsOn(others, writer);
    if (!wholeReads || !free || !(isElementwise || others.size === readers.length)) continue;
    if (!isElementwise && readers.some((reader) => grouping.unitOf(reader) === writer)) continue;
    inPlace.set(base, leaf);
    for (const other of others) grouping.units[writer].before.add(other);
  }
  return inPlace;
}
function orderUnits(grouping) {
  const inPlace = writeInPlace(grouping);
  const live = grouping.live();
  const last = (unit2) => Math.max(...unit2.cores, ...unit2.members);
  const pending = /* @__PURE__ */ new Map();
  const followers = /* @__PURE__ */ new Map();
  for (const unit2 of live) {
    const before3 = new Set([...unit2.before].map((id) => grouping.find(id)).filter((id) => id !== unit2.id));
    pending.set(unit2.id, before3);
    for (const id of before3) {
      const known = followers.get(id);
      if (known) known.push(unit2);
      else followers.set(id, [unit2]);
    }
  }
  const rank2 = new Map([...live].sort((a, b) => last(a) - last(b)).map((unit2, index) => [unit2.id, index]));
  const ready = live.filter((unit2) => pending.get(unit2.id).size === 0);
  const order2 = [];
  while (ready.length > 0) {
    let best = 0;
    for (let i = 1; i < ready.length; i++) {
      if (rank2.get(ready[i].id) < rank2.get(ready[best].id)) best = i;
    }
    const [unit2] = ready.splice(best, 1);
    order2.push(unit2);
    for (const follower of followers.get(unit2.id) ?? []) {
      const before3 = pending.get(follower.id);
      before3.delete(unit2.id);
      if (before3.size === 0) ready.push(follower);
    }
  }
  if (order2.length !== live.length) throw new Error("planner: the units wait for each other in a circle");
  return { order: order2, inPlace };
}
var init_order = __esm({
  "packages/tensor/src/planner/order.ts"() {
    "use strict";
    init_shape();
    init_view();
  }
});

// packages/tensor/src/planner/places.ts
function placesOf(nodes) {
  const places = [];
  nodes.forEach((node, position) => {
    const { operation, shape } = node;
    const source = node.inputs.length > 0 ? places[node.inputs[0]] : void 0;
    let view2;
    if (operation.kind === "reshape") view2 = reshapeView(source.view, shape);
    else if (operation.kind === "transpose") view2 = transposeView(source.view, operation.permutation);
    else if (operation.kind === "slice")
      view2 = sliceView(source.view, operation.start, operation.step, shape);
    else if (operation.kind === "broadcast") view2 = broadcastView(source.view, shape);
    if (view2) {
      places.push({ base: source.base, view: view2 });
      return;
    }
    if (operation.kind === "reshape") {
      nodes[position] = { ...node, operation: { kind: "copy" }, shape: nodes[node.inputs[0]].shape };
    }
    places.push({ base: position, view: identityView(shape) });
  });
  return places;
}
var init_places = __esm({
  "packages/tensor/src/planner/places.ts"() {
    "use strict";
    init_view();
  }
});

// packages/tensor/src/planner/recompute.ts
function readsOf(grouping, unit2) {
  const reads = /* @__PURE__ */ new Map();
  for (const position of [...unit2.members, ...unit2.cores]) {
    for (const input of grouping.nodes[position].inputs) addRead(grouping, reads, input, unit2);
  }
  return reads;
}
function addRead(grouping, reads, input, unit2) {
  const { base, view: view2 } = grouping.places[input];
  if (grouping.nodes[base].operation.kind === "constant") return;
  if (unit2 && grouping.unitOf(base) === unit2.id) return;
  reads.set(`${base}|${view2.shape}|${view2.strides}|${view2.offset}`, reached(view2));
}
function traffic(grouping) {
  const written = (unit2) => [
    ...unit2.members.filter((member) => grouping.isStored(member)),
    ...unit2.kind === "routine" && unit2.members.length > 0 ? [] : unit2.cores
  ].reduce((sum3, node) => sum3 + sizeOf(grouping.nodes[node].shape), 0);
  return grouping.live().reduce((sum3, unit2) => sum3 + total(readsOf(grouping, unit2)) + written(unit2), 0);
}
function recompute(grouping) {
  const { found } = new Search(grouping);
  if (found.size === 0) return void 0;
  const { graph, places } = grouping;
  const nodes = [];
  const moved2 = [];
  const copies = /* @__PURE__ */ new Map();
  graph.nodes.forEach((node, position) => {
    const unit2 = grouping.unitOf(position);
    const inputs = node.inputs.map((input) => {
      const { base } = places[input];
      const recipe = places[position].base === position ? found.get(base) : void 0;
      if (!recipe || unit2 === void 0 || grouping.unitOf(base) === unit2) return moved2[input];
      const own2 = copies.get(unit2) ?? /* @__PURE__ */ new Map();
      copies.set(unit2, own2);
      for (const source of recipe.nodes) {
        if (own2.has(source)) continue;
        const copied2 = graph.nodes[source];
        const from = copied2.inputs.map((i) => own2.get(places[i].base) ?? moved2[i]);
        own2.set(source, nodes.push({ ...copied2, inputs: from, late: true }) - 1);
      }
      return own2.get(base);
    });
    moved2.push(nodes.push({ ...node, inputs }) - 1);
  });
  return withoutUnused({
    ...graph,
    nodes,
    outputs: graph.outputs.map((output) => moved2[output]),
    assignments: graph.assignments.map(({ leaf, node }) => ({ leaf, node: moved2[node] }))
  });
}
function withoutUnused(graph) {
  const used2 = /* @__PURE__ */ new Set([...graph.outputs, ...graph.assignments.map(({ node }) => node)]);
  for (let position = graph.nodes.length - 1; position >= 0; position--) {
    const { operation, inputs } = graph.nodes[position];
    if (operation.kind === "leaf") used2.add(position);
    if (used2.has(position)) for (const input of inputs) used2.add(input);
  }
  const moved2 = [];
  const nodes = [];
  graph.nodes.forEach((node, position) => {
    if (!used2.has(position)) return;
    moved2[position] = nodes.push({ ...node, inputs: node.inputs.map((input) => moved2[input]) }) - 1;
  });
  return {
    ...graph,
    nodes,
    outputs: graph.outputs.map((output) => moved2[output]),
    assignments: graph.assignments.map(({ leaf, node }) => ({ leaf, node: moved2[node] }))
  };
}
var costs, instructionsPerAccess, reached, total, Search;
var init_recompute = __esm({
  "packages/tensor/src/planner/recompute.ts"() {
    "use strict";
    init_shape();
    costs = {
      divide: 4,
      reciprocal: 4,
      sqrt: 4,
      rsqrt: 8,
      exp: 16,
      expm1: 20,
      log: 24,
      log1p: 30,
      sigmoid: 24,
      tanh: 30,
      softplus: 50,
      erf: 40,
      sin: 50,
      cos: 50,
      mod: 50,
      power: 80
    };
    instructionsPerAccess = 5;
    reached = ({ shape, strides }) => shape.reduce((count2, size, axis) => strides[axis] === 0 ? count2 : count2 * size, 1);
    total = (reads) => [...reads.values()].reduce((a, b) => a + b, 0);
    Search = class {
      constructor(grouping) {
        this.grouping = grouping;
        this.#assigned = new Set(grouping.graph.assignments.map(({ leaf }) => leaf));
        for (const unit2 of grouping.live()) {
          if (unit2.kind === "reduce" || unit2.members.length === 0) continue;
          for (const member of unit2.members) if (grouping.isStored(member)) this.#consider(member, unit2);
        }
      }
      grouping;
      /** Values that are not stored any more, with their recipes. */
      found = /* @__PURE__ */ new Map();
      /** Values that recipes count on. */
      #needed = /* @__PURE__ */ new Set();
      #reads = /* @__PURE__ */ new Map();
      #assigned;
      #consider(value, unit2) {
        const { grouping } = this;
        if (grouping.isWanted(value) || this.#needed.has(value)) return;
        const readers = grouping.readersOf(value);
        if (!readers.every((reader) => this.#canCompute(reader, value))) return;
        const recipe = this.#recipe(value, unit2);
        if (!recipe) return;
        const size = sizeOf(grouping.nodes[value].shape);
        const others = new Set(readers.map((reader) => grouping.unitOf(reader)));
        others.delete(unit2.id);
        let saved = size * (1 + others.size);
        const kept4 = unit2.members.some(
          (member) => member !== value && grouping.isStored(member) && !this.found.has(member)
        );
        if (unit2.kind === "expression" && !kept4) saved += total(this.#readsOf(unit2.id));
        for (const other of others) {
          const reads = this.#readsOf(other);
          for (const [key, count2] of recipe.reads) if (!reads.has(key)) saved -= count2;
        }
        if (saved <= 0 || recipe.cost * size * others.size > instructionsPerAccess * saved) return;
        this.found.set(value, recipe);
        for (const base of recipe.bases) this.#needed.add(base);
      }
      #readsOf(unit2) {
        const reads = this.#reads.get(unit2) ?? readsOf(this.grouping, this.grouping.units[unit2]);
        this.#reads.set(unit2, reads);
        return reads;
      }
      /** True when a reader takes the value element by element, so that its step can compute it on the way. */
      #canCompute(reader, value) {
        const { grouping } = this;
        const { operation, inputs } = grouping.nodes[reader];
        const unit2 = grouping.units[grouping.unitOf(reader)];
        if (operation.kind === "reduce") return grouping.isInternal(inputs[0], unit2.shape);
        return unit2.members.includes(reader) && grouping.readsInternally(reader, value);
      }
      /** How to compute a value from what is in memory anyway; undefined where there is no way or it costs too much. */
      #recipe(value, unit2) {
        const { grouping } = this;
        const { nodes, places, graph } = grouping;
        const steps = /* @__PURE__ */ new Set();
        const reads = /* @__PURE__ */ new Map();
        const bases = [];
        const visit = (node) => {
          if (steps.has(node)) return true;
          if (graph.nodes[node].operation.kind === "reshape" || steps.size > 8) return false;
          for (const input of nodes[node].inputs) {
            const { base } = places[input];
            const { operation, leaf } = nodes[base];
            if (operation.kind === "constant") continue;
            const own2 = grouping.unitOf(base) === unit2.id;
            if (own2 && unit2.cores.includes(base)) return false;
            if (own2 && (!grouping.isStored(base) || this.found.has(base))) {
              if (!visit(base)) return false;
              continue;
            }
            if (this.found.has(base) || operation.kind === "leaf" && this.#assigned.has(leaf)) return false;
            addRead(grouping, reads, input, void 0);
            bases.push(base);
          }
          steps.add(node);
          return true;
        };
        if (!visit(value)) return void 0;
        const cost2 = [...steps].reduce((sum3, node) => {
          const { operation } = nodes[node];
          return sum3 + (operation.kind === "scalar" ? costs[operation.op] ?? 1 : 1);
        }, 0);
        return { nodes: [...steps], reads, bases, cost: cost2 };
      }
    };
  }
});

// packages/tensor/src/planner/steps.ts
function buildSteps(grouping, order2, inPlace) {
  const { nodes, places, graph } = grouping;
  const buffers = [];
  const byNode = /* @__PURE__ */ new Map();
  nodes.forEach(({ operation, leaf, dtype, shape }, node) => {
    if (operation.kind !== "leaf") return;
    byNode.set(node, leaf);
    buffers[leaf] = { kind: "input", dtype, size: sizeOf(shape), node };
  });
  const outputBases = new Set(graph.outputs.map((output) => places[output].base));
  const bufferOf = (base) => byNode.get(base);
  const addBuffer = (kind, dtype, size, node) => buffers.push({ kind, dtype, size, node }) - 1;
  const store = (base) => {
    const { dtype, shape } = nodes[base];
    const target = inPlace.get(base);
    const kind = outputBases.has(base) ? "output" : "temporary";
    const buffer = target ?? addBuffer(kind, dtype, sizeOf(shape), base);
    byNode.set(base, buffer);
    return buffer;
  };
  const steps = [];
  const copies = /* @__PURE__ */ new Map();
  const operandOf = (input, label) => {
    const { base, view: view2 } = places[input];
    const node = nodes[base];
    if (node.operation.kind !== "constant" && isContiguous(view2)) {
      return { buffer: bufferOf(base), view: { ...identityView(view2.shape), offset: view2.offset } };
    }
    const key = `${base}|${view2.shape}|${view2.strides}|${view2.offset}`;
    const moved2 = copies.get(key);
    if (moved2 !== void 0) return { buffer: moved2, view: identityView(view2.shape) };
    const constant2 = node.operation.kind === "constant";
    const instruction = node.operation.kind === "constant" ? { op: "constant", value: node.operation.value, dtype: node.dtype } : { op: "input", index: 0, dtype: node.dtype };
    const buffer = addBuffer("temporary", node.dtype, sizeOf(view2.shape), -1);
    copies.set(key, buffer);
    steps.push({
      kind: "elementwise",
      label: label ? `${label}/copy` : "copy",
      shape: view2.shape,
      operands: constant2 ? [] : [{ buffer: bufferOf(base), view: view2 }],
      program: { instructions: [instruction], results: [0] },
      outputs: [buffer]
    });
    return { buffer, view: identityView(view2.shape) };
  };
  for (const unit2 of order2) {
    const last = nodes[unit2.cores[0] ?? unit2.members.at(-1)];
    if (unit2.kind === "routine") {
      const { routine, reference: reference2 } = last.operation;
      const operands = last.inputs.map((input) => operandOf(input, last.label));
      const base = { kind: "routine", label: last.label, routine, reference: reference2, operands };
      if (unit2.members.length === 0) {
        steps.push({ ...base, output: store(unit2.cores[0]) });
        continue;
      }
      const { program, operands: rest, outputs } = expression2(unit2, [void 0]);
      const { shape } = nodes[unit2.cores[0]];
      const walked = rest.map(
        (operand) => operand && { ...operand, view: reshapeView(operand.view, shape) }
      );
      steps.push({ ...base, output: void 0, epilogue: { shape, operands: walked, program, outputs } });
    } else if (unit2.kind === "reduce") {
      const writer = new ProgramWriter(grouping, unit2, [], bufferOf);
      for (const member of unit2.members) writer.write(member);
      const results = unit2.cores.map((core) => writer.read(nodes[core].inputs[0]));
      const { reduction, axes } = last.operation;
      steps.push({
        kind: "reduce",
        label: last.label,
        reduction,
        axes,
        shape: unit2.shape,
        operands: writer.operands,
        program: { instructions: writer.instructions, results },
        outputs: unit2.cores.map(store)
      });
    } else {
      const { program, operands, outputs } = expression2(unit2, []);
      steps.push({
        kind: "elementwise",
        label: last.label,
        shape: unit2.shape,
        operands,
        program,
        outputs
      });
    }
  }
  for (const { leaf, node } of graph.assignments) {
    const { base } = places[node];
    if (inPlace.has(base)) continue;
    const { shape, dtype, label } = nodes[base];
    steps.push({
      kind: "elementwise",
      label: label ? `${label}/assign` : "assign",
      shape,
      operands: [{ buffer: bufferOf(base), view: identityView(shape) }],
      program: { instructions: [{ op: "input", index: 0, dtype }], results: [0] },
      outputs: [leaf]
    });
  }
  return { buffers, steps };
  function expression2(unit2, operands) {
    const writer = new ProgramWriter(grouping, unit2, operands, bufferOf);
    const lines = unit2.members.map((member) => writer.write(member));
    const stored = unit2.members.flatMap(
      (member, index) => grouping.isStored(member) ? [{ member, index }] : []
    );
    const outputs = stored.map(({ member }) => store(member));
    return {
      program: { instructions: writer.instructions, results: stored.map(({ index }) => lines[index]) },
      operands: writer.operands,
      outputs
    };
  }
}
var ProgramWriter;
var init_steps = __esm({
  "packages/tensor/src/planner/steps.ts"() {
    "use strict";
    init_shape();
    init_view();
    ProgramWriter = class {
      constructor(grouping, unit2, operands, bufferOf) {
        this.grouping = grouping;
        this.unit = unit2;
        this.operands = operands;
        this.bufferOf = bufferOf;
      }
      grouping;
      unit;
      operands;
      bufferOf;
      instructions = [];
      #lines = /* @__PURE__ */ new Map();
      #operandOf = /* @__PURE__ */ new Map();
      line(instruction) {
        const { op, dtype } = instruction;
        const what = op === "constant" ? `${instruction.value}/${1 / instruction.value}` : op === "input" ? instruction.index : op === "coordinate" ? instruction.axis : instruction.args.join();
        const key = `${op}|${dtype}|${what}`;
        const known = this.#lines.get(key);
        if (known !== void 0) return known;
        const line = this.instructions.push(instruction) - 1;
        this.#lines.set(key, line);
        return line;
      }
      /** The line that holds the element of node `input` at the current place. */
      read(input) {
        const { base, view: view2 } = this.grouping.places[input];
        const node = this.grouping.nodes[base];
        const { dtype } = node;
        if (node.operation.kind === "constant") {
          return this.line({ op: "constant", value: node.operation.value, dtype });
        }
        if (this.unit.kind === "routine" && base === this.unit.cores[0]) {
          return this.line({ op: "input", index: 0, dtype });
        }
        const whole = isWhole(view2, sizeOf(node.shape)) && sameShape(node.shape, this.unit.shape);
        if (whole && this.#lineOf.has(base)) return this.#lineOf.get(base);
        const buffer = this.bufferOf(base);
        const key = `${buffer}|${view2.shape}|${view2.strides}|${view2.offset}`;
        let index = this.#operandOf.get(key);
        if (index === void 0) {
          index = this.operands.push({ buffer, view: view2 }) - 1;
          this.#operandOf.set(key, index);
        }
        return this.line({ op: "input", index, dtype });
      }
      #lineOf = /* @__PURE__ */ new Map();
      /** Writes the expression node `position`. */
      write(position) {
        const { operation, inputs, dtype } = this.grouping.nodes[position];
        let line;
        if (operation.kind === "coordinate")
          line = this.line({ op: "coordinate", axis: operation.axis, dtype: "int32" });
        else if (operation.kind === "copy") line = this.read(inputs[0]);
        else if (operation.kind === "scalar") {
          line = this.line({ op: operation.op, args: inputs.map((input) => this.read(input)), dtype });
        } else throw new Error(`planner: ${operation.kind} is not an expression`);
        this.#lineOf.set(position, line);
        return line;
      }
    };
  }
});

// packages/tensor/src/planner/units.ts
var isExpression, mostMembers, mostReductions, smallReduction, Grouping;
var init_units = __esm({
  "packages/tensor/src/planner/units.ts"() {
    "use strict";
    init_shape();
    init_view();
    isExpression = (node) => node.operation.kind === "scalar" || node.operation.kind === "copy" || node.operation.kind === "coordinate";
    mostMembers = 320;
    mostReductions = 3;
    smallReduction = 1 << 14;
    Grouping = class {
      constructor(nodes, places, graph, fuse) {
        this.nodes = nodes;
        this.places = places;
        this.graph = graph;
        const baseOf = (position) => places[position].base;
        this.#readers = nodes.map(() => []);
        this.#assigned = new Set(graph.assignments.map(({ node }) => baseOf(node)));
        this.#wanted = /* @__PURE__ */ new Set([...graph.outputs.map(baseOf), ...this.#assigned]);
        nodes.forEach((node, position) => {
          if (baseOf(position) !== position) return;
          for (const input of node.inputs) this.#readers[baseOf(input)].push(position);
          const kind = node.operation.kind;
          if (isExpression(node)) this.#addExpression(position, fuse);
          else if (kind === "reduce" || kind === "routine") {
            const shape = kind === "reduce" ? places[node.inputs[0]].view.shape : node.shape;
            this.#addUnit({ kind, shape, members: [], cores: [position], late: false });
          }
        });
        if (fuse) {
          this.#joinReductions();
          this.#absorbIntoReductions();
          this.#absorbEpilogues();
        }
      }
      nodes;
      places;
      graph;
      units = [];
      /** Unit of each computing node, by position; resolve through `unitOf`. */
      #owner = [];
      #parent = [];
      #readers;
      #wanted;
      #assigned;
      /** For walks over units: when each was last seen. */
      #seen = [];
      #walk = 0;
      find(unit2) {
        let root = unit2;
        while (this.#parent[root] !== root) root = this.#parent[root];
        this.#parent[unit2] = root;
        return root;
      }
      /** The unit that computes a node, or undefined for leaves and constants. */
      unitOf(base) {
        const unit2 = this.#owner[base];
        return unit2 === void 0 ? void 0 : this.find(unit2);
      }
      /** The units that are there, in the order in which they were begun. */
      live() {
        return this.units.filter((unit2) => this.find(unit2.id) === unit2.id);
      }
      /** Computing nodes that read the buffer of `base`. */
      readersOf(base) {
        return this.#readers[base];
      }
      /** Nodes that must exist in memory whatever reads them: outputs and assigned values. */
      isWanted(base) {
        return this.#wanted.has(base);
      }
      /** True when a unit of `units` cannot run before `target` has: there is a path from `target` to it. */
      dependsOn(units, target) {
        const walk = ++this.#walk;
        const stack2 = [...units];
        for (let next = stack2.pop(); next !== void 0; next = stack2.pop()) {
          const current = this.find(next);
          if (current === target) return true;
          if (this.#seen[current] === walk) continue;
          this.#seen[current] = walk;
          for (const unit2 of this.units[current].before) stack2.push(unit2);
        }
        return false;
      }
      /** True when the value read at `input` is, element for element, the value of its base under `shape`. */
      isInternal(input, shape) {
        const { base, view: view2 } = this.places[input];
        return sameShape(view2.shape, shape) && sameShape(this.nodes[base].shape, shape) && isWhole(view2, sizeOf(shape));
      }
      /** True when all that `reader`, an expression, reads of `base` is the element at its own place. */
      readsInternally(reader, base) {
        const node = this.nodes[reader];
        return node.inputs.every(
          (input) => this.places[input].base !== base || this.isInternal(input, node.shape)
        );
      }
      /** True when a member's value has to be written to memory. */
      isStored(base) {
        const unit2 = this.unitOf(base);
        return this.isWanted(base) || this.readersOf(base).some(
          (reader) => this.unitOf(reader) !== unit2 || !(this.units[unit2].cores.includes(reader) || this.readsInternally(reader, base))
        );
      }
      #addUnit(fields) {
        const id = this.units.length;
        const nodes = [...fields.cores, ...fields.members];
        const before3 = /* @__PURE__ */ new Set();
        for (const node of nodes) {
          for (const input of this.nodes[node].inputs) {
            const unit2 = this.unitOf(this.places[input].base);
            if (unit2 !== void 0) before3.add(unit2);
          }
          this.#owner[node] = id;
        }
        this.units.push({ id, before: before3, ...fields });
        this.#parent.push(id);
        return id;
      }
      #addExpression(position, fuse) {
        const { shape, late = false } = this.nodes[position];
        const id = this.#addUnit({ kind: "expression", shape, members: [position], cores: [], late });
        if (!fuse) return;
        for (const unit2 of [...this.units[id].before].sort((a, b) => b - a)) {
          const [root, self] = [this.find(unit2), this.find(id)];
          const [into, from] = [this.units[root], this.units[self]];
          if (root === self || into.kind !== "expression" || late && !into.late) continue;
          if (into.members.length + from.members.length > mostMembers || this.#readsAcross(self, root)) continue;
          const waits = [...from.before].map((u) => this.find(u)).filter((u) => u !== root && u !== self);
          if (this.dependsOn(waits, root) || from.members.length > 1 && this.dependsOn([root], self)) continue;
          this.#merge(root, self);
        }
      }
      /** True when a member of `unit` reads a value of `producer` in another order or shape than it is made in. */
      #readsAcross(unit2, producer) {
        return this.units[unit2].members.some((member) => {
          const { inputs, shape } = this.nodes[member];
          return inputs.some(
            (input) => this.unitOf(this.places[input].base) === producer && !this.isInternal(input, shape)
          );
        });
      }
      /** Unites two units; `into` keeps its kind. */
      #merge(into, from) {
        const target = this.units[into];
        const source = this.units[from];
        const inOrder = (target.members.at(-1) ?? -1) < (source.members[0] ?? 0);
        target.members.push(...source.members);
        if (!inOrder) target.members.sort((a, b) => a - b);
        target.cores.push(...source.cores);
        target.late &&= source.late;
        for (const unit2 of source.before) target.before.add(unit2);
        this.#parent[from] = into;
      }
      /**
       * Reductions of the same kind over the same axes become one where they read the same, so that it is read once, or are
       * so small that a step costs more than its reads.
       */
      #joinReductions() {
        const alike = /* @__PURE__ */ new Map();
        for (const unit2 of this.units) {
          const { operation, dtype } = this.nodes[unit2.cores[0] ?? 0];
          if (unit2.kind !== "reduce" || operation.kind !== "reduce") continue;
          if (operation.reduction.startsWith("arg")) continue;
          const key = `${operation.reduction}|${operation.axes}|${unit2.shape}|${dtype}`;
          const others = (alike.get(key) ?? []).slice(-8);
          alike.set(key, [...others, unit2]);
          const small2 = sizeOf(unit2.shape) < smallReduction;
          const reads = this.#readBy(unit2);
          for (const other of others) {
            const [into, from] = [this.find(other.id), this.find(unit2.id)];
            if (into === from || this.units[into].cores.length + unit2.cores.length > mostReductions) continue;
            if (!small2 && ![...this.#readBy(other)].some((base) => reads.has(base))) continue;
            if (!this.dependsOn([into], from) && !this.dependsOn([from], into)) this.#merge(into, from);
          }
        }
      }
      /** What a reduction reads element by element once it has taken in the expressions that it reduces. */
      #readBy(unit2) {
        const bases = /* @__PURE__ */ new Set();
        for (const core of unit2.cores) {
          const { base } = this.places[this.nodes[core].inputs[0]];
          const group = this.unitOf(base);
          bases.add(base);
          if (group === void 0 || this.units[group].kind !== "expression") continue;
          for (const member of this.units[group].members) {
            for (const input of this.nodes[member].inputs) {
              if (sizeOf(this.nodes[this.places[input].base].shape) === sizeOf(unit2.shape))
                bases.add(this.places[input].base);
            }
          }
        }
        return bases;
      }
      /** A reduction takes in the expressions it reduces whose values are needed nowhere else. */
      #absorbIntoReductions() {
        for (const unit2 of this.live()) {
          if (unit2.kind !== "reduce") continue;
          for (const core of [...unit2.cores].sort((a, b) => b - a)) {
            const input = this.nodes[core].inputs[0];
            const producer = this.unitOf(this.places[input].base);
            if (producer === void 0 || this.units[producer].kind !== "expression") continue;
            if (!this.isInternal(input, unit2.shape)) continue;
            const onlyHere = this.units[producer].members.every(
              (member) => !this.isWanted(member) && this.readersOf(member).every((reader) => {
                if (unit2.cores.includes(reader))
                  return this.isInternal(this.nodes[reader].inputs[0], unit2.shape);
                const owner = this.unitOf(reader);
                return (owner === producer || owner === unit2.id) && this.readsInternally(reader, member);
              })
            );
            if (onlyHere) this.#merge(unit2.id, producer);
          }
        }
      }
      /** A matmul or convolution takes in the one expression that reads its result. */
      #absorbEpilogues() {
        for (const unit2 of this.live().reverse()) {
          if (unit2.kind !== "routine") continue;
          const core = unit2.cores[0];
          const { operation, shape } = this.nodes[core];
          if (operation.kind !== "routine" || !/^(matmul|conv2d)/.test(operation.routine.name)) continue;
          const readers = this.readersOf(core);
          const consumers = new Set(readers.map((reader) => this.unitOf(reader)));
          const [consumer] = consumers;
          if (consumers.size !== 1 || consumer === void 0 || this.isWanted(core)) continue;
          const group = this.units[consumer];
          if (group.kind !== "expression") continue;
          if (group.members.some((member) => this.#assigned.has(member))) continue;
          if (!sameShape(group.shape, shape) && !this.#walksAs(group, shape)) continue;
          const whole = (input) => {
            const { base, view: view2 } = this.places[input];
            return base !== core || sameShape(view2.shape, group.shape) && isWhole(view2, sizeOf(shape));
          };
          if (!readers.every((reader) => this.nodes[reader].inputs.every(whole))) continue;
          this.#merge(unit2.id, consumer);
          unit2.shape = group.shape;
        }
      }
      /** True when all that a group reads can be walked under another shape of the same size. */
      #walksAs(group, shape) {
        return sizeOf(group.shape) === sizeOf(shape) && group.members.every((member) => {
          const { operation, inputs } = this.nodes[member];
          return operation.kind !== "coordinate" && inputs.every((input) => reshapeView(this.places[input].view, shape) !== void 0);
        });
      }
    };
  }
});

// packages/tensor/src/planner/planner.ts
function materializeWanted(graph) {
  const nodes = [...graph.nodes];
  const places = placesOf([...nodes]);
  const taken = /* @__PURE__ */ new Set();
  const materialize = (position) => {
    const node = nodes[position];
    const { base, view: view2 } = places[position];
    const kind = nodes[base].operation.kind;
    const computed = kind !== "leaf" && kind !== "constant";
    if (computed && !taken.has(base) && isWhole(view2, sizeOf(nodes[base].shape))) {
      taken.add(base);
      return position;
    }
    const { shape, dtype, label } = node;
    const copy2 = nodes.push({ operation: { kind: "copy" }, inputs: [position], shape, dtype, label, leaf: -1 }) - 1;
    places.push({ base: copy2, view: identityView(shape) });
    taken.add(copy2);
    return copy2;
  };
  const assignments = graph.assignments.map(({ leaf, node }) => ({ leaf, node: materialize(node) }));
  const outputs = graph.outputs.map(materialize);
  return { ...graph, nodes, outputs, assignments };
}
function groupUnits(recorded, fuse) {
  const group = (graph) => {
    const nodes = [...graph.nodes];
    return new Grouping(nodes, placesOf(nodes), graph, fuse);
  };
  let best = group(materializeWanted(fuse ? foldConstants(recorded) : recorded));
  let least = fuse ? traffic(best) : 0;
  for (let round2 = 0; fuse && round2 < mostRounds; round2++) {
    const cheaper = recompute(best);
    const next = cheaper && group(cheaper);
    const moved2 = next ? traffic(next) : least;
    if (!next || moved2 >= least) break;
    [best, least] = [next, moved2];
  }
  return best;
}
function makePlan(recorded, options) {
  const grouping = groupUnits(recorded, options.fuse);
  const { graph, places } = grouping;
  const { order: order2, inPlace } = orderUnits(grouping);
  const { buffers, steps } = buildSteps(grouping, order2, inPlace);
  const inputs = graph.leaves.map((_, leaf) => leaf);
  const outputs = buffers.flatMap((buffer, index) => buffer.kind === "output" ? [index] : []);
  const byOutput = graph.outputs.map(
    (node) => outputs.find((index) => buffers[index].node === places[node].base)
  );
  const placed2 = arrange(buffers, steps, options.arena);
  return {
    key: graph.key,
    buffers: placed2.buffers,
    inputs,
    assigned: graph.assignments.map((assignment) => assignment.leaf),
    persistent: graph.persistent,
    outputs: byOutput,
    steps,
    arenaBytes: placed2.arenaBytes
  };
}
var mostRounds;
var init_planner = __esm({
  "packages/tensor/src/planner/planner.ts"() {
    "use strict";
    init_shape();
    init_view();
    init_arena();
    init_fold_constants();
    init_order();
    init_places();
    init_recompute();
    init_steps();
    init_units();
    mostRounds = 6;
  }
});

// packages/tensor/src/plan-cache.ts
function executableFor(graph, backend2) {
  const known = cache.get(graph.key);
  if (known) {
    cache.delete(graph.key);
    cache.set(graph.key, known);
    return known;
  }
  const executable = prepare(graph, backend2);
  cache.set(graph.key, executable);
  if (cache.size > capacity) {
    const [oldest, stale] = cache.entries().next().value;
    cache.delete(oldest);
    stale.dispose();
  }
  return executable;
}
function planOf(graph) {
  const plan = makePlan(graph, { fuse: isOn("FUSE"), arena: isOn("ARENA") });
  void debug(1, ({ planText: planText2 }, level) => planText2(plan, level));
  return plan;
}
function clearPlans() {
  for (const executable of cache.values()) executable.dispose();
  cache.clear();
}
var capacity, cache, prepare;
var init_plan_cache = __esm({
  "packages/tensor/src/plan-cache.ts"() {
    "use strict";
    init_debug();
    init_environment();
    init_planner();
    capacity = 512;
    cache = /* @__PURE__ */ new Map();
    prepare = (graph, backend2) => backend2.prepare(planOf(graph));
  }
});

// packages/tensor/src/reference/scalar.ts
function erf(x) {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let sum3 = a;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum3) && n < 200; n++) {
      term *= -a * a / n;
      sum3 += term / (2 * n + 1);
    }
    return Math.sign(x) * 2 * sum3 / Math.sqrt(Math.PI);
  }
  let fraction2 = 0;
  for (let n = 60; n > 0; n--) fraction2 = n / 2 / (a + fraction2);
  const complement = Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction2);
  return Math.sign(x) * (1 - complement);
}
function roundHalfToEven(x) {
  const floor2 = Math.floor(x);
  const rest = x - floor2;
  const up = rest > 0.5 || rest === 0.5 && floor2 % 2 !== 0;
  const rounded2 = up ? floor2 + 1 : floor2;
  return rounded2 === 0 ? x * 0 : rounded2;
}
function truncate(x) {
  if (Number.isNaN(x)) return 0;
  return Math.trunc(Math.min(Math.max(x, -2147483648), 2147483647)) | 0;
}
var sigmoid, unary, remainder, power, binary, integerBinary;
var init_scalar = __esm({
  "packages/tensor/src/reference/scalar.ts"() {
    "use strict";
    sigmoid = (x) => x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    unary = {
      negative: (x) => -x,
      abs: Math.abs,
      sign: Math.sign,
      floor: Math.floor,
      ceil: Math.ceil,
      round: roundHalfToEven,
      exp: Math.exp,
      expm1: Math.expm1,
      log: Math.log,
      log1p: Math.log1p,
      sqrt: Math.sqrt,
      rsqrt: (x) => 1 / Math.sqrt(x),
      reciprocal: (x) => 1 / x,
      sin: Math.sin,
      cos: Math.cos,
      tanh: Math.tanh,
      sigmoid,
      softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
      relu: (x) => x > 0 || Number.isNaN(x) ? x : 0,
      erf,
      isNaN: (x) => Number.isNaN(x) ? 1 : 0,
      logicalNot: (x) => x === 0 ? 1 : 0
    };
    remainder = (a, b) => {
      const rest = a % b;
      return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
    };
    power = (a, b) => a === 1 || a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY) ? 1 : a ** b;
    binary = {
      add: (a, b) => a + b,
      subtract: (a, b) => a - b,
      multiply: (a, b) => a * b,
      divide: (a, b) => a / b,
      power,
      maximum: Math.max,
      minimum: Math.min,
      mod: remainder,
      equal: (a, b) => a === b ? 1 : 0,
      notEqual: (a, b) => a !== b ? 1 : 0,
      less: (a, b) => a < b ? 1 : 0,
      lessEqual: (a, b) => a <= b ? 1 : 0,
      greater: (a, b) => a > b ? 1 : 0,
      greaterEqual: (a, b) => a >= b ? 1 : 0,
      logicalAnd: (a, b) => a !== 0 && b !== 0 ? 1 : 0,
      logicalOr: (a, b) => a !== 0 || b !== 0 ? 1 : 0,
      bitwiseAnd: (a, b) => a & b,
      bitwiseOr: (a, b) => a | b,
      bitwiseXor: (a, b) => a ^ b,
      shiftLeft: (a, b) => a << b,
      shiftRight: (a, b) => a >>> b | 0
    };
    integerBinary = {
      add: (a, b) => a + b | 0,
      subtract: (a, b) => a - b | 0,
      multiply: Math.imul,
      divide: (a, b) => b === 0 ? 0 : a / b | 0,
      mod: (a, b) => b === 0 ? 0 : remainder(a, b) | 0,
      power: (a, b) => {
        if (b < 0) return a === 1 ? 1 : a === -1 ? b % 2 === 0 ? 1 : -1 : 0;
        let result = 1;
        for (let base = a, rest = b; rest > 0; rest >>>= 1, base = Math.imul(base, base)) {
          if (rest & 1) result = Math.imul(result, base);
        }
        return result;
      }
    };
  }
});

// packages/tensor/src/reference/storage.ts
function zeroed(dtype, size, precision) {
  if (!isFloat(dtype)) return new Int32Array(size);
  return dtype === "float32" && precision === "float32" ? new Float32Array(size) : new Float64Array(size);
}
function settle(dtype, values2, precision) {
  if (dtype !== "float16" || precision === "float64") return;
  for (let i = 0; i < values2.length; i++) values2[i] = roundToHalf(values2[i]);
}
var HostSlot;
var init_storage = __esm({
  "packages/tensor/src/reference/storage.ts"() {
    "use strict";
    init_dtype();
    init_half();
    HostSlot = class {
      constructor(dtype, values2, persistent) {
        this.dtype = dtype;
        this.values = values2;
        this.persistent = persistent;
      }
      dtype;
      values;
      persistent;
      get size() {
        return this.values.length;
      }
    };
  }
});

// packages/tensor/src/reference/program.ts
function positions(view2, start, count2) {
  const { shape, strides } = view2;
  const result = new Int32Array(count2);
  const index = new Array(shape.length).fill(0);
  let rest = start;
  let position = view2.offset;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
    position += index[axis] * strides[axis];
  }
  for (let i = 0; i < count2; i++) {
    result[i] = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += strides[axis];
      if (++index[axis] < shape[axis]) break;
      position -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}
function dense({ values: values2, view: view2 }) {
  const size = sizeOf(view2.shape);
  if (isContiguous(view2)) return values2.subarray(view2.offset, view2.offset + size);
  const result = new values2.constructor(size);
  positions(view2, 0, size).forEach((position, i) => {
    result[i] = values2[position];
  });
  return result;
}
function evaluate(program, shape, sources, outputs, precision) {
  const size = sizeOf(shape);
  const lines = program.instructions.map(({ dtype }) => zeroed(dtype, Math.min(size, blockSize), precision));
  for (let start = 0; start < size; start += blockSize) {
    const count2 = Math.min(blockSize, size - start);
    program.instructions.forEach((instruction, line) => {
      const argDtype = "args" in instruction ? program.instructions[instruction.args.at(-1)].dtype : void 0;
      run(instruction, lines[line], lines, shape, sources, start, count2, argDtype);
      if (argDtype) settle(instruction.dtype, lines[line].subarray(0, count2), precision);
    });
    program.results.forEach((line, output) => {
      outputs[output].set(count2 === blockSize ? lines[line] : lines[line].subarray(0, count2), start);
    });
  }
}
function run(instruction, target, lines, shape, sources, start, count2, argDtype) {
  if (instruction.op === "constant") {
    target.fill(instruction.value);
    return;
  }
  if (instruction.op === "input") {
    const { values: values2, view: view2 } = sources[instruction.index];
    if (isContiguous(view2)) target.set(values2.subarray(view2.offset + start, view2.offset + start + count2));
    else {
      const at = positions(view2, start, count2);
      for (let i = 0; i < count2; i++) target[i] = values2[at[i]];
    }
    return;
  }
  if (instruction.op === "coordinate") {
    const strides = shape.map((_, axis) => axis === instruction.axis ? 1 : 0);
    target.set(positions({ shape, strides, offset: 0 }, start, count2));
    return;
  }
  const [a, b, c] = instruction.args.map((arg) => lines[arg]);
  const { op } = instruction;
  if (op === "where") {
    for (let i = 0; i < count2; i++) target[i] = a[i] ? b[i] : c[i];
  } else if (op === "cast") {
    const toBool = instruction.dtype === "bool";
    const toInteger = instruction.dtype === "int32" && isFloat(argDtype);
    for (let i = 0; i < count2; i++) {
      const value = a[i];
      target[i] = toBool ? Number(value !== 0) : toInteger ? truncate(value) : value;
    }
  } else if (b) {
    const fn = binary[op];
    const exact8 = isFloat(argDtype) ? fn : integerBinary[op] ?? fn;
    for (let i = 0; i < count2; i++) target[i] = exact8(a[i], b[i]);
  } else {
    const fn = unary[op];
    for (let i = 0; i < count2; i++) target[i] = fn(a[i]);
  }
}
var blockSize;
var init_program = __esm({
  "packages/tensor/src/reference/program.ts"() {
    "use strict";
    init_dtype();
    init_shape();
    init_view();
    init_scalar();
    init_storage();
    blockSize = 4096;
  }
});

// packages/tensor/src/reference/reduce.ts
function reduce(step, sources, outputs, precision) {
  const size = sizeOf(step.shape);
  const dtypes = step.program.results.map((line) => step.program.instructions[line].dtype);
  const values2 = dtypes.map((dtype) => zeroed(dtype, size, precision));
  evaluate(step.program, step.shape, sources, values2, precision);
  const kept4 = step.shape.map((_, axis) => axis).filter((axis) => !step.axes.includes(axis));
  const order2 = [...kept4, ...step.axes];
  const strides = rowMajorStrides(step.shape);
  const view2 = { shape: order2.map((a) => step.shape[a]), strides: order2.map((a) => strides[a]), offset: 0 };
  const at = positions(view2, 0, size);
  outputs.forEach((output, k) => {
    reduceValues(step, values2[k], dtypes[k], at, output);
  });
}
function reduceValues({ shape, axes, reduction }, values2, dtype, at, output) {
  const count2 = axes.reduce((product4, axis) => product4 * shape[axis], 1);
  for (let o = 0; o < output.length; o++) {
    if (reduction === "argMax" || reduction === "argMin") {
      let best = 0;
      for (let i = 1; i < count2; i++) {
        if (beats(values2[at[o * count2 + i]], values2[at[o * count2 + best]], reduction === "argMax"))
          best = i;
      }
      output[o] = best;
      continue;
    }
    if (!isFloat(dtype)) {
      output[o] = reduceIntegers(values2, at, o * count2, count2, reduction);
      continue;
    }
    let result = initial[reduction];
    for (let i = 0; i < count2; i++) result = combine[reduction](result, values2[at[o * count2 + i]]);
    output[o] = result;
  }
}
function reduceIntegers(values2, at, start, count2, reduction) {
  let result = reduction === "max" ? -2147483648 : reduction === "min" ? 2147483647 : initial[reduction];
  for (let i = start; i < start + count2; i++) {
    const value = values2[at[i]];
    if (reduction === "sum") result = result + value | 0;
    else result = reduction === "product" ? Math.imul(result, value) : combine[reduction](result, value);
  }
  return result;
}
var combine, initial, beats;
var init_reduce = __esm({
  "packages/tensor/src/reference/reduce.ts"() {
    "use strict";
    init_dtype();
    init_shape();
    init_program();
    init_storage();
    combine = {
      sum: (a, b) => a + b,
      product: (a, b) => a * b,
      max: Math.max,
      min: Math.min
    };
    initial = { sum: 0, product: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY };
    beats = (candidate, best, largest) => Number.isNaN(best) ? false : Number.isNaN(candidate) || (largest ? candidate > best : candidate < best);
  }
});

// packages/tensor/src/reference/backend.ts
function reference(options = {}) {
  const precision = options.dtype ?? "float32";
  let persistentBytes = 0;
  let slots = 0;
  const bytes = (slot) => slot.size * bytesPerElement(slot.dtype);
  const hostSlot = (slot) => {
    if (!(slot instanceof HostSlot)) throw new DeviceError("reference: got the slot of another backend");
    return slot;
  };
  const stored = (data, dtype) => (precision === "float64" || dtype === "float16") && isFloat(dtype) && !(data instanceof Float64Array) ? Float64Array.from(fromStorage(dtype, data)) : data;
  const readSync = (slot) => {
    const { values: values2, dtype } = hostSlot(slot);
    return dtype === "float16" && precision === "float32" ? toHalf(values2) : values2.slice();
  };
  return {
    name: precision === "float64" ? "reference (float64)" : "reference",
    dtypes: ["float16", "float32", "float64", "int32", "bool"],
    prepare: (plan) => new ReferenceExecutable(plan, precision),
    upload: (data, dtype) => new HostSlot(dtype, stored(data, dtype), false),
    allocate: (size, dtype) => {
      const slot = new HostSlot(dtype, zeroed(dtype, size, precision), true);
      persistentBytes += bytes(slot);
      slots++;
      return slot;
    },
    write: (slot, data) => hostSlot(slot).values.set(stored(data, slot.dtype)),
    copy: (slot, from) => hostSlot(slot).values.set(hostSlot(from).values),
    read: async (slot) => readSync(slot),
    readSync,
    free: (slot) => {
      if (!hostSlot(slot).persistent) return;
      persistentBytes -= bytes(hostSlot(slot));
      slots--;
    },
    memory: () => ({ persistentBytes, arenaBytes: 0, slots }),
    dispose: () => {
    }
  };
}
var ReferenceExecutable;
var init_backend = __esm({
  "packages/tensor/src/reference/backend.ts"() {
    "use strict";
    init_dtype();
    init_errors();
    init_half();
    init_view();
    init_program();
    init_reduce();
    init_storage();
    ReferenceExecutable = class {
      constructor(plan, precision) {
        this.plan = plan;
        this.precision = precision;
      }
      plan;
      precision;
      run(inputs) {
        const { plan, precision } = this;
        const values2 = plan.buffers.map(
          ({ dtype, size, kind }) => kind === "input" ? void 0 : zeroed(dtype, size, precision)
        );
        plan.inputs.forEach((buffer, position) => {
          values2[buffer] = inputs[position].values;
        });
        const source = ({ buffer, view: view2 }) => ({ values: values2[buffer], view: view2 });
        for (const step of plan.steps) {
          if (step.kind === "elementwise") {
            const results = step.outputs.map(
              (output) => zeroed(plan.buffers[output].dtype, values2[output].length, precision)
            );
            evaluate(step.program, step.shape, step.operands.map(source), results, precision);
            step.outputs.forEach((output, i) => {
              values2[output].set(results[i]);
            });
          } else if (step.kind === "reduce") {
            const outputs = step.outputs.map((output) => values2[output]);
            reduce(step, step.operands.map(source), outputs, precision);
            step.outputs.forEach((output, i) => {
              settle(plan.buffers[output].dtype, outputs[i], precision);
            });
          } else this.#routine(step, values2, source);
        }
        return plan.outputs.map((buffer) => new HostSlot(plan.buffers[buffer].dtype, values2[buffer], false));
      }
      #routine(step, values2, source) {
        const { routine, epilogue } = step;
        const out = step.output === void 0 ? zeroed(
          routine.dtype,
          epilogue.shape.reduce((a, b) => a * b, 1),
          this.precision
        ) : values2[step.output];
        step.reference(
          routine,
          step.operands.map((operand) => dense(source(operand))),
          out
        );
        settle(
          step.output === void 0 ? routine.dtype : this.plan.buffers[step.output].dtype,
          out,
          this.precision
        );
        if (epilogue) this.#epilogue(epilogue, out, values2, source);
      }
      #epilogue({ shape, operands, program, outputs }, result, values2, source) {
        const sources = operands.map(
          (operand) => operand ? source(operand) : { values: result, view: identityView(shape) }
        );
        evaluate(
          program,
          shape,
          sources,
          outputs.map((output) => values2[output]),
          this.precision
        );
      }
      dispose() {
      }
    };
  }
});

// packages/tensor/src/session.ts
function backend() {
  if (!state.backend) {
    state.backend = reference();
    if (!state.hinted) {
      state.hinted = true;
      debugLog(
        "hekla: computing on the slow reference backend; choose a fast one with `await useBackend(wasm())` from @hekla/kernels-wasm"
      );
    }
  }
  return state.backend;
}
async function useBackend(chosen) {
  const next = await chosen;
  if (debugLevel() > 0) await debugTexts();
  if (state.backend !== next) {
    clearPlans();
    state.backend = next;
  }
  return next;
}
function checkDtype(dtype) {
  const { name, dtypes } = backend();
  if (!dtypes.includes(dtype)) {
    throw new DtypeError(`${name}: got ${dtype}, expected ${dtypes.join(", ")}`);
  }
}
function onCurrent(slot, owner) {
  const current = backend();
  return owner === current ? slot : current.upload(owner.readSync(slot), slot.dtype);
}
var state, memory;
var init_session = __esm({
  "packages/tensor/src/session.ts"() {
    "use strict";
    init_debug();
    init_environment();
    init_errors();
    init_plan_cache();
    init_backend();
    state = { backend: void 0, hinted: false };
    memory = () => backend().memory();
  }
});

// packages/tensor/src/execute.ts
function bind(source, placeholders = []) {
  if (source.kind === "slot") return onCurrent(source.slot, source.owner);
  if (source.kind === "variable") return source.variable.boundSlot();
  return placeholders[source.position];
}
function execute(nodes, assignments, commit = true) {
  const wanted = [...new Set(nodes)].filter((node) => node.source?.kind !== "slot");
  if (wanted.length === 0 && assignments.size === 0) return;
  const graph = buildGraph(wanted, commit ? assignments : /* @__PURE__ */ new Map(), false);
  void debug(5, ({ graphText: graphText2 }) => graphText2(graph));
  const owner = backend();
  const slots = executableFor(graph, owner).run(graph.leaves.map((leaf) => bind(leaf)));
  wanted.forEach((node, position) => {
    const slot = slots[position];
    if (commit) node.settle(slot, owner);
    else node.source = { kind: "slot", slot, owner };
  });
}
var init_execute = __esm({
  "packages/tensor/src/execute.ts"() {
    "use strict";
    init_debug();
    init_graph();
    init_plan_cache();
    init_session();
  }
});

// packages/tensor/src/tensor.ts
var Tensor;
var init_tensor = __esm({
  "packages/tensor/src/tensor.ts"() {
    "use strict";
    init_dtype();
    init_errors();
    init_execute();
    init_node();
    init_shape();
    Tensor = class {
      /** Internal: the recorded op behind this tensor. */
      node;
      /** Internal: ops make tensors. */
      constructor(node) {
        this.node = node;
      }
      get shape() {
        return this.node.shape;
      }
      get dtype() {
        return this.node.dtype;
      }
      get rank() {
        return this.shape.length;
      }
      /** Number of elements. */
      get size() {
        return sizeOf(this.shape);
      }
      /** The values in row-major order. */
      async data() {
        const { slot, owner } = this.#values();
        return fromStorage(this.dtype, await owner.read(slot));
      }
      /** The values at once; throws DeviceError on backends that answer only asynchronously. */
      dataSync() {
        const { slot, owner } = this.#values();
        return fromStorage(this.dtype, owner.readSync(slot));
      }
      /** The values with their shape. */
      async host() {
        return { data: await this.data(), shape: this.shape };
      }
      /** The one value of a tensor of size 1. */
      async item() {
        if (this.size !== 1) {
          throw new HeklaError(`item: got a tensor of shape ${formatShape2(this.shape)}, expected one element`);
        }
        return (await this.data())[0];
      }
      /** The values as nested arrays. */
      async array() {
        const data = await this.data();
        const build = (axis, offset, size) => {
          if (axis === this.rank) return data[offset];
          const length = this.shape[axis];
          const inner = length === 0 ? 0 : size / length;
          return Array.from({ length }, (_, index) => build(axis + 1, offset + index * inner, inner));
        };
        return build(0, 0, this.size);
      }
      /** Gives the memory back now; later use throws ReleasedError. Never necessary: unused tensors are collected. */
      dispose() {
        const source = this.node.source;
        if (source?.kind === "slot" && !this.node.released) {
          this.node.released = true;
          source.owner.free(source.slot);
          this.node.source = void 0;
        }
      }
      [Symbol.dispose]() {
        this.dispose();
      }
      toString() {
        return `Tensor(${this.dtype}, ${formatShape2(this.shape)})`;
      }
      #values() {
        const node = this.node;
        if (node.source?.kind !== "slot") {
          if (node.recording?.traced || node.source?.kind === "placeholder") {
            throw new HeklaError(
              "data: got a tensor inside compile, expected one outside (return it, then read it)"
            );
          }
          checkAlive(node);
          execute([node], /* @__PURE__ */ new Map(), false);
        }
        if (node.source?.kind !== "slot") throw new ReleasedError("data: the tensor holds no values");
        return node.source;
      }
    };
  }
});

// packages/tensor/src/tree.ts
function tensorsIn(value) {
  const found = [];
  mapTensors(value, (tensor2) => {
    found.push(tensor2);
    return tensor2;
  });
  return found;
}
function mapTensors(value, replace) {
  return mapTree(value, (leaf) => leaf instanceof Tensor ? replace(leaf) : leaf);
}
function mapTree(value, replace, isLeaf = () => false) {
  if (isLeaf(value)) return replace(value);
  const map = (item) => mapTree(item, replace, isLeaf);
  if (Array.isArray(value)) return value.map(map);
  const entries = entriesOf(value)?.map(([key, item]) => [key, map(item)]);
  if (!entries) return replace(value);
  return value instanceof Map ? new Map(entries) : Object.fromEntries(entries);
}
function entriesOf(value) {
  if (value instanceof Map) return [...value];
  return isPlainObject(value) ? Object.entries(value) : void 0;
}
var isPlainObject;
var init_tree = __esm({
  "packages/tensor/src/tree.ts"() {
    "use strict";
    init_tensor();
    isPlainObject = (value) => typeof value === "object" && value !== null && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);
  }
});

// packages/tensor/src/recording.ts
function withRecording(recording, fn) {
  const outer = state2.active;
  state2.active = recording;
  try {
    return fn();
  } finally {
    state2.active = outer;
  }
}
function record(operation, inputs, shape, dtype, gradient, sources) {
  const recording = state2.active;
  if (!recording) throw new HeklaError("record: no recording is active");
  if (dtype === "float16" || dtype === "float64") checkDtype(dtype);
  const label = recording.labels.join("/");
  return new Tensor(
    new Node(
      operation,
      inputs.map((x) => x.node),
      shape,
      dtype,
      recording,
      label,
      gradient,
      sources?.map((x) => x.node)
    )
  );
}
function scope(fn) {
  if (state2.active) return fn();
  const recording = new Recording(false);
  try {
    const result = withRecording(recording, fn);
    if (result instanceof Promise) {
      throw new HeklaError("scope: got an async function, expected one that returns without awaiting");
    }
    const nodes = tensorsIn(result).map((tensor2) => tensor2.node);
    execute(nodes, recording.assignments);
    return mapTensors(result, (tensor2) => tensor2);
  } finally {
    recording.ended = true;
  }
}
function labelled(label, fn) {
  const { active } = state2;
  if (!active || label === "") return fn();
  const outer = active.labels.splice(0);
  active.labels.push(label);
  try {
    return fn();
  } finally {
    active.labels.splice(0, active.labels.length, ...outer);
  }
}
function named(label, fn) {
  return scope(() => {
    const labels = state2.active.labels;
    labels.push(label);
    try {
      return fn();
    } finally {
      labels.pop();
    }
  });
}
var Recording, state2, activeRecording, outsideRecording;
var init_recording = __esm({
  "packages/tensor/src/recording.ts"() {
    "use strict";
    init_errors();
    init_execute();
    init_node();
    init_session();
    init_tensor();
    init_tree();
    Recording = class {
      /** `traced` recordings become compiled functions: their values cannot be read while they are made. */
      constructor(traced) {
        this.traced = traced;
      }
      traced;
      /** Values that Variables get when the recording is flushed. */
      assignments = /* @__PURE__ */ new Map();
      /** What reads of assigned Variables give where how the value came about does not count any more: see `valueAndGrad`. */
      facts = /* @__PURE__ */ new Map();
      labels = [];
      ended = false;
    };
    state2 = { active: void 0 };
    activeRecording = () => state2.active;
    outsideRecording = (fn) => withRecording(void 0, fn);
  }
});

// packages/tensor/src/ops/creation.ts
function asTensor(like, dtype) {
  if (like instanceof Tensor) return like;
  if (typeof like === "number") return constant(like, [], dtype ?? "float32");
  if (typeof like === "boolean") return constant(Number(like), [], dtype ?? "bool");
  if (typeof like === "object" && like !== null && typeof like.read === "function") return like.read();
  throw new DataError(`op: got ${String(like)}, expected a Tensor, a Variable, a number or a boolean`);
}
function exactly(value, dtype) {
  if (dtype === "bool") return Number(value !== 0);
  if (dtype === "float16") return roundToHalf(value);
  const exact8 = dtype === "float32" ? Math.fround(value) : dtype === "int32" ? value | 0 : value;
  if (dtype === "int32" && exact8 !== value) {
    throw new DtypeError(`constant: got ${value}, expected a whole number of 32 bits for int32`);
  }
  return exact8;
}
function shapeOfNested(data) {
  const shape = [];
  for (let level = data; typeof level === "object"; level = level[0]) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}
function flattenNested(data, shape, axis, out) {
  if (axis === shape.length) {
    if (typeof data !== "number" && typeof data !== "boolean") {
      throw new ShapeError(
        `tensor: nested arrays are ragged, expected shape ${formatShape2(shape)} throughout`
      );
    }
    out.push(Number(data));
    return;
  }
  if (typeof data === "number" || typeof data === "boolean" || data.length !== shape[axis]) {
    throw new ShapeError(
      `tensor: nested arrays are ragged, got ${Array.isArray(data) ? data.length : "a number"} on axis ${axis}, expected ${shape[axis]} as in shape ${formatShape2(shape)}`
    );
  }
  for (const item of data) flattenNested(item, shape, axis + 1, out);
}
function upload(values2, shape, dtype) {
  checkShape("tensor", shape);
  if (values2.length !== sizeOf(shape)) {
    throw new ShapeError(
      `tensor: got ${values2.length} values, expected ${sizeOf(shape)} for shape ${formatShape2(shape)}`
    );
  }
  checkDtype(dtype);
  return backend().upload(toStorage(dtype, values2), dtype);
}
function fromSlot(slot, owner, shape, dtype) {
  const node = new Node({ kind: "leaf" }, [], shape, dtype, void 0, "");
  node.settle(slot, owner);
  return new Tensor(node);
}
function tensor(data, options = {}) {
  let shape = options.shape;
  let values2;
  let dtype = options.dtype;
  if (isHostData(data)) {
    values2 = data;
    shape ??= [data.length];
    dtype ??= dtypeOf(data);
  } else if (typeof data === "object" && "data" in data && "shape" in data) {
    values2 = data.data;
    shape ??= data.shape;
    dtype ??= dtypeOf(data.data);
  } else {
    const nested = data;
    const found = typeof nested === "boolean" ? [] : shapeOfNested(nested);
    const flat = [];
    flattenNested(nested, found, 0, flat);
    values2 = flat;
    shape ??= found;
  }
  dtype ??= "float32";
  return fromSlot(upload(values2, shape, dtype), backend(), [...shape], dtype);
}
function full(shape, value, options = {}) {
  checkShape("full", shape);
  const { dtype = "float32" } = options;
  if (activeRecording()) return constant(value, shape, dtype);
  const values2 = storageArray(dtype === "float16" ? "float32" : dtype, sizeOf(shape));
  return tensor(values2.fill(exactly(value, dtype)), { shape, dtype });
}
var constant, copy, isHostData, zeros, ones, coordinate;
var init_creation = __esm({
  "packages/tensor/src/ops/creation.ts"() {
    "use strict";
    init_dtype();
    init_errors();
    init_half();
    init_node();
    init_recording();
    init_session();
    init_shape();
    init_tensor();
    constant = (value, shape, dtype) => record({ kind: "constant", value: exactly(value, dtype) }, [], shape, dtype);
    copy = (x) => scope(() => {
      const source = asTensor(x);
      return record({ kind: "copy" }, [source], source.shape, source.dtype, (gradient) => [gradient]);
    });
    isHostData = (value) => ArrayBuffer.isView(value) && !(value instanceof DataView);
    zeros = (shape, options = {}) => full(shape, 0, options);
    ones = (shape, options = {}) => full(shape, 1, options);
    coordinate = (shape, axis) => scope(() => record({ kind: "coordinate", axis }, [], shape, "int32"));
  }
});

// packages/tensor/src/compile.ts
function signatureOf(value, varying) {
  if (value instanceof Tensor || isHostArray(value)) {
    varying.push(value);
    return `${dtypeOfVarying(value)}[${value.shape.join(",")}]`;
  }
  if (Array.isArray(value)) {
    let items = "";
    for (const item of value) items += `${signatureOf(item, varying)},`;
    return `[${items}]`;
  }
  const entries = entriesOf(value);
  if (entries) {
    let items = "";
    for (const [key, item] of entries)
      items += `${JSON.stringify(String(key))}:${signatureOf(item, varying)},`;
    return `{${items}}`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || ["number", "boolean", "undefined"].includes(typeof value)) return String(value);
  throw new DataError(
    `compile: got an argument of type ${typeof value}, expected tensors, host arrays, numbers, strings or booleans, in arrays and plain objects`
  );
}
function pin(leaf, owner) {
  const current = onCurrent(leaf.slot, leaf.owner);
  const slot = owner.allocate(current.size, current.dtype);
  owner.copy(slot, current);
  return { kind: "slot", slot, owner };
}
function trace(fn, args, ready) {
  const owner = backend();
  const recording = new Recording(true);
  let position = 0;
  const stand = (like) => {
    const name = `argument ${position}`;
    const node = new Node({ kind: "leaf" }, [], [...like.shape], dtypeOfVarying(like), void 0, name);
    node.source = { kind: "placeholder", position: position++ };
    return new Tensor(node);
  };
  const placeholders = args.map((arg) => mapVarying(arg, stand));
  try {
    const result = withRecording(recording, () => fn(...placeholders));
    if (result instanceof Promise)
      throw new DataError("compile: got an async function, expected one that returns at once");
    const outputs = [...new Set(tensorsIn(result).map(({ node }) => node))];
    const graph = buildGraph(outputs, recording.assignments, true);
    const executable = ready(graph, owner);
    const leaves = graph.leaves.map((leaf) => leaf.kind === "slot" ? pin(leaf, owner) : leaf);
    const places = new Map(outputs.map((output, place2) => [output, place2]));
    return { owner, executable, leaves, outputs, result, places };
  } finally {
    recording.ended = true;
  }
}
function boundTo(leaf) {
  if (!(leaf instanceof Tensor)) return upload(leaf.data, leaf.shape, dtypeOf(leaf.data));
  checkAlive(leaf.node);
  return bind(leaf.node.source);
}
function unpacked(traced, slots) {
  const { owner, outputs, result, places } = traced;
  const values2 = slots.map((slot, i) => fromSlot(slot, owner, outputs[i].shape, outputs[i].dtype));
  return mapTensors(result, (stand) => values2[places.get(stand.node)]);
}
function release({ executable, leaves }) {
  executable.dispose();
  for (const leaf of leaves) if (leaf.kind === "slot") leaf.owner.free(leaf.slot);
}
function compile(fn) {
  const traces = /* @__PURE__ */ new Map();
  const dispose = () => {
    for (const traced of traces.values()) release(traced);
    traces.clear();
  };
  const call = (...given2) => {
    const recorded = () => fn(...given2.map((arg) => mapVarying(arg, asTensor2)));
    if (activeRecording()) return recorded();
    const varying = [];
    const signature = signatureOf(given2, varying);
    let traced = traces.get(signature);
    if (traced && traced.owner !== backend()) {
      dispose();
      traced = void 0;
    }
    if (!traced && !isOn("COMPILE")) return scope(recorded);
    const slots = varying.map(boundTo);
    if (!traced) {
      traced = trace(fn, given2, prepare);
      traces.set(signature, traced);
    }
    const { executable, leaves } = traced;
    return unpacked(traced, executable.run(leaves.map((leaf) => bind(leaf, slots))));
  };
  return Object.assign(call, { dispose });
}
var isHostArray, mapVarying, dtypeOfVarying, asTensor2;
var init_compile = __esm({
  "packages/tensor/src/compile.ts"() {
    "use strict";
    init_dtype();
    init_environment();
    init_errors();
    init_execute();
    init_graph();
    init_node();
    init_creation();
    init_plan_cache();
    init_recording();
    init_session();
    init_tensor();
    init_tree();
    isHostArray = (value) => typeof value === "object" && value !== null && "data" in value && "shape" in value && ArrayBuffer.isView(value.data) && Array.isArray(value.shape);
    mapVarying = (value, replace) => mapTree(value, (leaf) => leaf instanceof Tensor || isHostArray(leaf) ? replace(leaf) : leaf, isHostArray);
    dtypeOfVarying = (leaf) => leaf instanceof Tensor ? leaf.dtype : dtypeOf(leaf.data);
    asTensor2 = (leaf) => leaf instanceof Tensor ? leaf : tensor(leaf);
  }
});

// packages/tensor/src/compile-each.ts
function compileEach(fn) {
  const traces = /* @__PURE__ */ new Map();
  const dispose = () => {
    for (const traced of traces.values()) release(traced);
    traces.clear();
  };
  const each = (calls) => {
    const [first4] = calls;
    if (!first4) return [];
    const varying = calls.map(() => []);
    const signatures = calls.map((given2, call) => signatureOf(given2, varying[call]));
    const [signature] = signatures;
    const other = signatures.findIndex((one) => one !== signature);
    if (other > 0) {
      throw new DataError(
        `compileEach: call ${other} differs from call 0, got ${signatures[other]}, expected ${signature}`
      );
    }
    let traced = traces.get(signature);
    if (traced && traced.owner !== backend()) {
      dispose();
      traced = void 0;
    }
    if (!traced && !isOn("COMPILE")) {
      const tensors = (arg) => mapVarying(arg, asTensor2);
      return calls.map((given2) => scope(() => fn(...given2.map(tensors))));
    }
    const slots = varying.map((leaves2) => leaves2.map(boundTo));
    if (!traced) {
      traced = trace(fn, first4, prepareEach);
      traces.set(signature, traced);
    }
    const { executable, leaves } = traced;
    const results = executable.runEach(slots.map((given2) => leaves.map((leaf) => bind(leaf, given2))));
    return results.map((outputs) => unpacked(traced, outputs));
  };
  return Object.assign(each, { dispose });
}
function prepareEach(graph, owner) {
  for (const { leaf } of graph.assignments) {
    const source = graph.leaves[leaf];
    const name = source.kind === "variable" ? source.variable.name : "a variable";
    throw new DataError(
      `compileEach: calls would depend on their order, got a function that assigns ${name}, expected one that only reads Variables`
    );
  }
  const plan = planOf(graph);
  if (owner.prepareEach) return owner.prepareEach(plan);
  const executable = owner.prepare(plan);
  return {
    runEach: (inputs) => inputs.map((slots) => executable.run(slots)),
    dispose: () => executable.dispose()
  };
}
var init_compile_each = __esm({
  "packages/tensor/src/compile-each.ts"() {
    "use strict";
    init_compile();
    init_environment();
    init_errors();
    init_execute();
    init_plan_cache();
    init_recording();
    init_session();
  }
});

// packages/tensor/src/ops/cast.ts
var cast;
var init_cast = __esm({
  "packages/tensor/src/ops/cast.ts"() {
    "use strict";
    init_dtype();
    init_recording();
    init_creation();
    cast = (x, dtype) => scope(() => {
      const source = asTensor(x);
      if (source.dtype === dtype) return source;
      const { operation } = source.node;
      if (operation.kind === "constant" && !source.node.source && dtype !== "int32") {
        return constant(operation.value, source.shape, dtype);
      }
      return record({ kind: "scalar", op: "cast" }, [source], source.shape, dtype, (gradient) => [
        isFloat(dtype) ? cast(gradient, source.dtype) : void 0
      ]);
    });
  }
});

// packages/tensor/src/ops/views.ts
var views_exports = {};
__export(views_exports, {
  broadcastTo: () => broadcastTo,
  expandDims: () => expandDims,
  flatten: () => flatten,
  flip: () => flip,
  reshape: () => reshape,
  slice: () => slice,
  split: () => split,
  squeeze: () => squeeze,
  tile: () => tile,
  transpose: () => transpose
});
function view(operation, x, shape, gradient) {
  const { node } = x;
  if (node.operation.kind === "constant" && !node.source)
    return constant(node.operation.value, shape, x.dtype);
  return record(operation, [x], shape, x.dtype, gradient);
}
var reshape, flatten, transpose, slice, flip, broadcastTo, expandDims, squeeze, split, tile;
var init_views = __esm({
  "packages/tensor/src/ops/views.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_shape();
    init_creation();
    reshape = (x, shape) => scope(() => {
      const source = asTensor(x);
      const known = shape.filter((size) => size !== -1);
      const rest = source.size / sizeOf(known);
      const target = shape.map((size) => size === -1 ? rest : size);
      const unknown = shape.length - known.length;
      if (unknown > 1 || !target.every((size) => Number.isInteger(size) && size >= 0) || sizeOf(target) !== source.size) {
        throw new ShapeError(
          `reshape: got shape ${formatShape2(shape)} for ${source.size} elements ${formatShape2(source.shape)}, expected the same number of elements and at most one -1`
        );
      }
      if (sameShape(target, source.shape)) return source;
      return view({ kind: "reshape" }, source, target, (gradient) => [reshape(gradient, source.shape)]);
    });
    flatten = (x, options = {}) => scope(() => {
      const source = asTensor(x);
      const start = options.startAxis ?? 0;
      return reshape(source, [...source.shape.slice(0, start), sizeOf(source.shape.slice(start))]);
    });
    transpose = (x, permutation) => scope(() => {
      const source = asTensor(x);
      const order2 = (permutation ?? source.shape.map((_, axis) => source.rank - 1 - axis)).map(
        (axis) => normalizeAxis("transpose", axis, source.rank)
      );
      if (order2.length !== source.rank || new Set(order2).size !== order2.length) {
        throw new ShapeError(
          `transpose: got permutation ${formatShape2(order2)} for shape ${formatShape2(source.shape)}, expected each axis once`
        );
      }
      if (order2.every((axis, at) => axis === at)) return source;
      const inverse = order2.map((_, axis) => order2.indexOf(axis));
      return view(
        { kind: "transpose", permutation: order2 },
        source,
        order2.map((axis) => source.shape[axis]),
        (gradient) => [transpose(gradient, inverse)]
      );
    });
    slice = (x, start, size, options = {}) => scope(() => {
      const source = asTensor(x);
      const step = options.step ?? source.shape.map(() => 1);
      const from = start.map((at, axis) => at < 0 ? at + source.shape[axis] : at);
      const shape = size.map(
        (count2, axis) => count2 === -1 ? Math.max(0, Math.ceil((source.shape[axis] - from[axis]) / step[axis])) : count2
      );
      const fits2 = [start, size, step].every((list3) => list3.length === source.rank) && shape.every(
        (count2, axis) => Number.isInteger(count2) && count2 >= 0 && Number.isInteger(step[axis]) && step[axis] > 0 && from[axis] >= 0 && (count2 === 0 || from[axis] + (count2 - 1) * step[axis] < source.shape[axis])
      );
      if (!fits2) {
        throw new ShapeError(
          `slice: got start ${formatShape2(start)}, size ${formatShape2(size)}, step ${formatShape2(step)} for shape ${formatShape2(source.shape)}, expected a block inside it`
        );
      }
      if (sameShape(shape, source.shape) && step.every((stride) => stride === 1)) return source;
      return view({ kind: "slice", start: from, step }, source, shape, (gradient) => {
        const interior = step.map((stride) => stride - 1);
        const reached2 = shape.map((count2, axis) => count2 === 0 ? 0 : (count2 - 1) * step[axis] + 1);
        const widths = from.map((low, axis) => [low, source.shape[axis] - low - reached2[axis]]);
        return [gradient.pad(widths, 0, { interior })];
      });
    });
    flip = (x, axes) => scope(() => {
      const source = asTensor(x);
      const flipped2 = normalizeAxes("flip", axes, source.rank);
      if (source.size === 0) return source;
      const start = source.shape.map((size, axis) => flipped2.includes(axis) ? size - 1 : 0);
      const step = source.shape.map((_, axis) => flipped2.includes(axis) ? -1 : 1);
      return view({ kind: "slice", start, step }, source, source.shape, (gradient) => [
        flip(gradient, flipped2)
      ]);
    });
    broadcastTo = (x, shape) => scope(() => {
      const source = asTensor(x);
      checkShape("broadcastTo", shape);
      if (sameShape(source.shape, shape)) return source;
      const lead = shape.length - source.rank;
      if (lead < 0 || !source.shape.every((size, axis) => size === 1 || size === shape[lead + axis])) {
        throw new ShapeError(
          `broadcastTo: got shape ${formatShape2(source.shape)}, expected one that stretches to ${formatShape2(shape)}`
        );
      }
      return view({ kind: "broadcast" }, source, shape, (gradient) => {
        const axes = shape.flatMap(
          (size, axis) => axis < lead || source.shape[axis - lead] === 1 && size !== 1 ? [axis] : []
        );
        return [gradient.sum({ axes }).reshape(source.shape)];
      });
    });
    expandDims = (x, axis) => scope(() => {
      const source = asTensor(x);
      const at = normalizeAxis("expandDims", axis, source.rank + 1);
      return reshape(source, [...source.shape.slice(0, at), 1, ...source.shape.slice(at)]);
    });
    squeeze = (x, axes) => scope(() => {
      const source = asTensor(x);
      const gone = axes === void 0 ? source.shape.flatMap((size, axis) => size === 1 ? [axis] : []) : normalizeAxes("squeeze", axes, source.rank);
      if (gone.some((axis) => source.shape[axis] !== 1)) {
        throw new ShapeError(
          `squeeze: got axes ${formatShape2(gone)} of shape ${formatShape2(source.shape)}, expected size 1`
        );
      }
      return reshape(
        source,
        source.shape.filter((_, axis) => !gone.includes(axis))
      );
    });
    split = (x, parts, options = {}) => scope(() => {
      const source = asTensor(x);
      const axis = normalizeAxis("split", options.axis ?? 0, source.rank);
      const length = source.shape[axis];
      const sizes = typeof parts === "number" ? new Array(parts).fill(length / parts) : parts;
      if (!sizes.every((size) => Number.isInteger(size) && size >= 0) || sizes.reduce((a, b) => a + b, 0) !== length) {
        throw new ShapeError(
          `split: got parts ${JSON.stringify(parts)} of axis ${axis} in ${formatShape2(source.shape)}, expected whole sizes that add up to ${length}`
        );
      }
      let at = 0;
      return sizes.map((count2) => {
        const start = source.shape.map((_, a) => a === axis ? at : 0);
        at += count2;
        return slice(
          source,
          start,
          source.shape.map((size, a) => a === axis ? count2 : size)
        );
      });
    });
    tile = (x, repeats) => scope(() => {
      const source = asTensor(x);
      if (repeats.length !== source.rank || !repeats.every((count2) => Number.isInteger(count2) && count2 >= 0)) {
        throw new DataError(
          `tile: got repeats ${formatShape2(repeats)} for shape ${formatShape2(source.shape)}, expected one whole number per axis`
        );
      }
      const apart = reshape(
        source,
        source.shape.flatMap((size) => [1, size])
      );
      const stretched2 = broadcastTo(
        apart,
        source.shape.flatMap((size, axis) => [repeats[axis], size])
      );
      return reshape(
        stretched2,
        source.shape.map((size, axis) => size * repeats[axis])
      );
    });
  }
});

// packages/tensor/src/ops/unify.ts
function literalDtype(value, dtype) {
  if (typeof value === "boolean") return dtype;
  if (isFloat(dtype)) return dtype;
  return Number.isInteger(value) ? promote(dtype, "int32") : "float32";
}
function unify(op, likes) {
  const isLiteral = (like) => typeof like !== "object";
  const tensors = likes.map((like) => isLiteral(like) ? like : asTensor(like));
  const given2 = tensors.filter((like) => like instanceof Tensor).map((x) => x.dtype);
  const booleans = likes.every((like) => typeof like === "boolean");
  let dtype = given2.length > 0 ? given2.reduce(promote) : booleans ? "bool" : "float32";
  for (const like of tensors) if (!(like instanceof Tensor)) dtype = literalDtype(like, dtype);
  const shape = broadcastShapes(
    op,
    tensors.map((like) => like instanceof Tensor ? like.shape : [])
  );
  return tensors.map(
    (like) => like instanceof Tensor ? broadcastTo(cast(like, dtype), shape) : constant(Number(like), shape, dtype)
  );
}
function unifyFloats(tensors) {
  const widest = tensors.map((x) => x.dtype).reduce(promote);
  const dtype = isFloat(widest) ? widest : "float32";
  return tensors.map((x) => cast(x, dtype));
}
var init_unify = __esm({
  "packages/tensor/src/ops/unify.ts"() {
    "use strict";
    init_dtype();
    init_shape();
    init_tensor();
    init_cast();
    init_creation();
    init_views();
  }
});

// packages/tensor/src/ops/elementwise.ts
var elementwise_exports = {};
__export(elementwise_exports, {
  abs: () => abs,
  add: () => add,
  bitwiseAnd: () => bitwiseAnd,
  bitwiseOr: () => bitwiseOr,
  bitwiseXor: () => bitwiseXor,
  ceil: () => ceil,
  cos: () => cos,
  divide: () => divide,
  equal: () => equal,
  erf: () => erf2,
  exp: () => exp,
  expm1: () => expm1,
  floor: () => floor,
  greater: () => greater,
  greaterEqual: () => greaterEqual,
  isNaN: () => isNaN,
  less: () => less,
  lessEqual: () => lessEqual,
  log: () => log,
  log1p: () => log1p,
  logicalAnd: () => logicalAnd,
  logicalNot: () => logicalNot,
  logicalOr: () => logicalOr,
  maximum: () => maximum,
  minimum: () => minimum,
  mod: () => mod,
  multiply: () => multiply,
  negative: () => negative,
  notEqual: () => notEqual,
  power: () => power2,
  reciprocal: () => reciprocal,
  relu: () => relu,
  round: () => round,
  rsqrt: () => rsqrt,
  shiftLeft: () => shiftLeft,
  shiftRight: () => shiftRight,
  sigmoid: () => sigmoid2,
  sign: () => sign,
  sin: () => sin,
  softplus: () => softplus,
  sqrt: () => sqrt,
  subtract: () => subtract,
  tanh: () => tanh,
  where: () => where
});
function unary2(op, real2, gradient) {
  return (x) => scope(() => {
    const given2 = asTensor(x);
    const source = real2 ? toFloat(given2) : given2.dtype === "bool" ? cast(given2, "int32") : given2;
    return record(
      { kind: "scalar", op },
      [source],
      source.shape,
      source.dtype,
      gradient && ((dy, [input], output) => [gradient(dy, input, output)])
    );
  });
}
function binary2(op, options, gradient) {
  return (a, b) => scope(() => {
    let operands = unify(op, [a, b]);
    if (options.operands === "bool") operands = operands.map((x) => cast(x, "bool"));
    if (options.operands === "real") operands = operands.map(toFloat);
    if (!options.result && operands[0].dtype === "bool") operands = operands.map((x) => cast(x, "int32"));
    const { shape, dtype } = operands[0];
    if (options.integers && isFloat(dtype)) throw new DtypeError(`${op}: got ${dtype}, expected int32`);
    return record(
      { kind: "scalar", op },
      operands,
      shape,
      options.result ?? dtype,
      gradient && ((dy, [x, y], output) => gradient(dy, x, y, output))
    );
  });
}
var toFloat, comparison, add, subtract, multiply, divide, power2, maximum, minimum, mod, equal, notEqual, less, lessEqual, greater, greaterEqual, logicalAnd, logicalOr, logicalNot, bitwiseAnd, bitwiseOr, bitwiseXor, shiftLeft, shiftRight, where, negative, abs, sign, floor, ceil, round, exp, expm1, log, log1p, sqrt, rsqrt, reciprocal, sin, cos, tanh, sigmoid2, softplus, relu, erf2, isNaN;
var init_elementwise = __esm({
  "packages/tensor/src/ops/elementwise.ts"() {
    "use strict";
    init_dtype();
    init_errors();
    init_recording();
    init_shape();
    init_cast();
    init_creation();
    init_unify();
    init_views();
    toFloat = (x) => isFloat(x.dtype) ? x : cast(x, "float32");
    comparison = (op) => binary2(op, { result: "bool" });
    add = binary2("add", {}, (dy) => [dy, dy]);
    subtract = binary2("subtract", {}, (dy) => [dy, negative(dy)]);
    multiply = binary2("multiply", {}, (dy, a, b) => [multiply(dy, b), multiply(dy, a)]);
    divide = binary2("divide", { operands: "real" }, (dy, _a, b, y) => [
      divide(dy, b),
      negative(multiply(dy, divide(y, b)))
    ]);
    power2 = binary2("power", {}, (dy, a, b, y) => {
      const slope = multiply(b, power2(a, subtract(b, 1)));
      const logarithm = log(where(greater(a, 0), a, 1));
      return [multiply(dy, where(equal(b, 0), 0, slope)), multiply(dy, multiply(y, logarithm))];
    });
    maximum = binary2("maximum", {}, (dy, a, b) => {
      const first4 = greaterEqual(a, b);
      return [where(first4, dy, 0), where(first4, 0, dy)];
    });
    minimum = binary2("minimum", {}, (dy, a, b) => {
      const first4 = lessEqual(a, b);
      return [where(first4, dy, 0), where(first4, 0, dy)];
    });
    mod = binary2("mod", {}, (dy, a, b) => [dy, negative(multiply(dy, floor(divide(a, b))))]);
    equal = comparison("equal");
    notEqual = comparison("notEqual");
    less = comparison("less");
    lessEqual = comparison("lessEqual");
    greater = comparison("greater");
    greaterEqual = comparison("greaterEqual");
    logicalAnd = binary2("logicalAnd", { operands: "bool", result: "bool" });
    logicalOr = binary2("logicalOr", { operands: "bool", result: "bool" });
    logicalNot = (x) => scope(() => {
      const source = cast(asTensor(x), "bool");
      return record({ kind: "scalar", op: "logicalNot" }, [source], source.shape, "bool");
    });
    bitwiseAnd = binary2("bitwiseAnd", { integers: true });
    bitwiseOr = binary2("bitwiseOr", { integers: true });
    bitwiseXor = binary2("bitwiseXor", { integers: true });
    shiftLeft = binary2("shiftLeft", { integers: true });
    shiftRight = binary2("shiftRight", { integers: true });
    where = (condition, a, b) => scope(() => {
      const test = cast(asTensor(condition), "bool");
      const [x, y] = unify("where", [a, b]);
      const shape = broadcastShapes("where", [test.shape, x.shape]);
      const operands = [test, x, y].map((operand) => broadcastTo(operand, shape));
      return record({ kind: "scalar", op: "where" }, operands, shape, x.dtype, (dy, [chosen]) => [
        void 0,
        where(chosen, dy, 0),
        where(chosen, 0, dy)
      ]);
    });
    negative = unary2("negative", false, (dy) => negative(dy));
    abs = unary2("abs", false, (dy, x) => multiply(dy, sign(x)));
    sign = unary2("sign", false);
    floor = unary2("floor", true);
    ceil = unary2("ceil", true);
    round = unary2("round", true);
    exp = unary2("exp", true, (dy, _x, y) => multiply(dy, y));
    expm1 = unary2("expm1", true, (dy, _x, y) => multiply(dy, add(y, 1)));
    log = unary2("log", true, (dy, x) => divide(dy, x));
    log1p = unary2("log1p", true, (dy, x) => divide(dy, add(x, 1)));
    sqrt = unary2("sqrt", true, (dy, _x, y) => divide(multiply(dy, 0.5), y));
    rsqrt = unary2(
      "rsqrt",
      true,
      (dy, _x, y) => multiply(multiply(dy, -0.5), multiply(y, multiply(y, y)))
    );
    reciprocal = unary2("reciprocal", true, (dy, _x, y) => negative(multiply(dy, multiply(y, y))));
    sin = unary2("sin", true, (dy, x) => multiply(dy, cos(x)));
    cos = unary2("cos", true, (dy, x) => negative(multiply(dy, sin(x))));
    tanh = unary2("tanh", true, (dy, _x, y) => multiply(dy, subtract(1, multiply(y, y))));
    sigmoid2 = unary2("sigmoid", true, (dy, _x, y) => multiply(dy, multiply(y, subtract(1, y))));
    softplus = unary2("softplus", true, (dy, x) => multiply(dy, sigmoid2(x)));
    relu = unary2("relu", false, (dy, _x, y) => where(greater(y, 0), dy, 0));
    erf2 = unary2(
      "erf",
      true,
      (dy, x) => multiply(multiply(dy, 2 / Math.sqrt(Math.PI)), exp(negative(multiply(x, x))))
    );
    isNaN = (x) => scope(() => {
      const source = toFloat(asTensor(x));
      return record({ kind: "scalar", op: "isNaN" }, [source], source.shape, "bool");
    });
  }
});

// packages/tensor/src/ops/activations.ts
var activations_exports = {};
__export(activations_exports, {
  clip: () => clip,
  elu: () => elu,
  gelu: () => gelu,
  hardSigmoid: () => hardSigmoid,
  leakyRelu: () => leakyRelu,
  selu: () => selu,
  silu: () => silu,
  softsign: () => softsign,
  square: () => square,
  stopGradient: () => stopGradient
});
var square, stopGradient, clip, hardSigmoid, leakyRelu, elu, selu, silu, gelu, softsign;
var init_activations = __esm({
  "packages/tensor/src/ops/activations.ts"() {
    "use strict";
    init_recording();
    init_creation();
    init_elementwise();
    square = (x) => scope(() => {
      const source = asTensor(x);
      return multiply(source, source);
    });
    stopGradient = (x) => scope(() => {
      const source = asTensor(x);
      return record({ kind: "reshape" }, [source], source.shape, source.dtype);
    });
    clip = (x, low, high) => named("clip", () => minimum(maximum(x, low), high));
    hardSigmoid = (x) => named("hardSigmoid", () => clip(add(multiply(x, 1 / 6), 0.5), 0, 1));
    leakyRelu = (x, options = {}) => named("leakyRelu", () => {
      const source = asTensor(x);
      return where(greater(source, 0), source, multiply(source, options.negativeSlope ?? 0.2));
    });
    elu = (x, options = {}) => named("elu", () => {
      const source = asTensor(x);
      return where(greater(source, 0), source, multiply(expm1(minimum(source, 0)), options.alpha ?? 1));
    });
    selu = (x) => named("selu", () => multiply(elu(x, { alpha: 1.6732632423543772 }), 1.0507009873554805));
    silu = (x) => named("silu", () => {
      const source = asTensor(x);
      return multiply(source, sigmoid2(source));
    });
    gelu = (x) => named("gelu", () => {
      const source = asTensor(x);
      return multiply(multiply(source, 0.5), add(erf2(multiply(source, Math.SQRT1_2)), 1));
    });
    softsign = (x) => named("softsign", () => {
      const source = asTensor(x);
      return divide(source, add(abs(source), 1));
    });
  }
});

// packages/tensor/src/variable.ts
var Variable;
var init_variable = __esm({
  "packages/tensor/src/variable.ts"() {
    "use strict";
    init_dtype();
    init_errors();
    init_execute();
    init_node();
    init_cast();
    init_creation();
    init_recording();
    init_session();
    init_shape();
    init_tensor();
    Variable = class {
      name;
      trainable;
      shape;
      dtype;
      /** Internal: stands for the stored values in recordings. */
      leaf;
      #owner;
      #slot;
      /**
       * @param initial first value; a function is called outside any recording (for values drawn at random inside a
       *   compiled function, say)
       * @throws HeklaError for a tensor that is still being recorded
       */
      constructor(initial2, options = {}) {
        this.name = options.name ?? "variable";
        this.trainable = options.trainable ?? true;
        const first4 = typeof initial2 === "function" ? initial2 : () => initial2;
        const source = outsideRecording(() => {
          const like = first4();
          if (like instanceof Tensor && !like.node.source && like.node.recording) {
            throw new HeklaError(
              `variable ${this.name}: got a value that is still being recorded, expected a function that makes it`
            );
          }
          const stored = like instanceof Tensor && like.node.source?.kind === "slot";
          if (stored && (options.dtype ?? like.dtype) === like.dtype) return like;
          return scope(() => {
            const value = asTensor(like);
            return copy(options.dtype ? cast(value, options.dtype) : value);
          });
        });
        this.shape = source.shape;
        this.dtype = source.dtype;
        this.leaf = new Node({ kind: "leaf" }, [], source.shape, source.dtype, void 0, this.name);
        this.leaf.source = { kind: "variable", variable: this };
        this.#owner = backend();
        this.#slot = this.#owner.allocate(sizeOf(source.shape), source.dtype);
        this.#owner.copy(this.#slot, bind(source.node.source));
      }
      get rank() {
        return this.shape.length;
      }
      get size() {
        return sizeOf(this.shape);
      }
      /** The current value; inside a recording the one assigned last in it. */
      read() {
        const recording = activeRecording();
        if (!recording) return scope(() => copy(this.read()));
        return new Tensor(recording.facts.get(this) ?? recording.assignments.get(this) ?? this.leaf);
      }
      /**
       * Gives a new value; inside a recording it takes effect when that is flushed, and for later reads in it at once.
       * @throws ShapeError when the shape differs
       */
      assign(value) {
        scope(() => {
          const next = cast(asTensor(value), this.dtype);
          if (!sameShape(next.shape, this.shape)) {
            throw new ShapeError(
              `assign: variable ${this.name} has shape ${formatShape2(this.shape)}, got ${formatShape2(next.shape)}, expected the same`
            );
          }
          const recording = activeRecording();
          recording.assignments.set(this, next.node);
          recording.facts.delete(this);
        });
      }
      /** The stored values. */
      async data() {
        return fromStorage(this.dtype, await this.#owner.read(this.slot));
      }
      dataSync() {
        return fromStorage(this.dtype, this.#owner.readSync(this.slot));
      }
      /** Overwrites the stored values from host memory, row-major. */
      write(values2) {
        if (values2.length !== this.size) {
          throw new ShapeError(
            `write: variable ${this.name} has ${this.size} values ${formatShape2(this.shape)}, got ${values2.length}, expected the same number`
          );
        }
        this.#owner.write(this.slot, toStorage(this.dtype, values2));
      }
      /** Internal: the memory behind it, on the current backend. */
      get slot() {
        if (!this.#slot) throw new ReleasedError(`variable ${this.name}: it was disposed, got a use after that`);
        return this.#slot;
      }
      /** Internal: its memory, checked to be on the current backend. */
      boundSlot() {
        const { slot } = this;
        if (this.#owner !== backend()) {
          throw new DeviceError(
            `variable ${this.name}: it lives on the ${this.#owner.name} backend, got a use on ${backend().name}, expected useBackend before the model is made`
          );
        }
        return slot;
      }
      /** Gives the memory back. */
      dispose() {
        if (this.#slot) this.#owner.free(this.#slot);
        this.#slot = void 0;
      }
      [Symbol.dispose]() {
        this.dispose();
      }
    };
  }
});

// packages/tensor/src/gradient.ts
function between(root, sources) {
  const order2 = [];
  const reaches = /* @__PURE__ */ new Map();
  const stack2 = [root];
  while (stack2.length > 0) {
    const node = stack2[stack2.length - 1];
    if (reaches.has(node)) {
      stack2.pop();
      continue;
    }
    const inputs = sources.has(node) ? [] : node.sources;
    const missing = inputs.filter((input) => !reaches.has(input));
    if (missing.length > 0) {
      stack2.push(...missing);
      continue;
    }
    stack2.pop();
    const found = sources.has(node) || inputs.some((input) => reaches.get(input));
    reaches.set(node, found);
    if (found) order2.push(node);
  }
  return order2.sort((a, b) => a.id - b.id);
}
function backward(value, sources) {
  const gradients = /* @__PURE__ */ new Map([[value.node, ones(value.shape, { dtype: value.dtype })]]);
  const wanted = new Set(sources);
  const path = between(value.node, wanted);
  const onPath = new Set(path);
  for (const node of path.reverse()) {
    const gradient = gradients.get(node);
    if (!gradient || wanted.has(node) || !node.gradient) continue;
    const rule = node.gradient;
    const operands = node.sources.map((source) => new Tensor(source));
    const parts = labelled(
      node.label && `${node.label} gradient`,
      () => rule(gradient, operands, new Tensor(node))
    );
    node.sources.forEach((source, position) => {
      const part = parts[position];
      if (!part || !onPath.has(source) || !isFloat(source.dtype)) return;
      const sum3 = gradients.get(source);
      gradients.set(source, sum3 ? add(sum3, part) : part);
    });
  }
  return sources.map((source) => gradients.get(source));
}
function inside(fn) {
  depth.now++;
  try {
    return fn();
  } finally {
    depth.now--;
  }
}
function forgetPasts() {
  const { assignments, facts } = activeRecording();
  for (const [variable2, node] of assignments) {
    if (!facts.has(variable2)) facts.set(variable2, stopGradient(new Tensor(node)).node);
  }
}
function valueAndGrad(fn, wrt) {
  return (...args) => scope(() => {
    const targets = wrt === void 0 ? [0] : Array.isArray(wrt) ? wrt : [wrt];
    if (depth.now === 0) forgetPasts();
    const sources = targets.map((target) => {
      const source = target instanceof Variable ? target : args[target];
      if (source instanceof Variable) return source.read().node;
      if (source instanceof Tensor) return source.node;
      throw new HeklaError(`grad: argument ${String(target)} is no tensor, expected a Tensor or Variable`);
    });
    const result = inside(() => fn(...args));
    const value = result instanceof Tensor ? result : result.value;
    if (!(value instanceof Tensor) || value.rank !== 0) {
      throw new ShapeError(
        `grad: the function gave ${value instanceof Tensor ? formatShape2(value.shape) : typeof value}, expected a scalar tensor (use sum or mean)`
      );
    }
    if (!isFloat(value.dtype))
      throw new DtypeError(`grad: the function gave ${value.dtype}, expected a float`);
    const found = backward(value, sources).map(
      (gradient, i) => gradient ?? zeros(sources[i].shape, { dtype: sources[i].dtype })
    );
    const grads = typeof wrt === "number" || wrt === void 0 ? found[0] : targets.some((target) => target instanceof Variable) ? new Map(found.map((gradient, i) => [targets[i], gradient])) : found;
    return { ...result instanceof Tensor ? {} : result, value, grads };
  });
}
function grad(fn, wrt) {
  const both = valueAndGrad(fn, wrt);
  return (...args) => both(...args).grads;
}
var depth;
var init_gradient = __esm({
  "packages/tensor/src/gradient.ts"() {
    "use strict";
    init_dtype();
    init_errors();
    init_activations();
    init_creation();
    init_elementwise();
    init_recording();
    init_shape();
    init_tensor();
    init_variable();
    depth = { now: 0 };
  }
});

// packages/tensor/src/threefry.ts
function threefry(key, counter) {
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  let k2 = k0 ^ k1 ^ parity;
  let x0 = counter[0] + k0 | 0;
  let x1 = counter[1] + k1 | 0;
  for (let injection = 1; injection <= rounds / 4; injection++) {
    const by = rotations[injection + 1 & 1];
    x0 = x0 + x1 | 0;
    x1 = (x1 << by[0] | x1 >>> 32 - by[0]) ^ x0;
    x0 = x0 + x1 | 0;
    x1 = (x1 << by[1] | x1 >>> 32 - by[1]) ^ x0;
    x0 = x0 + x1 | 0;
    x1 = (x1 << by[2] | x1 >>> 32 - by[2]) ^ x0;
    x0 = x0 + x1 | 0;
    x1 = (x1 << by[3] | x1 >>> 32 - by[3]) ^ x0;
    const first4 = k0;
    k0 = k1;
    k1 = k2;
    k2 = first4;
    x0 = x0 + k0 | 0;
    x1 = x1 + k1 + injection | 0;
  }
  return [x0, x1];
}
function streamKey(seed, name, index = 0) {
  let key = [seed | 0, Math.floor(seed / 4294967296) | 0];
  for (let i = 0; i < name.length; i++) key = threefry(key, [name.charCodeAt(i), i]);
  return threefry(key, [index | 0, -1]);
}
var rotations, parity, rounds;
var init_threefry = __esm({
  "packages/tensor/src/threefry.ts"() {
    "use strict";
    rotations = [
      [13, 15, 26, 6],
      [17, 29, 16, 24]
    ];
    parity = 466688986;
    rounds = 20;
  }
});

// packages/tensor/src/host-random.ts
var HostRandom;
var init_host_random = __esm({
  "packages/tensor/src/host-random.ts"() {
    "use strict";
    init_threefry();
    HostRandom = class {
      /** Draws made so far; set it to go on where another run stopped. */
      counter = 0;
      #key;
      /**
       * @param seed whole number, shared by all streams of a run
       * @param name what the numbers are for: "shuffle", "augment", ...
       * @param index further distinction, such as the epoch. Default 0
       */
      constructor(seed, name, index = 0) {
        this.#key = streamKey(seed, name, index);
      }
      /** 32 random bits as a non-negative whole number. */
      bits() {
        const at = this.counter++;
        return threefry(this.#key, [at | 0, Math.floor(at / 4294967296)])[0] >>> 0;
      }
      /** Uniform in [0, 1), a multiple of 2^-32. */
      uniform() {
        return this.bits() / 4294967296;
      }
      /** Uniform whole number in [0, n), without bias (Lemire's method with rejection). */
      integer(n) {
        const reject = 4294967296 % n;
        for (; ; ) {
          const product4 = this.bits() * n;
          if (product4 % 4294967296 >= reject || reject === 0) return Math.floor(product4 / 4294967296);
        }
      }
      /** Standard normal, by Box and Muller's method. */
      normal() {
        const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
        return radius * Math.cos(2 * Math.PI * this.uniform());
      }
      /** 0 .. n - 1 in random order (Fisher and Yates). */
      permutation(n) {
        const order2 = Int32Array.from({ length: n }, (_, i) => i);
        for (let i = n - 1; i > 0; i--) {
          const j = this.integer(i + 1);
          const kept4 = order2[i];
          order2[i] = order2[j];
          order2[j] = kept4;
        }
        return order2;
      }
    };
  }
});

// packages/tensor/src/reference/moves.ts
function gather(routine, operands, out) {
  const { name, outer, axisSize, inner, count: count2, beyond } = routine;
  const [first4, second2] = operands;
  const reads = name === "gather" || name === "gatherAlong";
  const along = name === "gatherAlong" || name === "scatterAddAlong";
  const indices = reads ? second2 : first4;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count2; j++) {
      for (let i = 0; i < inner; i++) {
        const element = (o * count2 + j) * inner + i;
        const given2 = indices[along ? element : j];
        const index = clamp(given2, axisSize);
        if (beyond && given2 !== index) {
          if (reads) out[element] = beyond === "nan" ? Number.NaN : 0;
          continue;
        }
        const target = (o * axisSize + index) * inner + i;
        if (reads) out[element] = first4[target];
        else if (axisSize > 0) out[target] += second2[element];
      }
    }
  }
}
function concat(routine, operands, out) {
  const { outer, sizes, inner } = routine;
  let at = 0;
  for (let o = 0; o < outer; o++) {
    operands.forEach((operand, k) => {
      const length = sizes[k] * inner;
      out.set(operand.subarray(o * length, (o + 1) * length), at);
      at += length;
    });
  }
}
function pad(routine, operands, out) {
  const x = operands[0];
  const { inputShape, outputShape, low, interior, value } = routine;
  out.fill(value);
  const strides = rowMajorStrides(outputShape);
  const view2 = {
    shape: inputShape,
    strides: strides.map((stride, axis) => stride * (interior[axis] + 1)),
    offset: strides.reduce((sum3, stride, axis) => sum3 + stride * low[axis], 0)
  };
  positions(view2, 0, sizeOf(inputShape)).forEach((place2, i) => {
    out[place2] = x[i];
  });
}
function cumsum(routine, operands, out) {
  const x = operands[0];
  const { outer, axisSize, inner, reverse, exclusive } = routine;
  const integers2 = out instanceof Int32Array;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let total2 = 0;
      for (let step = 0; step < axisSize; step++) {
        const at = (o * axisSize + (reverse ? axisSize - 1 - step : step)) * inner + i;
        const next = integers2 ? total2 + x[at] | 0 : total2 + x[at];
        out[at] = exclusive ? total2 : next;
        total2 = next;
      }
    }
  }
}
function argsort(routine, operands, out) {
  const x = operands[0];
  const { outer, axisSize, count: count2, descending } = routine;
  for (let o = 0; o < outer; o++) {
    const row2 = x.subarray(o * axisSize, (o + 1) * axisSize);
    const order2 = Array.from({ length: axisSize }, (_, i) => i).sort((a, b) => {
      const [left, right] = [row2[a], row2[b]];
      if (Number.isNaN(left) || Number.isNaN(right))
        return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
      return descending ? right - left || a - b : left - right || a - b;
    });
    out.set(order2.slice(0, count2), o * count2);
  }
}
var clamp;
var init_moves = __esm({
  "packages/tensor/src/reference/moves.ts"() {
    "use strict";
    init_shape();
    init_program();
    clamp = (index, size) => Math.min(Math.max(index, 0), size - 1);
  }
});

// packages/tensor/src/ops/indexing.ts
function indexTensor(op, like) {
  const indices = asTensor(like, "int32");
  if (isFloat(indices.dtype))
    throw new DtypeError(`${op}: got ${indices.dtype} indices, expected int32 (use cast)`);
  return cast(indices, "int32");
}
function scatteredOf(updates, { outer, inner }) {
  let { node } = updates;
  while (!node.source && node.operation.kind === "reshape") node = node.inputs[0];
  const whole = outer === 1 && node.shape.at(-1) === inner;
  return whole && node.operation.kind === "routine" ? node.operation.scattered : void 0;
}
function move(name, sizes, operands, shape, scattered) {
  const reads = name === "gather" || name === "gatherAlong";
  const values2 = operands[reads ? 0 : 1];
  const routine = { name, dtype: values2.dtype, ...sizes };
  const [operation, inputs] = scattered?.(operands[0], routine) ?? [
    { kind: "routine", routine, reference: gather },
    operands
  ];
  const opposite = {
    gather: "scatterAdd",
    scatterAdd: "gather",
    gatherAlong: "scatterAddAlong",
    scatterAddAlong: "gatherAlong"
  };
  const rule = (dy, sources) => {
    const indices = sources[reads ? 1 : 0];
    const linear = sizes.beyond ? { ...sizes, beyond: "zero" } : sizes;
    const back = reads ? move(
      opposite[name],
      linear,
      [indices, dy],
      values2.shape,
      name === "gather" ? scatteredOf(dy, sizes) : void 0
    ) : move(opposite[name], linear, [dy, indices], values2.shape);
    return reads ? [back, void 0] : [void 0, back];
  };
  return record(operation, inputs, shape, values2.dtype, rule, operands);
}
var wrapNegative, gather2, scatterAdd, gatherAlong, scatterAddAlong, oneHot;
var init_indexing = __esm({
  "packages/tensor/src/ops/indexing.ts"() {
    "use strict";
    init_dtype();
    init_errors();
    init_recording();
    init_moves();
    init_shape();
    init_cast();
    init_creation();
    init_elementwise();
    init_views();
    wrapNegative = (indices, size) => where(indices.less(0), add(indices, size), indices);
    gather2 = (x, indices, options = {}) => scope(() => {
      const source = asTensor(x);
      const fills = options.outOfRange === "nan";
      if (fills && !isFloat(source.dtype)) {
        throw new DtypeError(`gather: NaN for what is out of range, got ${source.dtype}, expected a float`);
      }
      const axis = normalizeAxis("gather", options.axis ?? 0, source.rank);
      const given2 = indexTensor("gather", indices);
      const axisSize = source.shape[axis];
      if (axisSize === 0 && given2.size > 0) {
        throw new ShapeError(
          `gather: axis ${axis} of ${formatShape2(source.shape)} is empty, expected an element`
        );
      }
      const [before3, after] = [source.shape.slice(0, axis), source.shape.slice(axis + 1)];
      const sizes = {
        ...{ outer: sizeOf(before3), axisSize, inner: sizeOf(after), count: given2.size },
        ...fills && { beyond: "nan" }
      };
      const flat = reshape(fills ? given2 : wrapNegative(given2, axisSize), [given2.size]);
      return reshape(move("gather", sizes, [source, flat], [...before3, given2.size, ...after]), [
        ...before3,
        ...given2.shape,
        ...after
      ]);
    });
    scatterAdd = (indices, updates, size, options = {}) => scope(() => {
      const values2 = asTensor(updates);
      const axis = normalizeAxis("scatterAdd", options.axis ?? 0, values2.rank);
      const given2 = indexTensor("scatterAdd", indices);
      if (given2.rank !== 1 || given2.size !== values2.shape[axis]) {
        throw new ShapeError(
          `scatterAdd: got indices ${formatShape2(given2.shape)} for updates ${formatShape2(values2.shape)}, expected [${values2.shape[axis]}] for axis ${axis}`
        );
      }
      const [before3, after] = [values2.shape.slice(0, axis), values2.shape.slice(axis + 1)];
      const sizes = { outer: sizeOf(before3), axisSize: size, inner: sizeOf(after), count: given2.size };
      return move("scatterAdd", sizes, [wrapNegative(given2, size), values2], [...before3, size, ...after]);
    });
    gatherAlong = (x, indices, options = {}) => scope(() => {
      const source = asTensor(x);
      const axis = normalizeAxis("gatherAlong", options.axis ?? 0, source.rank);
      const given2 = indexTensor("gatherAlong", indices);
      const fits2 = given2.rank === source.rank && given2.shape.every((n, a) => a === axis || n === source.shape[a]);
      if (!fits2) {
        throw new ShapeError(
          `gatherAlong: got indices ${formatShape2(given2.shape)} for ${formatShape2(source.shape)}, expected the same shape but for axis ${axis}`
        );
      }
      const axisSize = source.shape[axis];
      const outer = sizeOf(source.shape.slice(0, axis));
      const inner = sizeOf(source.shape.slice(axis + 1));
      const sizes = { outer, axisSize, inner, count: given2.shape[axis] };
      return move("gatherAlong", sizes, [source, wrapNegative(given2, axisSize)], given2.shape);
    });
    scatterAddAlong = (indices, updates, size, options = {}) => scope(() => {
      const values2 = asTensor(updates);
      const axis = normalizeAxis("scatterAddAlong", options.axis ?? 0, values2.rank);
      const given2 = indexTensor("scatterAddAlong", indices);
      if (!sameShape(given2.shape, values2.shape)) {
        throw new ShapeError(
          `scatterAddAlong: got indices ${formatShape2(given2.shape)} for updates ${formatShape2(values2.shape)}, expected the same shape`
        );
      }
      const outer = sizeOf(values2.shape.slice(0, axis));
      const inner = sizeOf(values2.shape.slice(axis + 1));
      const sizes = { outer, axisSize: size, inner, count: values2.shape[axis] };
      const shape = values2.shape.map((n, a) => a === axis ? size : n);
      return move("scatterAddAlong", sizes, [wrapNegative(given2, size), values2], shape);
    });
    oneHot = (indices, depth2, options = {}) => scope(() => {
      const given2 = indexTensor("oneHot", indices);
      const shape = [...given2.shape, depth2];
      const hot = equal(coordinate(shape, given2.rank), broadcastTo(expandDims(given2, -1), shape));
      return cast(hot, options.dtype ?? "float32");
    });
  }
});

// packages/tensor/src/reference/matmul.ts
function matmul(routine, operands, out) {
  const [a, b] = operands;
  const { batch, m, n, k, transposeA, transposeB, batchedA, batchedB } = routine;
  const row2 = new Float64Array(n);
  for (let i = 0; i < batch; i++) {
    const startA = batchedA ? i * m * k : 0;
    const startB = batchedB ? i * k * n : 0;
    for (let y = 0; y < m; y++) {
      row2.fill(0);
      for (let p = 0; p < k; p++) {
        const factor = a[startA + (transposeA ? p * m + y : y * k + p)];
        for (let x = 0; x < n; x++) row2[x] += factor * b[startB + (transposeB ? x * k + p : p * n + x)];
      }
      out.set(row2, (i * m + y) * n);
    }
  }
}
var init_matmul = __esm({
  "packages/tensor/src/reference/matmul.ts"() {
    "use strict";
  }
});

// packages/tensor/src/ops/matmul.ts
function unswap(x) {
  const { operation, inputs } = x.node;
  if (x.node.source || operation.kind !== "transpose") return void 0;
  const { permutation } = operation;
  const rank2 = permutation.length;
  const swaps = permutation.every((axis, at) => axis === (at < rank2 - 2 ? at : 2 * rank2 - 3 - at));
  return swaps ? new Tensor(inputs[0]) : void 0;
}
function unbroadcast(gradient, like) {
  if (sameShape(gradient.shape, like.shape)) return gradient;
  const lead = gradient.rank - like.rank;
  const axes = gradient.shape.flatMap(
    (size, axis) => axis < lead || like.shape[axis - lead] !== size ? [axis] : []
  );
  return reshape(gradient.sum({ axes }), like.shape);
}
var matmul2, matrixTranspose;
var init_matmul2 = __esm({
  "packages/tensor/src/ops/matmul.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_matmul();
    init_shape();
    init_tensor();
    init_creation();
    init_unify();
    init_views();
    matmul2 = (a, b, options = {}) => scope(() => {
      let [x, y] = unifyFloats([asTensor(a), asTensor(b)]);
      let transposeA = options.transposeA ?? false;
      let transposeB = options.transposeB ?? false;
      const shapes2 = `(${formatShape2(x.shape)}${transposeA ? " transposed" : ""}, ${formatShape2(y.shape)}${transposeB ? " transposed" : ""})`;
      if (x.rank < 2 || y.rank < 2) {
        throw new ShapeError(
          `matmul: got operands of rank ${x.rank} and ${y.rank} ${shapes2}, expected 2 or more`
        );
      }
      const rows = x.shape.at(transposeA ? -1 : -2);
      const inner = x.shape.at(transposeA ? -2 : -1);
      const columns2 = y.shape.at(transposeB ? -2 : -1);
      const innerB = y.shape.at(transposeB ? -1 : -2);
      if (inner !== innerB) {
        throw new ShapeError(
          `matmul: inner sizes differ, got ${inner} and ${innerB} ${shapes2}, expected them equal`
        );
      }
      const swappedA = unswap(x);
      if (swappedA) [x, transposeA] = [swappedA, !transposeA];
      const swappedB = unswap(y);
      if (swappedB) [y, transposeB] = [swappedB, !transposeB];
      const batchA = x.shape.slice(0, -2);
      const batchB = y.shape.slice(0, -2);
      const batchShape = broadcastShapes("matmul", [batchA, batchB]);
      const shape = [...batchShape, rows, columns2];
      const full2 = (operand, own2) => sizeOf(own2) === 1 || sameShape(own2, batchShape) ? operand : broadcastTo(operand, [...batchShape, ...operand.shape.slice(-2)]);
      x = full2(x, batchA);
      y = full2(y, batchB);
      const batch = sizeOf(batchShape);
      const single2 = (operand) => sizeOf(operand.shape.slice(0, -2)) === 1;
      if (batch !== 1 && single2(y) && !transposeA) {
        const flat = matmul2(reshape(x, [-1, inner]), reshape(y, y.shape.slice(-2)), { transposeB });
        return reshape(flat, shape);
      }
      const routine = {
        name: "matmul",
        dtype: x.dtype,
        batch,
        m: rows,
        n: columns2,
        k: inner,
        transposeA,
        transposeB,
        batchedA: batch !== 1 && !single2(x),
        batchedB: batch !== 1 && !single2(y)
      };
      return record({ kind: "routine", routine, reference: matmul }, [x, y], shape, x.dtype, (dy, [p, q]) => {
        const towardsA = transposeA ? matmul2(q, dy, { transposeA: transposeB, transposeB: true }) : matmul2(dy, q, { transposeB: !transposeB });
        const towardsB = transposeB ? matmul2(dy, p, { transposeA: true, transposeB: transposeA }) : matmul2(p, dy, { transposeA: !transposeA });
        return [unbroadcast(towardsA, p), unbroadcast(towardsB, q)];
      });
    });
    matrixTranspose = (x) => scope(() => {
      const source = asTensor(x);
      if (source.rank < 2) {
        throw new ShapeError(
          `matrixTranspose: got shape ${formatShape2(source.shape)}, expected 2 axes or more`
        );
      }
      const last = source.rank - 1;
      return transpose(
        source,
        source.shape.map((_, axis) => axis < last - 1 ? axis : 2 * last - 1 - axis)
      );
    });
  }
});

// packages/tensor/src/ops/moves.ts
var pad2, mostParts, concat2, stack;
var init_moves2 = __esm({
  "packages/tensor/src/ops/moves.ts"() {
    "use strict";
    init_dtype();
    init_errors();
    init_recording();
    init_moves();
    init_shape();
    init_cast();
    init_creation();
    init_views();
    pad2 = (x, widths, value = 0, options = {}) => scope(() => {
      const source = asTensor(x);
      const interior = options.interior ?? widths.map(() => 0);
      const whole = [...widths.flat(), ...interior].every((width) => Number.isInteger(width) && width >= 0);
      if (widths.length !== source.rank || interior.length !== source.rank || !whole) {
        throw new ShapeError(
          `pad: got widths ${JSON.stringify(widths)} for shape ${formatShape2(source.shape)}, expected two non-negative whole numbers per axis`
        );
      }
      const low = widths.map(([before3]) => before3);
      const spread2 = source.shape.map(
        (size, axis) => size === 0 ? 0 : (size - 1) * (interior[axis] + 1) + 1
      );
      const outputShape = spread2.map((size, axis) => size + widths[axis][0] + widths[axis][1]);
      if (sameShape(outputShape, source.shape)) return source;
      const { shape: inputShape, dtype } = source;
      const routine = { name: "pad", dtype, inputShape, outputShape, low, interior, value };
      return record(
        { kind: "routine", routine, reference: pad },
        [source],
        outputShape,
        dtype,
        (gradient) => [slice(gradient, low, inputShape, { step: interior.map((gap) => gap + 1) })]
      );
    });
    mostParts = 500;
    concat2 = (tensors, options = {}) => scope(() => {
      const given2 = tensors.map((like) => asTensor(like));
      const first4 = given2[0];
      if (!first4) throw new ShapeError("concat: got no tensors, expected at least one");
      const axis = normalizeAxis("concat", options.axis ?? 0, first4.rank);
      const fits2 = given2.every(
        (x) => x.rank === first4.rank && x.shape.every((size, a) => a === axis || size === first4.shape[a])
      );
      if (!fits2) {
        throw new ShapeError(
          `concat: got shapes ${formatShapes(given2.map((x) => x.shape))}, expected them equal but for axis ${axis}`
        );
      }
      if (given2.length === 1) return first4;
      const dtype = given2.map((x) => x.dtype).reduce(promote);
      const parts = given2.map((x) => cast(x, dtype));
      if (parts.length > mostParts) {
        const firsts = parts.flatMap((_, at) => at % mostParts === 0 ? [at] : []);
        return concat2(
          firsts.map((at) => concat2(parts.slice(at, at + mostParts), { axis })),
          { axis }
        );
      }
      const sizes = parts.map((x) => x.shape[axis]);
      const shape = first4.shape.map((size, a) => a === axis ? sizes.reduce((sum3, n) => sum3 + n, 0) : size);
      const outer = sizeOf(shape.slice(0, axis));
      const inner = sizeOf(shape.slice(axis + 1));
      const routine = { name: "concat", dtype, outer, sizes, inner };
      return record(
        { kind: "routine", routine, reference: concat },
        parts,
        shape,
        dtype,
        (gradient) => {
          let at = 0;
          return parts.map((part) => {
            const start = shape.map((_, a) => a === axis ? at : 0);
            at += part.shape[axis];
            return slice(gradient, start, part.shape);
          });
        }
      );
    });
    stack = (tensors, options = {}) => scope(() => {
      const axis = options.axis ?? 0;
      return concat2(
        tensors.map((x) => expandDims(x, axis)),
        { axis }
      );
    });
  }
});

// packages/tensor/src/ops/reductions.ts
var reductions_exports = {};
__export(reductions_exports, {
  all: () => all,
  any: () => any,
  argMax: () => argMax,
  argMin: () => argMin,
  logSoftmax: () => logSoftmax,
  logSumExp: () => logSumExp,
  max: () => max,
  mean: () => mean,
  min: () => min,
  product: () => product,
  softmax: () => softmax,
  standardDeviation: () => standardDeviation,
  sum: () => sum,
  variance: () => variance
});
function reduce2(reduction, x, axes, keepDims, gradient) {
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  const kept4 = x.shape.map((size, axis) => axes.includes(axis) ? 1 : size);
  const dtype = reduction === "argMax" || reduction === "argMin" ? "int32" : x.dtype;
  if (axes.length === 0) return x;
  const reduced = record({ kind: "reduce", reduction, axes }, [x], shape, dtype, gradient?.(kept4));
  return keepDims ? reshape(reduced, kept4) : reduced;
}
function prepared(op, x, options) {
  const source = asTensor(x);
  const axes = normalizeAxes(op, options.axes, source.rank);
  return { source: source.dtype === "bool" ? cast(source, "int32") : source, axes };
}
function argReduce(reduction, x, options) {
  return scope(() => {
    const given2 = asTensor(x);
    const source = given2.dtype === "bool" ? cast(given2, "int32") : given2;
    const axis = normalizeAxis(reduction, options.axis ?? 0, source.rank);
    if (source.shape[axis] === 0) {
      throw new ShapeError(
        `${reduction}: axis ${axis} of ${formatShape2(source.shape)} is empty, expected an element`
      );
    }
    return reduce2(reduction, source, [axis], options.keepDims ?? false);
  });
}
var extremeGradient, sum, wide, narrow, mean, product, max, min, any, all, variance, standardDeviation, argMax, argMin, logSumExp, softmax, logSoftmax;
var init_reductions = __esm({
  "packages/tensor/src/ops/reductions.ts"() {
    "use strict";
    init_dtype();
    init_errors();
    init_recording();
    init_shape();
    init_activations();
    init_cast();
    init_creation();
    init_elementwise();
    init_views();
    extremeGradient = (axes) => (kept4) => (dy, [x], y) => {
      const attained = cast(equal(x, reshape(y, kept4)), x.dtype);
      return [multiply(divide(attained, sum(attained, { axes, keepDims: true })), reshape(dy, kept4))];
    };
    sum = (x, options = {}) => scope(() => {
      const { source, axes } = prepared("sum", x, options);
      return reduce2("sum", source, axes, options.keepDims ?? false, (kept4) => (dy) => [
        broadcastTo(reshape(dy, kept4), source.shape)
      ]);
    });
    wide = (x) => isFloat(x.dtype) && x.dtype !== "float16" ? x : cast(x, "float32");
    narrow = (mean2, { dtype }) => dtype === "float16" ? cast(mean2, dtype) : mean2;
    mean = (x, options = {}) => named("mean", () => {
      const { source, axes } = prepared("mean", x, options);
      const count2 = axes.reduce((product4, axis) => product4 * source.shape[axis], 1);
      const total2 = sum(wide(source), { axes, keepDims: options.keepDims ?? false });
      return narrow(divide(total2, count2), source);
    });
    product = (x, options = {}) => scope(() => {
      const { source, axes } = prepared("product", x, options);
      return reduce2("product", source, axes, options.keepDims ?? false, (kept4) => (dy, [input], y) => {
        const zero = equal(input, 0);
        const zeros2 = sum(zero, { axes, keepDims: true });
        const safe = where(zero, 1, input);
        const rest = product(safe, { axes, keepDims: true });
        const zeroSum = sum(where(zero, input, 0), { axes, keepDims: true });
        const otherZero = multiply(rest, subtract(zeroSum, input));
        const atZero = where(equal(zeros2, 1), rest, where(equal(zeros2, 2), otherZero, 0));
        const others = where(zero, atZero, divide(reshape(y, kept4), safe));
        return [multiply(reshape(dy, kept4), others)];
      });
    });
    max = (x, options = {}) => scope(() => {
      const { source, axes } = prepared("max", x, options);
      return reduce2("max", source, axes, options.keepDims ?? false, extremeGradient(axes));
    });
    min = (x, options = {}) => scope(() => {
      const { source, axes } = prepared("min", x, options);
      return reduce2("min", source, axes, options.keepDims ?? false, extremeGradient(axes));
    });
    any = (x, options = {}) => named("any", () => {
      const source = cast(cast(asTensor(x), "bool"), "int32");
      return cast(sum(source, options), "bool");
    });
    all = (x, options = {}) => named("all", () => {
      const zero = cast(equal(asTensor(x), 0), "int32");
      return equal(sum(zero, options), 0);
    });
    variance = (x, options = {}) => named("variance", () => {
      const source = asTensor(x);
      const values2 = wide(source);
      const centred = subtract(values2, mean(values2, { ...options, keepDims: true }));
      return narrow(mean(multiply(centred, centred), options), source);
    });
    standardDeviation = (x, options = {}) => named("standardDeviation", () => sqrt(variance(x, options)));
    argMax = (x, options = {}) => argReduce("argMax", x, options);
    argMin = (x, options = {}) => argReduce("argMin", x, options);
    logSumExp = (x, options = {}) => named("logSumExp", () => {
      const source = asTensor(x);
      const largest = stopGradient(max(source, { ...options, keepDims: true }));
      const shift = where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0);
      const total2 = log(sum(exp(subtract(source, shift)), { ...options, keepDims: true }));
      const result = add(total2, shift);
      if (options.keepDims) return result;
      const axes = normalizeAxes("logSumExp", options.axes, source.rank);
      return reshape(
        result,
        source.shape.filter((_, axis) => !axes.includes(axis))
      );
    });
    softmax = (x, options = {}) => named("softmax", () => {
      const source = asTensor(x);
      const axes = normalizeAxis("softmax", options.axis ?? -1, source.rank);
      const exponential2 = exp(subtract(source, stopGradient(max(source, { axes, keepDims: true }))));
      return divide(exponential2, sum(exponential2, { axes, keepDims: true }));
    });
    logSoftmax = (x, options = {}) => named("logSoftmax", () => {
      const source = asTensor(x);
      const axes = normalizeAxis("logSoftmax", options.axis ?? -1, source.rank);
      const shifted = subtract(source, stopGradient(max(source, { axes, keepDims: true })));
      return subtract(shifted, log(sum(exp(shifted), { axes, keepDims: true })));
    });
  }
});

// packages/tensor/src/ops/scans.ts
function lastAxis(rank2, axis) {
  const to = [...Array.from({ length: rank2 }, (_, a) => a).filter((a) => a !== axis), axis];
  return { to, back: to.map((_, a) => to.indexOf(a)) };
}
function order(x, axis, descending, count2) {
  const { to, back } = lastAxis(x.rank, axis);
  const rows = transpose(x.dtype === "bool" ? cast(x, "int32") : x, to);
  const axisSize = x.shape[axis];
  const outer = sizeOf(rows.shape.slice(0, -1));
  const routine = { name: "argsort", dtype: rows.dtype, outer, axisSize, count: count2, descending };
  const indices = record(
    { kind: "routine", routine, reference: argsort },
    [rows],
    [...rows.shape.slice(0, -1), count2],
    "int32"
  );
  return transpose(indices, back);
}
var cumsum2, argsort2, sort, topK;
var init_scans = __esm({
  "packages/tensor/src/ops/scans.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_moves();
    init_shape();
    init_cast();
    init_creation();
    init_indexing();
    init_views();
    cumsum2 = (x, options = {}) => scope(() => {
      const given2 = asTensor(x);
      const source = given2.dtype === "bool" ? cast(given2, "int32") : given2;
      const { shape, dtype } = source;
      const axis = normalizeAxis("cumsum", options.axis ?? -1, source.rank);
      const { reverse = false, exclusive = false } = options;
      const outer = sizeOf(shape.slice(0, axis));
      const inner = sizeOf(shape.slice(axis + 1));
      const routine = {
        name: "cumsum",
        dtype,
        outer,
        axisSize: shape[axis],
        inner,
        reverse,
        exclusive
      };
      return record({ kind: "routine", routine, reference: cumsum }, [source], shape, dtype, (dy) => [
        cumsum2(dy, { axis, reverse: !reverse, exclusive })
      ]);
    });
    argsort2 = (x, options = {}) => named("argsort", () => {
      const source = asTensor(x);
      const axis = normalizeAxis("argsort", options.axis ?? -1, source.rank);
      return order(source, axis, options.descending ?? false, source.shape[axis]);
    });
    sort = (x, options = {}) => named("sort", () => {
      const source = asTensor(x);
      const axis = normalizeAxis("sort", options.axis ?? -1, source.rank);
      return gatherAlong(source, argsort2(source, { ...options, axis }), { axis });
    });
    topK = (x, k, options = {}) => named("topK", () => {
      const source = asTensor(x);
      const axis = normalizeAxis("topK", options.axis ?? -1, source.rank);
      if (!Number.isInteger(k) || k < 1 || k > source.shape[axis]) {
        throw new ShapeError(
          `topK: got k ${k} for axis ${axis} of ${formatShape2(source.shape)}, expected a whole number from 1 to ${source.shape[axis]}`
        );
      }
      const indices = order(source, axis, true, k);
      return { values: gatherAlong(source, indices, { axis }), indices };
    });
  }
});

// packages/tensor/src/methods.ts
var _where, elementwiseMethods, methods;
var init_methods = __esm({
  "packages/tensor/src/methods.ts"() {
    "use strict";
    init_activations();
    init_cast();
    init_elementwise();
    init_indexing();
    init_matmul2();
    init_moves2();
    init_reductions();
    init_scans();
    init_views();
    init_tensor();
    ({ where: _where, ...elementwiseMethods } = elementwise_exports);
    methods = {
      ...elementwiseMethods,
      ...activations_exports,
      ...reductions_exports,
      ...views_exports,
      cast,
      matmul: matmul2,
      pad: pad2,
      gather: gather2,
      gatherAlong,
      oneHot,
      cumsum: cumsum2,
      argsort: argsort2,
      sort,
      topK
    };
    for (const [name, fn] of Object.entries(methods)) {
      Object.defineProperty(Tensor.prototype, name, {
        value(...rest) {
          return fn(this, ...rest);
        },
        writable: true,
        configurable: true
      });
    }
  }
});

// packages/tensor/src/non-finite.ts
function ancestors(roots) {
  const found = /* @__PURE__ */ new Set();
  const stack2 = [...roots];
  for (let node = stack2.pop(); node; node = stack2.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    stack2.push(...node.inputs);
  }
  return [...found].sort((a, b) => a.id - b.id);
}
function badValue(data) {
  let infinite = false;
  for (let index = 0; index < data.length; index++) {
    const value = data[index];
    if (Number.isNaN(value)) return "NaN";
    if (!Number.isFinite(value)) infinite = true;
  }
  return infinite ? "Infinity" : void 0;
}
async function findNonFinite(fn) {
  const recording = new Recording(false);
  try {
    const result = withRecording(recording, fn);
    const roots = [...recording.assignments.values(), ...tensorsIn(result).map(({ node }) => node)];
    return await search(ancestors(roots).filter(({ dtype }) => isFloat(dtype)));
  } finally {
    recording.ended = true;
  }
}
async function search(nodes) {
  const names = new Map(nodes.map((node) => [node, nameOf(node)]));
  const bad = /* @__PURE__ */ new Map();
  let culprit;
  for (let start = 0; start < nodes.length && !culprit; start += chunkSize) {
    const chunk = nodes.slice(start, start + chunkSize).filter(({ operation }) => operation.kind !== "constant");
    execute(chunk, /* @__PURE__ */ new Map(), false);
    for (const node of chunk) {
      const { source } = node;
      if (!source || source.kind === "placeholder") continue;
      const value = badValue(
        source.kind === "variable" ? await source.variable.data() : fromStorage(node.dtype, await source.owner.read(source.slot))
      );
      if (value) bad.set(node, value);
      if (value === "NaN") culprit ??= node;
    }
  }
  const first4 = culprit ? ancestors([culprit]).find((node) => bad.has(node)) : [...bad.keys()][0];
  if (!first4) return void 0;
  return { op: names.get(first4), label: first4.label, shape: first4.shape, value: bad.get(first4) };
}
var chunkSize, nameOf;
var init_non_finite = __esm({
  "packages/tensor/src/non-finite.ts"() {
    "use strict";
    init_dtype();
    init_execute();
    init_recording();
    init_tree();
    chunkSize = 64;
    nameOf = ({ operation, source }) => {
      if (source) return source.kind === "variable" ? "variable" : "argument";
      if (operation.kind === "scalar") return operation.op;
      if (operation.kind === "reduce") return operation.reduction;
      return operation.kind === "routine" ? operation.routine.name : operation.kind;
    };
  }
});

// packages/tensor/src/reference/convolution.ts
function imageStrides(format, channels, [height, width]) {
  return format === "channelsFirst" ? { batch: channels * height * width, channel: height * width, row: width, column: 1 } : { batch: channels * height * width, channel: 1, row: width * channels, column: channels };
}
function eachTap(window2, visit) {
  const { outputSize, windowSize, inputSize, strides, dilation, padding } = window2;
  for (let oy = 0; oy < outputSize[0]; oy++) {
    for (let ox = 0; ox < outputSize[1]; ox++) {
      for (let ky = 0; ky < windowSize[0]; ky++) {
        const iy = oy * strides[0] + ky * dilation[0] - padding[0][0];
        if (iy < 0 || iy >= inputSize[0]) continue;
        for (let kx = 0; kx < windowSize[1]; kx++) {
          const ix = ox * strides[1] + kx * dilation[1] - padding[1][0];
          if (ix >= 0 && ix < inputSize[1]) visit(oy, ox, ky, kx, iy, ix);
        }
      }
    }
  }
}
function conv2d(routine, operands, out) {
  const [first4, second2] = operands;
  const { window: window2, filters, name } = routine;
  const { batch, channels, windowSize } = window2;
  const input = imageStrides(window2.dataFormat, channels, window2.inputSize);
  const output = imageStrides(window2.dataFormat, filters, window2.outputSize);
  const taps = windowSize[0] * windowSize[1];
  const total2 = new Float64Array(out.length);
  eachTap(window2, (oy, ox, ky, kx, iy, ix) => {
    for (let i = 0; i < batch; i++) {
      const inputAt = i * input.batch + iy * input.row + ix * input.column;
      const outputAt = i * output.batch + oy * output.row + ox * output.column;
      for (let f = 0; f < filters; f++) {
        const y = outputAt + f * output.channel;
        for (let c = 0; c < channels; c++) {
          const x = inputAt + c * input.channel;
          const w = (f * channels + c) * taps + ky * windowSize[1] + kx;
          if (name === "conv2d") total2[y] += first4[x] * second2[w];
          else if (name === "conv2dInputGradient") total2[x] += first4[y] * second2[w];
          else total2[w] += first4[x] * second2[y];
        }
      }
    }
  });
  out.set(total2);
}
var init_convolution = __esm({
  "packages/tensor/src/reference/convolution.ts"() {
    "use strict";
  }
});

// packages/tensor/src/ops/windows.ts
function padding1(mode, size, span, stride) {
  if (mode === "valid") return [0, 0];
  if (mode !== "same") return [mode[0], mode[1]];
  const total2 = Math.max((Math.ceil(size / stride) - 1) * stride + span - size, 0);
  return [Math.floor(total2 / 2), total2 - Math.floor(total2 / 2)];
}
function measured(op, axes, shape, options) {
  const { dataFormat = "channelsLast" } = options;
  if (shape.length !== axes.length + 2) {
    throw new ShapeError(
      `${op}: got input ${formatShape2(shape)}, expected ${axes.length + 2} axes: batch, then ` + (dataFormat === "channelsFirst" ? ["channels", ...axes] : [...axes, "channels"]).join(", ")
    );
  }
  const each = (name, given2) => {
    const value = typeof given2 === "number" ? axes.map(() => given2) : [...given2];
    if (value.length !== axes.length || !value.every((size2) => Number.isInteger(size2) && size2 >= 1)) {
      throw new ShapeError(
        `${op}: got ${name} ${formatShape2(value)}, expected ${axes.length} whole numbers of 1 or more`
      );
    }
    return value;
  };
  const windowSize = each("windowSize", options.windowSize);
  const strides = each("strides", options.strides ?? 1);
  const dilation = each("dilation", options.dilation ?? 1);
  const first4 = dataFormat === "channelsFirst";
  const size = first4 ? shape.slice(2) : shape.slice(1, -1);
  const spans = windowSize.map((taps, axis) => (taps - 1) * dilation[axis] + 1);
  const channels = shape[first4 ? 1 : shape.length - 1];
  return { dataFormat, batch: shape[0], channels, size, windowSize, strides, dilation, spans };
}
function windowsOver(op, axes, shape, options) {
  const { size: inputSize, spans, ...rest } = measured(op, axes, shape, options);
  const { windowSize, strides } = rest;
  const { padding: given2 = "valid" } = options;
  const padding = inputSize.map((size, axis) => {
    const mode = typeof given2 === "string" ? given2 : given2[axis];
    return padding1(mode, size, spans[axis], strides[axis]);
  });
  if (!padding.flat().every((size) => Number.isInteger(size) && size >= 0)) {
    throw new ShapeError(
      `${op}: got padding ${JSON.stringify(padding)}, expected whole numbers of 0 or more`
    );
  }
  const outputSize = inputSize.map((size, axis) => {
    const [before3, after] = padding[axis];
    return Math.floor((size + before3 + after - spans[axis]) / strides[axis]) + 1;
  });
  if (outputSize.some((size) => size < 1)) {
    throw new ShapeError(
      `${op}: the window ${formatShape2(windowSize)} does not fit into the input ${formatShape2(shape)}, expected ${axes.join(" and ")} of at least the window's; or padding "same"`
    );
  }
  return { ...rest, inputSize, outputSize, padding };
}
function transposedWindows(op, axes, shape, filters, options) {
  const { size: outputSize, spans, ...rest } = measured(op, axes, shape, options);
  const { strides } = rest;
  const { padding: mode = "valid", outputPadding } = options;
  const extras = axes.map(
    (_, axis) => typeof outputPadding === "object" ? outputPadding[axis] : outputPadding
  );
  if (!extras.every((extra) => extra === void 0 || Number.isInteger(extra) && extra >= 0)) {
    throw new ShapeError(`${op}: got outputPadding [${extras}], expected whole numbers of 0 or more`);
  }
  const places = outputSize.map((size, axis) => {
    const [stride, span, extra] = [strides[axis], spans[axis], extras[axis]];
    const reach = (size - 1) * stride + span;
    if (mode === "valid") {
      return { result: reach + (extra ?? Math.max(stride - span, 0)), padding: [0, 0] };
    }
    const result = extra === void 0 ? size * stride : (size - 1) * stride + span % 2 + extra;
    const around = result - (size - 1) * stride + span - 2;
    const before3 = span - 1 - Math.min(Math.ceil(around / 2), span - 1);
    return { result, padding: [before3, Math.max(reach - before3 - result, 0)] };
  });
  const inputSize = places.map(({ result }) => result);
  if (inputSize.some((size) => size < 1)) {
    throw new ShapeError(
      `${op}: got input ${formatShape2(shape)}, which comes to a result of ${inputSize.join(" x ")}, expected sizes of 1 or more: give a larger outputPadding`
    );
  }
  return { ...rest, channels: filters, inputSize, outputSize, padding: places.map(({ padding }) => padding) };
}
var image, volume, window2D, imageShape;
var init_windows = __esm({
  "packages/tensor/src/ops/windows.ts"() {
    "use strict";
    init_errors();
    init_shape();
    image = ["height", "width"];
    volume = ["depth", "height", "width"];
    window2D = (op, shape, options) => windowsOver(op, image, shape, options);
    imageShape = (format, batch, channels, size) => format === "channelsFirst" ? [batch, channels, ...size] : [batch, ...size, channels];
  }
});

// packages/tensor/src/ops/sub-pixel-convolution.ts
function subPixelGradient(window2, filters, dy, kernel, convolve) {
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize, strides, dilation, padding } = window2;
  const phases = spatial((axis) => Math.min(strides[axis], windowSize[axis]));
  const taps = spatial((axis) => Math.ceil(windowSize[axis] / strides[axis]));
  const first4 = spatial((axis) => Math.floor(padding[axis][0] / strides[axis]));
  const cells = spatial(
    (axis) => Math.floor((padding[axis][0] + inputSize[axis] - 1) / strides[axis]) + 1 - first4[axis]
  );
  const before3 = spatial((axis) => (taps[axis] - 1) * dilation[axis] - first4[axis]);
  const reach = spatial((axis) => cells[axis] + (taps[axis] - 1) * dilation[axis] - before3[axis]);
  const cellWindow = {
    dataFormat,
    batch,
    channels: filters,
    inputSize: outputSize,
    outputSize: cells,
    windowSize: taps,
    strides: [1, 1],
    dilation,
    padding: spatial((axis) => [before3[axis], Math.max(reach[axis] - outputSize[axis], 0)])
  };
  const count2 = phases[0] * phases[1] * channels;
  const result = convolve(cellWindow, count2, dy, phaseKernel(kernel, strides, phases, taps));
  return unfolded(result, window2, phases, cells, first4);
}
function phaseKernel(kernel, strides, phases, taps) {
  const [filters, channels, height, width] = kernel.shape;
  const [down, across] = spatial((axis) => taps[axis] * strides[axis]);
  const whole = pad2(kernel, [
    [0, 0],
    [0, 0],
    [0, down - height],
    [0, across - width]
  ]);
  const apart = reshape(whole, [filters, channels, taps[0], strides[0], taps[1], strides[1]]);
  const used2 = slice(apart, [0, 0, 0, 0, 0, 0], [filters, channels, taps[0], phases[0], taps[1], phases[1]]);
  const ordered2 = transpose(flip(used2, [2, 4]), [3, 5, 1, 0, 2, 4]);
  return reshape(ordered2, [phases[0] * phases[1] * channels, filters, ...taps]);
}
function unfolded(x, window2, phases, cells, first4) {
  const { dataFormat, batch, channels, inputSize, strides, padding } = window2;
  const isFirst = dataFormat === "channelsFirst";
  const apart = isFirst ? transpose(reshape(x, [batch, ...phases, channels, ...cells]), [0, 3, 4, 1, 5, 2]) : transpose(reshape(x, [batch, ...cells, ...phases, channels]), [0, 1, 3, 2, 4, 5]);
  const [row2, column] = isFirst ? [3, 5] : [2, 4];
  const widths = apart.shape.map(
    (_, axis) => axis === row2 || axis === column ? [0, strides[axis === row2 ? 0 : 1] - phases[axis === row2 ? 0 : 1]] : [0, 0]
  );
  const size = spatial((axis) => cells[axis] * strides[axis]);
  const image2 = reshape(pad2(apart, widths), imageShape(dataFormat, batch, channels, size));
  const start = spatial((axis) => padding[axis][0] - first4[axis] * strides[axis]);
  const from = isFirst ? [0, 0, ...start] : [0, ...start, 0];
  return slice(image2, from, imageShape(dataFormat, batch, channels, inputSize));
}
var spatial, hasSubPixels;
var init_sub_pixel_convolution = __esm({
  "packages/tensor/src/ops/sub-pixel-convolution.ts"() {
    "use strict";
    init_moves2();
    init_views();
    init_windows();
    spatial = (of) => [of(0), of(1)];
    hasSubPixels = ({ strides, dilation, windowSize, padding }) => Math.max(...strides) > 1 && [0, 1].every(
      (axis) => (strides[axis] === 1 || dilation[axis] === 1) && padding[axis][0] <= (windowSize[axis] - 1) * dilation[axis]
    );
  }
});

// packages/tensor/src/ops/with-gradient.ts
var withGradient;
var init_with_gradient = __esm({
  "packages/tensor/src/ops/with-gradient.ts"() {
    "use strict";
    init_recording();
    withGradient = (value, inputs, rule) => (
      // A copy costs nothing where the planner fuses.
      record({ kind: "copy" }, [value], value.shape, value.dtype, rule, inputs)
    );
  }
});

// packages/tensor/src/ops/convolution-contractions.ts
function contract(name, window2, filters, a, b) {
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize } = window2;
  const shape = {
    conv2d: imageShape(dataFormat, batch, filters, outputSize),
    conv2dInputGradient: imageShape(dataFormat, batch, channels, inputSize),
    conv2dKernelGradient: [filters, channels, ...windowSize]
  }[name];
  const part = (which, x, y) => contract(which, window2, filters, x, y);
  const gradients = (dy, p, q) => {
    if (name === "conv2d") return [part("conv2dInputGradient", dy, q), part("conv2dKernelGradient", p, dy)];
    if (name === "conv2dInputGradient") return [part("conv2d", dy, q), part("conv2dKernelGradient", dy, p)];
    return [part("conv2dInputGradient", q, dy), part("conv2d", p, dy)];
  };
  if (name === "conv2dInputGradient" && hasSubPixels(window2)) {
    const value = subPixelGradient(
      window2,
      filters,
      a,
      b,
      (cells, count2, x, kernel) => contract("conv2d", cells, count2, x, kernel)
    );
    return withGradient(value, [a, b], (dy, [p, q]) => gradients(dy, p, q));
  }
  const routine = { name, dtype: a.dtype, window: window2, filters };
  return record(
    { kind: "routine", routine, reference: conv2d },
    [a, b],
    shape,
    a.dtype,
    (dy, [p, q]) => gradients(dy, p, q)
  );
}
var init_convolution_contractions = __esm({
  "packages/tensor/src/ops/convolution-contractions.ts"() {
    "use strict";
    init_recording();
    init_convolution();
    init_sub_pixel_convolution();
    init_windows();
    init_with_gradient();
  }
});

// packages/tensor/src/ops/convolution-operands.ts
function operandsOf2(op, input, kernel, layout, options) {
  const [x, k] = unifyFloats([asTensor(input), asTensor(kernel)]);
  const given2 = `(input ${formatShape2(x.shape)}, kernel ${formatShape2(k.shape)})`;
  if (x.rank !== layout.length || k.rank !== layout.length) {
    throw new ShapeError(
      `${op}: got ${x.rank} and ${k.rank} axes ${given2}, expected ${layout.length} each, the kernel's being [${layout.join(", ")}]`
    );
  }
  const { groups = 1 } = options;
  if (!Number.isInteger(groups) || groups < 1 || k.shape[0] % groups !== 0) {
    throw new ShapeError(`${op}: got ${groups} groups, expected a divisor of the ${k.shape[0]} ${layout[0]}`);
  }
  const channels = x.shape[channelAxis(options, x)];
  const expected = k.shape[layout.indexOf("channels")] * groups;
  if (channels !== expected) {
    throw new ShapeError(`${op}: input has ${channels} channels but the kernel expects ${expected} ${given2}`);
  }
  return [x, k];
}
function grouped(convolve, x, kernel, options) {
  const axis = channelAxis(options, x);
  const kernels = split(kernel, options.groups);
  const single2 = { ...options, groups: 1 };
  const parts = split(x, options.groups, { axis }).map((part, at) => convolve(part, kernels[at], single2));
  return concat2(parts, { axis });
}
var channelAxis;
var init_convolution_operands = __esm({
  "packages/tensor/src/ops/convolution-operands.ts"() {
    "use strict";
    init_errors();
    init_shape();
    init_creation();
    init_moves2();
    init_unify();
    init_views();
    channelAxis = ({ dataFormat }, x) => dataFormat === "channelsFirst" ? 1 : x.rank - 1;
  }
});

// packages/tensor/src/ops/over-steps.ts
function imageOptions(given2, size) {
  const { strides = 1, dilation = 1, padding = "valid", dataFormat = "channelsLast" } = given2;
  const along = padding === "causal" ? [(size - 1) * dilation, 0] : padding;
  return {
    ...given2,
    strides: [1, strides],
    dilation: [1, dilation],
    dataFormat,
    padding: typeof along === "string" ? along : [[0, 0], along]
  };
}
var overSteps;
var init_over_steps = __esm({
  "packages/tensor/src/ops/over-steps.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_shape();
    init_creation();
    init_views();
    overSteps = (op, on, options) => (input, kernel, given2 = {}) => scope(() => {
      const [x, k] = [asTensor(input), asTensor(kernel)];
      if (x.rank !== 3 || k.rank !== 3) {
        throw new ShapeError(
          `${op}: got input ${formatShape2(x.shape)} and kernel ${formatShape2(k.shape)}, expected 3 axes each`
        );
      }
      const height = given2.dataFormat === "channelsFirst" ? 2 : 1;
      const result = on(expandDims(x, height), expandDims(k, 2), options(given2, k.shape[2]));
      return squeeze(result, height);
    });
  }
});

// packages/tensor/src/ops/depthwise-convolution.ts
function tapsOf(window2, padded2, size, strides, first4) {
  const { windowSize, dilation } = window2;
  const shape = placed(window2, -1, size).map((length, axis) => length < 0 ? padded2.shape[axis] : length);
  const step = placed(window2, 1, strides);
  return Array.from({ length: windowSize[0] * windowSize[1] }, (_, tap) => {
    const [u, v] = [Math.floor(tap / windowSize[1]), tap % windowSize[1]];
    const start = placed(window2, 0, [first4[0] + u * dilation[0], first4[1] + v * dilation[1]]);
    return slice(padded2, start, shape, { step });
  });
}
function weighted({ dataFormat, channels }, taps, kernel) {
  const byTap = copy(transpose(reshape(kernel, [channels, taps.length])));
  const shape = dataFormat === "channelsFirst" ? [channels, 1, 1] : [channels];
  return taps.map((seen, tap) => multiply(seen, reshape(slice(byTap, [tap, 0], [1, channels]), shape))).reduce((total2, term) => add(total2, term));
}
function inputGradient(window2, dy, kernel) {
  const { inputSize, outputSize, windowSize, strides, dilation, padding } = window2;
  const axes = [0, 1].map((axis) => {
    const span = (windowSize[axis] - 1) * dilation[axis] + 1;
    const origin = span - 1 - padding[axis][0];
    const low = Math.max(origin, 0);
    const reach = low + (outputSize[axis] - 1) * strides[axis] + 1;
    const first4 = low - origin;
    return { first: first4, widths: [low, Math.max(first4 + inputSize[axis] - 1 + span - reach, 0)] };
  });
  const [rows, columns2] = axes;
  const interior = placed(window2, 0, [strides[0] - 1, strides[1] - 1]);
  const spread2 = pad2(dy, placed(window2, [0, 0], [rows.widths, columns2.widths]), 0, { interior });
  const taps = tapsOf(window2, spread2, inputSize, [1, 1], [rows.first, columns2.first]);
  return weighted(window2, taps, flip(kernel, [1, 2]));
}
function kernelGradient(window2, x, dy) {
  const axes = window2.dataFormat === "channelsFirst" ? [0, 2, 3] : [0, 1, 2];
  const taps = tapsOf(window2, padded(window2, x), window2.outputSize, window2.strides, [0, 0]);
  const parts = taps.map((seen) => sum(multiply(seen, dy), { axes }));
  return reshape(stack(parts, { axis: 1 }), [window2.channels, ...window2.windowSize]);
}
function contract2(name, window2, a, b) {
  const part = (which, x, y) => contract2(which, window2, x, y);
  if (name === "forward") {
    const taps = tapsOf(window2, padded(window2, a), window2.outputSize, window2.strides, [0, 0]);
    return withGradient(weighted(window2, taps, b), [a, b], (dy, [x, kernel]) => [
      part("inputGradient", dy, kernel),
      part("kernelGradient", x, dy)
    ]);
  }
  if (name === "inputGradient") {
    return withGradient(inputGradient(window2, a, b), [a, b], (dx, [dy, kernel]) => [
      part("forward", dx, kernel),
      part("kernelGradient", dx, dy)
    ]);
  }
  return withGradient(kernelGradient(window2, a, b), [a, b], (dk, [x, dy]) => [
    part("inputGradient", dy, dk),
    part("forward", x, dk)
  ]);
}
var placed, padded, depthwiseConv2d, depthwiseConv1d;
var init_depthwise_convolution = __esm({
  "packages/tensor/src/ops/depthwise-convolution.ts"() {
    "use strict";
    init_recording();
    init_convolution_operands();
    init_creation();
    init_elementwise();
    init_moves2();
    init_over_steps();
    init_reductions();
    init_views();
    init_windows();
    init_with_gradient();
    placed = ({ dataFormat }, edges, [height, width]) => dataFormat === "channelsFirst" ? [edges, edges, height, width] : [edges, height, width, edges];
    padded = (window2, x) => pad2(x, placed(window2, [0, 0], window2.padding));
    depthwiseConv2d = (input, kernel, options = {}) => scope(() => {
      const layout = ["channels", "multiplier", ...image];
      const [x, k] = operandsOf2("depthwiseConv2d", input, kernel, layout, options);
      const [channels, multiplier, ...windowSize] = k.shape;
      const axis = options.dataFormat === "channelsFirst" ? 1 : 3;
      const repeats = [...x.shape.slice(0, axis + 1), multiplier, ...x.shape.slice(axis + 1)];
      const shape = x.shape.map((size, at) => at === axis ? channels * multiplier : size);
      const repeated2 = reshape(broadcastTo(expandDims(x, axis + 1), repeats), shape);
      const window2 = window2D("depthwiseConv2d", shape, { ...options, windowSize });
      return contract2("forward", window2, repeated2, reshape(k, [channels * multiplier, ...windowSize]));
    });
    depthwiseConv1d = /* @__PURE__ */ overSteps(
      "depthwiseConv1d",
      depthwiseConv2d,
      imageOptions
    );
  }
});

// packages/tensor/src/ops/convolution.ts
var conv2d2, conv1d;
var init_convolution2 = __esm({
  "packages/tensor/src/ops/convolution.ts"() {
    "use strict";
    init_recording();
    init_convolution_contractions();
    init_convolution_operands();
    init_depthwise_convolution();
    init_over_steps();
    init_views();
    init_windows();
    conv2d2 = (input, kernel, options = {}) => scope(() => {
      const [x, k] = operandsOf2("conv2d", input, kernel, ["filters", "channels", ...image], options);
      const [filters, channels, ...windowSize] = k.shape;
      const { groups = 1, ...rest } = options;
      const window2 = window2D("conv2d", x.shape, { ...rest, windowSize });
      if (groups > 1) {
        if (channels > 1) return grouped(conv2d2, x, k, { ...rest, groups });
        return depthwiseConv2d(x, reshape(k, [groups, filters / groups, ...windowSize]), rest);
      }
      return contract("conv2d", window2, filters, x, k);
    });
    conv1d = /* @__PURE__ */ overSteps("conv1d", conv2d2, imageOptions);
  }
});

// packages/tensor/src/ops/convolution-transpose.ts
var conv2dTranspose, conv1dTranspose;
var init_convolution_transpose = __esm({
  "packages/tensor/src/ops/convolution-transpose.ts"() {
    "use strict";
    init_recording();
    init_convolution_contractions();
    init_convolution_operands();
    init_over_steps();
    init_windows();
    conv2dTranspose = (input, kernel, options = {}) => scope(() => {
      const op = "conv2dTranspose";
      const [x, k] = operandsOf2(op, input, kernel, ["channels", "filters", ...image], options);
      const [channels, filters, ...windowSize] = k.shape;
      const window2 = transposedWindows(op, image, x.shape, filters, { ...options, windowSize });
      return contract("conv2dInputGradient", window2, channels, x, k);
    });
    conv1dTranspose = /* @__PURE__ */ overSteps(
      "conv1dTranspose",
      conv2dTranspose,
      (given2) => {
        const { strides = 1, dilation = 1, outputPadding, ...rest } = given2;
        const extra = outputPadding === void 0 ? {} : { outputPadding: [0, outputPadding] };
        return { ...rest, ...extra, strides: [1, strides], dilation: [1, dilation] };
      }
    );
  }
});

// packages/tensor/src/ops/ranges.ts
var range, eye;
var init_ranges = __esm({
  "packages/tensor/src/ops/ranges.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_cast();
    init_creation();
    init_elementwise();
    range = (start, stop, step = 1, options = {}) => named("range", () => {
      const count2 = Math.max(0, Math.ceil((stop - start) / step));
      if (!Number.isFinite(count2))
        throw new ShapeError(`range: got ${start}, ${stop}, ${step}, expected a finite count`);
      const dtype = options.dtype ?? "float32";
      return add(multiply(cast(coordinate([count2], 0), dtype), step), start);
    });
    eye = (size, options = {}) => named("eye", () => {
      const shape = [size, options.columns ?? size];
      return cast(equal(coordinate(shape, 0), coordinate(shape, 1)), options.dtype ?? "float32");
    });
  }
});

// packages/tensor/src/ops/convolution3d.ts
function planeWindow({ dataFormat, batch, channels, ...sizes }) {
  const planes = Object.entries(sizes).map(([name, [, ...plane]]) => [name, plane]);
  const count2 = { batch: batch * sizes.outputSize[0], channels: channels * sizes.windowSize[0] };
  return { dataFormat, ...count2, ...Object.fromEntries(planes) };
}
function depths({ outputSize, windowSize, strides, dilation }) {
  const outputs = multiply(range(0, outputSize[0], 1, { dtype: "int32" }), strides[0]);
  const taps = multiply(range(0, windowSize[0], 1, { dtype: "int32" }), dilation[0]);
  return reshape(add(reshape(outputs, [-1, 1]), taps), [-1]);
}
function tapsToChannels({ dataFormat, batch, outputSize, windowSize }, x) {
  const [first4, second2, third] = x.shape.slice(2);
  const [count2, taps] = [batch * outputSize[0], windowSize[0]];
  if (dataFormat === "channelsFirst") return reshape(x, [count2, taps * first4, second2, third]);
  const apart = reshape(x, [count2, taps, first4, second2, third]);
  return reshape(transpose(apart, [0, 2, 3, 1, 4]), [count2, first4, second2, taps * third]);
}
function channelsToTaps({ dataFormat, batch, outputSize, windowSize }, x) {
  const [first4, second2, third] = x.shape.slice(1);
  const [depth2, taps] = [outputSize[0] * windowSize[0], windowSize[0]];
  if (dataFormat === "channelsFirst") return reshape(x, [batch, depth2, first4 / taps, second2, third]);
  const apart = reshape(x, [batch * outputSize[0], first4, second2, taps, third / taps]);
  return reshape(transpose(apart, [0, 3, 1, 2, 4]), [batch, depth2, first4, second2, third / taps]);
}
var swapDepth, planeKernel, isFlat, conv3d, conv3dTranspose;
var init_convolution3d = __esm({
  "packages/tensor/src/ops/convolution3d.ts"() {
    "use strict";
    init_recording();
    init_convolution_contractions();
    init_convolution_operands();
    init_elementwise();
    init_indexing();
    init_moves2();
    init_ranges();
    init_views();
    init_windows();
    swapDepth = ({ dataFormat }, x) => dataFormat === "channelsFirst" ? transpose(x, [0, 2, 1, 3, 4]) : x;
    planeKernel = (kernel) => {
      const [filters, channels, depth2, ...plane] = kernel.shape;
      return reshape(transpose(kernel, [0, 2, 1, 3, 4]), [filters, depth2 * channels, ...plane]);
    };
    isFlat = ({ windowSize, strides }) => windowSize[0] === 1 && strides[0] === 1;
    conv3d = (input, kernel, options = {}) => scope(() => {
      const [x, k] = operandsOf2("conv3d", input, kernel, ["filters", "channels", ...volume], options);
      const { groups = 1 } = options;
      if (groups > 1) return grouped(conv3d, x, k, { ...options, groups });
      const [filters, , ...windowSize] = k.shape;
      const window2 = windowsOver("conv3d", volume, x.shape, { ...options, windowSize });
      const stacked = swapDepth(window2, x);
      const padded2 = pad2(stacked, [[0, 0], window2.padding[0], [0, 0], [0, 0], [0, 0]]);
      const seen = isFlat(window2) ? padded2 : gather2(padded2, depths(window2), { axis: 1 });
      const planes = tapsToChannels(window2, seen);
      const result = contract("conv2d", planeWindow(window2), filters, planes, planeKernel(k));
      return swapDepth(
        window2,
        reshape(result, [window2.batch, window2.outputSize[0], ...result.shape.slice(1)])
      );
    });
    conv3dTranspose = (input, kernel, options = {}) => scope(() => {
      const op = "conv3dTranspose";
      const [x, k] = operandsOf2(op, input, kernel, ["channels", "filters", ...volume], options);
      const [channels, filters, ...windowSize] = k.shape;
      const window2 = transposedWindows(op, volume, x.shape, filters, { ...options, windowSize });
      const { batch, inputSize, outputSize, strides, dilation, padding } = window2;
      const stacked = swapDepth(window2, x);
      const flat = reshape(stacked, [batch * outputSize[0], ...stacked.shape.slice(2)]);
      const planes = contract("conv2dInputGradient", planeWindow(window2), channels, flat, planeKernel(k));
      const taps = channelsToTaps(window2, planes);
      const reach = (outputSize[0] - 1) * strides[0] + (windowSize[0] - 1) * dilation[0] + 1;
      const whole = isFlat(window2) ? taps : scatterAdd(depths(window2), taps, reach, { axis: 1 });
      const [front] = padding[0];
      const size = Math.min(inputSize[0], reach - front);
      const inside2 = slice(whole, [0, front, 0, 0, 0], [-1, size, -1, -1, -1]);
      const fitted = pad2(inside2, [
        [0, 0],
        [0, inputSize[0] - size],
        [0, 0],
        [0, 0],
        [0, 0]
      ]);
      return swapDepth(window2, fitted);
    });
  }
});

// packages/tensor/src/reference/masked-matmul.ts
function maskedMatmul({ name, batch, steps, features, gates, units }, [left, masks, right], out) {
  const total2 = new Float64Array(out.length);
  const width = gates * units;
  for (let sample = 0; sample < batch; sample++) {
    for (let feature = 0; feature < features; feature++) {
      const place2 = (step) => (sample * steps + step) * features + feature;
      const empty = name !== "maskedMatmulInputGradient" && Array.from({ length: steps }, (_, step) => left[place2(step)]).every((x) => x === 0);
      for (let gate = 0; gate < gates; gate++) {
        const mask2 = masks[(sample * gates + gate) * features + feature];
        if (mask2 === 0 || empty) continue;
        for (let step = 0; step < steps; step++) {
          const x = place2(step);
          const y = (sample * steps + step) * width + gate * units;
          const w = feature * width + gate * units;
          for (let unit2 = 0; unit2 < units; unit2++) {
            if (name === "maskedMatmul") total2[y + unit2] += left[x] * mask2 * right[w + unit2];
            else if (name === "maskedMatmulKernelGradient")
              total2[w + unit2] += left[x] * mask2 * right[y + unit2];
            else total2[x] += left[y + unit2] * mask2 * right[w + unit2];
          }
        }
      }
    }
  }
  out.set(total2);
}
var init_masked_matmul = __esm({
  "packages/tensor/src/reference/masked-matmul.ts"() {
    "use strict";
  }
});

// packages/tensor/src/ops/masked-matmul.ts
function compose(name, { batch, steps, features, gates, units }, [left, masks, right]) {
  const rows = (x) => reshape(x, [batch * steps, x.shape[2]]);
  const parts = Array.from({ length: gates }, (_, gate) => {
    const mask2 = expandDims(gateOf(masks, gate, features), 1);
    if (name === "maskedMatmulInputGradient") {
      const [dy, kernel] = [gateOf(left, gate, units), gateOf(right, gate, units)];
      return multiply(
        reshape(matmul2(rows(dy), kernel, { transposeB: true }), [batch, steps, features]),
        mask2
      );
    }
    const x = rows(multiply(left, mask2));
    const own2 = gateOf(right, gate, units);
    return name === "maskedMatmul" ? matmul2(x, own2) : matmul2(x, rows(own2), { transposeA: true });
  });
  if (name === "maskedMatmulInputGradient") return parts.reduce((total2, part) => total2.add(part));
  return name === "maskedMatmul" ? reshape(join(parts), [batch, steps, gates * units]) : join(parts);
}
function maskGradient({ batch, steps, features, gates, units }, x, kernel, dy) {
  const parts = Array.from({ length: gates }, (_, gate) => {
    const rows = reshape(gateOf(dy, gate, units), [batch * steps, units]);
    const through2 = matmul2(rows, gateOf(kernel, gate, units), { transposeB: true });
    return sum(multiply(x, reshape(through2, [batch, steps, features])), { axes: 1 });
  });
  return join(parts);
}
function product2(name, sizes, operands) {
  const { batch, steps, features, gates, units } = sizes;
  const whole = Object.entries(fewest).every(([size, least]) => sizes[size] >= least);
  if (!whole) return compose(name, sizes, operands);
  const { dtype } = operands[0];
  const shape = {
    maskedMatmul: [batch, steps, gates * units],
    maskedMatmulInputGradient: [batch, steps, features],
    maskedMatmulKernelGradient: [features, gates * units]
  }[name];
  const routine = { name, dtype, ...sizes };
  return record({ kind: "routine", routine, reference: maskedMatmul }, operands, shape, dtype, (upper, inputs) => {
    const [left, masks, right] = inputs;
    const { x, kernel, dy } = {
      maskedMatmul: { x: left, kernel: right, dy: upper },
      maskedMatmulInputGradient: { x: upper, kernel: right, dy: left },
      maskedMatmulKernelGradient: { x: left, kernel: upper, dy: right }
    }[name];
    const by = {
      x: () => product2("maskedMatmulInputGradient", sizes, [dy, masks, kernel]),
      kernel: () => product2("maskedMatmulKernelGradient", sizes, [x, masks, dy]),
      dy: () => product2("maskedMatmul", sizes, [x, masks, kernel])
    };
    const ofMasks = maskGradient(sizes, x, kernel, dy);
    if (name === "maskedMatmul") return [by.x(), ofMasks, by.kernel()];
    return name === "maskedMatmulInputGradient" ? [by.dy(), ofMasks, by.kernel()] : [by.x(), ofMasks, by.dy()];
  });
}
function maskedMatmulGradients(x, masks, kernel, dy) {
  const [batch, steps, features] = x.shape;
  const gates = masks.shape[1] / features;
  const sizes = { batch, steps, features, gates, units: dy.shape[2] / gates };
  return {
    masks: maskGradient(sizes, x, kernel, dy),
    kernel: product2("maskedMatmulKernelGradient", sizes, [x, masks, dy])
  };
}
var fewest, gateOf, join, maskedMatmul2;
var init_masked_matmul2 = __esm({
  "packages/tensor/src/ops/masked-matmul.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_masked_matmul();
    init_shape();
    init_creation();
    init_elementwise();
    init_matmul2();
    init_moves2();
    init_reductions();
    init_unify();
    init_views();
    fewest = { batch: 1, steps: 4, features: 8, units: 8 };
    gateOf = (x, gate, size) => slice(x, [...x.shape.slice(1).map(() => 0), gate * size], [...x.shape.slice(0, -1), size]);
    join = (parts) => concat2(parts, { axis: -1 });
    maskedMatmul2 = (x, masks, kernel) => named("maskedMatmul", () => {
      const operands = unifyFloats([x, masks, kernel].map((like) => asTensor(like)));
      const [left, mask2, right] = operands;
      const [batch, steps, features] = left.shape;
      const gates = mask2.shape[1] / features;
      const units = right.shape[1] / gates;
      const fits2 = left.rank === 3 && mask2.rank === 2 && right.rank === 2 && mask2.shape[0] === batch && right.shape[0] === features && [gates, units].every((count2) => Number.isInteger(count2) && count2 > 0);
      if (!fits2) {
        throw new ShapeError(
          `maskedMatmul: got x ${formatShape2(left.shape)}, masks ${formatShape2(mask2.shape)} and kernel ${formatShape2(right.shape)}, expected [batch, steps, features], [batch, gates * features] and [features, gates * units]`
        );
      }
      return product2("maskedMatmul", { batch, steps, features, gates, units }, [left, mask2, right]);
    });
  }
});

// packages/tensor/src/reference/matmul-gathered.ts
function distinct({ axisSize, count: count2, clamps }, [indices], out) {
  const places = /* @__PURE__ */ new Map();
  for (let position = 0; position < count2; position++) {
    const given2 = indices[position];
    const clamped = Math.min(Math.max(given2, 0), axisSize - 1);
    const index = clamps || given2 === clamped ? clamped : axisSize;
    if (!places.has(index)) {
      out[1 + places.size] = position;
      out[1 + count2 + places.size] = index;
      places.set(index, places.size);
    }
    out[1 + 2 * count2 + position] = places.get(index);
  }
  out[0] = places.size;
}
function matmulGathered({ name, axisSize, count: count2, inner, columns: columns2, beyond }, [left, indices, right], out) {
  const total2 = new Float64Array(out.length);
  const filling = beyond === "nan" ? Number.NaN : 0;
  for (let position = 0; position < count2; position++) {
    const row2 = indices[1 + count2 + indices[1 + 2 * count2 + position]];
    const outside = row2 === axisSize;
    if (outside && name === "matmulGatheredTableGradient") continue;
    for (let i = 0; i < inner; i++) {
      const x = row2 * inner + i;
      for (let column = 0; column < columns2; column++) {
        const [y, w] = [position * columns2 + column, i * columns2 + column];
        if (name === "matmulGatheredTableGradient") total2[x] += left[y] * right[w];
        else if (name === "matmulGathered") total2[y] += (outside ? filling : left[x]) * right[w];
        else total2[w] += (outside ? filling : left[x]) * right[y];
      }
    }
  }
  out.set(total2);
}
var init_matmul_gathered = __esm({
  "packages/tensor/src/reference/matmul-gathered.ts"() {
    "use strict";
  }
});

// packages/tensor/src/ops/matmul-gathered.ts
function rowsOf(x) {
  let { node } = x;
  while (!node.source && node.operation.kind === "reshape") node = node.inputs[0];
  const { operation, inputs, source } = node;
  if (source || operation.kind !== "routine" || operation.routine.name !== "gather") return void 0;
  const { routine } = operation;
  if (routine.outer !== 1 || routine.inner !== x.shape.at(-1)) return void 0;
  return { routine, table: new Tensor(inputs[0]), indices: new Tensor(inputs[1]) };
}
function distinctOf(indices, { axisSize, count: count2, beyond }) {
  const routine = { name: "distinct", dtype: "int32", axisSize, count: count2, clamps: !beyond };
  const operation = { kind: "routine", routine, reference: distinct };
  return record(operation, [indices], [1 + 3 * count2], "int32");
}
function rowsGradient(dy, kernel) {
  const gradient = matmul2(dy, kernel, { transposeB: true });
  const { node } = gradient;
  if (node.operation.kind === "routine") {
    node.operation = {
      ...node.operation,
      scattered: (indices, routine) => [
        operationOf("matmulGatheredTableGradient", routine, dy),
        [dy, distinctOf(indices, routine), kernel]
      ]
    };
  }
  return gradient;
}
function kernelGradient2(x, dy) {
  const rows = rowsOf(x);
  if (!rows) return matmul2(x, dy, { transposeA: true });
  const { routine, table, indices } = rows;
  const operation = operationOf("matmulGatheredKernelGradient", routine, dy);
  const inputs = [table, distinctOf(indices, routine), dy];
  const shape = [routine.inner, dy.shape[1]];
  const rule = (upper, [p, q]) => [
    matmul2(q, upper, { transposeB: true }),
    matmul2(p, upper)
  ];
  return record(operation, inputs, shape, dy.dtype, rule, [x, dy]);
}
var fewest2, longestSum, leastWork, operationOf, matmulGathered2;
var init_matmul_gathered2 = __esm({
  "packages/tensor/src/ops/matmul-gathered.ts"() {
    "use strict";
    init_dtype();
    init_recording();
    init_matmul_gathered();
    init_tensor();
    init_creation();
    init_matmul2();
    init_unify();
    init_views();
    fewest2 = { count: 16, inner: 8, columns: 8 };
    longestSum = 256;
    leastWork = 1 << 16;
    operationOf = (name, { axisSize, count: count2, inner, beyond }, { dtype, shape }) => {
      const routine = { name, dtype, axisSize, count: count2, inner, columns: shape[1], ...beyond && { beyond } };
      return { kind: "routine", routine, reference: matmulGathered };
    };
    matmulGathered2 = (x, kernel) => scope(() => {
      const [left, right] = unifyFloats([asTensor(x), asTensor(kernel)]);
      const rows = right.rank === 2 && isFloat(left.dtype) ? rowsOf(left) : void 0;
      if (!rows) return matmul2(left, right);
      const { routine, table, indices } = rows;
      const { count: count2, inner } = routine;
      const columns2 = right.shape[1];
      const sizes = { count: count2, inner, columns: columns2 };
      const whole = Object.entries(fewest2).every(
        ([size, least]) => sizes[size] >= least
      );
      const fits2 = inner === right.shape[0] && inner <= longestSum;
      if (!whole || !fits2 || count2 * inner * columns2 < leastWork) return matmul2(left, right);
      const flat = reshape(left, [count2, inner]);
      const operation = operationOf("matmulGathered", routine, right);
      const inputs = [table, distinctOf(indices, routine), right];
      const rule = (dy, [p, q]) => [rowsGradient(dy, q), kernelGradient2(p, dy)];
      const product4 = record(operation, inputs, [count2, columns2], right.dtype, rule, [flat, right]);
      return reshape(product4, [...left.shape.slice(0, -1), columns2]);
    });
  }
});

// packages/tensor/src/reference/pooling.ts
function pool2d(routine, operands, out) {
  const { window: window2, name } = routine;
  const { batch, channels, inputSize, outputSize } = window2;
  const input = imageStrides(window2.dataFormat, channels, inputSize);
  const output = imageStrides(window2.dataFormat, channels, outputSize);
  const places = outputSize[0] * outputSize[1];
  const counts = new Int32Array(places);
  eachTap(window2, (oy, ox) => {
    counts[oy * outputSize[1] + ox]++;
  });
  const [x, second2] = operands;
  const best = new Int32Array(places);
  for (let i = 0; i < batch; i++) {
    for (let c = 0; c < channels; c++) {
      const inputAt = i * input.batch + c * input.channel;
      const outputAt = i * output.batch + c * output.channel;
      const inputPlace = (iy, ix) => inputAt + iy * input.row + ix * input.column;
      const outputPlace = (oy, ox) => outputAt + oy * output.row + ox * output.column;
      if (name === "averagePool2d" || name === "averagePool2dGradient") {
        eachTap(window2, (oy, ox, _ky, _kx, iy, ix) => {
          const share = 1 / counts[oy * outputSize[1] + ox];
          if (name === "averagePool2d") out[outputPlace(oy, ox)] += x[inputPlace(iy, ix)] * share;
          else out[inputPlace(iy, ix)] += x[outputPlace(oy, ox)] * share;
        });
        continue;
      }
      best.fill(-1);
      eachTap(window2, (oy, ox, _ky, _kx, iy, ix) => {
        const place2 = oy * outputSize[1] + ox;
        const candidate = inputPlace(iy, ix);
        const current = best[place2];
        if (current < 0 || x[candidate] > x[current] || Number.isNaN(x[candidate]) && !Number.isNaN(x[current])) {
          best[place2] = candidate;
        }
      });
      for (let oy = 0; oy < outputSize[0]; oy++) {
        for (let ox = 0; ox < outputSize[1]; ox++) {
          const at = best[oy * outputSize[1] + ox];
          if (at < 0) continue;
          if (name === "maxPool2d") out[outputPlace(oy, ox)] = x[at];
          else if (name === "maxPool2dGather") out[outputPlace(oy, ox)] = second2[at];
          else out[at] += second2[outputPlace(oy, ox)];
        }
      }
    }
  }
}
var init_pooling = __esm({
  "packages/tensor/src/reference/pooling.ts"() {
    "use strict";
    init_convolution();
  }
});

// packages/tensor/src/ops/pooling.ts
function pool(name, window2, operands) {
  const { dataFormat, batch, channels, inputSize, outputSize } = window2;
  const isGradient = name === "maxPool2dGradient" || name === "averagePool2dGradient";
  const shape = imageShape(dataFormat, batch, channels, isGradient ? inputSize : outputSize);
  const dtype = operands[0].dtype;
  const routine = { name, dtype, window: window2 };
  const part = (which, ...inputs) => pool(which, window2, inputs);
  return record(
    { kind: "routine", routine, reference: pool2d },
    operands,
    shape,
    dtype,
    (dy, [x]) => {
      switch (name) {
        case "maxPool2d":
          return [part("maxPool2dGradient", x, dy)];
        case "maxPool2dGradient":
          return [void 0, part("maxPool2dGather", x, dy)];
        case "maxPool2dGather":
          return [void 0, part("maxPool2dGradient", x, dy)];
        case "averagePool2d":
          return [part("averagePool2dGradient", dy)];
        default:
          return [part("averagePool2d", dy)];
      }
    }
  );
}
var pool2d2, maxPool2d, averagePool2d, pool1d, maxPool1d, averagePool1d;
var init_pooling2 = __esm({
  "packages/tensor/src/ops/pooling.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_pooling();
    init_shape();
    init_creation();
    init_unify();
    init_views();
    init_windows();
    pool2d2 = (name) => (input, options = {}) => scope(() => {
      const [x] = unifyFloats([asTensor(input)]);
      const poolSize = options.poolSize ?? 2;
      const strides = options.strides ?? poolSize;
      const window2 = window2D(name, x.shape, { ...options, windowSize: poolSize, strides });
      return pool(name, window2, [x]);
    });
    maxPool2d = /* @__PURE__ */ pool2d2("maxPool2d");
    averagePool2d = /* @__PURE__ */ pool2d2("averagePool2d");
    pool1d = (op, along) => (input, options = {}) => scope(() => {
      const x = asTensor(input);
      if (x.rank !== 3) throw new ShapeError(`${op}: got input ${formatShape2(x.shape)}, expected 3 axes`);
      const { poolSize = 2, strides = poolSize, padding = "valid", dataFormat = "channelsLast" } = options;
      const axis = dataFormat === "channelsFirst" ? 2 : 1;
      const result = along(expandDims(x, axis), {
        poolSize: [1, poolSize],
        strides: [1, strides],
        padding,
        dataFormat
      });
      return squeeze(result, axis);
    });
    maxPool1d = /* @__PURE__ */ pool1d("maxPool1d", maxPool2d);
    averagePool1d = /* @__PURE__ */ pool1d("averagePool1d", averagePool2d);
  }
});

// packages/tensor/src/ops/pooling3d.ts
var pool3d, maxPool3d, averagePool3d;
var init_pooling3d = __esm({
  "packages/tensor/src/ops/pooling3d.ts"() {
    "use strict";
    init_recording();
    init_creation();
    init_pooling2();
    init_views();
    init_windows();
    pool3d = (op, along) => (input, options = {}) => scope(() => {
      const x = asTensor(input);
      const { poolSize = 2, strides = poolSize, dataFormat = "channelsLast" } = options;
      const window2 = windowsOver(op, volume, x.shape, { ...options, windowSize: poolSize, strides });
      const { batch, channels, inputSize, outputSize, padding } = window2;
      const [depth2, ...plane] = inputSize;
      const [outDepth, ...outPlane] = outputSize;
      const [deep, ...flat] = window2.windowSize;
      const [deepStep, ...flatStep] = window2.strides;
      const first4 = dataFormat === "channelsFirst";
      const planes = first4 ? [batch, channels * depth2, ...plane] : [batch * depth2, ...plane, channels];
      const byPlane = along(reshape(x, planes), {
        poolSize: flat,
        strides: flatStep,
        padding: [padding[1], padding[2]],
        dataFormat
      });
      const piles = imageShape(dataFormat, batch, channels, [depth2, outPlane[0] * outPlane[1]]);
      const byDepth = along(reshape(byPlane, piles), {
        poolSize: [deep, 1],
        strides: [deepStep, 1],
        padding: [padding[0], [0, 0]],
        dataFormat
      });
      return reshape(byDepth, imageShape(dataFormat, batch, channels, [outDepth, ...outPlane]));
    });
    maxPool3d = /* @__PURE__ */ pool3d("maxPool3d", maxPool2d);
    averagePool3d = /* @__PURE__ */ pool3d("averagePool3d", averagePool2d);
  }
});

// packages/tensor/src/ops/random.ts
function threefryTensors(key, counter) {
  return named("threefry", () => {
    const keys = [key[0], key[1], bitwiseXor(bitwiseXor(key[0], key[1]), parity)];
    let x0 = add(counter[0], keys[0]);
    let x1 = add(counter[1], keys[1]);
    for (let round2 = 0; round2 < rounds; round2++) {
      x0 = add(x0, x1);
      x1 = bitwiseXor(rotate(x1, rotations[round2 >> 2 & 1][round2 & 3]), x0);
      if (round2 % 4 === 3) {
        const injection = (round2 + 1) / 4;
        x0 = add(x0, keys[injection % 3]);
        x1 = add(x1, add(keys[(injection + 1) % 3], injection));
      }
    }
    return [x0, x1];
  });
}
function linearIndex(shape) {
  const strides = rowMajorStrides(shape);
  const parts = shape.flatMap((size, axis) => {
    const at = coordinate(shape, axis);
    return size === 1 ? [] : [strides[axis] === 1 ? at : multiply(at, strides[axis])];
  });
  return parts.length === 0 ? zeros(shape, { dtype: "int32" }) : parts.reduce((sum3, part) => add(sum3, part));
}
function draw(shape, stream2, block) {
  const state4 = stream2.state.read();
  const word = (at) => broadcastTo(slice(state4, [at], [1]), shape);
  const index = linearIndex(shape);
  const words = threefryTensors([word(0), word(1)], [block(index), word(2)]);
  stream2.state.assign(add(state4, cast(equal(coordinate([3], 0), 2), "int32")));
  return [...words, index];
}
var RandomStream, rotate, randomBits, fraction, unit, randomUniform, randomNormal, redraws, truncatedNormal, randomBernoulli, randomInt, randomPermutation, shuffle;
var init_random = __esm({
  "packages/tensor/src/ops/random.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_shape();
    init_threefry();
    init_variable();
    init_cast();
    init_creation();
    init_elementwise();
    init_indexing();
    init_scans();
    init_views();
    RandomStream = class {
      /** @param index further distinction, such as the number of the layer. Default 0 */
      constructor(seed, name, index = 0) {
        this.seed = seed;
        this.name = name;
        if (!Number.isInteger(seed)) throw new DataError(`random: got seed ${seed}, expected a whole number`);
        const key = streamKey(seed, name, index);
        this.state = new Variable(() => tensor([...key, 0], { dtype: "int32" }), {
          name: `random/${name}/${index}`,
          trainable: false
        });
      }
      seed;
      name;
      /** int32 `[key 0, key 1, number of draws]`. */
      state;
    };
    rotate = (x, by) => bitwiseOr(shiftLeft(x, by), shiftRight(x, 32 - by));
    randomBits = (shape, stream2) => named("randomBits", () => {
      checkShape("randomBits", shape);
      const flat = shape.length === 0 ? [1] : shape;
      const [even, odd, index] = draw(flat, stream2, (at) => shiftRight(at, 1));
      const bits2 = where(equal(bitwiseAnd(index, 1), 0), even, odd);
      return shape.length === 0 ? reshape(bits2, []) : bits2;
    });
    fraction = (bits2) => multiply(cast(shiftRight(bits2, 8), "float32"), 2 ** -24);
    unit = (shape, stream2) => fraction(randomBits(shape, stream2));
    randomUniform = (shape, stream2, options = {}) => named("randomUniform", () => {
      const { min: min2 = 0, max: max2 = 1, dtype = "float32" } = options;
      const value = unit(shape, stream2);
      return cast(min2 === 0 && max2 === 1 ? value : add(multiply(value, max2 - min2), min2), dtype);
    });
    randomNormal = (shape, stream2, options = {}) => named("randomNormal", () => {
      const { mean: mean2 = 0, standardDeviation: standardDeviation2 = 1, dtype = "float32" } = options;
      checkShape("randomNormal", shape);
      const flat = shape.length === 0 ? [1] : shape;
      const [first4, second2] = draw(flat, stream2, (index) => index).map(fraction);
      const radius = sqrt(multiply(log(subtract(1, first4)), -2));
      const value = multiply(radius, cos(multiply(second2, 2 * Math.PI)));
      const result = cast(add(multiply(value, standardDeviation2), mean2), dtype);
      return shape.length === 0 ? reshape(result, []) : result;
    });
    redraws = 8;
    truncatedNormal = (shape, stream2, options = {}) => named("truncatedNormal", () => {
      const { mean: mean2 = 0, standardDeviation: standardDeviation2 = 1, dtype = "float32" } = options;
      let value = randomNormal(shape, stream2);
      for (let i = 1; i < redraws; i++) {
        value = where(less(multiply(value, value), 4), value, randomNormal(shape, stream2));
      }
      return cast(add(multiply(minimum(maximum(value, -2), 2), standardDeviation2), mean2), dtype);
    });
    randomBernoulli = (shape, stream2, options = {}) => named("randomBernoulli", () => less(unit(shape, stream2), options.probability ?? 0.5));
    randomInt = (shape, stream2, options) => named("randomInt", () => {
      const { min: min2 = 0, max: max2 } = options;
      if (!(max2 > min2)) throw new DataError(`randomInt: got min ${min2} and max ${max2}, expected max above min`);
      return add(mod(shiftRight(randomBits(shape, stream2), 1), max2 - min2), min2);
    });
    randomPermutation = (n, stream2) => named(
      "randomPermutation",
      () => (
        // Stable order of random 32-bit keys; equal keys (rare) keep their order.
        argsort2(randomBits([n], stream2))
      )
    );
    shuffle = (x, stream2) => named("shuffle", () => gather2(x, randomPermutation(x.shape[0], stream2)));
  }
});

// packages/tensor/src/routine.ts
var recurrentActivations;
var init_routine = __esm({
  "packages/tensor/src/routine.ts"() {
    "use strict";
    recurrentActivations = ["tanh", "sigmoid", "hardSigmoid", "relu", "linear"];
  }
});

// packages/tensor/src/recurrent-layout.ts
function recurrentLayout(routine) {
  const { name, batch, steps, units, resetAfter, bias, hidden, cell, mask: mask2, keep: keep2, recurrentMasks } = routine;
  const backward2 = name.endsWith("Gradient");
  const kind = name.startsWith("lstm") ? "lstm" : name.startsWith("gru") ? "gru" : "simpleRnn";
  const gates = { lstm: 4, gru: 3, simpleRnn: 1 }[kind];
  const ownProduct = kind === "gru" && resetAfter;
  const kept4 = keep2 ? { lstm: 6, gru: ownProduct ? 4 : 3, simpleRnn: 0 }[kind] : 0;
  const present = (operand, is) => is ? [operand] : [];
  const operands = [
    backward2 ? "sequence" : "projected",
    "kernel",
    ...present("bias", bias && !backward2),
    ...present("hidden", hidden),
    ...present("cell", cell),
    ...present("mask", mask2),
    ...present("recurrentMask", recurrentMasks > 0),
    ...present("gradient", backward2)
  ];
  const lastCell = batch * steps * units;
  const states = lastCell + (kind === "lstm" ? batch * units : 0);
  const hiddenGradient = batch * steps * units * gates * (ownProduct ? 2 : 1);
  const cellGradient2 = hiddenGradient + (hidden ? batch * units : 0);
  const size = backward2 ? cellGradient2 + (cell ? batch * units : 0) : states + batch * steps * units * kept4;
  return {
    kind,
    backward: backward2,
    gates,
    operands,
    lastCell,
    states,
    kept: kept4,
    ownProduct,
    hiddenGradient,
    cellGradient: cellGradient2,
    size
  };
}
var init_recurrent_layout = __esm({
  "packages/tensor/src/recurrent-layout.ts"() {
    "use strict";
  }
});

// packages/tensor/src/reference/recurrent.ts
function recurrentSequence(routine, operands, out) {
  const of = new Recurrence(routine, operands);
  const { units, width, layout, value, gateValue } = of;
  const { batch, steps, resetAfter } = routine;
  const projected2 = of.operand("projected");
  const sum3 = new Float64Array(width);
  const spare = out instanceof Float64Array ? new Float64Array(6 * units) : new Float32Array(6 * units);
  for (let sample = 0; sample < batch; sample++) {
    const hidden = of.initial("hidden", sample);
    const cell = of.initial("cell", sample);
    for (let step = 0; step < steps; step++) {
      const row2 = sample * steps + step;
      const kept4 = routine.keep ? out.subarray(layout.states + row2 * layout.kept * units) : spare;
      if (of.isLive(sample, step)) {
        const x = (gate, j) => projected2[row2 * width + gate * units + j];
        sum3.fill(0);
        if (routine.bias) sum3.set(of.operand("bias"));
        of.multiply(hidden, sample, 0, layout.kind === "gru" && !resetAfter ? 2 : layout.gates, sum3);
        if (layout.kind === "gru") {
          for (let j = 0; j < 2 * units; j++) kept4[j] = gateValue(x(0, j) + sum3[j]);
          if (!resetAfter) {
            const reset = hidden.map((h, j) => h * kept4[units + j]);
            of.multiply(reset, sample, 2, 3, sum3);
          }
          for (let j = 0; j < units; j++) {
            const [z, r, product4] = [kept4[j], kept4[units + j], sum3[2 * units + j]];
            const candidate = value(x(2, j) + (resetAfter ? r * product4 : product4));
            kept4[2 * units + j] = candidate;
            if (resetAfter) kept4[3 * units + j] = product4;
            hidden[j] = z * hidden[j] + (1 - z) * candidate;
          }
        } else if (layout.kind === "lstm") {
          for (let j = 0; j < units; j++) {
            const gate = (at) => x(at, j) + sum3[at * units + j];
            const [i, f, o] = [gateValue(gate(0)), gateValue(gate(1)), gateValue(gate(3))];
            const g = value(gate(2));
            cell[j] = f * cell[j] + i * g;
            const squashed = value(cell[j]);
            hidden[j] = o * squashed;
            [i, f, g, o, cell[j], squashed].forEach((kind, at) => {
              kept4[at * units + j] = kind;
            });
          }
        } else for (let j = 0; j < units; j++) hidden[j] = value(x(0, j) + sum3[j]);
      }
      out.set(hidden, row2 * units);
      hidden.set(out.subarray(row2 * units, (row2 + 1) * units));
      if (layout.kind !== "lstm") continue;
      kept4.set(cell, 4 * units);
      cell.set(kept4.subarray(4 * units, 5 * units));
      if (step === steps - 1) out.set(cell, layout.lastCell + sample * units);
    }
  }
}
function recurrentGradient(routine, operands, out) {
  const of = new Recurrence(routine, operands);
  const { units, width, layout, slope, gateSlope } = of;
  const { batch, steps, resetAfter } = routine;
  const [sequence, upper] = [of.operand("sequence"), of.operand("gradient")];
  const ownProduct = layout.ownProduct ? batch * steps * width : 0;
  for (let sample = 0; sample < batch; sample++) {
    const carry = new Float64Array(units);
    const cellCarry = new Float64Array(units);
    if (layout.kind === "lstm") {
      cellCarry.set(upper.subarray(layout.lastCell + sample * units).subarray(0, units));
    }
    for (let step = steps - 1; step >= 0; step--) {
      const row2 = sample * steps + step;
      for (let j = 0; j < units; j++) carry[j] += upper[row2 * units + j];
      if (!of.isLive(sample, step)) continue;
      const kept4 = (part, j, at = row2) => sequence[layout.states + (at * layout.kept + part) * units + j];
      const before3 = (name) => {
        if (step === 0) return of.initial(name, sample);
        if (name === "cell") return Float64Array.from({ length: units }, (_, j) => kept4(4, j, row2 - 1));
        return sequence.subarray((row2 - 1) * units, row2 * units);
      };
      const sums = new Float64Array(width);
      let products2 = sums;
      if (layout.kind === "lstm") {
        const previous = before3("cell");
        for (let j = 0; j < units; j++) {
          const [i, f, g, o] = [kept4(0, j), kept4(1, j), kept4(2, j), kept4(3, j)];
          const squashed = kept4(5, j);
          const dc = cellCarry[j] + carry[j] * o * slope(squashed);
          sums[j] = dc * g * gateSlope(i);
          sums[units + j] = dc * previous[j] * gateSlope(f);
          sums[2 * units + j] = dc * i * slope(g);
          sums[3 * units + j] = carry[j] * squashed * gateSlope(o);
          cellCarry[j] = dc * f;
        }
        carry.fill(0);
      } else if (layout.kind === "gru") {
        const previous = before3("hidden");
        const reset = new Float64Array(units);
        for (let j = 0; j < units; j++) {
          const [z, candidate, dh] = [kept4(0, j), kept4(2, j), carry[j]];
          sums[j] = dh * (previous[j] - candidate) * gateSlope(z);
          sums[2 * units + j] = dh * (1 - z) * slope(candidate);
          carry[j] = dh * z;
        }
        if (!resetAfter) of.multiplyBack(sums, sample, 2, 3, reset);
        if (resetAfter) products2 = sums.slice();
        for (let j = 0; j < units; j++) {
          const r = kept4(1, j);
          const ofReset = resetAfter ? sums[2 * units + j] * kept4(3, j) : reset[j] * previous[j];
          sums[units + j] = ofReset * gateSlope(r);
          products2[units + j] = sums[units + j];
          if (resetAfter) products2[2 * units + j] *= r;
          else carry[j] += reset[j] * r;
        }
      } else {
        for (let j = 0; j < units; j++) sums[j] = carry[j] * slope(sequence[row2 * units + j]);
        carry.fill(0);
      }
      const gates = layout.kind === "gru" && !resetAfter ? 2 : layout.gates;
      of.multiplyBack(products2, sample, 0, gates, carry);
      out.set(sums, row2 * width);
      if (ownProduct > 0) out.set(products2, ownProduct + row2 * width);
    }
    if (routine.hidden) out.set(carry, layout.hiddenGradient + sample * units);
    if (routine.cell) out.set(cellCarry, layout.cellGradient + sample * units);
  }
}
var values, slopes, Recurrence;
var init_recurrent = __esm({
  "packages/tensor/src/reference/recurrent.ts"() {
    "use strict";
    init_recurrent_layout();
    values = {
      tanh: Math.tanh,
      sigmoid: (x) => x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)),
      hardSigmoid: (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
      relu: (x) => x < 0 ? 0 : x,
      linear: (x) => x
    };
    slopes = {
      tanh: (y) => 1 - y * y,
      sigmoid: (y) => y * (1 - y),
      hardSigmoid: (y) => y > 0 && y < 1 ? 1 / 6 : 0,
      relu: (y) => y > 0 ? 1 : 0,
      linear: () => 1
    };
    Recurrence = class {
      constructor(routine, operands) {
        this.routine = routine;
        this.layout = recurrentLayout(routine);
        this.units = routine.units;
        this.width = this.layout.gates * routine.units;
        this.value = values[routine.activation];
        this.gateValue = values[routine.recurrentActivation];
        this.slope = slopes[routine.activation];
        this.gateSlope = slopes[routine.recurrentActivation];
        this.#operands = new Map(this.layout.operands.map((name, at) => [name, operands[at]]));
      }
      routine;
      layout;
      units;
      width;
      value;
      gateValue;
      slope;
      gateSlope;
      #operands;
      operand(name) {
        return this.#operands.get(name);
      }
      /** A sample's initial state. */
      initial(name, sample) {
        const given2 = this.#operands.get(name);
        const { units } = this;
        return given2 ? Float64Array.from(given2.subarray(sample * units, (sample + 1) * units)) : new Float64Array(units);
      }
      isLive(sample, step) {
        return !this.routine.mask || this.operand("mask")[sample * this.routine.steps + step] !== 0;
      }
      /** What multiplies element `unit` of the state in the product of a gate. */
      #factor(sample, gate, unit2) {
        const { recurrentMasks } = this.routine;
        if (recurrentMasks === 0) return 1;
        const which = recurrentMasks === 1 ? 0 : gate;
        return this.operand("recurrentMask")[(sample * recurrentMasks + which) * this.units + unit2];
      }
      /** Adds the products of a state with the kernels of gates `[from, to)`. */
      multiply(state4, sample, from, to, sum3) {
        const kernel = this.operand("kernel");
        for (let gate = from; gate < to; gate++) {
          for (let k = 0; k < this.units; k++) {
            const factor = state4[k] * this.#factor(sample, gate, k);
            for (let j = 0; j < this.units; j++) {
              const column = gate * this.units + j;
              sum3[column] += factor * kernel[k * this.width + column];
            }
          }
        }
      }
      /** Adds what the gradients of the products of gates `[from, to)` give for the state. */
      multiplyBack(gradient, sample, from, to, state4) {
        const kernel = this.operand("kernel");
        for (let gate = from; gate < to; gate++) {
          for (let k = 0; k < this.units; k++) {
            let total2 = 0;
            for (let j = 0; j < this.units; j++) {
              const column = gate * this.units + j;
              total2 += gradient[column] * kernel[k * this.width + column];
            }
            state4[k] += total2 * this.#factor(sample, gate, k);
          }
        }
      }
    };
  }
});

// packages/tensor/src/ops/recurrent-composition.ts
function composeRecurrence(of, inputs) {
  const { projected: projected2, kernel, mask: mask2 } = inputs;
  const [batch, steps] = projected2.shape;
  const nothing = zeros([batch, kernel.shape[0]], { dtype: projected2.dtype });
  let hidden = inputs.hidden ?? nothing;
  let cell = inputs.cell ?? nothing;
  const stepper = new Stepper(of, inputs);
  const states = [];
  for (let at = 0; at < steps; at++) {
    const next = stepper.step(at, hidden, cell);
    const live = mask2 && slice(mask2, [0, at], [batch, 1]);
    hidden = live ? where(live, next.hidden, hidden) : next.hidden;
    cell = live ? where(live, next.cell, cell) : next.cell;
    states.push(hidden);
  }
  return of.kind === "lstm" ? { hidden: stack(states, { axis: 1 }), cell } : { hidden: stack(states, { axis: 1 }) };
}
var recurrentFunctions, columns, stepOf, Stepper;
var init_recurrent_composition = __esm({
  "packages/tensor/src/ops/recurrent-composition.ts"() {
    "use strict";
    init_activations();
    init_creation();
    init_elementwise();
    init_matmul2();
    init_moves2();
    init_views();
    recurrentFunctions = {
      tanh,
      sigmoid: sigmoid2,
      hardSigmoid,
      relu,
      linear: (x) => x
    };
    columns = (x, from, to) => slice(x, [0, from], [x.shape[0], to - from]);
    stepOf = (x, at) => squeeze(slice(x, [0, at, 0], [x.shape[0], 1, x.shape[2]]), 1);
    Stepper = class {
      constructor(of, inputs) {
        this.of = of;
        this.inputs = inputs;
        this.units = inputs.kernel.shape[0];
        this.#activation = recurrentFunctions[of.activation];
        this.#gate = recurrentFunctions[of.recurrentActivation];
      }
      of;
      inputs;
      units;
      #activation;
      #gate;
      #bias;
      step(at, hidden, cell) {
        const { projected: projected2, bias } = this.inputs;
        const x = stepOf(projected2, at);
        this.#bias = bias && (bias.rank === 1 ? expandDims(bias, 0) : stepOf(bias, at));
        if (this.of.kind === "lstm") {
          const [i, f, g, o] = split(add(x, this.#product(hidden, 0, 4)), 4, { axis: 1 });
          const next = add(multiply(this.#gate(f), cell), multiply(this.#gate(i), this.#activation(g)));
          return { hidden: multiply(this.#gate(o), this.#activation(next)), cell: next };
        }
        if (this.of.kind === "gru") return { hidden: this.#gru(x, hidden), cell };
        return { hidden: this.#activation(add(x, this.#product(hidden, 0, 1))), cell };
      }
      #gru(x, hidden) {
        const { units } = this;
        const { resetAfter } = this.of;
        const product4 = this.#product(hidden, 0, resetAfter ? 3 : 2);
        const sum3 = add(columns(x, 0, 2 * units), columns(product4, 0, 2 * units));
        const [update, reset] = split(this.#gate(sum3), 2, { axis: 1 });
        const recurrent3 = resetAfter ? multiply(reset, columns(product4, 2 * units, 3 * units)) : this.#product(multiply(reset, hidden), 2, 3);
        const candidate = this.#activation(add(columns(x, 2 * units, 3 * units), recurrent3));
        return add(multiply(update, hidden), multiply(subtract(1, update), candidate));
      }
      /** The recurrent product of gates `[from, to)`, with its dropout and bias. */
      #product(state4, from, to) {
        const { kernel, recurrentMask } = this.inputs;
        const { units } = this;
        const bias = this.#bias;
        const perGate = recurrentMask !== void 0 && recurrentMask.shape[1] !== units;
        const group = perGate ? 1 : to - from;
        const parts = [];
        for (let gate = from; gate < to; gate += group) {
          const dropped = perGate ? columns(recurrentMask, gate * units, (gate + 1) * units) : recurrentMask;
          const masked = dropped ? multiply(state4, dropped) : state4;
          parts.push(matmul2(masked, columns(kernel, gate * units, (gate + group) * units)));
        }
        const product4 = concat2(parts, { axis: 1 });
        return bias ? add(product4, columns(bias, from * units, to * units)) : product4;
      }
    };
  }
});

// packages/tensor/src/ops/recurrent-gradient.ts
function recordRecurrence(of, inputs) {
  const recurrence2 = new Recurrence2(of, inputs);
  const { batch, steps, units } = recurrence2;
  const states = recurrence2.states();
  const hidden = piece(states, 0, [batch, steps, units]);
  return of.kind === "lstm" ? { hidden, cell: piece(states, hidden.size, [batch, units]) } : { hidden };
}
var differentiable, piece, gatesOf, followed, Recurrence2;
var init_recurrent_gradient = __esm({
  "packages/tensor/src/ops/recurrent-gradient.ts"() {
    "use strict";
    init_gradient();
    init_recording();
    init_recurrent_layout();
    init_recurrent();
    init_shape();
    init_creation();
    init_elementwise();
    init_masked_matmul2();
    init_matmul2();
    init_moves2();
    init_recurrent_composition();
    init_reductions();
    init_views();
    differentiable = ["projected", "kernel", "bias", "hidden", "cell", "recurrentMask"];
    piece = (flat, start, shape) => reshape(slice(flat, [start], [sizeOf(shape)]), shape);
    gatesOf = (x, units, from, to) => slice(x, [0, 0, from * units], [x.shape[0], x.shape[1], (to - from) * units]);
    followed = (x) => copy(x);
    Recurrence2 = class _Recurrence {
      constructor(of, inputs) {
        this.of = of;
        this.inputs = inputs;
        const [batch, steps] = inputs.projected.shape;
        [this.batch, this.steps, this.units] = [batch, steps, inputs.kernel.shape[0]];
        this.names = differentiable.filter((name) => inputs[name] !== void 0);
      }
      of;
      inputs;
      batch;
      steps;
      units;
      names;
      routine(suffix, keep2 = true) {
        const { of, inputs, batch, steps, units } = this;
        const { kind, ...functions3 } = of;
        return {
          name: `${kind}${suffix}`,
          dtype: inputs.projected.dtype,
          batch,
          steps,
          units,
          ...functions3,
          bias: inputs.bias !== void 0,
          hidden: inputs.hidden !== void 0,
          cell: inputs.cell !== void 0,
          mask: inputs.mask !== void 0,
          keep: keep2,
          recurrentMasks: (inputs.recurrentMask?.shape[1] ?? 0) / units
        };
      }
      /** Records a routine; `given` holds the operands that are no inputs. */
      #record(routine, given2, ...rest) {
        const layout = recurrentLayout(routine);
        const operands = { ...this.inputs, ...given2 };
        const reference2 = routine.name.endsWith("Gradient") ? recurrentGradient : recurrentSequence;
        return record(
          { kind: "routine", routine, reference: reference2 },
          layout.operands.map((name) => operands[name]),
          [layout.size],
          routine.dtype,
          ...rest
        );
      }
      #sources() {
        return this.names.map((name) => this.inputs[name]);
      }
      /**
       * The states, flat. Only they can be differentiated, by the inputs; what the routine keeps beside them is
       * a means of its gradient.
       */
      states() {
        const [bare, sequence] = [false, true].map(
          (keep2) => this.#record(this.routine("Sequence", keep2), {})
        );
        return record(
          { kind: "slice", start: [0], step: [1] },
          [bare],
          [recurrentLayout(this.routine("Sequence")).states],
          bare.dtype,
          (gradient, _, output) => {
            output.node.inputs = [sequence.node];
            const gradients = this.#gradients(sequence, output, gradient);
            return this.names.map((name) => gradients[name]);
          },
          this.#sources()
        );
      }
      /** Gradients of the inputs from that of the states. */
      #gradients(sequence, states, upper) {
        const { batch, units, inputs } = this;
        const routine = this.routine("SequenceGradient");
        const layout = recurrentLayout(routine);
        const flat = this.#record(
          routine,
          { sequence, gradient: upper },
          (gradient) => this.#second(upper, gradient),
          [...this.#sources(), upper]
        );
        const projected2 = piece(flat, 0, inputs.projected.shape);
        const product4 = layout.ownProduct ? piece(flat, projected2.size, projected2.shape) : projected2;
        return {
          projected: projected2,
          bias: sum(product4, { axes: [0, 1] }),
          hidden: inputs.hidden && piece(flat, layout.hiddenGradient, [batch, units]),
          cell: inputs.cell && piece(flat, layout.cellGradient, [batch, units]),
          ...this.#ofProduct(states, product4)
        };
      }
      /** The gradients of what the recurrent product is made of, all steps in one matmul. */
      #ofProduct(states, product4) {
        const { batch, steps, units, inputs } = this;
        const rows = batch * steps;
        const { kernel, recurrentMask } = inputs;
        const perGate = recurrentMask !== void 0 && recurrentMask.shape[1] !== units;
        const parts = this.#operandsOfProducts(states).map(({ state: state4, from, to }) => {
          const gradient = gatesOf(product4, units, from, to);
          if (!recurrentMask) {
            const [left, right] = [state4, gradient].map((x) => reshape(x, [rows, x.shape[2]]));
            return { kernel: matmul2(left, right, { transposeA: true }), masks: [] };
          }
          const own2 = slice(kernel, [0, from * units], [units, (to - from) * units]);
          const mask2 = perGate ? slice(recurrentMask, [0, from * units], [batch, (to - from) * units]) : recurrentMask;
          const gradients = maskedMatmulGradients(state4, mask2, own2, gradient);
          return { kernel: gradients.kernel, masks: [gradients.masks] };
        });
        const masks = parts.flatMap((part) => part.masks);
        return {
          kernel: concat2(
            parts.map((part) => part.kernel),
            { axis: 1 }
          ),
          recurrentMask: recurrentMask && (perGate ? concat2(masks, { axis: 1 }) : masks.reduce((a, b) => add(a, b)))
        };
      }
      /** The recurrent mask of a gate, over the steps. */
      #maskOf(gate) {
        const { batch, units } = this;
        const all2 = this.inputs.recurrentMask;
        const own2 = all2.shape[1] === units ? all2 : slice(all2, [0, gate * units], [batch, units]);
        return expandDims(own2, 1);
      }
      /** What multiplies the kernel of gates `[from, to)` in each step: the state before, reset or not. */
      #operandsOfProducts(states) {
        const { batch, steps, units, inputs, of } = this;
        const all2 = piece(states, 0, [batch, steps, units]);
        const before3 = slice(all2, [0, 0, 0], [batch, steps - 1, units]);
        const previous = inputs.hidden ? concat2([expandDims(inputs.hidden, 1), before3], { axis: 1 }) : pad2(before3, [
          [0, 0],
          [1, 0],
          [0, 0]
        ]);
        const resetBefore = of.kind === "gru" && !of.resetAfter;
        const gates = inputs.kernel.shape[1] / units;
        const edges = resetBefore ? [0, 2, 3] : [0, gates];
        return edges.slice(1).map((to, at) => ({
          state: resetBefore && to === gates ? multiply(previous, this.#reset(previous)) : previous,
          from: edges[at],
          to
        }));
      }
      /** The reset gates of all steps, from the states before: the routine's own cannot be differentiated. */
      #reset(previous) {
        const { units, inputs, of } = this;
        const kernel = slice(inputs.kernel, [0, units], [units, units]);
        const masked = inputs.recurrentMask ? multiply(previous, this.#maskOf(1)) : previous;
        return recurrentFunctions[of.recurrentActivation](
          add(gatesOf(inputs.projected, units, 1, 2), matmul2(masked, kernel))
        );
      }
      /** Gradients of what the gradient routine gives, in the inputs and the upper gradient: those of the composition. */
      #second(upper, gradient) {
        const { names } = this;
        const projection = (...sources2) => {
          const inputs = { ...this.inputs, ...Object.fromEntries(names.map((name, at) => [name, sources2[at]])) };
          return sum(multiply(new _Recurrence(this.of, inputs).#composedGradient(sources2.at(-1)), gradient));
        };
        const sources = [...this.#sources(), upper].map(followed);
        return grad(
          projection,
          sources.map((_, at) => at)
        )(...sources);
      }
      /** What the gradient routine gives, by differentiating the composition. */
      #composedGradient(upper) {
        const { inputs, of } = this;
        const { projected: projected2 } = inputs;
        const { ownProduct } = recurrentLayout(this.routine("SequenceGradient"));
        const added2 = inputs.bias ? broadcastTo(inputs.bias, projected2.shape) : copy(zeros(projected2.shape, projected2));
        const by = [
          ["projected", projected2],
          ["bias", ownProduct ? added2 : void 0],
          ["hidden", inputs.hidden],
          ["cell", inputs.cell]
        ];
        const present = by.filter((entry) => entry[1] !== void 0);
        const projection = (...values2) => {
          const own2 = { ...inputs, ...Object.fromEntries(present.map(([name], at) => [name, values2[at]])) };
          const { hidden, cell } = composeRecurrence(of, own2);
          return sum(multiply(concat2([hidden, ...cell ? [cell] : []].map((x) => flatten(x))), upper));
        };
        const gradients = grad(
          projection,
          present.map((_, at) => at)
        )(...present.map(([, x]) => followed(x)));
        return concat2(gradients.map((x) => flatten(x)));
      }
    };
  }
});

// packages/tensor/src/ops/recurrent.ts
function inputsOf(op, gates, projected2, kernel, options) {
  const given2 = {
    projected: asTensor(projected2),
    kernel: asTensor(kernel),
    bias: op === "gru" ? options.recurrentBias : void 0,
    hidden: options.initialHidden,
    cell: op === "lstm" ? options.initialCell : void 0,
    recurrentMask: options.recurrentMask
  };
  const units = given2.kernel.shape[0];
  const width = gates * units;
  const [batch, steps] = given2.projected.shape;
  const expect = (name, like, ...fitting) => {
    if (like === void 0) return void 0;
    const x = asTensor(like);
    if (fitting.some((shape) => sameShape(shape, x.shape))) return x;
    throw new ShapeError(
      `${op}: got ${name} ${formatShape2(x.shape)}, expected ${fitting.map(formatShape2).join(" or ")} (projected ${formatShape2(given2.projected.shape)}, kernel ${formatShape2(given2.kernel.shape)})`
    );
  };
  if (given2.kernel.rank !== 2 || given2.kernel.shape[1] !== width || units === 0) {
    throw new ShapeError(
      `${op}: got recurrent kernel ${formatShape2(given2.kernel.shape)}, expected [units, ${gates} * units]`
    );
  }
  if (given2.projected.rank !== 3 || given2.projected.shape[2] !== width) {
    throw new ShapeError(
      `${op}: got projected ${formatShape2(given2.projected.shape)}, expected [batch, steps, ${width}] for ${units} units`
    );
  }
  const floats = {
    projected: given2.projected,
    kernel: given2.kernel,
    bias: expect("recurrentBias", given2.bias, [width]),
    hidden: expect("initialHidden", given2.hidden, [batch, units]),
    cell: expect("initialCell", given2.cell, [batch, units]),
    recurrentMask: expect("recurrentMask", given2.recurrentMask, [batch, units], [batch, width])
  };
  const present = Object.entries(floats).filter((entry) => entry[1] !== void 0);
  const unified = unifyFloats(present.map(([, x]) => x));
  const mask2 = expect("mask", options.mask, [batch, steps]);
  return {
    ...Object.fromEntries(present.map(([name], at) => [name, unified[at]])),
    mask: mask2 && cast(mask2, "bool")
  };
}
function cellOf(op, options) {
  const { activation = "tanh", recurrentActivation = "sigmoid", resetAfter = true } = options;
  for (const [option, name] of Object.entries({ activation, recurrentActivation })) {
    if (!recurrentActivations.includes(name)) {
      throw new DataError(`${op}: got ${option} "${name}", expected ${recurrentActivations.join(", ")}`);
    }
  }
  return { kind: op, activation, recurrentActivation, resetAfter };
}
function visible(states, { mask: mask2, hidden }, zeroOutputForMask) {
  if (!mask2 || !zeroOutputForMask && !hidden) return states;
  return where(expandDims(zeroOutputForMask ? mask2 : cumsum2(mask2, { axis: 1 }), 2), states, 0);
}
function recurrence(op, gates, projected2, kernel, options) {
  return named(op, () => {
    const of = cellOf(op, options);
    const inputs = inputsOf(op, gates, projected2, kernel, options);
    const [batch, steps] = inputs.projected.shape;
    const units = inputs.kernel.shape[0];
    const { dtype } = inputs.projected;
    if (steps === 0) {
      const nothing = zeros([batch, units], { dtype });
      const outputs = zeros([batch, 0, units], { dtype });
      return { outputs, hidden: inputs.hidden ?? nothing, cell: inputs.cell ?? nothing };
    }
    const { hidden, cell } = recordRecurrence(of, inputs);
    const last = squeeze(slice(hidden, [0, steps - 1, 0], [batch, 1, units]), 1);
    return {
      outputs: visible(hidden, inputs, options.zeroOutputForMask ?? false),
      hidden: last,
      cell: cell ?? last
    };
  });
}
function gru(projected2, recurrentKernel, options = {}) {
  if (options.recurrentBias !== void 0 && options.resetAfter === false) {
    throw new DataError("gru: got recurrentBias without resetAfter, expected one bias, added to projected");
  }
  const { outputs, hidden } = recurrence("gru", 3, projected2, recurrentKernel, options);
  return { outputs, hidden };
}
function simpleRnn(projected2, recurrentKernel, options = {}) {
  const { outputs, hidden } = recurrence("simpleRnn", 1, projected2, recurrentKernel, options);
  return { outputs, hidden };
}
var lstm;
var init_recurrent2 = __esm({
  "packages/tensor/src/ops/recurrent.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_routine();
    init_shape();
    init_cast();
    init_creation();
    init_elementwise();
    init_recurrent_gradient();
    init_scans();
    init_unify();
    init_views();
    lstm = (projected2, recurrentKernel, options = {}) => recurrence("lstm", 4, projected2, recurrentKernel, options);
  }
});

// packages/tensor/src/planner/step-cost.ts
function stepCost(plan, step) {
  return { bytes: bytesOf(plan, step), flops: flopsOf(step) };
}
function profiledStep(plan, step) {
  const routine = step.kind === "routine" ? step.routine.name : void 0;
  return {
    name: stepName(step),
    label: step.label,
    kind: routine ?? step.kind,
    shape: shapeText(plan, step),
    ...stepCost(plan, step)
  };
}
function shapeText(plan, step) {
  if (step.kind !== "routine") return text(step.shape);
  const operands = step.operands.map(({ view: view2 }) => text(view2.shape)).join(" ");
  const result = step.epilogue?.shape ?? [plan.buffers[step.output].size];
  return `${operands} -> ${text(result)}`;
}
function lookedUp(routine) {
  switch (routine.name) {
    case "gather":
    case "gatherAlong":
      return routine.outer * routine.count * routine.inner;
    case "matmulGathered":
    case "matmulGatheredKernelGradient":
      return routine.count * routine.inner;
    default:
      return Number.POSITIVE_INFINITY;
  }
}
function bytesOf({ buffers }, step) {
  const reads = /* @__PURE__ */ new Map();
  const views2 = /* @__PURE__ */ new Set();
  const read = ({ buffer, view: view2 }, most = Number.POSITIVE_INFINITY) => {
    const key = JSON.stringify([buffer, view2]);
    if (views2.has(key)) return;
    views2.add(key);
    const sum3 = (reads.get(buffer) ?? 0) + Math.min(distinct2(view2), most);
    reads.set(buffer, Math.min(sum3, buffers[buffer].size));
  };
  const outputs = step.kind === "routine" ? [step.output ?? [], step.epilogue?.outputs ?? []].flat() : step.outputs;
  step.operands.forEach((operand, at) => {
    read(operand, step.kind === "routine" && at === 0 ? lookedUp(step.routine) : void 0);
  });
  if (step.kind === "routine") {
    for (const operand of step.epilogue?.operands ?? []) if (operand) read(operand);
  }
  const moved2 = [...reads, ...outputs.map((output) => [output, buffers[output].size])];
  return moved2.reduce((sum3, [buffer, size]) => sum3 + size * bytesPerElement(buffers[buffer].dtype), 0);
}
function arithmetic({ instructions }) {
  const moves = ["input", "constant", "coordinate", "where", "cast"];
  return instructions.filter(({ op, dtype }) => isFloat(dtype) && !moves.includes(op)).length;
}
function flopsOf(step) {
  if (step.kind === "elementwise") return count(step.shape) * arithmetic(step.program);
  if (step.kind === "reduce") {
    const { shape, axes, program } = step;
    const size = count(shape);
    const results = count(shape.filter((_, axis) => !axes.includes(axis)));
    const floats = program.results.filter((line) => isFloat(program.instructions[line].dtype)).length;
    return size * arithmetic(program) + Math.max(size - results, 0) * floats;
  }
  const { routine, epilogue } = step;
  return ofRoutine(routine) + (epilogue ? count(epilogue.shape) * arithmetic(epilogue.program) : 0);
}
function ofRoutine(routine) {
  if (!isFloat(routine.dtype)) return 0;
  switch (routine.name) {
    case "matmul":
      return 2 * routine.batch * routine.m * routine.n * routine.k;
    case "conv2d":
    case "conv2dInputGradient":
    case "conv2dKernelGradient": {
      const { batch, channels, outputSize, windowSize } = routine.window;
      return 2 * batch * count(outputSize) * routine.filters * channels * count(windowSize);
    }
    case "maxPool2d":
    case "maxPool2dGradient":
    case "maxPool2dGather":
    case "averagePool2d":
    case "averagePool2dGradient": {
      const { batch, channels, outputSize, windowSize } = routine.window;
      return batch * channels * count(outputSize) * count(windowSize);
    }
    case "scatterAdd":
    case "scatterAddAlong":
      return routine.outer * routine.count * routine.inner;
    case "cumsum":
      return routine.outer * routine.axisSize * routine.inner;
    case "matmulGathered":
    case "matmulGatheredTableGradient":
    case "matmulGatheredKernelGradient":
      return 2 * routine.count * routine.inner * routine.columns;
    case "maskedMatmul":
    case "maskedMatmulInputGradient":
    case "maskedMatmulKernelGradient":
      return 2 * routine.batch * routine.steps * routine.features * routine.gates * routine.units;
    case "gather":
    case "gatherAlong":
    case "distinct":
    case "concat":
    case "pad":
    case "argsort":
      return 0;
    default:
      return ofRecurrence(routine);
  }
}
function ofRecurrence({ name, batch, steps, units, bias }) {
  const cell = name.startsWith("lstm") ? "lstm" : name.startsWith("gru") ? "gru" : "simpleRnn";
  const gates = { lstm: 4, gru: 3, simpleRnn: 1 }[cell];
  const backward2 = name.endsWith("Gradient");
  const equations = backward2 ? { lstm: 22, gru: 16, simpleRnn: 3 }[cell] : { lstm: 9, gru: 8, simpleRnn: 1 }[cell] + (bias ? gates : 0);
  return batch * steps * units * (2 * gates * units + equations);
}
var count, text, distinct2;
var init_step_cost = __esm({
  "packages/tensor/src/planner/step-cost.ts"() {
    "use strict";
    init_dtype();
    init_describe();
    count = (shape) => shape.reduce((product4, size) => product4 * size, 1);
    text = (shape) => `[${shape.join(",")}]`;
    distinct2 = ({ shape, strides }) => shape.reduce((product4, size, axis) => product4 * (strides[axis] === 0 ? 1 : size), 1);
  }
});

// packages/tensor/src/program.ts
var unaryOps, binaryOps;
var init_program2 = __esm({
  "packages/tensor/src/program.ts"() {
    "use strict";
    unaryOps = [
      "negative",
      "abs",
      "sign",
      "floor",
      "ceil",
      "round",
      "exp",
      "expm1",
      "log",
      "log1p",
      "sqrt",
      "rsqrt",
      "reciprocal",
      "sin",
      "cos",
      "tanh",
      "sigmoid",
      "softplus",
      "relu",
      "erf",
      "isNaN",
      "logicalNot"
    ];
    binaryOps = [
      "add",
      "subtract",
      "multiply",
      "divide",
      "power",
      "maximum",
      "minimum",
      "mod",
      "equal",
      "notEqual",
      "less",
      "lessEqual",
      "greater",
      "greaterEqual",
      "logicalAnd",
      "logicalOr",
      "bitwiseAnd",
      "bitwiseOr",
      "bitwiseXor",
      "shiftLeft",
      "shiftRight"
    ];
  }
});

// packages/tensor/src/reference/routines.ts
var referenceRoutines;
var init_routines = __esm({
  "packages/tensor/src/reference/routines.ts"() {
    "use strict";
    init_convolution();
    init_masked_matmul();
    init_matmul();
    init_matmul_gathered();
    init_moves();
    init_pooling();
    init_recurrent();
    referenceRoutines = {
      matmul,
      conv2d,
      conv2dInputGradient: conv2d,
      conv2dKernelGradient: conv2d,
      maxPool2d: pool2d,
      maxPool2dGradient: pool2d,
      maxPool2dGather: pool2d,
      averagePool2d: pool2d,
      averagePool2dGradient: pool2d,
      gather,
      scatterAdd: gather,
      gatherAlong: gather,
      scatterAddAlong: gather,
      distinct,
      matmulGathered,
      matmulGatheredTableGradient: matmulGathered,
      matmulGatheredKernelGradient: matmulGathered,
      concat,
      pad,
      cumsum,
      argsort,
      lstmSequence: recurrentSequence,
      lstmSequenceGradient: recurrentGradient,
      gruSequence: recurrentSequence,
      gruSequenceGradient: recurrentGradient,
      simpleRnnSequence: recurrentSequence,
      simpleRnnSequenceGradient: recurrentGradient,
      maskedMatmul,
      maskedMatmulInputGradient: maskedMatmul,
      maskedMatmulKernelGradient: maskedMatmul
    };
  }
});

// packages/tensor/src/index.ts
var src_exports = {};
__export(src_exports, {
  DataError: () => DataError,
  DeviceError: () => DeviceError,
  DtypeError: () => DtypeError,
  HeklaError: () => HeklaError,
  HostRandom: () => HostRandom,
  RandomStream: () => RandomStream,
  ReleasedError: () => ReleasedError,
  ShapeError: () => ShapeError,
  Tensor: () => Tensor,
  Variable: () => Variable,
  abs: () => abs,
  add: () => add,
  all: () => all,
  any: () => any,
  arenaAlignment: () => arenaAlignment,
  argMax: () => argMax,
  argMin: () => argMin,
  argsort: () => argsort2,
  averagePool1d: () => averagePool1d,
  averagePool2d: () => averagePool2d,
  averagePool3d: () => averagePool3d,
  backend: () => backend,
  binaryOps: () => binaryOps,
  bitwiseAnd: () => bitwiseAnd,
  bitwiseOr: () => bitwiseOr,
  bitwiseXor: () => bitwiseXor,
  broadcastShapes: () => broadcastShapes,
  broadcastTo: () => broadcastTo,
  bytesPerElement: () => bytesPerElement,
  cast: () => cast,
  ceil: () => ceil,
  clip: () => clip,
  collapseViews: () => collapseViews,
  compile: () => compile,
  compileEach: () => compileEach,
  concat: () => concat2,
  conv1d: () => conv1d,
  conv1dTranspose: () => conv1dTranspose,
  conv2d: () => conv2d2,
  conv2dTranspose: () => conv2dTranspose,
  conv3d: () => conv3d,
  conv3dTranspose: () => conv3dTranspose,
  coordinate: () => coordinate,
  copy: () => copy,
  cos: () => cos,
  cumsum: () => cumsum2,
  debugLevel: () => debugLevel,
  debugLog: () => debugLog,
  depthwiseConv1d: () => depthwiseConv1d,
  depthwiseConv2d: () => depthwiseConv2d,
  describePlan: () => describePlan,
  describeProgram: () => describeProgram,
  divide: () => divide,
  elu: () => elu,
  equal: () => equal,
  erf: () => erf2,
  exp: () => exp,
  expandDims: () => expandDims,
  expm1: () => expm1,
  eye: () => eye,
  findNonFinite: () => findNonFinite,
  flatten: () => flatten,
  flip: () => flip,
  floor: () => floor,
  formatShape: () => formatShape2,
  full: () => full,
  gather: () => gather2,
  gatherAlong: () => gatherAlong,
  gelu: () => gelu,
  grad: () => grad,
  greater: () => greater,
  greaterEqual: () => greaterEqual,
  gru: () => gru,
  hardSigmoid: () => hardSigmoid,
  identityView: () => identityView,
  isContiguous: () => isContiguous,
  isFloat: () => isFloat,
  isNaN: () => isNaN,
  isOn: () => isOn,
  isWhole: () => isWhole,
  leakyRelu: () => leakyRelu,
  less: () => less,
  lessEqual: () => lessEqual,
  log: () => log,
  log1p: () => log1p,
  logSoftmax: () => logSoftmax,
  logSumExp: () => logSumExp,
  logicalAnd: () => logicalAnd,
  logicalNot: () => logicalNot,
  logicalOr: () => logicalOr,
  lstm: () => lstm,
  maskedMatmul: () => maskedMatmul2,
  matmul: () => matmul2,
  matmulGathered: () => matmulGathered2,
  matrixTranspose: () => matrixTranspose,
  max: () => max,
  maxPool1d: () => maxPool1d,
  maxPool2d: () => maxPool2d,
  maxPool3d: () => maxPool3d,
  maximum: () => maximum,
  mean: () => mean,
  memory: () => memory,
  min: () => min,
  minimum: () => minimum,
  mod: () => mod,
  multiply: () => multiply,
  named: () => named,
  negative: () => negative,
  notEqual: () => notEqual,
  oneHot: () => oneHot,
  ones: () => ones,
  pad: () => pad2,
  power: () => power2,
  product: () => product,
  profiledStep: () => profiledStep,
  randomBernoulli: () => randomBernoulli,
  randomBits: () => randomBits,
  randomInt: () => randomInt,
  randomNormal: () => randomNormal,
  randomPermutation: () => randomPermutation,
  randomUniform: () => randomUniform,
  range: () => range,
  reciprocal: () => reciprocal,
  recurrentActivations: () => recurrentActivations,
  recurrentLayout: () => recurrentLayout,
  reference: () => reference,
  referenceRoutines: () => referenceRoutines,
  relu: () => relu,
  reshape: () => reshape,
  round: () => round,
  rowMajorStrides: () => rowMajorStrides,
  rsqrt: () => rsqrt,
  sameShape: () => sameShape,
  scatterAdd: () => scatterAdd,
  scatterAddAlong: () => scatterAddAlong,
  scope: () => scope,
  selu: () => selu,
  shiftLeft: () => shiftLeft,
  shiftRight: () => shiftRight,
  shuffle: () => shuffle,
  sigmoid: () => sigmoid2,
  sign: () => sign,
  silu: () => silu,
  simpleRnn: () => simpleRnn,
  sin: () => sin,
  sizeOf: () => sizeOf,
  slice: () => slice,
  softmax: () => softmax,
  softplus: () => softplus,
  softsign: () => softsign,
  sort: () => sort,
  split: () => split,
  sqrt: () => sqrt,
  square: () => square,
  squeeze: () => squeeze,
  stack: () => stack,
  standardDeviation: () => standardDeviation,
  stepCost: () => stepCost,
  stepName: () => stepName,
  stopGradient: () => stopGradient,
  storageArray: () => storageArray,
  streamKey: () => streamKey,
  subtract: () => subtract,
  sum: () => sum,
  tanh: () => tanh,
  tensor: () => tensor,
  threefry: () => threefry,
  tile: () => tile,
  topK: () => topK,
  transpose: () => transpose,
  transposeView: () => transposeView,
  truncatedNormal: () => truncatedNormal,
  unaryOps: () => unaryOps,
  useBackend: () => useBackend,
  valueAndGrad: () => valueAndGrad,
  variance: () => variance,
  where: () => where,
  zeros: () => zeros
});
var init_src = __esm({
  "packages/tensor/src/index.ts"() {
    "use strict";
    init_compile();
    init_compile_each();
    init_dtype();
    init_environment();
    init_errors();
    init_gradient();
    init_host_random();
    init_methods();
    init_non_finite();
    init_activations();
    init_cast();
    init_convolution2();
    init_convolution_transpose();
    init_convolution3d();
    init_creation();
    init_depthwise_convolution();
    init_elementwise();
    init_indexing();
    init_masked_matmul2();
    init_matmul2();
    init_matmul_gathered2();
    init_moves2();
    init_pooling2();
    init_pooling3d();
    init_random();
    init_ranges();
    init_recurrent2();
    init_reductions();
    init_scans();
    init_views();
    init_plan();
    init_describe();
    init_step_cost();
    init_program2();
    init_recording();
    init_recurrent_layout();
    init_backend();
    init_routines();
    init_routine();
    init_session();
    init_shape();
    init_tensor();
    init_threefry();
    init_variable();
    init_view();
  }
});

// packages/kernels-webgpu/src/runtime/buffer-usage.ts
var mapRead, copySource, copyTarget, uniform, storage, queryResolve, readMode;
var init_buffer_usage = __esm({
  "packages/kernels-webgpu/src/runtime/buffer-usage.ts"() {
    "use strict";
    mapRead = 1;
    copySource = 4;
    copyTarget = 8;
    uniform = 64;
    storage = 128;
    queryResolve = 512;
    readMode = 1;
  }
});

// packages/kernels-webgpu/src/runtime/timer.ts
var timer_exports = {};
__export(timer_exports, {
  Timer: () => Timer,
  beginProfile: () => beginProfile
});
function beginProfile(machine) {
  const { device } = machine;
  if (!device.hasTimestamps) {
    throw new DeviceError(`webgpu: ${device.info.name} does not tell times (it has no timestamp-query)`);
  }
  if (machine.timer) throw new DeviceError("webgpu: a profile is being made, expected one at a time");
  const timer = new Timer(device);
  machine.timer = timer;
  const origin = performance.now();
  return {
    async stop() {
      if (machine.timer === timer) machine.timer = void 0;
      const all2 = await timer.finish();
      return { device: device.info.name, ...profileOf(all2, origin), origin };
    }
  };
}
function profileOf(all2, origin) {
  const dispatches = [];
  const runs = [];
  const known = /* @__PURE__ */ new Map();
  const first4 = all2.find(({ nanoseconds }) => nanoseconds.length > 1);
  const offset = first4 ? (first4.encoded - origin) * 1e3 - Number(first4.nanoseconds[0]) / 1e3 : 0;
  for (const { plan, steps, submitted, encoded, nanoseconds } of all2) {
    const profiled = known.get(plan) ?? plan.steps.map((step) => profiledStep(plan, step));
    known.set(plan, profiled);
    let last = -1;
    for (const [at, step] of steps.entries()) {
      const [from, to] = [2 * at, 2 * at + 1].map((query) => Number(nanoseconds[query]) / 1e3 + offset);
      const duration = Math.max(0, to - from);
      const before3 = dispatches.at(-1);
      if (step === last && before3)
        dispatches[dispatches.length - 1] = { ...before3, duration: before3.duration + duration };
      else dispatches.push({ step: profiled[step], start: from, duration });
      last = step;
    }
    const start = (submitted - origin) * 1e3;
    runs.push({ steps: plan.steps.length, start, duration: (encoded - submitted) * 1e3 });
  }
  return { dispatches, runs };
}
var mostQueries, bytesPerQuery, Timer;
var init_timer = __esm({
  "packages/kernels-webgpu/src/runtime/timer.ts"() {
    "use strict";
    init_src();
    init_buffer_usage();
    mostQueries = 4096;
    bytesPerQuery = 8;
    Timer = class {
      constructor(device) {
        this.device = device;
      }
      device;
      #pending = [];
      begin(plan, steps) {
        const { device } = this.device;
        const began = performance.now();
        const count2 = 2 * steps.length;
        const sets = Array.from(
          { length: Math.ceil(count2 / mostQueries) },
          (_, at) => device.createQuerySet({ type: "timestamp", count: Math.min(mostQueries, count2 - at * mostQueries) })
        );
        const size = Math.max(1, count2) * bytesPerQuery;
        const resolved = device.createBuffer({ label: "times", size, usage: queryResolve | copySource });
        const staging = device.createBuffer({ label: "times", size, usage: mapRead | copyTarget });
        return {
          pass: (dispatch) => {
            const first4 = 2 * dispatch;
            return {
              timestampWrites: {
                querySet: sets[Math.floor(first4 / mostQueries)],
                beginningOfPassWriteIndex: first4 % mostQueries,
                endOfPassWriteIndex: first4 % mostQueries + 1
              }
            };
          },
          resolve: (encoder) => {
            for (const [at, set] of sets.entries()) {
              encoder.resolveQuerySet(set, 0, set.count, resolved, at * mostQueries * bytesPerQuery);
            }
            if (count2 > 0) encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
          },
          submitted: () => {
            const encoded = performance.now();
            const times = staging.mapAsync(readMode).then(
              () => {
                const nanoseconds = new BigUint64Array(staging.getMappedRange().slice(0));
                return { plan, steps, submitted: began, encoded, nanoseconds };
              },
              () => void 0
              // the device was lost
            );
            this.#pending.push(
              times.finally(() => {
                for (const one of [...sets, resolved, staging]) one.destroy();
              })
            );
          }
        };
      }
      async finish() {
        return (await Promise.all(this.#pending)).filter((times) => times !== void 0);
      }
    };
  }
});

// packages/kernels-webgpu/src/backend.ts
init_src();

// packages/kernels-webgpu/src/runtime/plan-executable.ts
init_src();

// packages/kernels-webgpu/src/wgsl/step-kernels.ts
init_src();

// packages/kernels-webgpu/src/plain/pass-list.ts
var PassList = class {
  /** @param operands of the routine; the results of passes are numbered on from there */
  constructor(operands) {
    this.operands = operands;
  }
  operands;
  passes = [];
  /** Appends a pass and gives the number by which later ones load its result. */
  add(pass) {
    this.passes.push(pass);
    return this.operands + this.passes.length - 1;
  }
};

// packages/kernels-webgpu/src/plain/sort.ts
init_src();

// packages/kernels-webgpu/src/plain/search.ts
function searchFirst(kernel, [from, to], atMost, isPast) {
  const low = kernel.cell(kernel.fromIndex(from));
  const high = kernel.cell(kernel.fromIndex(to));
  const turns = atMost < 1 ? 0 : Math.floor(Math.log2(atMost)) + 1;
  kernel.repeat(
    0,
    turns,
    () => kernel.when(kernel.less(kernel.read(low), kernel.read(high)), () => {
      const ends = [kernel.toIndex(kernel.read(low)), kernel.toIndex(kernel.read(high))];
      const middle = kernel.hold(kernel.quotient(kernel.plus(...ends), 2));
      const past = kernel.cell(kernel.fromCondition(isPast(middle)));
      kernel.when(kernel.toCondition(kernel.read(past)), () => kernel.set(high, kernel.fromIndex(middle)));
      kernel.when(
        kernel.not(kernel.toCondition(kernel.read(past))),
        () => kernel.set(low, kernel.fromIndex(kernel.plus(middle, kernel.whole(1))))
      );
    })
  );
  return kernel.hold(kernel.toIndex(kernel.read(low)));
}

// packages/kernels-webgpu/src/plain/sort.ts
var blockLength = 256;
function standsBefore(kernel, key, other, descending) {
  const isBefore = descending ? kernel.less(other, key) : kernel.less(key, other);
  if (!isFloat(key.dtype)) return isBefore;
  return kernel.all(kernel.not(kernel.isNaN(key)), kernel.any(kernel.isNaN(other), isBefore));
}
function addSort(passes, sorted, count2 = sorted.length) {
  const { rows, length, descending = false } = sorted;
  const blocks = Math.ceil(length / blockLength);
  const blockOf = (kernel, position) => {
    if (blocks <= 1) return [kernel.whole(0), kernel.whole(length)];
    const start = kernel.hold(kernel.times(kernel.quotient(position, blockLength), blockLength));
    const end = kernel.smaller(kernel.plus(start, kernel.whole(blockLength)), kernel.whole(length));
    return [start, kernel.hold(end)];
  };
  const ranks = passes.add({
    size: rows * length,
    dtype: "int32",
    write(kernel, index) {
      const [row2, position] = kernel.unravel(index, [rows, length]);
      const [start, end] = blockOf(kernel, position);
      const own2 = kernel.keep(sorted.key(kernel, row2, position));
      const rank2 = kernel.cell(kernel.zero("int32"));
      const one = kernel.constant(1, "int32");
      const keyAt = (other) => kernel.keep(sorted.key(kernel, row2, other));
      kernel.repeat(
        start,
        position,
        (other) => kernel.when(
          kernel.not(standsBefore(kernel, own2, keyAt(other), descending)),
          () => kernel.accumulate(rank2, one)
        )
      );
      kernel.repeat(
        kernel.plus(position, kernel.whole(1)),
        end,
        (other) => kernel.when(standsBefore(kernel, keyAt(other), own2, descending), () => kernel.accumulate(rank2, one))
      );
      return kernel.read(rank2);
    }
  });
  const kept4 = blocks <= 1 ? count2 : length;
  let order2 = passes.add({
    size: rows * kept4,
    dtype: "int32",
    write(kernel, index) {
      const [row2, place2] = kernel.unravel(index, [rows, kept4]);
      const [start, end] = blockOf(kernel, place2);
      const rank2 = kernel.keep(kernel.fromIndex(kernel.minus(place2, start)));
      const first4 = kernel.hold(kernel.times(row2, length));
      const found = kernel.cell(kernel.zero("int32"));
      kernel.repeat(start, end, (position) => {
        const candidate = kernel.load(ranks, kernel.plus(first4, position));
        kernel.when(kernel.toCondition(kernel.apply("equal", [candidate, rank2], "bool")), () => {
          kernel.set(found, kernel.fromIndex(position));
          kernel.leave();
        });
      });
      return kernel.read(found);
    }
  });
  for (let run2 = blockLength; run2 < length; run2 *= 2) {
    order2 = addMerge(passes, sorted, order2, run2, 2 * run2 >= length ? count2 : length);
  }
  return order2;
}
function addMerge(passes, { rows, length, key, descending = false }, order2, run2, count2) {
  return passes.add({
    size: rows * count2,
    dtype: "int32",
    write(kernel, index) {
      const [row2, place2] = kernel.unravel(index, [rows, count2]);
      const both = 2 * run2;
      const start = both >= length ? kernel.whole(0) : kernel.hold(kernel.times(kernel.quotient(place2, both), both));
      const taken = kernel.hold(kernel.minus(place2, start));
      const left = kernel.hold(kernel.plus(kernel.times(row2, length), start));
      const right = kernel.hold(kernel.plus(left, kernel.whole(run2)));
      const rest = kernel.hold(kernel.minus(kernel.whole(length), start));
      const sizeOf2 = (available) => kernel.hold(kernel.smaller(kernel.larger(available, kernel.whole(0)), kernel.whole(run2)));
      const leftSize = sizeOf2(rest);
      const rightSize = sizeOf2(kernel.minus(rest, kernel.whole(run2)));
      const at = (place3) => kernel.load(order2, place3);
      const keyOf = (position) => kernel.keep(key(kernel, row2, kernel.toIndex(position)));
      const goesRight = (inLeft, inRight) => {
        const other = keyOf(at(kernel.plus(left, inLeft)));
        return standsBefore(kernel, keyOf(at(kernel.plus(right, inRight))), other, descending);
      };
      const from = kernel.hold(kernel.larger(kernel.minus(taken, rightSize), kernel.whole(0)));
      const to = kernel.hold(kernel.smaller(taken, leftSize));
      const fromLeft = searchFirst(
        kernel,
        [from, to],
        run2,
        (candidate) => goesRight(candidate, kernel.minus(kernel.minus(taken, kernel.whole(1)), candidate))
      );
      const fromRight = kernel.hold(kernel.minus(taken, fromLeft));
      const result = kernel.cell(kernel.zero("int32"));
      const [leftHasMore, rightHasMore] = [
        kernel.below(fromLeft, leftSize),
        kernel.below(fromRight, rightSize)
      ];
      kernel.when(leftHasMore, () => kernel.set(result, at(kernel.plus(left, fromLeft))));
      kernel.when(rightHasMore, () => {
        const candidate = kernel.keep(at(kernel.plus(right, fromRight)));
        kernel.when(kernel.not(leftHasMore), () => kernel.set(result, candidate));
        kernel.when(
          leftHasMore,
          () => kernel.when(goesRight(fromLeft, fromRight), () => kernel.set(result, candidate))
        );
      });
      return kernel.read(result);
    }
  });
}

// packages/kernels-webgpu/src/plain/argsort.ts
var argsort3 = ({ outer, axisSize, count: count2, descending }) => {
  const passes = new PassList(1);
  addSort(
    passes,
    {
      rows: outer,
      length: axisSize,
      descending,
      key: (kernel, row2, position) => kernel.load(0, kernel.plus(kernel.times(row2, axisSize), position))
    },
    count2
  );
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/image.ts
function imageStrides2(format, channels, [height, width]) {
  const batch = channels * height * width;
  return format === "channelsFirst" ? { batch, channel: height * width, row: width, column: 1 } : { batch, channel: 1, row: width * channels, column: channels };
}
var imageElements = (batch, channels, [height, width]) => batch * channels * height * width;
function imageIndex(kernel, index, format, batch, channels, [height, width]) {
  if (format === "channelsFirst") {
    const [b2, c2, y2, x2] = kernel.unravel(index, [batch, channels, height, width]);
    return { batch: b2, channel: c2, row: y2, column: x2 };
  }
  const [b, y, x, c] = kernel.unravel(index, [batch, height, width, channels]);
  return { batch: b, channel: c, row: y, column: x };
}
var imagePlace = (kernel, strides, at) => kernel.affine(
  0,
  ["batch", "channel", "row", "column"].flatMap(
    (axis) => at[axis] === void 0 ? [] : [[at[axis], strides[axis]]]
  )
);

// packages/kernels-webgpu/src/plain/sums.ts
init_src();
var longestChunk = 512;
var enoughThreads = 65536;
var fewestProducts = 256;
function sum2(kernel, dtype, body) {
  const total2 = kernel.cell(kernel.zero(dtype));
  body((value) => kernel.accumulate(total2, value));
  return kernel.read(total2);
}
function sumRange(kernel, dtype, [from, to], atMost, visit) {
  if (atMost <= 0) return kernel.zero(dtype);
  const plain = (...range2) => sum2(kernel, dtype, (add2) => kernel.repeat(...range2, (i) => visit(i, add2)));
  if (!isFloat(dtype) || atMost <= longestChunk) return plain(from, to);
  const chunk = 2 ** Math.round(Math.log2(atMost) / 2);
  const indexOf2 = (bound) => typeof bound === "number" ? kernel.whole(bound) : bound;
  return sum2(
    kernel,
    dtype,
    (add2) => kernel.repeat(0, Math.ceil(atMost / chunk), (turn) => {
      const start = kernel.hold(kernel.plus(indexOf2(from), kernel.times(turn, chunk)));
      const end = kernel.plus(start, kernel.whole(chunk));
      add2(plain(start, kernel.hold(kernel.smaller(end, indexOf2(to)))));
    })
  );
}
var sumOver = (kernel, dtype, count2, term) => sumRange(kernel, dtype, [0, count2], count2, (i, add2) => add2(term(i)));
function addLongSums(passes, { size, dtype, terms, products: products2, write }) {
  const wanted = Math.floor(enoughThreads / Math.max(size, 1));
  const most = Math.floor(terms * products2 / fewestProducts);
  const length = Math.ceil(terms / Math.max(1, Math.min(wanted, most, terms)));
  const parts = Math.ceil(terms / Math.max(length, 1));
  if (parts <= 1) {
    return passes.add({
      size,
      dtype,
      write: (kernel, index) => terms * products2 === 0 ? kernel.zero(dtype) : write(kernel, index, [0, terms], terms)
    });
  }
  const partial = passes.add({
    size: parts * size,
    dtype,
    write(kernel, index) {
      const [part, element] = kernel.unravel(index, [parts, size]);
      const start = kernel.hold(kernel.times(part, length));
      const end = kernel.plus(start, kernel.whole(length));
      const whole = terms % length === 0;
      return write(
        kernel,
        element,
        [start, kernel.hold(whole ? end : kernel.smaller(end, kernel.whole(terms)))],
        length
      );
    }
  });
  return passes.add({
    size,
    dtype,
    write: (kernel, index) => sumOver(
      kernel,
      dtype,
      parts,
      (part) => kernel.load(partial, kernel.plus(kernel.times(part, size), index))
    )
  });
}

// packages/kernels-webgpu/src/plain/window-axis.ts
var windowAxes = (window2) => {
  const axis = (at) => ({
    input: window2.inputSize[at],
    output: window2.outputSize[at],
    taps: window2.windowSize[at],
    stride: window2.strides[at],
    dilation: window2.dilation[at],
    padding: window2.padding[at][0]
  });
  return [axis(0), axis(1)];
};
var staysInside = ({ input, output, taps, stride, dilation, padding }) => padding <= 0 && (output - 1) * stride + (taps - 1) * dilation - padding < input;
var quotientUp = (kernel, a, b) => kernel.quotient(kernel.plus(kernel.larger(a, kernel.whole(0)), kernel.whole(b - 1)), b);
function turnsInside(kernel, start, [least, most], { step, count: count2, size }) {
  const zero = kernel.whole(0);
  const from = least >= 0 ? 0 : kernel.hold(quotientUp(kernel, kernel.minus(zero, start), step));
  if (most + (count2 - 1) * step < size) return { from, to: count2 };
  const end = quotientUp(kernel, kernel.minus(kernel.whole(size), start), step);
  return { from, to: kernel.hold(kernel.smaller(end, kernel.whole(count2))) };
}
function tapsOf2(kernel, axis, output) {
  const { input, taps, stride, dilation, padding } = axis;
  const start = kernel.hold(kernel.minus(kernel.times(output, stride), kernel.whole(padding)));
  const most = (axis.output - 1) * stride - padding;
  const inside2 = turnsInside(kernel, start, [-padding, most], { step: dilation, count: taps, size: input });
  return {
    ...inside2,
    tap: (turn) => turn,
    place: (turn) => kernel.plus(start, kernel.times(turn, dilation))
  };
}
function outputsThrough(kernel, axis, tap) {
  const { input, output, taps, stride, dilation, padding } = axis;
  const start = kernel.hold(kernel.minus(kernel.times(tap, dilation), kernel.whole(padding)));
  const limits = [-padding, (taps - 1) * dilation - padding];
  const inside2 = turnsInside(kernel, start, limits, { step: stride, count: output, size: input });
  return { ...inside2, place: (turn) => kernel.plus(start, kernel.times(turn, stride)) };
}
var greatestCommonDivisor = (a, b) => b === 0 ? a : greatestCommonDivisor(b, a % b);
function outputsOf2(kernel, axis, input) {
  const { output, taps, stride, dilation, padding } = axis;
  const zero = kernel.whole(0);
  const common = greatestCommonDivisor(stride, dilation);
  const [tapStep, outputStep] = [stride / common, dilation / common];
  const at = kernel.hold(kernel.plus(input, kernel.whole(padding)));
  const firstTap = tapStep === 1 ? zero : kernel.hold(firstTapOf(kernel, at, tapStep, outputStep, common));
  const ahead = Math.ceil((tapStep - 1) * dilation / stride);
  const dividend = kernel.minus(
    kernel.plus(at, kernel.whole(ahead * stride)),
    kernel.times(firstTap, dilation)
  );
  const first4 = kernel.hold(kernel.minus(kernel.quotient(dividend, stride), kernel.whole(ahead)));
  const reachesPast = Math.floor((axis.input - 1 + padding) / stride) >= output;
  const past = kernel.minus(kernel.plus(first4, kernel.whole(outputStep)), kernel.whole(output));
  const from = reachesPast ? kernel.hold(kernel.quotient(kernel.larger(past, zero), outputStep)) : 0;
  const tapsLeft = kernel.minus(kernel.whole(taps + tapStep - 1), firstTap);
  let to = tapStep === 1 ? kernel.whole(taps) : kernel.quotient(tapsLeft, tapStep);
  if (padding < (taps - 1) * dilation) {
    const before3 = kernel.larger(kernel.plus(first4, kernel.whole(outputStep)), zero);
    to = kernel.smaller(to, kernel.quotient(before3, outputStep));
  }
  if (common > 1) {
    const meets = kernel.same(kernel.remainder(at, common), zero);
    to = kernel.toIndex(
      kernel.where(kernel.fromCondition(meets), kernel.fromIndex(to), kernel.zero("int32"))
    );
  }
  return {
    from,
    to: kernel.hold(to),
    tap: (turn) => kernel.plus(firstTap, kernel.times(turn, tapStep)),
    place: (turn) => kernel.minus(first4, kernel.times(turn, outputStep))
  };
}
function firstTapOf(kernel, at, tapStep, outputStep, common) {
  let inverse = 1;
  while (inverse * outputStep % tapStep !== 1) inverse++;
  const rest = kernel.remainder(kernel.quotient(at, common), tapStep);
  return inverse === 1 ? rest : kernel.remainder(kernel.times(rest, inverse), tapStep);
}
function eachTurn(kernel, [rows, columns2], visit) {
  kernel.repeat(rows.from, rows.to, (y) => {
    const visitColumn = visit(rows.place(y), rows.tap(y));
    kernel.repeat(columns2.from, columns2.to, (x) => visitColumn(columns2.place(x), columns2.tap(x)));
  });
}

// packages/kernels-webgpu/src/plain/convolution.ts
var isEmpty = ({ window: window2, filters }) => [
  window2.batch,
  window2.channels,
  filters,
  ...window2.inputSize,
  ...window2.outputSize,
  ...window2.windowSize
].some((size) => size <= 0);
function correlation(routine, forward) {
  const { window: window2, filters, dtype } = routine;
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize } = window2;
  const [depth2, readSize] = forward ? [channels, inputSize] : [filters, outputSize];
  const [width, resultSize2] = forward ? [filters, outputSize] : [channels, inputSize];
  const read = imageStrides2(dataFormat, depth2, readSize);
  const area = windowSize[0] * windowSize[1];
  const [ofDepth, ofWidth] = forward ? [area, channels * area] : [channels * area, area];
  const [rowAxis, columnAxis] = windowAxes(window2);
  const walk = forward ? tapsOf2 : outputsOf2;
  const write = (kernel, index) => {
    if (isEmpty(routine)) return kernel.zero(dtype);
    const at = imageIndex(kernel, index, dataFormat, batch, width, resultSize2);
    const walks = [walk(kernel, rowAxis, at.row), walk(kernel, columnAxis, at.column)];
    const image2 = kernel.hold(kernel.times(at.batch, read.batch));
    const filter = kernel.hold(kernel.times(at.channel, ofWidth));
    const product4 = (image3, filter2) => kernel.multiply(kernel.load(0, image3), kernel.load(1, filter2));
    const placesOf2 = (from, weights, visit) => (row2, rowTap) => {
      const inRow = kernel.hold(kernel.plus(from, kernel.times(row2, read.row)));
      const weightsOfRow = kernel.hold(kernel.plus(weights, kernel.times(rowTap, windowSize[1])));
      return (column, columnTap) => visit(kernel.plus(inRow, kernel.times(column, read.column)), kernel.plus(weightsOfRow, columnTap));
    };
    if (dataFormat === "channelsLast") {
      return sum2(kernel, dtype, (add2) => {
        const addChannels = (place2, weight) => {
          const [from, weights] = [kernel.hold(place2), kernel.hold(weight)];
          const channelsOf = (c) => product4(kernel.plus(from, c), kernel.plus(weights, kernel.times(c, ofDepth)));
          add2(sumOver(kernel, dtype, depth2, channelsOf));
        };
        eachTurn(kernel, walks, placesOf2(image2, filter, addChannels));
      });
    }
    return sumOver(kernel, dtype, depth2, (c) => {
      const from = kernel.hold(kernel.plus(image2, kernel.times(c, read.channel)));
      const weights = kernel.hold(kernel.plus(filter, kernel.times(c, ofDepth)));
      return sum2(
        kernel,
        dtype,
        (add2) => eachTurn(
          kernel,
          walks,
          placesOf2(from, weights, (place2, weight) => add2(product4(place2, weight)))
        )
      );
    });
  };
  return [{ size: imageElements(batch, width, resultSize2), dtype, write }];
}
var conv2d3 = (routine) => correlation(routine, true);
var conv2dInputGradient = (routine) => correlation(routine, false);
var conv2dKernelGradient = (routine) => {
  const { window: window2, filters, dtype } = routine;
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize } = window2;
  const input = imageStrides2(dataFormat, channels, inputSize);
  const output = imageStrides2(dataFormat, filters, outputSize);
  const [rowAxis, columnAxis] = windowAxes(window2);
  const passes = new PassList(2);
  addLongSums(passes, {
    size: filters * channels * windowSize[0] * windowSize[1],
    dtype,
    terms: isEmpty(routine) ? 0 : batch * outputSize[0],
    products: outputSize[1],
    write(kernel, index, range2, atMost) {
      const [f, c, rowTap, columnTap] = kernel.unravel(index, [filters, channels, ...windowSize]);
      const start = rowAxis.dilation;
      const firstRow = kernel.minus(kernel.times(rowTap, start), kernel.whole(rowAxis.padding));
      const offset = kernel.hold(firstRow);
      const columns2 = outputsThrough(kernel, columnAxis, columnTap);
      const [ofInput, ofOutput] = [
        kernel.hold(kernel.times(c, input.channel)),
        kernel.hold(kernel.times(f, output.channel))
      ];
      return sumRange(kernel, dtype, range2, atMost, (line, add2) => {
        const [image2, y] = kernel.unravel(line, [batch, outputSize[0]]);
        const row2 = kernel.hold(kernel.plus(offset, kernel.times(y, rowAxis.stride)));
        kernel.when(kernel.inside(row2, inputSize[0]), () => {
          const x = kernel.plus(ofInput, imagePlace(kernel, input, { batch: image2, row: row2 }));
          const dy = kernel.plus(ofOutput, imagePlace(kernel, output, { batch: image2, row: y }));
          const [xRow, dyRow] = [kernel.hold(x), kernel.hold(dy)];
          add2(
            sum2(
              kernel,
              dtype,
              (addProduct) => kernel.repeat(
                columns2.from,
                columns2.to,
                (turn) => addProduct(
                  kernel.multiply(
                    kernel.load(0, kernel.plus(xRow, kernel.times(columns2.place(turn), input.column))),
                    kernel.load(1, kernel.plus(dyRow, kernel.times(turn, output.column)))
                  )
                )
              )
            )
          );
        });
      });
    }
  });
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/row-index.ts
function clampedIndex(kernel, index, size) {
  const raised = kernel.apply("maximum", [kernel.cast(index, "int32"), kernel.zero("int32")], "int32");
  return kernel.keep(kernel.apply("minimum", [raised, kernel.constant(size - 1, "int32")], "int32"));
}
var isRow = (kernel, index, size) => kernel.inside(kernel.hold(kernel.toIndex(kernel.cast(index, "int32"))), size);
function rowOf(kernel, index, size, clamps) {
  if (clamps) return clampedIndex(kernel, index, size);
  const given2 = kernel.keep(kernel.cast(index, "int32"));
  const isOne = kernel.fromCondition(isRow(kernel, given2, size));
  return kernel.keep(kernel.where(isOne, given2, kernel.constant(size, "int32")));
}
var placeIn = (kernel, row2, size, column) => kernel.plus(kernel.times(row2, size), column);

// packages/kernels-webgpu/src/plain/scan.ts
var blockLength2 = 128;
function addScan(passes, scanned2) {
  const { rows, dtype } = scanned2;
  const levels = [{ length: scanned2.length, at: scanned2.element }];
  for (let last = levels[0]; last.length > blockLength2; last = levels.at(-1)) {
    const { length, at } = last;
    const blocks = Math.ceil(length / blockLength2);
    const operand = passes.add({
      size: rows * blocks,
      dtype,
      write(kernel, index) {
        const [row2, block] = kernel.unravel(index, [rows, blocks]);
        const start = kernel.hold(kernel.times(block, blockLength2));
        const end = kernel.plus(start, kernel.whole(blockLength2));
        const to = length % blockLength2 === 0 ? end : kernel.smaller(end, kernel.whole(length));
        return sum2(
          kernel,
          dtype,
          (add2) => kernel.repeat(start, kernel.hold(to), (position) => add2(at(kernel, row2, position)))
        );
      }
    });
    levels.push({
      length: blocks,
      at: (kernel, row2, block) => kernel.load(operand, placeIn(kernel, row2, blocks, block))
    });
  }
  return (kernel, row2, position, inclusive) => {
    let end = kernel.hold(inclusive ? kernel.plus(position, kernel.whole(1)) : position);
    return sum2(
      kernel,
      dtype,
      (add2) => levels.forEach(({ at }, level) => {
        const block = level === levels.length - 1 ? void 0 : kernel.hold(kernel.quotient(end, blockLength2));
        const start = block === void 0 ? kernel.whole(0) : kernel.times(block, blockLength2);
        const part = sum2(
          kernel,
          dtype,
          (addPart) => kernel.repeat(start, end, (before3) => addPart(at(kernel, row2, before3)))
        );
        add2(part);
        if (block !== void 0) end = block;
      })
    );
  };
}
var cumsum3 = ({ dtype, outer, axisSize, inner, reverse, exclusive }) => {
  const passes = new PassList(1);
  const positionOf = (kernel, step) => reverse ? kernel.minus(kernel.whole(axisSize - 1), step) : step;
  const before3 = addScan(passes, {
    rows: outer * inner,
    length: axisSize,
    dtype,
    element(kernel, row2, step) {
      const [o, i] = kernel.unravel(row2, [outer, inner]);
      const at = positionOf(kernel, step);
      return kernel.load(0, placeIn(kernel, placeIn(kernel, o, axisSize, at), inner, i));
    }
  });
  passes.add({
    size: outer * axisSize * inner,
    dtype,
    write(kernel, index) {
      const [o, at, i] = kernel.unravel(index, [outer, axisSize, inner]);
      const row2 = kernel.hold(placeIn(kernel, o, inner, i));
      return before3(kernel, row2, kernel.hold(positionOf(kernel, at)), !exclusive);
    }
  });
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/distinct.ts
var fewPositions = 1024;
var distinct3 = ({ axisSize, count: count2, clamps }) => {
  const passes = new PassList(1);
  const dtype = "int32";
  if (count2 === 0) return [{ size: 1, dtype, write: (kernel) => kernel.zero(dtype) }];
  const key = (kernel, position) => rowOf(kernel, kernel.load(0, position), axisSize, clamps);
  const sorted = {
    rows: 1,
    length: count2,
    key: (kernel, _, at) => key(kernel, at)
  };
  const order2 = count2 > fewPositions ? addSort(passes, sorted) : void 0;
  const firsts = passes.add({
    size: count2,
    dtype,
    write(kernel, index) {
      const own2 = key(kernel, index);
      if (order2 !== void 0) {
        const place2 = searchFirst(
          kernel,
          [kernel.whole(0), kernel.whole(count2)],
          count2,
          (at) => kernel.not(kernel.less(key(kernel, kernel.toIndex(kernel.load(order2, at))), own2))
        );
        return kernel.load(order2, place2);
      }
      const first4 = kernel.cell(kernel.fromIndex(index));
      kernel.repeat(
        0,
        index,
        (position) => kernel.when(kernel.same(kernel.toIndex(key(kernel, position)), kernel.toIndex(own2)), () => {
          kernel.set(first4, kernel.fromIndex(position));
          kernel.leave();
        })
      );
      return kernel.read(first4);
    }
  });
  const before3 = addScan(passes, {
    rows: 1,
    length: count2,
    dtype,
    element(kernel, _row, position) {
      const first4 = kernel.same(kernel.toIndex(kernel.load(firsts, position)), position);
      return kernel.cast(kernel.fromCondition(first4), dtype);
    }
  });
  const counts = passes.add({
    size: count2,
    dtype,
    write: (kernel, index) => before3(kernel, kernel.whole(0), index, true)
  });
  passes.add({
    size: 1 + 3 * count2,
    dtype,
    write(kernel, index) {
      const total2 = kernel.keep(kernel.load(counts, kernel.whole(count2 - 1)));
      const result = kernel.cell(kernel.zero(dtype));
      const listed = kernel.hold(kernel.minus(index, kernel.whole(1)));
      const within = (list3) => kernel.hold(kernel.minus(listed, kernel.whole(list3 * count2)));
      kernel.when(kernel.same(index, kernel.whole(0)), () => kernel.set(result, total2));
      kernel.when(kernel.inside(listed, 2 * count2), () => {
        const asKey = kernel.not(kernel.below(listed, kernel.whole(count2)));
        const k = kernel.hold(kernel.remainder(listed, count2));
        kernel.when(kernel.less(kernel.fromIndex(k), total2), () => {
          const ends = [kernel.whole(0), kernel.whole(count2)];
          const place2 = searchFirst(
            kernel,
            ends,
            count2,
            (at) => kernel.less(kernel.fromIndex(k), kernel.load(counts, at))
          );
          kernel.set(result, kernel.fromIndex(place2));
          kernel.when(asKey, () => kernel.set(result, key(kernel, place2)));
        });
      });
      const position = within(2);
      kernel.when(kernel.inside(position, count2), () => {
        const first4 = kernel.toIndex(kernel.load(firsts, position));
        const rank2 = kernel.apply("subtract", [kernel.load(counts, first4), kernel.constant(1, dtype)], dtype);
        kernel.set(result, rank2);
      });
      return kernel.read(result);
    }
  });
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/masked-matmul.ts
var isLive = (kernel, value) => kernel.toCondition(kernel.apply("notEqual", [value, kernel.zero(value.dtype)], "bool"));
function addLiveMasks(passes, { dtype, batch, steps, features, gates }) {
  return passes.add({
    size: batch * gates * features,
    dtype,
    write(kernel, index) {
      const [sample, , feature] = kernel.unravel(index, [batch, gates, features]);
      const first4 = kernel.hold(placeIn(kernel, kernel.times(sample, steps), features, feature));
      const mask2 = kernel.cell(kernel.zero(dtype));
      kernel.repeat(
        0,
        steps,
        (step) => kernel.when(isLive(kernel, kernel.load(0, kernel.plus(first4, kernel.times(step, features)))), () => {
          kernel.set(mask2, kernel.load(1, index));
          kernel.leave();
        })
      );
      return kernel.read(mask2);
    }
  });
}
var masksOf = (kernel, { gates, features }, sample, gate) => kernel.hold(kernel.times(placeIn(kernel, sample, gates, gate), features));
var maskedMatmul3 = (routine) => {
  const { dtype, batch, steps, features, gates, units } = routine;
  const width = gates * units;
  const passes = new PassList(3);
  const masks = addLiveMasks(passes, routine);
  passes.add({
    size: batch * steps * width,
    dtype,
    write(kernel, index) {
      const [sample, step, gate, unit2] = kernel.unravel(index, [batch, steps, gates, units]);
      const row2 = kernel.hold(kernel.times(placeIn(kernel, sample, steps, step), features));
      const mask2 = masksOf(kernel, routine, sample, gate);
      const column = kernel.hold(placeIn(kernel, gate, units, unit2));
      return sumRange(kernel, dtype, [0, features], features, (feature, add2) => {
        const factor = kernel.keep(kernel.load(masks, kernel.plus(mask2, feature)));
        kernel.when(isLive(kernel, factor), () => {
          const x = kernel.multiply(kernel.load(0, kernel.plus(row2, feature)), factor);
          add2(kernel.multiply(x, kernel.load(2, placeIn(kernel, feature, width, column))));
        });
      });
    }
  });
  return passes.passes;
};
var maskedMatmulInputGradient = (routine) => {
  const { dtype, batch, steps, features, gates, units } = routine;
  const width = gates * units;
  return [
    {
      size: batch * steps * features,
      dtype,
      write(kernel, index) {
        const [sample, step, feature] = kernel.unravel(index, [batch, steps, features]);
        const row2 = kernel.hold(kernel.times(placeIn(kernel, sample, steps, step), width));
        const weights = kernel.hold(kernel.times(feature, width));
        return sum2(
          kernel,
          dtype,
          (add2) => kernel.repeat(0, gates, (gate) => {
            const factor = kernel.keep(
              kernel.load(1, kernel.plus(masksOf(kernel, routine, sample, gate), feature))
            );
            kernel.when(isLive(kernel, factor), () => {
              const first4 = kernel.hold(kernel.times(gate, units));
              const product4 = sumOver(
                kernel,
                dtype,
                units,
                (unit2) => kernel.multiply(
                  kernel.multiply(kernel.load(0, kernel.plus(row2, first4, unit2)), factor),
                  kernel.load(2, kernel.plus(weights, first4, unit2))
                )
              );
              add2(product4);
            });
          })
        );
      }
    }
  ];
};
var maskedMatmulKernelGradient = (routine) => {
  const { dtype, batch, steps, features, gates, units } = routine;
  const width = gates * units;
  const passes = new PassList(3);
  const masks = addLiveMasks(passes, routine);
  addLongSums(passes, {
    size: features * width,
    dtype,
    terms: batch,
    products: steps,
    write(kernel, index, range2, atMost) {
      const [feature, gate, unit2] = kernel.unravel(index, [features, gates, units]);
      const column = kernel.hold(placeIn(kernel, gate, units, unit2));
      return sumRange(kernel, dtype, range2, atMost, (sample, add2) => {
        const mask2 = kernel.load(masks, kernel.plus(masksOf(kernel, routine, sample, gate), feature));
        const factor = kernel.keep(mask2);
        kernel.when(isLive(kernel, factor), () => {
          const first4 = kernel.hold(kernel.times(sample, steps));
          const product4 = sumOver(kernel, dtype, steps, (step) => {
            const row2 = kernel.hold(kernel.plus(first4, step));
            const x = kernel.multiply(kernel.load(0, placeIn(kernel, row2, features, feature)), factor);
            return kernel.multiply(x, kernel.load(2, placeIn(kernel, row2, width, column)));
          });
          add2(product4);
        });
      });
    }
  });
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/matmul.ts
var matmul3 = (routine) => {
  const { dtype, batch, m, n, k, transposeA, transposeB, batchedA, batchedB } = routine;
  const passes = new PassList(2);
  addLongSums(passes, {
    size: batch * m * n,
    dtype,
    terms: k,
    products: 1,
    write(kernel, index, range2, atMost) {
      const [i, y, x] = kernel.unravel(index, [batch, m, n]);
      const [alongA, alongB] = [transposeA ? m : 1, transposeB ? 1 : n];
      const startA = kernel.affine(0, [
        [i, batchedA ? m * k : 0],
        [y, transposeA ? 1 : k]
      ]);
      const startB = kernel.affine(0, [
        [i, batchedB ? k * n : 0],
        [x, transposeB ? k : 1]
      ]);
      const [a, b] = [kernel.hold(startA), kernel.hold(startB)];
      return sumRange(
        kernel,
        dtype,
        range2,
        atMost,
        (p, add2) => add2(
          kernel.multiply(
            kernel.load(0, kernel.plus(a, kernel.times(p, alongA))),
            kernel.load(1, kernel.plus(b, kernel.times(p, alongB)))
          )
        )
      );
    }
  });
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/members.ts
var fewPositions2 = 1024;
var fewComparisons = 2 ** 24;
function addMembers(passes, keyed, uses) {
  const { rows, length, range: range2 } = keyed;
  if (length <= fewPositions2 && length * uses <= fewComparisons) {
    return {
      each(kernel, row2, number, visit) {
        kernel.repeat(
          0,
          length,
          (position) => kernel.when(
            kernel.same(kernel.toIndex(keyed.key(kernel, row2, position)), number),
            () => visit(position)
          )
        );
      }
    };
  }
  const order2 = addSort(passes, keyed);
  const positionAt = (kernel, row2, place2) => kernel.hold(kernel.toIndex(kernel.load(order2, placeIn(kernel, row2, length, place2))));
  const starts = passes.add({
    size: rows * (range2 + 1),
    dtype: "int32",
    write(kernel, index) {
      const [row2, number] = kernel.unravel(index, [rows, range2 + 1]);
      const wanted = kernel.keep(kernel.fromIndex(number));
      const ends = [kernel.whole(0), kernel.whole(length)];
      const first4 = searchFirst(
        kernel,
        ends,
        length,
        (place2) => kernel.not(kernel.less(keyed.key(kernel, row2, positionAt(kernel, row2, place2)), wanted))
      );
      return kernel.fromIndex(first4);
    }
  });
  return {
    each(kernel, row2, number, visit) {
      const at = kernel.hold(placeIn(kernel, row2, range2 + 1, number));
      const startAt = (place2) => kernel.hold(kernel.toIndex(kernel.load(starts, place2)));
      kernel.repeat(
        startAt(at),
        startAt(kernel.plus(at, kernel.whole(1))),
        (place2) => visit(positionAt(kernel, row2, place2))
      );
    }
  };
}

// packages/kernels-webgpu/src/plain/matmul-gathered.ts
var lists = (count2) => ({
  /** How many distinct indices there are. */
  total: (kernel) => kernel.load(1, kernel.whole(0)),
  /** The k-th of them. */
  index: (kernel, k) => kernel.load(1, kernel.plus(k, kernel.whole(1 + count2))),
  /** Which of them a position has. */
  place: (kernel, position) => kernel.load(1, kernel.plus(position, kernel.whole(1 + 2 * count2)))
});
function tableRow(kernel, { axisSize, inner, beyond, dtype }, index) {
  const given2 = kernel.keep(index);
  const filling = kernel.constant(beyond === "nan" ? Number.NaN : 0, dtype);
  if (axisSize === 0) return () => filling;
  const row2 = kernel.toIndex(clampedIndex(kernel, given2, axisSize));
  const start = kernel.hold(kernel.times(row2, inner));
  const isOutside = kernel.less(kernel.constant(axisSize - 1, "int32"), given2);
  const outside = kernel.keep(kernel.fromCondition(isOutside));
  return (i) => {
    const element = kernel.load(0, kernel.plus(start, i));
    return beyond ? kernel.where(outside, filling, element) : element;
  };
}
var matmulGathered3 = (routine) => {
  const { dtype, count: count2, inner, columns: columns2 } = routine;
  const passes = new PassList(3);
  const { total: total2, index: indexOf2, place: place2 } = lists(count2);
  const products2 = passes.add({
    size: count2 * columns2,
    dtype,
    write(kernel, index) {
      const [k, column] = kernel.unravel(index, [count2, columns2]);
      const result = kernel.cell(kernel.zero(dtype));
      kernel.when(kernel.less(kernel.fromIndex(k), total2(kernel)), () => {
        const row2 = tableRow(kernel, routine, indexOf2(kernel, k));
        const product4 = sumOver(
          kernel,
          dtype,
          inner,
          (i) => kernel.multiply(row2(i), kernel.load(2, placeIn(kernel, i, columns2, column)))
        );
        kernel.set(result, product4);
      });
      return kernel.read(result);
    }
  });
  passes.add({
    size: count2 * columns2,
    dtype,
    write(kernel, index) {
      const [position, column] = kernel.unravel(index, [count2, columns2]);
      const own2 = kernel.toIndex(place2(kernel, position));
      return kernel.load(products2, placeIn(kernel, own2, columns2, column));
    }
  });
  return passes.passes;
};
function addRowSums(passes, routine, dy) {
  const { axisSize, count: count2, columns: columns2, dtype } = routine;
  const { total: total2, index: indexOf2, place: place2 } = lists(count2);
  const keyed = {
    rows: 1,
    length: count2,
    range: axisSize + 1,
    key: (kernel, _row, position) => indexOf2(kernel, kernel.toIndex(place2(kernel, position)))
  };
  const members = addMembers(passes, keyed, count2 * columns2);
  const rowSums = passes.add({
    size: count2 * columns2,
    dtype,
    write(kernel, index) {
      const [k, column] = kernel.unravel(index, [count2, columns2]);
      return sum2(
        kernel,
        dtype,
        (add2) => kernel.when(kernel.less(kernel.fromIndex(k), total2(kernel)), () => {
          const own2 = kernel.hold(kernel.toIndex(indexOf2(kernel, k)));
          members.each(
            kernel,
            kernel.whole(0),
            own2,
            (position) => add2(kernel.load(dy, placeIn(kernel, position, columns2, column)))
          );
        })
      );
    }
  });
  return { members, rowSums };
}
var matmulGatheredTableGradient = (routine) => {
  const { dtype, axisSize, count: count2, inner, columns: columns2 } = routine;
  const passes = new PassList(3);
  const { members, rowSums } = addRowSums(passes, routine, 0);
  const numbers = passes.add({
    size: axisSize,
    dtype: "int32",
    write(kernel, row2) {
      const found = kernel.cell(kernel.constant(-1, "int32"));
      members.each(kernel, kernel.whole(0), row2, (position) => {
        kernel.set(found, lists(count2).place(kernel, position));
        kernel.leave();
      });
      return kernel.read(found);
    }
  });
  passes.add({
    size: axisSize * inner,
    dtype,
    write(kernel, index) {
      const [row2, i] = kernel.unravel(index, [axisSize, inner]);
      const number = kernel.keep(kernel.load(numbers, row2));
      const result = kernel.cell(kernel.zero(dtype));
      kernel.when(kernel.not(kernel.less(number, kernel.zero("int32"))), () => {
        const k = kernel.hold(kernel.toIndex(number));
        const product4 = sumOver(
          kernel,
          dtype,
          columns2,
          (column) => kernel.multiply(
            kernel.load(rowSums, placeIn(kernel, k, columns2, column)),
            kernel.load(2, placeIn(kernel, i, columns2, column))
          )
        );
        kernel.set(result, product4);
      });
      return kernel.read(result);
    }
  });
  return passes.passes;
};
var matmulGatheredKernelGradient = (routine) => {
  const { dtype, count: count2, inner, columns: columns2 } = routine;
  const passes = new PassList(3);
  const { total: total2, index: indexOf2 } = lists(count2);
  const { rowSums } = addRowSums(passes, routine, 2);
  addLongSums(passes, {
    size: inner * columns2,
    dtype,
    terms: count2,
    products: 1,
    write(kernel, index, range2, atMost) {
      const [i, column] = kernel.unravel(index, [inner, columns2]);
      const known = kernel.keep(total2(kernel));
      return sumRange(
        kernel,
        dtype,
        range2,
        atMost,
        (k, add2) => kernel.when(
          kernel.less(kernel.fromIndex(k), known),
          () => add2(
            kernel.multiply(
              tableRow(kernel, routine, indexOf2(kernel, k))(i),
              kernel.load(rowSums, placeIn(kernel, k, columns2, column))
            )
          )
        )
      );
    }
  });
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/moves.ts
init_src();
var widestConcat = 6;
var concat3 = ({ dtype, outer, sizes, inner }) => {
  const passes = new PassList(sizes.length);
  let parts = sizes.map((size, operand) => ({ size, operand })).filter(({ size }) => size > 0);
  do {
    const groups = Math.ceil(parts.length / widestConcat);
    const next = [];
    for (let group = 0; group < Math.max(groups, 1); group++) {
      const joined = parts.slice(group * widestConcat, (group + 1) * widestConcat);
      const size = joined.reduce((total2, part) => total2 + part.size, 0);
      const operand = passes.add({
        size: outer * size * inner,
        dtype,
        write(kernel, index) {
          const [o, middle, i] = kernel.unravel(index, [outer, size, inner]);
          const result = kernel.cell(kernel.zero(dtype));
          let start = 0;
          for (const part of joined) {
            const row2 = kernel.hold(kernel.minus(middle, kernel.whole(start)));
            kernel.when(
              kernel.inside(row2, part.size),
              () => kernel.set(
                result,
                kernel.load(part.operand, placeIn(kernel, placeIn(kernel, o, part.size, row2), inner, i))
              )
            );
            start += part.size;
          }
          return kernel.read(result);
        }
      });
      next.push({ size, operand });
    }
    parts = next;
  } while (parts.length > 1);
  return passes.passes;
};
var pad3 = ({ dtype, inputShape, outputShape, low, interior, value }) => [
  {
    size: sizeOf(outputShape),
    dtype,
    write(kernel, index) {
      const result = kernel.cell(kernel.constant(value, dtype));
      if (sizeOf(inputShape) === 0) return kernel.read(result);
      const from = kernel.unravel(index, outputShape).map((at, axis) => kernel.hold(kernel.minus(at, kernel.whole(low[axis]))));
      const ends = inputShape.map((size, axis) => (size - 1) * (interior[axis] + 1) + 1);
      const isCovered = ends.map((end, axis) => kernel.inside(from[axis], end));
      kernel.when(kernel.all(...isCovered), () => {
        const steps = interior.map((gap) => gap + 1);
        const onElement = steps.flatMap(
          (step, axis) => step === 1 ? [] : [kernel.same(kernel.remainder(from[axis], step), kernel.whole(0))]
        );
        kernel.when(kernel.all(...onElement), () => {
          const place2 = from.map((at, axis) => steps[axis] === 1 ? at : kernel.quotient(at, steps[axis])).reduce((outer, at, axis) => placeIn(kernel, outer, inputShape[axis], at), kernel.whole(0));
          kernel.set(result, kernel.load(0, place2));
        });
      });
      return kernel.read(result);
    }
  }
];
var gather3 = (routine) => {
  const { name, dtype, outer, axisSize, inner, count: count2, beyond } = routine;
  return [
    {
      size: outer * count2 * inner,
      dtype,
      write(kernel, index) {
        const filling = kernel.constant(beyond === "nan" ? Number.NaN : 0, dtype);
        if (axisSize === 0) return filling;
        const [o, j, i] = kernel.unravel(index, [outer, count2, inner]);
        const given2 = kernel.keep(kernel.load(1, name === "gather" ? j : index));
        const row2 = kernel.toIndex(clampedIndex(kernel, given2, axisSize));
        const found = kernel.load(0, placeIn(kernel, placeIn(kernel, o, axisSize, row2), inner, i));
        if (!beyond) return found;
        return kernel.where(kernel.fromCondition(isRow(kernel, given2, axisSize)), found, filling);
      }
    }
  ];
};

// packages/kernels-webgpu/src/plain/pooling.ts
init_src();

// packages/kernels-webgpu/src/plain/pool-geometry.ts
function poolGeometry({ window: window2, dtype }) {
  const { dataFormat, batch, channels, inputSize, outputSize } = window2;
  const [rows, columns2] = windowAxes(window2);
  const side = (size) => {
    const strides = imageStrides2(dataFormat, channels, size);
    return {
      size: imageElements(batch, channels, size),
      indexOf: (kernel, index) => imageIndex(kernel, index, dataFormat, batch, channels, size),
      startOf: (kernel, { batch: image2, channel }) => kernel.hold(imagePlace(kernel, strides, { batch: image2, channel })),
      rowOf(kernel, start, row2) {
        const first4 = kernel.hold(kernel.plus(start, kernel.times(row2, strides.row)));
        return (column) => kernel.plus(first4, kernel.times(column, strides.column));
      }
    };
  };
  return {
    dtype,
    input: side(inputSize),
    output: side(outputSize),
    isEmpty: [rows, columns2].some(({ taps, input, output }) => taps * input * output === 0),
    tapsOf: (kernel, row2, column) => [tapsOf2(kernel, rows, row2), tapsOf2(kernel, columns2, column)],
    windowsOf: (kernel, { row: row2, column }) => [
      outputsOf2(kernel, rows, row2),
      outputsOf2(kernel, columns2, column)
    ]
  };
}

// packages/kernels-webgpu/src/plain/pooling.ts
function placeOfLargest(kernel, geometry, start, row2, column) {
  const { input } = geometry;
  const place2 = kernel.cell(kernel.constant(-1, "int32"));
  const largest = kernel.cell(kernel.zero(geometry.dtype));
  eachTurn(kernel, geometry.tapsOf(kernel, row2, column), (y) => {
    const placeOf3 = input.rowOf(kernel, start, y);
    return (x) => {
      const at = kernel.hold(placeOf3(x));
      const candidate = kernel.keep(kernel.load(0, at));
      const wins = [
        kernel.less(kernel.read(place2), kernel.zero("int32")),
        kernel.less(kernel.read(largest), candidate),
        ...isFloat(candidate.dtype) ? [kernel.all(kernel.isNaN(candidate), kernel.not(kernel.isNaN(kernel.read(largest))))] : []
      ];
      kernel.when(kernel.any(...wins), () => {
        kernel.set(largest, candidate);
        kernel.set(place2, kernel.fromIndex(at));
      });
    };
  });
  return kernel.read(place2);
}
function loadOrZero(kernel, operand, place2, dtype) {
  const result = kernel.cell(kernel.zero(dtype));
  kernel.when(
    kernel.not(kernel.less(place2, kernel.zero("int32"))),
    () => kernel.set(result, kernel.load(operand, kernel.toIndex(place2)))
  );
  return kernel.read(result);
}
var ofLargest = (operand) => (routine) => {
  const geometry = poolGeometry(routine);
  const { input, output, isEmpty: isEmpty2, dtype } = geometry;
  return [
    {
      size: output.size,
      dtype,
      write(kernel, index) {
        if (isEmpty2) return kernel.zero(dtype);
        const at = output.indexOf(kernel, index);
        const place2 = placeOfLargest(kernel, geometry, input.startOf(kernel, at), at.row, at.column);
        return loadOrZero(kernel, operand, place2, dtype);
      }
    }
  ];
};
var maxPool2d2 = ofLargest(0);
var maxPool2dGather = ofLargest(1);
var areSmallAndApart = ({ windowSize, strides, dilation }) => windowSize[0] * windowSize[1] <= 16 && [0, 1].every((axis) => strides[axis] > (windowSize[axis] - 1) * dilation[axis]);
var maxPool2dGradient = (routine) => {
  const geometry = poolGeometry(routine);
  const { input, output, isEmpty: isEmpty2, dtype } = geometry;
  const passes = new PassList(2);
  const places = isEmpty2 || areSmallAndApart(routine.window) ? void 0 : passes.add({
    size: output.size,
    dtype: "int32",
    write(kernel, index) {
      const at = output.indexOf(kernel, index);
      return placeOfLargest(kernel, geometry, input.startOf(kernel, at), at.row, at.column);
    }
  });
  passes.add({
    size: input.size,
    dtype,
    write(kernel, index) {
      if (isEmpty2) return kernel.zero(dtype);
      const at = input.indexOf(kernel, index);
      const [start, above] = [input.startOf(kernel, at), output.startOf(kernel, at)];
      return sum2(
        kernel,
        dtype,
        (add2) => eachTurn(kernel, geometry.windowsOf(kernel, at), (row2) => {
          const placeOf3 = output.rowOf(kernel, above, kernel.hold(row2));
          return (at2) => {
            const column = kernel.hold(at2);
            const from = kernel.hold(placeOf3(column));
            const place2 = places === void 0 ? placeOfLargest(kernel, geometry, start, row2, column) : kernel.load(places, from);
            kernel.when(kernel.same(kernel.toIndex(place2), index), () => add2(kernel.load(1, from)));
          };
        })
      );
    }
  });
  return passes.passes;
};
function countOf(kernel, axis, place2) {
  if (staysInside(axis)) return kernel.constant(axis.taps, "float32");
  const { from, to } = tapsOf2(kernel, axis, place2);
  const indexOf2 = (bound) => typeof bound === "number" ? kernel.whole(bound) : bound;
  const count2 = kernel.fromIndex(kernel.minus(indexOf2(to), indexOf2(from)));
  return kernel.keep(kernel.cast(count2, "float32"));
}
var shareOf = (kernel, rows, columns2) => rows.constant !== void 0 && columns2.constant !== void 0 ? kernel.constant(Math.fround(1 / (rows.constant * columns2.constant)), "float32") : kernel.keep(kernel.apply("reciprocal", [kernel.multiply(rows, columns2)], "float32"));
var averagePool2d2 = (routine) => {
  const geometry = poolGeometry(routine);
  const { input, output, isEmpty: isEmpty2, dtype } = geometry;
  return [
    {
      size: output.size,
      dtype,
      write(kernel, index) {
        if (isEmpty2) return kernel.zero(dtype);
        const at = output.indexOf(kernel, index);
        const start = input.startOf(kernel, at);
        const [rows, columns2] = windowAxes(routine.window);
        const share = shareOf(kernel, countOf(kernel, rows, at.row), countOf(kernel, columns2, at.column));
        return sum2(
          kernel,
          dtype,
          (add2) => eachTurn(kernel, geometry.tapsOf(kernel, at.row, at.column), (y) => {
            const placeOf3 = input.rowOf(kernel, start, y);
            return (x) => add2(kernel.multiply(kernel.load(0, placeOf3(x)), share));
          })
        );
      }
    }
  ];
};
var averagePool2dGradient = (routine) => {
  const geometry = poolGeometry(routine);
  const { input, output, isEmpty: isEmpty2, dtype } = geometry;
  return [
    {
      size: input.size,
      dtype,
      write(kernel, index) {
        if (isEmpty2) return kernel.zero(dtype);
        const at = input.indexOf(kernel, index);
        const above = output.startOf(kernel, at);
        const [rows, columns2] = windowAxes(routine.window);
        return sum2(
          kernel,
          dtype,
          (add2) => eachTurn(kernel, geometry.windowsOf(kernel, at), (row2) => {
            const placeOf3 = output.rowOf(kernel, above, row2);
            const rowsInside = countOf(kernel, rows, row2);
            return (column) => {
              const share = shareOf(kernel, rowsInside, countOf(kernel, columns2, column));
              add2(kernel.multiply(kernel.load(0, placeOf3(column)), share));
            };
          })
        );
      }
    }
  ];
};

// packages/kernels-webgpu/src/plain/scatter.ts
var scatterAdd2 = (routine) => {
  const { name, dtype, outer, axisSize, inner, count: count2, beyond } = routine;
  const along = name === "scatterAddAlong";
  const passes = new PassList(2);
  const key = (kernel, row2, j) => {
    const [o, i] = kernel.unravel(row2, [outer, inner]);
    const place2 = along ? placeIn(kernel, placeIn(kernel, o, count2, j), inner, i) : j;
    return rowOf(kernel, kernel.load(0, place2), axisSize, !beyond);
  };
  const rows = along ? outer * inner : 1;
  const size = outer * axisSize * inner;
  const keyed = { rows, length: count2, range: axisSize, key };
  const members = count2 > 0 && size > 0 ? addMembers(passes, keyed, size) : void 0;
  passes.add({
    size,
    dtype,
    write(kernel, index) {
      if (!members) return kernel.zero(dtype);
      const [o, at, i] = kernel.unravel(index, [outer, axisSize, inner]);
      const row2 = along ? kernel.hold(placeIn(kernel, o, inner, i)) : kernel.whole(0);
      return sum2(
        kernel,
        dtype,
        (add2) => members.each(
          kernel,
          row2,
          at,
          (j) => add2(kernel.load(1, placeIn(kernel, placeIn(kernel, o, count2, j), inner, i)))
        )
      );
    }
  });
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/all-plain-routines.ts
var allPlainRoutines = {
  matmul: matmul3,
  conv2d: conv2d3,
  conv2dInputGradient,
  conv2dKernelGradient,
  maxPool2d: maxPool2d2,
  maxPool2dGradient,
  maxPool2dGather,
  averagePool2d: averagePool2d2,
  averagePool2dGradient,
  gather: gather3,
  gatherAlong: gather3,
  scatterAdd: scatterAdd2,
  scatterAddAlong: scatterAdd2,
  distinct: distinct3,
  matmulGathered: matmulGathered3,
  matmulGatheredTableGradient,
  matmulGatheredKernelGradient,
  concat: concat3,
  pad: pad3,
  cumsum: cumsum3,
  argsort: argsort3,
  maskedMatmul: maskedMatmul3,
  maskedMatmulInputGradient,
  maskedMatmulKernelGradient
};

// packages/kernels-webgpu/src/recurrent/activation.ts
var float = (kernel, value) => kernel.constant(value, "float32");
function activate(kernel, name, x) {
  if (name === "linear") return x;
  if (name !== "hardSigmoid") return kernel.apply(name, [x], "float32");
  const line = kernel.add(kernel.multiply(x, float(kernel, 1 / 6)), float(kernel, 0.5));
  const raised = kernel.apply("maximum", [line, float(kernel, 0)], "float32");
  return kernel.apply("minimum", [raised, float(kernel, 1)], "float32");
}
function timesSlope(kernel, name, gradient, y) {
  const [zero, one] = [float(kernel, 0), float(kernel, 1)];
  const subtract2 = (a, b) => kernel.apply("subtract", [a, b], "float32");
  const isAbove = (a, b) => kernel.apply("less", [b, a], "bool");
  switch (name) {
    case "tanh":
      return kernel.multiply(gradient, subtract2(one, kernel.multiply(y, y)));
    case "sigmoid":
      return kernel.multiply(gradient, kernel.multiply(y, subtract2(one, y)));
    case "hardSigmoid": {
      const inside2 = kernel.apply("logicalAnd", [isAbove(y, zero), isAbove(one, y)], "bool");
      return kernel.multiply(gradient, kernel.where(inside2, float(kernel, 1 / 6), zero));
    }
    case "relu":
      return kernel.multiply(gradient, kernel.where(isAbove(y, zero), one, zero));
    case "linear":
      return gradient;
  }
}

// packages/kernels-webgpu/src/recurrent/gradient.ts
function placeGradient(frame) {
  const { routine, layout, width, resetBefore } = frame;
  const { batch, steps, units, cell, hidden } = routine;
  frame.ofOperand("states", "sequence", 0);
  frame.ofOperand("kept", "sequence", layout.states);
  frame.ofOperand("lastCell", "gradient", layout.lastCell);
  frame.ofResult("sums", 0);
  frame.ofResult("products", layout.ownProduct ? batch * steps * width : 0);
  frame.ofResult("hiddenGradient", layout.hiddenGradient);
  const carry = cell ? {} : { cellCarry: batch * units };
  frame.scratch({ transposed: units * width, past: batch * units, ...carry });
  if (cell) frame.ofResult("cellCarry", layout.cellGradient);
  if (steps > 1 || hidden || resetBefore) {
    frame.kernel("transpose kernel", units * width, writeTransposed, false)();
  }
}
function emitGradientSteps(frame) {
  const { batch, steps, units, hidden } = frame.routine;
  const writers = frame.resetBefore ? [writeStep, writeReset] : [writeStep];
  const kernelsOf = (latest, earliest) => writers.map(
    (write, at) => frame.kernel(
      `step, part ${at + 1}`,
      batch * units,
      (kernel, index) => write(kernel, placeOf(kernel, index, kernel.turn(), latest, earliest)),
      true
    )
  );
  for (const run2 of kernelsOf(true, steps === 1)) run2(steps - 1);
  const between2 = steps > 2 ? kernelsOf(false, false) : [];
  for (let step = steps - 2; step > 0; step--) for (const run2 of between2) run2(step);
  if (steps > 1) for (const run2 of kernelsOf(false, true)) run2(0);
  if (hidden) frame.kernel("initial state", batch * units, writeInitial, false)();
}
function writeTransposed(kernel, index) {
  const { text: text2, frame } = kernel;
  const { units } = frame.routine;
  const [column, unit2] = text2.unravel(index, [frame.width, units]);
  kernel.store("transposed", index, kernel.load("kernel", kernel.place(unit2, frame.width, column)));
}
function placeOf(kernel, index, step, latest, earliest) {
  const { text: text2, frame } = kernel;
  const { batch, steps, units } = frame.routine;
  const [sample, unit2] = text2.unravel(index, [batch, units]);
  return { sample, unit: unit2, row: kernel.place(sample, steps, step), own: index, latest, earliest };
}
var hasPast = ({ layout, routine }) => routine.mask || layout.kind === "gru";
function through(kernel, { sample, unit: unit2, local, parts = 1 }, row2, [from, to]) {
  const { text: text2, frame } = kernel;
  const { units, recurrentMasks } = frame.routine;
  if (local !== void 0) {
    const first4 = text2.hold(text2.plus(text2.times(local, parts * frame.width), unit2));
    const ofGates = Array.from(
      { length: frame.layout.gates },
      (_, gate) => kernel.add(
        ...Array.from(
          { length: parts },
          (_2, part) => kernel.shared("sumsOfProducts", text2.plus(first4, text2.whole((gate * parts + part) * units)))
        )
      )
    );
    if (recurrentMasks === 0) return kernel.add(...ofGates);
    if (recurrentMasks === 1) return kernel.multiply(kernel.add(...ofGates), kernel.factor(sample, 0, unit2));
    return kernel.add(
      ...ofGates.map((sum4, gate) => kernel.multiply(sum4, kernel.factor(sample, gate, unit2)))
    );
  }
  const start = text2.hold(text2.times(row2, frame.width));
  const sum3 = (first4, count2) => {
    const [total2] = kernel.sums(count2, [kernel.zero()], (k) => {
      const column = text2.hold(text2.plus(k, text2.whole(first4)));
      const weight = kernel.load("transposed", text2.plus(text2.times(column, units), unit2));
      return [kernel.multiply(kernel.load("products", text2.plus(start, column)), weight)];
    });
    return total2;
  };
  if (recurrentMasks === 0) return sum3(from * units, (to - from) * units);
  if (recurrentMasks === 1) {
    return kernel.multiply(sum3(from * units, (to - from) * units), kernel.factor(sample, 0, unit2));
  }
  const gates = Array.from(
    { length: to - from },
    (_, at) => text2.keep(kernel.multiply(sum3((from + at) * units, units), kernel.factor(sample, from + at, unit2)))
  );
  return kernel.add(...gates);
}
function carried(kernel, place2, next) {
  const { text: text2, frame } = kernel;
  const byProducts = through(kernel, place2, next, [0, frame.resetBefore ? 2 : frame.layout.gates]);
  return text2.keep(hasPast(frame) ? kernel.add(byProducts, kernel.load("past", place2.own)) : byProducts);
}
function upperGradient(kernel, place2) {
  const { text: text2, frame } = kernel;
  const { row: row2, unit: unit2, latest } = place2;
  const upper = () => kernel.load("gradient", kernel.place(row2, frame.routine.units, unit2));
  if (latest) return text2.keep(upper());
  const carry = carried(kernel, place2, text2.hold(text2.plus(row2, text2.whole(1))));
  return text2.keep(kernel.add(upper(), carry));
}
function writeInitial(kernel, index) {
  const place2 = placeOf(kernel, index, kernel.text.whole(0), false, true);
  storeInitial(kernel, place2);
}
var storeInitial = (kernel, place2) => kernel.store("hiddenGradient", place2.own, carried(kernel, place2, place2.row));
var kept = (kernel, row2, unit2, part) => {
  const { text: text2, frame } = kernel;
  const { units } = frame.routine;
  const place2 = text2.plus(text2.times(row2, frame.layout.kept * units), text2.whole(part * units), unit2);
  return text2.keep(kernel.load("kept", place2));
};
function before(kernel, { row: row2, unit: unit2, own: own2, earliest }, name) {
  const { text: text2, frame } = kernel;
  if (earliest) return frame.routine[name] ? text2.keep(kernel.load(name, own2)) : kernel.zero();
  const previous = text2.hold(text2.minus(row2, text2.whole(1)));
  if (name === "cell") return kept(kernel, previous, unit2, 4);
  return text2.keep(kernel.load("states", kernel.place(previous, frame.routine.units, unit2)));
}
function storeGate(kernel, { row: row2, unit: unit2, local }, to, gate, value) {
  const { text: text2, frame } = kernel;
  const column = text2.hold(text2.plus(text2.whole(gate * frame.routine.units), unit2));
  const held = text2.keep(value);
  kernel.store(to, kernel.place(row2, frame.width, column), held);
  const isProduct = to === "products" || !frame.layout.ownProduct;
  if (local !== void 0 && isProduct)
    kernel.setShared("factors", kernel.place(local, frame.width, column), held);
}
function storeBoth(kernel, place2, gate, value) {
  const held = kernel.text.keep(value);
  storeGate(kernel, place2, "sums", gate, held);
  if (kernel.frame.layout.ownProduct) storeGate(kernel, place2, "products", gate, held);
}
function writeStep(kernel, place2) {
  const { frame } = kernel;
  const { kind, gates } = frame.layout;
  const dh = upperGradient(kernel, place2);
  const write = { lstm: writeLstm, gru: writeGru, simpleRnn: writeSimple }[kind];
  kernel.byMask(
    place2.row,
    () => {
      write(kernel, place2, dh);
      if (hasPast(frame) && kind !== "gru") kernel.store("past", place2.own, kernel.zero());
    },
    () => {
      for (let gate = 0; gate < gates; gate++) storeBoth(kernel, place2, gate, kernel.zero());
      kernel.store("past", place2.own, dh);
      if (kind === "lstm" && place2.latest) kernel.store("cellCarry", place2.own, cellGradient(kernel, place2));
    }
  );
}
function writeSimple(kernel, place2, dh) {
  const { text: text2, frame } = kernel;
  const { units, activation } = frame.routine;
  const state4 = text2.keep(kernel.load("states", kernel.place(place2.row, units, place2.unit)));
  storeBoth(kernel, place2, 0, timesSlope(text2, activation, dh, state4));
}
var cellGradient = (kernel, { own: own2, latest }) => kernel.text.keep(kernel.load(latest ? "lastCell" : "cellCarry", own2));
function writeLstm(kernel, place2, dh) {
  const { text: text2, frame } = kernel;
  const { activation, recurrentActivation } = frame.routine;
  const part = (at) => kept(kernel, place2.row, place2.unit, at);
  const [i, f, g, o, squashed] = [part(0), part(1), part(2), part(3), part(5)];
  const ofCell = timesSlope(text2, activation, kernel.multiply(dh, o), squashed);
  const dc = text2.keep(kernel.add(cellGradient(kernel, place2), ofCell));
  const gradients = [
    timesSlope(text2, recurrentActivation, kernel.multiply(dc, g), i),
    timesSlope(text2, recurrentActivation, kernel.multiply(dc, before(kernel, place2, "cell")), f),
    timesSlope(text2, activation, kernel.multiply(dc, i), g),
    timesSlope(text2, recurrentActivation, kernel.multiply(dh, squashed), o)
  ];
  for (const [gate, gradient] of gradients.entries()) storeBoth(kernel, place2, gate, gradient);
  kernel.store("cellCarry", place2.own, kernel.multiply(dc, f));
}
function writeGru(kernel, place2, dh) {
  const { text: text2, frame } = kernel;
  const { activation, recurrentActivation, resetAfter } = frame.routine;
  const part = (at) => kept(kernel, place2.row, place2.unit, at);
  const [z, candidate] = [part(0), part(2)];
  const difference2 = kernel.subtract(before(kernel, place2, "hidden"), candidate);
  storeBoth(kernel, place2, 0, timesSlope(text2, recurrentActivation, kernel.multiply(dh, difference2), z));
  const rest = kernel.subtract(text2.constant(1, "float32"), z);
  const sum3 = text2.keep(timesSlope(text2, activation, kernel.multiply(dh, rest), candidate));
  storeGate(kernel, place2, "sums", 2, sum3);
  kernel.store("past", place2.own, kernel.multiply(dh, z));
  if (!resetAfter) return;
  const [r, product4] = [part(1), part(3)];
  storeBoth(kernel, place2, 1, timesSlope(text2, recurrentActivation, kernel.multiply(sum3, product4), r));
  storeGate(kernel, place2, "products", 2, kernel.multiply(sum3, r));
}
function writeReset(kernel, place2) {
  const { text: text2, frame } = kernel;
  const write = () => {
    const reset = text2.keep(through(kernel, place2, place2.row, [2, 3]));
    const r = kept(kernel, place2.row, place2.unit, 1);
    const gradient = kernel.multiply(reset, before(kernel, place2, "hidden"));
    storeBoth(kernel, place2, 1, timesSlope(text2, frame.routine.recurrentActivation, gradient, r));
    const past = kernel.add(kernel.load("past", place2.own), kernel.multiply(reset, r));
    kernel.store("past", place2.own, past);
  };
  kernel.byMask(place2.row, write, () => {
  });
}

// packages/kernels-webgpu/src/recurrent/group.ts
var enoughGroups = 128;
var mostThreads = 256;
var mostSamples = 8;
var mostUnits = 256;
function groupShape(frame, sizes) {
  const { batch, units } = frame.routine;
  const { tuned, software: software2, workgroupBytes } = frame.builder.traits;
  if (!tuned || software2 || frame.resetBefore || units > mostUnits || batch === 0) return void 0;
  const threads = Math.min(mostThreads, Math.ceil(frame.width / 64) * 64);
  const { factors, sumsOfProducts } = sizes(threads);
  const fitting = Math.floor(workgroupBytes / (4 * (factors + sumsOfProducts)));
  const samples3 = Math.min(Math.ceil(batch / enoughGroups), mostSamples, fitting);
  if (samples3 < 1) return void 0;
  return {
    threads,
    samples: samples3,
    arrays: { factors: samples3 * factors, sumsOfProducts: samples3 * sumsOfProducts }
  };
}
function eachOfGroup({ text: text2 }, { threads }, count2, visit) {
  const name = text2.fresh("n");
  text2.block(`for (var ${name} = local; ${name} < ${count2}u; ${name} += ${threads}u)`, () => visit(name));
}
function eachOwn(kernel, shape, visit) {
  const { text: text2, frame } = kernel;
  const { batch, units } = frame.routine;
  const { samples: samples3 } = shape;
  eachOfGroup(kernel, shape, samples3 * units, (index) => {
    const [local, unit2] = text2.unravel(index, [samples3, units]);
    const sample = text2.hold(text2.plus(text2.times("group.x", samples3), local));
    text2.when(
      text2.inside(sample, batch),
      () => visit({ sample, local, unit: unit2, own: kernel.place(sample, units, unit2) })
    );
  });
}

// packages/kernels-webgpu/src/recurrent/gradient-by-groups.ts
var partsOf = ({ layout, routine }, threads) => Math.max(1, Math.floor(threads / routine.units / layout.gates));
function emitSequenceGradient(frame) {
  placeGradient(frame);
  const shape = groupShape(frame, (threads) => ({
    factors: frame.width,
    sumsOfProducts: frame.width * partsOf(frame, threads)
  }));
  if (shape) frame.dispatchGroups("all steps", shape, (kernel) => writeAllSteps(kernel, shape));
  else emitGradientSteps(frame);
}
function writeAllSteps(kernel, shape) {
  const { text: text2, frame } = kernel;
  const { steps, hidden } = frame.routine;
  const parts = partsOf(frame, shape.threads);
  const writeThrough = () => {
    writeParts(kernel, shape, parts);
    kernel.barrier();
  };
  const writeAt = (step, latest, earliest) => {
    if (!latest) writeThrough();
    eachOwn(kernel, shape, (own2) => {
      const row2 = kernel.place(own2.sample, steps, step);
      writeStep(kernel, { ...own2, row: row2, latest, earliest, parts });
    });
    kernel.barrier();
  };
  writeAt(text2.whole(steps - 1), true, steps === 1);
  if (steps > 2) {
    text2.repeat(
      1,
      steps - 1,
      (back) => writeAt(text2.hold(text2.minus(text2.whole(steps - 1), back)), false, false)
    );
  }
  if (steps > 1) writeAt(text2.whole(0), false, true);
  if (!hidden) return;
  writeThrough();
  eachOwn(kernel, shape, (own2) => {
    const row2 = kernel.place(own2.sample, steps, text2.whole(0));
    storeInitial(kernel, { ...own2, row: row2, latest: false, earliest: true, parts });
  });
}
function writeParts(kernel, shape, parts) {
  const { text: text2, frame } = kernel;
  const { units } = frame.routine;
  const { gates } = frame.layout;
  const length = Math.ceil(units / parts);
  const samples3 = Array.from({ length: shape.samples }, (_, at) => at);
  eachOfGroup(kernel, shape, frame.width * parts, (index) => {
    const [gate, part, unit2] = text2.unravel(index, [gates, parts, units]);
    const start = text2.hold(text2.times(gate, units));
    const from = text2.hold(text2.plus(start, text2.times(part, length)));
    const end = text2.plus(start, text2.whole(units));
    const to = text2.hold(text2.smaller(text2.plus(from, text2.whole(length)), end));
    const totals = samples3.map(() => text2.cell(kernel.zero()));
    text2.repeat(from, to, (column) => {
      const weight = text2.keep(kernel.load("transposed", kernel.place(column, units, unit2)));
      for (const [sample, total2] of totals.entries()) {
        const gradient = kernel.shared("factors", text2.plus(column, text2.whole(sample * frame.width)));
        text2.accumulate(total2, kernel.multiply(gradient, weight));
      }
    });
    for (const [sample, total2] of totals.entries()) {
      const place2 = text2.plus(index, text2.whole(sample * frame.width * parts));
      kernel.setShared("sumsOfProducts", place2, text2.read(total2));
    }
  });
}

// packages/kernels-webgpu/src/recurrent/recurrent-frame.ts
init_src();

// packages/kernels-webgpu/src/wgsl/elementwise.ts
init_src();

// packages/kernels-webgpu/src/text/places.ts
init_src();
var readsCoordinates = (program) => program.instructions.some(({ op }) => op === "coordinate");
function placeAlong(kernel, index, shape, axes, operands, wantsCoordinates) {
  const whole = identityView(axes.map((axis) => shape[axis]));
  const along = (view2) => transposeView(view2, axes);
  const views2 = operands.map((operand) => operand ? along(operand.view) : whole);
  const { shape: sizes, strides } = wantsCoordinates ? { shape: axes.map((axis) => shape[axis]), strides: views2.map((view2) => view2.strides) } : collapseViews(views2.length > 0 ? views2 : [whole]);
  const indices = kernel.unravel(index, sizes);
  const steps = views2.map(
    (_, at) => kernel.affine(
      0,
      sizes.map((size, axis) => [indices[axis], size === 1 ? 0 : strides[at][axis]])
    )
  );
  const coordinates = new Map(wantsCoordinates ? axes.map((axis, at) => [axis, indices[at]]) : []);
  return { steps, coordinates };
}
function sourceOf(kernel, parts, operands, numberOf = (operand) => operand) {
  const coordinateOf = (axis) => parts.map(({ coordinates }) => coordinates.get(axis)).find((found) => found !== void 0);
  return {
    load: (operand) => {
      const place2 = [
        kernel.whole(operands[operand].view.offset),
        ...parts.map(({ steps }) => steps[operand])
      ];
      return kernel.load(numberOf(operand), kernel.plus(...place2));
    },
    coordinate: coordinateOf
  };
}
function sourceAt(kernel, index, shape, operands, program, numberOf) {
  const axes = shape.map((_, axis) => axis);
  const part = placeAlong(kernel, index, shape, axes, operands, readsCoordinates(program));
  return sourceOf(kernel, [part], operands, numberOf);
}

// packages/kernels-webgpu/src/text/print-program.ts
function printProgram(kernel, program, source, results = program.results) {
  const needed = new Set(results);
  for (let line = program.instructions.length - 1; line >= 0; line--) {
    const instruction = program.instructions[line];
    if (needed.has(line) && "args" in instruction) for (const arg of instruction.args) needed.add(arg);
  }
  const values2 = /* @__PURE__ */ new Map();
  for (const [line, instruction] of program.instructions.entries()) {
    if (!needed.has(line)) continue;
    values2.set(line, kernel.keep(printInstruction(kernel, instruction, values2, source)));
  }
  return results.map((line) => values2.get(line));
}
function printInstruction(kernel, instruction, values2, source) {
  const { op, dtype } = instruction;
  if (op === "input") return source.load(instruction.index);
  if (op === "constant") return kernel.constant(instruction.value, dtype);
  if (op === "coordinate") return kernel.fromIndex(source.coordinate(instruction.axis));
  const args = instruction.args.map((arg) => values2.get(arg));
  if (op === "cast") return kernel.cast(args[0], dtype);
  if (op === "where") return kernel.where(args[0], args[1], args[2]);
  return kernel.apply(op, args, dtype);
}

// packages/kernels-webgpu/src/wgsl/elementwise.ts
function emitElementwise(builder, step) {
  const operands = step.operands.map((operand) => builder.operand(operand));
  const outputs = step.outputs.map((output) => builder.buffer(output));
  builder.threads(sizeOf(step.shape), operands, outputs, (writer, index, results) => {
    const source = sourceAt(writer, index, step.shape, step.operands, step.program);
    for (const [at, value] of printProgram(writer, step.program, source).entries()) {
      writer.store(results[at], index, value);
    }
  });
}
function writeResult(writer, index, raw, output, epilogue, first4, results) {
  const isHalf2 = epilogue?.program.instructions.some(
    (line) => line.op === "input" && !epilogue.operands[line.index] && line.dtype === "float16"
  );
  const value = writer.keep(isHalf2 ? writer.cast(raw, "float16") : raw);
  if (output) writer.store(output, index, value);
  if (!epilogue) return;
  const source = sourceAt(
    writer,
    index,
    epilogue.shape,
    epilogue.operands,
    epilogue.program,
    (operand) => first4 + operand
  );
  const load = (operand) => epilogue.operands[operand] ? source.load(operand) : value;
  for (const [at, line] of printProgram(writer, epilogue.program, { ...source, load }).entries()) {
    writer.store(results[at], index, line);
  }
}

// packages/kernels-webgpu/src/wgsl/literal.ts
function floatLiteral(value) {
  const exact8 = Math.fround(value);
  if (Object.is(exact8, -0)) return "-0f";
  return `${exact8}f`;
}
var intLiteral = (value) => `i32(${value | 0})`;
var indexLiteral = (value) => `${value >>> 0}u`;

// packages/kernels-webgpu/src/wgsl/math.ts
var polynomial = (x, coefficients) => coefficients.reduceRight((inner, c) => inner === "" ? floatLiteral(c) : `(${floatLiteral(c)} + ${x} * ${inner})`, "");
var expPolynomial = [0.5, 0.166666657, 0.0416664556, 0.00833356939, 0.00139359338, 197426911e-12];
var logPolynomial = [
  0.333333105,
  -0.24999994,
  0.200022012,
  -0.16668652,
  0.142187312,
  -0.123961687,
  0.118852206,
  -0.117218465,
  0.0680301785
];
var sinPolynomial = [-0.166666672, 0.0083333794, -198530062e-12, 283128315e-14];
var cosPolynomial = [0.0416666679, -0.00138889812, 248224478e-13, -289181685e-15];
var tanhPolynomial = [-0.333333313, 0.133332223, -0.053948462, 0.0217087455, -0.00819506217, 0.0021575971];
var erfSmall = [
  0.128379166,
  -0.376126289,
  0.112836242,
  -0.026855588,
  0.0051919478,
  -804383948e-12,
  796966342e-13
];
var erfLarge = [
  -1.12845981,
  -0.636124909,
  -0.104098871,
  0.0211576931,
  -0.00172214105,
  -552500947e-12,
  228842051e-12,
  -36071131e-12,
  22595093e-13
];
var log2e = floatLiteral(Math.LOG2E);
var ln2High = floatLiteral(0.693359375);
var ln2Low = floatLiteral(-21219444e-11);
var functions = {
  bitsOfNan: {
    text: "var<private> bitsOfNan: u32 = 0x7fc00000u;\nvar<private> bitsOfInfinity: u32 = 0x7f800000u;"
  },
  nan: { text: "fn nan() -> f32 { return bitcast<f32>(bitsOfNan); }", needs: ["bitsOfNan"] },
  infinity: {
    text: "fn infinity() -> f32 { return bitcast<f32>(bitsOfInfinity); }",
    needs: ["bitsOfNan"]
  },
  minusInfinity: {
    text: "fn minusInfinity() -> f32 { return bitcast<f32>(bitsOfInfinity | 0x80000000u); }",
    needs: ["bitsOfNan"]
  },
  isNaN: {
    text: "fn isNaN(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }"
  },
  withSign: {
    text: `fn withSign(size: f32, sign: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(size) & 0x7fffffffu) | (bitcast<u32>(sign) & 0x80000000u));
}`
  },
  maximum: {
    text: "fn maximum(a: f32, b: f32) -> f32 { return select(select(max(a, b), b, isNaN(b)), a, isNaN(a)); }",
    needs: ["isNaN"]
  },
  minimum: {
    text: "fn minimum(a: f32, b: f32) -> f32 { return select(select(min(a, b), b, isNaN(b)), a, isNaN(a)); }",
    needs: ["isNaN"]
  },
  truncated: {
    text: `fn truncated(x: f32) -> i32 {
  let whole = select(i32(clamp(x, -2147483648f, 2147483520f)), 2147483647i, x >= 2147483648f);
  return select(whole, 0i, isNaN(x));
}`,
    needs: ["isNaN"]
  },
  scaled: {
    // In two steps, as 2^n may not be a float.
    text: `fn scaled(x: f32, n: i32) -> f32 {
  let half = n >> 1u;
  return x * bitcast<f32>((half + 127i) << 23u) * bitcast<f32>((n - half + 127i) << 23u);
}`
  },
  expm1Reduced: {
    // x = n ln 2 + r; gives n and e^r - 1.
    text: `fn expm1Reduced(x: f32) -> vec2<f32> {
  let n = round(x * ${log2e});
  let r = (x - n * ${ln2High}) - n * ${ln2Low};
  return vec2<f32>(n, r + r * r * ${polynomial("r", expPolynomial)});
}`
  },
  exp_: {
    text: `fn exp_(x: f32) -> f32 {
  let part = expm1Reduced(clamp(x, -104f, 89f));
  return select(scaled(part.y + 1f, i32(part.x)), x, isNaN(x));
}`,
    needs: ["isNaN", "scaled", "expm1Reduced"]
  },
  expm1_: {
    text: `fn expm1_(x: f32) -> f32 {
  let part = expm1Reduced(clamp(x, -20f, 89f));
  // 2^(n - 1), doubled at the end: 2^128 is no float.
  let power = bitcast<f32>((i32(part.x) + 126i) << 23u);
  let result = 2f * (part.y * power + (power - 0.5f));
  return select(result, x, abs(x) < 1e-30f || isNaN(x));
}`,
    needs: ["isNaN", "expm1Reduced"]
  },
  logarithm: {
    // log(u) for positive finite u.
    text: `fn logarithm(u: f32) -> f32 {
  let small = u < 1.1754943508222875e-38f;
  let bits = bitcast<i32>(select(u, u * 8388608f, small));
  let e = (bits - 0x3f3504f3i) >> 23u;
  let t = bitcast<f32>(bits - (e << 23u)) - 1f;
  let n = f32(e - select(0i, 23i, small));
  let square = t * t;
  var sum = t * ${polynomial("t", logPolynomial)} * square + n * ${ln2Low};
  sum += square * -0.5f;
  return n * ${ln2High} + (t + sum);
}`
  },
  logarithmEdges: {
    text: `fn logarithmEdges(u: f32, result: f32) -> f32 {
  if (isNaN(u)) { return u; }
  if (u == 0f) { return minusInfinity(); }
  if (u < 0f) { return nan(); }
  return select(result, infinity(), bitcast<u32>(u) == 0x7f800000u);
}`,
    needs: ["isNaN", "nan", "infinity", "minusInfinity"]
  },
  log_: {
    text: "fn log_(x: f32) -> f32 { return logarithmEdges(x, logarithm(x)); }",
    needs: ["logarithm", "logarithmEdges"]
  },
  log1p_: {
    // Near 0, x is what the polynomial wants; further out, what 1 + x loses is small beside the result.
    text: `fn log1p_(x: f32) -> f32 {
  let square = x * x;
  let near = x + (square * -0.5f + x * ${polynomial("x", logPolynomial)} * square);
  let u = 1f + x;
  return select(logarithmEdges(u, logarithm(u)), near, x > -0.29289f && x < 0.41421f);
}`,
    needs: ["logarithm", "logarithmEdges"]
  },
  tanh_: {
    text: `fn tanh_(x: f32) -> f32 {
  let size = min(abs(x), 10f);
  let part = expm1Reduced(2f * size);
  let power = bitcast<f32>((i32(part.x) + 127i) << 23u);
  let t = part.y * power + (power - 1f);
  let square = size * size;
  let near = size + size * square * ${polynomial("square", tanhPolynomial)};
  return select(withSign(select(t / (t + 2f), near, size <= 0.625f), x), x, isNaN(x));
}`,
    needs: ["isNaN", "withSign", "expm1Reduced"]
  },
  sigmoid_: {
    text: `fn sigmoid_(x: f32) -> f32 {
  let z = exp_(-abs(x));
  return select(select(1f, z, x < 0f) / (1f + z), x, isNaN(x));
}`,
    needs: ["exp_", "isNaN"]
  },
  softplus_: {
    text: `fn softplus_(x: f32) -> f32 {
  return select(max(x, 0f) + log1p_(exp_(-abs(x))), x, isNaN(x));
}`,
    needs: ["exp_", "log1p_", "isNaN"]
  },
  erf_: {
    text: `fn erf_(x: f32) -> f32 {
  let t = min(abs(x), 3.925f);
  let outer = withSign(1f - exp_(t * ${polynomial("t", erfLarge)}), x);
  let square = x * x;
  let inner = x + x * ${polynomial("square", erfSmall)};
  return select(select(inner, outer, t > 0.925f), x, isNaN(x));
}`,
    needs: ["exp_", "withSign", "isNaN"]
  },
  highProduct: {
    text: `fn highProduct(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}`
  },
  quadrantOfLarge: {
    // x = m 2^e with a 24-bit m; of 2 / pi only the 96 bits whose product with x lies between 4 and 2^-70 matter. Products
    // are taken modulo 2^64 = 4 quadrants. Source: Payne and Hanek (1983).
    text: `const twoOverPi = array<u32, 8>(
  0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu);
fn quadrantOfLarge(x: f32) -> vec2<f32> {
  let bits = bitcast<u32>(x);
  let m = (bits & 0x7fffffu) | 0x800000u;
  let skip = max((bits >> 23u) & 255u, 120u) - 120u;
  let word = min(skip >> 5u, 4u);
  let shift = skip & 31u;
  var words = twoOverPi;
  var part: array<u32, 3>;
  for (var i = 0u; i < 3u; i++) {
    part[i] = words[word + i];
    if (shift > 0u) { part[i] = (part[i] << shift) | (words[word + i + 1u] >> (32u - shift)); }
  }
  let below = highProduct(part[2], m);
  var low = part[1] * m;
  var high = part[0] * m + highProduct(part[1], m);
  low += below;
  if (low < below) { high += 1u; }
  let quadrant = (high + 0x20000000u) >> 30u;
  high -= quadrant << 30u;
  let negative = (high & 0x80000000u) != 0u;
  if (negative) {
    high = ~high;
    low = ~low + 1u;
    if (low == 0u) { high += 1u; }
  }
  let angle = (f32(high) * 4294967296f + f32(low)) * ${floatLiteral(Math.PI / 2 / 2 ** 62)};
  let signed = select(angle, -angle, negative);
  return select(vec2<f32>(f32(quadrant), signed), vec2<f32>(-f32(quadrant), -signed), x < 0f);
}`,
    needs: ["highProduct"]
  },
  quadrantOf: {
    // pi / 2 in three parts whose products with whole numbers below 2^13 are exact. Source: Cephes, sinf.
    text: `fn quadrantOf(x: f32) -> vec2<f32> {
  if (abs(x) >= 8000f) { return quadrantOfLarge(x); }
  let k = round(x * ${floatLiteral(2 / Math.PI)});
  return vec2<f32>(k, ((x - k * 1.5703125f) - k * 4.837512969970703e-4f) - k * 7.549789948768648e-8f);
}`,
    needs: ["quadrantOfLarge"]
  },
  sineAt: {
    text: `fn sineAt(quadrant: i32, r: f32) -> f32 {
  let square = r * r;
  let sine = r + r * square * ${polynomial("square", sinPolynomial)};
  let cosine = 1f + (square * -0.5f + square * square * ${polynomial("square", cosPolynomial)});
  let size = select(sine, cosine, (quadrant & 1i) == 1i);
  return select(size, -size, (quadrant & 2i) == 2i);
}`
  },
  sin_: {
    text: `fn sin_(x: f32) -> f32 {
  if ((bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u) { return nan(); }
  let part = quadrantOf(x);
  return select(sineAt(i32(part.x), part.y), x, abs(x) < 1.220703125e-4f);
}`,
    needs: ["nan", "quadrantOf", "sineAt"]
  },
  cos_: {
    text: `fn cos_(x: f32) -> f32 {
  if ((bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u) { return nan(); }
  let part = quadrantOf(x);
  return sineAt(i32(part.x) + 1i, part.y);
}`,
    needs: ["nan", "quadrantOf", "sineAt"]
  },
  upperHalf: {
    text: "fn upperHalf(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }"
  },
  productError: {
    // What a * b, rounded to p, lost. Source: Dekker (1971).
    text: `fn productError(a: f32, b: f32, p: f32) -> f32 {
  let ah = upperHalf(a);
  let bh = upperHalf(b);
  return ((ah * bh - p) + ah * (b - bh) + (a - ah) * bh) + (a - ah) * (b - bh);
}`,
    needs: ["upperHalf"]
  },
  powerOfSize: {
    // |x|^y = 2^(y log2 |x|) for finite x, y and x not 0; the logarithm is a sum of two floats.
    text: `fn powerOfSize(x: f32, y: f32) -> f32 {
  let small = x < 1.1754943508222875e-38f;
  let bits = bitcast<i32>(select(x, x * 8388608f, small));
  let e = (bits - 0x3f3504f3i) >> 23u;
  let m = bitcast<f32>(bits - (e << 23u));
  let above = m - 1f;
  let below = m + 1f;
  let lost = m - (below - 1f);
  let u = above / below;
  let p = u * below;
  let rest = ((above - p) - productError(u, below, p) - u * lost) / below;
  let square = u * u;
  // log2(m) = u (2 / ln 2 + u^2 (...)), from the series of atanh.
  let tail = u * square * ${polynomial(
      "square",
      [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11].map((c) => c / Math.LN2)
    )};
  let high = u * ${floatLiteral(2 / Math.LN2)};
  let low = productError(u, ${floatLiteral(2 / Math.LN2)}, high) + u * ${floatLiteral(2 / Math.LN2 - Math.fround(2 / Math.LN2))}
    + rest * ${floatLiteral(2 / Math.LN2)} + tail;
  let n = f32(e - select(0i, 23i, small));
  let sum = n + high;
  let logHigh = sum + low;
  let logLow = ((n - sum) + high) + (low - (logHigh - sum));
  let product = y * logHigh;
  if (product > 200f) { return infinity(); }
  if (product < -200f) { return 0f; }
  let whole = round(product);
  let fraction = (product - whole) + (productError(y, logHigh, product) + y * logLow);
  let part = expm1Reduced(fraction * ${floatLiteral(Math.LN2)});
  return scaled(part.y * scaled(1f, i32(part.x)) + scaled(1f, i32(part.x)), i32(whole));
}`,
    needs: ["productError", "infinity", "expm1Reduced", "scaled"]
  },
  power_: {
    // Special cases as in IEEE 754.
    text: `fn power_(x: f32, y: f32) -> f32 {
  if (y == 0f || x == 1f) { return 1f; }
  if (isNaN(x) || isNaN(y)) { return nan(); }
  let size = abs(x);
  let endless = abs(y) > 3.4028234663852886e38f;
  let even = abs(y) >= 16777216f || floor(y * 0.5f) == y * 0.5f;
  let isWhole = floor(y) == y;
  let odd = isWhole && !even;
  var result = 0f;
  if (size == 0f || size > 3.4028234663852886e38f) {
    result = select(0f, infinity(), (size == 0f) == (y < 0f));
  } else if (endless) {
    if (size == 1f) { return 1f; }
    return select(0f, infinity(), (size > 1f) == (y > 0f));
  } else {
    if (x < 0f && !isWhole) { return nan(); }
    result = powerOfSize(size, clamp(y, -1e9f, 1e9f));
  }
  return select(result, -result, odd && (bitcast<u32>(x) & 0x80000000u) != 0u);
}`,
    needs: ["isNaN", "nan", "infinity", "powerOfSize"]
  },
  modulo_: {
    // Long division of the mantissas, bit by bit; the remainder is exact and has the sign of y.
    text: `fn modulo_(x: f32, y: f32) -> f32 {
  let size = abs(x);
  let divisor = abs(y);
  if (isNaN(x) || isNaN(y) || divisor == 0f || size > 3.4028234663852886e38f) { return nan(); }
  var rest = size;
  if (size >= divisor && divisor <= 3.4028234663852886e38f) {
    var a = bitcast<u32>(size);
    var b = bitcast<u32>(divisor);
    var ea = i32(a >> 23u);
    var eb = i32(b >> 23u);
    a = select((a & 0x7fffffu) | 0x800000u, (a & 0x7fffffu) << 1u, ea == 0i);
    b = select((b & 0x7fffffu) | 0x800000u, (b & 0x7fffffu) << 1u, eb == 0i);
    for (; ea > eb; ea--) {
      if (a >= b) { a -= b; }
      a = a << 1u;
    }
    if (a >= b) { a -= b; }
    rest = scaled(scaled(f32(a), -23i), max(eb - 127i, -127i));
    if (eb == 0i) { rest = bitcast<f32>(a >> 1u); }
  }
  if (rest != 0f && (x < 0f) != (y < 0f)) { rest = divisor - rest; }
  return withSign(rest, y);
}`,
    needs: ["isNaN", "nan", "scaled", "withSign"]
  },
  integerDivide: {
    text: `fn integerDivide(a: i32, b: i32) -> i32 {
  if (b == 0i) { return 0i; }
  if (b == -1i) { return 0i - a; }
  return a / b;
}`
  },
  integerModulo: {
    text: `fn integerModulo(a: i32, b: i32) -> i32 {
  if (b == 0i || b == -1i) { return 0i; }
  let rest = a % b;
  return select(rest, rest + b, rest != 0i && (rest < 0i) != (b < 0i));
}`
  },
  integerPower: {
    // Square and multiply; a negative exponent leaves only 1 and -1 whole.
    text: `fn integerPower(a: i32, b: i32) -> i32 {
  if (b < 0i) {
    if (a == 1i) { return 1i; }
    return select(0i, select(-1i, 1i, (b & 1i) == 0i), a == -1i);
  }
  var result = 1i;
  var base = a;
  for (var rest = b; rest > 0i; rest = rest >> 1u) {
    if ((rest & 1i) == 1i) { result *= base; }
    base *= base;
  }
  return result;
}`
  }
};
function mathDeclarations(names) {
  const texts2 = /* @__PURE__ */ new Map();
  const add2 = (name) => {
    const found = functions[name];
    if (!found) throw new Error(`math: no function ${name}`);
    if (texts2.has(name)) return;
    for (const other of found.needs ?? []) add2(other);
    texts2.set(name, found.text);
  };
  for (const name of names) add2(name);
  return [...texts2.values()].join("\n");
}

// packages/kernels-webgpu/src/wgsl/wgsl-writer.ts
init_src();
init_half();

// packages/kernels-webgpu/src/text/kernel-writer.ts
var KernelWriter = class {
  lines = [];
  #names = 0;
  #depth = 1;
  /** A name that the kernel has nowhere else. */
  fresh(prefix) {
    return `${prefix}_${this.#names++}`;
  }
  line(text2) {
    this.lines.push(`${"  ".repeat(this.#depth)}${text2}`);
  }
  block(head, body) {
    this.line(`${head} {`);
    this.#depth++;
    body();
    this.#depth--;
    this.line("}");
  }
  /** Computes an index once. */
  hold(index) {
    if (/^\w+$/.test(index)) return index;
    const name = this.fresh("n");
    this.line(this.declareIndex(name, index));
    return name;
  }
  /** Computes a value once. */
  keep(value) {
    if (value.constant !== void 0 || /^\w+$/.test(value.text)) return value;
    const name = this.fresh("v");
    this.line(this.declareValue(name, value, false));
    return { text: name, dtype: value.dtype };
  }
  /** A place that begins as `value`. */
  cell(value) {
    const name = this.fresh("c");
    this.line(this.declareValue(name, value, true));
    return { name, dtype: value.dtype };
  }
  read({ name, dtype }) {
    return { text: name, dtype };
  }
  set({ name }, { text: text2 }) {
    this.line(`${name} = ${text2};`);
  }
  /** Runs `body` for `from <= i < to`. */
  repeat(from, to, body) {
    const bound = (index) => typeof index === "number" ? this.whole(index) : index;
    const name = this.fresh("n");
    this.block(this.repeatHead(name, bound(from), bound(to)), () => body(name));
  }
  /** Leaves the innermost `repeat`. */
  leave() {
    this.line("break;");
  }
  when(condition, then) {
    this.block(`if (${condition})`, then);
  }
  all(...conditions) {
    return conditions.length === 0 ? "true" : conditions.map((condition) => `(${condition})`).join(" && ");
  }
  any(...conditions) {
    return conditions.length === 0 ? "false" : conditions.map((condition) => `(${condition})`).join(" || ");
  }
  not(condition) {
    return `!(${condition})`;
  }
  /** `a < b`; neither is below 0. */
  below(a, b) {
    return `${a} < ${b}`;
  }
  same(a, b) {
    return `${a} == ${b}`;
  }
  plus(...terms) {
    const zero = this.whole(0);
    const some = terms.filter((term) => term !== zero);
    return some.length === 0 ? zero : some.length === 1 ? some[0] : `(${some.join(" + ")})`;
  }
  minus(a, b) {
    return b === this.whole(0) ? a : `(${a} - ${b})`;
  }
  times(a, factor) {
    if (factor === 0 || a === this.whole(0)) return this.whole(0);
    if (factor === 1) return a;
    return factor === -1 ? `(${this.whole(0)} - ${a})` : `(${a} * ${this.whole(factor)})`;
  }
  /** `offset + sum(index * stride)`. */
  affine(offset, terms) {
    return this.plus(this.whole(offset), ...terms.map(([index, stride]) => this.times(index, stride)));
  }
  /** The index along each axis of the element that comes `index`-th in row-major order. */
  unravel(index, sizes) {
    const result = [];
    let rest = index;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis];
      const first4 = sizes.slice(0, axis).every((outer) => outer === 1);
      if (size === 1) result.unshift(this.whole(0));
      else if (first4) result.unshift(rest);
      else {
        result.unshift(this.hold(this.remainder(rest, size)));
        rest = this.hold(this.quotient(rest, size));
      }
      if (first4) {
        while (result.length < sizes.length) result.unshift(this.whole(0));
        break;
      }
    }
    return result;
  }
  add(a, b) {
    return this.apply("add", [a, b], a.dtype);
  }
  /** Whether `a < b`. */
  less(a, b) {
    return this.toCondition(this.apply("less", [a, b], "bool"));
  }
  isNaN(value) {
    return this.toCondition(this.apply("isNaN", [value], "bool"));
  }
  /** The smaller of two indices, either of which may be below 0. */
  smaller(a, b) {
    return this.#limited("minimum", a, b);
  }
  /** The larger of two indices, either of which may be below 0. */
  larger(a, b) {
    return this.#limited("maximum", a, b);
  }
  #limited(op, a, b) {
    return this.toIndex(this.apply(op, [this.fromIndex(a), this.fromIndex(b)], "int32"));
  }
  multiply(a, b) {
    return this.apply("multiply", [a, b], a.dtype);
  }
  /** Adds to a cell. */
  accumulate(cell, value) {
    this.set(cell, this.add(this.read(cell), value));
  }
  zero(dtype) {
    return this.constant(0, dtype);
  }
};

// packages/kernels-webgpu/src/wgsl/wgsl-writer.ts
var typeOf = (dtype) => {
  if (dtype === "float64") throw new DtypeError("webgpu: got float64, expected float32, int32 or bool");
  if (dtype === "bool") return "bool";
  return dtype === "int32" ? "i32" : "f32";
};
var halved = (text2) => `f32(f16(${text2}))`;
var comparisons = {
  equal: "==",
  notEqual: "!=",
  less: "<",
  lessEqual: "<=",
  greater: ">",
  greaterEqual: ">="
};
var operators = { add: "+", subtract: "-", multiply: "*" };
var bitOperators = {
  bitwiseAnd: "&",
  bitwiseOr: "|",
  bitwiseXor: "^"
};
var builtIns = {
  abs: "abs",
  floor: "floor",
  ceil: "ceil",
  round: "round",
  sqrt: "sqrt"
};
var own = {
  exp: "exp_",
  expm1: "expm1_",
  log: "log_",
  log1p: "log1p_",
  sin: "sin_",
  cos: "cos_",
  tanh: "tanh_",
  sigmoid: "sigmoid_",
  softplus: "softplus_",
  erf: "erf_",
  power: "power_",
  mod: "modulo_",
  maximum: "maximum",
  minimum: "minimum",
  isNaN: "isNaN"
};
var WgslWriter = class extends KernelWriter {
  constructor(operands) {
    super();
    this.operands = operands;
  }
  operands;
  /** Functions of `math.ts` that the text calls. */
  functions = /* @__PURE__ */ new Set();
  whole(value) {
    return indexLiteral(value);
  }
  quotient(a, b) {
    return b === 1 ? a : `(${a} / ${indexLiteral(b)})`;
  }
  remainder(a, b) {
    return b === 1 ? indexLiteral(0) : `(${a} % ${indexLiteral(b)})`;
  }
  inside(index, size) {
    return `${index} < ${indexLiteral(size)}`;
  }
  load(operand, place2) {
    const bound = this.operands[operand];
    return {
      text: fromStored(bound, `${bound.name}[${this.plus(place2, this.whole(bound.offset))}]`),
      dtype: bound.dtype
    };
  }
  store(bound, place2, value) {
    this.line(
      `${bound.name}[${this.plus(place2, this.whole(bound.offset))}] = ${toStored(bound, value.text)};`
    );
  }
  constant(value, dtype) {
    const type = typeOf(dtype);
    if (type === "bool") return { text: value ? "true" : "false", dtype, constant: value };
    if (type === "i32") return { text: intLiteral(value), dtype, constant: value };
    const rounded2 = dtype === "float16" ? roundToHalf(value) : Math.fround(value);
    if (Number.isFinite(rounded2)) return { text: floatLiteral(rounded2), dtype, constant: rounded2 };
    const name = Number.isNaN(rounded2) ? "nan" : rounded2 > 0 ? "infinity" : "minusInfinity";
    return { text: this.#call(name), dtype };
  }
  apply(op, args, dtype) {
    const texts2 = args.map(({ text: text3 }) => text3);
    if (args.every(({ constant: constant2 }) => constant2 !== void 0)) texts2[0] = this.#atRunTime(args[0]);
    const from = args[0].dtype;
    const text2 = from === "float32" || from === "float16" ? this.#float(op, texts2, args[1]?.constant) : from === "bool" ? this.#bool(op, texts2, dtype) : this.#integer(op, texts2);
    return { text: dtype === "float16" ? halved(text2) : text2, dtype };
  }
  cast(value, dtype) {
    const from = typeOf(value.dtype);
    const to = typeOf(dtype);
    const { text: text2 } = value;
    if (dtype === "float16" && value.dtype !== "float16") {
      return { text: halved(from === "f32" ? text2 : `f32(${text2})`), dtype };
    }
    if (from === to) return { ...value, dtype };
    if (to === "bool") return { text: `(!(${text2} == ${from}(0)))`, dtype };
    return { text: from === "f32" ? this.#call("truncated", text2) : `${to}(${text2})`, dtype };
  }
  where(condition, a, b) {
    return { text: `select(${b.text}, ${a.text}, ${condition.text})`, dtype: a.dtype };
  }
  toIndex({ text: text2 }) {
    return `u32(${text2})`;
  }
  fromIndex(index) {
    return { text: `i32(${index})`, dtype: "int32" };
  }
  toCondition({ text: text2 }) {
    return text2;
  }
  fromCondition(condition) {
    return { text: `(${condition})`, dtype: "bool" };
  }
  declareIndex(name, index) {
    return `let ${name} = ${index};`;
  }
  declareValue(name, value, changes) {
    return `${changes ? "var" : "let"} ${name}: ${typeOf(value.dtype)} = ${value.text};`;
  }
  repeatHead(name, from, to) {
    return `for (var ${name} = ${from}; ${name} < ${to}; ${name}++)`;
  }
  /** The value of a cell of `size` elements that the kernel has for itself or for its workgroup. */
  #atRunTime(value) {
    const name = this.fresh("r");
    this.line(`var ${name}: ${typeOf(value.dtype)} = ${value.text};`);
    return name;
  }
  #call(name, ...args) {
    this.functions.add(name);
    return `${name}(${args.join(", ")})`;
  }
  #float(op, args, constant2) {
    const [a, b] = args;
    const operator = operators[op] ?? comparisons[op];
    if (operator && op !== "notEqual") return `(${a} ${operator} ${b})`;
    const builtIn = builtIns[op];
    if (builtIn) return `${builtIn}(${a})`;
    switch (op) {
      case "notEqual":
        return `(!(${a} == ${b}))`;
      case "negative":
        return `(-${a})`;
      case "divide":
        return `(${a} / ${b})`;
      case "reciprocal":
        return `(1f / ${a})`;
      case "rsqrt":
        return `(1f / sqrt(${a}))`;
      case "sign":
        return `select(${a}, select(-1f, 1f, ${a} > 0f), abs(${a}) > 0f)`;
      case "relu":
        return `select(${a}, 0f, ${a} <= 0f)`;
      case "logicalNot":
        return `(${a} == 0f)`;
      case "logicalAnd":
        return `(!((${a} == 0f) | (${b} == 0f)))`;
      case "logicalOr":
        return `(!((${a} == 0f) & (${b} == 0f)))`;
      case "power":
        if (constant2 === 1) return a;
        if (constant2 === 2) return `(${a} * ${a})`;
        if (constant2 === 3) return `(${a} * ${a} * ${a})`;
        if (constant2 === -1) return `(1f / ${a})`;
    }
    const name = own[op];
    if (!name) throw new DtypeError(`${op}: got float32, expected int32`);
    return this.#call(name, ...args);
  }
  #integer(op, args) {
    const [a, b] = args;
    const operator = operators[op] ?? comparisons[op] ?? bitOperators[op];
    if (operator) return `(${a} ${operator} ${b})`;
    switch (op) {
      case "negative":
        return `(0i - ${a})`;
      case "abs":
      case "sign":
        return `${op}(${a})`;
      case "maximum":
        return `max(${a}, ${b})`;
      case "minimum":
        return `min(${a}, ${b})`;
      case "relu":
        return `max(${a}, 0i)`;
      case "floor":
      case "ceil":
      case "round":
        return a;
      case "isNaN":
        return "false";
      case "divide":
        return this.#call("integerDivide", a, b);
      case "mod":
        return this.#call("integerModulo", a, b);
      case "power":
        return this.#call("integerPower", a, b);
      case "shiftLeft":
        return `(${a} << (bitcast<u32>(${b}) & 31u))`;
      case "shiftRight":
        return `bitcast<i32>(bitcast<u32>(${a}) >> (bitcast<u32>(${b}) & 31u))`;
      case "logicalNot":
        return `(${a} == 0i)`;
      case "logicalAnd":
        return `((${a} != 0i) & (${b} != 0i))`;
      case "logicalOr":
        return `((${a} != 0i) | (${b} != 0i))`;
      default:
        throw new DtypeError(`${op}: got int32, expected float32`);
    }
  }
  #bool(op, args, dtype) {
    const [a, b] = args;
    switch (op) {
      case "logicalNot":
        return `(!${a})`;
      case "logicalAnd":
      case "bitwiseAnd":
      case "minimum":
      case "multiply":
        return `(${a} & ${b})`;
      case "logicalOr":
      case "bitwiseOr":
      case "maximum":
        return `(${a} | ${b})`;
      case "equal":
        return `(${a} == ${b})`;
      case "notEqual":
        return `(${a} != ${b})`;
    }
    const whole = this.#integer(
      op,
      args.map((arg) => `i32(${arg})`)
    );
    return dtype === "bool" && !comparisons[op] && op !== "isNaN" ? `(${whole} != 0i)` : whole;
  }
};
function fromStored({ stored, dtype }, text2) {
  const type = typeOf(dtype);
  if (stored === "f16") return `f32(${text2})`;
  if (type === "bool") return `(${text2} != ${stored}(0))`;
  return stored === type ? text2 : `bitcast<${type}>(${text2})`;
}
function toStored({ stored, dtype }, text2) {
  const type = typeOf(dtype);
  if (stored === "f16") return `f16(${text2})`;
  if (type === "bool") return `${stored}(${text2})`;
  return stored === type ? text2 : `bitcast<${stored}>(${text2})`;
}

// packages/kernels-webgpu/src/wgsl/kernel-text.ts
var groupSize = 64;
var storedTypes = { float16: "f16", float32: "f32", float64: "f32", int32: "i32", bool: "i32" };
var storedAs = (dtypes) => {
  const types = new Set(dtypes.map((dtype) => storedTypes[dtype]));
  return types.size > 1 ? "u32" : [...types][0];
};
function bind2(all2, site) {
  const places = /* @__PURE__ */ new Map();
  for (const { resource, dtype } of all2) {
    const key = site.placeOf(resource);
    const place2 = places.get(key) ?? { resource, dtypes: [] };
    const [bytes, before3] = [site.bytesOf(resource), site.bytesOf(place2.resource)];
    if (bytes > 0 || place2.dtypes.length === 0)
      place2.dtypes = before3 > 0 ? [...place2.dtypes, dtype] : [dtype];
    if (bytes > before3) place2.resource = resource;
    places.set(key, place2);
  }
  const keys = [...places.keys()];
  const stored = keys.map((key) => storedAs(places.get(key).dtypes));
  return {
    bound: all2.map(({ resource, dtype, offset, wide: wide2 }) => {
      const at = keys.indexOf(site.placeOf(resource));
      return { name: `b${at}`, stored: stored[at], dtype: wide2 ? "float32" : dtype, offset };
    }),
    declarations: (stored.includes("f16") ? "enable f16;\n" : "") + keys.map((_, at) => `@group(0) @binding(${at}) var<storage, read_write> b${at}: array<${stored[at]}>;`).join("\n"),
    resources: keys.map((key) => places.get(key).resource)
  };
}
var turnDeclaration = "@group(1) @binding(0) var<uniform> turn: vec4<u32>;";
function gridOf(threads, traits) {
  const groups = Math.ceil(threads / groupSize);
  if (groups <= traits.maxGroups) return [groups, 1, 1];
  const rows = Math.ceil(groups / traits.maxGroups);
  return [Math.ceil(groups / rows), rows, 1];
}
function threadKernel(label, threads, operands, results, site, write, turn) {
  const known = operands.filter((operand) => operand !== void 0);
  const { bound, declarations, resources } = bind2([...known, ...results], site);
  let next = 0;
  const loaded = operands.map((operand) => operand ? bound[next++] : void 0);
  const writer = new WgslWriter(loaded);
  write(writer, "index", bound.slice(known.length));
  const groups = gridOf(threads, site.traits);
  const row2 = groups[1] > 1 ? ` + id.y * ${groups[0] * groupSize}u` : "";
  const code = [
    declarations,
    ...turn === void 0 ? [] : [turnDeclaration],
    mathDeclarations(writer.functions),
    `@compute @workgroup_size(${groupSize})`,
    "fn main(@builtin(global_invocation_id) id: vec3<u32>) {",
    `  let index = id.x${row2};`,
    `  if (index >= ${threads}u) { return; }`,
    ...writer.lines,
    "}",
    ""
  ].join("\n");
  return { label, code, bindings: resources, groups, ...turn !== void 0 && { turn } };
}

// packages/kernels-webgpu/src/recurrent/recurrent-kernel.ts
var longestChunk2 = 512;
var RecurrentKernel = class {
  constructor(text2, frame, names, bound) {
    this.text = text2;
    this.frame = frame;
    this.names = names;
    this.bound = bound;
  }
  text;
  frame;
  names;
  bound;
  /** What has been loaded or stored. */
  used = /* @__PURE__ */ new Set();
  load(name, place2) {
    this.used.add(name);
    return this.text.load(this.names.indexOf(name), place2);
  }
  store(name, place2, value) {
    this.used.add(name);
    this.text.store(this.bound.get(name), place2, value);
  }
  /** An element of an array that the workgroup shares. */
  shared(name, place2) {
    return { text: `${name}[${place2}]`, dtype: "float32" };
  }
  setShared(name, place2, value) {
    this.text.line(`${name}[${place2}] = ${value.text};`);
  }
  /** Waits for the other threads of the workgroup. */
  barrier() {
    this.text.line("workgroupBarrier();");
  }
  /** The number of the dispatch's turn. */
  turn() {
    return this.text.hold("turn.x");
  }
  /** `row * size + column`. */
  place(row2, size, column) {
    const { text: text2 } = this;
    return text2.hold(text2.plus(text2.times(row2, size), column));
  }
  zero() {
    return this.text.zero("float32");
  }
  multiply(...factors) {
    return factors.reduce((a, b) => this.text.multiply(a, b));
  }
  add(...terms) {
    return terms.reduce((a, b) => this.text.add(a, b));
  }
  subtract(a, b) {
    return this.text.apply("subtract", [a, b], "float32");
  }
  /** Writes both ways of a step: one that counts, and, where there is a mask, one that is left out. */
  byMask(row2, live, masked) {
    const { text: text2 } = this;
    if (!this.frame.routine.mask) {
      live();
      return;
    }
    const mask2 = text2.keep(text2.cast(this.load("mask", row2), "bool"));
    const isLive2 = text2.toCondition(mask2);
    text2.when(isLive2, live);
    text2.when(text2.not(isLive2), masked);
  }
  /** What multiplies a unit of a sample's state in the product of a gate, unless there are no masks. */
  factor(sample, gate, unit2) {
    const { recurrentMasks, units } = this.frame.routine;
    if (recurrentMasks === 0) return void 0;
    const which = recurrentMasks === 1 ? 0 : gate;
    const start = this.text.times(sample, recurrentMasks * units);
    return this.load("recurrentMask", this.text.plus(start, this.text.whole(which * units), unit2));
  }
  /** Adds up the terms for each `k < count` of several sums at once, each from a number on. */
  sums(count2, starts, terms) {
    const { text: text2 } = this;
    const totals = starts.map((start) => text2.cell(start));
    const addTo = (cells, from, to) => text2.repeat(from, to, (k) => {
      for (const [at, term] of terms(k).entries()) text2.accumulate(cells[at], term);
    });
    if (count2 <= longestChunk2) addTo(totals, 0, count2);
    else {
      const chunk = 2 ** Math.round(Math.log2(count2) / 2);
      text2.repeat(0, Math.ceil(count2 / chunk), (turn) => {
        const start = text2.hold(text2.times(turn, chunk));
        const end = text2.hold(text2.smaller(text2.plus(start, text2.whole(chunk)), text2.whole(count2)));
        const parts = totals.map(() => text2.cell(this.zero()));
        addTo(parts, start, end);
        for (const [at, total2] of totals.entries()) text2.accumulate(total2, text2.read(parts[at]));
      });
    }
    return totals.map((total2) => text2.read(total2));
  }
};

// packages/kernels-webgpu/src/recurrent/recurrent-frame.ts
var RecurrentFrame = class {
  constructor(builder, step, routine) {
    this.builder = builder;
    this.step = step;
    this.routine = routine;
    this.layout = recurrentLayout(this.routine);
    this.width = this.layout.gates * this.routine.units;
    this.resetBefore = this.layout.kind === "gru" && !this.routine.resetAfter;
    step.operands.forEach(({ buffer, view: view2 }, at) => {
      this.#memory.set(this.layout.operands[at], builder.buffer(buffer, view2.offset));
    });
    const { size } = this.layout;
    this.#result = step.output === void 0 ? builder.scratch(size, "float32") : builder.buffer(step.output);
  }
  builder;
  step;
  routine;
  layout;
  /** `gates * units`. */
  width;
  /** GRU with the reset before the product: that product waits for all reset gates of the step. */
  resetBefore;
  #memory = /* @__PURE__ */ new Map();
  #result;
  /** A part of the result. */
  ofResult(name, offset) {
    this.#memory.set(name, { ...this.#result, offset: this.#result.offset + offset });
  }
  /** A part of an operand. */
  ofOperand(name, operand, offset) {
    const whole = this.#memory.get(operand);
    this.#memory.set(name, { ...whole, offset: whole.offset + offset });
  }
  /** Memory of so many elements each, in one piece, so that it takes one binding. */
  scratch(sizes) {
    const entries = Object.entries(sizes);
    const all2 = this.builder.scratch(
      entries.reduce((sum3, [, size]) => sum3 + size, 0),
      "float32"
    );
    let offset = 0;
    for (const [name, size] of entries) {
      this.#memory.set(name, { ...all2, offset });
      offset += size;
    }
  }
  /** A kernel; the result appends a run of it, with the number of the turn where it reads one. */
  kernel(name, threads, write, hasTurn) {
    if (threads === 0) return () => {
    };
    const { used: used2, memory: memory2 } = this.#touched((kernel) => write(kernel, "index"));
    const dispatch = threadKernel(
      `${this.builder.label}: ${name}`,
      threads,
      memory2,
      memory2,
      this.builder,
      (writer, index, bound) => write(this.#kernel(writer, used2, bound), index),
      hasTurn ? 0 : void 0
    );
    return (turn) => this.builder.add(turn === void 0 ? dispatch : { ...dispatch, turn });
  }
  /** A kernel whose workgroups share arrays of floats, and wait for each other with barriers. */
  dispatchGroups(name, shape, write) {
    const { used: used2, memory: memory2 } = this.#touched(write);
    const { bound, declarations, resources } = bind2(memory2, this.builder);
    const writer = new WgslWriter(bound);
    write(this.#kernel(writer, used2, bound));
    const arrays = Object.entries(shape.arrays).map(
      ([array, size]) => `var<workgroup> ${array}: array<f32, ${Math.max(size, 1)}>;`
    );
    const code = [
      declarations,
      ...arrays,
      mathDeclarations(writer.functions),
      `@compute @workgroup_size(${shape.threads})`,
      "fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {",
      ...writer.lines,
      "}",
      ""
    ].join("\n");
    this.builder.add({
      label: `${this.builder.label}: ${name}`,
      code,
      bindings: resources,
      groups: [Math.ceil(this.routine.batch / shape.samples), 1, 1]
    });
  }
  /** Only what a kernel touches is bound to it: devices bind few arrays. A first writing finds out what that is. */
  #touched(write) {
    const names = [...this.#memory.keys()];
    const bound = names.map((name, at) => boundAs(this.#memory.get(name), at));
    const probe = this.#kernel(new WgslWriter(bound), names, bound);
    write(probe);
    const used2 = names.filter((name) => probe.used.has(name));
    return { used: used2, memory: used2.map((name) => this.#memory.get(name)) };
  }
  #kernel(writer, names, bound) {
    return new RecurrentKernel(writer, this, names, new Map(names.map((name, at) => [name, bound[at]])));
  }
  /** What the step's epilogue makes of the result. */
  epilogue() {
    const { builder, step } = this;
    const { epilogue } = step;
    if (!epilogue) return;
    const operands = [this.#result, ...epilogue.operands.map((operand) => builder.operand(operand))];
    const outputs = epilogue.outputs.map((buffer) => builder.buffer(buffer));
    builder.threads(sizeOf(epilogue.shape), operands, outputs, (writer, index, results) => {
      writeResult(writer, index, writer.load(0, index), void 0, epilogue, 1, results);
    });
  }
};
var boundAs = ({ dtype }, at) => ({
  name: `b${at}`,
  stored: dtype === "float32" ? "f32" : "i32",
  dtype,
  offset: 0
});

// packages/kernels-webgpu/src/recurrent/sequence.ts
function placeSequence(frame) {
  frame.ofResult("states", 0);
  frame.ofResult("lastCell", frame.layout.lastCell);
  frame.ofResult("kept", frame.layout.states);
}
function emitSequenceSteps(frame) {
  const { routine, resetBefore } = frame;
  const { batch, steps, units } = routine;
  if (resetBefore) frame.scratch({ reset: batch * units, update: batch * units });
  const writers = resetBefore ? [writeGates, writeCandidate] : [writeStep2];
  const kernelsOf = (first4) => writers.map(
    (write, at) => frame.kernel(
      `${first4 ? "first " : ""}step, part ${at + 1}`,
      batch * units,
      (kernel, index) => write(kernel, placeOf2(kernel, index, first4)),
      !first4
    )
  );
  for (const run2 of kernelsOf(true)) run2();
  const kernels = steps > 1 ? kernelsOf(false) : [];
  for (let step = 1; step < steps; step++) for (const run2 of kernels) run2(step);
}
function shareState(kernel, { sample, local, unit: unit2 }, state4) {
  const { text: text2, frame } = kernel;
  const { units, recurrentMasks } = frame.routine;
  const states = Math.max(1, recurrentMasks);
  for (let gate = 0; gate < states; gate++) {
    const factor = kernel.factor(sample, gate, unit2);
    const place2 = text2.plus(text2.times(local, states * units), text2.whole(gate * units), unit2);
    kernel.setShared("factors", place2, factor ? kernel.multiply(state4, factor) : state4);
  }
}
function placeOf2(kernel, index, first4) {
  const { text: text2, frame } = kernel;
  const { batch, steps, units } = frame.routine;
  const [sample, unit2] = text2.unravel(index, [batch, units]);
  const step = first4 ? text2.whole(0) : kernel.turn();
  return { sample, unit: unit2, row: kernel.place(sample, steps, step), own: index, first: first4 };
}
function stateBefore(kernel, { sample, row: row2, first: first4 }) {
  const { units, hidden } = kernel.frame.routine;
  const { text: text2 } = kernel;
  if (first4 && !hidden) return void 0;
  const start = first4 ? text2.hold(text2.times(sample, units)) : text2.hold(text2.times(text2.minus(row2, text2.whole(1)), units));
  return (unit2) => kernel.load(first4 ? "hidden" : "states", text2.plus(start, unit2));
}
function products(kernel, place2, gates) {
  const { text: text2, frame } = kernel;
  const { units, bias, recurrentMasks } = frame.routine;
  const starts = Array.from({ length: gates }, (_, gate) => biasOf(kernel, place2, gate, bias));
  const before3 = stateBefore(kernel, place2);
  if (!before3) return starts.map((start) => text2.keep(start));
  const { local, unit: unit2 } = place2;
  if (local !== void 0) {
    const own2 = text2.hold(text2.plus(text2.times(local, frame.width), unit2));
    return starts.map(
      (_, gate) => text2.keep(kernel.shared("sumsOfProducts", text2.plus(own2, text2.whole(gate * units))))
    );
  }
  return kernel.sums(units, starts, (k) => {
    const state4 = text2.keep(before3(k));
    const shared = recurrentMasks === 1 ? text2.keep(kernel.multiply(state4, kernel.factor(place2.sample, 0, k))) : state4;
    const column = kernel.place(k, frame.width, place2.unit);
    return starts.map((_, gate) => {
      const factor = recurrentMasks > 1 ? [kernel.factor(place2.sample, gate, k)] : [];
      const weight = kernel.load("kernel", text2.plus(column, text2.whole(gate * units)));
      return kernel.multiply(shared, ...factor, weight);
    });
  });
}
function biasOf(kernel, { unit: unit2 }, gate, has) {
  const { text: text2 } = kernel;
  return has ? kernel.load("bias", text2.plus(unit2, text2.whole(gate * kernel.frame.routine.units))) : kernel.zero();
}
var projected = (kernel, { row: row2, unit: unit2 }, gate) => {
  const { text: text2, frame } = kernel;
  const place2 = text2.plus(text2.times(row2, frame.width), text2.whole(gate * frame.routine.units), unit2);
  return kernel.load("projected", place2);
};
function keep(kernel, { row: row2, unit: unit2 }, part, value) {
  const { routine, layout } = kernel.frame;
  if (!routine.keep) return;
  const { text: text2 } = kernel;
  const start = text2.times(row2, layout.kept * routine.units);
  kernel.store("kept", text2.plus(start, text2.whole(part * routine.units), unit2), value);
}
function storeState(kernel, place2, value) {
  const state4 = kernel.text.keep(value);
  kernel.store("states", kernel.place(place2.row, kernel.frame.routine.units, place2.unit), state4);
  if (place2.local !== void 0) shareState(kernel, place2, state4);
}
function cellBefore(kernel, { own: own2, first: first4 }) {
  if (!first4) return kernel.text.keep(kernel.load("lastCell", own2));
  return kernel.frame.routine.cell ? kernel.text.keep(kernel.load("cell", own2)) : kernel.zero();
}
function writeMasked(kernel, place2) {
  storeState(kernel, place2, stateBefore(kernel, place2)?.(place2.unit) ?? kernel.zero());
  if (kernel.frame.layout.kind !== "lstm") return;
  const cell = cellBefore(kernel, place2);
  kernel.store("lastCell", place2.own, cell);
  keep(kernel, place2, 4, cell);
}
function writeStep2(kernel, place2) {
  const { kind } = kernel.frame.layout;
  const write = { lstm: writeLstm2, gru: writeGru2, simpleRnn: writeSimple2 }[kind];
  kernel.byMask(
    place2.row,
    () => write(kernel, place2),
    () => writeMasked(kernel, place2)
  );
}
function writeSimple2(kernel, place2) {
  const [product4] = products(kernel, place2, 1);
  const { activation } = kernel.frame.routine;
  const sum3 = kernel.text.keep(kernel.add(projected(kernel, place2, 0), product4));
  storeState(kernel, place2, activate(kernel.text, activation, sum3));
}
function writeLstm2(kernel, place2) {
  const { text: text2, frame } = kernel;
  const { activation, recurrentActivation } = frame.routine;
  const before3 = cellBefore(kernel, place2);
  const sums = products(kernel, place2, 4);
  const [i, f, g, o] = sums.map((sum3, gate) => {
    const name = gate === 2 ? activation : recurrentActivation;
    return text2.keep(activate(text2, name, text2.keep(kernel.add(projected(kernel, place2, gate), sum3))));
  });
  const cell = text2.keep(kernel.add(kernel.multiply(f, before3), kernel.multiply(i, g)));
  const squashed = text2.keep(activate(text2, activation, cell));
  kernel.store("lastCell", place2.own, cell);
  storeState(kernel, place2, kernel.multiply(o, squashed));
  for (const [part, value] of [i, f, g, o, cell, squashed].entries()) keep(kernel, place2, part, value);
}
function storeMixed(kernel, place2, z, candidate) {
  const before3 = stateBefore(kernel, place2)?.(place2.unit) ?? kernel.zero();
  const rest = kernel.subtract(kernel.text.constant(1, "float32"), z);
  storeState(kernel, place2, kernel.add(kernel.multiply(z, before3), kernel.multiply(rest, candidate)));
}
function writeGru2(kernel, place2) {
  const { text: text2, frame } = kernel;
  const { activation, recurrentActivation } = frame.routine;
  const [sumZ, sumR, product4] = products(kernel, place2, 3);
  const [z, r] = [sumZ, sumR].map((sum4, gate) => {
    const whole = text2.keep(kernel.add(projected(kernel, place2, gate), sum4));
    return text2.keep(activate(text2, recurrentActivation, whole));
  });
  const sum3 = text2.keep(kernel.add(projected(kernel, place2, 2), kernel.multiply(r, product4)));
  const candidate = text2.keep(activate(text2, activation, sum3));
  storeMixed(kernel, place2, z, candidate);
  for (const [part, value] of [z, r, candidate, product4].entries()) keep(kernel, place2, part, value);
}
function writeGates(kernel, place2) {
  const { text: text2, frame } = kernel;
  const write = () => {
    const [z, r] = products(kernel, place2, 2).map((sum3, gate) => {
      const whole = text2.keep(kernel.add(projected(kernel, place2, gate), sum3));
      return text2.keep(activate(text2, frame.routine.recurrentActivation, whole));
    });
    keep(kernel, place2, 0, z);
    keep(kernel, place2, 1, r);
    kernel.store("update", place2.own, z);
    const before3 = stateBefore(kernel, place2);
    if (!before3) return;
    const factor = kernel.factor(place2.sample, 2, place2.unit);
    kernel.store("reset", place2.own, kernel.multiply(before3(place2.unit), r, ...factor ? [factor] : []));
  };
  kernel.byMask(place2.row, write, () => {
  });
}
function writeCandidate(kernel, place2) {
  const { text: text2, frame } = kernel;
  const { units, activation, bias } = frame.routine;
  const write = () => {
    const start = biasOf(kernel, place2, 2, bias);
    const through2 = text2.hold(text2.times(place2.sample, units));
    const [product4] = stateBefore(kernel, place2) ? kernel.sums(units, [start], (k) => {
      const column = text2.plus(text2.times(k, frame.width), text2.whole(2 * units), place2.unit);
      return [
        kernel.multiply(kernel.load("reset", text2.plus(through2, k)), kernel.load("kernel", column))
      ];
    }) : [start];
    const sum3 = text2.keep(kernel.add(projected(kernel, place2, 2), product4));
    const candidate = text2.keep(activate(text2, activation, sum3));
    storeMixed(kernel, place2, text2.keep(kernel.load("update", place2.own)), candidate);
    keep(kernel, place2, 2, candidate);
  };
  kernel.byMask(place2.row, write, () => writeMasked(kernel, place2));
}

// packages/kernels-webgpu/src/recurrent/sequence-by-groups.ts
function emitSequence(frame) {
  placeSequence(frame);
  const { units, recurrentMasks } = frame.routine;
  const sizes = { factors: Math.max(1, recurrentMasks) * units, sumsOfProducts: frame.width };
  const shape = groupShape(frame, () => sizes);
  if (shape) frame.dispatchGroups("all steps", shape, (kernel) => writeAllSteps2(kernel, shape));
  else emitSequenceSteps(frame);
}
function writeAllSteps2(kernel, shape) {
  const { text: text2, frame } = kernel;
  const { steps, hidden } = frame.routine;
  const writeAt = (step, first4) => {
    if (!first4 || hidden) {
      writeProducts(kernel, shape);
      kernel.barrier();
    }
    eachOwn(
      kernel,
      shape,
      (own2) => writeStep2(kernel, { ...own2, row: kernel.place(own2.sample, steps, step), first: first4 })
    );
    kernel.barrier();
  };
  if (hidden) {
    eachOwn(kernel, shape, (own2) => shareState(kernel, own2, kernel.load("hidden", own2.own)));
    kernel.barrier();
  }
  writeAt(text2.whole(0), true);
  if (steps > 1) text2.repeat(1, steps, (step) => writeAt(step, false));
}
function writeProducts(kernel, shape) {
  const { text: text2, frame } = kernel;
  const { units, bias, recurrentMasks } = frame.routine;
  const perSample = Math.max(1, recurrentMasks) * units;
  const samples3 = Array.from({ length: shape.samples }, (_, at) => at);
  eachOfGroup(kernel, shape, frame.width, (column) => {
    const start = bias ? text2.keep(kernel.load("bias", column)) : kernel.zero();
    const ofGate = recurrentMasks > 1 ? text2.times(text2.quotient(column, units), units) : text2.whole(0);
    const first4 = text2.hold(ofGate);
    const sums = kernel.sums(
      units,
      samples3.map(() => start),
      (k) => {
        const weight = text2.keep(kernel.load("kernel", kernel.place(k, frame.width, column)));
        return samples3.map(
          (sample) => kernel.multiply(
            kernel.shared("factors", text2.plus(first4, k, text2.whole(sample * perSample))),
            weight
          )
        );
      }
    );
    for (const [sample, sum3] of sums.entries()) {
      kernel.setShared("sumsOfProducts", text2.plus(column, text2.whole(sample * frame.width)), sum3);
    }
  });
}

// packages/kernels-webgpu/src/recurrent/emit-recurrent.ts
function emitRecurrent(builder, step) {
  if (!("recurrentActivation" in step.routine)) return false;
  const frame = new RecurrentFrame(builder, step, step.routine);
  if (frame.layout.backward) emitSequenceGradient(frame);
  else emitSequence(frame);
  frame.epilogue();
  return true;
}

// packages/kernels-webgpu/src/wgsl/reduce.ts
init_src();
var mostInARow = 512;
var wantedThreads = 1 << 14;
function partsOf2(results, elements) {
  if (elements <= 32) return 1;
  const byLength = Math.ceil(elements / mostInARow);
  const byThreads = Math.ceil(wantedThreads / Math.max(1, results));
  const parts = Math.max(byLength, Math.min(byThreads, Math.ceil(elements / 16)));
  return Math.min(parts, elements);
}
var lowest = {
  float: { sum: 0, product: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY },
  int: { sum: 0, product: 1, max: -2147483648, min: 2147483647 }
};
var initialOf = (reduction, dtype) => lowest[isFloat(dtype) ? "float" : "int"][reduction];
var combiner = { sum: "add", product: "multiply", max: "maximum", min: "minimum" };
var isArg = (reduction) => reduction === "argMax" || reduction === "argMin";
function begin(kernel, reduction, dtype) {
  if (!isArg(reduction)) return { value: kernel.cell(kernel.constant(initialOf(reduction, dtype), dtype)) };
  return { value: kernel.cell(kernel.zero(dtype)), at: kernel.cell(kernel.constant(-1, "int32")) };
}
function take(kernel, reduction, best, value, at) {
  const { dtype } = best.value;
  const current = kernel.read(best.value);
  if (!isArg(reduction)) {
    kernel.set(best.value, kernel.apply(combiner[reduction], [current, value], dtype));
    return;
  }
  const place2 = kernel.read(best.at);
  const bool = (op, a, b) => kernel.apply(op, [a, b], "bool");
  const compare = (op, a, b) => kernel.apply(op, [a, b], "bool");
  const nan2 = (x) => kernel.apply("isNaN", [x], "bool");
  const larger = kernel.keep(compare(reduction === "argMax" ? "greater" : "less", value, current));
  const wins = bool(
    "logicalOr",
    larger,
    bool("logicalAnd", nan2(value), kernel.apply("logicalNot", [nan2(current)], "bool"))
  );
  const same2 = bool(
    "logicalOr",
    compare("equal", value, current),
    bool("logicalAnd", nan2(value), nan2(current))
  );
  const earlier = bool("logicalAnd", same2, compare("less", at, place2));
  const none2 = compare("less", place2, kernel.constant(0, "int32"));
  const taken = bool("logicalOr", none2, bool("logicalOr", wins, earlier));
  kernel.when(kernel.toCondition(taken), () => {
    kernel.set(best.value, value);
    kernel.set(best.at, at);
  });
}
function emitReduce(builder, step) {
  const { shape, axes, reduction, program } = step;
  const kept4 = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const results = sizeOf(kept4.map((axis) => shape[axis]));
  const elements = sizeOf(axes.map((axis) => shape[axis]));
  const dtypes = program.results.map((line) => {
    const { dtype } = program.instructions[line];
    return dtype === "float16" ? "float32" : dtype;
  });
  const operands = step.operands.map((operand) => builder.operand(operand));
  const outputs = step.outputs.map((output) => builder.buffer(output));
  const parts = results === 0 ? 1 : partsOf2(results, elements);
  const innermostKept = kept4.length > 0 && (axes.length === 0 || kept4.at(-1) > axes.at(-1));
  const places = isArg(reduction) ? [builder.scratch(results * parts, "int32")] : [];
  const partial = dtypes.map((dtype) => builder.scratch(results * parts, dtype));
  const single2 = parts === 1;
  const isPlace = isArg(reduction);
  const target = single2 ? outputs : [...partial, ...places];
  builder.threads(
    results * parts,
    operands,
    target,
    (kernel, index, stores) => {
      const [result, part] = innermostKept ? kernel.unravel(index, [parts, results]).reverse() : kernel.unravel(index, [results, parts]);
      const wantsCoordinates = readsCoordinates(program);
      const along = (at, some) => placeAlong(kernel, at, shape, some, step.operands, wantsCoordinates);
      const outer = along(result, kept4);
      const best = dtypes.map((dtype) => begin(kernel, reduction, dtype));
      const turns = Math.ceil(elements / parts);
      if (elements === 0) kernel.line("// Nothing to reduce.");
      else
        kernel.repeat(0, turns, (turn) => {
          const element = kernel.hold(kernel.plus(kernel.times(turn, parts), part));
          const body = () => {
            const source = sourceOf(kernel, [outer, along(element, axes)], step.operands);
            for (const [at, value] of printProgram(kernel, program, source).entries()) {
              const wide2 = kernel.cast(value, dtypes[at]);
              take(kernel, reduction, best[at], wide2, kernel.fromIndex(element));
            }
          };
          if (elements % parts === 0) body();
          else kernel.when(kernel.inside(element, elements), body);
        });
      for (const [at, { value, at: place2 }] of best.entries()) {
        if (single2) kernel.store(stores[at], index, kernel.read(place2 ?? value));
        else {
          const where2 = kernel.plus(kernel.times(result, parts), part);
          kernel.store(stores[at], where2, kernel.read(value));
          if (place2) kernel.store(stores.at(-1), where2, kernel.read(place2));
        }
      }
    },
    single2 ? {} : { name: "parts" }
  );
  if (!single2)
    joinParts(builder, reduction, dtypes, results, parts, partial, isPlace ? places[0] : void 0, outputs);
}
function joinParts(builder, reduction, dtypes, results, parts, partial, places, outputs) {
  const groups = parts > 64 ? Math.ceil(parts / 32) : 1;
  const last = groups === 1;
  const nextPlaces = places && !last ? builder.scratch(results * groups, "int32") : void 0;
  const next = last ? outputs : dtypes.map((dtype) => builder.scratch(results * groups, dtype));
  const target = last ? outputs : [...next, ...nextPlaces ? [nextPlaces] : []];
  builder.threads(
    results * groups,
    [...partial, ...places ? [places] : []],
    target,
    (kernel, index, stores) => {
      const [result, group] = kernel.unravel(index, [results, groups]);
      const best = dtypes.map((dtype) => begin(kernel, reduction, dtype));
      const turns = Math.ceil(parts / groups);
      kernel.repeat(0, turns, (turn) => {
        const part = kernel.hold(kernel.plus(kernel.times(turn, groups), group));
        const body = () => {
          const where2 = kernel.hold(kernel.plus(kernel.times(result, parts), part));
          const at = places ? kernel.keep(kernel.load(dtypes.length, where2)) : kernel.constant(0, "int32");
          for (const [k] of dtypes.entries()) {
            take(kernel, reduction, best[k], kernel.keep(kernel.load(k, where2)), at);
          }
        };
        if (parts % groups === 0) body();
        else kernel.when(kernel.inside(part, parts), body);
      });
      for (const [at, { value, at: place2 }] of best.entries()) {
        kernel.store(stores[at], index, kernel.read(last ? place2 ?? value : value));
        if (place2 && !last) kernel.store(stores.at(-1), index, kernel.read(place2));
      }
    },
    { name: last ? "join" : "join parts" }
  );
  if (!last) joinParts(builder, reduction, dtypes, results, groups, next, nextPlaces, outputs);
}

// packages/kernels-webgpu/src/wgsl/step-builder.ts
init_src();
var StepBuilder = class {
  constructor(plan, traits, label, widens = false) {
    this.plan = plan;
    this.traits = traits;
    this.label = label;
    this.widens = widens;
  }
  plan;
  traits;
  label;
  widens;
  #dispatches = [];
  #scratchBytes = [];
  /** A buffer of the plan with its elements. Routines compute with halves as float32, and round their results once. */
  buffer(buffer, offset = 0) {
    const { dtype } = this.plan.buffers[buffer];
    const resource = { kind: "buffer", buffer };
    return { resource, dtype, offset, ...this.widens && dtype === "float16" && { wide: true } };
  }
  operand(operand) {
    if (!operand) return void 0;
    const { dtype } = this.plan.buffers[operand.buffer];
    return { resource: { kind: "buffer", buffer: operand.buffer }, dtype, offset: 0 };
  }
  /** Memory for `size` elements until the end of the step. */
  scratch(size, dtype) {
    this.#scratchBytes.push(size * bytesPerElement(dtype));
    return { resource: { kind: "scratch", scratch: this.#scratchBytes.length - 1 }, dtype, offset: 0 };
  }
  /** Adds a kernel whose threads work each by itself. */
  threads(threads, operands, results, write, options = {}) {
    if (threads === 0) return;
    const name = options.name ? `${this.label}: ${options.name}` : this.label;
    const { turn } = options;
    const packed = this.#packed(operands, results);
    this.add({
      ...threadKernel(name, threads, packed.operands, packed.results, this, write, turn),
      ...packed.copies
    });
  }
  /** Has the smallest memories brought together in one, where a kernel touches more than it may have bindings. */
  #packed(operands, results) {
    const read = operands.filter((operand) => operand !== void 0);
    const places = new Map([...read, ...results].map(({ resource }) => [this.placeOf(resource), resource]));
    const tooMany = places.size - this.traits.maxBindings;
    if (tooMany <= 0) return { operands, results };
    const smallest = [...places].sort(([, a], [, b]) => this.bytesOf(a) - this.bytesOf(b)).slice(0, tooMany + 1);
    let end = 0;
    const copies = /* @__PURE__ */ new Map();
    for (const [place2, resource] of smallest) {
      const bytes = Math.ceil(this.bytesOf(resource) / 4) * 4;
      copies.set(place2, { resource, offset: end, bytes });
      end += Math.ceil(bytes / 16) * 16;
    }
    const moved2 = (typed) => {
      const copy2 = copies.get(this.placeOf(typed.resource));
      if (!copy2) return typed;
      const offset = typed.offset + copy2.offset / bytesPerElement(typed.dtype);
      return { ...typed, resource: { kind: "pack" }, offset };
    };
    const among = (all2) => {
      const touched = new Set(all2.map(({ resource }) => this.placeOf(resource)));
      return [...copies].filter(([place2]) => touched.has(place2)).map(([, copy2]) => copy2);
    };
    return {
      operands: operands.map((operand) => operand && moved2(operand)),
      results: results.map(moved2),
      copies: { before: among(read), after: among(results) }
    };
  }
  bytesOf(resource) {
    if (resource.kind === "pack") return 0;
    if (resource.kind === "scratch") return this.#scratchBytes[resource.scratch];
    const { size, dtype } = this.plan.buffers[resource.buffer];
    return size * bytesPerElement(dtype);
  }
  add(dispatch) {
    this.#dispatches.push(dispatch);
  }
  /** Buffers at one place of the arena are the same memory, while a step runs. */
  placeOf(resource) {
    if (resource.kind === "pack") return "pack";
    if (resource.kind === "scratch") return `scratch ${resource.scratch}`;
    const { kind, arenaOffset } = this.plan.buffers[resource.buffer];
    return kind === "input" ? `input ${resource.buffer}` : `arena ${arenaOffset}`;
  }
  finish() {
    return { dispatches: this.#dispatches, scratchBytes: this.#scratchBytes };
  }
};

// packages/kernels-webgpu/src/tuned/side.ts
function elementAt(kernel, side, outer, depth2) {
  const places = [outer.place, depth2.place];
  const inside2 = [];
  for (const axis of side.image ? ["row", "column"] : []) {
    const { size, step, stride, safe } = side.image[axis];
    if (safe) continue;
    const at = kernel.hold(kernel.plus(outer[axis], depth2[axis]));
    if (step === 1) {
      inside2.push(kernel.inside(at, size));
      continue;
    }
    const place2 = kernel.hold(kernel.quotient(at, step));
    inside2.push(kernel.same(kernel.times(place2, step), at), kernel.inside(place2, size));
    places.push(kernel.times(place2, stride));
  }
  return { place: kernel.plus(...places), inside: inside2 };
}
function matrixSide(layout) {
  const { operand, offset, batchStride, outerSize, outerStride, depthSize, depthStride } = layout;
  const fours = depthStride === 1 ? "depth" : "outer";
  const [stride, size, other] = fours === "depth" ? [depthStride, depthSize, outerStride] : [outerStride, outerSize, depthStride];
  return {
    operand,
    batchStride,
    outer: (kernel, index) => ({ place: kernel.times(index, outerStride) }),
    depth: (kernel, index) => ({ place: kernel.times(index, depthStride) }),
    fours,
    aligned: stride === 1 && [size, other, batchStride, offset].every((count2) => count2 % 4 === 0),
    neighbours: fours
  };
}

// packages/kernels-webgpu/src/tuned/image-side.ts
var tapSizes = ({ dataFormat, windowSize }, channels) => dataFormat === "channelsFirst" ? [channels, ...windowSize] : [...windowSize, channels];
function unravelTap(kernel, index, window2, channels) {
  const parts = kernel.unravel(index, tapSizes(window2, channels));
  return window2.dataFormat === "channelsFirst" ? [parts[0], parts[1], parts[2]] : [parts[2], parts[0], parts[1]];
}
function imageParts({ window: window2, direction, channels }) {
  const { dataFormat, batch, inputSize, outputSize } = window2;
  const isForward = direction === "forward";
  const [readSize, positions2] = isForward ? [inputSize, outputSize] : [outputSize, inputSize];
  const strides = imageStrides2(dataFormat, channels, readSize);
  const axes = windowAxes(window2);
  const steps = axes.map(({ stride }) => isForward ? 1 : stride);
  const axisStrides = [strides.row, strides.column];
  const partOf2 = (kernel, place2, row3, column2) => {
    const [heldRow, heldColumn] = [kernel.hold(row3), kernel.hold(column2)];
    const along = [heldRow, heldColumn].map(
      (at, axis) => steps[axis] === 1 ? kernel.times(at, axisStrides[axis]) : kernel.whole(0)
    );
    return { place: kernel.hold(kernel.plus(place2, ...along)), row: heldRow, column: heldColumn };
  };
  const position = (kernel, index) => {
    const [image2, ...at] = kernel.unravel(index, [batch, ...positions2]);
    const [row3, column2] = axes.map(
      ({ stride, padding }, axis) => isForward ? kernel.minus(kernel.times(at[axis], stride), kernel.whole(padding)) : kernel.plus(at[axis], kernel.whole(padding))
    );
    return partOf2(kernel, kernel.times(image2, strides.batch), row3, column2);
  };
  const tap = (kernel, index) => {
    const [channel, ...taps] = unravelTap(kernel, index, window2, channels);
    const [row3, column2] = axes.map(({ dilation }, axis) => {
      const distance = kernel.times(taps[axis], dilation);
      return isForward ? distance : kernel.minus(kernel.whole(0), distance);
    });
    return partOf2(kernel, kernel.times(channel, strides.channel), row3, column2);
  };
  const [row2, column] = axes.map((axis, at) => ({
    size: readSize[at],
    step: steps[at],
    stride: axisStrides[at],
    safe: isForward ? staysInside(axis) : axis.taps === 1 && axis.padding === 0 && axis.stride === 1 && axis.input === axis.output
  }));
  return { position, tap, image: { row: row2, column } };
}
var hasFourChannels = ({ window: window2, channels, offset }) => window2.dataFormat === "channelsLast" && channels % 4 === 0 && offset % 4 === 0;
function windowSide(windows) {
  const { position, tap, image: image2 } = imageParts(windows);
  const aligned = hasFourChannels(windows);
  return {
    operand: windows.operand,
    batchStride: 0,
    outer: position,
    depth: tap,
    fours: "depth",
    aligned,
    // Neighbours in a row of the image are neighbouring positions of a window, unless channels lie between them.
    neighbours: aligned ? "depth" : "outer",
    image: image2
  };
}
function tapSide(windows) {
  const { position, tap, image: image2 } = imageParts(windows);
  const aligned = hasFourChannels(windows);
  const fours = aligned ? "outer" : "depth";
  return {
    operand: windows.operand,
    batchStride: 0,
    outer: tap,
    depth: position,
    fours,
    aligned,
    neighbours: fours,
    image: image2
  };
}
function channelSide(operand, offset, window2, channels) {
  const { dataFormat, batch, outputSize } = window2;
  const positions2 = outputSize[0] * outputSize[1];
  const matrix = { operand, offset, batchStride: 0, outerSize: channels, depthSize: batch * positions2 };
  if (dataFormat === "channelsLast") return matrixSide({ ...matrix, outerStride: 1, depthStride: channels });
  return {
    ...matrixSide({ ...matrix, outerStride: positions2, depthStride: 1 }),
    depth: (kernel, index) => {
      const [image2, position] = kernel.unravel(index, [batch, positions2]);
      return { place: kernel.plus(kernel.times(image2, channels * positions2), position) };
    },
    aligned: positions2 % 4 === 0 && offset % 4 === 0
  };
}
function weightSide({ operand, offset, window: window2, direction, channels }, filters) {
  const area = window2.windowSize[0] * window2.windowSize[1];
  const isForward = direction === "forward";
  const ofFilter = isForward ? channels * area : filters * area;
  const [outerStride, depthStride] = isForward ? [ofFilter, area] : [area, ofFilter];
  const matrix = { operand, offset, batchStride: 0, outerSize: filters, outerStride };
  if (area === 1) return matrixSide({ ...matrix, depthSize: channels, depthStride });
  if (isForward && window2.dataFormat === "channelsFirst") {
    return matrixSide({ ...matrix, depthSize: channels * area, depthStride: 1 });
  }
  return {
    ...matrixSide({ ...matrix, depthSize: channels * area, depthStride: 1 }),
    depth: (kernel, index) => {
      const [channel, row2, column] = unravelTap(kernel, index, window2, channels);
      const tap = kernel.plus(kernel.times(row2, window2.windowSize[1]), column);
      return { place: kernel.plus(kernel.times(channel, depthStride), tap) };
    },
    aligned: false
  };
}

// packages/kernels-webgpu/src/tuned/contraction.ts
var resultSize = ({ batch, rows, columns: columns2 }) => batch * rows * columns2;
function contractionOf({ routine, operands }) {
  if (routine.dtype !== "float32") return void 0;
  const offsets = operands.map(({ view: view2 }) => view2.offset);
  switch (routine.name) {
    case "matmul":
      return ofMatmul(routine, offsets);
    case "conv2d":
    case "conv2dInputGradient":
      return ofCorrelation(routine, offsets);
    case "conv2dKernelGradient":
      return ofKernelGradient(routine, offsets);
  }
  return void 0;
}
function ofMatmul(routine, offsets) {
  const { n: columns2, k: depth2, transposeA, transposeB, batchedA, batchedB } = routine;
  const joins = batchedA && !batchedB && !transposeA;
  const batch = joins ? 1 : routine.batch;
  const rows = joins ? routine.batch * routine.m : routine.m;
  const left = matrixSide({
    operand: 0,
    offset: offsets[0],
    batchStride: batchedA && batch > 1 ? rows * depth2 : 0,
    outerSize: rows,
    outerStride: transposeA ? 1 : depth2,
    depthSize: depth2,
    depthStride: transposeA ? rows : 1
  });
  const right = matrixSide({
    operand: 1,
    offset: offsets[1],
    batchStride: batchedB && batch > 1 ? columns2 * depth2 : 0,
    outerSize: columns2,
    outerStride: transposeB ? depth2 : 1,
    depthSize: depth2,
    depthStride: transposeB ? 1 : columns2
  });
  return {
    batch,
    rows,
    columns: columns2,
    depth: depth2,
    left,
    right,
    place: (kernel, matrix, row2, column) => kernel.affine(0, [
      [matrix, rows * columns2],
      [row2, columns2],
      [column, 1]
    ])
  };
}
function ofCorrelation(routine, offsets) {
  const { window: window2, filters } = routine;
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize } = window2;
  const isForward = routine.name === "conv2d";
  const [read, written] = isForward ? [channels, filters] : [filters, channels];
  const [height, width] = isForward ? outputSize : inputSize;
  const area = height * width;
  const windows = { window: window2, direction: isForward ? "forward" : "backward", channels: read };
  const image2 = windowSide({ ...windows, operand: 0, offset: offsets[0] });
  const weights = weightSide({ ...windows, operand: 1, offset: offsets[1] }, written);
  const depth2 = read * windowSize[0] * windowSize[1];
  const positions2 = batch * area;
  if (dataFormat === "channelsLast") {
    return {
      batch: 1,
      rows: positions2,
      columns: written,
      depth: depth2,
      left: image2,
      right: weights,
      place: (kernel, _, row2, column) => kernel.plus(kernel.times(row2, written), column)
    };
  }
  return {
    batch: 1,
    rows: written,
    columns: positions2,
    depth: depth2,
    left: weights,
    right: image2,
    place: (kernel, _, row2, column) => {
      const [picture, at] = kernel.unravel(column, [batch, area]);
      return kernel.affine(0, [
        [picture, written * area],
        [row2, area],
        [at, 1]
      ]);
    }
  };
}
function ofKernelGradient({ window: window2, filters }, offsets) {
  const { dataFormat, batch, channels, outputSize, windowSize } = window2;
  const area = windowSize[0] * windowSize[1];
  return {
    batch: 1,
    rows: filters,
    columns: channels * area,
    depth: batch * outputSize[0] * outputSize[1],
    left: channelSide(1, offsets[1], window2, filters),
    right: tapSide({ operand: 0, offset: offsets[0], window: window2, direction: "forward", channels }),
    place: (kernel, _, row2, column) => {
      const start = kernel.times(row2, channels * area);
      if (dataFormat === "channelsFirst") return kernel.plus(start, column);
      const [tap, channel] = kernel.unravel(column, [area, channels]);
      return kernel.plus(start, kernel.times(channel, area), tap);
    }
  };
}

// packages/kernels-webgpu/src/tuned/frame.ts
function frameOf(site, options) {
  const { contraction, operands, others, results, hasEdges, write } = options;
  const { left, right, rows, columns: columns2 } = contraction;
  const known = others.filter((typed) => typed !== void 0);
  const { bound, declarations, resources } = bind2([...operands, ...known, ...results], site);
  const isFours = (at) => [left, right].some(({ operand, aligned }) => operand === at && aligned) && bound[at].stored === "f32";
  const single2 = new Set(bound.filter((_, at) => !isFours(at)).map(({ name }) => name));
  const arrayOf = ({ operand }) => {
    const array = bound[operand];
    return { bound: array, isWide: !single2.has(array.name) };
  };
  const arrays = [...new Set(bound.map(({ name }) => name))].reduce(
    (text2, name) => single2.has(name) ? text2 : text2.replace(`${name}: array<f32>`, `${name}: array<vec4<f32>>`),
    declarations
  );
  let next = operands.length;
  const loaded = others.map((typed) => typed ? bound[next++] : void 0);
  const writer = new WgslWriter([...bound.slice(0, operands.length), ...loaded]);
  if (hasEdges) writer.line(`if (row >= ${rows}u || column >= ${columns2}u) { return; }`);
  const place2 = writer.hold(contraction.place(writer, "matrix", "row", "column"));
  write(writer, { part: "part", place: place2 }, { text: "raw", dtype: "float32" }, bound.slice(next));
  const head = [
    arrays,
    mathDeclarations(writer.functions),
    "fn finish(part: u32, matrix: u32, row: u32, column: u32, raw: f32) {",
    ...writer.lines,
    "}"
  ].join("\n");
  return { head, left: arrayOf(left), right: arrayOf(right), resources };
}

// packages/kernels-webgpu/src/tuned/load-fours.ts
var batchPlace = (writer, { batchStride }, matrix) => batchStride === 0 ? writer.whole(0) : writer.hold(writer.times(matrix, batchStride));
var movedBy = (writer, part, place2) => ({
  ...part,
  place: writer.hold(writer.plus(place2, part.place))
});
function partsOfFour(writer, isOne, index, partAt) {
  return Array.from(
    { length: isOne ? 1 : 4 },
    (_, at) => partAt(writer.hold(writer.plus(index, writer.whole(at))))
  );
}
var elementText = ({ name, stored, offset }, writer, place2) => {
  const text2 = `${name}[${writer.plus(place2, writer.whole(offset))}]`;
  if (stored === "f16") return `f32(${text2})`;
  return stored === "f32" ? text2 : `bitcast<f32>(${text2})`;
};
function oneOf(writer, array, side, outer, depth2, conditions) {
  const { place: place2, inside: inside2 } = elementAt(writer, side, outer, depth2);
  const all2 = [...conditions, ...inside2];
  const at = array.isWide ? writer.hold(writer.plus(place2, writer.whole(array.bound.offset))) : place2;
  const text2 = array.isWide ? `${array.bound.name}[${at} / 4u][${at} % 4u]` : elementText(array.bound, writer, place2);
  return all2.length === 0 ? text2 : `select(0f, ${text2}, ${writer.all(...all2)})`;
}
function fourOf(writer, array, side, outers, depths2, depthInside) {
  if (array.isWide) {
    const { place: place2, inside: inside2 } = elementAt(writer, side, outers[0], depths2[0]);
    const all2 = [...depthInside.slice(0, 1), ...inside2];
    const text2 = `${array.bound.name}[${writer.plus(place2, writer.whole(array.bound.offset))} / 4u]`;
    return all2.length === 0 ? text2 : `select(vec4f(), ${text2}, ${writer.all(...all2)})`;
  }
  const ones2 = [0, 1, 2, 3].map((at) => {
    const condition = depthInside[at] ?? depthInside[0];
    const conditions = condition === void 0 ? [] : [condition];
    return oneOf(writer, array, side, outers[at] ?? outers[0], depths2[at] ?? depths2[0], conditions);
  });
  return `vec4f(${ones2.join(", ")})`;
}

// packages/kernels-webgpu/src/tuned/register-kernel.ts
var letters = ["x", "y", "z", "w"];
function readStrip(writer, strip, steps) {
  const { name, side, array, outers } = strip;
  const depths2 = Array.from(
    { length: steps },
    (_, step) => side.depth(writer, writer.hold(writer.plus("depth", writer.whole(step))))
  );
  if (side.fours === "outer") {
    for (const [step, depth2] of depths2.entries())
      for (let first4 = 0; first4 < outers.length; first4 += 4) {
        const four = fourOf(writer, array, side, outers.slice(first4, first4 + 4), [depth2], []);
        writer.line(`let ${name}${step}_${first4 / 4} = ${four};`);
      }
    return (at, step) => `${name}${step}_${Math.floor(at / 4)}.${letters[at % 4]}`;
  }
  for (const [at, outer] of outers.entries()) {
    const text2 = steps === 4 ? fourOf(writer, array, side, [outer], depths2, []) : oneOf(writer, array, side, outer, depths2[0], []);
    writer.line(`let ${name}${at} = ${text2};`);
  }
  return (at, step) => steps === 4 ? `${name}${at}.${letters[step]}` : `${name}${at}`;
}
function registerKernel(label, contraction, frame, traits, tile3, splits) {
  const { rows, columns: columns2, depth: depth2, batch, left, right } = contraction;
  const [down, across] = [Math.ceil(rows / tile3.rows), Math.ceil(columns2 / tile3.columns)];
  const { parts, length } = partsOfDepth(depth2, splits);
  const threads = batch * parts * down * across;
  const groups = gridOf(threads, traits);
  const writer = new WgslWriter([]);
  const [matrix, part, y, x] = writer.unravel("index", [batch, parts, down, across]);
  const firstRow = writer.hold(writer.times(y, tile3.rows));
  const firstColumn = writer.hold(writer.times(x, tile3.columns));
  const stripOf = (name, side, array, first4, count2) => {
    const place2 = batchPlace(writer, side, matrix);
    const outers = Array.from(
      { length: count2 },
      (_, at) => movedBy(writer, side.outer(writer, writer.hold(writer.plus(first4, writer.whole(at)))), place2)
    );
    return { name, side, array, outers };
  };
  const strips = [
    stripOf("left", left, frame.left, firstRow, tile3.rows),
    stripOf("right", right, frame.right, firstColumn, tile3.columns)
  ];
  for (let row2 = 0; row2 < tile3.rows; row2++) {
    const line = Array.from({ length: tile3.columns }, (_, column) => `var sum_${row2}_${column} = 0f;`);
    writer.line(line.join(" "));
  }
  const multiply3 = (steps) => {
    const [leftAt, rightAt] = strips.map((strip) => readStrip(writer, strip, steps));
    for (let step = 0; step < steps; step++)
      for (let row2 = 0; row2 < tile3.rows; row2++) {
        const line = Array.from(
          { length: tile3.columns },
          (_, column) => `sum_${row2}_${column} += ${leftAt(row2, step)} * ${rightAt(column, step)};`
        );
        writer.line(line.join(" "));
      }
  };
  writer.line(`var depth = ${writer.times(part, length)};`);
  writer.line(`let end = min(depth + ${length}u, ${depth2}u);`);
  writer.block("for (; depth + 4u <= end; depth += 4u)", () => multiply3(4));
  if (depth2 % 4 !== 0) writer.block("for (; depth < end; depth++)", () => multiply3(1));
  for (let row2 = 0; row2 < tile3.rows; row2++)
    for (let column = 0; column < tile3.columns; column++) {
      const place2 = `${firstRow} + ${row2}u, ${firstColumn} + ${column}u`;
      writer.line(`finish(${part}, ${matrix}, ${place2}, sum_${row2}_${column});`);
    }
  const perRow = groups[1] > 1 ? ` + id.y * ${groups[0] * groupSize}u` : "";
  const code = [
    frame.head,
    `@compute @workgroup_size(${groupSize})`,
    "fn main(@builtin(global_invocation_id) id: vec3<u32>) {",
    `  let index = id.x${perRow};`,
    `  if (index >= ${threads}u) { return; }`,
    ...writer.lines,
    "}",
    ""
  ].join("\n");
  return { label, code, bindings: frame.resources, groups };
}
function partsOfDepth(depth2, wanted) {
  const length = Math.max(4, Math.ceil(depth2 / Math.max(1, wanted) / 4) * 4);
  return { parts: Math.ceil(depth2 / length), length };
}

// packages/kernels-webgpu/src/tuned/tile-kernel.ts
var tileThreads = ({ rows, columns: columns2, threadRows, threadColumns }) => rows / threadRows * (columns2 / threadColumns);
var fourStride = (tile3) => tile3.depth / 4 + 1;
var sideFours = ({ fours }, outer, tile3) => fours === "depth" ? outer * fourStride(tile3) : outer / 4 * tile3.depth;
var tileBytes = ({ left, right }, tile3) => 16 * (sideFours(left, tile3.rows, tile3) + sideFours(right, tile3.columns, tile3));
function partsOfTiles(depth2, tileDepth, wanted) {
  const tiles2 = Math.ceil(depth2 / tileDepth);
  const tilesOfPart = Math.ceil(tiles2 / Math.max(1, Math.min(wanted, tiles2)));
  return { parts: Math.ceil(tiles2 / tilesOfPart), tilesOfPart, tiles: tiles2 };
}
function ownIndex({ side, own: own2, threads, thread }, at) {
  if (side.fours === "depth" || own2 < 4) return `(${thread} + ${at * threads}u)`;
  return `(${thread} * 4u + ${Math.floor(at / 4) * threads * 4 + at % 4}u)`;
}
function slotsOf(writer, panel, tile3, matrix) {
  const { side, size, array } = panel;
  const threads = tileThreads(tile3);
  const alongDepth = side.fours === "depth";
  const [outerSteps, depthSteps] = alongDepth ? [size, tile3.depth / 4] : [size / 4, tile3.depth];
  const count2 = outerSteps * depthSteps;
  const batch = batchPlace(writer, side, matrix);
  return Array.from({ length: Math.ceil(count2 / threads) }, (_, slot) => {
    const linear = writer.hold(writer.plus("local", writer.whole(slot * threads)));
    const [outer, depth2] = side.neighbours === "depth" ? writer.unravel(linear, [outerSteps, depthSteps]) : writer.unravel(linear, [depthSteps, outerSteps]).reverse();
    const [heldOuter, heldDepth] = [writer.hold(outer), writer.hold(depth2)];
    const first4 = writer.hold(writer.plus(panel.start, writer.times(heldOuter, alongDepth ? 1 : 4)));
    const partAt = (index) => movedBy(writer, side.outer(writer, index), batch);
    return {
      target: alongDepth ? writer.affine(0, [
        [heldOuter, fourStride(tile3)],
        [heldDepth, 1]
      ]) : writer.affine(0, [
        [heldDepth, size / 4],
        [heldOuter, 1]
      ]),
      outers: partsOfFour(writer, alongDepth || array.isWide, first4, partAt),
      depth: writer.hold(writer.times(heldDepth, alongDepth ? 4 : 1)),
      guard: (slot + 1) * threads > count2 ? `${linear} < ${count2}u` : void 0
    };
  });
}
function bringSlots(writer, panel, slots, contraction, tile3) {
  const { side, array, name } = panel;
  const isOne = side.fours === "outer" || array.isWide;
  const hasEnd = contraction.depth % tile3.depth !== 0;
  for (const [at, slot] of slots.entries()) {
    const depths2 = [];
    const inside2 = [];
    const first4 = writer.hold(writer.plus("depth", slot.depth));
    for (let step = 0; step < (isOne ? 1 : 4); step++) {
      const index = writer.hold(writer.plus(first4, writer.whole(step)));
      depths2.push(side.depth(writer, index));
      if (hasEnd) inside2.push(writer.inside(index, contraction.depth));
    }
    writer.line(`${name}_${at} = ${fourOf(writer, array, side, slot.outers, depths2, inside2)};`);
  }
}
var letters2 = ["x", "y", "z", "w"];
function multiply2(writer, left, right, tile3) {
  const panelText = (panel) => {
    const { side, name, own: own2, size } = panel;
    if (side.fours === "depth") {
      for (let at = 0; at < own2; at++) {
        writer.line(
          `let ${name}${at} = ${name}_tile[${ownIndex(panel, at)} * ${fourStride(tile3)}u + quarter];`
        );
      }
      return (at, step) => `${name}${at}.${letters2[step]}`;
    }
    for (let step = 0; step < 4; step++)
      for (let group = 0; group < own2 / 4; group++) {
        const row2 = `(quarter * 4u + ${step}u) * ${size / 4}u`;
        const column = `${panel.thread} + ${group * panel.threads}u`;
        writer.line(`let ${name}${step}_${group} = ${name}_tile[${row2} + ${column}];`);
      }
    return (at, step) => `${name}${step}_${Math.floor(at / 4)}.${letters2[at % 4]}`;
  };
  const leftAt = panelText(left);
  const rightAt = panelText(right);
  for (let step = 0; step < 4; step++)
    for (let row2 = 0; row2 < left.own; row2++) {
      const line = Array.from(
        { length: right.own },
        (_, column) => `sum_${row2}_${column} += ${leftAt(row2, step)} * ${rightAt(column, step)};`
      );
      writer.line(line.join(" "));
    }
}
function tileKernel(label, contraction, frame, tile3, splits) {
  const { rows, columns: columns2, depth: depth2, batch, left, right } = contraction;
  const threads = tileThreads(tile3);
  const { parts, tilesOfPart, tiles: tiles2 } = partsOfTiles(depth2, tile3.depth, splits);
  const [threadsDown, threadsAcross] = [tile3.rows / tile3.threadRows, tile3.columns / tile3.threadColumns];
  const writer = new WgslWriter([]);
  const panels = [
    {
      name: "left",
      side: left,
      array: frame.left,
      size: tile3.rows,
      own: tile3.threadRows,
      threads: threadsDown,
      thread: "down",
      start: "firstRow"
    },
    {
      name: "right",
      side: right,
      array: frame.right,
      size: tile3.columns,
      own: tile3.threadColumns,
      threads: threadsAcross,
      thread: "across",
      start: "firstColumn"
    }
  ];
  writer.line(`let across = local % ${threadsAcross}u;`);
  writer.line(`let down = local / ${threadsAcross}u;`);
  writer.line(`let firstRow = group.y * ${tile3.rows}u;`);
  writer.line(`let firstColumn = group.x * ${tile3.columns}u;`);
  writer.line(`let part = ${writer.remainder("group.z", parts)};`);
  writer.line(`let matrix = ${writer.quotient("group.z", parts)};`);
  writer.line(`let turns = min(${tilesOfPart}u, ${tiles2}u - part * ${tilesOfPart}u);`);
  const slots = panels.map((panel) => slotsOf(writer, panel, tile3, "matrix"));
  for (const [at, { name }] of panels.entries())
    for (const slot of slots[at].keys()) writer.line(`var ${name}_${slot}: vec4f;`);
  for (let row2 = 0; row2 < tile3.threadRows; row2++) {
    const line = Array.from({ length: tile3.threadColumns }, (_, column) => `var sum_${row2}_${column} = 0f;`);
    writer.line(line.join(" "));
  }
  writer.block("for (var turn = 0u; turn <= turns; turn++)", () => {
    writer.block("if (turn < turns)", () => {
      writer.line(`let depth = (part * ${tilesOfPart}u + turn) * ${tile3.depth}u;`);
      for (const [at, panel] of panels.entries()) bringSlots(writer, panel, slots[at], contraction, tile3);
    });
    writer.block(
      "if (turn > 0u)",
      () => writer.block(
        `for (var quarter = 0u; quarter < ${tile3.depth / 4}u; quarter++)`,
        () => multiply2(writer, panels[0], panels[1], tile3)
      )
    );
    writer.line("workgroupBarrier();");
    writer.block("if (turn < turns)", () => {
      for (const [at, { name }] of panels.entries())
        for (const [slot, { target, guard }] of slots[at].entries()) {
          const store = `${name}_tile[${target}] = ${name}_${slot};`;
          writer.line(guard ? `if (${guard}) { ${store} }` : store);
        }
    });
    writer.line("workgroupBarrier();");
  });
  for (let row2 = 0; row2 < tile3.threadRows; row2++)
    for (let column = 0; column < tile3.threadColumns; column++) {
      const [y, x] = [ownIndex(panels[0], row2), ownIndex(panels[1], column)];
      writer.line(`finish(part, matrix, firstRow + ${y}, firstColumn + ${x}, sum_${row2}_${column});`);
    }
  const code = [
    frame.head,
    ...panels.map(
      ({ name, side, size }) => `var<workgroup> ${name}_tile: array<vec4f, ${sideFours(side, size, tile3)}>;`
    ),
    `@compute @workgroup_size(${threads})`,
    "fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {",
    ...writer.lines,
    "}",
    ""
  ].join("\n");
  const groups = [Math.ceil(columns2 / tile3.columns), Math.ceil(rows / tile3.rows), batch * parts];
  return { label, code, bindings: frame.resources, groups };
}

// packages/kernels-webgpu/src/tuned/emit-contraction.ts
var joinedAtOnce = 16;
function emitContraction(builder, step, contraction, variant) {
  const { epilogue, output } = step;
  const operands = step.operands.map(({ buffer, view: view2 }) => builder.buffer(buffer, view2.offset));
  const others = (epilogue?.operands ?? []).map((operand) => builder.operand(operand));
  const outputs = [...output === void 0 ? [] : [output], ...epilogue?.outputs ?? []];
  const results = outputs.map((buffer) => builder.buffer(buffer));
  const known = others.filter((typed) => typed !== void 0);
  const memories = new Set(
    [...operands, ...known, ...results].map(({ resource }) => builder.placeOf(resource))
  );
  const size = resultSize(contraction);
  const emit = (name, options) => {
    const { tile: tile3 } = variant;
    const hasEdges = contraction.rows % tile3.rows !== 0 || contraction.columns % tile3.columns !== 0;
    const frame = frameOf(builder, { contraction, operands, hasEdges, ...options });
    const label = name ? `${builder.label}: ${name}` : builder.label;
    builder.add(
      variant.kind === "tile" ? tileKernel(label, contraction, frame, variant.tile, variant.parts) : registerKernel(label, contraction, frame, builder.traits, variant.tile, variant.parts)
    );
  };
  if (variant.parts === 1 && memories.size <= builder.traits.maxBindings) {
    emit("", {
      others,
      results,
      write: (writer, { place: place2 }, raw, bound) => {
        const rest = output === void 0 ? bound : bound.slice(1);
        const raws = output === void 0 ? void 0 : bound[0];
        writeResult(writer, place2, raw, raws, epilogue, operands.length, rest);
      }
    });
    return;
  }
  const partial = builder.scratch(variant.parts * size, "float32");
  emit("parts", {
    others: [],
    results: [partial],
    write: (writer, { part, place: place2 }, raw, [target]) => writer.store(target, writer.plus(writer.times(part, size), place2), raw)
  });
  joinParts2(builder, step, partial, variant.parts, size, others, results);
}
function joinParts2(builder, { epilogue, output }, partial, parts, size, others, results) {
  let [joined, left] = [partial, parts];
  if (parts > joinedAtOnce) {
    const groups = Math.ceil(parts / joinedAtOnce);
    const target = builder.scratch(groups * size, "float32");
    builder.threads(
      groups * size,
      [partial],
      [target],
      (writer, index, [result]) => {
        const [group, place2] = writer.unravel(index, [groups, size]);
        const total2 = writer.cell(writer.zero("float32"));
        for (let turn = 0; turn < joinedAtOnce; turn++) {
          const part = writer.hold(writer.plus(writer.times(group, joinedAtOnce), writer.whole(turn)));
          const at = writer.plus(writer.times(part, size), place2);
          const add2 = () => writer.accumulate(total2, writer.load(0, at));
          if (groups * joinedAtOnce === parts) add2();
          else writer.when(writer.inside(part, parts), add2);
        }
        writer.store(result, index, writer.read(total2));
      },
      { name: "join parts" }
    );
    [joined, left] = [target, groups];
  }
  builder.threads(
    size,
    [joined, ...others],
    results,
    (writer, index, bound) => {
      const total2 = writer.cell(writer.zero("float32"));
      for (let part = 0; part < left; part++) {
        writer.accumulate(total2, writer.load(0, writer.plus(writer.whole(part * size), index)));
      }
      const rest = output === void 0 ? bound : bound.slice(1);
      const raws = output === void 0 ? void 0 : bound[0];
      writeResult(writer, index, writer.read(total2), raws, epilogue, 1, rest);
    },
    { name: "join" }
  );
}

// packages/kernels-webgpu/src/tuned/variants.ts
var tile2 = (rows, columns2, depth2, threadRows, threadColumns) => ({
  rows,
  columns: columns2,
  depth: depth2,
  threadRows,
  threadColumns
});
var tiles = [
  tile2(128, 128, 16, 8, 8),
  tile2(128, 128, 8, 8, 8),
  tile2(64, 128, 16, 4, 8),
  tile2(128, 64, 16, 8, 4),
  tile2(64, 64, 16, 4, 4),
  tile2(32, 128, 16, 4, 4),
  tile2(128, 32, 16, 4, 4),
  tile2(32, 32, 16, 4, 4),
  tile2(8, 128, 16, 4, 4),
  tile2(128, 8, 16, 4, 4)
];
var registerTiles = [
  { rows: 4, columns: 4 },
  { rows: 4, columns: 8 },
  { rows: 8, columns: 4 }
];
var wantedGroups = 256;
var shortestPart = 64;
var longestPart = 4096;
var mostParts2 = 64;
var mostPartialBytes = 1 << 26;
var fewestResults = 16;
var variantName = ({ kind, tile: { rows, columns: columns2, ...rest }, parts }) => {
  const inner = "depth" in rest ? `x${rest.depth} (${rest.threadRows}x${rest.threadColumns})` : "";
  return `${kind} ${rows}x${columns2}${inner}, ${parts} ${parts === 1 ? "part" : "parts"}`;
};
function partsFor(contraction, groups) {
  const { depth: depth2 } = contraction;
  const bytes = 4 * resultSize(contraction);
  const most = Math.min(mostParts2, Math.floor(mostPartialBytes / bytes), Math.floor(depth2 / shortestPart));
  const wanted = Math.max(
    groups >= wantedGroups / 2 ? 1 : Math.ceil(wantedGroups / groups),
    Math.ceil(depth2 / longestPart)
  );
  return Math.max(1, Math.min(most, wanted));
}
var used = ({ rows, columns: columns2 }, { rows: height, columns: width }) => rows * columns2 / (Math.ceil(rows / height) * height * Math.ceil(columns2 / width) * width);
function fits(traits, contraction, { tile: tile3, parts }) {
  const { rows, columns: columns2, batch } = contraction;
  const grid = [Math.ceil(columns2 / tile3.columns), Math.ceil(rows / tile3.rows), batch * parts];
  return tileThreads(tile3) <= traits.maxThreads && tileBytes(contraction, tile3) <= traits.workgroupBytes && grid.every((groups) => groups <= traits.maxGroups);
}
function withTile(contraction, tile3) {
  const { rows, columns: columns2, batch, depth: depth2 } = contraction;
  const groups = Math.ceil(rows / tile3.rows) * Math.ceil(columns2 / tile3.columns) * batch;
  const { parts } = partsOfTiles(depth2, tile3.depth, partsFor(contraction, groups));
  return { kind: "tile", tile: tile3, parts };
}
function withRegisters(contraction, tile3) {
  const { rows, columns: columns2, batch, depth: depth2 } = contraction;
  const threads = Math.ceil(rows / tile3.rows) * Math.ceil(columns2 / tile3.columns) * batch;
  const { parts } = partsOfDepth(depth2, partsFor(contraction, Math.ceil(threads / 4)));
  return { kind: "register", tile: tile3, parts };
}
function cost(contraction, variant) {
  const { rows, columns: columns2, batch } = contraction;
  const { tile: tile3, parts } = variant;
  const groups = Math.ceil(rows / tile3.rows) * Math.ceil(columns2 / tile3.columns) * batch * parts;
  const reads = 1 + 24 / tile3.rows + 24 / tile3.columns;
  const perThread = 1 + 8 / (tile3.threadRows * tile3.threadColumns);
  const idle = Math.max(1, wantedGroups / (groups * Math.max(1, tile3.rows * tile3.columns / 4096)));
  return reads * perThread * Math.sqrt(idle) / used(contraction, tile3);
}
function variantsOf(traits, contraction) {
  const { rows, columns: columns2, depth: depth2, batch } = contraction;
  if (rows * columns2 < fewestResults || depth2 === 0 || batch === 0) return [];
  if (traits.software) {
    const image2 = contraction.left.image ?? contraction.right.image;
    if (image2 && image2.row.step * image2.column.step > 1) return [];
    return registerTiles.map((tile3) => withRegisters(contraction, tile3)).sort((a, b) => used(contraction, b.tile) - used(contraction, a.tile));
  }
  return tiles.map((tile3) => withTile(contraction, tile3)).filter((variant) => fits(traits, contraction, variant)).sort((a, b) => cost(contraction, a) - cost(contraction, b));
}

// packages/kernels-webgpu/src/wgsl/tuned-routines.ts
function tunedRoutines(builder, step) {
  const { traits } = builder;
  if (!traits.tuned) return false;
  const contraction = contractionOf(step);
  if (!contraction) return false;
  const variants = variantsOf(traits, contraction);
  if (variants.length === 0) return false;
  const { left, right } = contraction;
  const problem = JSON.stringify([step.routine, left.aligned, right.aligned]);
  const choice = traits.choices?.choose(problem, variants.map(variantName)) ?? 0;
  emitContraction(builder, step, contraction, variants[choice]);
  return true;
}

// packages/kernels-webgpu/src/wgsl/step-kernels.ts
function stepKernels(plan, step, label, traits) {
  const isHalf2 = step.kind === "routine" && step.routine.dtype === "float16";
  const builder = new StepBuilder(plan, traits, label, isHalf2);
  if (step.kind === "elementwise") emitElementwise(builder, step);
  else if (step.kind === "reduce") emitReduce(builder, step);
  else emitRoutine(builder, isHalf2 ? { ...step, routine: { ...step.routine, dtype: "float32" } } : step);
  return builder.finish();
}
function emitRoutine(builder, step) {
  const { routine } = step;
  if (tunedRoutines(builder, step) || emitRecurrent(builder, step)) return;
  const plain = allPlainRoutines[routine.name];
  if (!plain) throw new DeviceError(`webgpu: there is no kernel for ${routine.name}`);
  emitPasses(builder, step, plain(routine));
}
var LoadRecorder = class extends WgslWriter {
  loaded = /* @__PURE__ */ new Set();
  load(operand, place2) {
    this.loaded.add(operand);
    return super.load(operand, place2);
  }
};
function loadedBy(pass, operands) {
  const stored = ({ dtype }) => dtype === "float32" ? "f32" : "i32";
  const bound = operands.map(
    (operand, at) => ({ ...operand, name: `b${at}`, stored: stored(operand) })
  );
  const recorder = new LoadRecorder(bound);
  if (pass.size > 0) pass.write(recorder, "index");
  return operands.map((operand, at) => recorder.loaded.has(at) ? operand : void 0);
}
function emitPasses(builder, step, passes) {
  const operands = step.operands.map(({ buffer, view: view2 }) => builder.buffer(buffer, view2.offset));
  for (const [at, pass] of passes.entries()) {
    const last = at === passes.length - 1;
    const loaded = loadedBy(pass, operands);
    if (!last) {
      const target = builder.scratch(pass.size, pass.dtype);
      const options = { name: `pass ${at + 1}` };
      builder.threads(
        pass.size,
        loaded,
        [target],
        (writer, index, [result]) => writer.store(result, index, pass.write(writer, index)),
        options
      );
      operands.push(target);
      continue;
    }
    const { epilogue, output } = step;
    const first4 = operands.length;
    const all2 = [...loaded, ...(epilogue?.operands ?? []).map((operand) => builder.operand(operand))];
    const outputs = [...output === void 0 ? [] : [output], ...epilogue?.outputs ?? []];
    builder.threads(
      pass.size,
      all2,
      outputs.map((buffer) => builder.buffer(buffer)),
      (writer, index, results) => {
        const raw = pass.write(writer, index);
        const rest = output === void 0 ? results : results.slice(1);
        writeResult(writer, index, raw, output === void 0 ? void 0 : results[0], epilogue, first4, rest);
      }
    );
  }
}

// packages/kernels-webgpu/src/runtime/gpu-device.ts
init_src();
init_buffer_usage();

// packages/kernels-webgpu/src/runtime/find-adapter.ts
init_src();
var dawnPackage = "webgpu";
var fineTimes = "disable-dawn-features=timestamp_quantization";
var kept2 = /* @__PURE__ */ new Set();
async function gpuOfNode() {
  let dawn;
  try {
    dawn = await import(
      /* @vite-ignore */
      dawnPackage
    );
  } catch {
    throw new DeviceError(
      'webgpu: Node has no WebGPU of its own, got no package "webgpu", expected it installed (npm install webgpu)'
    );
  }
  const gpu = dawn.create([fineTimes]);
  kept2.add(gpu);
  return gpu;
}
async function findAdapter({ gpu, powerPreference }) {
  const inNode = typeof globalThis.process?.versions?.node === "string";
  const own2 = globalThis.navigator?.gpu;
  if (!gpu && !own2 && !inNode) {
    throw new DeviceError("webgpu: this browser has no WebGPU, or the page is not served securely (https)");
  }
  const source = gpu ?? own2 ?? await gpuOfNode();
  const adapter = await source.requestAdapter({ powerPreference: powerPreference ?? "high-performance" });
  if (!adapter) {
    throw new DeviceError(
      "webgpu: no adapter, expected a GPU with a driver for Vulkan, Metal or Direct3D 12"
    );
  }
  return adapter;
}
var software = /swiftshader|llvmpipe|lavapipe|basic render|software/i;
function describeAdapter({ info }) {
  const name = [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(" ");
  const isSoftware = info.isFallbackAdapter === true || software.test(name);
  return { name: info.description || info.device || name || "unnamed GPU", software: isSoftware };
}

// packages/kernels-webgpu/src/runtime/gpu-device.ts
var wantedLimits = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize"
];
var wantedFeatures = ["shader-f16", "subgroups", "timestamp-query"];
var turnStride = 256;
var GpuDevice = class _GpuDevice {
  constructor(device, info, traits) {
    this.device = device;
    this.info = info;
    this.traits = traits;
    device.onuncapturederror = ({ error }) => {
      this.#failure ??= error.message;
    };
  }
  device;
  info;
  traits;
  #pipelines = /* @__PURE__ */ new Map();
  #layouts = /* @__PURE__ */ new Map();
  #turns;
  #failure;
  /** @param given what to take as the device's traits instead of its own */
  static async open(adapter, given2 = {}) {
    const features = wantedFeatures.filter((feature) => adapter.features.has(feature));
    const device = await adapter.requestDevice({
      label: "hekla",
      requiredFeatures: features,
      requiredLimits: Object.fromEntries(wantedLimits.map((limit) => [limit, adapter.limits[limit]]))
    });
    const info = describeAdapter(adapter);
    const { limits } = device;
    const traits = {
      tuned: isOn("TUNED"),
      software: info.software,
      subgroups: features.includes("subgroups"),
      f16: features.includes("shader-f16"),
      maxGroups: limits.maxComputeWorkgroupsPerDimension,
      maxBindings: limits.maxStorageBuffersPerShaderStage,
      maxBindingBytes: limits.maxStorageBufferBindingSize,
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
      maxThreads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
      ...given2
    };
    return new _GpuDevice(device, info, traits);
  }
  get queue() {
    return this.device.queue;
  }
  get maxBytes() {
    return this.device.limits.maxBufferSize;
  }
  get hasTimestamps() {
    return this.device.features.has("timestamp-query");
  }
  /** @throws DeviceError with what the device complained about, once it has */
  check() {
    if (this.#failure !== void 0) throw new DeviceError(`webgpu: ${this.#failure}`);
  }
  /** Brings values over; WebGPU writes four bytes at a time. */
  write(buffer, offset, data) {
    if (data.length === 0) return;
    const isOdd = data.byteLength % 4 !== 0;
    const whole = isOdd ? new Uint16Array(data.length + 1) : data;
    if (isOdd) whole.set(data);
    this.queue.writeBuffer(buffer, offset, whole);
  }
  make(bytes, label) {
    return this.device.createBuffer({ label, size: bytes, usage: storage | copySource | copyTarget });
  }
  /** The pipeline of a kernel; equal kernels share one. */
  pipeline(code, label, bindings, hasTurn) {
    const known = this.#pipelines.get(code);
    if (known) return known;
    const { device } = this;
    const bindGroupLayouts = [this.layout(bindings), ...hasTurn ? [this.#turnLayout()] : []];
    const pipeline = device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts }),
      compute: { module: device.createShaderModule({ label, code }), entryPoint: "main" }
    });
    this.#pipelines.set(code, pipeline);
    return pipeline;
  }
  get pipelines() {
    return this.#pipelines.size;
  }
  /** The layout of a group of so many storage buffers. */
  layout(bindings) {
    return this.#layout(
      `${bindings}`,
      Array.from({ length: bindings }, (_, binding) => ({ binding, buffer: { type: "storage" } }))
    );
  }
  /** A group whose number at the dynamic offset `turn * turnStride` is `turn`, for `turn < count`. */
  turns(count2) {
    if (this.#turns && this.#turns.count >= count2) return this.#turns.group;
    const rounded2 = 2 ** Math.ceil(Math.log2(Math.max(count2, 64)));
    const numbers = new Uint32Array(rounded2 * turnStride / 4);
    for (let turn = 0; turn < rounded2; turn++) numbers[turn * turnStride / 4] = turn;
    const buffer = this.device.createBuffer({
      label: "turns",
      size: numbers.byteLength,
      usage: uniform | copyTarget
    });
    this.queue.writeBuffer(buffer, 0, numbers);
    const group = this.device.createBindGroup({
      layout: this.#turnLayout(),
      entries: [{ binding: 0, resource: { buffer, size: 16 } }]
    });
    this.#turns = { buffer, group, count: rounded2 };
    return group;
  }
  static turnOffset(turn) {
    return turn * turnStride;
  }
  destroy() {
    this.device.onuncapturederror = null;
    this.device.destroy();
  }
  #turnLayout() {
    return this.#layout("turn", [{ binding: 0, buffer: { type: "uniform", hasDynamicOffset: true } }]);
  }
  #layout(key, entries) {
    const known = this.#layouts.get(key);
    if (known) return known;
    const compute = 4;
    const layout = this.device.createBindGroupLayout({
      label: `${key} bindings`,
      entries: entries.map((entry) => ({ ...entry, visibility: compute }))
    });
    this.#layouts.set(key, layout);
    return layout;
  }
};

// packages/kernels-webgpu/src/runtime/slots.ts
var HostSlot2 = class {
  constructor(data, dtype) {
    this.data = data;
    this.dtype = dtype;
  }
  data;
  dtype;
  get size() {
    return this.data.length;
  }
};
var DeviceSlot = class {
  constructor(region, size, dtype, persistent) {
    this.region = region;
    this.size = size;
    this.dtype = dtype;
    this.persistent = persistent;
  }
  region;
  size;
  dtype;
  persistent;
  freed = false;
};

// packages/kernels-webgpu/src/runtime/plan-executable.ts
var PlanExecutable = class {
  constructor(plan, machine) {
    this.plan = plan;
    this.machine = machine;
    const { traits } = machine.device;
    checkBindings(plan, traits.maxBindingBytes, machine.device.info.name);
    const dispatches = [];
    let scratchBytes = 0;
    this.#scratch = plan.steps.map((step, at) => {
      const label = step.label ? `${stepName(step)} (${step.label})` : stepName(step);
      const kernels = stepKernels(plan, step, label, traits);
      dispatches.push(...kernels.dispatches.map((dispatch) => ({ ...dispatch, step: at })));
      let end = 0;
      const offsets = kernels.scratchBytes.map((bytes) => {
        const offset = end;
        end += Math.max(256, Math.ceil(bytes / 256) * 256);
        return offset;
      });
      scratchBytes = Math.max(scratchBytes, end);
      return offsets;
    });
    this.dispatches = dispatches;
    this.arenaBytes = plan.arenaBytes + scratchBytes;
    this.#packBytes = Math.max(
      0,
      ...dispatches.flatMap(
        ({ before: before3 = [], after = [] }) => [...before3, ...after].map(({ offset, bytes }) => offset + bytes)
      )
    );
    this.#uploads = plan.inputs.map(() => void 0);
    this.#inputOf = new Map(plan.inputs.map((buffer, position) => [buffer, position]));
    machine.claimArena(this.arenaBytes);
  }
  plan;
  machine;
  dispatches;
  /** Bytes of arena: the plan's own and, behind it, what dispatches of one step hand on. */
  arenaBytes;
  #packBytes;
  #scratch;
  /** Where inputs go that come from the host, or that are bound twice. */
  #uploads;
  #inputOf;
  #prepared;
  run(slots) {
    const { plan, machine } = this;
    const inputs = this.#bind(slots);
    const outputs = plan.outputs.map((buffer) => {
      const { size, dtype } = plan.buffers[buffer];
      return machine.newSlot(size, dtype, false);
    });
    machine.commit({ kind: "run", executable: this, inputs, outputs });
    return outputs;
  }
  dispose() {
    for (const region of this.#uploads) if (region) this.machine.heap.free(region);
    this.#uploads.fill(void 0);
    this.#prepared = void 0;
  }
  /** Encodes a run: what has to be brought over, the dispatches, results out of the arena. */
  perform(inputs, outputs) {
    const { machine, plan } = this;
    const { device } = machine;
    const prepared2 = this.#prepare(regionsOf(inputs));
    for (const { region, data } of inputs) {
      if (data) device.write(region.chunk.buffer, region.offset, data);
    }
    const encoder = device.device.createCommandEncoder();
    for (const { region, from, size, dtype } of inputs) {
      if (from) machine.copyRegion(encoder, from, region, size * bytesPerElement(dtype));
    }
    const timed = machine.timer?.begin(
      this.plan,
      this.dispatches.map(({ step }) => step)
    );
    this.#encode(encoder, prepared2, regionsOf(inputs), timed);
    timed?.resolve(encoder);
    outputs.forEach(({ region, size, dtype }, at) => {
      const { arenaOffset } = plan.buffers[plan.outputs[at]];
      const bytes = Math.ceil(size * bytesPerElement(dtype) / 4) * 4;
      if (bytes > 0) {
        encoder.copyBufferToBuffer(prepared2.arena, arenaOffset, region.chunk.buffer, region.offset, bytes);
      }
    });
    device.queue.submit([encoder.finish()]);
    timed?.submitted();
  }
  #encode(encoder, prepared2, regions, timed) {
    const { pipelines, groups, device, arena, pack } = prepared2;
    let pass;
    let current;
    for (let at = 0; at < this.dispatches.length; at++) {
      const { groups: grid, turn, before: before3, after, step } = this.dispatches[at];
      if (before3) {
        pass?.end();
        pass = void 0;
        for (const { resource, offset, bytes } of before3) {
          const from = this.#binding(resource, step, regions, arena, pack);
          if (bytes > 0) encoder.copyBufferToBuffer(from.buffer, from.offset, pack, offset, bytes);
        }
      }
      if (timed) {
        pass?.end();
        pass = void 0;
      }
      if (!pass) {
        pass = encoder.beginComputePass(timed?.pass(at));
        current = void 0;
      }
      const pipeline = pipelines[at];
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, groups[at]);
      if (turn !== void 0) pass.setBindGroup(1, device.turns(turn + 1), [GpuDevice.turnOffset(turn)]);
      pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
      if (!after) continue;
      pass.end();
      pass = void 0;
      for (const { resource, offset, bytes } of after) {
        const to = this.#binding(resource, step, regions, arena, pack);
        if (bytes > 0) encoder.copyBufferToBuffer(pack, offset, to.buffer, to.offset, bytes);
      }
    }
    pass?.end();
  }
  /** Pipelines and bind groups for this device and memory; those of the run before where nothing has moved. */
  #prepare(regions) {
    const { device } = this.machine;
    const arena = this.arenaBytes > 0 ? this.machine.shared("arena", this.arenaBytes) : void 0;
    const pack = this.#packBytes > 0 ? this.machine.shared("pack", this.#packBytes) : void 0;
    const before3 = this.#prepared;
    const kept4 = before3?.device === device && before3.arena === arena && before3.pack === pack;
    if (kept4 && regions.every((region, at) => region === before3.regions[at])) return before3;
    const pipelines = kept4 ? before3.pipelines : this.dispatches.map(
      ({ code, label, bindings, turn }) => device.pipeline(code, label, bindings.length, turn !== void 0)
    );
    const moved2 = regions.map((region, at) => !kept4 || region !== before3.regions[at]);
    const groups = this.dispatches.map((dispatch, at) => {
      const { bindings } = dispatch;
      if (kept4 && !bindings.some((resource) => moved2[this.#positionOf(resource) ?? -1]))
        return before3.groups[at];
      return device.device.createBindGroup({
        layout: device.layout(bindings.length),
        entries: bindings.map((resource, binding) => ({
          binding,
          resource: this.#binding(resource, dispatch.step, regions, arena, pack)
        }))
      });
    });
    this.#prepared = { device, arena, pack, regions, pipelines, groups };
    return this.#prepared;
  }
  #positionOf(resource) {
    return resource.kind === "buffer" ? this.#inputOf.get(resource.buffer) : void 0;
  }
  #binding(resource, step, regions, arena, pack) {
    if (resource.kind === "pack") return { buffer: pack };
    if (resource.kind === "scratch") {
      const offsets = this.#scratch[step];
      const offset = this.plan.arenaBytes + offsets[resource.scratch];
      const next = offsets[resource.scratch + 1];
      const end = next === void 0 ? this.arenaBytes : this.plan.arenaBytes + next;
      return { buffer: arena, offset, size: end - offset };
    }
    const { size, dtype, arenaOffset } = this.plan.buffers[resource.buffer];
    const bytes = Math.max(16, Math.ceil(size * bytesPerElement(dtype) / 16) * 16);
    const position = this.#inputOf.get(resource.buffer);
    if (position === void 0) return { buffer: arena, offset: arenaOffset, size: bytes };
    const region = regions[position];
    return { buffer: region.chunk.buffer, offset: region.offset, size: bytes };
  }
  /** Where each input lies; those of the host, and those that are bound twice, get a place of their own. */
  #bind(slots) {
    const seen = /* @__PURE__ */ new Set();
    const assigned = new Set(this.plan.assigned);
    for (const position of assigned) seen.add(this.machine.own(slots[position]).region);
    return slots.map((slot, position) => {
      const { size, dtype } = slot;
      if (slot instanceof HostSlot2) {
        return { region: this.#upload(position, slot), size, dtype, data: slot.data };
      }
      const { region } = this.machine.own(slot);
      if (assigned.has(position)) return { region, size, dtype };
      if (!seen.has(region)) {
        seen.add(region);
        return { region, size, dtype };
      }
      return { region: this.#upload(position, slot), size, dtype, from: region };
    });
  }
  #upload(position, { size, dtype }) {
    const known = this.#uploads[position];
    if (known) return known;
    const region = this.machine.heap.allocate(size * bytesPerElement(dtype));
    this.#uploads[position] = region;
    return region;
  }
};
function checkBindings(plan, most, device) {
  for (const { size, dtype } of plan.buffers) {
    const bytes = size * bytesPerElement(dtype);
    if (bytes > most) {
      throw new DeviceError(
        `webgpu: a tensor of ${size} elements does not fit into what ${device} lets a kernel see at once, got ${bytes} bytes, expected at most ${most} (a smaller batch, or the wasm backend)`
      );
    }
  }
}
var regionsOf = (inputs) => inputs.map(({ region }) => region);

// packages/kernels-webgpu/src/backend.ts
var WebGpuBackend = class {
  constructor(machine) {
    this.machine = machine;
    const { info, traits } = machine.device;
    this.device = info;
    this.dtypes = [...traits.f16 ? ["float16"] : [], "float32", "int32", "bool"];
  }
  machine;
  name = "webgpu";
  dtypes;
  device;
  prepare(plan) {
    return new PlanExecutable(plan, this.machine);
  }
  upload(data, dtype) {
    this.#requireDtype(dtype);
    return new HostSlot2(data, dtype);
  }
  allocate(size, dtype) {
    this.#requireDtype(dtype);
    const slot = this.machine.newSlot(size, dtype, true);
    this.machine.commit({ kind: "allocate", to: slot });
    return slot;
  }
  write(slot, data) {
    const to = this.#allocated("write", slot, data.length);
    this.machine.commit({ kind: "write", to, data: data.slice() });
  }
  copy(slot, from) {
    const to = this.#allocated("copy", slot, from.size);
    if (from instanceof HostSlot2) this.machine.commit({ kind: "write", to, data: from.data });
    else this.machine.commit({ kind: "copy", to, from: this.machine.own(from) });
  }
  async read(slot) {
    return slot instanceof HostSlot2 ? slot.data.slice() : this.machine.read(this.machine.own(slot));
  }
  readSync(slot) {
    if (slot instanceof HostSlot2) return slot.data.slice();
    throw new DeviceError(
      "webgpu: values cannot be read at once, got dataSync, expected `await tensor.data()` (or item(), host())"
    );
  }
  free(slot) {
    if (!(slot instanceof HostSlot2)) this.machine.free(this.machine.own(slot));
  }
  memory() {
    const { persistentBytes, arenaBytes, slots } = this.machine;
    return { persistentBytes, arenaBytes, slots };
  }
  async profile() {
    return (await Promise.resolve().then(() => (init_timer(), timer_exports))).beginProfile(this.machine);
  }
  /** The device as WebGPU knows it; another one after it was lost. */
  get gpuDevice() {
    return this.machine.device.device;
  }
  dispose() {
    this.machine.dispose();
  }
  #allocated(op, slot, length) {
    if (slot instanceof HostSlot2) {
      throw new DeviceError(`${op}: got an uploaded slot, expected one from allocate`);
    }
    if (length !== slot.size) {
      throw new DeviceError(`${op}: sizes differ, got ${length} values, expected ${slot.size}`);
    }
    return this.machine.own(slot);
  }
  #requireDtype(dtype) {
    if (this.dtypes.includes(dtype)) return;
    throw new DtypeError(`webgpu: got ${dtype}, expected ${this.dtypes.join(", ")}`);
  }
};

// packages/kernels-webgpu/src/runtime/machine.ts
init_src();
init_buffer_usage();

// packages/kernels-webgpu/src/runtime/heap.ts
init_src();
var ownBuffer = 1 << 24;
var chunkBytes = 1 << 25;
var roundedUp = (bytes) => Math.max(1, Math.ceil(bytes / arenaAlignment)) * arenaAlignment;
var Heap = class {
  constructor(maker) {
    this.maker = maker;
  }
  maker;
  chunks = /* @__PURE__ */ new Set();
  /** Free pieces of each shared chunk, by offset. */
  #free = /* @__PURE__ */ new Map();
  #used = 0;
  /** Called with a chunk that goes, before its buffer does. */
  onRetire = () => {
  };
  /** Bytes of a chunk up to the end of its last region. */
  extent(chunk) {
    const last = this.#free.get(chunk)?.at(-1);
    return last && last.offset + last.bytes === chunk.bytes ? last.offset : chunk.bytes;
  }
  /** Bytes in use. */
  get usedBytes() {
    return this.#used;
  }
  /** @throws DeviceError for more bytes than a buffer of this device may have */
  allocate(wanted) {
    const bytes = roundedUp(wanted);
    if (bytes > this.maker.maxBytes) {
      throw new DeviceError(
        `webgpu: a tensor does not fit into a buffer of this adapter, got ${bytes} bytes, expected at most ${this.maker.maxBytes}`
      );
    }
    this.#used += bytes;
    if (bytes >= ownBuffer) {
      const chunk2 = { bytes, buffer: this.maker.make(bytes, "tensor") };
      this.chunks.add(chunk2);
      return { chunk: chunk2, offset: 0, bytes };
    }
    for (const [chunk2, free2] of this.#free) {
      const at = free2.findIndex((piece2) => piece2.bytes >= bytes);
      if (at >= 0) return take2(chunk2, free2, at, bytes);
    }
    const size = Math.min(chunkBytes, this.maker.maxBytes);
    const chunk = { bytes: size, buffer: this.maker.make(size, "tensors") };
    this.chunks.add(chunk);
    const free = [{ offset: 0, bytes: size }];
    this.#free.set(chunk, free);
    return take2(chunk, free, 0, bytes);
  }
  free({ chunk, offset, bytes }) {
    if (!this.chunks.has(chunk)) return;
    this.#used -= bytes;
    const free = this.#free.get(chunk);
    if (!free) {
      this.chunks.delete(chunk);
      this.onRetire(chunk);
      chunk.buffer.destroy();
      return;
    }
    const after = free.findIndex((piece2) => piece2.offset > offset);
    const at = after < 0 ? free.length : after;
    free.splice(at, 0, { offset, bytes });
    join2(free, at);
    if (at > 0) join2(free, at - 1);
  }
  destroy() {
    for (const chunk of this.chunks) chunk.buffer.destroy();
    this.chunks.clear();
    this.#free.clear();
  }
};
function take2(chunk, free, at, bytes) {
  const piece2 = free[at];
  const { offset } = piece2;
  piece2.offset += bytes;
  piece2.bytes -= bytes;
  if (piece2.bytes === 0) free.splice(at, 1);
  return { chunk, offset, bytes };
}
function join2(free, at) {
  const [piece2, next] = [free[at], free[at + 1]];
  if (!next || piece2.offset + piece2.bytes !== next.offset) return;
  piece2.bytes += next.bytes;
  free.splice(at + 1, 1);
}

// packages/kernels-webgpu/src/runtime/recovery.ts
init_src();
init_buffer_usage();

// packages/kernels-webgpu/src/runtime/fallback.ts
init_src();
var Fallback = class {
  constructor(backend2, snapshot) {
    this.backend = backend2;
    this.snapshot = snapshot;
  }
  backend;
  snapshot;
  #slots = /* @__PURE__ */ new WeakMap();
  #executables = /* @__PURE__ */ new WeakMap();
  perform(command) {
    const { backend: backend2 } = this;
    if (command.kind === "run") {
      const { executable, inputs, outputs } = command;
      const results = this.#executable(executable).run(inputs.map((input) => this.#bound(input)));
      outputs.forEach(({ region }, at) => {
        this.#slots.set(region, results[at]);
      });
      return;
    }
    const { to } = command;
    if (command.kind === "allocate") this.#slots.set(to.region, backend2.allocate(to.size, to.dtype));
    else if (command.kind === "write") backend2.write(this.slot(to), command.data);
    else backend2.copy(this.slot(to), this.slot(command.from));
  }
  read(stored) {
    return this.backend.read(this.slot(stored));
  }
  free({ region }) {
    const slot = this.#slots.get(region);
    if (slot) this.backend.free(slot);
    this.#slots.delete(region);
  }
  /** The tensor over there; what it held when the snapshot was made, where it has not been asked for since. */
  slot({ region, size, dtype }) {
    const known = this.#slots.get(region);
    if (known) return known;
    const bytes = this.snapshot.contents.get(region.chunk);
    const end = region.offset + size * bytesPerElement(dtype);
    if (!bytes || bytes.length < end) throw new DeviceError("webgpu: a tensor was lost with its device");
    const values2 = storageArray(dtype, size);
    new Uint8Array(values2.buffer).set(bytes.subarray(region.offset, end));
    const slot = this.backend.allocate(size, dtype);
    this.backend.write(slot, values2);
    this.#slots.set(region, slot);
    return slot;
  }
  #bound({ data, from, ...stored }) {
    if (data) return this.backend.upload(data, stored.dtype);
    return this.slot(from ? { ...stored, region: from } : stored);
  }
  #executable(planned) {
    const known = this.#executables.get(planned);
    if (known) return known;
    const made = this.backend.prepare(planned.plan);
    this.#executables.set(planned, made);
    return made;
  }
};

// packages/kernels-webgpu/src/runtime/commands.ts
function bytesHeld(command) {
  if (command.kind === "write") return command.data.byteLength;
  if (command.kind !== "run") return 0;
  return command.inputs.reduce((sum3, { data }) => sum3 + (data?.byteLength ?? 0), 0);
}

// packages/kernels-webgpu/src/runtime/journal.ts
var mostBytes = 2 ** 30;
var Journal = class {
  #snapshot = { contents: /* @__PURE__ */ new Map() };
  #commands = [];
  #bytes = 0;
  #complete = true;
  /** Chunks that went since the snapshot: commands may still name them. */
  #retired = /* @__PURE__ */ new Set();
  get commands() {
    return this.#commands;
  }
  get bytes() {
    return this.#bytes;
  }
  get snapshot() {
    return this.#snapshot;
  }
  get retired() {
    return this.#retired;
  }
  /** False where commands had to be forgotten before a snapshot was there. */
  get complete() {
    return this.#complete;
  }
  add(command) {
    if (!this.#complete) return;
    this.#commands.push(kept3(command));
    this.#bytes += bytesHeld(command);
    if (this.#bytes <= mostBytes) return;
    this.clear();
    this.#complete = false;
  }
  retire(chunk) {
    if (this.#complete) this.#retired.add(chunk);
  }
  /** Begins anew from a snapshot that holds what the first `count` commands did. */
  restart(snapshot, count2, retired) {
    this.#snapshot = snapshot;
    this.#commands = this.#complete ? this.#commands.slice(count2) : [];
    this.#bytes = this.#commands.reduce((sum3, command) => sum3 + bytesHeld(command), 0);
    for (const chunk of retired) this.#retired.delete(chunk);
    this.#complete = true;
  }
  clear() {
    this.#commands = [];
    this.#bytes = 0;
    this.#retired.clear();
  }
};
function kept3(command) {
  if (command.kind !== "run") return command;
  const inputs = command.inputs.map((input) => input.data ? { ...input, data: input.data.slice() } : input);
  return { ...command, inputs };
}

// packages/kernels-webgpu/src/runtime/recovery.ts
var due = { commands: 256, milliseconds: 2e3, bytes: 1 << 26 };
var cheapBytes = 1 << 26;
var Recovery = class {
  constructor(machine, open, options) {
    this.machine = machine;
    this.open = open;
    this.options = options;
    machine.heap.onRetire = (chunk) => this.#journal.retire(chunk);
    this.#watch(machine.device);
  }
  machine;
  open;
  options;
  #journal = new Journal();
  #fallback;
  #recovering;
  #failure;
  #snapshotting = false;
  #lastSnapshot = 0;
  #disposed = false;
  get fallback() {
    return this.#fallback;
  }
  /** Does a command, now or when there is a device again. */
  commit(command) {
    if (this.#failure !== void 0) throw new DeviceError(this.#failure);
    if (this.#fallback) {
      this.#fallback.perform(command);
      return;
    }
    if (this.options.recover !== false) this.#journal.add(command);
    if (this.#recovering) return;
    this.machine.perform(command);
    if (this.#isDue()) void this.#snapshot();
  }
  /** Waits until there is a device, where one was lost. */
  async ready() {
    await this.#recovering;
    if (this.#failure !== void 0) throw new DeviceError(this.#failure);
  }
  /** Whether `device` is gone, as may come out only after what was asked of it has failed. */
  async hasLost(device) {
    const soon = new Promise((resolve) => setTimeout(() => resolve(false), 200));
    return await Promise.race([soon, device.device.lost.then(() => true)]);
  }
  dispose() {
    this.#disposed = true;
    this.#journal.clear();
    void this.#fallback?.backend.dispose();
  }
  #watch(device) {
    void device.device.lost.then(({ message, reason: reason2 }) => {
      if (this.#disposed || this.machine.device !== device) return;
      this.#recovering = this.#recover(message || reason2).finally(() => {
        this.#recovering = void 0;
      });
    });
  }
  async #recover(reason2) {
    const lost = `webgpu: the device was lost (${reason2})`;
    if (this.options.recover === false || !this.#journal.complete) {
      this.#failure = `${lost}, and with it what was computed on it`;
      return;
    }
    try {
      const device = await this.open();
      this.machine.device = device;
      this.#watch(device);
      this.#replay(device);
      debugLog(`${lost}; going on with ${device.info.name}`);
    } catch (error) {
      const why = error.message;
      await this.#fallBack(`${lost}, and no other was had (${why})`);
    }
  }
  /** What was in memory, and then all that was asked for since. */
  #replay(device) {
    const { contents } = this.#journal.snapshot;
    const retired = [...this.#journal.retired];
    for (const chunk of [...this.machine.heap.chunks, ...retired]) {
      chunk.buffer = device.make(chunk.bytes, "tensors");
      const bytes = contents.get(chunk);
      if (bytes) device.queue.writeBuffer(chunk.buffer, 0, bytes);
    }
    for (const command of this.#journal.commands) this.machine.perform(command);
    for (const chunk of retired) chunk.buffer.destroy();
  }
  async #fallBack(text2) {
    if (!this.options.fallback) {
      this.#failure = text2;
      return;
    }
    const fallback = new Fallback(await this.options.fallback(), this.#journal.snapshot);
    for (const command of this.#journal.commands) fallback.perform(command);
    this.#journal.clear();
    this.#fallback = fallback;
    debugLog(`${text2}; going on with ${fallback.backend.name}`);
  }
  #isDue() {
    if (this.#snapshotting || this.options.recover === false) return false;
    const { bytes, commands } = this.#journal;
    if (bytes >= due.bytes) return true;
    const pause = due.milliseconds * Math.max(1, this.machine.heap.usedBytes / cheapBytes);
    return commands.length >= due.commands && performance.now() - this.#lastSnapshot > pause;
  }
  async #snapshot() {
    this.#snapshotting = true;
    const count2 = this.#journal.commands.length;
    const retired = [...this.#journal.retired];
    const { device } = this.machine;
    try {
      const contents = await contentsOf(this.machine.heap, device);
      if (this.machine.device === device && !this.#recovering) {
        this.#journal.restart({ contents }, count2, retired);
      }
    } catch {
    } finally {
      this.#lastSnapshot = performance.now();
      this.#snapshotting = false;
    }
  }
};
async function contentsOf(heap, { device, queue }) {
  const encoder = device.createCommandEncoder();
  const staged = [...heap.chunks].map((chunk) => ({ chunk, bytes: heap.extent(chunk) })).filter(({ bytes }) => bytes > 0).map(({ chunk, bytes }) => {
    const staging = device.createBuffer({ label: "snapshot", size: bytes, usage: mapRead | copyTarget });
    encoder.copyBufferToBuffer(chunk.buffer, 0, staging, 0, bytes);
    return { chunk, staging };
  });
  queue.submit([encoder.finish()]);
  try {
    await Promise.all(staged.map(({ staging }) => staging.mapAsync(readMode)));
    return new Map(
      staged.map(({ chunk, staging }) => [chunk, new Uint8Array(staging.getMappedRange().slice(0))])
    );
  } finally {
    for (const { staging } of staged) staging.destroy();
  }
}

// packages/kernels-webgpu/src/runtime/machine.ts
var Machine = class {
  heap;
  device;
  #shared = /* @__PURE__ */ new Map();
  /** Gives the memory of tensors back that nobody can reach any more. */
  #dropped = new FinalizationRegistry((region) => this.heap.free(region));
  /** Takes the time of each dispatch, while there is one. */
  timer;
  persistentBytes = 0;
  slots = 0;
  #recovery;
  constructor(device, open, options) {
    this.device = device;
    this.heap = new Heap({
      make: (bytes, label) => this.device.make(bytes, label),
      maxBytes: device.maxBytes
    });
    this.#recovery = new Recovery(this, open, options);
  }
  /** Memory for a tensor; unless it is persistent, it goes back when the slot is collected. */
  newSlot(size, dtype, persistent) {
    const region = this.heap.allocate(size * bytesPerElement(dtype));
    const slot = new DeviceSlot(region, size, dtype, persistent);
    if (persistent) {
      this.persistentBytes += size * bytesPerElement(dtype);
      this.slots++;
    } else this.#dropped.register(slot, region, slot);
    return slot;
  }
  free(slot) {
    if (slot.freed) return;
    slot.freed = true;
    this.heap.free(slot.region);
    this.#recovery.fallback?.free(slot);
    if (slot.persistent) {
      this.persistentBytes -= slot.size * bytesPerElement(slot.dtype);
      this.slots--;
    } else this.#dropped.unregister(slot);
  }
  own(slot) {
    if (slot instanceof DeviceSlot) return slot;
    throw new DeviceError("webgpu: got the slot of another backend, expected one of this");
  }
  get arenaBytes() {
    return this.#shared.get("arena")?.bytes ?? 0;
  }
  /** @throws DeviceError for an arena that no buffer of this device is large enough for */
  claimArena(bytes) {
    const { maxBytes, info } = this.device;
    if (bytes <= maxBytes) return;
    throw new DeviceError(
      `webgpu: a plan does not fit into a buffer of ${info.name}, got ${bytes} bytes for what lies between its steps, expected at most ${maxBytes} (a batch of ${Math.floor(100 * maxBytes / bytes)} % of this one would fit, or the wasm backend)`
    );
  }
  /**
   * A buffer that all plans share, one after the other: the arena, or what is brought together for a kernel (apart from the
   * arena, as nothing can be copied inside of a buffer).
   */
  shared(name, bytes) {
    const known = this.#shared.get(name);
    if (known && known.bytes >= bytes && known.device === this.device) return known.buffer;
    if (known?.device === this.device) known.buffer.destroy();
    const size = Math.min(this.device.maxBytes, 2 ** Math.ceil(Math.log2(Math.max(bytes, 1 << 16))));
    const rounded2 = Math.max(bytes, size);
    const buffer = this.device.make(rounded2, name);
    this.#shared.set(name, { buffer, bytes: rounded2, device: this.device });
    return buffer;
  }
  /** Copies a tensor; inside of a buffer by way of another one. */
  copyRegion(encoder, from, to, bytes) {
    const whole = Math.ceil(bytes / 4) * 4;
    if (whole === 0) return;
    const [source, target] = [from.chunk.buffer, to.chunk.buffer];
    if (source !== target) {
      encoder.copyBufferToBuffer(source, from.offset, target, to.offset, whole);
      return;
    }
    const between2 = this.shared("pack", whole);
    encoder.copyBufferToBuffer(source, from.offset, between2, 0, whole);
    encoder.copyBufferToBuffer(between2, 0, target, to.offset, whole);
  }
  /** Does what a command says. */
  commit(command) {
    this.device.check();
    this.#recovery.commit(command);
  }
  perform(command) {
    const { device } = this;
    if (command.kind === "run") {
      command.executable.perform(command.inputs, command.outputs);
      return;
    }
    const { region, size, dtype } = command.to;
    const bytes = Math.ceil(size * bytesPerElement(dtype) / 4) * 4;
    if (bytes === 0) return;
    if (command.kind === "write") {
      device.write(region.chunk.buffer, region.offset, command.data);
      return;
    }
    const encoder = device.device.createCommandEncoder();
    if (command.kind === "allocate") encoder.clearBuffer(region.chunk.buffer, region.offset, bytes);
    else this.copyRegion(encoder, command.from.region, region, bytes);
    device.queue.submit([encoder.finish()]);
  }
  /** The values of a tensor, when all that was asked for before is done. */
  async read(stored) {
    for (; ; ) {
      await this.#recovery.ready();
      this.device.check();
      if (this.#recovery.fallback) return this.#recovery.fallback.read(stored);
      const { device } = this;
      try {
        return await readBack(device, stored);
      } catch (error) {
        if (!await this.#recovery.hasLost(device)) throw error;
      }
    }
  }
  dispose() {
    this.#recovery.dispose();
    this.heap.destroy();
    for (const { buffer } of this.#shared.values()) buffer.destroy();
    this.device.destroy();
  }
};
async function readBack(device, { region, size, dtype }) {
  const values2 = storageArray(dtype, size);
  const bytes = Math.ceil(values2.byteLength / 4) * 4;
  if (bytes === 0) return values2;
  const staging = device.device.createBuffer({ label: "read", size: bytes, usage: mapRead | copyTarget });
  try {
    const encoder = device.device.createCommandEncoder();
    encoder.copyBufferToBuffer(region.chunk.buffer, region.offset, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(readMode);
    device.check();
    new Uint8Array(values2.buffer).set(new Uint8Array(staging.getMappedRange(), 0, values2.byteLength));
    return values2;
  } finally {
    staging.destroy();
  }
}

// packages/kernels-webgpu/src/create-webgpu.ts
async function webgpu(options = {}) {
  const open = async () => GpuDevice.open(await findAdapter(options));
  return new WebGpuBackend(new Machine(await open(), open, options));
}

// packages/conformance/src/comparator.ts
var float2 = new Float32Array(1);
var bits = new Int32Array(float2.buffer);
function place(value) {
  float2[0] = value;
  const pattern2 = bits[0];
  return pattern2 >= 0 ? pattern2 : -(pattern2 & 2147483647);
}
function ulpDistance(a, b) {
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.abs(place(a) - place(b));
}
var halfSpacing = (value) => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 10);
function largestMagnitude(data) {
  let largest = 0;
  for (let index = 0; index < data.length; index++) {
    const magnitude = Math.abs(data[index]);
    if (magnitude > largest && magnitude < Number.POSITIVE_INFINITY) largest = magnitude;
  }
  return largest;
}
function close(actual, expected, tolerance, scale) {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  if (actual === expected) {
    return !tolerance.signedZero || expected !== 0 || Object.is(actual, expected);
  }
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return false;
  const error = Math.abs(actual - expected);
  return error <= (tolerance.absolute ?? -1) || error <= (tolerance.relative ?? -1) * Math.abs(expected) || error <= (tolerance.scaled ?? -1) * scale || error <= (tolerance.halfUlp ?? -1) * halfSpacing(expected) || ulpDistance(actual, expected) <= (tolerance.ulp ?? -1);
}
var show = (value) => Object.is(value, -0) ? "-0" : String(value);
function indexOf(flat, shape) {
  const index = new Array(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis];
    flat = Math.floor(flat / shape[axis]);
  }
  return `[${index.join(",")}]`;
}
function describeElement(flat, actual, expected, wrong) {
  const got = actual.data[flat];
  const want = expected.data[flat];
  const distance = expected.dtype === "float32" ? `, ${ulpDistance(got, want)} ulp` : "";
  return `element ${indexOf(flat, expected.shape)} of [${expected.shape.join(",")}]: got ${show(got)}, expected ${show(want)} (off by ${Math.abs(got - want)}${distance}); ${wrong} of ${expected.data.length} wrong`;
}
var flushedAway = 2 ** -119;
var isFlushed = (actual, expected, flushed, exact8) => !exact8 && [expected, flushed].some((right) => Math.abs(actual - right) <= flushedAway);
function difference(actual, expected, tolerance = {}, flushed) {
  if (actual.dtype !== expected.dtype) return `got dtype ${actual.dtype}, expected ${expected.dtype}`;
  const shapes2 = [actual.shape, expected.shape].map((shape) => `[${shape.join(",")}]`);
  if (shapes2[0] !== shapes2[1]) return `got shape ${shapes2[0]}, expected ${shapes2[1]}`;
  const size = expected.shape.reduce((product4, length) => product4 * length, 1);
  for (const values2 of [actual, expected]) {
    if (values2.data.length !== size) return `got ${values2.data.length} elements for shape ${shapes2[1]}`;
  }
  const exact8 = expected.dtype === "int32" || expected.dtype === "bool";
  const bounds = exact8 ? {} : tolerance;
  const scale = bounds.scaled === void 0 ? 0 : largestMagnitude(expected.data);
  let worst = -1;
  let worstError = -1;
  let wrong = 0;
  for (let index = 0; index < size; index++) {
    const value = actual.data[index];
    if (close(value, expected.data[index], bounds, scale)) continue;
    if (flushed && isFlushed(value, expected.data[index], flushed.data[index], exact8)) continue;
    if (flushed && close(value, flushed.data[index], bounds, scale)) continue;
    wrong++;
    const error = Math.abs(actual.data[index] - expected.data[index]);
    const rank2 = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    if (rank2 > worstError) {
      worst = index;
      worstError = rank2;
    }
  }
  return worst < 0 ? void 0 : describeElement(worst, actual, expected, wrong);
}
function bitDifference(actual, expected) {
  return difference(actual, expected, { signedZero: true });
}

// packages/conformance/src/evaluate.ts
init_src();

// packages/conformance/src/inputs.ts
init_src();
function seededRandom(text2) {
  let state4 = 2166136261;
  for (const character of text2) state4 = Math.imul(state4 ^ character.charCodeAt(0), 16777619);
  return () => {
    state4 = state4 + 1831565813 | 0;
    let mixed = Math.imul(state4 ^ state4 >>> 15, state4 | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}
var list = (size, value) => Array.from({ length: size }, (_, index) => value(index));
var real = (shape, min2 = -2, max2 = 2) => ({
  kind: "input",
  shape,
  dtype: "float32",
  fill: (random, size) => list(size, () => Math.fround(min2 + (max2 - min2) * random()))
});
var distinct4 = (shape) => ({
  kind: "input",
  shape,
  dtype: "float32",
  fill: (random, size) => {
    const order2 = list(size, (index) => index);
    for (let last = size - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [order2[last], order2[other]] = [order2[other], order2[last]];
    }
    return order2.map((rank2) => Math.fround(4 * (rank2 + 0.5) / size - 2));
  }
});
var integers = (shape, min2 = -9, max2 = 9) => ({
  kind: "input",
  shape,
  dtype: "int32",
  fill: (random, size) => list(size, () => min2 + Math.floor(random() * (max2 - min2 + 1)))
});
var flags = (shape) => ({
  kind: "input",
  shape,
  dtype: "bool",
  fill: (random, size) => list(size, () => random() < 0.5 ? 0 : 1)
});
var given = (values2, dtype = "float32", shape = [values2.length]) => ({
  kind: "input",
  shape,
  dtype,
  fill: (_random, size) => list(size, (index) => values2[index % values2.length])
});
function pairs(values2, dtype = "float32") {
  const square2 = [values2.length, values2.length];
  return [given(values2, dtype, square2), transposed(given(values2, dtype, square2))];
}
var transposed = (input) => ({
  ...input,
  shape: [...input.shape].reverse(),
  view: (stored) => transpose(stored)
});
var strided = (input) => ({
  ...input,
  shape: input.shape.map((size) => 2 * size + 1),
  view: (stored) => slice(
    stored,
    input.shape.map(() => 1),
    [...input.shape],
    { step: input.shape.map(() => 2) }
  )
});
var flipped = (input) => ({
  ...input,
  view: (stored) => flip(
    stored,
    input.shape.map((_, axis) => axis)
  )
});
var stretched = (input, axis = 0) => ({
  ...input,
  shape: input.shape.map((size, at) => at === axis ? 1 : size),
  view: (stored) => broadcastTo(stored, input.shape)
});
function inputValues(input, seed) {
  const size = input.shape.reduce((product4, length) => product4 * length, 1);
  return [...input.fill(seededRandom(seed), size)];
}
function inputTensor(input, seed, float3 = "float32") {
  const values2 = inputValues(input, seed);
  const dtype = input.dtype === "float32" ? float3 : input.dtype;
  if (dtype === "float32") return tensor(Float32Array.from(values2), { shape: input.shape, dtype });
  if (dtype === "float16") return tensor(Float32Array.from(values2), { shape: input.shape, dtype });
  if (dtype === "float64") return tensor(Float64Array.from(values2), { shape: input.shape, dtype });
  return tensor(Int32Array.from(values2), { shape: input.shape, dtype });
}

// packages/conformance/src/sample.ts
init_src();
init_src();

// packages/conformance/src/compositions.ts
init_src();
var overChannels = (bias) => reshape(bias, [bias.size, 1, 1]);
var compositions = {
  /** x w + b. */
  dense: (x, w, b) => add(matmul2(x, w), b),
  denseRelu: (x, w, b) => relu(add(matmul2(x, w), b)),
  denseSigmoid: (x, w, b) => sigmoid2(add(matmul2(x, w), b)),
  denseSoftmax: (x, w, b) => softmax(add(matmul2(x, w), b)),
  /** The product is a result as well as what follows it: it cannot stay in registers. */
  denseBoth: (x, w, b) => {
    const product4 = matmul2(x, w);
    return [product4, tanh(add(product4, b))];
  },
  /** The products of a sequence of tokens, as a recurrent layer behind an embedding has them. */
  embeddedProduct: (table, tokens, kernel, bias) => add(matmulGathered2(gather2(table, tokens), kernel), bias),
  /** The same with indices that may be out of range, which give NaN; and the rows are a result, too. */
  embeddedBoth: (table, tokens, kernel) => {
    const rows = gather2(table, tokens, { outOfRange: "nan" });
    return [rows, matmulGathered2(rows, kernel)];
  },
  /** Two products added: accumulation into the first. */
  twoProducts: (x, w, h, u, b) => tanh(add(add(matmul2(x, w), matmul2(h, u)), b)),
  /** The product is read through another view afterwards. */
  productTransposed: (x, w, b) => add(transpose(matmul2(x, w)), b),
  convolutionRelu: (x, kernel, bias) => relu(add(conv2d2(x, kernel, { padding: "same", dataFormat: "channelsFirst" }), overChannels(bias))),
  convolutionLast: (x, kernel, bias) => relu(add(conv2d2(x, kernel), bias)),
  convolutionPool: (x, kernel, bias) => {
    const image2 = add(conv2d2(x, kernel, { dataFormat: "channelsFirst" }), overChannels(bias));
    return maxPool2d(relu(image2), { dataFormat: "channelsFirst" });
  },
  /** A kernel kept in another order, as layers keep it. */
  convolutionTransposedKernel: (x, kernel) => conv2d2(x, transpose(kernel, [3, 2, 0, 1])),
  crossEntropy: (logits, labels) => negative(mean(gatherAlong(logSoftmax(logits), reshape(labels, [-1, 1]), { axis: 1 }))),
  layerNormalization: (x, scale, shift) => {
    const options = { axes: -1, keepDims: true };
    const centred = subtract(x, mean(x, options));
    return add(multiply(divide(centred, sqrt(add(variance(x, options), 1e-3))), scale), shift);
  },
  attention: (query, key, value) => {
    const scores = multiply(matmul2(query, key, { transposeB: true }), 1 / Math.sqrt(query.shape.at(-1)));
    return matmul2(softmax(scores), value);
  },
  /** A long expression in which values are used more than once. */
  chain: (x, y) => {
    const a = multiply(add(x, y), 0.5);
    const b = tanh(subtract(a, square(y)));
    const c = where(greater(a, b), exp(negative(square(b))), maximum(a, y));
    return add(multiply(c, a), divide(b, add(square(x), 1)));
  },
  /** One element of x reaches many: broadcast, reduce, broadcast back. */
  reduceAndBack: (x) => {
    const scale = sum(square(x), { axes: 0, keepDims: true });
    return divide(x, sqrt(add(scale, 1)));
  },
  reduceOfChain: (x, y) => mean(square(subtract(multiply(x, y), 0.25)), { axes: 1 }),
  /** Several results of one expression and of its reductions. */
  severalResults: (x) => {
    const y = exp(multiply(x, 0.5));
    return [y, sum(y, { axes: 1 }), max(y, { axes: 0 }), cast(greater(y, 1), "int32")];
  },
  /** Pieces put together through views of each other. */
  shuffledPieces: (x) => {
    const [rows, columns2] = x.shape;
    const left = slice(x, [0, 0], [rows, 2]);
    const right = slice(x, [0, 2], [rows, columns2 - 2]);
    return multiply(concat2([flip(right), left], { axis: 1 }), x);
  },
  /** A gate as in an LSTM: one product, four activations of its pieces. */
  gates: (x, w, cell) => {
    const units = cell.shape[1];
    const product4 = matmul2(x, w);
    const gate = (at) => slice(product4, [0, at * units], [-1, units]);
    const next = add(multiply(sigmoid2(gate(0)), cell), multiply(sigmoid2(gate(1)), tanh(gate(2))));
    return [next, multiply(sigmoid2(gate(3)), tanh(next))];
  },
  /** Scopes and compiled functions inside one another join. */
  nested: (x, y) => {
    const product4 = scope(() => multiply(x, y));
    return compile((a, b) => add(sum(a), b))(product4, y);
  }
};

// packages/conformance/src/sample.ts
var summation = { scaled: 2e-6 };
function samplesOf(op, operation, rows) {
  return rows.map(([sample, args, options = {}]) => ({
    forward: operation.forward,
    ...operation.gradient && {
      gradientTolerance: options.accumulates ? { ...operation.gradient, ...summation } : operation.gradient
    },
    op,
    sample,
    args,
    gradient: operation.gradient !== void 0 && (options.gradient ?? true),
    second: operation.gradient !== void 0 && (options.gradient ?? true) && (options.second ?? false),
    accumulates: options.accumulates ?? false,
    smooth: options.smooth ?? true
  }));
}
var isInput = (argument) => typeof argument === "object" && argument !== null && "kind" in argument && argument.kind === "input";
var isStream = (argument) => typeof argument === "object" && argument !== null && "kind" in argument && argument.kind === "stream";
function inputsIn(argument) {
  if (isInput(argument)) return [argument];
  return typeof argument === "object" && argument !== null ? Object.values(argument).flatMap(inputsIn) : [];
}
var inputsOf2 = (sample) => sample.args.flatMap(inputsIn);
function withoutSubnormals(sample) {
  let found = false;
  const flush = (value) => {
    if (value === 0 || !(Math.abs(value) < 2 ** -126)) return value;
    found = true;
    return value < 0 ? -0 : 0;
  };
  const flushIn = (argument) => {
    if (isInput(argument)) {
      if (argument.dtype !== "float32") return argument;
      return { ...argument, fill: (random, size) => argument.fill(random, size).map(flush) };
    }
    return Array.isArray(argument) ? argument.map(flushIn) : argument;
  };
  const args = sample.args.map((argument) => flushIn(argument));
  const flushed = { ...sample, args };
  inputTensors(flushed);
  return found ? flushed : void 0;
}
var floatInputs = (sample) => inputsOf2(sample).flatMap((input, position) => isFloat(input.dtype) ? [position] : []);
var inputTensors = (sample, variant = 0, float3 = "float32") => inputsOf2(sample).map(
  (input, position) => inputTensor(input, `${sample.op}/${sample.sample}/${position}/${variant}`, float3)
);
var streamsOf = (sample) => sample.args.filter(isStream).map(({ seed, name }) => new RandomStream(seed, name));
function flatten2(result) {
  if (result instanceof Tensor) return [result];
  return Object.values(result).flatMap(flatten2);
}
var functions2 = { ...compositions, ...src_exports };
function bindArguments(sample, stored, streams, float3) {
  let nextTensor = 0;
  let nextStream = 0;
  const bind3 = (argument) => {
    if (isInput(argument)) {
      const value = stored[nextTensor++];
      return argument.view ? argument.view(value) : value;
    }
    if (isStream(argument)) return streams[nextStream++];
    if (argument === "float32") return float3;
    if (Array.isArray(argument)) return argument.map(bind3);
    if (typeof argument !== "object" || argument === null) return argument;
    return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, bind3(value)]));
  };
  return sample.args.map(bind3);
}
function applySample(sample, stored, streams = [], float3 = "float32") {
  const op = functions2[sample.op];
  if (op === void 0) throw new Error(`conformance: @hekla/tensor has no op ${sample.op}`);
  return flatten2(op(...bindArguments(sample, stored, streams, float3)));
}

// packages/conformance/src/evaluate.ts
var modes = ["eager", "scope", "compiled"];
function directionsLike(like, seed, float3 = "float32") {
  return like.flatMap(({ dtype, shape }, position) => {
    if (!isFloat(dtype)) return [];
    const random = seededRandom(`${seed}/${position}`);
    const size = shape.reduce((product4, length) => product4 * length, 1);
    const values2 = Array.from({ length: size }, () => Math.fround(2 * random() - 1));
    const data = float3 === "float32" ? Float32Array.from(values2) : Float64Array.from(values2);
    return [tensor(data, { shape, dtype: dtype === "float16" ? dtype : float3 })];
  });
}
function project(results, directions) {
  const floats = results.filter(({ dtype }) => isFloat(dtype));
  return floats.map((result, position) => sum(multiply(result, directions[position]))).reduce((a, b) => add(a, b));
}
function gradientsOf(sample, results, stored, directions) {
  const projected2 = (...inputs) => project(results(...inputs), directions);
  return grad(projected2, floatInputs(sample))(...stored);
}
function partOf(sample, part, float3 = "float32") {
  const streams = streamsOf(sample);
  const forward = (...stored) => applySample(sample, stored, streams, float3);
  if (part === "forward") return ({ stored }) => forward(...stored);
  if (part === "gradient") {
    return ({ stored, cotangents }) => gradientsOf(sample, forward, stored, cotangents);
  }
  return ({ stored, cotangents, tangents }) => {
    const gradient = (...inputs) => gradientsOf(sample, forward, inputs, cotangents);
    return gradientsOf(sample, gradient, stored, tangents);
  };
}
function bindingsOf(sample, forward, variant = 0, float3 = "float32") {
  const stored = inputTensors(sample, variant, float3);
  const floats = floatInputs(sample).map((position) => {
    const { shape, dtype } = stored[position];
    return { shape, dtype, data: [] };
  });
  const seed = `${sample.op}/${sample.sample}/${variant}`;
  return {
    stored,
    cotangents: directionsLike(forward, `${seed}/cotangent`, float3),
    tangents: directionsLike(floats, `${seed}/tangent`, float3)
  };
}
var readValues = (tensors) => Promise.all(tensors.map(async (x) => ({ data: await x.data(), shape: x.shape, dtype: x.dtype })));
async function evaluate2(sample, part, mode, forward) {
  const compute = partOf(sample, part);
  const bindings = bindingsOf(sample, part === "forward" ? [] : forward);
  if (mode === "eager") return readValues(compute(bindings));
  if (mode === "scope") return readValues(scope(() => compute(bindings)));
  const compiled = compile(compute);
  if (streamsOf(sample).length === 0) compiled(bindingsOf(sample, part === "forward" ? [] : forward, 1));
  return readValues(compiled(bindings));
}

// packages/conformance/src/run-conformance.ts
init_src();

// packages/conformance/src/samples/expression-rows.ts
var specialValues = [
  100,
  -100,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2.5,
  -2.5,
  1e-40,
  -1e-40,
  1401298464324817e-60,
  11754943508222875e-54,
  -11754943508222875e-54,
  34028234663852886e22,
  -34028234663852886e22,
  16777216,
  -16777217,
  87.5,
  -87.5,
  89,
  -89,
  1e-8,
  -1e-8,
  3.5,
  1e30
].map(Math.fround);
var moderateValues = specialValues.filter((value) => !(Math.abs(value) > 100));
var edgeSizes = [0, 1, 3, 63, 64, 65, 1025];
function unaryRows(min2 = -3, max2 = 3, special = specialValues) {
  const x = (...shape) => real(shape, min2, max2);
  return [
    ["scalar", [x()]],
    ...edgeSizes.map((size) => [`size ${size}`, [x(size)], { second: size === 65 }]),
    ["size 0x3", [x(0, 3)]],
    ["transposed", [transposed(x(5, 7))], { second: true }],
    ["strided", [strided(x(3, 5))], { second: true }],
    ["flipped", [flipped(x(3, 9))]],
    ["stretched", [stretched(x(4, 65), 0)], { accumulates: true }],
    ["stretched inside", [stretched(x(3, 8, 5), 2)], { accumulates: true }],
    ["special values", [given(special)], { smooth: false }]
  ];
}
function binaryRows([aMin, aMax] = [-3, 3], [bMin, bMax] = [-3, 3], special = moderateValues) {
  const a = (...shape) => real(shape, aMin, aMax);
  const b = (...shape) => real(shape, bMin, bMax);
  return [
    ["scalars", [a(), b()], { second: true }],
    ...edgeSizes.map((size) => [`size ${size}`, [a(size), b(size)], { second: size === 3 }]),
    ["size 0 with 1", [a(0), b(1)]],
    ["scalar with 65", [a(), b(65)], { accumulates: true }],
    ["row and column", [a(65, 1), b(1, 63)], { accumulates: true }],
    ["last axis", [a(3, 5, 7), b(7)], { accumulates: true, second: true }],
    ["middle axis", [a(3, 1, 7), b(3, 5, 7)], { accumulates: true }],
    ["with number", [a(9), Math.fround((bMin + 2 * bMax) / 3)], { second: true }],
    ["number with", [Math.fround((aMin + 2 * aMax) / 3), b(9)]],
    ["transposed, straight", [transposed(a(5, 9)), b(5, 9)]],
    ["straight, flipped", [a(5, 9), flipped(b(5, 9))]],
    ["strided, stretched", [strided(a(6, 5)), stretched(b(6, 5), 0)], { accumulates: true, second: true }],
    ["special values", pairs(special), { smooth: false }]
  ];
}
var wrappingIntegers = [
  0,
  1,
  -1,
  2,
  -2,
  3,
  7,
  -7,
  31,
  32,
  33,
  255,
  65535,
  65536,
  -65536,
  123456789,
  -987654321,
  2147483647,
  -2147483648,
  -2147483647
];

// packages/conformance/src/samples/arithmetic.ts
var exact = { forward: { signedZero: true }, gradient: { ulp: 2 } };
var exactUnsigned = { forward: {}, gradient: { ulp: 2 } };
var power3 = { forward: { ulp: 16 }, gradient: { ulp: 64 } };
var remainder2 = { forward: { ulp: 4, absolute: 1e-6 }, gradient: { ulp: 4, absolute: 1e-6 } };
var nonZero = [0.25, 3];
var integerRows = [
  ["int32 wraps", pairs(wrappingIntegers, "int32")],
  ["int32 broadcast", [integers([5, 1]), integers([1, 65])]],
  ["int32 with number", [integers([65]), 3]],
  ["int32 views", [transposed(integers([4, 6])), flipped(integers([4, 6]))]],
  ["int32 with float32", [integers([5]), real([5], 0.5, 2)]]
];
var integerDivisionRows = [
  ["int32 truncates", pairs(wrappingIntegers, "int32")],
  ["int32 broadcast", [integers([5, 1]), integers([1, 65], 1, 9)]],
  ["int32 with number", [integers([65]), 3]],
  ["int32 with float32", [integers([5]), real([5], 0.5, 2)]]
];
var arithmeticSamples = [
  ...samplesOf("add", exact, [...binaryRows(void 0, void 0, specialValues), ...integerRows]),
  ...samplesOf("subtract", exact, [...binaryRows(void 0, void 0, specialValues), ...integerRows]),
  ...samplesOf("multiply", exact, [...binaryRows(void 0, void 0, specialValues), ...integerRows]),
  ...samplesOf("divide", exact, [...binaryRows(void 0, nonZero, specialValues), ...integerDivisionRows]),
  ...samplesOf("maximum", exactUnsigned, [
    ...binaryRows(void 0, void 0, specialValues),
    ...integerRows
  ]),
  ...samplesOf("minimum", exactUnsigned, [
    ...binaryRows(void 0, void 0, specialValues),
    ...integerRows
  ]),
  ...samplesOf("power", power3, [
    ...binaryRows([0.1, 3], [-3, 3], []).filter(([sample]) => sample !== "special values"),
    // x^y is defined for negative x where y is whole; the gradient in y is not.
    [
      "special values",
      pairs([0, 1, 2, 0.5, 3, 10, Number.NaN, Number.POSITIVE_INFINITY]),
      { gradient: false }
    ],
    [
      "whole exponents",
      [given([-3, -2, -1, -0.5, 2, 7], "float32", [6, 1]), given([0, 1, 2, 3, -1, -2])],
      { gradient: false }
    ],
    ["square by number", [real([65]), 2], { second: true }],
    ["cube of negative numbers", [real([9], -2, -0.5), 3], { second: true }]
  ]),
  ...samplesOf("mod", remainder2, [
    ...binaryRows([-3, 3], [0.5, 2], []).filter(([sample]) => sample !== "special values"),
    ["signs", [given([5.5, -5.5, 5.5, -5.5, 0, 6]), given([2, 2, -2, -2, 3, 3])], { smooth: false }],
    [
      "int32",
      [
        given(wrappingIntegers, "int32", [wrappingIntegers.length, 1]),
        given([7, -7, 1, -1, 1e3, -65536], "int32")
      ]
    ],
    ["int32 with number", [integers([65], -50, 50), 7]]
  ])
];

// packages/conformance/src/samples/compositions.ts
var contracted = {
  forward: { scaled: 2e-6, absolute: 4e-6 },
  gradient: { scaled: 4e-6, absolute: 1e-5 }
};
var gathered = {
  forward: { scaled: 2e-6, absolute: 4e-6 },
  gradient: { scaled: 1e-5, absolute: 1e-5 }
};
var expression = { forward: { ulp: 16, absolute: 1e-6 }, gradient: { ulp: 32, absolute: 4e-6 } };
var normalized = {
  forward: { ulp: 16, absolute: 4e-6 },
  gradient: { scaled: 1e-5, absolute: 1e-5 }
};
var second = { second: true };
var denseSamples = (op) => samplesOf(op, contracted, [
  ["small", [real([2, 5]), real([5, 3]), real([3])], second],
  ["65x33x17", [real([65, 33], -1, 1), real([33, 17], -1, 1), real([17])]],
  ["transposed input", [transposed(real([9, 8])), real([8, 5]), real([5])]]
]);
var compositionSamples = [
  ...["dense", "denseRelu", "denseSigmoid", "denseSoftmax", "denseBoth"].flatMap(denseSamples),
  ...samplesOf("embeddedProduct", gathered, [
    ["5 sentences of 8", [real([30, 16]), integers([5, 8], 0, 29), real([16, 113]), real([113])], second],
    ["negative tokens", [real([9, 24]), integers([40], -9, 8), real([24, 72]), real([72])]],
    [
      "far tokens, transposed kernel",
      [real([9, 40]), integers([3, 11], -20, 20), transposed(real([40, 57])), real([57])]
    ],
    ["too small to share", [real([9, 4]), integers([3, 2], 0, 8), real([4, 5]), real([5])]]
  ]),
  ...samplesOf("embeddedBoth", gathered, [
    ["7 sentences of 9", [real([12, 16]), integers([7, 9], 0, 11), real([16, 72])], second],
    ["some out of range", [real([12, 16]), integers([7, 9], -2, 13), real([16, 72])], { smooth: false }],
    ["none is out of range, 1 word", [real([1, 32]), integers([64], 0, 0), real([32, 33])]]
  ]),
  ...samplesOf("twoProducts", contracted, [
    ["small", [real([2, 5]), real([5, 3]), real([2, 4]), real([4, 3]), real([3])], second],
    ["65", [real([65, 9], -1, 1), real([9, 7], -1, 1), real([65, 8], -1, 1), real([8, 7], -1, 1), real([7])]]
  ]),
  ...samplesOf("productTransposed", contracted, [["small", [real([2, 5]), real([5, 3]), real([2])], second]]),
  ...samplesOf("convolutionRelu", contracted, [
    ["small", [real([2, 2, 5, 6], -1, 1), real([3, 2, 3, 3], -1, 1), real([3])], second],
    [
      "lecture's first layer",
      [real([2, 1, 28, 28], -1, 1), real([20, 1, 5, 5], -1, 1), real([20])],
      { smooth: false }
    ]
  ]),
  ...samplesOf("convolutionLast", contracted, [
    ["small", [real([2, 5, 6, 2], -1, 1), real([3, 2, 3, 3], -1, 1), real([3])], second]
  ]),
  ...samplesOf("convolutionPool", contracted, [
    ["small", [real([2, 2, 7, 6], -1, 1), real([3, 2, 3, 3], -1, 1), real([3])], second]
  ]),
  ...samplesOf("convolutionTransposedKernel", contracted, [
    ["small", [real([2, 5, 6, 2], -1, 1), real([3, 3, 2, 4], -1, 1)], second]
  ]),
  ...samplesOf("crossEntropy", normalized, [
    ["3 of 4", [real([3, 4]), integers([3], 0, 3)], second],
    ["128 of 10", [real([128, 10], -5, 5), integers([128], 0, 9)]]
  ]),
  ...samplesOf("layerNormalization", normalized, [
    ["3x5", [real([3, 5]), real([5]), real([5])], second],
    ["9x65", [real([9, 65]), real([65]), real([65])]]
  ]),
  ...samplesOf("attention", normalized, [
    ["2 heads", [real([2, 5, 4]), real([2, 7, 4]), real([2, 7, 3])], second]
  ]),
  ...samplesOf("chain", expression, [
    ["65", [real([65]), real([65])], second],
    ["broadcast", [real([5, 1]), real([1, 63])], { accumulates: true }],
    ["transposed", [transposed(real([5, 9])), real([5, 9])]],
    ["1025", [real([1025]), real([1025])]]
  ]),
  ...samplesOf("reduceAndBack", normalized, [
    ["65x3", [real([65, 3])], second],
    ["transposed", [transposed(real([65, 3]))]]
  ]),
  ...samplesOf("reduceOfChain", normalized, [["5x65", [real([5, 65]), real([5, 1])], second]]),
  ...samplesOf("severalResults", normalized, [["5x9", [real([5, 9])], second]]),
  ...samplesOf("shuffledPieces", expression, [["5x9", [real([5, 9])], second]]),
  ...samplesOf("gates", contracted, [["3 units", [real([5, 4]), real([4, 12]), real([5, 3])], second]]),
  ...samplesOf("nested", normalized, [["65", [real([65]), real([65])], second]])
];

// packages/conformance/src/samples/contractions.ts
var contracted2 = {
  forward: { scaled: 4e-6, absolute: 1e-5 },
  gradient: { scaled: 4e-6, absolute: 1e-5 }
};
var product3 = (name, a, b, options, second2 = false) => [
  name,
  [real(a), real(b), ...options === void 0 ? [] : [options]],
  { second: second2 }
];
var matmulRows = [
  product3("1x1x1", [1, 1], [1, 1]),
  product3("3x4 by 4x5", [3, 4], [4, 5], void 0, true),
  product3("63x64x65", [63, 64], [64, 65]),
  product3("65x1025x3", [65, 1025], [1025, 3]),
  product3("1x65x1025", [1, 65], [65, 1025]),
  product3("1025x1x1", [1025, 1], [1, 1]),
  product3("k 300 crosses a block", [9, 300], [300, 17]),
  product3("m 130 crosses a block", [130, 9], [9, 7]),
  product3("130x300x70 crosses blocks every way", [130, 300], [300, 70]),
  product3("transposed, crosses blocks", [260, 66], [37, 260], { transposeA: true, transposeB: true }),
  product3("row by matrix", [1, 300], [300, 130]),
  product3("matrix by column", [130, 300], [300, 1]),
  product3("no rows", [0, 3], [3, 4]),
  product3("k 0 gives zeros", [3, 0], [0, 4]),
  product3("transposed a", [4, 3], [4, 5], { transposeA: true }, true),
  product3("transposed b", [3, 4], [5, 4], { transposeB: true }, true),
  product3("both transposed", [65, 9], [33, 65], { transposeA: true, transposeB: true }),
  product3("batch", [7, 3, 4], [7, 4, 5], void 0, true),
  product3("batch, transposed b", [3, 9, 8], [3, 7, 8], { transposeB: true }),
  product3("batch by one matrix", [7, 3, 4], [4, 5]),
  product3("one matrix by batch", [3, 4], [7, 4, 5]),
  product3("batches broadcast", [2, 1, 3, 4], [3, 4, 5]),
  product3("no batch", [0, 3, 4], [4, 5]),
  ["views: transposed", [transposed(real([9, 8])), real([8, 5])], { second: true }],
  ["views: flipped, strided", [flipped(real([9, 8])), strided(real([8, 5]))]],
  ["views: stretched", [stretched(real([9, 8])), stretched(real([8, 5]), 1)]],
  [
    "NaN and Inf stay in their rows",
    [given([1, Number.NaN, 3, 4, Number.POSITIVE_INFINITY, 6], "float32", [3, 2]), real([2, 5], 0.5, 2)],
    { gradient: false }
  ]
];
var contractionSamples = [
  ...samplesOf("matmul", contracted2, matmulRows),
  ...samplesOf("matmulGathered", contracted2, [
    ["rows of no table", [real([2, 3, 4]), real([4, 5])], { second: true }],
    ["33 rows", [real([33, 9]), real([9, 17])]]
  ])
];

// packages/conformance/src/samples/convolutions.ts
var contracted3 = {
  forward: { scaled: 4e-6, absolute: 1e-5 },
  gradient: { scaled: 4e-6, absolute: 1e-5 }
};
var convolved = { ...contracted3, gradient: { scaled: 1e-5, absolute: 1e-5 } };
var convolution = (name, input, kernel, options, second2 = false) => [name, [real(input), real(kernel), ...options === void 0 ? [] : [options]], { second: second2 }];
var first = { dataFormat: "channelsFirst" };
var conv2dRows = [
  convolution("1x1 kernel", [2, 5, 5, 3], [4, 3, 1, 1]),
  convolution("3x3 valid", [2, 7, 6, 3], [4, 3, 3, 3], void 0, true),
  convolution("3x3 same", [2, 7, 6, 3], [4, 3, 3, 3], { padding: "same" }),
  convolution("channels first valid", [2, 3, 7, 6], [4, 3, 3, 3], first, true),
  convolution("channels first same", [2, 3, 7, 6], [4, 3, 3, 3], { ...first, padding: "same" }),
  convolution("even kernel, same", [1, 6, 7, 2], [3, 2, 2, 4], { padding: "same" }),
  convolution("stride 2", [2, 9, 8, 3], [4, 3, 3, 3], { strides: 2 }, true),
  convolution("stride 2, same", [2, 3, 9, 8], [4, 3, 3, 3], { ...first, strides: 2, padding: "same" }),
  convolution("strides 3 and 1", [1, 11, 6, 2], [3, 2, 3, 2], { strides: [3, 1] }),
  convolution("stride over the edge", [1, 8, 8, 1], [1, 1, 3, 3], { strides: 3 }),
  convolution("dilation 2", [1, 9, 8, 2], [3, 2, 3, 3], { dilation: 2 }, true),
  convolution("dilation 2 and 1, same", [1, 2, 9, 8], [3, 2, 3, 3], {
    ...first,
    dilation: [2, 1],
    padding: "same"
  }),
  convolution("given padding", [1, 5, 6, 2], [3, 2, 3, 3], {
    padding: [
      [2, 1],
      [0, 3]
    ]
  }),
  convolution("stride, dilation, padding", [2, 2, 9, 10], [3, 2, 2, 3], {
    ...first,
    strides: [2, 1],
    dilation: [1, 2],
    padding: [
      [1, 0],
      [2, 1]
    ]
  }),
  convolution("kernel as large as the image", [3, 5, 4, 2], [7, 2, 5, 4]),
  convolution("one pixel, one channel", [1, 1, 1, 1], [1, 1, 1, 1]),
  convolution("65 channels and filters", [1, 65, 4, 4], [65, 65, 3, 3], { ...first, padding: "same" }),
  convolution("lecture's first layer", [3, 1, 28, 28], [20, 1, 5, 5], { ...first, padding: "same" }),
  // Large enough for the fast algorithms of backends, at sizes that their tiles do and do not divide.
  convolution("lecture's second layer", [1, 20, 14, 14], [50, 20, 5, 5], { ...first, padding: "same" }),
  convolution("5x5 of 9 to 11 channels, odd size", [2, 9, 13, 11], [11, 9, 5, 5], first),
  convolution("5x5 same, 9 images", [9, 8, 9, 8], [8, 8, 5, 5], { ...first, padding: "same" }),
  convolution("5x5, stride 2", [2, 9, 13, 12], [11, 9, 5, 5], { ...first, strides: 2 }),
  convolution("3x3 of 16 to 24 channels", [3, 16, 12, 13], [24, 16, 3, 3], { ...first, padding: "same" }),
  convolution("3x3 of 16 to 24 channels, last", [2, 12, 13, 16], [24, 16, 3, 3], { padding: "same" }),
  convolution("2 groups", [2, 6, 7, 4], [6, 2, 3, 3], { groups: 2, padding: "same" }, true),
  convolution("3 groups, stride 2", [1, 6, 9, 8], [3, 2, 3, 2], { ...first, groups: 3, strides: 2 }),
  convolution("groups of one channel", [2, 6, 7, 3], [6, 1, 3, 3], { groups: 3, padding: "same" }, true),
  convolution("no image", [0, 5, 5, 2], [3, 2, 3, 3]),
  convolution("no image, groups", [0, 5, 5, 4], [4, 2, 3, 3], { groups: 2 }),
  ["views", [transposed(real([2, 6, 7, 3])), flipped(real([4, 3, 3, 3]))], { second: true }],
  ["strided", [strided(real([1, 5, 5, 2])), strided(real([3, 2, 2, 2]))]]
];
var conv1dRows = [
  convolution("valid", [2, 9, 3], [4, 3, 3], void 0, true),
  convolution("same", [2, 9, 3], [4, 3, 4], { padding: "same" }),
  convolution("causal", [2, 9, 3], [4, 3, 3], { padding: "causal" }),
  convolution("causal, dilated", [1, 65, 2], [3, 2, 2], { padding: "causal", dilation: 4 }),
  convolution("stride 2", [1, 10, 2], [3, 2, 3], { strides: 2 }),
  convolution("given padding", [1, 5, 2], [3, 2, 3], { padding: [0, 2] }),
  convolution("channels first", [2, 3, 65], [4, 3, 5], { ...first, padding: "same" }),
  convolution("2 groups, causal", [2, 9, 4], [6, 2, 3], { groups: 2, padding: "causal", dilation: 2 }),
  ["transposed", [transposed(real([3, 9, 2])), real([4, 2, 3])]]
];
var convolutionSamples = [
  ...samplesOf("conv2d", convolved, conv2dRows),
  ...samplesOf("conv1d", contracted3, conv1dRows)
];

// packages/conformance/src/samples/convolution-variants.ts
var first2 = { dataFormat: "channelsFirst" };
var same = { padding: "same" };
var conv2dTransposeRows = [
  convolution("3x3", [2, 5, 4, 3], [3, 4, 3, 3], void 0, true),
  convolution("same", [2, 5, 4, 3], [3, 4, 3, 3], same),
  convolution("channels first", [2, 3, 5, 4], [3, 4, 3, 2], first2, true),
  convolution("stride 2", [2, 4, 5, 3], [3, 2, 3, 3], { strides: 2 }, true),
  convolution("stride 2, same", [2, 4, 5, 3], [3, 2, 3, 3], { ...same, strides: 2 }),
  convolution("4x4, stride 2, same, first", [2, 3, 4, 5], [3, 2, 4, 4], { ...first2, ...same, strides: 2 }),
  convolution("stride above the window", [1, 3, 4, 2], [2, 3, 2, 1], { strides: 3 }),
  convolution("stride above the window, same", [1, 3, 4, 2], [2, 3, 2, 1], { ...same, strides: 3 }),
  convolution("strides 3 and 1", [1, 3, 4, 2], [2, 3, 3, 2], { strides: [3, 1] }),
  convolution("output padding", [1, 3, 4, 2], [2, 3, 3, 3], { strides: 3, outputPadding: [2, 1] }),
  convolution("output padding, same", [1, 3, 4, 2], [2, 3, 4, 3], {
    ...same,
    strides: 3,
    outputPadding: [2, 0]
  }),
  convolution("no output padding, same", [1, 2, 4, 3], [2, 3, 5, 2], {
    ...first2,
    ...same,
    strides: 2,
    outputPadding: 0
  }),
  convolution("dilation 2", [1, 4, 5, 2], [2, 3, 3, 2], { dilation: 2 }, true),
  convolution("dilation 1 and 3, same", [1, 4, 5, 2], [2, 3, 2, 3], { ...same, dilation: [1, 3] }),
  convolution("one pixel", [2, 1, 1, 3], [3, 4, 4, 4]),
  convolution("9 to 17 channels, last", [2, 7, 7, 9], [9, 17, 4, 4], { ...same, strides: 2 }),
  convolution("9 to 17 channels, first", [2, 9, 7, 7], [9, 17, 5, 5], { ...first2, ...same }),
  convolution("no image", [0, 5, 5, 2], [2, 3, 3, 3]),
  ["views", [transposed(real([3, 4, 5, 2])), flipped(real([2, 4, 3, 3]))], { second: true }]
];
var conv2dTransposePictures = [
  convolution("64 tiles of Winograd's, 3x3, first", [4, 9, 16, 16], [9, 8, 3, 3], { ...first2, ...same }),
  convolution("64 tiles of Winograd's, 5x5, last", [4, 14, 15, 8], [8, 10, 5, 5], same),
  convolution("1 to 12 channels, pictures", [3, 17, 22, 1], [1, 12, 3, 3], same),
  convolution("14 to 2 channels, pictures", [3, 14, 17, 22], [14, 2, 4, 5], { ...first2, ...same }),
  convolution("pictures, stride 2", [3, 12, 13, 9], [9, 10, 4, 4], { ...same, strides: 2 })
];
var conv1dTransposeRows = [
  convolution("valid", [2, 5, 3], [3, 4, 3], void 0, true),
  convolution("stride 2, same", [2, 5, 3], [3, 4, 3], { ...same, strides: 2 }),
  convolution("output padding", [1, 5, 2], [2, 3, 3], { strides: 3, outputPadding: 1 }),
  convolution("output padding, same", [1, 5, 2], [2, 3, 4], { ...same, strides: 3, outputPadding: 2 }),
  convolution("dilation 3", [1, 5, 2], [2, 3, 3], { dilation: 3 }),
  convolution("channels first", [2, 3, 9], [3, 2, 5], { ...first2, strides: 4 })
];
var conv3dRows = [
  convolution("3x3x3", [2, 4, 5, 6, 2], [3, 2, 3, 3, 3], void 0, true),
  convolution("same", [2, 4, 5, 6, 2], [3, 2, 3, 3, 3], same),
  convolution("channels first", [2, 2, 4, 5, 6], [3, 2, 2, 3, 3], first2, true),
  convolution("channels first, same", [1, 2, 4, 5, 6], [3, 2, 2, 3, 4], { ...first2, ...same }),
  convolution("stride 2", [1, 6, 7, 6, 2], [3, 2, 3, 2, 3], { strides: 2 }),
  convolution("strides 2, 1, 3, same", [1, 5, 4, 7, 2], [3, 2, 3, 2, 3], { ...same, strides: [2, 1, 3] }),
  convolution("dilation 2", [1, 6, 7, 6, 2], [3, 2, 2, 3, 2], { dilation: 2 }),
  convolution("dilation 3, 1, 2, same", [1, 2, 6, 4, 6], [3, 2, 2, 3, 2], {
    ...first2,
    ...same,
    dilation: [3, 1, 2]
  }),
  convolution("given padding", [1, 3, 4, 5, 2], [2, 2, 3, 2, 3], {
    padding: [
      [2, 0],
      [0, 1],
      [1, 2]
    ]
  }),
  convolution("flat windows", [2, 4, 5, 6, 2], [3, 2, 1, 3, 3], same, true),
  convolution("flat windows, stride 2", [2, 5, 5, 6, 2], [3, 2, 1, 2, 2], { strides: 2 }),
  convolution("windows of one pixel's depth", [2, 2, 7, 3, 3], [3, 2, 3, 1, 1], first2),
  convolution("2 groups", [1, 4, 4, 5, 4], [4, 2, 2, 3, 3], { groups: 2 }),
  convolution("groups of one channel", [1, 3, 4, 4, 4], [6, 1, 2, 2, 2], { ...first2, groups: 3 }),
  convolution("9 to 17 channels", [1, 5, 6, 7, 9], [17, 9, 3, 3, 3], same),
  convolution("no volume", [0, 4, 4, 4, 2], [3, 2, 3, 3, 3]),
  ["views", [transposed(real([2, 6, 5, 4, 2])), flipped(real([3, 2, 2, 3, 3]))], { second: true }]
];
var conv3dTransposeRows = [
  convolution("3x3x3", [2, 3, 4, 3, 2], [2, 3, 3, 3, 3], void 0, true),
  convolution("stride 2, same", [1, 3, 4, 3, 2], [2, 3, 3, 2, 3], { ...same, strides: 2 }),
  convolution("channels first", [2, 2, 3, 4, 3], [2, 3, 2, 3, 3], { ...first2, strides: [2, 1, 2] }, true),
  convolution("channels first, same", [1, 2, 3, 4, 3], [2, 3, 4, 3, 2], { ...first2, ...same, strides: 2 }),
  convolution("stride above the window", [1, 3, 2, 3, 2], [2, 3, 2, 1, 2], { strides: 3 }),
  convolution("stride above the window, same", [1, 3, 2, 3, 2], [2, 3, 1, 2, 2], { ...same, strides: 3 }),
  convolution("output padding", [1, 2, 3, 2, 2], [2, 2, 3, 3, 3], { strides: 3, outputPadding: [2, 0, 1] }),
  convolution("output padding, same", [1, 3, 2, 2, 2], [2, 2, 4, 3, 3], {
    ...same,
    strides: 3,
    outputPadding: 2
  }),
  convolution("dilation 2", [1, 3, 4, 3, 2], [2, 3, 2, 3, 2], { dilation: 2 }),
  convolution("flat windows", [1, 3, 4, 3, 2], [2, 3, 1, 3, 3], { strides: [1, 2, 2] }),
  convolution("no volume", [0, 3, 3, 3, 2], [2, 3, 2, 2, 2])
];
var depthwiseConv2dRows = [
  convolution("3x3", [2, 6, 7, 3], [3, 1, 3, 3], void 0, true),
  convolution("same", [2, 6, 7, 5], [5, 1, 3, 3], same),
  convolution("channels first", [2, 3, 6, 7], [3, 1, 3, 3], first2, true),
  convolution("channels first, same", [2, 3, 6, 7], [3, 1, 2, 4], { ...first2, ...same }),
  convolution("2 kernels a channel", [2, 6, 7, 3], [3, 2, 3, 3], same, true),
  convolution("3 kernels a channel, first", [1, 2, 6, 7], [2, 3, 3, 2], { ...first2, ...same, strides: 2 }),
  convolution("stride 2", [2, 8, 9, 4], [4, 1, 3, 3], { strides: 2 }, true),
  convolution("stride 2, same", [2, 7, 8, 4], [4, 1, 3, 3], { ...same, strides: 2 }),
  convolution("stride above the window", [1, 8, 8, 2], [2, 1, 2, 1], { strides: 3 }),
  convolution("dilation 2", [1, 8, 9, 3], [3, 1, 3, 2], { dilation: 2 }, true),
  convolution("dilation 1 and 2, same, first", [1, 3, 6, 7], [3, 2, 2, 3], {
    ...first2,
    ...same,
    dilation: [1, 2]
  }),
  convolution("stride, dilation, padding", [2, 9, 10, 2], [2, 2, 2, 3], {
    strides: [2, 1],
    dilation: [1, 2],
    padding: [
      [3, 0],
      [2, 1]
    ]
  }),
  convolution("padding above the window", [1, 4, 3, 2], [2, 1, 2, 1], {
    padding: [
      [3, 2],
      [2, 0]
    ]
  }),
  convolution("5x5 of 65 channels", [1, 9, 8, 65], [65, 1, 5, 5], same),
  convolution("7x7 of 8 channels, first", [2, 8, 14, 14], [8, 1, 7, 7], { ...first2, ...same }),
  convolution("1x1", [1, 4, 5, 3], [3, 2, 1, 1]),
  convolution("no image", [0, 5, 5, 2], [2, 1, 3, 3]),
  ["views", [transposed(real([2, 7, 6, 3])), flipped(real([3, 2, 3, 3]))], { second: true }],
  ["strided", [strided(real([1, 5, 5, 2])), strided(real([2, 1, 2, 2]))]]
];
var depthwiseConv1dRows = [
  convolution("valid", [2, 9, 3], [3, 1, 3], void 0, true),
  convolution("same, 2 kernels", [2, 9, 3], [3, 2, 4], same),
  convolution("causal, dilated", [1, 65, 2], [2, 1, 2], { padding: "causal", dilation: 4 }),
  convolution("stride 2, first", [1, 3, 10], [3, 2, 3], { ...first2, strides: 2 })
];
var convolutionVariantSamples = [
  ...samplesOf("conv2dTranspose", contracted3, conv2dTransposeRows),
  ...samplesOf("conv2dTranspose", convolved, conv2dTransposePictures),
  ...samplesOf("conv1dTranspose", contracted3, conv1dTransposeRows),
  ...samplesOf("conv3d", contracted3, conv3dRows),
  ...samplesOf("conv3dTranspose", contracted3, conv3dTransposeRows),
  ...samplesOf("depthwiseConv2d", contracted3, depthwiseConv2dRows),
  ...samplesOf("depthwiseConv1d", contracted3, depthwiseConv1dRows)
];

// packages/conformance/src/samples/creation.ts
var exact2 = { forward: { signedZero: true } };
var stepped = { forward: { ulp: 2 } };
var transformed = { forward: { ulp: 32, absolute: 1e-6 } };
var stream = (seed, name = "init") => ({ kind: "stream", seed, name });
var shapes = [[], [0], [1], [3], [64], [65], [1025], [3, 5]];
var draws = (rest, options) => [
  ...shapes.map((shape, seed) => [shape, ...rest(seed)]),
  ...options === void 0 ? [] : [[[65], ...rest(77), options]]
];
var drawn = (op, operation, options) => samplesOf(
  op,
  operation,
  draws((seed) => [stream(seed)], options).map((args) => [
    `[${String(args[0])}]${args.length > 2 ? " with options" : ""}`,
    args
  ])
);
var creationSamples = [
  ...samplesOf("tensor", exact2, [
    ["number", [3.5]],
    [
      "nested",
      [
        [
          [1, 2, 3],
          [4, -0, 1e-40]
        ]
      ]
    ],
    ["shape", [[1, 2, 3, 4, 5, 6], { shape: [3, 2] }]],
    ["int32", [[1, -2, 2147483647], { dtype: "int32" }]],
    ["bool", [[0, 1, 1], { dtype: "bool" }]],
    ["not finite", [[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]]]
  ]),
  ...samplesOf("zeros", exact2, [
    ["[]", [[]]],
    ["[0]", [[0]]],
    ["[3,65]", [[3, 65]]],
    ["int32", [[5], { dtype: "int32" }]],
    ["bool", [[5], { dtype: "bool" }]]
  ]),
  ...samplesOf("ones", exact2, [
    ["[]", [[]]],
    ["[1025]", [[1025]]],
    ["int32", [[2, 3], { dtype: "int32" }]]
  ]),
  ...samplesOf("full", exact2, [
    ["float32", [[3, 5], -1.25]],
    ["NaN", [[3], Number.NaN]],
    ["int32", [[5], -7, { dtype: "int32" }]]
  ]),
  ...samplesOf("range", stepped, [
    ["0 to 5", [0, 5]],
    ["by 0.1", [1, 2, 0.1]],
    ["down", [5, 0, -2]],
    ["nothing", [3, 3]],
    ["int32", [-4, 1025, 3, { dtype: "int32" }]]
  ]),
  ...samplesOf("coordinate", exact2, [
    ["rows", [[5, 65], 0]],
    ["columns", [[5, 65], 1]],
    ["none", [[0], 0]]
  ]),
  ...samplesOf("eye", exact2, [
    ["1", [1]],
    ["65", [65]],
    ["0", [0]]
  ])
];
var randomSamples = [
  ...drawn("randomBits", exact2, void 0),
  ...drawn("randomUniform", { forward: { ulp: 1 } }, { min: -2, max: 3 }),
  ...drawn("randomNormal", transformed, { mean: 1, standardDeviation: 2 }),
  // Eight draws of a normal each: a few shapes are enough.
  ...drawn("truncatedNormal", transformed, { mean: 1, standardDeviation: 2 }).filter(
    ({ sample }) => ["[]", "[0]", "[3]", "[65] with options"].includes(sample)
  ),
  ...drawn("randomBernoulli", exact2, { probability: 0.3 }),
  ...samplesOf("randomInt", exact2, [
    ["dice", [[1025], stream(5), { min: 1, max: 7 }]],
    ["negative", [[65], stream(6), { min: -1e6, max: 1e3 }]],
    ["no element", [[0], stream(7), { min: 0, max: 9 }]]
  ]),
  ...samplesOf("shuffle", { forward: { signedZero: true }, gradient: { ulp: 0 } }, [
    ["rows", [real([65, 3]), stream(1, "shuffle")], { second: true }],
    ["int32", [integers([1025]), stream(2, "shuffle")]]
  ]),
  ...samplesOf("randomPermutation", exact2, [
    ["1", [1, stream(1, "shuffle")]],
    ["65", [65, stream(2, "shuffle")]],
    ["1025", [1025, stream(3, "shuffle")]]
  ])
];

// packages/conformance/src/samples/functions.ts
var exact3 = { forward: { signedZero: true }, gradient: { ulp: 2 } };
var transcendental = { forward: { ulp: 4 }, gradient: { ulp: 8 } };
var periodic = { forward: { ulp: 4, absolute: 12e-8 }, gradient: { ulp: 4, absolute: 12e-8 } };
var composed = (forward) => ({ forward, gradient: { ulp: 16, absolute: 1e-6 } });
var moderate = moderateValues;
var integerRows2 = [
  ["int32 limits", [given(wrappingIntegers, "int32")]],
  ["int32 transposed", [transposed(integers([5, 9]))]]
];
var positive = (special = moderate) => unaryRows(0.1, 3, special);
var functionSamples = [
  ...samplesOf("negative", exact3, [...unaryRows(), ...integerRows2]),
  ...samplesOf("abs", exact3, [...unaryRows(), ...integerRows2]),
  ...samplesOf("sign", { forward: {}, gradient: {} }, [...unaryRows(), ...integerRows2]),
  ...samplesOf("square", exact3, [...unaryRows(), ["int32 wraps", [given(wrappingIntegers, "int32")]]]),
  ...samplesOf("floor", { forward: { signedZero: true }, gradient: {} }, unaryRows()),
  ...samplesOf("ceil", { forward: { signedZero: true }, gradient: {} }, unaryRows()),
  ...samplesOf("round", { forward: { signedZero: true }, gradient: {} }, [
    ...unaryRows(),
    [
      "halves go to even",
      [given([0.5, 1.5, 2.5, 3.5, -0.5, -1.5, -2.5, 4.4999995, 8388609])],
      { smooth: false }
    ]
  ]),
  ...samplesOf("sqrt", exact3, unaryRows(0.1, 3)),
  ...samplesOf("reciprocal", exact3, unaryRows(0.25, 3)),
  // The second derivative is 3/4 rsqrt(x)^5: five times the relative error, and some products.
  ...samplesOf("rsqrt", { forward: { ulp: 2 }, gradient: { ulp: 16 } }, unaryRows(0.1, 3)),
  ...samplesOf("exp", transcendental, unaryRows()),
  ...samplesOf("expm1", transcendental, unaryRows()),
  ...samplesOf("log", transcendental, positive([...moderate, 34028234663852886e22, 1e30])),
  ...samplesOf("log1p", transcendental, unaryRows(-0.9, 3)),
  ...samplesOf("sin", periodic, unaryRows(-3, 3, moderate)),
  ...samplesOf("cos", periodic, unaryRows(-3, 3, moderate)),
  ...samplesOf("tanh", composed({ ulp: 4 }), unaryRows()),
  ...samplesOf("sigmoid", composed({ ulp: 4 }), unaryRows()),
  ...samplesOf("softplus", composed({ ulp: 4 }), unaryRows()),
  ...samplesOf("erf", composed({ ulp: 8 }), unaryRows()),
  ...samplesOf("hardSigmoid", composed({ ulp: 2, absolute: 6e-8 }), unaryRows(-5, 5)),
  ...samplesOf("softsign", composed({ ulp: 2 }), unaryRows()),
  ...samplesOf("relu", { forward: {}, gradient: {} }, unaryRows()),
  ...samplesOf("leakyRelu", { forward: { ulp: 1 }, gradient: { ulp: 1 } }, unaryRows()),
  ...samplesOf("elu", composed({ ulp: 4 }), unaryRows()),
  ...samplesOf("selu", composed({ ulp: 6 }), unaryRows()),
  ...samplesOf("silu", composed({ ulp: 6 }), unaryRows(-3, 3, moderate)),
  ...samplesOf("gelu", composed({ ulp: 8, absolute: 24e-8 }), unaryRows(-3, 3, moderate)),
  ...samplesOf("stopGradient", exact3, [
    ["size 65", [real([65])], { smooth: false, second: true }],
    ["size 0", [real([0])], { smooth: false }],
    ["int32", [integers([9])]]
  ]),
  ...samplesOf("clip", { forward: {}, gradient: {} }, [
    ...unaryRows().map(([name, args, options = {}]) => [name, [...args, -1, 0.75], options]),
    ["int32", [integers([65]), -3, 4]]
  ])
];

// packages/conformance/src/samples/indexing.ts
var picked = { forward: { signedZero: true }, gradient: { scaled: 2e-6 } };
var added = { forward: {}, gradient: { ulp: 0 } };
var scanned = { forward: { scaled: 4e-6 }, gradient: { scaled: 4e-6 } };
var ordered = { forward: {}, gradient: { ulp: 0 } };
var exact4 = { forward: {} };
var awkward = given(
  [3, Number.NaN, -1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY, 0, 7],
  "float32",
  [2, 4]
);
var ties = given([2, 1, 2, 0, 1, 1, 0, 2, 2], "float32");
var indexingSamples = [
  ...samplesOf("gather", picked, [
    ["rows", [real([5, 7]), given([4, 0, 0, 2], "int32")], { second: true }],
    ["columns", [real([5, 7]), given([6, 1, 1], "int32"), { axis: 1 }], { second: true }],
    ["last axis by name", [real([2, 3, 65]), integers([9], 0, 64), { axis: -1 }]],
    ["middle axis", [real([3, 5, 7]), integers([4], 0, 4), { axis: 1 }]],
    ["scalar index", [real([5, 3]), given([2], "int32", [])]],
    ["index matrix", [real([5, 3]), given([2, 0, 1, 4], "int32", [2, 2])]],
    ["no index", [real([5, 3]), integers([0], 0, 1)]],
    [
      "negative counts from the end, out of range is clamped",
      [real([5, 3]), given([-1, -5, 7, -9, 5], "int32")]
    ],
    [
      "NaN out of range",
      [real([5, 9]), given([-1, 4, 5, 0, 4], "int32"), { outOfRange: "nan" }],
      { second: true, smooth: false }
    ],
    [
      "columns, NaN out of range",
      [real([3, 5]), given([2, 7], "int32"), { axis: 1, outOfRange: "nan" }],
      { smooth: false }
    ],
    ["1025 of 65", [real([65]), integers([1025], 0, 64)]],
    ["transposed", [transposed(real([5, 7])), given([4, 0, 2], "int32")]],
    ["strided, flipped index", [strided(real([5, 7])), flipped(given([4, 0, 2], "int32"))]],
    ["int32", [integers([9]), given([8, 0], "int32")]]
  ]),
  ...samplesOf("scatterAdd", added, [
    ["rows", [given([4, 0, 0, 2], "int32"), real([4, 7]), 5], { second: true }],
    ["columns", [given([6, 1, 1], "int32"), real([5, 3]), 7, { axis: 1 }]],
    ["middle axis", [integers([4], 0, 4), real([3, 4, 7]), 5, { axis: 1 }]],
    ["no index", [integers([0], 0, 1), real([0, 3]), 5]],
    ["1025 into 65", [integers([1025], 0, 64), real([1025]), 65]],
    ["1025 rows into 3", [integers([1025], 0, 2), real([1025, 3]), 3]],
    ["transposed", [given([4, 0, 2], "int32"), transposed(real([3, 7])), 5]],
    ["int32", [given([1, 1, 0], "int32"), integers([3]), 2]]
  ]),
  ...samplesOf("gatherAlong", picked, [
    ["last axis", [real([5, 7]), integers([5, 3], 0, 6), { axis: 1 }], { second: true }],
    ["first axis", [real([5, 7]), integers([2, 7], 0, 4), { axis: 0 }]],
    ["one of each row", [real([65, 10]), integers([65, 1], 0, 9), { axis: -1 }]],
    ["middle axis", [real([3, 5, 4]), integers([3, 2, 4], 0, 4), { axis: 1 }]],
    ["transposed", [transposed(real([5, 7])), transposed(integers([5, 2], 0, 6)), { axis: 1 }]],
    ["no row", [real([0, 7]), integers([0, 1], 0, 6), { axis: 1 }]]
  ]),
  ...samplesOf("scatterAddAlong", added, [
    ["last axis", [integers([5, 3], 0, 6), real([5, 3]), 7, { axis: 1 }], { second: true }],
    ["first axis", [integers([9, 4], 0, 4), real([9, 4]), 5, { axis: 0 }]],
    ["middle axis", [integers([3, 6, 4], 0, 1), real([3, 6, 4]), 2, { axis: 1 }]],
    ["transposed", [transposed(integers([5, 2], 0, 6)), transposed(real([5, 2])), 7, { axis: 1 }]]
  ]),
  ...samplesOf("oneHot", exact4, [
    ["classes", [given([0, 9, 3, 3], "int32"), 10]],
    ["65 of 10", [integers([65], 0, 9), 10]],
    ["scalar", [given([1], "int32", []), 3]],
    ["matrix", [integers([3, 5], 0, 3), 4]],
    ["none", [integers([0], 0, 1), 4]],
    ["out of range", [given([0, -1, 3, 2], "int32"), 3]],
    ["int32", [given([2, 0], "int32"), 3, { dtype: "int32" }]],
    ["transposed", [transposed(integers([3, 5], 0, 3)), 4]]
  ]),
  ...samplesOf("cumsum", scanned, [
    ["size 1025", [real([1025])]],
    ["size 1", [real([1])]],
    ["size 0", [real([0])]],
    ["last axis", [real([5, 65])], { second: true }],
    ["axis 0", [real([65, 3]), { axis: 0 }]],
    ["middle axis", [real([3, 5, 7]), { axis: 1 }]],
    ["reverse", [real([3, 9]), { reverse: true }]],
    ["exclusive", [real([3, 9]), { exclusive: true }]],
    ["reverse, exclusive", [real([9, 3]), { axis: 0, reverse: true, exclusive: true }], { second: true }],
    ["transposed", [transposed(real([5, 9]))]],
    ["int32", [integers([5, 65])]]
  ]),
  ...samplesOf("argsort", exact4, [
    ["65", [distinct4([65])]],
    ["1025", [distinct4([1025])]],
    ["stable", [ties]],
    ["stable, descending", [ties, { descending: true }]],
    ["axis 0", [distinct4([9, 3]), { axis: 0 }]],
    ["NaN last, infinities", [awkward]],
    ["NaN last, descending", [awkward, { descending: true }]],
    ["int32", [integers([3, 65])]],
    ["transposed", [transposed(distinct4([5, 9]))]],
    ["size 0", [real([0])]]
  ]),
  ...samplesOf("sort", ordered, [
    ["65", [distinct4([65])], { second: true }],
    ["1025", [distinct4([1025])]],
    ["descending", [distinct4([3, 9]), { descending: true }]],
    ["axis 0", [distinct4([9, 3]), { axis: 0 }]],
    ["NaN last", [awkward], { smooth: false }],
    ["int32", [integers([3, 65])]],
    ["flipped", [flipped(distinct4([5, 9]))]]
  ]),
  ...samplesOf("topK", ordered, [
    ["3 of 65", [distinct4([65]), 3], { second: true }],
    ["rows", [distinct4([5, 9]), 4]],
    ["all", [distinct4([3, 3]), 3]],
    ["axis 0", [distinct4([9, 3]), 2, { axis: 0 }]],
    ["equal elements", [ties, 4], { smooth: false }],
    ["transposed", [transposed(distinct4([9, 5])), 2]]
  ])
];

// packages/conformance/src/samples/logic.ts
var exact5 = { forward: {} };
var copied = { forward: { signedZero: true }, gradient: { ulp: 0 } };
var comparisonRows = [
  ...edgeSizes.map((size) => [`size ${size}`, [integers([size], -2, 2), integers([size], -2, 2)]]),
  ["float32 special values", pairs(specialValues)],
  ["int32 limits", pairs(wrappingIntegers, "int32")],
  ["broadcast", [real([5, 1]), real([1, 65])]],
  ["with number", [integers([9], -2, 2), 1]],
  ["views", [transposed(integers([5, 9], 0, 1)), flipped(integers([5, 9], 0, 1))]],
  ["strided, stretched", [strided(integers([6, 5], 0, 1)), stretched(integers([6, 5], 0, 1), 0)]]
];
var logicalRows = [
  ...edgeSizes.map((size) => [`size ${size}`, [flags([size]), flags([size])]]),
  ["broadcast", [flags([5, 1]), flags([1, 65])]],
  ["views", [transposed(flags([5, 9])), strided(flags([5, 9]))]]
];
var bitwiseRows = [
  ["limits", pairs(wrappingIntegers, "int32")],
  ["size 0", [integers([0]), integers([0])]],
  ["size 1025", [integers([1025], -2147483648, 2147483647), integers([1025], -2147483648, 2147483647)]],
  ["with number", [integers([65], -1e3, 1e3), 85]],
  ["views", [transposed(integers([5, 9])), flipped(integers([5, 9]))]]
];
var shiftRows = [
  [
    "limits",
    [
      given(wrappingIntegers, "int32", [wrappingIntegers.length, 1]),
      given([0, 1, 5, 16, 31, 32, 33, 63], "int32")
    ]
  ],
  ["size 65", [integers([65], -2147483648, 2147483647), integers([65], 0, 31)]],
  ["with number", [integers([65]), 13]],
  ["views", [transposed(integers([5, 9])), strided(integers([5, 9], 0, 31))]]
];
var many = (ops, operation, rows) => ops.flatMap((op) => samplesOf(op, operation, rows));
var logicSamples = [
  ...many(["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"], exact5, comparisonRows),
  ...many(["logicalAnd", "logicalOr"], exact5, logicalRows),
  ...samplesOf("logicalNot", exact5, [
    ...edgeSizes.map((size) => [`size ${size}`, [flags([size])]]),
    ["views", [flipped(transposed(flags([5, 9])))]]
  ]),
  ...many(["bitwiseAnd", "bitwiseOr", "bitwiseXor"], exact5, bitwiseRows),
  ...many(["shiftLeft", "shiftRight"], exact5, shiftRows),
  ...samplesOf("isNaN", exact5, [
    ["special values", [given(specialValues)]],
    ["size 1025", [real([1025])]],
    ["size 0", [real([0])]],
    ["transposed", [transposed(given([1, Number.NaN, 3, 4, Number.NaN, 6], "float32", [2, 3]))]]
  ]),
  ...samplesOf("where", copied, [
    ...edgeSizes.map(
      (size) => [`size ${size}`, [flags([size]), real([size]), real([size])], { second: size === 3 }]
    ),
    ["broadcast", [flags([5, 1]), real([1, 7]), real([])], { accumulates: true, second: true }],
    ["numbers", [flags([65]), 1.5, -0.25]],
    ["number and tensor", [flags([65]), 0, real([65])]],
    ["int32", [flags([65]), integers([65]), integers([65])]],
    ["bool", [flags([65]), flags([65]), flags([65])]],
    ["views", [transposed(flags([5, 9])), flipped(real([5, 9])), strided(real([5, 9]))]],
    // The side that is not chosen may be NaN or Inf: nothing of it reaches the result.
    [
      "not a number on the other side",
      [given([1, 0, 1, 0], "bool"), given([1, Number.NaN, -0, Number.POSITIVE_INFINITY]), real([4])],
      { smooth: false }
    ]
  ]),
  ...samplesOf("cast", copied, [
    [
      "float32 to int32 truncates",
      [given([0, -0, 1.5, -1.5, 2.999, -2.999, 1e6, -16777216, 0.5]), "int32"],
      { gradient: false }
    ],
    [
      "float32 to bool",
      [given([0, -0, 1e-40, -3, 0.25, Number.POSITIVE_INFINITY]), "bool"],
      { gradient: false }
    ],
    [
      "int32 to float32 rounds to even",
      [given([...wrappingIntegers, 16777217, 16777219], "int32"), "float32"]
    ],
    ["int32 to bool", [integers([65], -1, 1), "bool"]],
    ["bool to float32", [flags([65]), "float32"]],
    ["bool to int32", [flags([3, 5]), "int32"]],
    ["float32 to float32", [real([65]), "float32"], { second: true }],
    ["transposed int32", [transposed(integers([4, 9])), "float32"]],
    ["size 0", [integers([0, 3]), "float32"]]
  ])
];

// packages/conformance/src/samples/pooling.ts
var selected = { forward: {}, gradient: { ulp: 4, absolute: 1e-6 } };
var averaged = { forward: { ulp: 4, absolute: 1e-6 }, gradient: { ulp: 4, absolute: 1e-6 } };
var first3 = { dataFormat: "channelsFirst" };
function poolRows(make) {
  const row2 = (name, shape, options, second2 = false) => [
    name,
    [make(shape), ...options === void 0 ? [] : [options]],
    { second: second2 }
  ];
  return [
    row2("default", [2, 6, 8, 3], void 0, true),
    row2("odd size leaves the edge out", [1, 7, 5, 2]),
    row2("same fills the edge", [1, 7, 5, 2], { padding: "same" }),
    row2("channels first", [2, 3, 6, 8], first3, true),
    row2("channels first, same", [2, 3, 7, 5], { ...first3, padding: "same" }),
    row2("overlapping", [1, 7, 8, 2], { poolSize: 3, strides: 1 }, true),
    row2("overlapping, same", [1, 2, 7, 8], { ...first3, poolSize: 3, strides: 2, padding: "same" }),
    row2("gaps between windows", [1, 9, 9, 2], { poolSize: 2, strides: 3 }),
    row2("rectangular", [1, 6, 9, 2], { poolSize: [2, 3], strides: [1, 2] }),
    row2("window as large as the image", [3, 5, 4, 2], { poolSize: [5, 4] }),
    row2("window of 1", [1, 3, 3, 2], { poolSize: 1 }),
    row2("65 channels", [1, 4, 4, 65]),
    row2("28x28 as in the lecture", [2, 20, 28, 28], { ...first3, poolSize: 2, strides: 2 }),
    row2("no image", [0, 4, 4, 2]),
    ["transposed", [transposed(make([2, 4, 6, 1]))]],
    ["flipped", [flipped(make([1, 4, 6, 2])), { poolSize: 2 }]],
    ["strided", [strided(make([1, 4, 4, 2])), first3]]
  ];
}
function poolRows1d(make) {
  return [
    ["default", [make([2, 8, 3])], { second: true }],
    ["same", [make([2, 9, 3]), { poolSize: 2, padding: "same" }]],
    ["overlapping", [make([1, 65, 2]), { poolSize: 3, strides: 1 }]],
    ["channels first", [make([2, 3, 9]), { ...first3, poolSize: 3 }]],
    ["transposed", [transposed(make([3, 8, 2]))]]
  ];
}
function poolRows3d(make) {
  const row2 = (name, shape, options, second2 = false) => [
    name,
    [make(shape), ...options === void 0 ? [] : [options]],
    { second: second2 }
  ];
  return [
    row2("default", [2, 4, 4, 6, 3], void 0, true),
    row2("odd sizes leave the edge out", [1, 5, 3, 7, 2]),
    row2("same fills the edge", [1, 5, 3, 7, 2], { padding: "same" }),
    row2("channels first", [2, 3, 4, 4, 6], first3, true),
    row2("channels first, same", [1, 2, 5, 3, 7], { ...first3, padding: "same", poolSize: 3, strides: 2 }),
    row2("overlapping", [1, 5, 4, 5, 2], { poolSize: 3, strides: 1, padding: "same" }),
    row2("windows of 3 shapes", [1, 6, 5, 7, 2], { poolSize: [3, 1, 2], strides: [1, 2, 3] }),
    row2("given padding", [1, 3, 4, 5, 2], {
      padding: [
        [1, 0],
        [0, 1],
        [1, 1]
      ]
    }),
    row2("flat windows", [1, 3, 4, 6, 2], { poolSize: [1, 2, 2] }),
    row2("window as large as the volume", [2, 3, 2, 4, 2], { poolSize: [3, 2, 4] }),
    row2("no volume", [0, 4, 4, 4, 2]),
    ["transposed", [transposed(make([2, 4, 6, 4, 1]))]]
  ];
}
var ties2 = given([1, 1, 0, 2, 1, 1, 2, 2, 3, 3, 3, 0, 3, 3, 0, 0], "float32", [1, 4, 4, 1]);
var awkward2 = given(
  [
    Number.NaN,
    1,
    2,
    Number.NEGATIVE_INFINITY,
    3,
    4,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1,
    Number.POSITIVE_INFINITY,
    5,
    6,
    7,
    8,
    -0,
    0
  ],
  "float32",
  [1, 4, 4, 1]
);
var poolingSamples = [
  ...samplesOf("maxPool2d", selected, [
    ...poolRows(distinct4),
    ["equal elements", [ties2], { smooth: false }],
    ["equal elements, overlapping", [ties2, { poolSize: 3, strides: 1 }], { smooth: false }],
    ["NaN and infinities", [awkward2], { smooth: false, gradient: false }]
  ]),
  ...samplesOf("averagePool2d", averaged, poolRows(real)),
  ...samplesOf("maxPool1d", selected, poolRows1d(distinct4)),
  ...samplesOf("averagePool1d", averaged, poolRows1d(real)),
  ...samplesOf("maxPool3d", selected, [
    ...poolRows3d(distinct4),
    ["equal elements", [given([1, 2, 2, 0, 1, 2, 0, 2], "float32", [1, 2, 4, 4, 1])], { smooth: false }]
  ]),
  ...samplesOf("averagePool3d", averaged, poolRows3d(real))
];

// packages/conformance/src/samples/recurrent.ts
var recurrent = {
  forward: { scaled: 4e-6, absolute: 4e-6 },
  gradient: { scaled: 1e-5, absolute: 1e-5 }
};
var row = (gates) => (name, [batch, steps, units], options = {}, second2 = false) => {
  const projected2 = real([batch, steps, gates * units], -1.5, 1.5);
  const scale = Math.sqrt(2 / units);
  const kernel = real([units, gates * units], -scale, scale);
  return [name, [projected2, kernel, options], { second: second2 }];
};
var state3 = (batch, units) => real([batch, units], -1, 1);
var dropout = (batch, width) => given([0, 1.25, 1.25, 1.25, 0, 1.25, 1.25], "float32", [batch, width]);
var mask = given([0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1], "bool", [4, 4]);
function rowsOf2(gates, initial2, extra) {
  const of = row(gates);
  const masked = () => ({ ...extra(), mask });
  return [
    of("1 sample, 1 step, 1 unit", [1, 1, 1], extra()),
    of("2 samples, 3 steps, 3 units", [2, 3, 3], extra(), true),
    of("33 samples, 2 steps, 17 units", [33, 2, 17], extra()),
    of("5 samples, 3 steps, 65 units", [5, 3, 65], extra()),
    of("8 samples, 4 steps, 32 units", [8, 4, 32], extra()),
    of("no samples", [0, 2, 3], extra()),
    of("initial states", [4, 2, 5], { ...extra(), ...initial2() }),
    of("mask", [4, 4, 5], masked()),
    of("mask, zero output", [4, 4, 5], { ...masked(), zeroOutputForMask: true }),
    of("mask, initial states", [4, 4, 5], { ...masked(), ...initial2() }),
    of("random mask, 33 samples", [33, 5, 9], { ...extra(), mask: flags([33, 5]) }),
    of("recurrent mask", [3, 3, 5], { ...extra(), recurrentMask: dropout(3, 5) }),
    ...gates === 1 ? [] : [
      of(
        "recurrent mask per gate",
        [3, 3, 5],
        { ...extra(), recurrentMask: dropout(3, gates * 5) },
        true
      )
    ],
    of("everything", [4, 4, 5], { ...masked(), ...initial2(), recurrentMask: dropout(4, 5) }, true),
    ...["sigmoid", "relu", "hardSigmoid", "linear"].map(
      (activation) => of(`activation ${activation}`, [3, 2, 4], { ...extra(), activation }, true)
    ),
    ...(gates === 1 ? [] : ["tanh", "relu", "hardSigmoid", "linear"]).map(
      (recurrentActivation) => of(`recurrent activation ${recurrentActivation}`, [3, 2, 4], { ...extra(), recurrentActivation })
    )
  ];
}
var views = (gates) => [
  "views",
  [transposed(real([3, 2, gates * 4], -1, 1)), transposed(real([4, gates * 4], -1, 1)), {}]
];
var none = () => ({});
var before2 = () => ({ resetAfter: false });
var renamed = (rows, name) => rows.map(([sample, ...rest]) => [`${name}: ${sample}`, ...rest]);
var gruRows = [
  ...rowsOf2(3, () => ({ initialHidden: state3(4, 5) }), none),
  row(3)("recurrent bias", [3, 4, 5], { recurrentBias: real([15], -1, 1) }),
  row(3)(
    "recurrent bias, everything",
    [4, 4, 5],
    {
      recurrentBias: real([15], -1, 1),
      initialHidden: state3(4, 5),
      mask,
      recurrentMask: dropout(4, 15)
    },
    true
  ),
  views(3),
  ...renamed(
    rowsOf2(3, () => ({ initialHidden: state3(4, 5) }), before2),
    "reset before"
  )
];
function maskedRow(name, sizes, second2 = false) {
  const [batch, steps, features, gates, units] = sizes;
  const kernel = real([features, gates * units], -1, 1);
  return [
    name,
    [real([batch, steps, features], -1, 1), dropout(batch, gates * features), kernel],
    { second: second2 }
  ];
}
var maskedRows = [
  maskedRow("one tile", [1, 4, 8, 1, 8], true),
  maskedRow("odd sizes", [3, 7, 13, 3, 11], true),
  maskedRow("33 samples", [33, 5, 9, 2, 17]),
  maskedRow("65 features and units", [2, 6, 65, 4, 65]),
  maskedRow("too small for tiles", [2, 3, 5, 2, 4], true),
  maskedRow("no samples", [0, 4, 8, 2, 8]),
  ["views", [transposed(real([4, 5, 12], -1, 1)), dropout(4, 24), transposed(real([12, 24], -1, 1))]]
];
var recurrentSamples = [
  ...samplesOf("lstm", recurrent, [
    ...rowsOf2(4, () => ({ initialHidden: state3(4, 5), initialCell: state3(4, 5) }), none),
    row(4)("initial cell only", [4, 2, 5], { initialCell: state3(4, 5) }),
    views(4)
  ]),
  ...samplesOf("gru", recurrent, gruRows),
  ...samplesOf("simpleRnn", recurrent, [
    ...rowsOf2(1, () => ({ initialHidden: state3(4, 5) }), none),
    views(1)
  ]),
  ...samplesOf("maskedMatmul", recurrent, maskedRows)
];

// packages/conformance/src/samples/reductions.ts
var summed = { forward: { scaled: 4e-6, absolute: 1e-5 }, gradient: { scaled: 4e-6, ulp: 4 } };
var averaged2 = { forward: { scaled: 4e-6, absolute: 4e-7 }, gradient: { scaled: 4e-6, ulp: 8 } };
var multiplied = { forward: { relative: 4e-6 }, gradient: { relative: 1e-5, scaled: 1e-5 } };
var selected2 = { forward: {}, gradient: { ulp: 2 } };
var spread = { forward: { scaled: 1e-5, ulp: 16 }, gradient: { scaled: 1e-5, ulp: 16 } };
var exponential = {
  forward: { ulp: 8, absolute: 1e-6 },
  gradient: { relative: 1e-5, absolute: 1e-6 }
};
var exact6 = { forward: {} };
function reductionRows(make, { empty = true } = {}) {
  const sizes = empty ? edgeSizes : edgeSizes.filter((size) => size > 0);
  return [
    ["scalar", [make([])]],
    ...sizes.map((size) => [`size ${size}`, [make([size])], { second: size === 3 }]),
    ["axis 0 of 65x3", [make([65, 3]), { axes: 0 }]],
    ["axis 1 of 3x65", [make([3, 65]), { axes: 1 }], { second: true }],
    ["last axis, kept", [make([3, 63]), { axes: -1, keepDims: true }], { second: true }],
    ["axis 0 of 1025x2", [make([1025, 2]), { axes: [0] }]],
    ["middle of 3x5x7", [make([3, 5, 7]), { axes: [1] }]],
    ["outer and inner of 3x5x7", [make([3, 5, 7]), { axes: [0, 2] }], { second: true }],
    ["two inner of 3x5x7, kept", [make([3, 5, 7]), { axes: [1, -1], keepDims: true }]],
    ["all axes, kept", [make([2, 3, 4]), { keepDims: true }]],
    ["axis of size 1", [make([4, 1, 3]), { axes: 1 }]],
    ["no element kept", [make([0, 3]), { axes: 1 }]],
    ...empty ? [["over no elements", [make([3, 0]), { axes: 1 }]]] : [],
    ["transposed", [transposed(make([5, 9])), { axes: 1 }]],
    ["strided", [strided(make([5, 9])), { axes: 0 }]],
    ["flipped", [flipped(make([5, 9])), { axes: 1 }]]
  ];
}
function axisRows(make) {
  return [
    ...edgeSizes.filter((size) => size > 0).map((size) => [`size ${size}`, [make([size])], { second: size === 3 }]),
    ["last axis of 5x65", [make([5, 65])]],
    ["axis 0 of 65x3", [make([65, 3]), { axis: 0 }], { second: true }],
    ["middle of 3x5x7", [make([3, 5, 7]), { axis: 1 }]],
    ["axis of size 1", [make([4, 1]), { axis: -1 }]],
    ["0 rows", [make([0, 3]), { axis: -1 }]],
    ["transposed", [transposed(make([5, 9]))]],
    ["strided", [strided(make([5, 9])), { axis: 0 }]],
    ["flipped", [flipped(make([5, 9]))]]
  ];
}
var stretchedRow = (make) => ["stretched", [stretched(make([5, 9])), { axes: [0] }]];
var nan = Number.NaN;
var infinity = Number.POSITIVE_INFINITY;
var awkward3 = given([1, nan, -infinity, 2, 3, -1, infinity, 4, 0, -5, 6, 7], "float32", [4, 3]);
var infinities = given([1, 2, infinity, 4, -infinity, -infinity, -3, -infinity, 5], "float32", [3, 3]);
var ties3 = given([1, 3, 3, 2, -0, 0, 0, -0, 5, 5, 5, 5, -2, -7, -7, -1], "float32", [4, 4]);
var awkwardRows = [
  ["NaN and infinities", [awkward3, { axes: 1 }], { smooth: false, gradient: false }],
  ["infinities", [infinities, { axes: 1 }], { smooth: false, gradient: false }]
];
var integerRows3 = [
  ["int32", [integers([7, 9]), { axes: 1 }]],
  ["int32 wraps", [given([2147483647, 1, 5, -2147483648, -1, 65536], "int32", [2, 3]), { axes: 0 }]],
  ["int32, all", [integers([1025])]]
];
var small = (shape) => real(shape, 0.7, 1.4);
var extremeRows = (make) => [
  ...reductionRows(make, { empty: false }),
  ["over no elements", [make([3, 0]), { axes: 1 }], { smooth: false }],
  ...awkwardRows,
  ["equal elements", [ties3, { axes: 1 }], { smooth: false }],
  ...integerRows3
];
var indexRows = [
  ...axisRows(distinct4),
  ["first of equals", [ties3, { axis: 1 }]],
  ["NaN wins, infinities", [awkward3, { axis: 1 }]],
  ["kept", [distinct4([3, 5]), { axis: 1, keepDims: true }]],
  ["int32", [integers([5, 65]), { axis: 1 }]]
];
var largeLogits = given([100, -100, 99, 0, 1e4, -1e4, 1e-3, 88, -infinity, 3, 2, 1], "float32", [3, 4]);
var logitRows = [
  ["large values", [largeLogits, { axis: -1 }], { smooth: false }],
  ["NaN", [given([1, nan, 2, 3, 4, 5], "float32", [2, 3])], { smooth: false, gradient: false }]
];
var reductionSamples = [
  ...samplesOf("sum", summed, [...reductionRows(real), stretchedRow(real), ...awkwardRows, ...integerRows3]),
  ...samplesOf("mean", averaged2, [
    ...reductionRows(real, { empty: false }),
    stretchedRow(real),
    ...awkwardRows
  ]),
  ...samplesOf("product", multiplied, [
    ...reductionRows((shape) => shape.some((size) => size > 1e3) ? real(shape, 0.99, 1.01) : small(shape)),
    ["with a zero", [given([0.5, 0, 2, -3, 4, 0.25], "float32", [2, 3]), { axes: 1 }], { second: true }],
    ["with two zeros", [given([0, 0, 2, -3, 4, 0.25], "float32", [2, 3]), { axes: 1 }], { second: true }],
    ...integerRows3
  ]),
  ...samplesOf("max", selected2, extremeRows(distinct4)),
  ...samplesOf("min", selected2, extremeRows(distinct4)),
  ...samplesOf("any", exact6, reductionRows(flags)),
  ...samplesOf("all", exact6, reductionRows(flags)),
  ...samplesOf("variance", spread, reductionRows(real, { empty: false })),
  ...samplesOf("standardDeviation", spread, [
    ...reductionRows(real, { empty: false }).filter(([name]) => !/scalar|size 1$/.test(name))
  ]),
  ...samplesOf("argMax", exact6, indexRows),
  ...samplesOf("argMin", exact6, indexRows),
  ...samplesOf("logSumExp", exponential, [
    ...reductionRows(real, { empty: false }),
    ["large values", [largeLogits, { axes: -1 }], { smooth: false }],
    ["all -Inf", [given([-infinity, -infinity], "float32"), { axes: 0 }], { smooth: false, gradient: false }]
  ]),
  ...samplesOf("softmax", exponential, [...axisRows(real), ...logitRows]),
  ...samplesOf("logSoftmax", exponential, [...axisRows(real), ...logitRows])
];

// packages/conformance/src/samples/views.ts
var moved = { forward: { signedZero: true }, gradient: { ulp: 0 } };
var repeated = { forward: { signedZero: true }, gradient: { scaled: 2e-6 } };
function acrossViews(shape, ...rest) {
  const views2 = [
    ["straight", real(shape)],
    ["transposed", transposed(real(shape))],
    ["strided", strided(real(shape))],
    ["flipped", flipped(real(shape))],
    ["stretched", stretched(real(shape), 0)],
    ["int32", integers(shape)],
    ["bool", flags(shape)]
  ];
  return views2.map(([name, input]) => [
    name,
    [input, ...rest],
    { second: name === "transposed", accumulates: true }
  ]);
}
var viewSamples = [
  ...samplesOf("reshape", moved, [
    ...acrossViews([4, 6], [3, 8]),
    ["-1", [real([5, 13]), [-1]]],
    ["-1 in the middle", [real([2, 3, 5]), [5, -1, 2]]],
    ["to a scalar", [real([1, 1]), []]],
    ["from a scalar", [real([]), [1, 1]]],
    ["no elements", [real([0, 3]), [3, 0, 2]]],
    ["1025", [real([1025]), [25, 41]]],
    ["merges axes of a slice", [strided(real([4, 6])), [24]]]
  ]),
  ...samplesOf("flatten", moved, [
    ...acrossViews([4, 6]),
    ["scalar", [real([])]],
    ["no elements", [real([3, 0])]],
    ["rank 4", [real([2, 3, 1, 5])]]
  ]),
  ...samplesOf("transpose", moved, [
    ...acrossViews([4, 6]),
    ["permutation", [real([2, 3, 5]), [2, 0, 1]], { second: true }],
    ["rank 4", [real([2, 3, 4, 5]), [0, 2, 3, 1]]],
    ["65x63", [real([65, 63])]],
    ["rank 1", [real([3])]],
    ["no elements", [real([0, 3])]]
  ]),
  ...samplesOf("matrixTranspose", moved, [
    ...acrossViews([4, 6]),
    ["batch", [real([2, 3, 65])], { second: true }],
    ["no elements", [real([0, 3])]]
  ]),
  ...samplesOf("copy", moved, [
    ...acrossViews([5, 7]),
    ["scalar", [real([])]],
    ["no elements", [real([0])]],
    ["1025", [real([1025])]]
  ]),
  ...samplesOf("slice", moved, [
    ...acrossViews([5, 7], [1, 2], [3, 4]),
    ["whole", [real([65]), [0], [65]]],
    ["last", [real([65]), [64], [1]]],
    ["nothing", [real([3, 5]), [1, 1], [2, 0]]],
    ["step 2", [real([9, 65]), [1, 0], [4, 33], { step: [2, 2] }], { second: true }],
    ["step 3", [real([1025]), [2], [341], { step: [3] }]]
  ]),
  ...samplesOf("flip", moved, [
    ...acrossViews([4, 6], [0]),
    ["both axes", [real([3, 65]), [0, 1]]],
    ["negative axis", [real([3, 5]), -1]],
    ["no elements", [real([0, 3]), [0]]]
  ]),
  ...samplesOf("broadcastTo", repeated, [
    ["scalar", [real([]), [3, 5]], { second: true }],
    ["row", [real([65]), [3, 65]]],
    ["column", [real([65, 1]), [65, 3]]],
    ["both", [real([3, 1, 5, 1]), [3, 4, 5, 2]]],
    ["to no elements", [real([1, 3]), [0, 3]]],
    ["same", [real([3]), [3]]],
    ["int32", [integers([3, 1]), [3, 5]]],
    ["transposed", [transposed(real([3, 1])), [2, 3, 5]]]
  ]),
  ...samplesOf("expandDims", moved, [
    ["first", [real([3, 5]), 0], { second: true }],
    ["last", [real([3, 5]), -1]],
    ["middle", [transposed(real([3, 5])), 1]],
    ["scalar", [real([]), 0]]
  ]),
  ...samplesOf("squeeze", moved, [
    ["all", [real([1, 3, 1, 5])], { second: true }],
    ["one", [real([1, 3, 1, 5]), [2]]],
    ["negative", [real([3, 1]), -1]],
    ["transposed", [transposed(real([3, 1, 5]))]]
  ]),
  ...samplesOf("pad", moved, [
    ...acrossViews(
      [3, 5],
      [
        [1, 2],
        [0, 3]
      ]
    ),
    ["value", [real([65]), [[3, 1]], -1.5], { second: true }],
    ["none", [real([3]), [[0, 0]]]],
    [
      "no elements",
      [
        real([0, 2]),
        [
          [1, 1],
          [0, 0]
        ],
        7
      ]
    ],
    [
      "no elements, but wider",
      [
        real([0, 2]),
        [
          [0, 0],
          [1, 1]
        ]
      ]
    ],
    [
      "between elements",
      [
        real([3, 5]),
        [
          [1, 0],
          [0, 2]
        ],
        0,
        { interior: [2, 1] }
      ],
      { second: true }
    ],
    [
      "rank 4",
      [
        real([2, 3, 4, 5]),
        [
          [0, 0],
          [0, 0],
          [2, 1],
          [1, 2]
        ]
      ]
    ]
  ]),
  ...samplesOf("concat", moved, [
    ["one", [[real([3, 5])]]],
    ["first axis", [[real([3, 5]), real([1, 5]), real([4, 5])]], { second: true }],
    ["last axis", [[real([3, 1]), real([3, 65]), real([3, 3])], { axis: -1 }]],
    ["middle axis", [[real([2, 3, 5]), real([2, 1, 5])], { axis: 1 }]],
    ["one without elements", [[real([3]), real([0]), real([2])]]],
    ["views", [[transposed(real([3, 5])), flipped(real([2, 5])), strided(real([2, 5]))], { axis: 0 }]],
    ["int32", [[integers([3]), integers([65])]]],
    ["bool", [[flags([3]), flags([65])]]]
  ]),
  ...samplesOf("stack", moved, [
    ["scalars", [[real([]), real([]), real([])]]],
    ["first axis", [[real([3, 5]), real([3, 5])]], { second: true }],
    ["last axis", [[real([65]), real([65])], { axis: -1 }]],
    ["views", [[transposed(real([3, 5])), flipped(real([3, 5]))], { axis: 1 }]],
    ["int32", [[integers([3]), integers([3])]]]
  ]),
  ...samplesOf("split", moved, [
    ["equal parts", [real([6, 5]), 3], { second: true }],
    ["sizes", [real([3, 65]), [1, 60, 4], { axis: 1 }]],
    ["last axis", [real([2, 4]), 2, { axis: -1 }]],
    ["transposed", [transposed(real([6, 5])), 2, { axis: 0 }]],
    ["int32", [integers([6]), [4, 2]]]
  ]),
  ...samplesOf("tile", repeated, [
    ["once", [real([3, 5]), [1, 1]]],
    ["rows", [real([3, 5]), [4, 1]]],
    ["both", [real([3, 5]), [2, 3]], { second: true }],
    ["transposed", [transposed(real([3, 5])), [2, 2]]],
    ["int32", [integers([65]), [3]]]
  ])
];

// packages/conformance/src/sample-table.ts
var samples = [
  ...arithmeticSamples,
  ...logicSamples,
  ...functionSamples,
  ...reductionSamples,
  ...viewSamples,
  ...indexingSamples,
  ...contractionSamples,
  ...convolutionSamples,
  ...convolutionVariantSamples,
  ...poolingSamples,
  ...recurrentSamples,
  ...creationSamples,
  ...randomSamples,
  ...compositionSamples
];

// packages/conformance/src/samples/half.ts
var half = (input) => ({ ...input, dtype: "float16" });
var halves = (shape, min2, max2) => half(real(shape, min2, max2));
var rounded = { forward: { halfUlp: 1 }, gradient: { halfUlp: 3, absolute: 1e-4 } };
var transcendental2 = { forward: { halfUlp: 4 }, gradient: { halfUlp: 8, absolute: 1e-3 } };
var summed2 = {
  forward: { halfUlp: 1, absolute: 4e-5 },
  gradient: { halfUlp: 2, absolute: 1e-4 }
};
var exact7 = { forward: {}, gradient: { halfUlp: 1 } };
var selected3 = { forward: {} };
var recurrent2 = { forward: { absolute: 4e-3 }, gradient: { absolute: 0.016 } };
var pair = (shape, low = -2) => [
  ["float16", [halves(shape), halves(shape, low)], { second: true }],
  ["float16, views and 1025 elements", [transposed(halves([41, 25])), strided(halves([41, 25], low))]],
  ["float16 and a number", [halves([65]), 0.3]]
];
var single = (min2, max2) => [
  ["float16", [halves([3, 65], min2, max2)], { second: true }],
  ["float16, flipped", [flipped(halves([7, 9], min2, max2))]]
];
var window = { dataFormat: "channelsFirst" };
var tie = 1 + 2 ** -11;
var halfSamples = [
  ...samplesOf("add", rounded, [
    ...pair([3, 65]),
    ["float16 and float32", [halves([9, 7]), real([9, 7])]],
    ["float16 and int32", [halves([9, 7]), integers([9, 7])]],
    [
      "float16, overflow",
      [half(given([65504, -65504, 4e4])), half(given([65504, -65504, 2e4]))],
      { gradient: false }
    ]
  ]),
  ...samplesOf("subtract", rounded, pair([3, 65])),
  ...samplesOf("multiply", rounded, pair([3, 65])),
  ...samplesOf("divide", rounded, [
    ["float16", [halves([3, 65]), halves([3, 65], 0.5, 2)], { second: true }]
  ]),
  ...samplesOf("maximum", exact7, pair([3, 65])),
  ...samplesOf("minimum", exact7, pair([3, 65])),
  ...samplesOf("power", transcendental2, [
    ["float16", [halves([3, 65], 0.5, 2), halves([3, 65])], { gradient: false }]
  ]),
  ...samplesOf("negative", exact7, single()),
  ...samplesOf("abs", exact7, [["float16", [halves([3, 65])]]]),
  ...samplesOf("relu", exact7, single()),
  ...samplesOf("round", selected3, [["float16", [halves([3, 65], -9, 9)]]]),
  ...samplesOf("square", rounded, single()),
  ...samplesOf("sqrt", transcendental2, single(0.5, 4)),
  ...samplesOf("rsqrt", transcendental2, single(0.5, 4)),
  ...samplesOf("exp", transcendental2, single()),
  ...samplesOf("log", transcendental2, single(1.5, 9)),
  ...samplesOf("sin", transcendental2, single(0.5, 1.2)),
  ...samplesOf("tanh", transcendental2, single(0.3, 2)),
  ...samplesOf("sigmoid", transcendental2, single()),
  ...samplesOf("softplus", transcendental2, single()),
  ...samplesOf("erf", transcendental2, single(0.3, 2)),
  ...samplesOf("less", selected3, [["float16", [halves([9, 65]), halves([9, 65])]]]),
  ...samplesOf("equal", selected3, [["float16", [half(integers([9, 65])), half(integers([9, 65]))]]]),
  ...samplesOf("isNaN", selected3, [["float16", [half(given([1, Number.NaN, Number.POSITIVE_INFINITY]))]]]),
  ...samplesOf("where", exact7, [["float16", [integers([3, 65], 0, 1), halves([3, 65]), halves([3, 65])]]]),
  ...samplesOf("cast", exact7, [
    ["to float16", [real([3, 65]), "float16"]],
    [
      "to float16: halfway to even, overflow, specials",
      [
        given([
          tie,
          -tie,
          tie + 2 ** -10,
          tie + 2 ** -20,
          65519,
          65520,
          -1e9,
          Number.NaN,
          Number.NEGATIVE_INFINITY
        ]),
        "float16"
      ],
      { gradient: false }
    ],
    ["int32 to float16", [integers([65], -4e3, 4e3), "float16"], { gradient: false }],
    ["float16 to float32", [halves([3, 65]), "float32"]],
    ["float16 to int32", [halves([65], -900, 900), "int32"], { gradient: false }],
    ["float16 to bool", [half(integers([65], -1, 1)), "bool"], { gradient: false }]
  ]),
  ...samplesOf("sum", summed2, [
    ["float16", [halves([65, 33])]],
    ["float16, inner axis of 1025", [halves([3, 1025]), { axes: 1, keepDims: true }]],
    ["float16, outer axis", [halves([129, 9]), { axes: 0 }]],
    ["float16, beyond 2048 ones", [halves([4097], 1, 1)]]
  ]),
  ...samplesOf("mean", summed2, [
    ["float16", [halves([65, 33]), { axes: 0 }], { second: true }],
    ["float16, a sum that overflows", [halves([300], 400, 500)]]
  ]),
  ...samplesOf("variance", summed2, [["float16", [halves([9, 65]), { axes: 1 }], { second: true }]]),
  ...samplesOf("max", exact7, [["float16", [half(distinct4([9, 65])), { axes: 1 }]]]),
  ...samplesOf("argMax", selected3, [
    ["float16, index 2049", [half(given([...Array(2049).fill(0), 1, ...Array(9).fill(0)]))]]
  ]),
  ...samplesOf("softmax", transcendental2, [["float16", [halves([9, 65])]]]),
  ...samplesOf("cumsum", summed2, [["float16", [halves([9, 65]), { axis: 1 }]]]),
  ...samplesOf("argsort", selected3, [["float16", [half(distinct4([9, 33])), { axis: 1 }]]]),
  ...samplesOf("matmul", summed2, [
    ["float16, 3x4 by 4x5", [halves([3, 4]), halves([4, 5])], { second: true }],
    ["float16, 63x64x65", [halves([63, 64]), halves([64, 65])]],
    ["float16, k 1025", [halves([5, 1025]), halves([1025, 3])]],
    [
      "float16, odd sizes, transposed",
      [halves([33, 17]), halves([9, 33]), { transposeA: true, transposeB: true }]
    ],
    ["float16, batch", [halves([3, 5, 8]), halves([3, 8, 7])]],
    ["float16 by float32", [halves([9, 8]), real([8, 5])]]
  ]),
  ...samplesOf("dense", summed2, [
    ["float16", [halves([9, 16]), halves([16, 7]), halves([7])], { gradient: false }]
  ]),
  ...samplesOf("conv2d", summed2, [
    [
      "float16, 3x3",
      [halves([2, 3, 8, 8]), halves([4, 3, 3, 3]), { ...window, padding: "same" }],
      { second: true }
    ],
    [
      "float16, 5x5 valid, stride 2",
      [halves([1, 1, 15, 15]), halves([5, 1, 5, 5]), { ...window, strides: [2, 2] }]
    ],
    ["float16, channelsLast", [halves([2, 7, 7, 3]), halves([4, 3, 3, 3]), { dataFormat: "channelsLast" }]]
  ]),
  ...samplesOf("maxPool2d", exact7, [["float16", [half(distinct4([2, 3, 8, 8])), { ...window, poolSize: 2 }]]]),
  ...samplesOf("averagePool2d", summed2, [["float16", [halves([2, 3, 8, 8]), { ...window, poolSize: 2 }]]]),
  ...samplesOf("concat", exact7, [["float16, odd sizes", [[halves([3, 5]), halves([3, 9])], { axis: 1 }]]]),
  ...samplesOf("flip", exact7, [["float16", [halves([5, 7]), 1]]]),
  ...samplesOf("transpose", exact7, [["float16", [halves([3, 5, 7]), [2, 0, 1]]]]),
  ...samplesOf("gather", summed2, [["float16, odd rows", [halves([9, 5]), integers([13], 0, 8)]]]),
  ...samplesOf("lstm", recurrent2, [["float16", [halves([2, 5, 12], -1, 1), halves([3, 12], -1, 1)]]]),
  ...samplesOf("gru", recurrent2, [["float16", [halves([2, 5, 9], -1, 1), halves([3, 9], -1, 1)]]])
];

// packages/conformance/src/run-conformance.ts
var reason = (error) => error instanceof Error ? `${error.name}: ${error.message}` : String(error);
function partsOf3(sample) {
  const differentiable2 = sample.gradient && floatInputs(sample).length > 0;
  return [
    "forward",
    ...differentiable2 ? ["gradient"] : [],
    ...sample.second ? ["second"] : []
  ];
}
async function expectedOf(sample) {
  try {
    const forward = await evaluate2(sample, "forward", "eager", []);
    const parts = { forward };
    for (const part of partsOf3(sample).slice(1)) parts[part] = await evaluate2(sample, part, "eager", forward);
    const flushed = withoutSubnormals(sample);
    return { ...parts, ...flushed && { flushed: await expectedOf(flushed) } };
  } catch (error) {
    return { error };
  }
}
async function expectations(samples3 = [...samples, ...halfSamples]) {
  await useBackend(reference());
  const expected = /* @__PURE__ */ new Map();
  for (const sample of samples3) expected.set(sample, await expectedOf(sample));
  return expected;
}
function compareAll(actual, expected, compare) {
  if (actual.length !== expected.length) return `got ${actual.length} tensors, expected ${expected.length}`;
  for (const [position, values2] of actual.entries()) {
    const problem = compare(values2, expected[position], position);
    if (problem !== void 0) return actual.length > 1 ? `tensor ${position}: ${problem}` : problem;
  }
  return void 0;
}
async function checkSample(sample, expected, { flushesSubnormals = false, allowances = {} } = {}) {
  const failures = [];
  let checks = 0;
  const { op, sample: name } = sample;
  if (expected.error !== void 0) {
    const problem = `the reference backend failed: ${reason(expected.error)}`;
    return { checks: 1, failures: [{ op, sample: name, part: "forward", mode: "eager", problem }] };
  }
  for (const part of partsOf3(sample)) {
    const own2 = part === "forward" ? sample.forward : sample.gradientTolerance;
    const tolerance = { ...own2, ...allowances[op] };
    const flushed = flushesSubnormals ? (expected.flushed ?? expected)[part] : void 0;
    let eager;
    for (const mode of modes) {
      checks++;
      let problem;
      try {
        const actual = await evaluate2(sample, part, mode, expected.forward);
        problem = compareAll(
          actual,
          expected[part],
          (a, b, position) => difference(a, b, tolerance, flushed?.[position])
        );
        if (eager && problem === void 0) problem = compareAll(actual, eager, bitDifference);
        eager ??= actual;
      } catch (error) {
        problem = reason(error);
      }
      if (problem !== void 0) failures.push({ op, sample: name, part, mode, problem });
    }
  }
  return { checks, failures };
}
var matches = (skip, sample) => skip.op === sample.op && (skip.sample === void 0 || skip.sample === sample.sample);
var samplesFor = (samples3, { dtypes }) => samples3.filter((sample) => dtypes.includes("float16") || !isHalf.has(sample));
var isHalf = new Set(halfSamples);
function applySkips(samples3, skips) {
  return {
    run: samples3.filter((sample) => !skips.some((skip) => matches(skip, sample))),
    skipped: samples3.flatMap((sample) => {
      const skip = skips.find((candidate) => matches(candidate, sample));
      return skip ? [{ op: sample.op, sample: sample.sample, reason: skip.reason }] : [];
    }),
    unusedSkips: skips.filter((skip) => !samples3.some((sample) => matches(skip, sample)))
  };
}
var describeFailure = ({ op, sample, part, mode, problem }) => `${op} / ${sample} / ${part} / ${mode}: ${problem}`;
async function runConformance(make, options = {}) {
  const samples3 = options.samples ?? [...samples, ...halfSamples];
  const { run: all2, skipped, unusedSkips } = applySkips(samples3, options.skip ?? []);
  const expected = await expectations(all2);
  const backend2 = await useBackend(make());
  const run2 = samplesFor(all2, backend2);
  const failures = [];
  let checks = 0;
  for (const sample of run2) {
    const result = await checkSample(sample, expected.get(sample), options);
    checks += result.checks;
    failures.push(...result.failures);
  }
  await useBackend(reference());
  await backend2.dispose();
  return { backend: backend2.name, samples: run2.length, checks, failures, skipped, unusedSkips };
}

// packages/conformance/src/webgpu-try-tuned.ts
var samples2 = process.env.HALF ? halfSamples : samples;
var pattern = new RegExp(process.argv[2] ?? ".");
var list2 = samples2.filter(({ op, sample }) => pattern.test(`${op}/${sample}`));
var t = performance.now();
var report = await runConformance(() => webgpu(), {
  samples: list2,
  flushesSubnormals: true,
  allowances: { divide: { ulp: 3 } }
});
for (const f of report.failures.slice(0, Number(process.argv[3] ?? 30)))
  console.log(describeFailure(f).slice(0, 300));
var byOp = /* @__PURE__ */ new Map();
for (const f of report.failures) byOp.set(f.op, (byOp.get(f.op) ?? 0) + 1);
console.log([...byOp].map(([op, n]) => `${op} ${n}`).join(", "));
console.log(
  report.backend,
  report.samples,
  report.checks,
  "failures",
  report.failures.length,
  ((performance.now() - t) / 1e3).toFixed(1),
  "s"
);
process.exit(0);
