import { type Library, polynomial } from "./language.js";
import { erfLarge, erfSmall } from "./polynomials.js";

const literal = (value: number): string => `${Math.fround(value)}`;

/**
 * Functions in JavaScript, which gpu.js runs as it is (cpu) or makes into WebAssembly (webasm). The first
 * computes in double precision, the second in single; both round what they give. Whole numbers are variables
 * that begin as a literal and are counted up once: that is how gpu.js tells them from floats.
 */
export const scriptLibrary: Library = {
  sigmoidOf: {
    takes: "f",
    gives: "f",
    text: `function sigmoidOf(x) {
  const z = Math.exp(-Math.abs(x));
  if (x < 0) { return Math.fround(z / (1 + z)); }
  return Math.fround(1 / (1 + z));
}`,
  },
  softplusOf: {
    takes: "f",
    gives: "f",
    text: `function softplusOf(x) {
  return Math.fround(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
}`,
  },
  erfOf: {
    takes: "f",
    gives: "f",
    text: `function erfOf(x) {
  const t = Math.min(Math.abs(x), 3.925);
  if (t > 0.925) {
    const outer = 1 - Math.exp(t * ${polynomial("t", erfLarge, literal)});
    if (x < 0) { return Math.fround(-outer); }
    return Math.fround(outer);
  }
  const square = x * x;
  return Math.fround(x + x * ${polynomial("square", erfSmall, literal)});
}`,
  },
  roundOf: {
    takes: "f",
    gives: "f",
    // Half to even, with the sign of x where it is 0.
    text: `function roundOf(x) {
  const below = Math.floor(x);
  const rest = x - below;
  let whole = below;
  if (rest > 0.5) { whole = below + 1; }
  if (rest === 0.5) { if (Math.floor(below * 0.5) !== below * 0.5) { whole = below + 1; } }
  if (whole === 0) { return x * 0; }
  return whole;
}`,
  },
  powerOf: {
    takes: "ff",
    gives: "f",
    // IEEE 754 has two cases more than JavaScript in which the result is 1.
    text: `function powerOf(x, y) {
  if (x === 1) { return 1; }
  if (x === -1) { if (Math.abs(y) > 3.4028234663852886e+38) { return 1; } }
  return Math.fround(Math.pow(x, y));
}`,
  },
  modOf: {
    takes: "ff",
    gives: "f",
    // Long division: multiples of the divisor by powers of two are taken off, each difference without
    // rounding.
    text: `function modOf(x, y) {
  const size = Math.abs(x);
  const divisor = Math.abs(y);
  if (!(size <= 3.4028234663852886e+38) || !(divisor > 0)) { return 0 / 0; }
  let rest = size;
  let multiple = divisor;
  for (; multiple <= rest * 0.5;) { multiple = multiple * 2; }
  for (; multiple >= divisor;) {
    if (rest >= multiple) { rest = rest - multiple; }
    if (multiple > 3.4028234663852886e+38) { break; }
    multiple = multiple * 0.5;
  }
  if (rest > 0) {
    if (x < 0) { if (y > 0) { rest = Math.fround(divisor - rest); } }
    if (x > 0) { if (y < 0) { rest = Math.fround(divisor - rest); } }
  }
  if (y < 0) { return -rest; }
  return rest;
}`,
  },
  truncated: {
    takes: "f",
    gives: "i",
    text: `function truncated(x) {
  if (x >= 2147483648) { return 2147483647; }
  if (x <= -2147483648) { return (-2147483647 - 1); }
  return (x | 0);
}`,
  },
  selectInt: {
    takes: "fii",
    gives: "i",
    text: `function selectInt(condition, a, b) {
  if (condition !== 0) { return a; }
  return b;
}`,
  },
  absInt: {
    takes: "i",
    gives: "i",
    text: `function absInt(a) {
  if (a < 0) { return ((0 - a) | 0); }
  return a;
}`,
  },
  signInt: {
    takes: "i",
    gives: "i",
    text: `function signInt(a) {
  if (a > 0) { return 1; }
  if (a < 0) { return -1; }
  return 0;
}`,
  },
  maximumInt: {
    takes: "ii",
    gives: "i",
    text: `function maximumInt(a, b) {
  if (a > b) { return a; }
  return b;
}`,
  },
  minimumInt: {
    takes: "ii",
    gives: "i",
    text: `function minimumInt(a, b) {
  if (a < b) { return a; }
  return b;
}`,
  },
  divideInt: {
    takes: "ii",
    gives: "i",
    // A quotient of rounded floats, then what it leaves once more, then a last turn up or down.
    text: `function divideInt(a, b) {
  if (b === 0) { return 0; }
  if (b === -1) { return ((0 - a) | 0); }
  if (b === (-2147483647 - 1)) {
    if (a === b) { return 1; }
    return 0;
  }
  let size = 0; size++; size = b;
  let turn = 0; turn++; turn = 1;
  if (b < 0) { size = ((0 - b) | 0); turn = -1; }
  let q = 0; q++; q = ((a / b) | 0);
  let r = 0; r++; r = ((a - ((q * b) | 0)) | 0);
  let more = 0; more++; more = ((r / b) | 0);
  q = ((q + more) | 0);
  r = ((r - ((more * b) | 0)) | 0);
  if (a >= 0) {
    if (r < 0) { return ((q - turn) | 0); }
    if (r >= size) { return ((q + turn) | 0); }
  }
  if (a < 0) {
    if (r > 0) { return ((q + turn) | 0); }
    if (r <= ((0 - size) | 0)) { return ((q - turn) | 0); }
  }
  return q;
}`,
  },
  moduloInt: {
    takes: "ii",
    gives: "i",
    needs: ["divideInt", "productInt"],
    text: `function moduloInt(a, b) {
  if (b === 0) { return 0; }
  let r = 0; r++; r = ((a - productInt(divideInt(a, b), b)) | 0);
  if (r !== 0) {
    if (r < 0) { if (b > 0) { return ((r + b) | 0); } }
    if (r > 0) { if (b < 0) { return ((r + b) | 0); } }
  }
  return r;
}`,
  },
  productInt: {
    takes: "ii",
    gives: "i",
    // By halves, which double precision holds.
    text: `function productInt(a, b) {
  return ((((a * (b & 65535)) | 0) + ((a * (b >>> 16)) << 16)) | 0);
}`,
  },
  powerInt: {
    takes: "ii",
    gives: "i",
    needs: ["productInt"],
    text: `function powerInt(a, b) {
  if (b < 0) {
    if (a === 1) { return 1; }
    if (a === -1) {
      if ((b & 1) === 0) { return 1; }
      return -1;
    }
    return 0;
  }
  let result = 0; result++; result = 1;
  let base = 0; base++; base = a;
  let rest = 0; rest++; rest = b;
  for (; rest > 0;) {
    if ((rest & 1) === 1) { result = productInt(result, base); }
    base = productInt(base, base);
    rest = (rest >> 1);
  }
  return result;
}`,
  },
};
