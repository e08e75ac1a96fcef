import { floatLiteral as f } from "./literal.js";

/** `c0 + x (c1 + x (c2 + ...))`. */
const polynomial = (x: string, coefficients: readonly number[]): string =>
  coefficients.reduceRight((inner, c) => (inner === "" ? f(c) : `(${f(c)} + ${x} * ${inner})`), "");

// Polynomials are the fits that the wasm backend uses; their errors stand there.
const expPolynomial = [0.5, 0.166666657, 0.0416664556, 0.00833356939, 0.00139359338, 0.000197426911];
const logPolynomial = [
  0.333333105, -0.24999994, 0.200022012, -0.16668652, 0.142187312, -0.123961687, 0.118852206, -0.117218465,
  0.0680301785,
];
const sinPolynomial = [-0.166666672, 0.0083333794, -0.000198530062, 2.83128315e-6];
const cosPolynomial = [0.0416666679, -0.00138889812, 2.48224478e-5, -2.89181685e-7];
const tanhPolynomial = [-0.333333313, 0.133332223, -0.053948462, 0.0217087455, -0.00819506217, 0.0021575971];
const erfSmall = [
  0.128379166, -0.376126289, 0.112836242, -0.026855588, 0.0051919478, -0.000804383948, 7.96966342e-5,
];
const erfLarge = [
  -1.12845981, -0.636124909, -0.104098871, 0.0211576931, -0.00172214105, -0.000552500947, 0.000228842051,
  -3.6071131e-5, 2.2595093e-6,
];
const log2e = f(Math.LOG2E);
// ln(2) in two parts; the product of the first with a whole number up to 2^9 is exact. Source: Cephes, expf.
const ln2High = f(0.693359375);
const ln2Low = f(-2.1219444e-4);

/** A function and the names of those that it calls. */
interface MathFunction {
  readonly text: string;
  readonly needs?: readonly string[];
}

/**
 * Scalar functions to the accuracy of the other backends, which WGSL's own have not, with defined results for NaN and
 * infinities: whether a float is NaN is read from its bits, as compilers may take it that there are none.
 */
