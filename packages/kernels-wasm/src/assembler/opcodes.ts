/**
 * The opcodes of WebAssembly 3.0 with threads and relaxed SIMD that kernels use, by their text names; add what a new
 * one needs, since every app bundles this table. Codes above 0xff carry
 * their prefix byte in the upper half: 0xfd_0000 SIMD, 0xfe_0000 atomics, 0xfc_0000 saturating and bulk
 * operations. Source: WebAssembly core specification, section 5.4, and the threads proposal.
 */
const simd = 0xfd_0000;
const atomic = 0xfe_0000;
const extra = 0xfc_0000;

/** Numbers in order from a first code; "-" leaves a code out. */
function numbered<const Names extends string>(first: number, names: Names): Record<Words<Names>, number> {
  const entries = names.split(" ").map((name, at) => [name, first + at] as const);
  return Object.fromEntries(entries.filter(([name]) => name !== "-")) as Record<Words<Names>, number>;
}
type Words<Text extends string> = Text extends `${infer Head} ${infer Tail}` ? Head | Words<Tail> : Text;

/** Instructions without immediates. */
export const plainOpcodes = {
  ...numbered(0x00, "unreachable"),
  ...numbered(0x1a, "drop select"),
  ...numbered(0x45, "i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s - - - i32.ge_s i32.ge_u"),
  ...numbered(0x5b, "f32.eq f32.ne f32.lt f32.gt"),
  ...numbered(0x6a, "i32.add i32.sub i32.mul i32.div_s i32.div_u - i32.rem_u"),
  ...numbered(0x71, "i32.and i32.or - i32.shl i32.shr_s i32.shr_u"),
  ...numbered(0x7c, "i64.add i64.sub i64.mul - i64.div_u"),
  ...numbered(0x84, "i64.or - i64.shl - i64.shr_u"),
  ...numbered(0x8c, "f32.neg"),
  ...numbered(0x92, "f32.add - f32.mul f32.div"),
  ...numbered(0xa0, "f64.add - f64.mul"),
  ...numbered(0xa7, "i32.wrap_i64"),
  ...numbered(0xad, "i64.extend_i32_u"),
  ...numbered(0xb2, "f32.convert_i32_s - - - f32.demote_f64"),
  ...numbered(0xb9, "f64.convert_i64_s - f64.promote_f32"),
  ...numbered(0xbc, "i32.reinterpret_f32"),
  ...numbered(simd | 17, "i32x4.splat i64x2.splat"),
  ...numbered(simd | 55, "i32x4.eq i32x4.ne i32x4.lt_s - i32x4.gt_s - i32x4.le_s"),
  ...numbered(simd | 63, "i32x4.ge_s - f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge"),
  ...numbered(simd | 72, "f64x2.ne f64x2.lt f64x2.gt - f64x2.ge"),
  ...numbered(simd | 77, "v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true"),
  ...numbered(simd | 94, "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4"),
  ...numbered(simd | 103, "f32x4.ceil f32x4.floor - f32x4.nearest"),
  ...numbered(simd | 122, "f64x2.trunc"),
  ...numbered(simd | 148, "f64x2.nearest"),
  ...numbered(simd | 160, "i32x4.abs i32x4.neg"),
  ...numbered(simd | 171, "i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add - - i32x4.sub - - - i32x4.mul"),
  ...numbered(simd | 182, "i32x4.min_s - i32x4.max_s"),
  ...numbered(simd | 199, "i64x2.extend_low_i32x4_s"),
  ...numbered(simd | 203, "i64x2.shl i64x2.shr_s - i64x2.add - - i64x2.sub"),
  ...numbered(simd | 224, "f32x4.abs f32x4.neg - f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div"),
  ...numbered(simd | 232, "f32x4.min f32x4.max f32x4.pmin f32x4.pmax"),
  ...numbered(simd | 236, "f64x2.abs - - - f64x2.add f64x2.sub f64x2.mul f64x2.div"),
  ...numbered(simd | 246, "f64x2.pmin f64x2.pmax"),
  ...numbered(simd | 248, "i32x4.trunc_sat_f32x4_s - f32x4.convert_i32x4_s"),
  ...numbered(simd | 252, "i32x4.trunc_sat_f64x2_s_zero"),
  ...numbered(simd | 254, "f64x2.convert_low_i32x4_s"),
  ...numbered(simd | 0x105, "f32x4.relaxed_madd - f64x2.relaxed_madd"),
} as const;

/**
 * Loads, stores and atomics: the code and log2 of the bytes touched (atomics need exactly this alignment).
 */
export const memoryOpcodes = {
  "i32.load": [0x28, 2],
  "f32.load": [0x2a, 2],
  "i32.store": [0x36, 2],
  "f32.store": [0x38, 2],
  "v128.load": [simd, 4],
  "v128.load32_splat": [simd | 9, 2],
  "v128.store": [simd | 11, 4],
  "v128.load32_zero": [simd | 92, 2],
  "v128.load64_zero": [simd | 93, 3],
  "memory.atomic.notify": [atomic, 2],
  "memory.atomic.wait32": [atomic | 0x01, 2],
  "i32.atomic.load": [atomic | 0x10, 2],
  "i32.atomic.store": [atomic | 0x17, 2],
  "i32.atomic.rmw.add": [atomic | 0x1e, 2],
  "i32.atomic.rmw.sub": [atomic | 0x25, 2],
} as const satisfies Record<string, readonly [number, number]>;

/** Instructions with a lane number as their one immediate. */
export const laneOpcodes = {
  "i32x4.extract_lane": simd | 27,
  "i32x4.replace_lane": simd | 28,
  "f32x4.extract_lane": simd | 31,
  "f32x4.replace_lane": simd | 32,
} as const;

/** Loads and stores of one lane: memory and lane immediates. */
export const memoryLaneOpcodes = {
  "v128.load32_lane": [simd | 86, 2],
  "v128.load64_lane": [simd | 87, 3],
  "v128.store32_lane": [simd | 90, 2],
  "v128.store64_lane": [simd | 91, 3],
} as const satisfies Record<string, readonly [number, number]>;

/** Opcodes that the builder itself needs. */
export const structureOpcodes = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  br_table: 0x0e,
  call: 0x10,
  "local.get": 0x20,
  "local.set": 0x21,
  "local.tee": 0x22,
  "global.get": 0x23,
  "global.set": 0x24,
  "i32.const": 0x41,
  "i64.const": 0x42,
  "f32.const": 0x43,
  "f64.const": 0x44,
  "v128.const": simd | 12,
  "i8x16.shuffle": simd | 13,
  "atomic.fence": atomic | 3,
  "memory.copy": extra | 10,
  "memory.fill": extra | 11,
} as const;

export type PlainOpcode = Exclude<keyof typeof plainOpcodes, "-">;
export type MemoryOpcode = keyof typeof memoryOpcodes;
export type LaneOpcode = keyof typeof laneOpcodes;
export type MemoryLaneOpcode = keyof typeof memoryLaneOpcodes;
export type StructureOpcode = keyof typeof structureOpcodes;
