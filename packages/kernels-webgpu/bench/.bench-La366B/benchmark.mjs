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
  const bits = magnitude <= largestHalf ? (exponent + 14) * 1024 + magnitude * 2 ** (10 - exponent) : magnitude > 0 ? 31744 : 32256;
  return (value || 1 / value) < 0 ? bits + 32768 : bits;
}
function halfValue(bits) {
  const exponent = bits >> 10 & 31;
  const mantissa = bits & 1023;
  const magnitude = exponent < 31 ? (mantissa + (exponent > 0 ? 1024 : 0)) * 2 ** (Math.max(exponent, 1) - 25) : mantissa > 0 ? Number.NaN : Number.POSITIVE_INFINITY;
  return bits & 32768 ? -magnitude : magnitude;
}
var largestHalf, exponentOf, toHalf, fromHalf;
var init_half = __esm({
  "packages/tensor/src/half.ts"() {
    "use strict";
    largestHalf = 65504;
    exponentOf = (magnitude) => Math.max(Math.floor(Math.log2(magnitude)), -14);
    toHalf = (values2) => Uint16Array.from(values2, halfBits);
    fromHalf = (bits) => Float32Array.from(bits, halfValue);
  }
});

// packages/tensor/src/dtype.ts
function storageArray(dtype, size) {
  if (dtype === "float32") return new Float32Array(size);
  if (dtype === "float16") return new Uint16Array(size);
  return dtype === "float64" ? new Float64Array(size) : new Int32Array(size);
}
function fromStorage(dtype, data) {
  if (data instanceof Uint16Array) return fromHalf(data);
  return dtype === "bool" ? Uint8Array.from(data) : data;
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
function broadcastShapes(op, shapes) {
  const rank2 = Math.max(...shapes.map((shape) => shape.length));
  const result = new Array(rank2).fill(1);
  for (const shape of shapes) {
    const lead = rank2 - shape.length;
    shape.forEach((size, axis) => {
      const current = result[lead + axis];
      if (size === current || size === 1) return;
      if (current !== 1) {
        throw new ShapeError(
          `${op}: shapes do not broadcast, got ${formatShapes(shapes)}, expected sizes that are equal or 1 on every axis counted from the right`
        );
      }
      result[lead + axis] = size;
    });
  }
  return result;
}
function normalizeAxis(op, axis, rank2) {
  const normalized = axis < 0 ? axis + rank2 : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= rank2) {
    throw new ShapeError(`${op}: got axis ${axis}, expected an integer from ${-rank2} to ${rank2 - 1}`);
  }
  return normalized;
}
function normalizeAxes(op, axes, rank2) {
  if (axes === void 0) return Array.from({ length: rank2 }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) => normalizeAxis(op, axis, rank2));
  const distinct4 = [...new Set(list)].sort((a, b) => a - b);
  if (distinct4.length !== list.length) {
    throw new ShapeError(`${op}: got axes ${formatShape2(list)}, expected each axis once`);
  }
  return distinct4;
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
    sizeOf = (shape) => shape.reduce((product2, size) => product2 * size, 1);
    sameShape = (a, b) => a.length === b.length && a.every((size, axis) => size === b[axis]);
    formatShape2 = (shape) => `[${shape.join(",")}]`;
    formatShapes = (shapes) => shapes.map(formatShape2).join(", ");
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
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop();
    if (seen.has(node)) continue;
    seen.add(node);
    checkAlive(node);
    order2.push(node);
    if (!node.source) stack.push(...node.inputs);
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
function collapseViews(views) {
  const shape = [];
  const strides = views.map(() => []);
  const full = views[0]?.shape ?? [];
  full.forEach((size, axis) => {
    if (size === 1) return;
    const last = shape.length - 1;
    const joins = last >= 0 && views.every((view2, k) => strides[k][last] === view2.strides[axis] * size);
    if (joins) {
      shape[last] = shape[last] * size;
      for (const [k, view2] of views.entries()) strides[k][last] = view2.strides[axis];
    } else {
      shape.push(size);
      for (const [k, view2] of views.entries()) strides[k].push(view2.strides[axis]);
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
  const placed = [];
  let arenaBytes = 0;
  for (const lifetime of [...lifetimes].sort((a, b) => b.bytes - a.bytes || a.first - b.first)) {
    let offset = 0;
    for (const other of placed) {
      if (share && (other.first > lifetime.last || lifetime.first > other.last)) continue;
      if (offset + lifetime.bytes <= other.offset) break;
      offset = Math.max(offset, other.offset + other.bytes);
    }
    const after = placed.findIndex((other) => other.offset > offset);
    placed.splice(after < 0 ? placed.length : after, 0, { ...lifetime, offset });
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
      const exact = operation.op === "negative" || isSingle(a) && isSingle(b);
      if (exact && inputs.every((input) => values2[input] !== void 0)) value = folds[operation.op]?.(a, b);
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
      readers.map((reader) => grouping.unitOf(reader)).filter((unit) => unit !== writer)
    );
    const wholeReads = readers.every(
      (reader) => grouping.unitOf(reader) !== writer || grouping.nodes[reader].inputs.every((input) => {
        const place = grouping.places[input];
        if (grouping.nodes[place.base].leaf !== leaf) return true;
        const size = sizeOf(grouping.nodes[place.base].shape);
        return isWhole(place.view, size) && sizeOf(grouping.units[writer].shape) === size;
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
  const last = (unit) => Math.max(...unit.cores, ...unit.members);
  const pending = /* @__PURE__ */ new Map();
  const followers = /* @__PURE__ */ new Map();
  for (const unit of live) {
    const before2 = new Set([...unit.before].map((id) => grouping.find(id)).filter((id) => id !== unit.id));
    pending.set(unit.id, before2);
    for (const id of before2) {
      const known = followers.get(id);
      if (known) known.push(unit);
      else followers.set(id, [unit]);
    }
  }
  const rank2 = new Map([...live].sort((a, b) => last(a) - last(b)).map((unit, index) => [unit.id, index]));
  const ready = live.filter((unit) => pending.get(unit.id).size === 0);
  const order2 = [];
  while (ready.length > 0) {
    let best = 0;
    for (let i = 1; i < ready.length; i++) {
      if (rank2.get(ready[i].id) < rank2.get(ready[best].id)) best = i;
    }
    const [unit] = ready.splice(best, 1);
    order2.push(unit);
    for (const follower of followers.get(unit.id) ?? []) {
      const before2 = pending.get(follower.id);
      before2.delete(unit.id);
      if (before2.size === 0) ready.push(follower);
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
function readsOf(grouping, unit) {
  const reads = /* @__PURE__ */ new Map();
  for (const position of [...unit.members, ...unit.cores]) {
    for (const input of grouping.nodes[position].inputs) addRead(grouping, reads, input, unit);
  }
  return reads;
}
function addRead(grouping, reads, input, unit) {
  const { base, view: view2 } = grouping.places[input];
  if (grouping.nodes[base].operation.kind === "constant") return;
  if (unit && grouping.unitOf(base) === unit.id) return;
  reads.set(`${base}|${view2.shape}|${view2.strides}|${view2.offset}`, reached(view2));
}
function traffic(grouping) {
  const written = (unit) => [
    ...unit.members.filter((member) => grouping.isStored(member)),
    ...unit.kind === "routine" && unit.members.length > 0 ? [] : unit.cores
  ].reduce((sum3, node) => sum3 + sizeOf(grouping.nodes[node].shape), 0);
  return grouping.live().reduce((sum3, unit) => sum3 + total(readsOf(grouping, unit)) + written(unit), 0);
}
function recompute(grouping) {
  const { found } = new Search(grouping);
  if (found.size === 0) return void 0;
  const { graph, places } = grouping;
  const nodes = [];
  const moved = [];
  const copies = /* @__PURE__ */ new Map();
  graph.nodes.forEach((node, position) => {
    const unit = grouping.unitOf(position);
    const inputs = node.inputs.map((input) => {
      const { base } = places[input];
      const recipe = places[position].base === position ? found.get(base) : void 0;
      if (!recipe || unit === void 0 || grouping.unitOf(base) === unit) return moved[input];
      const own2 = copies.get(unit) ?? /* @__PURE__ */ new Map();
      copies.set(unit, own2);
      for (const source of recipe.nodes) {
        if (own2.has(source)) continue;
        const copied = graph.nodes[source];
        const from = copied.inputs.map((i) => own2.get(places[i].base) ?? moved[i]);
        own2.set(source, nodes.push({ ...copied, inputs: from, late: true }) - 1);
      }
      return own2.get(base);
    });
    moved.push(nodes.push({ ...node, inputs }) - 1);
  });
  return withoutUnused({
    ...graph,
    nodes,
    outputs: graph.outputs.map((output) => moved[output]),
    assignments: graph.assignments.map(({ leaf, node }) => ({ leaf, node: moved[node] }))
  });
}
function withoutUnused(graph) {
  const used2 = /* @__PURE__ */ new Set([...graph.outputs, ...graph.assignments.map(({ node }) => node)]);
  for (let position = graph.nodes.length - 1; position >= 0; position--) {
    const { operation, inputs } = graph.nodes[position];
    if (operation.kind === "leaf") used2.add(position);
    if (used2.has(position)) for (const input of inputs) used2.add(input);
  }
  const moved = [];
  const nodes = [];
  graph.nodes.forEach((node, position) => {
    if (!used2.has(position)) return;
    moved[position] = nodes.push({ ...node, inputs: node.inputs.map((input) => moved[input]) }) - 1;
  });
  return {
    ...graph,
    nodes,
    outputs: graph.outputs.map((output) => moved[output]),
    assignments: graph.assignments.map(({ leaf, node }) => ({ leaf, node: moved[node] }))
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
        for (const unit of grouping.live()) {
          if (unit.kind === "reduce" || unit.members.length === 0) continue;
          for (const member of unit.members) if (grouping.isStored(member)) this.#consider(member, unit);
        }
      }
      grouping;
      /** Values that are not stored any more, with their recipes. */
      found = /* @__PURE__ */ new Map();
      /** Values that recipes count on. */
      #needed = /* @__PURE__ */ new Set();
      #reads = /* @__PURE__ */ new Map();
      #assigned;
      #consider(value, unit) {
        const { grouping } = this;
        if (grouping.isWanted(value) || this.#needed.has(value)) return;
        const readers = grouping.readersOf(value);
        if (!readers.every((reader) => this.#canCompute(reader, value))) return;
        const recipe = this.#recipe(value, unit);
        if (!recipe) return;
        const size = sizeOf(grouping.nodes[value].shape);
        const others = new Set(readers.map((reader) => grouping.unitOf(reader)));
        others.delete(unit.id);
        let saved = size * (1 + others.size);
        const kept4 = unit.members.some(
          (member) => member !== value && grouping.isStored(member) && !this.found.has(member)
        );
        if (unit.kind === "expression" && !kept4) saved += total(this.#readsOf(unit.id));
        for (const other of others) {
          const reads = this.#readsOf(other);
          for (const [key, count2] of recipe.reads) if (!reads.has(key)) saved -= count2;
        }
        if (saved <= 0 || recipe.cost * size * others.size > instructionsPerAccess * saved) return;
        this.found.set(value, recipe);
        for (const base of recipe.bases) this.#needed.add(base);
      }
      #readsOf(unit) {
        const reads = this.#reads.get(unit) ?? readsOf(this.grouping, this.grouping.units[unit]);
        this.#reads.set(unit, reads);
        return reads;
      }
      /** True when a reader takes the value element by element, so that its step can compute it on the way. */
      #canCompute(reader, value) {
        const { grouping } = this;
        const { operation, inputs } = grouping.nodes[reader];
        const unit = grouping.units[grouping.unitOf(reader)];
        if (operation.kind === "reduce") return grouping.isInternal(inputs[0], unit.shape);
        return unit.members.includes(reader) && grouping.readsInternally(reader, value);
      }
      /** How to compute a value from what is in memory anyway; undefined where there is no way or it costs too much. */
      #recipe(value, unit) {
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
            const own2 = grouping.unitOf(base) === unit.id;
            if (own2 && unit.cores.includes(base)) return false;
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
    const moved = copies.get(key);
    if (moved !== void 0) return { buffer: moved, view: identityView(view2.shape) };
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
  for (const unit of order2) {
    const last = nodes[unit.cores[0] ?? unit.members.at(-1)];
    if (unit.kind === "routine") {
      const { routine, reference: reference2 } = last.operation;
      const operands = last.inputs.map((input) => operandOf(input, last.label));
      const base = { kind: "routine", label: last.label, routine, reference: reference2, operands };
      if (unit.members.length === 0) {
        steps.push({ ...base, output: store(unit.cores[0]) });
        continue;
      }
      const { program, operands: rest, outputs } = expression(unit, [void 0]);
      const { shape } = nodes[unit.cores[0]];
      const walked = rest.map(
        (operand) => operand && { ...operand, view: reshapeView(operand.view, shape) }
      );
      steps.push({ ...base, output: void 0, epilogue: { shape, operands: walked, program, outputs } });
    } else if (unit.kind === "reduce") {
      const writer = new ProgramWriter(grouping, unit, [], bufferOf);
      for (const member of unit.members) writer.write(member);
      const results = unit.cores.map((core) => writer.read(nodes[core].inputs[0]));
      const { reduction, axes } = last.operation;
      steps.push({
        kind: "reduce",
        label: last.label,
        reduction,
        axes,
        shape: unit.shape,
        operands: writer.operands,
        program: { instructions: writer.instructions, results },
        outputs: unit.cores.map(store)
      });
    } else {
      const { program, operands, outputs } = expression(unit, []);
      steps.push({
        kind: "elementwise",
        label: last.label,
        shape: unit.shape,
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
  function expression(unit, operands) {
    const writer = new ProgramWriter(grouping, unit, operands, bufferOf);
    const lines = unit.members.map((member) => writer.write(member));
    const stored = unit.members.flatMap(
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
      constructor(grouping, unit, operands, bufferOf) {
        this.grouping = grouping;
        this.unit = unit;
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
      find(unit) {
        let root = unit;
        while (this.#parent[root] !== root) root = this.#parent[root];
        this.#parent[unit] = root;
        return root;
      }
      /** The unit that computes a node, or undefined for leaves and constants. */
      unitOf(base) {
        const unit = this.#owner[base];
        return unit === void 0 ? void 0 : this.find(unit);
      }
      /** The units that are there, in the order in which they were begun. */
      live() {
        return this.units.filter((unit) => this.find(unit.id) === unit.id);
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
        const stack = [...units];
        for (let next = stack.pop(); next !== void 0; next = stack.pop()) {
          const current = this.find(next);
          if (current === target) return true;
          if (this.#seen[current] === walk) continue;
          this.#seen[current] = walk;
          for (const unit of this.units[current].before) stack.push(unit);
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
        const unit = this.unitOf(base);
        return this.isWanted(base) || this.readersOf(base).some(
          (reader) => this.unitOf(reader) !== unit || !(this.units[unit].cores.includes(reader) || this.readsInternally(reader, base))
        );
      }
      #addUnit(fields) {
        const id = this.units.length;
        const nodes = [...fields.cores, ...fields.members];
        const before2 = /* @__PURE__ */ new Set();
        for (const node of nodes) {
          for (const input of this.nodes[node].inputs) {
            const unit = this.unitOf(this.places[input].base);
            if (unit !== void 0) before2.add(unit);
          }
          this.#owner[node] = id;
        }
        this.units.push({ id, before: before2, ...fields });
        this.#parent.push(id);
        return id;
      }
      #addExpression(position, fuse) {
        const { shape, late = false } = this.nodes[position];
        const id = this.#addUnit({ kind: "expression", shape, members: [position], cores: [], late });
        if (!fuse) return;
        for (const unit of [...this.units[id].before].sort((a, b) => b - a)) {
          const [root, self] = [this.find(unit), this.find(id)];
          const [into, from] = [this.units[root], this.units[self]];
          if (root === self || into.kind !== "expression" || late && !into.late) continue;
          if (into.members.length + from.members.length > mostMembers || this.#readsAcross(self, root)) continue;
          const waits = [...from.before].map((u) => this.find(u)).filter((u) => u !== root && u !== self);
          if (this.dependsOn(waits, root) || from.members.length > 1 && this.dependsOn([root], self)) continue;
          this.#merge(root, self);
        }
      }
      /** True when a member of `unit` reads a value of `producer` in another order or shape than it is made in. */
      #readsAcross(unit, producer) {
        return this.units[unit].members.some((member) => {
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
        for (const unit of source.before) target.before.add(unit);
        this.#parent[from] = into;
      }
      /**
       * Reductions of the same kind over the same axes become one where they read the same, so that it is read once, or are
       * so small that a step costs more than its reads.
       */
      #joinReductions() {
        const alike = /* @__PURE__ */ new Map();
        for (const unit of this.units) {
          const { operation, dtype } = this.nodes[unit.cores[0] ?? 0];
          if (unit.kind !== "reduce" || operation.kind !== "reduce") continue;
          if (operation.reduction.startsWith("arg")) continue;
          const key = `${operation.reduction}|${operation.axes}|${unit.shape}|${dtype}`;
          const others = (alike.get(key) ?? []).slice(-8);
          alike.set(key, [...others, unit]);
          const small = sizeOf(unit.shape) < smallReduction;
          const reads = this.#readBy(unit);
          for (const other of others) {
            const [into, from] = [this.find(other.id), this.find(unit.id)];
            if (into === from || this.units[into].cores.length + unit.cores.length > mostReductions) continue;
            if (!small && ![...this.#readBy(other)].some((base) => reads.has(base))) continue;
            if (!this.dependsOn([into], from) && !this.dependsOn([from], into)) this.#merge(into, from);
          }
        }
      }
      /** What a reduction reads element by element once it has taken in the expressions that it reduces. */
      #readBy(unit) {
        const bases = /* @__PURE__ */ new Set();
        for (const core of unit.cores) {
          const { base } = this.places[this.nodes[core].inputs[0]];
          const group = this.unitOf(base);
          bases.add(base);
          if (group === void 0 || this.units[group].kind !== "expression") continue;
          for (const member of this.units[group].members) {
            for (const input of this.nodes[member].inputs) {
              if (sizeOf(this.nodes[this.places[input].base].shape) === sizeOf(unit.shape))
                bases.add(this.places[input].base);
            }
          }
        }
        return bases;
      }
      /** A reduction takes in the expressions it reduces whose values are needed nowhere else. */
      #absorbIntoReductions() {
        for (const unit of this.live()) {
          if (unit.kind !== "reduce") continue;
          for (const core of [...unit.cores].sort((a, b) => b - a)) {
            const input = this.nodes[core].inputs[0];
            const producer = this.unitOf(this.places[input].base);
            if (producer === void 0 || this.units[producer].kind !== "expression") continue;
            if (!this.isInternal(input, unit.shape)) continue;
            const onlyHere = this.units[producer].members.every(
              (member) => !this.isWanted(member) && this.readersOf(member).every((reader) => {
                if (unit.cores.includes(reader))
                  return this.isInternal(this.nodes[reader].inputs[0], unit.shape);
                const owner = this.unitOf(reader);
                return (owner === producer || owner === unit.id) && this.readsInternally(reader, member);
              })
            );
            if (onlyHere) this.#merge(unit.id, producer);
          }
        }
      }
      /** A matmul or convolution takes in the one expression that reads its result. */
      #absorbEpilogues() {
        for (const unit of this.live().reverse()) {
          if (unit.kind !== "routine") continue;
          const core = unit.cores[0];
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
          this.#merge(unit.id, consumer);
          unit.shape = group.shape;
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
    const copy = nodes.push({ operation: { kind: "copy" }, inputs: [position], shape, dtype, label, leaf: -1 }) - 1;
    places.push({ base: copy, view: identityView(shape) });
    taken.add(copy);
    return copy;
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
    const moved = next ? traffic(next) : least;
    if (!next || moved >= least) break;
    [best, least] = [next, moved];
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
  const placed = arrange(buffers, steps, options.arena);
  return {
    key: graph.key,
    buffers: placed.buffers,
    inputs,
    assigned: graph.assignments.map((assignment) => assignment.leaf),
    persistent: graph.persistent,
    outputs: byOutput,
    steps,
    arenaBytes: placed.arenaBytes
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
function executableFor(graph, backend3) {
  const known = cache.get(graph.key);
  if (known) {
    cache.delete(graph.key);
    cache.set(graph.key, known);
    return known;
  }
  const executable = prepare(graph, backend3);
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
var capacity, cache, prepare;
var init_plan_cache = __esm({
  "packages/tensor/src/plan-cache.ts"() {
    "use strict";
    init_debug();
    init_environment();
    init_planner();
    capacity = 512;
    cache = /* @__PURE__ */ new Map();
    prepare = (graph, backend3) => backend3.prepare(planOf(graph));
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
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  const complement = Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction);
  return Math.sign(x) * (1 - complement);
}
function roundHalfToEven(x) {
  const floor2 = Math.floor(x);
  const rest = x - floor2;
  const up = rest > 0.5 || rest === 0.5 && floor2 % 2 !== 0;
  const rounded = up ? floor2 + 1 : floor2;
  return rounded === 0 ? x * 0 : rounded;
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
    const exact = isFloat(argDtype) ? fn : integerBinary[op] ?? fn;
    for (let i = 0; i < count2; i++) target[i] = exact(a[i], b[i]);
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
  const count2 = axes.reduce((product2, axis) => product2 * shape[axis], 1);
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
var state;
var init_session = __esm({
  "packages/tensor/src/session.ts"() {
    "use strict";
    init_environment();
    init_errors();
    init_backend();
    state = { backend: void 0, hinted: false };
  }
});

// packages/tensor/src/execute.ts
function bind(source, placeholders = []) {
  if (source.kind === "slot") return onCurrent(source.slot, source.owner);
  if (source.kind === "variable") return source.variable.boundSlot();
  return placeholders[source.position];
}
function execute(nodes, assignments, commit = true) {
  const wanted2 = [...new Set(nodes)].filter((node) => node.source?.kind !== "slot");
  if (wanted2.length === 0 && assignments.size === 0) return;
  const graph = buildGraph(wanted2, commit ? assignments : /* @__PURE__ */ new Map(), false);
  void debug(5, ({ graphText: graphText2 }) => graphText2(graph));
  const owner = backend();
  const slots = executableFor(graph, owner).run(graph.leaves.map((leaf) => bind(leaf)));
  wanted2.forEach((node, position) => {
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
  mapTensors(value, (tensor) => {
    found.push(tensor);
    return tensor;
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
    const nodes = tensorsIn(result).map((tensor) => tensor.node);
    execute(nodes, recording.assignments);
    return mapTensors(result, (tensor) => tensor);
  } finally {
    recording.ended = true;
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
var Recording, state2;
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
  const exact = dtype === "float32" ? Math.fround(value) : dtype === "int32" ? value | 0 : value;
  if (dtype === "int32" && exact !== value) {
    throw new DtypeError(`constant: got ${value}, expected a whole number of 32 bits for int32`);
  }
  return exact;
}
var constant, coordinate;
var init_creation = __esm({
  "packages/tensor/src/ops/creation.ts"() {
    "use strict";
    init_errors();
    init_half();
    init_recording();
    init_tensor();
    constant = (value, shape, dtype) => record({ kind: "constant", value: exactly(value, dtype) }, [], shape, dtype);
    coordinate = (shape, axis) => scope(() => record({ kind: "coordinate", axis }, [], shape, "int32"));
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
      const fits2 = [start, size, step].every((list) => list.length === source.rank) && shape.every(
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
      const flipped = normalizeAxes("flip", axes, source.rank);
      if (source.size === 0) return source;
      const start = source.shape.map((size, axis) => flipped.includes(axis) ? size - 1 : 0);
      const step = source.shape.map((_, axis) => flipped.includes(axis) ? -1 : 1);
      return view({ kind: "slice", start, step }, source, source.shape, (gradient) => [
        flip(gradient, flipped)
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
      const sizes2 = typeof parts === "number" ? new Array(parts).fill(length / parts) : parts;
      if (!sizes2.every((size) => Number.isInteger(size) && size >= 0) || sizes2.reduce((a, b) => a + b, 0) !== length) {
        throw new ShapeError(
          `split: got parts ${JSON.stringify(parts)} of axis ${axis} in ${formatShape2(source.shape)}, expected whole sizes that add up to ${length}`
        );
      }
      let at = 0;
      return sizes2.map((count2) => {
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
      const stretched = broadcastTo(
        apart,
        source.shape.flatMap((size, axis) => [repeats[axis], size])
      );
      return reshape(
        stretched,
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
  const given = tensors.filter((like) => like instanceof Tensor).map((x) => x.dtype);
  const booleans = likes.every((like) => typeof like === "boolean");
  let dtype = given.length > 0 ? given.reduce(promote) : booleans ? "bool" : "float32";
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
function unary2(op, real, gradient) {
  return (x) => scope(() => {
    const given = asTensor(x);
    const source = real ? toFloat(given) : given.dtype === "bool" ? cast(given, "int32") : given;
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
      const first = greaterEqual(a, b);
      return [where(first, dy, 0), where(first, 0, dy)];
    });
    minimum = binary2("minimum", {}, (dy, a, b) => {
      const first = lessEqual(a, b);
      return [where(first, dy, 0), where(first, 0, dy)];
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

// packages/tensor/src/reference/moves.ts
function gather(routine, operands, out) {
  const { name, outer, axisSize, inner, count: count2, beyond } = routine;
  const [first, second] = operands;
  const reads = name === "gather" || name === "gatherAlong";
  const along = name === "gatherAlong" || name === "scatterAddAlong";
  const indices = reads ? second : first;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count2; j++) {
      for (let i = 0; i < inner; i++) {
        const element = (o * count2 + j) * inner + i;
        const given = indices[along ? element : j];
        const index = clamp(given, axisSize);
        if (beyond && given !== index) {
          if (reads) out[element] = beyond === "nan" ? Number.NaN : 0;
          continue;
        }
        const target = (o * axisSize + index) * inner + i;
        if (reads) out[element] = first[target];
        else if (axisSize > 0) out[target] += second[element];
      }
    }
  }
}
function concat(routine, operands, out) {
  const { outer, sizes: sizes2, inner } = routine;
  let at = 0;
  for (let o = 0; o < outer; o++) {
    operands.forEach((operand, k) => {
      const length = sizes2[k] * inner;
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
  positions(view2, 0, sizeOf(inputShape)).forEach((place, i) => {
    out[place] = x[i];
  });
}
function cumsum(routine, operands, out) {
  const x = operands[0];
  const { outer, axisSize, inner, reverse, exclusive } = routine;
  const integers = out instanceof Int32Array;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let total2 = 0;
      for (let step = 0; step < axisSize; step++) {
        const at = (o * axisSize + (reverse ? axisSize - 1 - step : step)) * inner + i;
        const next = integers ? total2 + x[at] | 0 : total2 + x[at];
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
    const row = x.subarray(o * axisSize, (o + 1) * axisSize);
    const order2 = Array.from({ length: axisSize }, (_, i) => i).sort((a, b) => {
      const [left, right] = [row[a], row[b]];
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
function move(name, sizes2, operands, shape, scattered) {
  const reads = name === "gather" || name === "gatherAlong";
  const values2 = operands[reads ? 0 : 1];
  const routine = { name, dtype: values2.dtype, ...sizes2 };
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
    const linear = sizes2.beyond ? { ...sizes2, beyond: "zero" } : sizes2;
    const back = reads ? move(
      opposite[name],
      linear,
      [indices, dy],
      values2.shape,
      name === "gather" ? scatteredOf(dy, sizes2) : void 0
    ) : move(opposite[name], linear, [dy, indices], values2.shape);
    return reads ? [back, void 0] : [void 0, back];
  };
  return record(operation, inputs, shape, values2.dtype, rule, operands);
}
var wrapNegative, gather2, gatherAlong, oneHot;
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
      const given = indexTensor("gather", indices);
      const axisSize = source.shape[axis];
      if (axisSize === 0 && given.size > 0) {
        throw new ShapeError(
          `gather: axis ${axis} of ${formatShape2(source.shape)} is empty, expected an element`
        );
      }
      const [before2, after] = [source.shape.slice(0, axis), source.shape.slice(axis + 1)];
      const sizes2 = {
        ...{ outer: sizeOf(before2), axisSize, inner: sizeOf(after), count: given.size },
        ...fills && { beyond: "nan" }
      };
      const flat = reshape(fills ? given : wrapNegative(given, axisSize), [given.size]);
      return reshape(move("gather", sizes2, [source, flat], [...before2, given.size, ...after]), [
        ...before2,
        ...given.shape,
        ...after
      ]);
    });
    gatherAlong = (x, indices, options = {}) => scope(() => {
      const source = asTensor(x);
      const axis = normalizeAxis("gatherAlong", options.axis ?? 0, source.rank);
      const given = indexTensor("gatherAlong", indices);
      const fits2 = given.rank === source.rank && given.shape.every((n, a) => a === axis || n === source.shape[a]);
      if (!fits2) {
        throw new ShapeError(
          `gatherAlong: got indices ${formatShape2(given.shape)} for ${formatShape2(source.shape)}, expected the same shape but for axis ${axis}`
        );
      }
      const axisSize = source.shape[axis];
      const outer = sizeOf(source.shape.slice(0, axis));
      const inner = sizeOf(source.shape.slice(axis + 1));
      const sizes2 = { outer, axisSize, inner, count: given.shape[axis] };
      return move("gatherAlong", sizes2, [source, wrapNegative(given, axisSize)], given.shape);
    });
    oneHot = (indices, depth, options = {}) => scope(() => {
      const given = indexTensor("oneHot", indices);
      const shape = [...given.shape, depth];
      const hot = equal(coordinate(shape, given.rank), broadcastTo(expandDims(given, -1), shape));
      return cast(hot, options.dtype ?? "float32");
    });
  }
});

// packages/tensor/src/reference/matmul.ts
function matmul(routine, operands, out) {
  const [a, b] = operands;
  const { batch: batch2, m, n, k, transposeA, transposeB, batchedA, batchedB } = routine;
  const row = new Float64Array(n);
  for (let i = 0; i < batch2; i++) {
    const startA = batchedA ? i * m * k : 0;
    const startB = batchedB ? i * k * n : 0;
    for (let y = 0; y < m; y++) {
      row.fill(0);
      for (let p = 0; p < k; p++) {
        const factor = a[startA + (transposeA ? p * m + y : y * k + p)];
        for (let x = 0; x < n; x++) row[x] += factor * b[startB + (transposeB ? x * k + p : p * n + x)];
      }
      out.set(row, (i * m + y) * n);
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
var matmul2;
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
      const shapes = `(${formatShape2(x.shape)}${transposeA ? " transposed" : ""}, ${formatShape2(y.shape)}${transposeB ? " transposed" : ""})`;
      if (x.rank < 2 || y.rank < 2) {
        throw new ShapeError(
          `matmul: got operands of rank ${x.rank} and ${y.rank} ${shapes}, expected 2 or more`
        );
      }
      const rows = x.shape.at(transposeA ? -1 : -2);
      const inner = x.shape.at(transposeA ? -2 : -1);
      const columns = y.shape.at(transposeB ? -2 : -1);
      const innerB = y.shape.at(transposeB ? -1 : -2);
      if (inner !== innerB) {
        throw new ShapeError(
          `matmul: inner sizes differ, got ${inner} and ${innerB} ${shapes}, expected them equal`
        );
      }
      const swappedA = unswap(x);
      if (swappedA) [x, transposeA] = [swappedA, !transposeA];
      const swappedB = unswap(y);
      if (swappedB) [y, transposeB] = [swappedB, !transposeB];
      const batchA = x.shape.slice(0, -2);
      const batchB = y.shape.slice(0, -2);
      const batchShape = broadcastShapes("matmul", [batchA, batchB]);
      const shape = [...batchShape, rows, columns];
      const full = (operand, own2) => sizeOf(own2) === 1 || sameShape(own2, batchShape) ? operand : broadcastTo(operand, [...batchShape, ...operand.shape.slice(-2)]);
      x = full(x, batchA);
      y = full(y, batchB);
      const batch2 = sizeOf(batchShape);
      const single = (operand) => sizeOf(operand.shape.slice(0, -2)) === 1;
      if (batch2 !== 1 && single(y) && !transposeA) {
        const flat = matmul2(reshape(x, [-1, inner]), reshape(y, y.shape.slice(-2)), { transposeB });
        return reshape(flat, shape);
      }
      const routine = {
        name: "matmul",
        dtype: x.dtype,
        batch: batch2,
        m: rows,
        n: columns,
        k: inner,
        transposeA,
        transposeB,
        batchedA: batch2 !== 1 && !single(x),
        batchedB: batch2 !== 1 && !single(y)
      };
      return record({ kind: "routine", routine, reference: matmul }, [x, y], shape, x.dtype, (dy, [p, q]) => {
        const towardsA = transposeA ? matmul2(q, dy, { transposeA: transposeB, transposeB: true }) : matmul2(dy, q, { transposeB: !transposeB });
        const towardsB = transposeB ? matmul2(dy, p, { transposeA: true, transposeB: transposeA }) : matmul2(p, dy, { transposeA: !transposeA });
        return [unbroadcast(towardsA, p), unbroadcast(towardsB, q)];
      });
    });
  }
});

// packages/tensor/src/ops/moves.ts
var pad2;
var init_moves2 = __esm({
  "packages/tensor/src/ops/moves.ts"() {
    "use strict";
    init_errors();
    init_recording();
    init_moves();
    init_shape();
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
      const low = widths.map(([before2]) => before2);
      const spread = source.shape.map(
        (size, axis) => size === 0 ? 0 : (size - 1) * (interior[axis] + 1) + 1
      );
      const outputShape = spread.map((size, axis) => size + widths[axis][0] + widths[axis][1]);
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
    const given = asTensor(x);
    const source = given.dtype === "bool" ? cast(given, "int32") : given;
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
      const count2 = axes.reduce((product2, axis) => product2 * source.shape[axis], 1);
      const total2 = sum(wide(source), { axes, keepDims: options.keepDims ?? false });
      return narrow(divide(total2, count2), source);
    });
    product = (x, options = {}) => scope(() => {
      const { source, axes } = prepared("product", x, options);
      return reduce2("product", source, axes, options.keepDims ?? false, (kept4) => (dy, [input], y) => {
        const zero = equal(input, 0);
        const zeros = sum(zero, { axes, keepDims: true });
        const safe = where(zero, 1, input);
        const rest = product(safe, { axes, keepDims: true });
        const zeroSum = sum(where(zero, input, 0), { axes, keepDims: true });
        const otherZero = multiply(rest, subtract(zeroSum, input));
        const atZero = where(equal(zeros, 1), rest, where(equal(zeros, 2), otherZero, 0));
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
      const exponential = exp(subtract(source, stopGradient(max(source, { axes, keepDims: true }))));
      return divide(exponential, sum(exponential, { axes, keepDims: true }));
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
      const given = asTensor(x);
      const source = given.dtype === "bool" ? cast(given, "int32") : given;
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

// packages/tensor/src/reference/convolution.ts
function imageStrides(format, channels, [height, width]) {
  return format === "channelsFirst" ? { batch: channels * height * width, channel: height * width, row: width, column: 1 } : { batch: channels * height * width, channel: 1, row: width * channels, column: channels };
}
function eachTap(window, visit) {
  const { outputSize, windowSize, inputSize, strides, dilation, padding } = window;
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
  const [first, second] = operands;
  const { window, filters, name } = routine;
  const { batch: batch2, channels, windowSize } = window;
  const input = imageStrides(window.dataFormat, channels, window.inputSize);
  const output = imageStrides(window.dataFormat, filters, window.outputSize);
  const taps = windowSize[0] * windowSize[1];
  const total2 = new Float64Array(out.length);
  eachTap(window, (oy, ox, ky, kx, iy, ix) => {
    for (let i = 0; i < batch2; i++) {
      const inputAt = i * input.batch + iy * input.row + ix * input.column;
      const outputAt = i * output.batch + oy * output.row + ox * output.column;
      for (let f = 0; f < filters; f++) {
        const y = outputAt + f * output.channel;
        for (let c = 0; c < channels; c++) {
          const x = inputAt + c * input.channel;
          const w = (f * channels + c) * taps + ky * windowSize[1] + kx;
          if (name === "conv2d") total2[y] += first[x] * second[w];
          else if (name === "conv2dInputGradient") total2[x] += first[y] * second[w];
          else total2[w] += first[x] * second[y];
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

// packages/tensor/src/ops/depthwise-convolution.ts
var init_depthwise_convolution = __esm({
  "packages/tensor/src/ops/depthwise-convolution.ts"() {
    "use strict";
  }
});

// packages/tensor/src/ops/convolution-transpose.ts
var init_convolution_transpose = __esm({
  "packages/tensor/src/ops/convolution-transpose.ts"() {
    "use strict";
  }
});

// packages/tensor/src/ops/convolution3d.ts
var init_convolution3d = __esm({
  "packages/tensor/src/ops/convolution3d.ts"() {
    "use strict";
  }
});

// packages/tensor/src/reference/masked-matmul.ts
function maskedMatmul({ name, batch: batch2, steps, features, gates, units }, [left, masks, right], out) {
  const total2 = new Float64Array(out.length);
  const width = gates * units;
  for (let sample = 0; sample < batch2; sample++) {
    for (let feature = 0; feature < features; feature++) {
      const place = (step) => (sample * steps + step) * features + feature;
      const empty = name !== "maskedMatmulInputGradient" && Array.from({ length: steps }, (_, step) => left[place(step)]).every((x) => x === 0);
      for (let gate = 0; gate < gates; gate++) {
        const mask = masks[(sample * gates + gate) * features + feature];
        if (mask === 0 || empty) continue;
        for (let step = 0; step < steps; step++) {
          const x = place(step);
          const y = (sample * steps + step) * width + gate * units;
          const w = feature * width + gate * units;
          for (let unit = 0; unit < units; unit++) {
            if (name === "maskedMatmul") total2[y + unit] += left[x] * mask * right[w + unit];
            else if (name === "maskedMatmulKernelGradient")
              total2[w + unit] += left[x] * mask * right[y + unit];
            else total2[x] += left[y + unit] * mask * right[w + unit];
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

// packages/tensor/src/reference/matmul-gathered.ts
function distinct({ axisSize, count: count2, clamps }, [indices], out) {
  const places = /* @__PURE__ */ new Map();
  for (let position = 0; position < count2; position++) {
    const given = indices[position];
    const clamped = Math.min(Math.max(given, 0), axisSize - 1);
    const index = clamps || given === clamped ? clamped : axisSize;
    if (!places.has(index)) {
      out[1 + places.size] = position;
      out[1 + count2 + places.size] = index;
      places.set(index, places.size);
    }
    out[1 + 2 * count2 + position] = places.get(index);
  }
  out[0] = places.size;
}
function matmulGathered({ name, axisSize, count: count2, inner, columns, beyond }, [left, indices, right], out) {
  const total2 = new Float64Array(out.length);
  const filling = beyond === "nan" ? Number.NaN : 0;
  for (let position = 0; position < count2; position++) {
    const row = indices[1 + count2 + indices[1 + 2 * count2 + position]];
    const outside = row === axisSize;
    if (outside && name === "matmulGatheredTableGradient") continue;
    for (let i = 0; i < inner; i++) {
      const x = row * inner + i;
      for (let column = 0; column < columns; column++) {
        const [y, w] = [position * columns + column, i * columns + column];
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

// packages/tensor/src/reference/pooling.ts
function pool2d(routine, operands, out) {
  const { window, name } = routine;
  const { batch: batch2, channels, inputSize, outputSize } = window;
  const input = imageStrides(window.dataFormat, channels, inputSize);
  const output = imageStrides(window.dataFormat, channels, outputSize);
  const places = outputSize[0] * outputSize[1];
  const counts = new Int32Array(places);
  eachTap(window, (oy, ox) => {
    counts[oy * outputSize[1] + ox]++;
  });
  const [x, second] = operands;
  const best = new Int32Array(places);
  for (let i = 0; i < batch2; i++) {
    for (let c = 0; c < channels; c++) {
      const inputAt = i * input.batch + c * input.channel;
      const outputAt = i * output.batch + c * output.channel;
      const inputPlace = (iy, ix) => inputAt + iy * input.row + ix * input.column;
      const outputPlace = (oy, ox) => outputAt + oy * output.row + ox * output.column;
      if (name === "averagePool2d" || name === "averagePool2dGradient") {
        eachTap(window, (oy, ox, _ky, _kx, iy, ix) => {
          const share = 1 / counts[oy * outputSize[1] + ox];
          if (name === "averagePool2d") out[outputPlace(oy, ox)] += x[inputPlace(iy, ix)] * share;
          else out[inputPlace(iy, ix)] += x[outputPlace(oy, ox)] * share;
        });
        continue;
      }
      best.fill(-1);
      eachTap(window, (oy, ox, _ky, _kx, iy, ix) => {
        const place = oy * outputSize[1] + ox;
        const candidate = inputPlace(iy, ix);
        const current = best[place];
        if (current < 0 || x[candidate] > x[current] || Number.isNaN(x[candidate]) && !Number.isNaN(x[current])) {
          best[place] = candidate;
        }
      });
      for (let oy = 0; oy < outputSize[0]; oy++) {
        for (let ox = 0; ox < outputSize[1]; ox++) {
          const at = best[oy * outputSize[1] + ox];
          if (at < 0) continue;
          if (name === "maxPool2d") out[outputPlace(oy, ox)] = x[at];
          else if (name === "maxPool2dGather") out[outputPlace(oy, ox)] = second[at];
          else out[at] += second[outputPlace(oy, ox)];
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
var init_pooling2 = __esm({
  "packages/tensor/src/ops/pooling.ts"() {
    "use strict";
  }
});

// packages/tensor/src/ops/pooling3d.ts
var init_pooling3d = __esm({
  "packages/tensor/src/ops/pooling3d.ts"() {
    "use strict";
  }
});

// packages/tensor/src/routine.ts
var init_routine = __esm({
  "packages/tensor/src/routine.ts"() {
    "use strict";
  }
});

// packages/tensor/src/recurrent-layout.ts
function recurrentLayout(routine) {
  const { name, batch: batch2, steps, units, resetAfter, bias, hidden, cell, mask, keep: keep2, recurrentMasks } = routine;
  const backward = name.endsWith("Gradient");
  const kind = name.startsWith("lstm") ? "lstm" : name.startsWith("gru") ? "gru" : "simpleRnn";
  const gates = { lstm: 4, gru: 3, simpleRnn: 1 }[kind];
  const ownProduct = kind === "gru" && resetAfter;
  const kept4 = keep2 ? { lstm: 6, gru: ownProduct ? 4 : 3, simpleRnn: 0 }[kind] : 0;
  const present = (operand, is) => is ? [operand] : [];
  const operands = [
    backward ? "sequence" : "projected",
    "kernel",
    ...present("bias", bias && !backward),
    ...present("hidden", hidden),
    ...present("cell", cell),
    ...present("mask", mask),
    ...present("recurrentMask", recurrentMasks > 0),
    ...present("gradient", backward)
  ];
  const lastCell = batch2 * steps * units;
  const states = lastCell + (kind === "lstm" ? batch2 * units : 0);
  const hiddenGradient = batch2 * steps * units * gates * (ownProduct ? 2 : 1);
  const cellGradient2 = hiddenGradient + (hidden ? batch2 * units : 0);
  const size = backward ? cellGradient2 + (cell ? batch2 * units : 0) : states + batch2 * steps * units * kept4;
  return {
    kind,
    backward,
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
  const { batch: batch2, steps, resetAfter } = routine;
  const projected2 = of.operand("projected");
  const sum3 = new Float64Array(width);
  const spare = out instanceof Float64Array ? new Float64Array(6 * units) : new Float32Array(6 * units);
  for (let sample = 0; sample < batch2; sample++) {
    const hidden = of.initial("hidden", sample);
    const cell = of.initial("cell", sample);
    for (let step = 0; step < steps; step++) {
      const row = sample * steps + step;
      const kept4 = routine.keep ? out.subarray(layout.states + row * layout.kept * units) : spare;
      if (of.isLive(sample, step)) {
        const x = (gate, j) => projected2[row * width + gate * units + j];
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
            const [z, r, product2] = [kept4[j], kept4[units + j], sum3[2 * units + j]];
            const candidate = value(x(2, j) + (resetAfter ? r * product2 : product2));
            kept4[2 * units + j] = candidate;
            if (resetAfter) kept4[3 * units + j] = product2;
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
      out.set(hidden, row * units);
      hidden.set(out.subarray(row * units, (row + 1) * units));
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
  const { batch: batch2, steps, resetAfter } = routine;
  const [sequence, upper] = [of.operand("sequence"), of.operand("gradient")];
  const ownProduct = layout.ownProduct ? batch2 * steps * width : 0;
  for (let sample = 0; sample < batch2; sample++) {
    const carry = new Float64Array(units);
    const cellCarry = new Float64Array(units);
    if (layout.kind === "lstm") {
      cellCarry.set(upper.subarray(layout.lastCell + sample * units).subarray(0, units));
    }
    for (let step = steps - 1; step >= 0; step--) {
      const row = sample * steps + step;
      for (let j = 0; j < units; j++) carry[j] += upper[row * units + j];
      if (!of.isLive(sample, step)) continue;
      const kept4 = (part, j, at = row) => sequence[layout.states + (at * layout.kept + part) * units + j];
      const before2 = (name) => {
        if (step === 0) return of.initial(name, sample);
        if (name === "cell") return Float64Array.from({ length: units }, (_, j) => kept4(4, j, row - 1));
        return sequence.subarray((row - 1) * units, row * units);
      };
      const sums = new Float64Array(width);
      let products2 = sums;
      if (layout.kind === "lstm") {
        const previous = before2("cell");
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
        const previous = before2("hidden");
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
        for (let j = 0; j < units; j++) sums[j] = carry[j] * slope(sequence[row * units + j]);
        carry.fill(0);
      }
      const gates = layout.kind === "gru" && !resetAfter ? 2 : layout.gates;
      of.multiplyBack(products2, sample, 0, gates, carry);
      out.set(sums, row * width);
      if (ownProduct > 0) out.set(products2, ownProduct + row * width);
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
        const given = this.#operands.get(name);
        const { units } = this;
        return given ? Float64Array.from(given.subarray(sample * units, (sample + 1) * units)) : new Float64Array(units);
      }
      isLive(sample, step) {
        return !this.routine.mask || this.operand("mask")[sample * this.routine.steps + step] !== 0;
      }
      /** What multiplies element `unit` of the state in the product of a gate. */
      #factor(sample, gate, unit) {
        const { recurrentMasks } = this.routine;
        if (recurrentMasks === 0) return 1;
        const which = recurrentMasks === 1 ? 0 : gate;
        return this.operand("recurrentMask")[(sample * recurrentMasks + which) * this.units + unit];
      }
      /** Adds the products of a state with the kernels of gates `[from, to)`. */
      multiply(state3, sample, from, to, sum3) {
        const kernel = this.operand("kernel");
        for (let gate = from; gate < to; gate++) {
          for (let k = 0; k < this.units; k++) {
            const factor = state3[k] * this.#factor(sample, gate, k);
            for (let j = 0; j < this.units; j++) {
              const column = gate * this.units + j;
              sum3[column] += factor * kernel[k * this.width + column];
            }
          }
        }
      }
      /** Adds what the gradients of the products of gates `[from, to)` give for the state. */
      multiplyBack(gradient, sample, from, to, state3) {
        const kernel = this.operand("kernel");
        for (let gate = from; gate < to; gate++) {
          for (let k = 0; k < this.units; k++) {
            let total2 = 0;
            for (let j = 0; j < this.units; j++) {
              const column = gate * this.units + j;
              total2 += gradient[column] * kernel[k * this.width + column];
            }
            state3[k] += total2 * this.#factor(sample, gate, k);
          }
        }
      }
    };
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
  const views = /* @__PURE__ */ new Set();
  const read = ({ buffer, view: view2 }, most = Number.POSITIVE_INFINITY) => {
    const key = JSON.stringify([buffer, view2]);
    if (views.has(key)) return;
    views.add(key);
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
  const moved = [...reads, ...outputs.map((output) => [output, buffers[output].size])];
  return moved.reduce((sum3, [buffer, size]) => sum3 + size * bytesPerElement(buffers[buffer].dtype), 0);
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
      const { batch: batch2, channels, outputSize, windowSize } = routine.window;
      return 2 * batch2 * count(outputSize) * routine.filters * channels * count(windowSize);
    }
    case "maxPool2d":
    case "maxPool2dGradient":
    case "maxPool2dGather":
    case "averagePool2d":
    case "averagePool2dGradient": {
      const { batch: batch2, channels, outputSize, windowSize } = routine.window;
      return batch2 * channels * count(outputSize) * count(windowSize);
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
function ofRecurrence({ name, batch: batch2, steps, units, bias }) {
  const cell = name.startsWith("lstm") ? "lstm" : name.startsWith("gru") ? "gru" : "simpleRnn";
  const gates = { lstm: 4, gru: 3, simpleRnn: 1 }[cell];
  const backward = name.endsWith("Gradient");
  const equations = backward ? { lstm: 22, gru: 16, simpleRnn: 3 }[cell] : { lstm: 9, gru: 8, simpleRnn: 1 }[cell] + (bias ? gates : 0);
  return batch2 * steps * units * (2 * gates * units + equations);
}
var count, text, distinct2;
var init_step_cost = __esm({
  "packages/tensor/src/planner/step-cost.ts"() {
    "use strict";
    init_dtype();
    init_describe();
    count = (shape) => shape.reduce((product2, size) => product2 * size, 1);
    text = (shape) => `[${shape.join(",")}]`;
    distinct2 = ({ shape, strides }) => shape.reduce((product2, size, axis) => product2 * (strides[axis] === 0 ? 1 : size), 1);
  }
});

// packages/tensor/src/program.ts
var init_program2 = __esm({
  "packages/tensor/src/program.ts"() {
    "use strict";
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
var init_src = __esm({
  "packages/tensor/src/index.ts"() {
    "use strict";
    init_dtype();
    init_environment();
    init_errors();
    init_methods();
    init_activations();
    init_convolution_transpose();
    init_convolution3d();
    init_depthwise_convolution();
    init_elementwise();
    init_moves2();
    init_pooling2();
    init_pooling3d();
    init_reductions();
    init_scans();
    init_views();
    init_plan();
    init_describe();
    init_step_cost();
    init_program2();
    init_recurrent_layout();
    init_routines();
    init_routine();
    init_shape();
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
  const { device: device2 } = machine;
  if (!device2.hasTimestamps) {
    throw new DeviceError(`webgpu: ${device2.info.name} does not tell times (it has no timestamp-query)`);
  }
  if (machine.timer) throw new DeviceError("webgpu: a profile is being made, expected one at a time");
  const timer = new Timer(device2);
  machine.timer = timer;
  const origin = performance.now();
  return {
    async stop() {
      if (machine.timer === timer) machine.timer = void 0;
      const all2 = await timer.finish();
      return { device: device2.info.name, ...profileOf(all2, origin), origin };
    }
  };
}
function profileOf(all2, origin) {
  const dispatches = [];
  const runs = [];
  const known = /* @__PURE__ */ new Map();
  const first = all2.find(({ nanoseconds }) => nanoseconds.length > 1);
  const offset = first ? (first.encoded - origin) * 1e3 - Number(first.nanoseconds[0]) / 1e3 : 0;
  for (const { plan, steps, submitted, encoded, nanoseconds } of all2) {
    const profiled = known.get(plan) ?? plan.steps.map((step) => profiledStep(plan, step));
    known.set(plan, profiled);
    let last = -1;
    for (const [at, step] of steps.entries()) {
      const [from, to] = [2 * at, 2 * at + 1].map((query) => Number(nanoseconds[query]) / 1e3 + offset);
      const duration = Math.max(0, to - from);
      const before2 = dispatches.at(-1);
      if (step === last && before2)
        dispatches[dispatches.length - 1] = { ...before2, duration: before2.duration + duration };
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
      constructor(device2) {
        this.device = device2;
      }
      device;
      #pending = [];
      begin(plan, steps) {
        const { device: device2 } = this.device;
        const began = performance.now();
        const count2 = 2 * steps.length;
        const sets = Array.from(
          { length: Math.ceil(count2 / mostQueries) },
          (_, at) => device2.createQuerySet({ type: "timestamp", count: Math.min(mostQueries, count2 - at * mostQueries) })
        );
        const size = Math.max(1, count2) * bytesPerQuery;
        const resolved = device2.createBuffer({ label: "times", size, usage: queryResolve | copySource });
        const staging = device2.createBuffer({ label: "times", size, usage: mapRead | copyTarget });
        return {
          pass: (dispatch) => {
            const first = 2 * dispatch;
            return {
              timestampWrites: {
                querySet: sets[Math.floor(first / mostQueries)],
                beginningOfPassWriteIndex: first % mostQueries,
                endOfPassWriteIndex: first % mostQueries + 1
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
      const [row, position] = kernel.unravel(index, [rows, length]);
      const [start, end] = blockOf(kernel, position);
      const own2 = kernel.keep(sorted.key(kernel, row, position));
      const rank2 = kernel.cell(kernel.zero("int32"));
      const one = kernel.constant(1, "int32");
      const keyAt = (other) => kernel.keep(sorted.key(kernel, row, other));
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
      const [row, place] = kernel.unravel(index, [rows, kept4]);
      const [start, end] = blockOf(kernel, place);
      const rank2 = kernel.keep(kernel.fromIndex(kernel.minus(place, start)));
      const first = kernel.hold(kernel.times(row, length));
      const found = kernel.cell(kernel.zero("int32"));
      kernel.repeat(start, end, (position) => {
        const candidate = kernel.load(ranks, kernel.plus(first, position));
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
      const [row, place] = kernel.unravel(index, [rows, count2]);
      const both = 2 * run2;
      const start = both >= length ? kernel.whole(0) : kernel.hold(kernel.times(kernel.quotient(place, both), both));
      const taken = kernel.hold(kernel.minus(place, start));
      const left = kernel.hold(kernel.plus(kernel.times(row, length), start));
      const right = kernel.hold(kernel.plus(left, kernel.whole(run2)));
      const rest = kernel.hold(kernel.minus(kernel.whole(length), start));
      const sizeOf2 = (available) => kernel.hold(kernel.smaller(kernel.larger(available, kernel.whole(0)), kernel.whole(run2)));
      const leftSize = sizeOf2(rest);
      const rightSize = sizeOf2(kernel.minus(rest, kernel.whole(run2)));
      const at = (place2) => kernel.load(order2, place2);
      const keyOf = (position) => kernel.keep(key(kernel, row, kernel.toIndex(position)));
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
      key: (kernel, row, position) => kernel.load(0, kernel.plus(kernel.times(row, axisSize), position))
    },
    count2
  );
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/image.ts
function imageStrides2(format, channels, [height, width]) {
  const batch2 = channels * height * width;
  return format === "channelsFirst" ? { batch: batch2, channel: height * width, row: width, column: 1 } : { batch: batch2, channel: 1, row: width * channels, column: channels };
}
var imageElements = (batch2, channels, [height, width]) => batch2 * channels * height * width;
function imageIndex(kernel, index, format, batch2, channels, [height, width]) {
  if (format === "channelsFirst") {
    const [b2, c2, y2, x2] = kernel.unravel(index, [batch2, channels, height, width]);
    return { batch: b2, channel: c2, row: y2, column: x2 };
  }
  const [b, y, x, c] = kernel.unravel(index, [batch2, height, width, channels]);
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
  const plain = (...range) => sum2(kernel, dtype, (add2) => kernel.repeat(...range, (i) => visit(i, add2)));
  if (!isFloat(dtype) || atMost <= longestChunk) return plain(from, to);
  const chunk = 2 ** Math.round(Math.log2(atMost) / 2);
  const indexOf = (bound) => typeof bound === "number" ? kernel.whole(bound) : bound;
  return sum2(
    kernel,
    dtype,
    (add2) => kernel.repeat(0, Math.ceil(atMost / chunk), (turn) => {
      const start = kernel.hold(kernel.plus(indexOf(from), kernel.times(turn, chunk)));
      const end = kernel.plus(start, kernel.whole(chunk));
      add2(plain(start, kernel.hold(kernel.smaller(end, indexOf(to)))));
    })
  );
}
var sumOver = (kernel, dtype, count2, term) => sumRange(kernel, dtype, [0, count2], count2, (i, add2) => add2(term(i)));
function addLongSums(passes, { size, dtype, terms, products: products2, write }) {
  const wanted2 = Math.floor(enoughThreads / Math.max(size, 1));
  const most = Math.floor(terms * products2 / fewestProducts);
  const length = Math.ceil(terms / Math.max(1, Math.min(wanted2, most, terms)));
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
var windowAxes = (window) => {
  const axis = (at) => ({
    input: window.inputSize[at],
    output: window.outputSize[at],
    taps: window.windowSize[at],
    stride: window.strides[at],
    dilation: window.dilation[at],
    padding: window.padding[at][0]
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
function tapsOf(kernel, axis, output) {
  const { input, taps, stride, dilation, padding } = axis;
  const start = kernel.hold(kernel.minus(kernel.times(output, stride), kernel.whole(padding)));
  const most = (axis.output - 1) * stride - padding;
  const inside = turnsInside(kernel, start, [-padding, most], { step: dilation, count: taps, size: input });
  return {
    ...inside,
    tap: (turn) => turn,
    place: (turn) => kernel.plus(start, kernel.times(turn, dilation))
  };
}
function outputsThrough(kernel, axis, tap) {
  const { input, output, taps, stride, dilation, padding } = axis;
  const start = kernel.hold(kernel.minus(kernel.times(tap, dilation), kernel.whole(padding)));
  const limits = [-padding, (taps - 1) * dilation - padding];
  const inside = turnsInside(kernel, start, limits, { step: stride, count: output, size: input });
  return { ...inside, place: (turn) => kernel.plus(start, kernel.times(turn, stride)) };
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
  const first = kernel.hold(kernel.minus(kernel.quotient(dividend, stride), kernel.whole(ahead)));
  const reachesPast = Math.floor((axis.input - 1 + padding) / stride) >= output;
  const past = kernel.minus(kernel.plus(first, kernel.whole(outputStep)), kernel.whole(output));
  const from = reachesPast ? kernel.hold(kernel.quotient(kernel.larger(past, zero), outputStep)) : 0;
  const tapsLeft = kernel.minus(kernel.whole(taps + tapStep - 1), firstTap);
  let to = tapStep === 1 ? kernel.whole(taps) : kernel.quotient(tapsLeft, tapStep);
  if (padding < (taps - 1) * dilation) {
    const before2 = kernel.larger(kernel.plus(first, kernel.whole(outputStep)), zero);
    to = kernel.smaller(to, kernel.quotient(before2, outputStep));
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
    place: (turn) => kernel.minus(first, kernel.times(turn, outputStep))
  };
}
function firstTapOf(kernel, at, tapStep, outputStep, common) {
  let inverse = 1;
  while (inverse * outputStep % tapStep !== 1) inverse++;
  const rest = kernel.remainder(kernel.quotient(at, common), tapStep);
  return inverse === 1 ? rest : kernel.remainder(kernel.times(rest, inverse), tapStep);
}
function eachTurn(kernel, [rows, columns], visit) {
  kernel.repeat(rows.from, rows.to, (y) => {
    const visitColumn = visit(rows.place(y), rows.tap(y));
    kernel.repeat(columns.from, columns.to, (x) => visitColumn(columns.place(x), columns.tap(x)));
  });
}

// packages/kernels-webgpu/src/plain/convolution.ts
var isEmpty = ({ window, filters }) => [
  window.batch,
  window.channels,
  filters,
  ...window.inputSize,
  ...window.outputSize,
  ...window.windowSize
].some((size) => size <= 0);
function correlation(routine, forward) {
  const { window, filters, dtype } = routine;
  const { dataFormat, batch: batch2, channels, inputSize, outputSize, windowSize } = window;
  const [depth, readSize] = forward ? [channels, inputSize] : [filters, outputSize];
  const [width, resultSize2] = forward ? [filters, outputSize] : [channels, inputSize];
  const read = imageStrides2(dataFormat, depth, readSize);
  const area = windowSize[0] * windowSize[1];
  const [ofDepth, ofWidth] = forward ? [area, channels * area] : [channels * area, area];
  const [rowAxis, columnAxis] = windowAxes(window);
  const walk = forward ? tapsOf : outputsOf2;
  const write = (kernel, index) => {
    if (isEmpty(routine)) return kernel.zero(dtype);
    const at = imageIndex(kernel, index, dataFormat, batch2, width, resultSize2);
    const walks = [walk(kernel, rowAxis, at.row), walk(kernel, columnAxis, at.column)];
    const image = kernel.hold(kernel.times(at.batch, read.batch));
    const filter = kernel.hold(kernel.times(at.channel, ofWidth));
    const product2 = (image2, filter2) => kernel.multiply(kernel.load(0, image2), kernel.load(1, filter2));
    const placesOf2 = (from, weights, visit) => (row, rowTap) => {
      const inRow = kernel.hold(kernel.plus(from, kernel.times(row, read.row)));
      const weightsOfRow = kernel.hold(kernel.plus(weights, kernel.times(rowTap, windowSize[1])));
      return (column, columnTap) => visit(kernel.plus(inRow, kernel.times(column, read.column)), kernel.plus(weightsOfRow, columnTap));
    };
    if (dataFormat === "channelsLast") {
      return sum2(kernel, dtype, (add2) => {
        const addChannels = (place, weight) => {
          const [from, weights] = [kernel.hold(place), kernel.hold(weight)];
          const channelsOf = (c) => product2(kernel.plus(from, c), kernel.plus(weights, kernel.times(c, ofDepth)));
          add2(sumOver(kernel, dtype, depth, channelsOf));
        };
        eachTurn(kernel, walks, placesOf2(image, filter, addChannels));
      });
    }
    return sumOver(kernel, dtype, depth, (c) => {
      const from = kernel.hold(kernel.plus(image, kernel.times(c, read.channel)));
      const weights = kernel.hold(kernel.plus(filter, kernel.times(c, ofDepth)));
      return sum2(
        kernel,
        dtype,
        (add2) => eachTurn(
          kernel,
          walks,
          placesOf2(from, weights, (place, weight) => add2(product2(place, weight)))
        )
      );
    });
  };
  return [{ size: imageElements(batch2, width, resultSize2), dtype, write }];
}
var conv2d2 = (routine) => correlation(routine, true);
var conv2dInputGradient = (routine) => correlation(routine, false);
var conv2dKernelGradient = (routine) => {
  const { window, filters, dtype } = routine;
  const { dataFormat, batch: batch2, channels, inputSize, outputSize, windowSize } = window;
  const input = imageStrides2(dataFormat, channels, inputSize);
  const output = imageStrides2(dataFormat, filters, outputSize);
  const [rowAxis, columnAxis] = windowAxes(window);
  const passes = new PassList(2);
  addLongSums(passes, {
    size: filters * channels * windowSize[0] * windowSize[1],
    dtype,
    terms: isEmpty(routine) ? 0 : batch2 * outputSize[0],
    products: outputSize[1],
    write(kernel, index, range, atMost) {
      const [f, c, rowTap, columnTap] = kernel.unravel(index, [filters, channels, ...windowSize]);
      const start = rowAxis.dilation;
      const firstRow = kernel.minus(kernel.times(rowTap, start), kernel.whole(rowAxis.padding));
      const offset = kernel.hold(firstRow);
      const columns = outputsThrough(kernel, columnAxis, columnTap);
      const [ofInput, ofOutput] = [
        kernel.hold(kernel.times(c, input.channel)),
        kernel.hold(kernel.times(f, output.channel))
      ];
      return sumRange(kernel, dtype, range, atMost, (line, add2) => {
        const [image, y] = kernel.unravel(line, [batch2, outputSize[0]]);
        const row = kernel.hold(kernel.plus(offset, kernel.times(y, rowAxis.stride)));
        kernel.when(kernel.inside(row, inputSize[0]), () => {
          const x = kernel.plus(ofInput, imagePlace(kernel, input, { batch: image, row }));
          const dy = kernel.plus(ofOutput, imagePlace(kernel, output, { batch: image, row: y }));
          const [xRow, dyRow] = [kernel.hold(x), kernel.hold(dy)];
          add2(
            sum2(
              kernel,
              dtype,
              (addProduct) => kernel.repeat(
                columns.from,
                columns.to,
                (turn) => addProduct(
                  kernel.multiply(
                    kernel.load(0, kernel.plus(xRow, kernel.times(columns.place(turn), input.column))),
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
  const given = kernel.keep(kernel.cast(index, "int32"));
  const isOne = kernel.fromCondition(isRow(kernel, given, size));
  return kernel.keep(kernel.where(isOne, given, kernel.constant(size, "int32")));
}
var placeIn = (kernel, row, size, column) => kernel.plus(kernel.times(row, size), column);

// packages/kernels-webgpu/src/plain/scan.ts
var blockLength2 = 128;
function addScan(passes, scanned) {
  const { rows, dtype } = scanned;
  const levels = [{ length: scanned.length, at: scanned.element }];
  for (let last = levels[0]; last.length > blockLength2; last = levels.at(-1)) {
    const { length, at } = last;
    const blocks = Math.ceil(length / blockLength2);
    const operand = passes.add({
      size: rows * blocks,
      dtype,
      write(kernel, index) {
        const [row, block] = kernel.unravel(index, [rows, blocks]);
        const start = kernel.hold(kernel.times(block, blockLength2));
        const end = kernel.plus(start, kernel.whole(blockLength2));
        const to = length % blockLength2 === 0 ? end : kernel.smaller(end, kernel.whole(length));
        return sum2(
          kernel,
          dtype,
          (add2) => kernel.repeat(start, kernel.hold(to), (position) => add2(at(kernel, row, position)))
        );
      }
    });
    levels.push({
      length: blocks,
      at: (kernel, row, block) => kernel.load(operand, placeIn(kernel, row, blocks, block))
    });
  }
  return (kernel, row, position, inclusive) => {
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
          (addPart) => kernel.repeat(start, end, (before2) => addPart(at(kernel, row, before2)))
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
  const before2 = addScan(passes, {
    rows: outer * inner,
    length: axisSize,
    dtype,
    element(kernel, row, step) {
      const [o, i] = kernel.unravel(row, [outer, inner]);
      const at = positionOf(kernel, step);
      return kernel.load(0, placeIn(kernel, placeIn(kernel, o, axisSize, at), inner, i));
    }
  });
  passes.add({
    size: outer * axisSize * inner,
    dtype,
    write(kernel, index) {
      const [o, at, i] = kernel.unravel(index, [outer, axisSize, inner]);
      const row = kernel.hold(placeIn(kernel, o, inner, i));
      return before2(kernel, row, kernel.hold(positionOf(kernel, at)), !exclusive);
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
        const place = searchFirst(
          kernel,
          [kernel.whole(0), kernel.whole(count2)],
          count2,
          (at) => kernel.not(kernel.less(key(kernel, kernel.toIndex(kernel.load(order2, at))), own2))
        );
        return kernel.load(order2, place);
      }
      const first = kernel.cell(kernel.fromIndex(index));
      kernel.repeat(
        0,
        index,
        (position) => kernel.when(kernel.same(kernel.toIndex(key(kernel, position)), kernel.toIndex(own2)), () => {
          kernel.set(first, kernel.fromIndex(position));
          kernel.leave();
        })
      );
      return kernel.read(first);
    }
  });
  const before2 = addScan(passes, {
    rows: 1,
    length: count2,
    dtype,
    element(kernel, _row, position) {
      const first = kernel.same(kernel.toIndex(kernel.load(firsts, position)), position);
      return kernel.cast(kernel.fromCondition(first), dtype);
    }
  });
  const counts = passes.add({
    size: count2,
    dtype,
    write: (kernel, index) => before2(kernel, kernel.whole(0), index, true)
  });
  passes.add({
    size: 1 + 3 * count2,
    dtype,
    write(kernel, index) {
      const total2 = kernel.keep(kernel.load(counts, kernel.whole(count2 - 1)));
      const result = kernel.cell(kernel.zero(dtype));
      const listed = kernel.hold(kernel.minus(index, kernel.whole(1)));
      const within = (list) => kernel.hold(kernel.minus(listed, kernel.whole(list * count2)));
      kernel.when(kernel.same(index, kernel.whole(0)), () => kernel.set(result, total2));
      kernel.when(kernel.inside(listed, 2 * count2), () => {
        const asKey = kernel.not(kernel.below(listed, kernel.whole(count2)));
        const k = kernel.hold(kernel.remainder(listed, count2));
        kernel.when(kernel.less(kernel.fromIndex(k), total2), () => {
          const ends = [kernel.whole(0), kernel.whole(count2)];
          const place = searchFirst(
            kernel,
            ends,
            count2,
            (at) => kernel.less(kernel.fromIndex(k), kernel.load(counts, at))
          );
          kernel.set(result, kernel.fromIndex(place));
          kernel.when(asKey, () => kernel.set(result, key(kernel, place)));
        });
      });
      const position = within(2);
      kernel.when(kernel.inside(position, count2), () => {
        const first = kernel.toIndex(kernel.load(firsts, position));
        const rank2 = kernel.apply("subtract", [kernel.load(counts, first), kernel.constant(1, dtype)], dtype);
        kernel.set(result, rank2);
      });
      return kernel.read(result);
    }
  });
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/masked-matmul.ts
var isLive = (kernel, value) => kernel.toCondition(kernel.apply("notEqual", [value, kernel.zero(value.dtype)], "bool"));
function addLiveMasks(passes, { dtype, batch: batch2, steps, features, gates }) {
  return passes.add({
    size: batch2 * gates * features,
    dtype,
    write(kernel, index) {
      const [sample, , feature] = kernel.unravel(index, [batch2, gates, features]);
      const first = kernel.hold(placeIn(kernel, kernel.times(sample, steps), features, feature));
      const mask = kernel.cell(kernel.zero(dtype));
      kernel.repeat(
        0,
        steps,
        (step) => kernel.when(isLive(kernel, kernel.load(0, kernel.plus(first, kernel.times(step, features)))), () => {
          kernel.set(mask, kernel.load(1, index));
          kernel.leave();
        })
      );
      return kernel.read(mask);
    }
  });
}
var masksOf = (kernel, { gates, features }, sample, gate) => kernel.hold(kernel.times(placeIn(kernel, sample, gates, gate), features));
var maskedMatmul2 = (routine) => {
  const { dtype, batch: batch2, steps, features, gates, units } = routine;
  const width = gates * units;
  const passes = new PassList(3);
  const masks = addLiveMasks(passes, routine);
  passes.add({
    size: batch2 * steps * width,
    dtype,
    write(kernel, index) {
      const [sample, step, gate, unit] = kernel.unravel(index, [batch2, steps, gates, units]);
      const row = kernel.hold(kernel.times(placeIn(kernel, sample, steps, step), features));
      const mask = masksOf(kernel, routine, sample, gate);
      const column = kernel.hold(placeIn(kernel, gate, units, unit));
      return sumRange(kernel, dtype, [0, features], features, (feature, add2) => {
        const factor = kernel.keep(kernel.load(masks, kernel.plus(mask, feature)));
        kernel.when(isLive(kernel, factor), () => {
          const x = kernel.multiply(kernel.load(0, kernel.plus(row, feature)), factor);
          add2(kernel.multiply(x, kernel.load(2, placeIn(kernel, feature, width, column))));
        });
      });
    }
  });
  return passes.passes;
};
var maskedMatmulInputGradient = (routine) => {
  const { dtype, batch: batch2, steps, features, gates, units } = routine;
  const width = gates * units;
  return [
    {
      size: batch2 * steps * features,
      dtype,
      write(kernel, index) {
        const [sample, step, feature] = kernel.unravel(index, [batch2, steps, features]);
        const row = kernel.hold(kernel.times(placeIn(kernel, sample, steps, step), width));
        const weights = kernel.hold(kernel.times(feature, width));
        return sum2(
          kernel,
          dtype,
          (add2) => kernel.repeat(0, gates, (gate) => {
            const factor = kernel.keep(
              kernel.load(1, kernel.plus(masksOf(kernel, routine, sample, gate), feature))
            );
            kernel.when(isLive(kernel, factor), () => {
              const first = kernel.hold(kernel.times(gate, units));
              const product2 = sumOver(
                kernel,
                dtype,
                units,
                (unit) => kernel.multiply(
                  kernel.multiply(kernel.load(0, kernel.plus(row, first, unit)), factor),
                  kernel.load(2, kernel.plus(weights, first, unit))
                )
              );
              add2(product2);
            });
          })
        );
      }
    }
  ];
};
var maskedMatmulKernelGradient = (routine) => {
  const { dtype, batch: batch2, steps, features, gates, units } = routine;
  const width = gates * units;
  const passes = new PassList(3);
  const masks = addLiveMasks(passes, routine);
  addLongSums(passes, {
    size: features * width,
    dtype,
    terms: batch2,
    products: steps,
    write(kernel, index, range, atMost) {
      const [feature, gate, unit] = kernel.unravel(index, [features, gates, units]);
      const column = kernel.hold(placeIn(kernel, gate, units, unit));
      return sumRange(kernel, dtype, range, atMost, (sample, add2) => {
        const mask = kernel.load(masks, kernel.plus(masksOf(kernel, routine, sample, gate), feature));
        const factor = kernel.keep(mask);
        kernel.when(isLive(kernel, factor), () => {
          const first = kernel.hold(kernel.times(sample, steps));
          const product2 = sumOver(kernel, dtype, steps, (step) => {
            const row = kernel.hold(kernel.plus(first, step));
            const x = kernel.multiply(kernel.load(0, placeIn(kernel, row, features, feature)), factor);
            return kernel.multiply(x, kernel.load(2, placeIn(kernel, row, width, column)));
          });
          add2(product2);
        });
      });
    }
  });
  return passes.passes;
};

// packages/kernels-webgpu/src/plain/matmul.ts
var matmul3 = (routine) => {
  const { dtype, batch: batch2, m, n, k, transposeA, transposeB, batchedA, batchedB } = routine;
  const passes = new PassList(2);
  addLongSums(passes, {
    size: batch2 * m * n,
    dtype,
    terms: k,
    products: 1,
    write(kernel, index, range, atMost) {
      const [i, y, x] = kernel.unravel(index, [batch2, m, n]);
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
        range,
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
  const { rows, length, range } = keyed;
  if (length <= fewPositions2 && length * uses <= fewComparisons) {
    return {
      each(kernel, row, number, visit) {
        kernel.repeat(
          0,
          length,
          (position) => kernel.when(
            kernel.same(kernel.toIndex(keyed.key(kernel, row, position)), number),
            () => visit(position)
          )
        );
      }
    };
  }
  const order2 = addSort(passes, keyed);
  const positionAt = (kernel, row, place) => kernel.hold(kernel.toIndex(kernel.load(order2, placeIn(kernel, row, length, place))));
  const starts = passes.add({
    size: rows * (range + 1),
    dtype: "int32",
    write(kernel, index) {
      const [row, number] = kernel.unravel(index, [rows, range + 1]);
      const wanted2 = kernel.keep(kernel.fromIndex(number));
      const ends = [kernel.whole(0), kernel.whole(length)];
      const first = searchFirst(
        kernel,
        ends,
        length,
        (place) => kernel.not(kernel.less(keyed.key(kernel, row, positionAt(kernel, row, place)), wanted2))
      );
      return kernel.fromIndex(first);
    }
  });
  return {
    each(kernel, row, number, visit) {
      const at = kernel.hold(placeIn(kernel, row, range + 1, number));
      const startAt = (place) => kernel.hold(kernel.toIndex(kernel.load(starts, place)));
      kernel.repeat(
        startAt(at),
        startAt(kernel.plus(at, kernel.whole(1))),
        (place) => visit(positionAt(kernel, row, place))
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
  const given = kernel.keep(index);
  const filling = kernel.constant(beyond === "nan" ? Number.NaN : 0, dtype);
  if (axisSize === 0) return () => filling;
  const row = kernel.toIndex(clampedIndex(kernel, given, axisSize));
  const start = kernel.hold(kernel.times(row, inner));
  const isOutside = kernel.less(kernel.constant(axisSize - 1, "int32"), given);
  const outside = kernel.keep(kernel.fromCondition(isOutside));
  return (i) => {
    const element = kernel.load(0, kernel.plus(start, i));
    return beyond ? kernel.where(outside, filling, element) : element;
  };
}
var matmulGathered2 = (routine) => {
  const { dtype, count: count2, inner, columns } = routine;
  const passes = new PassList(3);
  const { total: total2, index: indexOf, place } = lists(count2);
  const products2 = passes.add({
    size: count2 * columns,
    dtype,
    write(kernel, index) {
      const [k, column] = kernel.unravel(index, [count2, columns]);
      const result = kernel.cell(kernel.zero(dtype));
      kernel.when(kernel.less(kernel.fromIndex(k), total2(kernel)), () => {
        const row = tableRow(kernel, routine, indexOf(kernel, k));
        const product2 = sumOver(
          kernel,
          dtype,
          inner,
          (i) => kernel.multiply(row(i), kernel.load(2, placeIn(kernel, i, columns, column)))
        );
        kernel.set(result, product2);
      });
      return kernel.read(result);
    }
  });
  passes.add({
    size: count2 * columns,
    dtype,
    write(kernel, index) {
      const [position, column] = kernel.unravel(index, [count2, columns]);
      const own2 = kernel.toIndex(place(kernel, position));
      return kernel.load(products2, placeIn(kernel, own2, columns, column));
    }
  });
  return passes.passes;
};
function addRowSums(passes, routine, dy) {
  const { axisSize, count: count2, columns, dtype } = routine;
  const { total: total2, index: indexOf, place } = lists(count2);
  const keyed = {
    rows: 1,
    length: count2,
    range: axisSize + 1,
    key: (kernel, _row, position) => indexOf(kernel, kernel.toIndex(place(kernel, position)))
  };
  const members = addMembers(passes, keyed, count2 * columns);
  const rowSums = passes.add({
    size: count2 * columns,
    dtype,
    write(kernel, index) {
      const [k, column] = kernel.unravel(index, [count2, columns]);
      return sum2(
        kernel,
        dtype,
        (add2) => kernel.when(kernel.less(kernel.fromIndex(k), total2(kernel)), () => {
          const own2 = kernel.hold(kernel.toIndex(indexOf(kernel, k)));
          members.each(
            kernel,
            kernel.whole(0),
            own2,
            (position) => add2(kernel.load(dy, placeIn(kernel, position, columns, column)))
          );
        })
      );
    }
  });
  return { members, rowSums };
}
var matmulGatheredTableGradient = (routine) => {
  const { dtype, axisSize, count: count2, inner, columns } = routine;
  const passes = new PassList(3);
  const { members, rowSums } = addRowSums(passes, routine, 0);
  const numbers = passes.add({
    size: axisSize,
    dtype: "int32",
    write(kernel, row) {
      const found = kernel.cell(kernel.constant(-1, "int32"));
      members.each(kernel, kernel.whole(0), row, (position) => {
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
      const [row, i] = kernel.unravel(index, [axisSize, inner]);
      const number = kernel.keep(kernel.load(numbers, row));
      const result = kernel.cell(kernel.zero(dtype));
      kernel.when(kernel.not(kernel.less(number, kernel.zero("int32"))), () => {
        const k = kernel.hold(kernel.toIndex(number));
        const product2 = sumOver(
          kernel,
          dtype,
          columns,
          (column) => kernel.multiply(
            kernel.load(rowSums, placeIn(kernel, k, columns, column)),
            kernel.load(2, placeIn(kernel, i, columns, column))
          )
        );
        kernel.set(result, product2);
      });
      return kernel.read(result);
    }
  });
  return passes.passes;
};
var matmulGatheredKernelGradient = (routine) => {
  const { dtype, count: count2, inner, columns } = routine;
  const passes = new PassList(3);
  const { total: total2, index: indexOf } = lists(count2);
  const { rowSums } = addRowSums(passes, routine, 2);
  addLongSums(passes, {
    size: inner * columns,
    dtype,
    terms: count2,
    products: 1,
    write(kernel, index, range, atMost) {
      const [i, column] = kernel.unravel(index, [inner, columns]);
      const known = kernel.keep(total2(kernel));
      return sumRange(
        kernel,
        dtype,
        range,
        atMost,
        (k, add2) => kernel.when(
          kernel.less(kernel.fromIndex(k), known),
          () => add2(
            kernel.multiply(
              tableRow(kernel, routine, indexOf(kernel, k))(i),
              kernel.load(rowSums, placeIn(kernel, k, columns, column))
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
var concat2 = ({ dtype, outer, sizes: sizes2, inner }) => {
  const passes = new PassList(sizes2.length);
  let parts = sizes2.map((size, operand) => ({ size, operand })).filter(({ size }) => size > 0);
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
            const row = kernel.hold(kernel.minus(middle, kernel.whole(start)));
            kernel.when(
              kernel.inside(row, part.size),
              () => kernel.set(
                result,
                kernel.load(part.operand, placeIn(kernel, placeIn(kernel, o, part.size, row), inner, i))
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
          const place = from.map((at, axis) => steps[axis] === 1 ? at : kernel.quotient(at, steps[axis])).reduce((outer, at, axis) => placeIn(kernel, outer, inputShape[axis], at), kernel.whole(0));
          kernel.set(result, kernel.load(0, place));
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
        const given = kernel.keep(kernel.load(1, name === "gather" ? j : index));
        const row = kernel.toIndex(clampedIndex(kernel, given, axisSize));
        const found = kernel.load(0, placeIn(kernel, placeIn(kernel, o, axisSize, row), inner, i));
        if (!beyond) return found;
        return kernel.where(kernel.fromCondition(isRow(kernel, given, axisSize)), found, filling);
      }
    }
  ];
};

// packages/kernels-webgpu/src/plain/pooling.ts
init_src();

// packages/kernels-webgpu/src/plain/pool-geometry.ts
function poolGeometry({ window, dtype }) {
  const { dataFormat, batch: batch2, channels, inputSize, outputSize } = window;
  const [rows, columns] = windowAxes(window);
  const side = (size) => {
    const strides = imageStrides2(dataFormat, channels, size);
    return {
      size: imageElements(batch2, channels, size),
      indexOf: (kernel, index) => imageIndex(kernel, index, dataFormat, batch2, channels, size),
      startOf: (kernel, { batch: image, channel }) => kernel.hold(imagePlace(kernel, strides, { batch: image, channel })),
      rowOf(kernel, start, row) {
        const first = kernel.hold(kernel.plus(start, kernel.times(row, strides.row)));
        return (column) => kernel.plus(first, kernel.times(column, strides.column));
      }
    };
  };
  return {
    dtype,
    input: side(inputSize),
    output: side(outputSize),
    isEmpty: [rows, columns].some(({ taps, input, output }) => taps * input * output === 0),
    tapsOf: (kernel, row, column) => [tapsOf(kernel, rows, row), tapsOf(kernel, columns, column)],
    windowsOf: (kernel, { row, column }) => [
      outputsOf2(kernel, rows, row),
      outputsOf2(kernel, columns, column)
    ]
  };
}

// packages/kernels-webgpu/src/plain/pooling.ts
function placeOfLargest(kernel, geometry, start, row, column) {
  const { input } = geometry;
  const place = kernel.cell(kernel.constant(-1, "int32"));
  const largest = kernel.cell(kernel.zero(geometry.dtype));
  eachTurn(kernel, geometry.tapsOf(kernel, row, column), (y) => {
    const placeOf3 = input.rowOf(kernel, start, y);
    return (x) => {
      const at = kernel.hold(placeOf3(x));
      const candidate = kernel.keep(kernel.load(0, at));
      const wins = [
        kernel.less(kernel.read(place), kernel.zero("int32")),
        kernel.less(kernel.read(largest), candidate),
        ...isFloat(candidate.dtype) ? [kernel.all(kernel.isNaN(candidate), kernel.not(kernel.isNaN(kernel.read(largest))))] : []
      ];
      kernel.when(kernel.any(...wins), () => {
        kernel.set(largest, candidate);
        kernel.set(place, kernel.fromIndex(at));
      });
    };
  });
  return kernel.read(place);
}
function loadOrZero(kernel, operand, place, dtype) {
  const result = kernel.cell(kernel.zero(dtype));
  kernel.when(
    kernel.not(kernel.less(place, kernel.zero("int32"))),
    () => kernel.set(result, kernel.load(operand, kernel.toIndex(place)))
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
        const place = placeOfLargest(kernel, geometry, input.startOf(kernel, at), at.row, at.column);
        return loadOrZero(kernel, operand, place, dtype);
      }
    }
  ];
};
var maxPool2d = ofLargest(0);
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
        (add2) => eachTurn(kernel, geometry.windowsOf(kernel, at), (row) => {
          const placeOf3 = output.rowOf(kernel, above, kernel.hold(row));
          return (at2) => {
            const column = kernel.hold(at2);
            const from = kernel.hold(placeOf3(column));
            const place = places === void 0 ? placeOfLargest(kernel, geometry, start, row, column) : kernel.load(places, from);
            kernel.when(kernel.same(kernel.toIndex(place), index), () => add2(kernel.load(1, from)));
          };
        })
      );
    }
  });
  return passes.passes;
};
function countOf(kernel, axis, place) {
  if (staysInside(axis)) return kernel.constant(axis.taps, "float32");
  const { from, to } = tapsOf(kernel, axis, place);
  const indexOf = (bound) => typeof bound === "number" ? kernel.whole(bound) : bound;
  const count2 = kernel.fromIndex(kernel.minus(indexOf(to), indexOf(from)));
  return kernel.keep(kernel.cast(count2, "float32"));
}
var shareOf = (kernel, rows, columns) => rows.constant !== void 0 && columns.constant !== void 0 ? kernel.constant(Math.fround(1 / (rows.constant * columns.constant)), "float32") : kernel.keep(kernel.apply("reciprocal", [kernel.multiply(rows, columns)], "float32"));
var averagePool2d = (routine) => {
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
        const [rows, columns] = windowAxes(routine.window);
        const share = shareOf(kernel, countOf(kernel, rows, at.row), countOf(kernel, columns, at.column));
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
        const [rows, columns] = windowAxes(routine.window);
        return sum2(
          kernel,
          dtype,
          (add2) => eachTurn(kernel, geometry.windowsOf(kernel, at), (row) => {
            const placeOf3 = output.rowOf(kernel, above, row);
            const rowsInside = countOf(kernel, rows, row);
            return (column) => {
              const share = shareOf(kernel, rowsInside, countOf(kernel, columns, column));
              add2(kernel.multiply(kernel.load(0, placeOf3(column)), share));
            };
          })
        );
      }
    }
  ];
};

// packages/kernels-webgpu/src/plain/scatter.ts
var scatterAdd = (routine) => {
  const { name, dtype, outer, axisSize, inner, count: count2, beyond } = routine;
  const along = name === "scatterAddAlong";
  const passes = new PassList(2);
  const key = (kernel, row, j) => {
    const [o, i] = kernel.unravel(row, [outer, inner]);
    const place = along ? placeIn(kernel, placeIn(kernel, o, count2, j), inner, i) : j;
    return rowOf(kernel, kernel.load(0, place), axisSize, !beyond);
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
      const row = along ? kernel.hold(placeIn(kernel, o, inner, i)) : kernel.whole(0);
      return sum2(
        kernel,
        dtype,
        (add2) => members.each(
          kernel,
          row,
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
  conv2d: conv2d2,
  conv2dInputGradient,
  conv2dKernelGradient,
  maxPool2d,
  maxPool2dGradient,
  maxPool2dGather,
  averagePool2d,
  averagePool2dGradient,
  gather: gather3,
  gatherAlong: gather3,
  scatterAdd,
  scatterAddAlong: scatterAdd,
  distinct: distinct3,
  matmulGathered: matmulGathered2,
  matmulGatheredTableGradient,
  matmulGatheredKernelGradient,
  concat: concat2,
  pad: pad3,
  cumsum: cumsum3,
  argsort: argsort3,
  maskedMatmul: maskedMatmul2,
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
      const inside = kernel.apply("logicalAnd", [isAbove(y, zero), isAbove(one, y)], "bool");
      return kernel.multiply(gradient, kernel.where(inside, float(kernel, 1 / 6), zero));
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
  const { batch: batch2, steps, units, cell, hidden } = routine;
  frame.ofOperand("states", "sequence", 0);
  frame.ofOperand("kept", "sequence", layout.states);
  frame.ofOperand("lastCell", "gradient", layout.lastCell);
  frame.ofResult("sums", 0);
  frame.ofResult("products", layout.ownProduct ? batch2 * steps * width : 0);
  frame.ofResult("hiddenGradient", layout.hiddenGradient);
  const carry = cell ? {} : { cellCarry: batch2 * units };
  frame.scratch({ transposed: units * width, past: batch2 * units, ...carry });
  if (cell) frame.ofResult("cellCarry", layout.cellGradient);
  if (steps > 1 || hidden || resetBefore) {
    frame.kernel("transpose kernel", units * width, writeTransposed, false)();
  }
}
function emitGradientSteps(frame) {
  const { batch: batch2, steps, units, hidden } = frame.routine;
  const writers = frame.resetBefore ? [writeStep, writeReset] : [writeStep];
  const kernelsOf = (latest, earliest) => writers.map(
    (write, at) => frame.kernel(
      `step, part ${at + 1}`,
      batch2 * units,
      (kernel, index) => write(kernel, placeOf(kernel, index, kernel.turn(), latest, earliest)),
      true
    )
  );
  for (const run2 of kernelsOf(true, steps === 1)) run2(steps - 1);
  const between = steps > 2 ? kernelsOf(false, false) : [];
  for (let step = steps - 2; step > 0; step--) for (const run2 of between) run2(step);
  if (steps > 1) for (const run2 of kernelsOf(false, true)) run2(0);
  if (hidden) frame.kernel("initial state", batch2 * units, writeInitial, false)();
}
function writeTransposed(kernel, index) {
  const { text: text2, frame } = kernel;
  const { units } = frame.routine;
  const [column, unit] = text2.unravel(index, [frame.width, units]);
  kernel.store("transposed", index, kernel.load("kernel", kernel.place(unit, frame.width, column)));
}
function placeOf(kernel, index, step, latest, earliest) {
  const { text: text2, frame } = kernel;
  const { batch: batch2, steps, units } = frame.routine;
  const [sample, unit] = text2.unravel(index, [batch2, units]);
  return { sample, unit, row: kernel.place(sample, steps, step), own: index, latest, earliest };
}
var hasPast = ({ layout, routine }) => routine.mask || layout.kind === "gru";
function through(kernel, { sample, unit, local, parts = 1 }, row, [from, to]) {
  const { text: text2, frame } = kernel;
  const { units, recurrentMasks } = frame.routine;
  if (local !== void 0) {
    const first = text2.hold(text2.plus(text2.times(local, parts * frame.width), unit));
    const ofGates = Array.from(
      { length: frame.layout.gates },
      (_, gate) => kernel.add(
        ...Array.from(
          { length: parts },
          (_2, part) => kernel.shared("sumsOfProducts", text2.plus(first, text2.whole((gate * parts + part) * units)))
        )
      )
    );
    if (recurrentMasks === 0) return kernel.add(...ofGates);
    if (recurrentMasks === 1) return kernel.multiply(kernel.add(...ofGates), kernel.factor(sample, 0, unit));
    return kernel.add(
      ...ofGates.map((sum4, gate) => kernel.multiply(sum4, kernel.factor(sample, gate, unit)))
    );
  }
  const start = text2.hold(text2.times(row, frame.width));
  const sum3 = (first, count2) => {
    const [total2] = kernel.sums(count2, [kernel.zero()], (k) => {
      const column = text2.hold(text2.plus(k, text2.whole(first)));
      const weight = kernel.load("transposed", text2.plus(text2.times(column, units), unit));
      return [kernel.multiply(kernel.load("products", text2.plus(start, column)), weight)];
    });
    return total2;
  };
  if (recurrentMasks === 0) return sum3(from * units, (to - from) * units);
  if (recurrentMasks === 1) {
    return kernel.multiply(sum3(from * units, (to - from) * units), kernel.factor(sample, 0, unit));
  }
  const gates = Array.from(
    { length: to - from },
    (_, at) => text2.keep(kernel.multiply(sum3((from + at) * units, units), kernel.factor(sample, from + at, unit)))
  );
  return kernel.add(...gates);
}
function carried(kernel, place, next) {
  const { text: text2, frame } = kernel;
  const byProducts = through(kernel, place, next, [0, frame.resetBefore ? 2 : frame.layout.gates]);
  return text2.keep(hasPast(frame) ? kernel.add(byProducts, kernel.load("past", place.own)) : byProducts);
}
function upperGradient(kernel, place) {
  const { text: text2, frame } = kernel;
  const { row, unit, latest } = place;
  const upper = () => kernel.load("gradient", kernel.place(row, frame.routine.units, unit));
  if (latest) return text2.keep(upper());
  const carry = carried(kernel, place, text2.hold(text2.plus(row, text2.whole(1))));
  return text2.keep(kernel.add(upper(), carry));
}
function writeInitial(kernel, index) {
  const place = placeOf(kernel, index, kernel.text.whole(0), false, true);
  storeInitial(kernel, place);
}
var storeInitial = (kernel, place) => kernel.store("hiddenGradient", place.own, carried(kernel, place, place.row));
var kept = (kernel, row, unit, part) => {
  const { text: text2, frame } = kernel;
  const { units } = frame.routine;
  const place = text2.plus(text2.times(row, frame.layout.kept * units), text2.whole(part * units), unit);
  return text2.keep(kernel.load("kept", place));
};
function before(kernel, { row, unit, own: own2, earliest }, name) {
  const { text: text2, frame } = kernel;
  if (earliest) return frame.routine[name] ? text2.keep(kernel.load(name, own2)) : kernel.zero();
  const previous = text2.hold(text2.minus(row, text2.whole(1)));
  if (name === "cell") return kept(kernel, previous, unit, 4);
  return text2.keep(kernel.load("states", kernel.place(previous, frame.routine.units, unit)));
}
function storeGate(kernel, { row, unit, local }, to, gate, value) {
  const { text: text2, frame } = kernel;
  const column = text2.hold(text2.plus(text2.whole(gate * frame.routine.units), unit));
  const held = text2.keep(value);
  kernel.store(to, kernel.place(row, frame.width, column), held);
  const isProduct = to === "products" || !frame.layout.ownProduct;
  if (local !== void 0 && isProduct)
    kernel.setShared("factors", kernel.place(local, frame.width, column), held);
}
function storeBoth(kernel, place, gate, value) {
  const held = kernel.text.keep(value);
  storeGate(kernel, place, "sums", gate, held);
  if (kernel.frame.layout.ownProduct) storeGate(kernel, place, "products", gate, held);
}
function writeStep(kernel, place) {
  const { frame } = kernel;
  const { kind, gates } = frame.layout;
  const dh = upperGradient(kernel, place);
  const write = { lstm: writeLstm, gru: writeGru, simpleRnn: writeSimple }[kind];
  kernel.byMask(
    place.row,
    () => {
      write(kernel, place, dh);
      if (hasPast(frame) && kind !== "gru") kernel.store("past", place.own, kernel.zero());
    },
    () => {
      for (let gate = 0; gate < gates; gate++) storeBoth(kernel, place, gate, kernel.zero());
      kernel.store("past", place.own, dh);
      if (kind === "lstm" && place.latest) kernel.store("cellCarry", place.own, cellGradient(kernel, place));
    }
  );
}
function writeSimple(kernel, place, dh) {
  const { text: text2, frame } = kernel;
  const { units, activation } = frame.routine;
  const state3 = text2.keep(kernel.load("states", kernel.place(place.row, units, place.unit)));
  storeBoth(kernel, place, 0, timesSlope(text2, activation, dh, state3));
}
var cellGradient = (kernel, { own: own2, latest }) => kernel.text.keep(kernel.load(latest ? "lastCell" : "cellCarry", own2));
function writeLstm(kernel, place, dh) {
  const { text: text2, frame } = kernel;
  const { activation, recurrentActivation } = frame.routine;
  const part = (at) => kept(kernel, place.row, place.unit, at);
  const [i, f, g, o, squashed] = [part(0), part(1), part(2), part(3), part(5)];
  const ofCell = timesSlope(text2, activation, kernel.multiply(dh, o), squashed);
  const dc = text2.keep(kernel.add(cellGradient(kernel, place), ofCell));
  const gradients = [
    timesSlope(text2, recurrentActivation, kernel.multiply(dc, g), i),
    timesSlope(text2, recurrentActivation, kernel.multiply(dc, before(kernel, place, "cell")), f),
    timesSlope(text2, activation, kernel.multiply(dc, i), g),
    timesSlope(text2, recurrentActivation, kernel.multiply(dh, squashed), o)
  ];
  for (const [gate, gradient] of gradients.entries()) storeBoth(kernel, place, gate, gradient);
  kernel.store("cellCarry", place.own, kernel.multiply(dc, f));
}
function writeGru(kernel, place, dh) {
  const { text: text2, frame } = kernel;
  const { activation, recurrentActivation, resetAfter } = frame.routine;
  const part = (at) => kept(kernel, place.row, place.unit, at);
  const [z, candidate] = [part(0), part(2)];
  const difference = kernel.subtract(before(kernel, place, "hidden"), candidate);
  storeBoth(kernel, place, 0, timesSlope(text2, recurrentActivation, kernel.multiply(dh, difference), z));
  const rest = kernel.subtract(text2.constant(1, "float32"), z);
  const sum3 = text2.keep(timesSlope(text2, activation, kernel.multiply(dh, rest), candidate));
  storeGate(kernel, place, "sums", 2, sum3);
  kernel.store("past", place.own, kernel.multiply(dh, z));
  if (!resetAfter) return;
  const [r, product2] = [part(1), part(3)];
  storeBoth(kernel, place, 1, timesSlope(text2, recurrentActivation, kernel.multiply(sum3, product2), r));
  storeGate(kernel, place, "products", 2, kernel.multiply(sum3, r));
}
function writeReset(kernel, place) {
  const { text: text2, frame } = kernel;
  const write = () => {
    const reset = text2.keep(through(kernel, place, place.row, [2, 3]));
    const r = kept(kernel, place.row, place.unit, 1);
    const gradient = kernel.multiply(reset, before(kernel, place, "hidden"));
    storeBoth(kernel, place, 1, timesSlope(text2, frame.routine.recurrentActivation, gradient, r));
    const past = kernel.add(kernel.load("past", place.own), kernel.multiply(reset, r));
    kernel.store("past", place.own, past);
  };
  kernel.byMask(place.row, write, () => {
  });
}

// packages/kernels-webgpu/src/recurrent/group.ts
var enoughGroups = 128;
var mostThreads = 256;
var mostSamples = 8;
var mostUnits = 256;
function groupShape(frame, sizes2) {
  const { batch: batch2, units } = frame.routine;
  const { tuned, software: software2, workgroupBytes } = frame.builder.traits;
  if (!tuned || software2 || frame.resetBefore || units > mostUnits || batch2 === 0) return void 0;
  const threads = Math.min(mostThreads, Math.ceil(frame.width / 64) * 64);
  const { factors, sumsOfProducts } = sizes2(threads);
  const fitting = Math.floor(workgroupBytes / (4 * (factors + sumsOfProducts)));
  const samples = Math.min(Math.ceil(batch2 / enoughGroups), mostSamples, fitting);
  if (samples < 1) return void 0;
  return {
    threads,
    samples,
    arrays: { factors: samples * factors, sumsOfProducts: samples * sumsOfProducts }
  };
}
function eachOfGroup({ text: text2 }, { threads }, count2, visit) {
  const name = text2.fresh("n");
  text2.block(`for (var ${name} = local; ${name} < ${count2}u; ${name} += ${threads}u)`, () => visit(name));
}
function eachOwn(kernel, shape, visit) {
  const { text: text2, frame } = kernel;
  const { batch: batch2, units } = frame.routine;
  const { samples } = shape;
  eachOfGroup(kernel, shape, samples * units, (index) => {
    const [local, unit] = text2.unravel(index, [samples, units]);
    const sample = text2.hold(text2.plus(text2.times("group.x", samples), local));
    text2.when(
      text2.inside(sample, batch2),
      () => visit({ sample, local, unit, own: kernel.place(sample, units, unit) })
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
      const row = kernel.place(own2.sample, steps, step);
      writeStep(kernel, { ...own2, row, latest, earliest, parts });
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
    const row = kernel.place(own2.sample, steps, text2.whole(0));
    storeInitial(kernel, { ...own2, row, latest: false, earliest: true, parts });
  });
}
function writeParts(kernel, shape, parts) {
  const { text: text2, frame } = kernel;
  const { units } = frame.routine;
  const { gates } = frame.layout;
  const length = Math.ceil(units / parts);
  const samples = Array.from({ length: shape.samples }, (_, at) => at);
  eachOfGroup(kernel, shape, frame.width * parts, (index) => {
    const [gate, part, unit] = text2.unravel(index, [gates, parts, units]);
    const start = text2.hold(text2.times(gate, units));
    const from = text2.hold(text2.plus(start, text2.times(part, length)));
    const end = text2.plus(start, text2.whole(units));
    const to = text2.hold(text2.smaller(text2.plus(from, text2.whole(length)), end));
    const totals = samples.map(() => text2.cell(kernel.zero()));
    text2.repeat(from, to, (column) => {
      const weight = text2.keep(kernel.load("transposed", kernel.place(column, units, unit)));
      for (const [sample, total2] of totals.entries()) {
        const gradient = kernel.shared("factors", text2.plus(column, text2.whole(sample * frame.width)));
        text2.accumulate(total2, kernel.multiply(gradient, weight));
      }
    });
    for (const [sample, total2] of totals.entries()) {
      const place = text2.plus(index, text2.whole(sample * frame.width * parts));
      kernel.setShared("sumsOfProducts", place, text2.read(total2));
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
  const views = operands.map((operand) => operand ? along(operand.view) : whole);
  const { shape: sizes2, strides } = wantsCoordinates ? { shape: axes.map((axis) => shape[axis]), strides: views.map((view2) => view2.strides) } : collapseViews(views.length > 0 ? views : [whole]);
  const indices = kernel.unravel(index, sizes2);
  const steps = views.map(
    (_, at) => kernel.affine(
      0,
      sizes2.map((size, axis) => [indices[axis], size === 1 ? 0 : strides[at][axis]])
    )
  );
  const coordinates = new Map(wantsCoordinates ? axes.map((axis, at) => [axis, indices[at]]) : []);
  return { steps, coordinates };
}
function sourceOf(kernel, parts, operands, numberOf = (operand) => operand) {
  const coordinateOf = (axis) => parts.map(({ coordinates }) => coordinates.get(axis)).find((found) => found !== void 0);
  return {
    load: (operand) => {
      const place = [
        kernel.whole(operands[operand].view.offset),
        ...parts.map(({ steps }) => steps[operand])
      ];
      return kernel.load(numberOf(operand), kernel.plus(...place));
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
function writeResult(writer, index, raw, output, epilogue, first, results) {
  const isHalf = epilogue?.program.instructions.some(
    (line) => line.op === "input" && !epilogue.operands[line.index] && line.dtype === "float16"
  );
  const value = writer.keep(isHalf ? writer.cast(raw, "float16") : raw);
  if (output) writer.store(output, index, value);
  if (!epilogue) return;
  const source = sourceAt(
    writer,
    index,
    epilogue.shape,
    epilogue.operands,
    epilogue.program,
    (operand) => first + operand
  );
  const load = (operand) => epilogue.operands[operand] ? source.load(operand) : value;
  for (const [at, line] of printProgram(writer, epilogue.program, { ...source, load }).entries()) {
    writer.store(results[at], index, line);
  }
}

// packages/kernels-webgpu/src/wgsl/literal.ts
function floatLiteral(value) {
  const exact = Math.fround(value);
  if (Object.is(exact, -0)) return "-0f";
  return `${exact}f`;
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
  unravel(index, sizes2) {
    const result = [];
    let rest = index;
    for (let axis = sizes2.length - 1; axis >= 0; axis--) {
      const size = sizes2[axis];
      const first = sizes2.slice(0, axis).every((outer) => outer === 1);
      if (size === 1) result.unshift(this.whole(0));
      else if (first) result.unshift(rest);
      else {
        result.unshift(this.hold(this.remainder(rest, size)));
        rest = this.hold(this.quotient(rest, size));
      }
      if (first) {
        while (result.length < sizes2.length) result.unshift(this.whole(0));
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
  load(operand, place) {
    const bound = this.operands[operand];
    return {
      text: fromStored(bound, `${bound.name}[${this.plus(place, this.whole(bound.offset))}]`),
      dtype: bound.dtype
    };
  }
  store(bound, place, value) {
    this.line(
      `${bound.name}[${this.plus(place, this.whole(bound.offset))}] = ${toStored(bound, value.text)};`
    );
  }
  constant(value, dtype) {
    const type = typeOf(dtype);
    if (type === "bool") return { text: value ? "true" : "false", dtype, constant: value };
    if (type === "i32") return { text: intLiteral(value), dtype, constant: value };
    const rounded = dtype === "float16" ? roundToHalf(value) : Math.fround(value);
    if (Number.isFinite(rounded)) return { text: floatLiteral(rounded), dtype, constant: rounded };
    const name = Number.isNaN(rounded) ? "nan" : rounded > 0 ? "infinity" : "minusInfinity";
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
    const place = places.get(key) ?? { resource, dtypes: [] };
    const [bytes, before2] = [site.bytesOf(resource), site.bytesOf(place.resource)];
    if (bytes > 0 || place.dtypes.length === 0)
      place.dtypes = before2 > 0 ? [...place.dtypes, dtype] : [dtype];
    if (bytes > before2) place.resource = resource;
    places.set(key, place);
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
  const row = groups[1] > 1 ? ` + id.y * ${groups[0] * groupSize}u` : "";
  const code = [
    declarations,
    ...turn === void 0 ? [] : [turnDeclaration],
    mathDeclarations(writer.functions),
    `@compute @workgroup_size(${groupSize})`,
    "fn main(@builtin(global_invocation_id) id: vec3<u32>) {",
    `  let index = id.x${row};`,
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
  load(name, place) {
    this.used.add(name);
    return this.text.load(this.names.indexOf(name), place);
  }
  store(name, place, value) {
    this.used.add(name);
    this.text.store(this.bound.get(name), place, value);
  }
  /** An element of an array that the workgroup shares. */
  shared(name, place) {
    return { text: `${name}[${place}]`, dtype: "float32" };
  }
  setShared(name, place, value) {
    this.text.line(`${name}[${place}] = ${value.text};`);
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
  place(row, size, column) {
    const { text: text2 } = this;
    return text2.hold(text2.plus(text2.times(row, size), column));
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
  byMask(row, live, masked) {
    const { text: text2 } = this;
    if (!this.frame.routine.mask) {
      live();
      return;
    }
    const mask = text2.keep(text2.cast(this.load("mask", row), "bool"));
    const isLive2 = text2.toCondition(mask);
    text2.when(isLive2, live);
    text2.when(text2.not(isLive2), masked);
  }
  /** What multiplies a unit of a sample's state in the product of a gate, unless there are no masks. */
  factor(sample, gate, unit) {
    const { recurrentMasks, units } = this.frame.routine;
    if (recurrentMasks === 0) return void 0;
    const which = recurrentMasks === 1 ? 0 : gate;
    const start = this.text.times(sample, recurrentMasks * units);
    return this.load("recurrentMask", this.text.plus(start, this.text.whole(which * units), unit));
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
  scratch(sizes2) {
    const entries = Object.entries(sizes2);
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
    const { used: used2, memory } = this.#touched((kernel) => write(kernel, "index"));
    const dispatch = threadKernel(
      `${this.builder.label}: ${name}`,
      threads,
      memory,
      memory,
      this.builder,
      (writer, index, bound) => write(this.#kernel(writer, used2, bound), index),
      hasTurn ? 0 : void 0
    );
    return (turn) => this.builder.add(turn === void 0 ? dispatch : { ...dispatch, turn });
  }
  /** A kernel whose workgroups share arrays of floats, and wait for each other with barriers. */
  dispatchGroups(name, shape, write) {
    const { used: used2, memory } = this.#touched(write);
    const { bound, declarations, resources } = bind2(memory, this.builder);
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
  /**
   * Only what a kernel touches is bound to it: devices bind few arrays. A first writing finds out what that
   * is.
   */
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
  const { batch: batch2, steps, units } = routine;
  if (resetBefore) frame.scratch({ reset: batch2 * units, update: batch2 * units });
  const writers = resetBefore ? [writeGates, writeCandidate] : [writeStep2];
  const kernelsOf = (first) => writers.map(
    (write, at) => frame.kernel(
      `${first ? "first " : ""}step, part ${at + 1}`,
      batch2 * units,
      (kernel, index) => write(kernel, placeOf2(kernel, index, first)),
      !first
    )
  );
  for (const run2 of kernelsOf(true)) run2();
  const kernels = steps > 1 ? kernelsOf(false) : [];
  for (let step = 1; step < steps; step++) for (const run2 of kernels) run2(step);
}
function shareState(kernel, { sample, local, unit }, state3) {
  const { text: text2, frame } = kernel;
  const { units, recurrentMasks } = frame.routine;
  const states = Math.max(1, recurrentMasks);
  for (let gate = 0; gate < states; gate++) {
    const factor = kernel.factor(sample, gate, unit);
    const place = text2.plus(text2.times(local, states * units), text2.whole(gate * units), unit);
    kernel.setShared("factors", place, factor ? kernel.multiply(state3, factor) : state3);
  }
}
function placeOf2(kernel, index, first) {
  const { text: text2, frame } = kernel;
  const { batch: batch2, steps, units } = frame.routine;
  const [sample, unit] = text2.unravel(index, [batch2, units]);
  const step = first ? text2.whole(0) : kernel.turn();
  return { sample, unit, row: kernel.place(sample, steps, step), own: index, first };
}
function stateBefore(kernel, { sample, row, first }) {
  const { units, hidden } = kernel.frame.routine;
  const { text: text2 } = kernel;
  if (first && !hidden) return void 0;
  const start = first ? text2.hold(text2.times(sample, units)) : text2.hold(text2.times(text2.minus(row, text2.whole(1)), units));
  return (unit) => kernel.load(first ? "hidden" : "states", text2.plus(start, unit));
}
function products(kernel, place, gates) {
  const { text: text2, frame } = kernel;
  const { units, bias, recurrentMasks } = frame.routine;
  const starts = Array.from({ length: gates }, (_, gate) => biasOf(kernel, place, gate, bias));
  const before2 = stateBefore(kernel, place);
  if (!before2) return starts.map((start) => text2.keep(start));
  const { local, unit } = place;
  if (local !== void 0) {
    const own2 = text2.hold(text2.plus(text2.times(local, frame.width), unit));
    return starts.map(
      (_, gate) => text2.keep(kernel.shared("sumsOfProducts", text2.plus(own2, text2.whole(gate * units))))
    );
  }
  return kernel.sums(units, starts, (k) => {
    const state3 = text2.keep(before2(k));
    const shared = recurrentMasks === 1 ? text2.keep(kernel.multiply(state3, kernel.factor(place.sample, 0, k))) : state3;
    const column = kernel.place(k, frame.width, place.unit);
    return starts.map((_, gate) => {
      const factor = recurrentMasks > 1 ? [kernel.factor(place.sample, gate, k)] : [];
      const weight = kernel.load("kernel", text2.plus(column, text2.whole(gate * units)));
      return kernel.multiply(shared, ...factor, weight);
    });
  });
}
function biasOf(kernel, { unit }, gate, has) {
  const { text: text2 } = kernel;
  return has ? kernel.load("bias", text2.plus(unit, text2.whole(gate * kernel.frame.routine.units))) : kernel.zero();
}
var projected = (kernel, { row, unit }, gate) => {
  const { text: text2, frame } = kernel;
  const place = text2.plus(text2.times(row, frame.width), text2.whole(gate * frame.routine.units), unit);
  return kernel.load("projected", place);
};
function keep(kernel, { row, unit }, part, value) {
  const { routine, layout } = kernel.frame;
  if (!routine.keep) return;
  const { text: text2 } = kernel;
  const start = text2.times(row, layout.kept * routine.units);
  kernel.store("kept", text2.plus(start, text2.whole(part * routine.units), unit), value);
}
function storeState(kernel, place, value) {
  const state3 = kernel.text.keep(value);
  kernel.store("states", kernel.place(place.row, kernel.frame.routine.units, place.unit), state3);
  if (place.local !== void 0) shareState(kernel, place, state3);
}
function cellBefore(kernel, { own: own2, first }) {
  if (!first) return kernel.text.keep(kernel.load("lastCell", own2));
  return kernel.frame.routine.cell ? kernel.text.keep(kernel.load("cell", own2)) : kernel.zero();
}
function writeMasked(kernel, place) {
  storeState(kernel, place, stateBefore(kernel, place)?.(place.unit) ?? kernel.zero());
  if (kernel.frame.layout.kind !== "lstm") return;
  const cell = cellBefore(kernel, place);
  kernel.store("lastCell", place.own, cell);
  keep(kernel, place, 4, cell);
}
function writeStep2(kernel, place) {
  const { kind } = kernel.frame.layout;
  const write = { lstm: writeLstm2, gru: writeGru2, simpleRnn: writeSimple2 }[kind];
  kernel.byMask(
    place.row,
    () => write(kernel, place),
    () => writeMasked(kernel, place)
  );
}
function writeSimple2(kernel, place) {
  const [product2] = products(kernel, place, 1);
  const { activation } = kernel.frame.routine;
  const sum3 = kernel.text.keep(kernel.add(projected(kernel, place, 0), product2));
  storeState(kernel, place, activate(kernel.text, activation, sum3));
}
function writeLstm2(kernel, place) {
  const { text: text2, frame } = kernel;
  const { activation, recurrentActivation } = frame.routine;
  const before2 = cellBefore(kernel, place);
  const sums = products(kernel, place, 4);
  const [i, f, g, o] = sums.map((sum3, gate) => {
    const name = gate === 2 ? activation : recurrentActivation;
    return text2.keep(activate(text2, name, text2.keep(kernel.add(projected(kernel, place, gate), sum3))));
  });
  const cell = text2.keep(kernel.add(kernel.multiply(f, before2), kernel.multiply(i, g)));
  const squashed = text2.keep(activate(text2, activation, cell));
  kernel.store("lastCell", place.own, cell);
  storeState(kernel, place, kernel.multiply(o, squashed));
  for (const [part, value] of [i, f, g, o, cell, squashed].entries()) keep(kernel, place, part, value);
}
function storeMixed(kernel, place, z, candidate) {
  const before2 = stateBefore(kernel, place)?.(place.unit) ?? kernel.zero();
  const rest = kernel.subtract(kernel.text.constant(1, "float32"), z);
  storeState(kernel, place, kernel.add(kernel.multiply(z, before2), kernel.multiply(rest, candidate)));
}
function writeGru2(kernel, place) {
  const { text: text2, frame } = kernel;
  const { activation, recurrentActivation } = frame.routine;
  const [sumZ, sumR, product2] = products(kernel, place, 3);
  const [z, r] = [sumZ, sumR].map((sum4, gate) => {
    const whole = text2.keep(kernel.add(projected(kernel, place, gate), sum4));
    return text2.keep(activate(text2, recurrentActivation, whole));
  });
  const sum3 = text2.keep(kernel.add(projected(kernel, place, 2), kernel.multiply(r, product2)));
  const candidate = text2.keep(activate(text2, activation, sum3));
  storeMixed(kernel, place, z, candidate);
  for (const [part, value] of [z, r, candidate, product2].entries()) keep(kernel, place, part, value);
}
function writeGates(kernel, place) {
  const { text: text2, frame } = kernel;
  const write = () => {
    const [z, r] = products(kernel, place, 2).map((sum3, gate) => {
      const whole = text2.keep(kernel.add(projected(kernel, place, gate), sum3));
      return text2.keep(activate(text2, frame.routine.recurrentActivation, whole));
    });
    keep(kernel, place, 0, z);
    keep(kernel, place, 1, r);
    kernel.store("update", place.own, z);
    const before2 = stateBefore(kernel, place);
    if (!before2) return;
    const factor = kernel.factor(place.sample, 2, place.unit);
    kernel.store("reset", place.own, kernel.multiply(before2(place.unit), r, ...factor ? [factor] : []));
  };
  kernel.byMask(place.row, write, () => {
  });
}
function writeCandidate(kernel, place) {
  const { text: text2, frame } = kernel;
  const { units, activation, bias } = frame.routine;
  const write = () => {
    const start = biasOf(kernel, place, 2, bias);
    const through2 = text2.hold(text2.times(place.sample, units));
    const [product2] = stateBefore(kernel, place) ? kernel.sums(units, [start], (k) => {
      const column = text2.plus(text2.times(k, frame.width), text2.whole(2 * units), place.unit);
      return [
        kernel.multiply(kernel.load("reset", text2.plus(through2, k)), kernel.load("kernel", column))
      ];
    }) : [start];
    const sum3 = text2.keep(kernel.add(projected(kernel, place, 2), product2));
    const candidate = text2.keep(activate(text2, activation, sum3));
    storeMixed(kernel, place, text2.keep(kernel.load("update", place.own)), candidate);
    keep(kernel, place, 2, candidate);
  };
  kernel.byMask(place.row, write, () => writeMasked(kernel, place));
}

// packages/kernels-webgpu/src/recurrent/sequence-by-groups.ts
function emitSequence(frame) {
  placeSequence(frame);
  const { units, recurrentMasks } = frame.routine;
  const sizes2 = { factors: Math.max(1, recurrentMasks) * units, sumsOfProducts: frame.width };
  const shape = groupShape(frame, () => sizes2);
  if (shape) frame.dispatchGroups("all steps", shape, (kernel) => writeAllSteps2(kernel, shape));
  else emitSequenceSteps(frame);
}
function writeAllSteps2(kernel, shape) {
  const { text: text2, frame } = kernel;
  const { steps, hidden } = frame.routine;
  const writeAt = (step, first) => {
    if (!first || hidden) {
      writeProducts(kernel, shape);
      kernel.barrier();
    }
    eachOwn(
      kernel,
      shape,
      (own2) => writeStep2(kernel, { ...own2, row: kernel.place(own2.sample, steps, step), first })
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
  const samples = Array.from({ length: shape.samples }, (_, at) => at);
  eachOfGroup(kernel, shape, frame.width, (column) => {
    const start = bias ? text2.keep(kernel.load("bias", column)) : kernel.zero();
    const ofGate = recurrentMasks > 1 ? text2.times(text2.quotient(column, units), units) : text2.whole(0);
    const first = text2.hold(ofGate);
    const sums = kernel.sums(
      units,
      samples.map(() => start),
      (k) => {
        const weight = text2.keep(kernel.load("kernel", kernel.place(k, frame.width, column)));
        return samples.map(
          (sample) => kernel.multiply(
            kernel.shared("factors", text2.plus(first, k, text2.whole(sample * perSample))),
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
  const place = kernel.read(best.at);
  const bool = (op, a, b) => kernel.apply(op, [a, b], "bool");
  const compare = (op, a, b) => kernel.apply(op, [a, b], "bool");
  const nan = (x) => kernel.apply("isNaN", [x], "bool");
  const larger = kernel.keep(compare(reduction === "argMax" ? "greater" : "less", value, current));
  const wins = bool(
    "logicalOr",
    larger,
    bool("logicalAnd", nan(value), kernel.apply("logicalNot", [nan(current)], "bool"))
  );
  const same = bool(
    "logicalOr",
    compare("equal", value, current),
    bool("logicalAnd", nan(value), nan(current))
  );
  const earlier = bool("logicalAnd", same, compare("less", at, place));
  const none = compare("less", place, kernel.constant(0, "int32"));
  const taken = bool("logicalOr", none, bool("logicalOr", wins, earlier));
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
  const single = parts === 1;
  const isPlace = isArg(reduction);
  const target = single ? outputs : [...partial, ...places];
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
      for (const [at, { value, at: place }] of best.entries()) {
        if (single) kernel.store(stores[at], index, kernel.read(place ?? value));
        else {
          const where2 = kernel.plus(kernel.times(result, parts), part);
          kernel.store(stores[at], where2, kernel.read(value));
          if (place) kernel.store(stores.at(-1), where2, kernel.read(place));
        }
      }
    },
    single ? {} : { name: "parts" }
  );
  if (!single)
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
      for (const [at, { value, at: place }] of best.entries()) {
        kernel.store(stores[at], index, kernel.read(last ? place ?? value : value));
        if (place && !last) kernel.store(stores.at(-1), index, kernel.read(place));
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
    for (const [place, resource] of smallest) {
      const bytes = Math.ceil(this.bytesOf(resource) / 4) * 4;
      copies.set(place, { resource, offset: end, bytes });
      end += Math.ceil(bytes / 16) * 16;
    }
    const moved = (typed) => {
      const copy = copies.get(this.placeOf(typed.resource));
      if (!copy) return typed;
      const offset = typed.offset + copy.offset / bytesPerElement(typed.dtype);
      return { ...typed, resource: { kind: "pack" }, offset };
    };
    const among = (all2) => {
      const touched = new Set(all2.map(({ resource }) => this.placeOf(resource)));
      return [...copies].filter(([place]) => touched.has(place)).map(([, copy]) => copy);
    };
    return {
      operands: operands.map((operand) => operand && moved(operand)),
      results: results.map(moved),
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
function elementAt(kernel, side, outer, depth) {
  const places = [outer.place, depth.place];
  const inside = [];
  for (const axis of side.image ? ["row", "column"] : []) {
    const { size, step, stride, safe } = side.image[axis];
    if (safe) continue;
    const at = kernel.hold(kernel.plus(outer[axis], depth[axis]));
    if (step === 1) {
      inside.push(kernel.inside(at, size));
      continue;
    }
    const place = kernel.hold(kernel.quotient(at, step));
    inside.push(kernel.same(kernel.times(place, step), at), kernel.inside(place, size));
    places.push(kernel.times(place, stride));
  }
  return { place: kernel.plus(...places), inside };
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
function unravelTap(kernel, index, window, channels) {
  const parts = kernel.unravel(index, tapSizes(window, channels));
  return window.dataFormat === "channelsFirst" ? [parts[0], parts[1], parts[2]] : [parts[2], parts[0], parts[1]];
}
function imageParts({ window, direction, channels }) {
  const { dataFormat, batch: batch2, inputSize, outputSize } = window;
  const isForward = direction === "forward";
  const [readSize, positions2] = isForward ? [inputSize, outputSize] : [outputSize, inputSize];
  const strides = imageStrides2(dataFormat, channels, readSize);
  const axes = windowAxes(window);
  const steps = axes.map(({ stride }) => isForward ? 1 : stride);
  const axisStrides = [strides.row, strides.column];
  const partOf = (kernel, place, row2, column2) => {
    const [heldRow, heldColumn] = [kernel.hold(row2), kernel.hold(column2)];
    const along = [heldRow, heldColumn].map(
      (at, axis) => steps[axis] === 1 ? kernel.times(at, axisStrides[axis]) : kernel.whole(0)
    );
    return { place: kernel.hold(kernel.plus(place, ...along)), row: heldRow, column: heldColumn };
  };
  const position = (kernel, index) => {
    const [image, ...at] = kernel.unravel(index, [batch2, ...positions2]);
    const [row2, column2] = axes.map(
      ({ stride, padding }, axis) => isForward ? kernel.minus(kernel.times(at[axis], stride), kernel.whole(padding)) : kernel.plus(at[axis], kernel.whole(padding))
    );
    return partOf(kernel, kernel.times(image, strides.batch), row2, column2);
  };
  const tap = (kernel, index) => {
    const [channel, ...taps] = unravelTap(kernel, index, window, channels);
    const [row2, column2] = axes.map(({ dilation }, axis) => {
      const distance = kernel.times(taps[axis], dilation);
      return isForward ? distance : kernel.minus(kernel.whole(0), distance);
    });
    return partOf(kernel, kernel.times(channel, strides.channel), row2, column2);
  };
  const [row, column] = axes.map((axis, at) => ({
    size: readSize[at],
    step: steps[at],
    stride: axisStrides[at],
    safe: isForward ? staysInside(axis) : axis.taps === 1 && axis.padding === 0 && axis.stride === 1 && axis.input === axis.output
  }));
  return { position, tap, image: { row, column } };
}
var hasFourChannels = ({ window, channels, offset }) => window.dataFormat === "channelsLast" && channels % 4 === 0 && offset % 4 === 0;
function windowSide(windows) {
  const { position, tap, image } = imageParts(windows);
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
    image
  };
}
function tapSide(windows) {
  const { position, tap, image } = imageParts(windows);
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
    image
  };
}
function channelSide(operand, offset, window, channels) {
  const { dataFormat, batch: batch2, outputSize } = window;
  const positions2 = outputSize[0] * outputSize[1];
  const matrix = { operand, offset, batchStride: 0, outerSize: channels, depthSize: batch2 * positions2 };
  if (dataFormat === "channelsLast") return matrixSide({ ...matrix, outerStride: 1, depthStride: channels });
  return {
    ...matrixSide({ ...matrix, outerStride: positions2, depthStride: 1 }),
    depth: (kernel, index) => {
      const [image, position] = kernel.unravel(index, [batch2, positions2]);
      return { place: kernel.plus(kernel.times(image, channels * positions2), position) };
    },
    aligned: positions2 % 4 === 0 && offset % 4 === 0
  };
}
function weightSide({ operand, offset, window, direction, channels }, filters) {
  const area = window.windowSize[0] * window.windowSize[1];
  const isForward = direction === "forward";
  const ofFilter = isForward ? channels * area : filters * area;
  const [outerStride, depthStride] = isForward ? [ofFilter, area] : [area, ofFilter];
  const matrix = { operand, offset, batchStride: 0, outerSize: filters, outerStride };
  if (area === 1) return matrixSide({ ...matrix, depthSize: channels, depthStride });
  if (isForward && window.dataFormat === "channelsFirst") {
    return matrixSide({ ...matrix, depthSize: channels * area, depthStride: 1 });
  }
  return {
    ...matrixSide({ ...matrix, depthSize: channels * area, depthStride: 1 }),
    depth: (kernel, index) => {
      const [channel, row, column] = unravelTap(kernel, index, window, channels);
      const tap = kernel.plus(kernel.times(row, window.windowSize[1]), column);
      return { place: kernel.plus(kernel.times(channel, depthStride), tap) };
    },
    aligned: false
  };
}

// packages/kernels-webgpu/src/tuned/contraction.ts
var resultSize = ({ batch: batch2, rows, columns }) => batch2 * rows * columns;
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
  const { n: columns, k: depth, transposeA, transposeB, batchedA, batchedB } = routine;
  const joins = batchedA && !batchedB && !transposeA;
  const batch2 = joins ? 1 : routine.batch;
  const rows = joins ? routine.batch * routine.m : routine.m;
  const left = matrixSide({
    operand: 0,
    offset: offsets[0],
    batchStride: batchedA && batch2 > 1 ? rows * depth : 0,
    outerSize: rows,
    outerStride: transposeA ? 1 : depth,
    depthSize: depth,
    depthStride: transposeA ? rows : 1
  });
  const right = matrixSide({
    operand: 1,
    offset: offsets[1],
    batchStride: batchedB && batch2 > 1 ? columns * depth : 0,
    outerSize: columns,
    outerStride: transposeB ? depth : 1,
    depthSize: depth,
    depthStride: transposeB ? 1 : columns
  });
  return {
    batch: batch2,
    rows,
    columns,
    depth,
    left,
    right,
    place: (kernel, matrix, row, column) => kernel.affine(0, [
      [matrix, rows * columns],
      [row, columns],
      [column, 1]
    ])
  };
}
function ofCorrelation(routine, offsets) {
  const { window, filters } = routine;
  const { dataFormat, batch: batch2, channels, inputSize, outputSize, windowSize } = window;
  const isForward = routine.name === "conv2d";
  const [read, written] = isForward ? [channels, filters] : [filters, channels];
  const [height, width] = isForward ? outputSize : inputSize;
  const area = height * width;
  const windows = { window, direction: isForward ? "forward" : "backward", channels: read };
  const image = windowSide({ ...windows, operand: 0, offset: offsets[0] });
  const weights = weightSide({ ...windows, operand: 1, offset: offsets[1] }, written);
  const depth = read * windowSize[0] * windowSize[1];
  const positions2 = batch2 * area;
  if (dataFormat === "channelsLast") {
    return {
      batch: 1,
      rows: positions2,
      columns: written,
      depth,
      left: image,
      right: weights,
      place: (kernel, _, row, column) => kernel.plus(kernel.times(row, written), column)
    };
  }
  return {
    batch: 1,
    rows: written,
    columns: positions2,
    depth,
    left: weights,
    right: image,
    place: (kernel, _, row, column) => {
      const [picture, at] = kernel.unravel(column, [batch2, area]);
      return kernel.affine(0, [
        [picture, written * area],
        [row, area],
        [at, 1]
      ]);
    }
  };
}
function ofKernelGradient({ window, filters }, offsets) {
  const { dataFormat, batch: batch2, channels, outputSize, windowSize } = window;
  const area = windowSize[0] * windowSize[1];
  return {
    batch: 1,
    rows: filters,
    columns: channels * area,
    depth: batch2 * outputSize[0] * outputSize[1],
    left: channelSide(1, offsets[1], window, filters),
    right: tapSide({ operand: 0, offset: offsets[0], window, direction: "forward", channels }),
    place: (kernel, _, row, column) => {
      const start = kernel.times(row, channels * area);
      if (dataFormat === "channelsFirst") return kernel.plus(start, column);
      const [tap, channel] = kernel.unravel(column, [area, channels]);
      return kernel.plus(start, kernel.times(channel, area), tap);
    }
  };
}

// packages/kernels-webgpu/src/tuned/frame.ts
function frameOf(site, options) {
  const { contraction, operands, others, results, hasEdges, write } = options;
  const { left, right, rows, columns } = contraction;
  const known = others.filter((typed) => typed !== void 0);
  const { bound, declarations, resources } = bind2([...operands, ...known, ...results], site);
  const isFours = (at) => [left, right].some(({ operand, aligned }) => operand === at && aligned) && /^f/.test(bound[at].stored);
  const single = new Set(bound.filter((_, at) => !isFours(at)).map(({ name }) => name));
  const arrayOf = ({ operand }) => {
    const array = bound[operand];
    return { bound: array, isWide: !single.has(array.name) };
  };
  const arrays = [...new Set(bound.map(({ name }) => name))].reduce(
    (text2, name) => single.has(name) ? text2 : text2.replace(new RegExp(`${name}: array<(f\\d+)>`), `${name}: array<vec4<$1>>`),
    declarations
  );
  let next = operands.length;
  const loaded = others.map((typed) => typed ? bound[next++] : void 0);
  const writer = new WgslWriter([...bound.slice(0, operands.length), ...loaded]);
  if (hasEdges) writer.line(`if (row >= ${rows}u || column >= ${columns}u) { return; }`);
  const place = writer.hold(contraction.place(writer, "matrix", "row", "column"));
  write(writer, { part: "part", place }, { text: "raw", dtype: "float32" }, bound.slice(next));
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
var movedBy = (writer, part, place) => ({
  ...part,
  place: writer.hold(writer.plus(place, part.place))
});
function partsOfFour(writer, isOne, index, partAt) {
  return Array.from(
    { length: isOne ? 1 : 4 },
    (_, at) => partAt(writer.hold(writer.plus(index, writer.whole(at))))
  );
}
var elementText = ({ name, stored, offset }, writer, place) => {
  const text2 = `${name}[${writer.plus(place, writer.whole(offset))}]`;
  if (stored === "f16") return `f32(${text2})`;
  return stored === "f32" ? text2 : `bitcast<f32>(${text2})`;
};
function oneOf(writer, array, side, outer, depth, conditions) {
  const { place, inside } = elementAt(writer, side, outer, depth);
  const all2 = [...conditions, ...inside];
  const at = array.isWide ? writer.hold(writer.plus(place, writer.whole(array.bound.offset))) : place;
  const text2 = array.isWide ? `f32(${array.bound.name}[${at} / 4u][${at} % 4u])` : elementText(array.bound, writer, place);
  return all2.length === 0 ? text2 : `select(0f, ${text2}, ${writer.all(...all2)})`;
}
function fourOf(writer, array, side, outers, depths, depthInside) {
  if (array.isWide) {
    const { place, inside } = elementAt(writer, side, outers[0], depths[0]);
    const all2 = [...depthInside.slice(0, 1), ...inside];
    const text2 = `vec4f(${array.bound.name}[${writer.plus(place, writer.whole(array.bound.offset))} / 4u])`;
    return all2.length === 0 ? text2 : `select(vec4f(), ${text2}, ${writer.all(...all2)})`;
  }
  const ones = [0, 1, 2, 3].map((at) => {
    const condition = depthInside[at] ?? depthInside[0];
    const conditions = condition === void 0 ? [] : [condition];
    return oneOf(writer, array, side, outers[at] ?? outers[0], depths[at] ?? depths[0], conditions);
  });
  return `vec4f(${ones.join(", ")})`;
}

// packages/kernels-webgpu/src/tuned/register-kernel.ts
var letters = ["x", "y", "z", "w"];
function readStrip(writer, strip, steps) {
  const { name, side, array, outers } = strip;
  const depths = Array.from(
    { length: steps },
    (_, step) => side.depth(writer, writer.hold(writer.plus("depth", writer.whole(step))))
  );
  if (side.fours === "outer") {
    for (const [step, depth] of depths.entries())
      for (let first = 0; first < outers.length; first += 4) {
        const four = fourOf(writer, array, side, outers.slice(first, first + 4), [depth], []);
        writer.line(`let ${name}${step}_${first / 4} = ${four};`);
      }
    return (at, step) => `${name}${step}_${Math.floor(at / 4)}.${letters[at % 4]}`;
  }
  for (const [at, outer] of outers.entries()) {
    const text2 = steps === 4 ? fourOf(writer, array, side, [outer], depths, []) : oneOf(writer, array, side, outer, depths[0], []);
    writer.line(`let ${name}${at} = ${text2};`);
  }
  return (at, step) => steps === 4 ? `${name}${at}.${letters[step]}` : `${name}${at}`;
}
function registerKernel(label, contraction, frame, traits, tile3, splits) {
  const { rows, columns, depth, batch: batch2, left, right } = contraction;
  const [down, across] = [Math.ceil(rows / tile3.rows), Math.ceil(columns / tile3.columns)];
  const { parts, length } = partsOfDepth(depth, splits);
  const threads = batch2 * parts * down * across;
  const groups = gridOf(threads, traits);
  const writer = new WgslWriter([]);
  const [matrix, part, y, x] = writer.unravel("index", [batch2, parts, down, across]);
  const firstRow = writer.hold(writer.times(y, tile3.rows));
  const firstColumn = writer.hold(writer.times(x, tile3.columns));
  const stripOf = (name, side, array, first, count2) => {
    const place = batchPlace(writer, side, matrix);
    const outers = Array.from(
      { length: count2 },
      (_, at) => movedBy(writer, side.outer(writer, writer.hold(writer.plus(first, writer.whole(at)))), place)
    );
    return { name, side, array, outers };
  };
  const strips = [
    stripOf("left", left, frame.left, firstRow, tile3.rows),
    stripOf("right", right, frame.right, firstColumn, tile3.columns)
  ];
  for (let row = 0; row < tile3.rows; row++) {
    const line = Array.from({ length: tile3.columns }, (_, column) => `var sum_${row}_${column} = 0f;`);
    writer.line(line.join(" "));
  }
  const multiply3 = (steps) => {
    const [leftAt, rightAt] = strips.map((strip) => readStrip(writer, strip, steps));
    for (let step = 0; step < steps; step++)
      for (let row = 0; row < tile3.rows; row++) {
        const line = Array.from(
          { length: tile3.columns },
          (_, column) => `sum_${row}_${column} += ${leftAt(row, step)} * ${rightAt(column, step)};`
        );
        writer.line(line.join(" "));
      }
  };
  writer.line(`var depth = ${writer.times(part, length)};`);
  writer.line(`let end = min(depth + ${length}u, ${depth}u);`);
  writer.block("for (; depth + 4u <= end; depth += 4u)", () => multiply3(4));
  if (depth % 4 !== 0) writer.block("for (; depth < end; depth++)", () => multiply3(1));
  for (let row = 0; row < tile3.rows; row++)
    for (let column = 0; column < tile3.columns; column++) {
      const place = `${firstRow} + ${row}u, ${firstColumn} + ${column}u`;
      writer.line(`finish(${part}, ${matrix}, ${place}, sum_${row}_${column});`);
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
function partsOfDepth(depth, wanted2) {
  const length = Math.max(4, Math.ceil(depth / Math.max(1, wanted2) / 4) * 4);
  return { parts: Math.ceil(depth / length), length };
}

// packages/kernels-webgpu/src/tuned/tile-kernel.ts
var tileThreads = ({ rows, columns, threadRows, threadColumns }) => rows / threadRows * (columns / threadColumns);
var fourStride = (tile3) => tile3.depth / 4 + 1;
var sideFours = ({ fours }, outer, tile3) => fours === "depth" ? outer * fourStride(tile3) : outer / 4 * tile3.depth;
var tileBytes = ({ left, right }, tile3) => 16 * (sideFours(left, tile3.rows, tile3) + sideFours(right, tile3.columns, tile3));
function partsOfTiles(depth, tileDepth, wanted2) {
  const tiles2 = Math.ceil(depth / tileDepth);
  const tilesOfPart = Math.ceil(tiles2 / Math.max(1, Math.min(wanted2, tiles2)));
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
  const batch2 = batchPlace(writer, side, matrix);
  return Array.from({ length: Math.ceil(count2 / threads) }, (_, slot) => {
    const linear = writer.hold(writer.plus("local", writer.whole(slot * threads)));
    const [outer, depth] = side.neighbours === "depth" ? writer.unravel(linear, [outerSteps, depthSteps]) : writer.unravel(linear, [depthSteps, outerSteps]).reverse();
    const [heldOuter, heldDepth] = [writer.hold(outer), writer.hold(depth)];
    const first = writer.hold(writer.plus(panel.start, writer.times(heldOuter, alongDepth ? 1 : 4)));
    const partAt = (index) => movedBy(writer, side.outer(writer, index), batch2);
    return {
      target: alongDepth ? writer.affine(0, [
        [heldOuter, fourStride(tile3)],
        [heldDepth, 1]
      ]) : writer.affine(0, [
        [heldDepth, size / 4],
        [heldOuter, 1]
      ]),
      outers: partsOfFour(writer, alongDepth || array.isWide, first, partAt),
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
    const depths = [];
    const inside = [];
    const first = writer.hold(writer.plus("depth", slot.depth));
    for (let step = 0; step < (isOne ? 1 : 4); step++) {
      const index = writer.hold(writer.plus(first, writer.whole(step)));
      depths.push(side.depth(writer, index));
      if (hasEnd) inside.push(writer.inside(index, contraction.depth));
    }
    writer.line(`${name}_${at} = ${fourOf(writer, array, side, slot.outers, depths, inside)};`);
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
        const row = `(quarter * 4u + ${step}u) * ${size / 4}u`;
        const column = `${panel.thread} + ${group * panel.threads}u`;
        writer.line(`let ${name}${step}_${group} = ${name}_tile[${row} + ${column}];`);
      }
    return (at, step) => `${name}${step}_${Math.floor(at / 4)}.${letters2[at % 4]}`;
  };
  const leftAt = panelText(left);
  const rightAt = panelText(right);
  for (let step = 0; step < 4; step++)
    for (let row = 0; row < left.own; row++) {
      const line = Array.from(
        { length: right.own },
        (_, column) => `sum_${row}_${column} += ${leftAt(row, step)} * ${rightAt(column, step)};`
      );
      writer.line(line.join(" "));
    }
}
function tileKernel(label, contraction, frame, tile3, splits) {
  const { rows, columns, depth, batch: batch2, left, right } = contraction;
  const threads = tileThreads(tile3);
  const { parts, tilesOfPart, tiles: tiles2 } = partsOfTiles(depth, tile3.depth, splits);
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
  for (let row = 0; row < tile3.threadRows; row++) {
    const line = Array.from({ length: tile3.threadColumns }, (_, column) => `var sum_${row}_${column} = 0f;`);
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
  for (let row = 0; row < tile3.threadRows; row++)
    for (let column = 0; column < tile3.threadColumns; column++) {
      const [y, x] = [ownIndex(panels[0], row), ownIndex(panels[1], column)];
      writer.line(`finish(part, matrix, firstRow + ${y}, firstColumn + ${x}, sum_${row}_${column});`);
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
  const groups = [Math.ceil(columns / tile3.columns), Math.ceil(rows / tile3.rows), batch2 * parts];
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
      write: (writer, { place }, raw, bound) => {
        const rest = output === void 0 ? bound : bound.slice(1);
        const raws = output === void 0 ? void 0 : bound[0];
        writeResult(writer, place, raw, raws, epilogue, operands.length, rest);
      }
    });
    return;
  }
  const partial = builder.scratch(variant.parts * size, "float32");
  emit("parts", {
    others: [],
    results: [partial],
    write: (writer, { part, place }, raw, [target]) => writer.store(target, writer.plus(writer.times(part, size), place), raw)
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
        const [group, place] = writer.unravel(index, [groups, size]);
        const total2 = writer.cell(writer.zero("float32"));
        for (let turn = 0; turn < joinedAtOnce; turn++) {
          const part = writer.hold(writer.plus(writer.times(group, joinedAtOnce), writer.whole(turn)));
          const at = writer.plus(writer.times(part, size), place);
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
var tile2 = (rows, columns, depth, threadRows, threadColumns) => ({
  rows,
  columns,
  depth,
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
var mostParts = 64;
var mostPartialBytes = 1 << 26;
var fewestResults = 16;
var variantName = ({ kind, tile: { rows, columns, ...rest }, parts }) => {
  const inner = "depth" in rest ? `x${rest.depth} (${rest.threadRows}x${rest.threadColumns})` : "";
  return `${kind} ${rows}x${columns}${inner}, ${parts} ${parts === 1 ? "part" : "parts"}`;
};
function partsFor(contraction, groups) {
  const { depth } = contraction;
  const bytes = 4 * resultSize(contraction);
  const most = Math.min(mostParts, Math.floor(mostPartialBytes / bytes), Math.floor(depth / shortestPart));
  const wanted2 = Math.max(
    groups >= wantedGroups / 2 ? 1 : Math.ceil(wantedGroups / groups),
    Math.ceil(depth / longestPart)
  );
  return Math.max(1, Math.min(most, wanted2));
}
var used = ({ rows, columns }, { rows: height, columns: width }) => rows * columns / (Math.ceil(rows / height) * height * Math.ceil(columns / width) * width);
function fits(traits, contraction, { tile: tile3, parts }) {
  const { rows, columns, batch: batch2 } = contraction;
  const grid = [Math.ceil(columns / tile3.columns), Math.ceil(rows / tile3.rows), batch2 * parts];
  return tileThreads(tile3) <= traits.maxThreads && tileBytes(contraction, tile3) <= traits.workgroupBytes && grid.every((groups) => groups <= traits.maxGroups);
}
function withTile(contraction, tile3) {
  const { rows, columns, batch: batch2, depth } = contraction;
  const groups = Math.ceil(rows / tile3.rows) * Math.ceil(columns / tile3.columns) * batch2;
  const { parts } = partsOfTiles(depth, tile3.depth, partsFor(contraction, groups));
  return { kind: "tile", tile: tile3, parts };
}
function withRegisters(contraction, tile3) {
  const { rows, columns, batch: batch2, depth } = contraction;
  const threads = Math.ceil(rows / tile3.rows) * Math.ceil(columns / tile3.columns) * batch2;
  const { parts } = partsOfDepth(depth, partsFor(contraction, Math.ceil(threads / 4)));
  return { kind: "register", tile: tile3, parts };
}
function cost(contraction, variant) {
  const { rows, columns, batch: batch2 } = contraction;
  const { tile: tile3, parts } = variant;
  const groups = Math.ceil(rows / tile3.rows) * Math.ceil(columns / tile3.columns) * batch2 * parts;
  const reads = 1 + 24 / tile3.rows + 24 / tile3.columns;
  const perThread = 1 + 8 / (tile3.threadRows * tile3.threadColumns);
  const idle = Math.max(1, wantedGroups / (groups * Math.max(1, tile3.rows * tile3.columns / 4096)));
  return reads * perThread * Math.sqrt(idle) / used(contraction, tile3);
}
function variantsOf(traits, contraction) {
  const { rows, columns, depth, batch: batch2 } = contraction;
  if (rows * columns < fewestResults || depth === 0 || batch2 === 0) return [];
  if (traits.software) {
    const image = contraction.left.image ?? contraction.right.image;
    if (image && image.row.step * image.column.step > 1) return [];
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
  const isHalf = step.kind === "routine" && step.routine.dtype === "float16";
  const builder = new StepBuilder(plan, traits, label, isHalf);
  if (step.kind === "elementwise") emitElementwise(builder, step);
  else if (step.kind === "reduce") emitReduce(builder, step);
  else emitRoutine(builder, isHalf ? { ...step, routine: { ...step.routine, dtype: "float32" } } : step);
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
  load(operand, place) {
    this.loaded.add(operand);
    return super.load(operand, place);
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
    const first = operands.length;
    const all2 = [...loaded, ...(epilogue?.operands ?? []).map((operand) => builder.operand(operand))];
    const outputs = [...output === void 0 ? [] : [output], ...epilogue?.outputs ?? []];
    builder.threads(
      pass.size,
      all2,
      outputs.map((buffer) => builder.buffer(buffer)),
      (writer, index, results) => {
        const raw = pass.write(writer, index);
        const rest = output === void 0 ? results : results.slice(1);
        writeResult(writer, index, raw, output === void 0 ? void 0 : results[0], epilogue, first, rest);
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
  const adapter2 = await source.requestAdapter({ powerPreference: powerPreference ?? "high-performance" });
  if (!adapter2) {
    throw new DeviceError(
      "webgpu: no adapter, expected a GPU with a driver for Vulkan, Metal or Direct3D 12"
    );
  }
  return adapter2;
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
  constructor(device2, info, traits) {
    this.device = device2;
    this.info = info;
    this.traits = traits;
    device2.onuncapturederror = ({ error }) => {
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
  static async open(adapter2, given = {}) {
    const features = wantedFeatures.filter((feature) => adapter2.features.has(feature));
    const device2 = await adapter2.requestDevice({
      label: "hekla",
      requiredFeatures: features,
      requiredLimits: Object.fromEntries(wantedLimits.map((limit) => [limit, adapter2.limits[limit]]))
    });
    const info = describeAdapter(adapter2);
    const { limits } = device2;
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
      ...given
    };
    return new _GpuDevice(device2, info, traits);
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
    const { device: device2 } = this;
    const bindGroupLayouts = [this.layout(bindings), ...hasTurn ? [this.#turnLayout()] : []];
    const pipeline = device2.createComputePipeline({
      label,
      layout: device2.createPipelineLayout({ bindGroupLayouts }),
      compute: { module: device2.createShaderModule({ label, code }), entryPoint: "main" }
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
    const rounded = 2 ** Math.ceil(Math.log2(Math.max(count2, 64)));
    const numbers = new Uint32Array(rounded * turnStride / 4);
    for (let turn = 0; turn < rounded; turn++) numbers[turn * turnStride / 4] = turn;
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
    this.#turns = { buffer, group, count: rounded };
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
        ({ before: before2 = [], after = [] }) => [...before2, ...after].map(({ offset, bytes }) => offset + bytes)
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
    const { device: device2 } = machine;
    const prepared2 = this.#prepare(regionsOf(inputs));
    for (const { region, data } of inputs) {
      if (data) device2.write(region.chunk.buffer, region.offset, data);
    }
    const encoder = device2.device.createCommandEncoder();
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
    device2.queue.submit([encoder.finish()]);
    timed?.submitted();
  }
  #encode(encoder, prepared2, regions, timed) {
    const { pipelines, groups, device: device2, arena, pack } = prepared2;
    let pass;
    let current;
    for (let at = 0; at < this.dispatches.length; at++) {
      const { groups: grid, turn, before: before2, after, step } = this.dispatches[at];
      if (before2) {
        pass?.end();
        pass = void 0;
        for (const { resource, offset, bytes } of before2) {
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
      if (turn !== void 0) pass.setBindGroup(1, device2.turns(turn + 1), [GpuDevice.turnOffset(turn)]);
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
    const { device: device2 } = this.machine;
    const arena = this.arenaBytes > 0 ? this.machine.shared("arena", this.arenaBytes) : void 0;
    const pack = this.#packBytes > 0 ? this.machine.shared("pack", this.#packBytes) : void 0;
    const before2 = this.#prepared;
    const kept4 = before2?.device === device2 && before2.arena === arena && before2.pack === pack;
    if (kept4 && regions.every((region, at) => region === before2.regions[at])) return before2;
    const pipelines = kept4 ? before2.pipelines : this.dispatches.map(
      ({ code, label, bindings, turn }) => device2.pipeline(code, label, bindings.length, turn !== void 0)
    );
    const moved = regions.map((region, at) => !kept4 || region !== before2.regions[at]);
    const groups = this.dispatches.map((dispatch, at) => {
      const { bindings } = dispatch;
      if (kept4 && !bindings.some((resource) => moved[this.#positionOf(resource) ?? -1]))
        return before2.groups[at];
      return device2.device.createBindGroup({
        layout: device2.layout(bindings.length),
        entries: bindings.map((resource, binding) => ({
          binding,
          resource: this.#binding(resource, dispatch.step, regions, arena, pack)
        }))
      });
    });
    this.#prepared = { device: device2, arena, pack, regions, pipelines, groups };
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
function checkBindings(plan, most, device2) {
  for (const { size, dtype } of plan.buffers) {
    const bytes = size * bytesPerElement(dtype);
    if (bytes > most) {
      throw new DeviceError(
        `webgpu: a tensor of ${size} elements does not fit into what ${device2} lets a kernel see at once, got ${bytes} bytes, expected at most ${most} (a smaller batch, or the wasm backend)`
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
  allocate(wanted2) {
    const bytes = roundedUp(wanted2);
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
      const at = free2.findIndex((piece) => piece.bytes >= bytes);
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
    const after = free.findIndex((piece) => piece.offset > offset);
    const at = after < 0 ? free.length : after;
    free.splice(at, 0, { offset, bytes });
    join(free, at);
    if (at > 0) join(free, at - 1);
  }
  destroy() {
    for (const chunk of this.chunks) chunk.buffer.destroy();
    this.chunks.clear();
    this.#free.clear();
  }
};
function take2(chunk, free, at, bytes) {
  const piece = free[at];
  const { offset } = piece;
  piece.offset += bytes;
  piece.bytes -= bytes;
  if (piece.bytes === 0) free.splice(at, 1);
  return { chunk, offset, bytes };
}
function join(free, at) {
  const [piece, next] = [free[at], free[at + 1]];
  if (!next || piece.offset + piece.bytes !== next.offset) return;
  piece.bytes += next.bytes;
  free.splice(at + 1, 1);
}

// packages/kernels-webgpu/src/runtime/recovery.ts
init_src();
init_buffer_usage();

// packages/kernels-webgpu/src/runtime/fallback.ts
init_src();
var Fallback = class {
  constructor(backend3, snapshot) {
    this.backend = backend3;
    this.snapshot = snapshot;
  }
  backend;
  snapshot;
  #slots = /* @__PURE__ */ new WeakMap();
  #executables = /* @__PURE__ */ new WeakMap();
  perform(command) {
    const { backend: backend3 } = this;
    if (command.kind === "run") {
      const { executable, inputs, outputs } = command;
      const results = this.#executable(executable).run(inputs.map((input) => this.#bound(input)));
      outputs.forEach(({ region }, at) => {
        this.#slots.set(region, results[at]);
      });
      return;
    }
    const { to } = command;
    if (command.kind === "allocate") this.#slots.set(to.region, backend3.allocate(to.size, to.dtype));
    else if (command.kind === "write") backend3.write(this.slot(to), command.data);
    else backend3.copy(this.slot(to), this.slot(command.from));
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
  async hasLost(device2) {
    const soon = new Promise((resolve) => setTimeout(() => resolve(false), 200));
    return await Promise.race([soon, device2.device.lost.then(() => true)]);
  }
  dispose() {
    this.#disposed = true;
    this.#journal.clear();
    void this.#fallback?.backend.dispose();
  }
  #watch(device2) {
    void device2.device.lost.then(({ message, reason }) => {
      if (this.#disposed || this.machine.device !== device2) return;
      this.#recovering = this.#recover(message || reason).finally(() => {
        this.#recovering = void 0;
      });
    });
  }
  async #recover(reason) {
    const lost = `webgpu: the device was lost (${reason})`;
    if (this.options.recover === false || !this.#journal.complete) {
      this.#failure = `${lost}, and with it what was computed on it`;
      return;
    }
    try {
      const device2 = await this.open();
      this.machine.device = device2;
      this.#watch(device2);
      this.#replay(device2);
      debugLog(`${lost}; going on with ${device2.info.name}`);
    } catch (error) {
      const why = error.message;
      await this.#fallBack(`${lost}, and no other was had (${why})`);
    }
  }
  /** What was in memory, and then all that was asked for since. */
  #replay(device2) {
    const { contents } = this.#journal.snapshot;
    const retired = [...this.#journal.retired];
    for (const chunk of [...this.machine.heap.chunks, ...retired]) {
      chunk.buffer = device2.make(chunk.bytes, "tensors");
      const bytes = contents.get(chunk);
      if (bytes) device2.queue.writeBuffer(chunk.buffer, 0, bytes);
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
    const { device: device2 } = this.machine;
    try {
      const contents = await contentsOf(this.machine.heap, device2);
      if (this.machine.device === device2 && !this.#recovering) {
        this.#journal.restart({ contents }, count2, retired);
      }
    } catch {
    } finally {
      this.#lastSnapshot = performance.now();
      this.#snapshotting = false;
    }
  }
};
async function contentsOf(heap, { device: device2, queue }) {
  const encoder = device2.createCommandEncoder();
  const staged = [...heap.chunks].map((chunk) => ({ chunk, bytes: heap.extent(chunk) })).filter(({ bytes }) => bytes > 0).map(({ chunk, bytes }) => {
    const staging = device2.createBuffer({ label: "snapshot", size: bytes, usage: mapRead | copyTarget });
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
  constructor(device2, open, options) {
    this.device = device2;
    this.heap = new Heap({
      make: (bytes, label) => this.device.make(bytes, label),
      maxBytes: device2.maxBytes
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
    const rounded = Math.max(bytes, size);
    const buffer = this.device.make(rounded, name);
    this.#shared.set(name, { buffer, bytes: rounded, device: this.device });
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
    const between = this.shared("pack", whole);
    encoder.copyBufferToBuffer(source, from.offset, between, 0, whole);
    encoder.copyBufferToBuffer(between, 0, target, to.offset, whole);
  }
  /** Does what a command says. */
  commit(command) {
    this.device.check();
    this.#recovery.commit(command);
  }
  perform(command) {
    const { device: device2 } = this;
    if (command.kind === "run") {
      command.executable.perform(command.inputs, command.outputs);
      return;
    }
    const { region, size, dtype } = command.to;
    const bytes = Math.ceil(size * bytesPerElement(dtype) / 4) * 4;
    if (bytes === 0) return;
    if (command.kind === "write") {
      device2.write(region.chunk.buffer, region.offset, command.data);
      return;
    }
    const encoder = device2.device.createCommandEncoder();
    if (command.kind === "allocate") encoder.clearBuffer(region.chunk.buffer, region.offset, bytes);
    else this.copyRegion(encoder, command.from.region, region, bytes);
    device2.queue.submit([encoder.finish()]);
  }
  /** The values of a tensor, when all that was asked for before is done. */
  async read(stored) {
    for (; ; ) {
      await this.#recovery.ready();
      this.device.check();
      if (this.#recovery.fallback) return this.#recovery.fallback.read(stored);
      const { device: device2 } = this;
      try {
        return await readBack(device2, stored);
      } catch (error) {
        if (!await this.#recovery.hasLost(device2)) throw error;
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
async function readBack(device2, { region, size, dtype }) {
  const values2 = storageArray(dtype, size);
  const bytes = Math.ceil(values2.byteLength / 4) * 4;
  if (bytes === 0) return values2;
  const staging = device2.device.createBuffer({ label: "read", size: bytes, usage: mapRead | copyTarget });
  try {
    const encoder = device2.device.createCommandEncoder();
    encoder.copyBufferToBuffer(region.chunk.buffer, region.offset, staging, 0, bytes);
    device2.queue.submit([encoder.finish()]);
    await staging.mapAsync(readMode);
    device2.check();
    new Uint8Array(values2.buffer).set(new Uint8Array(staging.getMappedRange(), 0, values2.byteLength));
    return values2;
  } finally {
    staging.destroy();
  }
}

// packages/kernels-webgpu/src/tuned/measure.ts
init_src();
function sizesOf(routine) {
  if (routine.name === "matmul") {
    const { batch: batch3, m, n, k, batchedA, batchedB } = routine;
    const operands = [(batchedA ? batch3 : 1) * m * k, (batchedB ? batch3 : 1) * k * n];
    return { operands, result: batch3 * m * n };
  }
  if (!("filters" in routine)) throw new DeviceError(`tune: got ${routine.name}, expected a product`);
  const { window, filters } = routine;
  const { batch: batch2, channels, inputSize, outputSize, windowSize } = window;
  const input = batch2 * channels * inputSize[0] * inputSize[1];
  const output = batch2 * filters * outputSize[0] * outputSize[1];
  const kernel = filters * channels * windowSize[0] * windowSize[1];
  if (routine.name === "conv2d") return { operands: [input, kernel], result: output };
  if (routine.name === "conv2dInputGradient") return { operands: [output, kernel], result: input };
  return { operands: [input, output], result: kernel };
}
function planOf2(routine) {
  const { operands, result } = sizesOf(routine);
  const inputs = operands.map(
    (size) => ({ kind: "input", dtype: "float32", size, arenaOffset: -1 })
  );
  return {
    key: `tune ${JSON.stringify(routine)}`,
    buffers: [...inputs, { kind: "output", dtype: "float32", size: result, arenaOffset: 0 }],
    inputs: inputs.map((_, at) => at),
    assigned: [],
    persistent: [],
    outputs: [inputs.length],
    steps: [
      {
        kind: "routine",
        label: "tune",
        routine,
        reference: referenceRoutines[routine.name],
        operands: operands.map((size, buffer) => ({ buffer, view: identityView([size]) })),
        output: inputs.length
      }
    ],
    arenaBytes: Math.ceil(4 * result / 256) * 256
  };
}
var fewestMilliseconds = 10;
var rounds = 3;
var mostRuns = 64;
async function timeOf(runOnce, done) {
  const measure = async (runs2) => {
    const began = performance.now();
    for (let run2 = 0; run2 < runs2; run2++) runOnce();
    await done();
    return (performance.now() - began) / runs2;
  };
  await measure(1);
  const first = await measure(1);
  const runs = Math.max(1, Math.min(mostRuns, Math.ceil(fewestMilliseconds / first)));
  let best = first;
  for (let round2 = 0; round2 < rounds; round2++) best = Math.min(best, await measure(runs));
  return best;
}

// packages/kernels-webgpu/bench/products.ts
var words = process.argv.slice(2);
var flag = (name) => {
  const at = words.indexOf(name);
  if (at >= 0) words.splice(at, 1);
  return at >= 0;
};
var isSmall = flag("small");
var isPlain = flag("plain");
var isGpu = flag("gpu");
var batch = isSmall ? 4 : 128;
var matmul4 = (m, n, k, transposeA = false, transposeB = false) => ({
  name: "matmul",
  dtype: "float32",
  batch: 1,
  m,
  n,
  k,
  transposeA,
  transposeB,
  batchedA: true,
  batchedB: true
});
function conv(name, dataFormat, channels, filters, size) {
  const window = {
    dataFormat,
    batch,
    channels,
    inputSize: [size, size],
    outputSize: [size, size],
    windowSize: [5, 5],
    strides: [1, 1],
    dilation: [1, 1],
    padding: [
      [2, 2],
      [2, 2]
    ]
  };
  return { name, dtype: "float32", window, filters };
}
function operationsOf(routine) {
  if (routine.name === "matmul") return 2 * routine.batch * routine.m * routine.n * routine.k;
  const { window, filters } = routine;
  const { channels, outputSize, windowSize } = window;
  return 2 * window.batch * filters * channels * outputSize[0] * outputSize[1] * windowSize[0] * windowSize[1];
}
var sizes = isSmall ? [64, 128, 256] : [1024, 2048, 4096];
var cases = [
  ...sizes.map((size) => [`GEMM ${size}`, matmul4(size, size, size)]),
  [`GEMM ${sizes[1]} NT`, matmul4(sizes[1], sizes[1], sizes[1], false, true)],
  [`GEMM ${sizes[1]} TN`, matmul4(sizes[1], sizes[1], sizes[1], true, false)],
  ["dense 784x128", matmul4(batch, 128, 784)],
  ["dense 784x128 dW", matmul4(784, 128, batch, true)],
  ["dense 980x10", matmul4(batch, 10, 980)],
  ["dense 980x10 dW", matmul4(980, 10, batch, true)],
  ...["channelsFirst", "channelsLast"].flatMap(
    (format) => ["conv2d", "conv2dInputGradient", "conv2dKernelGradient"].flatMap((name) => [
      [`${format} ${name} 1->20`, conv(name, format, 1, 20, 28)],
      [`${format} ${name} 20->40`, conv(name, format, 20, 40, 14)]
    ])
  )
];
var wanted = { at: 0, names: [] };
var choices = {
  choose: (_, names) => {
    wanted.names = names;
    return wanted.at;
  }
};
var adapter = await findAdapter({});
var device = await GpuDevice.open(adapter, {
  choices,
  ...isPlain && { tuned: false },
  ...isGpu && { software: false }
});
var backend2 = new WebGpuBackend(new Machine(device, async () => device, { recover: false }));
console.log(describeAdapter(adapter).name, JSON.stringify({ ...device.traits, choices: void 0 }));
for (const [name, routine] of cases) {
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  const plan = planOf2(routine);
  const slots = plan.inputs.map((buffer) => backend2.allocate(plan.buffers[buffer].size, "float32"));
  for (const slot of slots) {
    backend2.write(
      slot,
      Float32Array.from({ length: slot.size }, (_, at) => at * 37 % 101 / 101 - 0.5)
    );
  }
  wanted.names = ["plain"];
  for (wanted.at = 0; wanted.at < wanted.names.length; wanted.at++) {
    const executable = backend2.prepare(plan);
    const runOnce = () => {
      for (const slot of executable.run(slots)) backend2.free(slot);
    };
    const milliseconds = await timeOf(runOnce, () => device.queue.onSubmittedWorkDone());
    const rate = operationsOf(routine) / milliseconds / 1e6;
    const way = wanted.names[wanted.at];
    console.log(
      `${name.padEnd(40)} ${way.padEnd(36)} ${milliseconds.toFixed(3)} ms  ${rate.toFixed(1)} GFLOP/s`
    );
    executable.dispose();
  }
  for (const slot of slots) backend2.free(slot);
}
process.exit(0);
