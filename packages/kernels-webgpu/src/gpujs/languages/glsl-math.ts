import { type LibraryFunction, polynomial } from "./language.js";
import {
  cosine,
  erfLarge,
  erfSmall,
  exponential,
  hyperbolicTangent,
  logarithm,
  sine,
} from "./polynomials.js";

/** A float as GLSL writes it. */
export function glslFloat(value: number): string {
  const text = `${Math.fround(value)}`;
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const f = glslFloat;
const row = (x: string, coefficients: readonly number[]): string => polynomial(x, coefficients, f);
const log2e = f(Math.LOG2E);
// ln(2) in two parts; the product of the first with a whole number up to 2^9 is exact. Source: Cephes, expf.
const ln2High = f(0.693359375);
const ln2Low = f(-2.1219444e-4);
const smallestNormal = "1.1754943508222875e-38";
const largest = "3.4028234663852886e+38";

const float = (text: string, ...needs: string[]): LibraryFunction => ({
  takes: "f",
  gives: "f",
  text,
  needs,
});

/**
 * Scalar functions in GLSL to the accuracy of the other backends, which GLSL's own have not, with defined
 * results for NaN and infinities: whether a float is NaN is read from its bits, as compilers may take it that
 * there are none.
 */
export const glslMath: Readonly<Record<string, LibraryFunction>> = {
  isNaNBits: float("bool isNaNBits(float x) { return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u; }"),
  // Read through a variable, so that no compiler computes with them.
  nanOf: {
    takes: "",
    gives: "f",
    text: "uint nanBits = 0x7fc00000u;\nfloat nanOf() { return uintBitsToFloat(nanBits); }",
  },
  infinityOf: {
    takes: "",
    gives: "f",
    text: "uint infinityBits = 0x7f800000u;\nfloat infinityOf() { return uintBitsToFloat(infinityBits); }",
  },
  // Drivers fold sums with constants, and make products of quotients by them, as if nothing were rounded; what
  // adds 0 in a way that they cannot see is no constant. `index` is gpu.js's number of the thread.
  opaqueOf: float("float opaqueOf(float x) { return intBitsToFloat(floatBitsToInt(x) + min(index, 0)); }"),
  withSign: {
    takes: "ff",
    gives: "f",
    text: `float withSign(float size, float sign) {
  return uintBitsToFloat((floatBitsToUint(size) & 0x7fffffffu) | (floatBitsToUint(sign) & 0x80000000u));
}`,
  },
  scaled: {
    takes: "fi",
    gives: "f",
    // In two steps, as 2^n may not be a float.
    text: `float scaled(float x, int n) {
  int part = n >> 1;
  return x * intBitsToFloat((part + 127) << 23) * intBitsToFloat((n - part + 127) << 23);
}`,
  },
  expm1Reduced: float(`vec2 expm1Reduced(float x) {
  // x = n ln 2 + r; gives n and e^r - 1.
  float n = roundEven(x * ${log2e});
  float r = (x - n * ${ln2High}) - n * ${ln2Low};
  return vec2(n, r + r * r * ${row("r", exponential)});
}`),
  expOf: float(
    `float expOf(float x) {
  if (isNaNBits(x)) return x;
  vec2 part = expm1Reduced(clamp(x, -104.0, 89.0));
  return scaled(part.y + 1.0, int(part.x));
}`,
    "isNaNBits",
    "scaled",
    "expm1Reduced",
  ),
  expm1Of: float(
    `float expm1Of(float x) {
  if (isNaNBits(x) || abs(x) < 1e-30) return x;
  vec2 part = expm1Reduced(clamp(x, -20.0, 89.0));
  // 2^(n - 1), doubled at the end: 2^128 is no float.
  float power = intBitsToFloat((int(part.x) + 126) << 23);
  return 2.0 * (part.y * power + (power - 0.5));
}`,
    "isNaNBits",
    "expm1Reduced",
  ),
  logarithm: {
    takes: "ff",
    gives: "f",
    text: `float logarithm(float u, float correction) {
  // log(u) + correction / u for positive finite u.
  bool small = u < ${smallestNormal};
  int bits = floatBitsToInt(small ? u * 8388608.0 : u);
  int e = (bits - 0x3f3504f3) >> 23;
  float t = intBitsToFloat(bits - (e << 23)) - 1.0;
  float n = float(e - (small ? 23 : 0));
  float square = t * t;
  float sum = t * ${row("t", logarithm)} * square + n * ${ln2Low};
  sum += correction / u;
  sum += square * -0.5;
  return n * ${ln2High} + (t + sum);
}`,
  },
  logarithmEdges: {
    takes: "ff",
    gives: "f",
    text: `float logarithmEdges(float u, float result) {
  if (isNaNBits(u)) return u;
  if (u == 0.0) return -infinityOf();
  if (u < 0.0) return nanOf();
  return u > ${largest} ? u : result;
}`,
    needs: ["isNaNBits", "nanOf", "infinityOf"],
  },
  logOf: float(
    "float logOf(float x) { return logarithmEdges(x, logarithm(x, 0.0)); }",
    "logarithm",
    "logarithmEdges",
  ),
  log1pOf: float(
    `float log1pOf(float x) {
  // Log of the rounded sum u = 1 + x, and what the rounding lost, divided by u.
  if (abs(x) < 2.9802322387695312e-8) return x;
  float u = opaqueOf(1.0) + x;
  float part = u - 1.0;
  float lost = (x - part) + (1.0 - (u - part));
  return logarithmEdges(u, logarithm(u, lost));
}`,
    "opaqueOf",
    "logarithm",
    "logarithmEdges",
  ),
  tanhOf: float(
    `float tanhOf(float x) {
  if (isNaNBits(x)) return x;
  float size = min(abs(x), 10.0);
  float square = size * size;
  if (size <= 0.625) return withSign(size + size * square * ${row("square", hyperbolicTangent)}, x);
  vec2 part = expm1Reduced(2.0 * size);
  float power = intBitsToFloat((int(part.x) + 127) << 23);
  float t = part.y * power + (power - 1.0);
  return withSign(t / (t + 2.0), x);
}`,
    "isNaNBits",
    "withSign",
    "expm1Reduced",
  ),
  sigmoidOf: float(
    `float sigmoidOf(float x) {
  if (isNaNBits(x)) return x;
  float z = expOf(-abs(x));
  return (x < 0.0 ? z : 1.0) / (1.0 + z);
}`,
    "isNaNBits",
    "expOf",
  ),
  softplusOf: float(
    `float softplusOf(float x) {
  if (isNaNBits(x)) return x;
  return max(x, 0.0) + log1pOf(expOf(-abs(x)));
}`,
    "isNaNBits",
    "expOf",
    "log1pOf",
  ),
  erfOf: float(
    `float erfOf(float x) {
  if (isNaNBits(x)) return x;
  float t = min(abs(x), 3.925);
  if (t > 0.925) return withSign(1.0 - expOf(t * ${row("t", erfLarge)}), x);
  float square = x * x;
  return x + x * ${row("square", erfSmall)};
}`,
    "isNaNBits",
    "withSign",
    "expOf",
  ),
  highProduct: {
    takes: "ii",
    gives: "i",
    text: `uint highProduct(uint a, uint b) {
  uint low = (a & 0xffffu) * (b & 0xffffu);
  uint middle = (a >> 16) * (b & 0xffffu) + (low >> 16);
  uint other = (a & 0xffffu) * (b >> 16) + (middle & 0xffffu);
  return (a >> 16) * (b >> 16) + (middle >> 16) + (other >> 16);
}`,
  },
  quadrantOfLarge: float(
    `vec2 quadrantOfLarge(float x) {
  // x = m 2^e with a 24-bit m; of 2 / pi only the 96 bits whose product with x lies between 4 and 2^-70
  // matter. Products are taken modulo 2^64 = 4 quadrants. Source: Payne and Hanek (1983).
  uint words[8] = uint[8](
    0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu);
  uint bits = floatBitsToUint(x);
  uint m = (bits & 0x7fffffu) | 0x800000u;
  uint skip = max((bits >> 23) & 255u, 120u) - 120u;
  uint word = min(skip >> 5, 4u);
  uint shift = skip & 31u;
  uint part[3];
  for (uint i = 0u; i < 3u; i++) {
    part[i] = words[word + i];
    if (shift > 0u) part[i] = (part[i] << shift) | (words[word + i + 1u] >> (32u - shift));
  }
  uint below = highProduct(part[2], m);
  uint low = part[1] * m;
  uint high = part[0] * m + highProduct(part[1], m);
  low += below;
  if (low < below) high += 1u;
  uint quadrant = (high + 0x20000000u) >> 30;
  high -= quadrant << 30;
  bool negative = (high & 0x80000000u) != 0u;
  if (negative) {
    high = ~high;
    low = ~low + 1u;
    if (low == 0u) high += 1u;
  }
  float angle = (float(high) * 4294967296.0 + float(low)) * ${f(Math.PI / 2 / 2 ** 62)};
  vec2 result = vec2(float(quadrant), negative ? -angle : angle);
  return x < 0.0 ? -result : result;
}`,
    "highProduct",
  ),
  quadrantOf: float(
    `vec2 quadrantOf(float x) {
  // pi / 2 in three parts whose products with whole numbers below 2^13 are exact. Source: Cephes, sinf.
  if (abs(x) >= 8000.0) return quadrantOfLarge(x);
  float k = roundEven(x * ${f(2 / Math.PI)});
  return vec2(k, ((x - k * 1.5703125) - k * 4.837512969970703e-4) - k * 7.549789948768648e-8);
}`,
    "quadrantOfLarge",
  ),
  sineAt: {
    takes: "if",
    gives: "f",
    text: `float sineAt(int quadrant, float r) {
  float square = r * r;
  float size = (quadrant & 1) == 1
    ? 1.0 + (square * -0.5 + square * square * ${row("square", cosine)})
    : r + r * square * ${row("square", sine)};
  return (quadrant & 2) == 2 ? -size : size;
}`,
  },
  sinOf: float(
    `float sinOf(float x) {
  if (!(abs(x) <= ${largest})) return nanOf();
  if (abs(x) < 1.220703125e-4) return x;
  vec2 part = quadrantOf(x);
  return sineAt(int(part.x), part.y);
}`,
    "nanOf",
    "quadrantOf",
    "sineAt",
  ),
  cosOf: float(
    `float cosOf(float x) {
  if (!(abs(x) <= ${largest})) return nanOf();
  vec2 part = quadrantOf(x);
  return sineAt(int(part.x) + 1, part.y);
}`,
    "nanOf",
    "quadrantOf",
    "sineAt",
  ),
};
