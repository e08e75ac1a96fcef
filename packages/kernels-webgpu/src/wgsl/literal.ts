/** A float32 as WGSL writes it; for NaN and infinities see `specialFloat`. */
export function floatLiteral(value: number): string {
  const exact = Math.fround(value);
  if (Object.is(exact, -0)) return "-0f";
  return `${exact}f`;
}

/** An int32 as WGSL writes it. */
export const intLiteral = (value: number): string => `i32(${value | 0})`;

/** A count or a place; wraps below 0. */
export const indexLiteral = (value: number): string => `${value >>> 0}u`;
