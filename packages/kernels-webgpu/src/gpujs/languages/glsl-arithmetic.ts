import { glslFloat as f } from "./glsl-math.js";
import { type LibraryFunction, polynomial } from "./language.js";

const largest = "3.4028234663852886e+38";
const atanhSeries = [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11].map((c) => c / Math.LN2);

/** Functions in GLSL of two numbers, and those on whole numbers and their bits. */
export const glslArithmetic: Readonly<Record<string, LibraryFunction>> = {
  isNaNOf: {
    takes: "f",
    gives: "f",
    text: "float isNaNOf(float x) { return isNaNBits(x) ? 1.0 : 0.0; }",
    needs: ["isNaNBits"],
  },
  roundOf: {
    takes: "f",
    gives: "f",
    text: "float roundOf(float x) { return withSign(roundEven(x), x); }",
    needs: ["withSign"],
  },
  sqrtOf: { takes: "f", gives: "f", text: "float sqrtOf(float x) { return sqrt(x); }" },
  floatOf: { takes: "i", gives: "f", text: "float floatOf(int bits) { return intBitsToFloat(bits); }" },
  maximumOf: {
    takes: "ff",
    gives: "f",
    text: "float maximumOf(float a, float b) { return isNaNBits(a) ? a : isNaNBits(b) ? b : max(a, b); }",
    needs: ["isNaNBits"],
  },
  minimumOf: {
    takes: "ff",
    gives: "f",
    text: "float minimumOf(float a, float b) { return isNaNBits(a) ? a : isNaNBits(b) ? b : min(a, b); }",
    needs: ["isNaNBits"],
  },
  upperHalf: {
    takes: "f",
    gives: "f",
    text: "float upperHalf(float x) { return uintBitsToFloat(floatBitsToUint(x) & 0xfffff000u); }",
  },
  productError: {
    takes: "fff",
    gives: "f",
    text: `float productError(float a, float b, float p) {
  // What a * b, rounded to p, lost. Source: Dekker (1971).
  float ah = upperHalf(a);
  float bh = upperHalf(b);
  return ((ah * bh - p) + ah * (b - bh) + (a - ah) * bh) + (a - ah) * (b - bh);
}`,
    needs: ["upperHalf"],
  },
  powerOfSize: {
    takes: "ff",
    gives: "f",
    text: `float powerOfSize(float x, float y) {
  // |x|^y = 2^(y log2 |x|) for finite x, y and x not 0; the logarithm is a sum of two floats.
  bool small = x < 1.1754943508222875e-38;
  int bits = floatBitsToInt(small ? x * 8388608.0 : x);
  int e = (bits - 0x3f3504f3) >> 23;
  float m = intBitsToFloat(bits - (e << 23));
  float above = m - 1.0;
  float below = m + opaqueOf(1.0);
  float lost = m - (below - 1.0);
  float u = above / below;
  float p = u * below;
  float rest = ((above - p) - productError(u, below, p) - u * lost) / below;
  float square = u * u;
  // log2(m) = u (2 / ln 2 + u^2 (...)), from the series of atanh.
  float tail = u * square * ${polynomial("square", atanhSeries, f)};
  float high = u * ${f(2 / Math.LN2)};
  float low = productError(u, ${f(2 / Math.LN2)}, high) + u * ${f(2 / Math.LN2 - Math.fround(2 / Math.LN2))}
    + rest * ${f(2 / Math.LN2)} + tail;
  float n = float(e - (small ? 23 : 0));
  float sum = n + high;
  float logHigh = sum + low;
  float logLow = ((n - sum) + high) + (low - (logHigh - sum));
  float product = y * logHigh;
  if (product > 200.0) return infinityOf();
  if (product < -200.0) return 0.0;
  float whole = roundEven(product);
  float fraction = (product - whole) + (productError(y, logHigh, product) + y * logLow);
  vec2 part = expm1Reduced(fraction * ${f(Math.LN2)});
  return scaled(part.y * scaled(1.0, int(part.x)) + scaled(1.0, int(part.x)), int(whole));
}`,
    needs: ["opaqueOf", "productError", "infinityOf", "expm1Reduced", "scaled"],
  },
  powerOf: {
    takes: "ff",
    gives: "f",
    text: `float powerOf(float x, float y) {
  // Special cases as in IEEE 754.
  if (y == 0.0 || x == 1.0) return 1.0;
  if (isNaNBits(x) || isNaNBits(y)) return nanOf();
  float size = abs(x);
  bool isWhole = floor(y) == y;
  bool even = abs(y) >= 16777216.0 || floor(y * 0.5) == y * 0.5;
  float result = 0.0;
  if (size == 0.0 || size > ${largest}) {
    if ((size == 0.0) == (y < 0.0)) result = infinityOf();
  } else if (abs(y) > ${largest}) {
    if (size == 1.0) return 1.0;
    return (size > 1.0) == (y > 0.0) ? infinityOf() : 0.0;
  } else {
    if (x < 0.0 && !isWhole) return nanOf();
    result = powerOfSize(size, clamp(y, -1e9, 1e9));
  }
  bool negative = isWhole && !even && (floatBitsToUint(x) & 0x80000000u) != 0u;
  return negative ? -result : result;
}`,
    needs: ["isNaNBits", "nanOf", "infinityOf", "powerOfSize"],
  },
  modOf: {
    takes: "ff",
    gives: "f",
    text: `float modOf(float x, float y) {
  // Long division of the mantissas, bit by bit; the remainder is exact and has the sign of y.
  float size = abs(x);
  float divisor = abs(y);
  if (isNaNBits(x) || isNaNBits(y) || divisor == 0.0 || size > ${largest}) return nanOf();
  float rest = size;
  if (size >= divisor && divisor <= ${largest}) {
    uint a = floatBitsToUint(size);
    uint b = floatBitsToUint(divisor);
    int ea = int(a >> 23);
    int eb = int(b >> 23);
    a = ea == 0 ? (a & 0x7fffffu) << 1 : (a & 0x7fffffu) | 0x800000u;
    b = eb == 0 ? (b & 0x7fffffu) << 1 : (b & 0x7fffffu) | 0x800000u;
    for (; ea > eb; ea--) {
      if (a >= b) a -= b;
      a = a << 1;
    }
    if (a >= b) a -= b;
    rest = eb == 0 ? uintBitsToFloat(a >> 1) : scaled(scaled(float(a), -23), max(eb - 127, -127));
  }
  if (rest != 0.0 && (x < 0.0) != (y < 0.0)) rest = divisor - rest;
  return withSign(rest, y);
}`,
    needs: ["isNaNBits", "nanOf", "scaled", "withSign"],
  },
  truncated: {
    takes: "f",
    gives: "i",
    text: `int truncated(float x) {
  if (isNaNBits(x)) return 0;
  if (x >= 2147483648.0) return 2147483647;
  return x <= -2147483648.0 ? int(0x80000000u) : int(x);
}`,
    needs: ["isNaNBits"],
  },
  lowestInt: { takes: "", gives: "i", text: "int lowestInt() { return int(0x80000000u); }" },
  selectInt: {
    takes: "fii",
    gives: "i",
    text: "int selectInt(float condition, int a, int b) { return condition != 0.0 ? a : b; }",
  },
  absInt: { takes: "i", gives: "i", text: "int absInt(int a) { return a < 0 ? -a : a; }" },
  signInt: { takes: "i", gives: "i", text: "int signInt(int a) { return sign(a); }" },
  maximumInt: { takes: "ii", gives: "i", text: "int maximumInt(int a, int b) { return max(a, b); }" },
  minimumInt: { takes: "ii", gives: "i", text: "int minimumInt(int a, int b) { return min(a, b); }" },
  quotientOf: { takes: "ii", gives: "i", text: "int quotientOf(int a, int b) { return a / b; }" },
  divideInt: {
    takes: "ii",
    gives: "i",
    text: `int divideInt(int a, int b) {
  if (b == 0) return 0;
  return b == -1 ? -a : a / b;
}`,
  },
  moduloInt: {
    takes: "ii",
    gives: "i",
    // GLSL leaves open what % is where a number is below 0.
    text: `int moduloInt(int a, int b) {
  if (b == 0 || b == -1) return 0;
  int rest = a - a / b * b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}`,
  },
  powerInt: {
    takes: "ii",
    gives: "i",
    text: `int powerInt(int a, int b) {
  // Square and multiply; a negative exponent leaves only 1 and -1 whole.
  if (b < 0) return a == 1 ? 1 : a != -1 ? 0 : (b & 1) == 0 ? 1 : -1;
  int result = 1;
  int base = a;
  for (int rest = b; rest > 0; rest = rest >> 1) {
    if ((rest & 1) == 1) result *= base;
    base *= base;
  }
  return result;
}`,
  },
  andInt: { takes: "ii", gives: "i", text: "int andInt(int a, int b) { return a & b; }" },
  orInt: { takes: "ii", gives: "i", text: "int orInt(int a, int b) { return a | b; }" },
  xorInt: { takes: "ii", gives: "i", text: "int xorInt(int a, int b) { return a ^ b; }" },
  leftInt: { takes: "ii", gives: "i", text: "int leftInt(int a, int b) { return a << (b & 31); }" },
  rightInt: {
    takes: "ii",
    gives: "i",
    text: "int rightInt(int a, int b) { return int(uint(a) >> uint(b & 31)); }",
  },
  // The halves of a whole number, signed and unsigned, as floats, and back.
  wholeOf: {
    takes: "ff",
    gives: "i",
    text: "int wholeOf(float high, float low) { return (int(high) << 16) | int(low); }",
  },
  highOf: { takes: "i", gives: "f", text: "float highOf(int a) { return float(a >> 16); }" },
  lowOf: { takes: "i", gives: "f", text: "float lowOf(int a) { return float(a & 0xffff); }" },
};
