/** Ends the program with an error unless the condition holds. */
export function check(condition: boolean, text: string): void {
  if (!condition) throw new Error(`consumer: ${text}`);
}

/** Numbers that are the same on every machine: `count` values between -1 and 1. */
export const waves = (count: number, salt = 1.3): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, k) => Math.sin(k * k * salt));