const functions: Readonly<Record<string, MathFunction>> = {
  bitsOfNan: {
    text: "var<private> bitsOfNan: u32 = 0x7fc00000u;\nvar<private> bitsOfInfinity: u32 = 0x7f800000u;",
  },
  nan: { text: "fn nan() -> f32 { return bitcast<f32>(bitsOfNan); }", needs: ["bitsOfNan"] },
  infinity: {
    text: "fn infinity() -> f32 { return bitcast<f32>(bitsOfInfinity); }",
    needs: ["bitsOfNan"],
  },
  minusInfinity: {
    text: "fn minusInfinity() -> f32 { return bitcast<f32>(bitsOfInfinity | 0x80000000u); }",
    needs: ["bitsOfNan"],
  },
  isNaN: {
    text: "fn isNaN(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }",
  },
  withSign: {
    text: `fn withSign(size: f32, sign: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(size) & 0x7fffffffu) | (bitcast<u32>(sign) & 0x80000000u));
}`,
  },
  maximum: {
    text: "fn maximum(a: f32, b: f32) -> f32 { return select(select(max(a, b), b, isNaN(b)), a, isNaN(a)); }",
    needs: ["isNaN"],
  },
  minimum: {
    text: "fn minimum(a: f32, b: f32) -> f32 { return select(select(min(a, b), b, isNaN(b)), a, isNaN(a)); }",
    needs: ["isNaN"],
  },
  truncated: {
    text: `fn truncated(x: f32) -> i32 {
  let whole = select(i32(clamp(x, -2147483648f, 2147483520f)), 2147483647i, x >= 2147483648f);
  return select(whole, 0i, isNaN(x));
}`,
    needs: ["isNaN"],
  },
  scaled: {
    // In two steps, as 2^n may not be a float.
    text: `fn scaled(x: f32, n: i32) -> f32 {
  let half = n >> 1u;
  return x * bitcast<f32>((half + 127i) << 23u) * bitcast<f32>((n - half + 127i) << 23u);
}`,
  },
  expm1Reduced: {
    // x = n ln 2 + r; gives n and e^r - 1.
    text: `fn expm1Reduced(x: f32) -> vec2<f32> {
  let n = round(x * ${log2e});
  let r = (x - n * ${ln2High}) - n * ${ln2Low};
  return vec2<f32>(n, r + r * r * ${polynomial("r", expPolynomial)});
}`,
  },
  exp_: {
    text: `fn exp_(x: f32) -> f32 {
  let part = expm1Reduced(clamp(x, -104f, 89f));
  return select(scaled(part.y + 1f, i32(part.x)), x, isNaN(x));
}`,
    needs: ["isNaN", "scaled", "expm1Reduced"],
  },
  expm1_: {
    text: `fn expm1_(x: f32) -> f32 {
  let part = expm1Reduced(clamp(x, -20f, 89f));
  // 2^(n - 1), doubled at the end: 2^128 is no float.
  let power = bitcast<f32>((i32(part.x) + 126i) << 23u);
  let result = 2f * (part.y * power + (power - 0.5f));
  return select(result, x, abs(x) < 1e-30f || isNaN(x));
}`,
    needs: ["isNaN", "expm1Reduced"],
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
}`,
  },
  logarithmEdges: {
    text: `fn logarithmEdges(u: f32, result: f32) -> f32 {
  if (isNaN(u)) { return u; }
  if (u == 0f) { return minusInfinity(); }
  if (u < 0f) { return nan(); }
  return select(result, infinity(), bitcast<u32>(u) == 0x7f800000u);
}`,
    needs: ["isNaN", "nan", "infinity", "minusInfinity"],
  },
  log_: {
    text: "fn log_(x: f32) -> f32 { return logarithmEdges(x, logarithm(x)); }",
    needs: ["logarithm", "logarithmEdges"],
  },
  log1p_: {
    // Near 0, x is what the polynomial wants; further out, what 1 + x loses is small beside the result.
    text: `fn log1p_(x: f32) -> f32 {
  let square = x * x;
  let near = x + (square * -0.5f + x * ${polynomial("x", logPolynomial)} * square);
  let u = 1f + x;
  return select(logarithmEdges(u, logarithm(u)), near, x > -0.29289f && x < 0.41421f);
}`,
    needs: ["logarithm", "logarithmEdges"],
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
    needs: ["isNaN", "withSign", "expm1Reduced"],
  },
  sigmoid_: {
    text: `fn sigmoid_(x: f32) -> f32 {
  let z = exp_(-abs(x));
  return select(select(1f, z, x < 0f) / (1f + z), x, isNaN(x));
}`,
    needs: ["exp_", "isNaN"],
  },
  softplus_: {
    text: `fn softplus_(x: f32) -> f32 {
  return select(max(x, 0f) + log1p_(exp_(-abs(x))), x, isNaN(x));
}`,
    needs: ["exp_", "log1p_", "isNaN"],
  },
  erf_: {
    text: `fn erf_(x: f32) -> f32 {
  let t = min(abs(x), 3.925f);
  let outer = withSign(1f - exp_(t * ${polynomial("t", erfLarge)}), x);
  let square = x * x;
  let inner = x + x * ${polynomial("square", erfSmall)};
  return select(select(inner, outer, t > 0.925f), x, isNaN(x));
}`,
    needs: ["exp_", "withSign", "isNaN"],
  },
  highProduct: {
    text: `fn highProduct(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}`,
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
  let angle = (f32(high) * 4294967296f + f32(low)) * ${f(Math.PI / 2 / 2 ** 62)};
  let signed = select(angle, -angle, negative);
  return select(vec2<f32>(f32(quadrant), signed), vec2<f32>(-f32(quadrant), -signed), x < 0f);
}`,
    needs: ["highProduct"],
  },
  quadrantOf: {
    // pi / 2 in three parts whose products with whole numbers below 2^13 are exact. Source: Cephes, sinf.
    text: `fn quadrantOf(x: f32) -> vec2<f32> {
  if (abs(x) >= 8000f) { return quadrantOfLarge(x); }
  let k = round(x * ${f(2 / Math.PI)});
  return vec2<f32>(k, ((x - k * 1.5703125f) - k * 4.837512969970703e-4f) - k * 7.549789948768648e-8f);
}`,
    needs: ["quadrantOfLarge"],
  },
  sineAt: {
    text: `fn sineAt(quadrant: i32, r: f32) -> f32 {
  let square = r * r;
  let sine = r + r * square * ${polynomial("square", sinPolynomial)};
  let cosine = 1f + (square * -0.5f + square * square * ${polynomial("square", cosPolynomial)});
  let size = select(sine, cosine, (quadrant & 1i) == 1i);
  return select(size, -size, (quadrant & 2i) == 2i);
}`,
  },
  sin_: {
    text: `fn sin_(x: f32) -> f32 {
  if ((bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u) { return nan(); }
  let part = quadrantOf(x);
  return select(sineAt(i32(part.x), part.y), x, abs(x) < 1.220703125e-4f);
}`,
    needs: ["nan", "quadrantOf", "sineAt"],
  },
  cos_: {
    text: `fn cos_(x: f32) -> f32 {
  if ((bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u) { return nan(); }
  let part = quadrantOf(x);
  return sineAt(i32(part.x) + 1i, part.y);
}`,
    needs: ["nan", "quadrantOf", "sineAt"],
  },
  upperHalf: {
    text: "fn upperHalf(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }",
  },
  productError: {
    // What a * b, rounded to p, lost. Source: Dekker (1971).
    text: `fn productError(a: f32, b: f32, p: f32) -> f32 {
  let ah = upperHalf(a);
  let bh = upperHalf(b);
  return ((ah * bh - p) + ah * (b - bh) + (a - ah) * bh) + (a - ah) * (b - bh);
}`,
    needs: ["upperHalf"],
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
    [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11].map((c) => c / Math.LN2),
  )};
  let high = u * ${f(2 / Math.LN2)};
  let low = productError(u, ${f(2 / Math.LN2)}, high) + u * ${f(2 / Math.LN2 - Math.fround(2 / Math.LN2))}
    + rest * ${f(2 / Math.LN2)} + tail;
  let n = f32(e - select(0i, 23i, small));
  let sum = n + high;
  let logHigh = sum + low;
  let logLow = ((n - sum) + high) + (low - (logHigh - sum));
  let product = y * logHigh;
  if (product > 200f) { return infinity(); }
  if (product < -200f) { return 0f; }
  let whole = round(product);
  let fraction = (product - whole) + (productError(y, logHigh, product) + y * logLow);
  let part = expm1Reduced(fraction * ${f(Math.LN2)});
  return scaled(part.y * scaled(1f, i32(part.x)) + scaled(1f, i32(part.x)), i32(whole));
}`,
    needs: ["productError", "infinity", "expm1Reduced", "scaled"],
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
    needs: ["isNaN", "nan", "infinity", "powerOfSize"],
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
    needs: ["isNaN", "nan", "scaled", "withSign"],
  },
  integerDivide: {
    text: `fn integerDivide(a: i32, b: i32) -> i32 {
  if (b == 0i) { return 0i; }
  if (b == -1i) { return 0i - a; }
  return a / b;
}`,
  },
  integerModulo: {
    text: `fn integerModulo(a: i32, b: i32) -> i32 {
  if (b == 0i || b == -1i) { return 0i; }
  let rest = a % b;
  return select(rest, rest + b, rest != 0i && (rest < 0i) != (b < 0i));
}`,
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
}`,
  },
};

/** The declarations of the named functions and of all that they call. */
export function mathDeclarations(names: Iterable<string>): string {
  const texts = new Map<string, string>();
  const add = (name: string): void => {
    const found = functions[name];
    if (!found) throw new Error(`math: no function ${name}`);
    if (texts.has(name)) return;
    for (const other of found.needs ?? []) add(other);
    texts.set(name, found.text);
  };
  for (const name of names) add(name);
  return [...texts.values()].join("\n");
}
