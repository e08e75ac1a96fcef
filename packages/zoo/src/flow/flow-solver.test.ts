import { DataError, HostRandom } from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { type AdvectionScheme, advect } from "./advection.js";
import { flowGrid } from "./flow-grid.js";
import { FlowSolver, type FlowSolverOptions } from "./flow-solver.js";
import { randomFlow } from "./random-flow.js";

const largest = (values: Float64Array): number => Math.max(...values.map(Math.abs));

/** A wall with a gap, and a block. */
function obstacles(height: number, width: number): Uint8Array {
  return Uint8Array.from({ length: height * width }, (_, cell) => {
    const [row, column] = [Math.floor(cell / width), cell % width];
    const wall = row === Math.floor(height / 2) && column > 3;
    return wall || (row > height - 6 && column > 4 && column < 9) ? 1 : 0;
  });
}

function shaken(options: FlowSolverOptions, seed = 1): FlowSolver {
  const flow = new FlowSolver(options);
  const random = new HostRandom(seed, "shake");
  flow.u = flow.u.map(() => random.uniform() - 0.5);
  flow.v = flow.v.map(() => random.uniform() - 0.5);
  return flow;
}

describe("projection", () => {
  for (const [height, width] of [
    [24, 24],
    [17, 40],
  ] as const) {
    test(`leaves no divergence and no flow through walls and obstacles, ${height} x ${width}`, () => {
      const flow = shaken({ height, width, solid: obstacles(height, width), tolerance: 1e-9 });
      const before = flow.maxDivergence();
      flow.project();
      expect(before).toBeGreaterThan(10);
      expect(flow.maxDivergence()).toBeLessThan(1e-9 * height);
      const { openU, openV } = flow.grid;
      expect(flow.u.every((value, face) => openU[face] === 1 || value === 0)).toBe(true);
      expect(flow.v.every((value, face) => openV[face] === 1 || value === 0)).toBe(true);
      expect(largest(flow.u)).toBeGreaterThan(0.1);
      // What is without divergence stays as it is, and what was taken away stands at right angles to it.
      const energy = flow.kineticEnergy();
      const kept = flow.u.slice();
      flow.project();
      expect(largest(flow.u.map((value, face) => value - kept[face]!))).toBeLessThan(1e-8);
      expect(Math.abs(flow.kineticEnergy() / energy - 1)).toBeLessThan(1e-7);
    });
  }

  test("takes as few iterations as its factors are worth", () => {
    const flow = shaken({ height: 64 });
    flow.project();
    expect(flow.iterations).toBeLessThan(45);
  });

  test("the default tolerance holds during a run", () => {
    const flow = randomFlow(3, 0, { height: 32, obstacles: 1 });
    for (let step = 0; step < 20; step += 1) {
      flow.step();
      const fastest = Math.max(largest(flow.u), largest(flow.v));
      expect(flow.maxDivergence() / 32).toBeLessThan(2e-6 * Math.max(fastest, 0.1));
    }
  });

  test("layers of smoke at rest stay so, held by the pressure of their weight", () => {
    const flow = new FlowSolver({ height: 16, width: 12, buoyancy: 2, tolerance: 1e-10 });
    flow.smoke = flow.smoke.map((_, cell) => 1 / (1 + Math.floor(cell / 12)));
    for (let step = 0; step < 5; step += 1) flow.step();
    expect(Math.max(largest(flow.u), largest(flow.v))).toBeLessThan(1e-9);
    for (let cell = 12; cell < flow.pressure.length; cell += 1) {
      const rise = flow.pressure[cell]! - flow.pressure[cell - 12]!;
      expect(rise).toBeCloseTo(-(flow.smoke[cell]! + flow.smoke[cell - 12]!) / 16, 8);
    }
    expect(Math.abs(flow.pressure.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9);
  });

  test("velocities that are not finite are an error", () => {
    const flow = shaken({ height: 8 });
    flow.u[20] = Number.NaN;
    expect(() => flow.project()).toThrow(DataError);
    expect(() => flow.step()).toThrow(/PressureSolver: .*got .*, expected/);
  });
});

/** The Taylor-Green vortex of a box without friction at its walls. */
function vortex(options: FlowSolverOptions & { height: number }): FlowSolver {
  const flow = new FlowSolver(options);
  const n = options.height;
  const at = (place: number): number => (Math.PI * place) / n;
  flow.u = flow.u.map((_, face) => {
    return Math.sin(at(face % (n + 1))) * Math.cos(at(Math.floor(face / (n + 1)) + 0.5));
  });
  flow.v = flow.v.map((_, face) => -Math.cos(at((face % n) + 0.5)) * Math.sin(at(Math.floor(face / n))));
  return flow;
}

describe("the Taylor-Green vortex", () => {
  /**
   * The rate at which it has decayed after a time of 1, beside the exact `2 viscosity k^2`, and the flow's
   * error.
   */
  function decay(n: number, viscosity: number, advection: AdvectionScheme) {
    const flow = vortex({ height: n, viscosity, timeStep: 0.5 / n, advection });
    const [u, energy] = [flow.u.slice(), flow.kineticEnergy()];
    expect(flow.maxDivergence()).toBeLessThan(1e-12);
    for (let step = 0; step < 2 * n; step += 1) flow.step();
    const exact = 2 * viscosity * Math.PI * Math.PI;
    const error = largest(flow.u.map((value, face) => value - u[face]! * Math.exp(-exact)));
    return { rate: -Math.log(flow.kineticEnergy() / energy) / (2 * exact), error, time: flow.time };
  }

  test.each([0.01, 0.05])("decays as exp(-2 nu k^2 t), nu = %s, with second order", (viscosity) => {
    const [coarse, fine] = [decay(16, viscosity, "macCormack"), decay(32, viscosity, "macCormack")];
    expect(fine.time).toBeCloseTo(1, 12);
    expect(Math.abs(fine.rate - 1)).toBeLessThan(0.006);
    expect(fine.error).toBeLessThan(0.01);
    expect(fine.error).toBeLessThan(coarse.error / 2.5);
    expect(Math.abs(fine.rate - 1)).toBeLessThan(Math.abs(coarse.rate - 1) / 2.5);
  });

  test("semi-Lagrangian advection damps it more", () => {
    expect(decay(16, 0.01, "semiLagrangian").rate).toBeGreaterThan(1.5);
  });

  test("a viscosity beyond what one explicit part can take", () => {
    const flow = vortex({ height: 16, viscosity: 0.2, timeStep: 0.1 });
    const energy = flow.kineticEnergy();
    for (let step = 0; step < 10; step += 1) flow.step();
    const rate = -Math.log(flow.kineticEnergy() / energy) / (4 * 0.2 * Math.PI * Math.PI);
    expect(Math.abs(rate - 1)).toBeLessThan(0.01);
  });
});

describe("advection", () => {
  const grid = flowGrid(32, 32, 1 / 32);
  const bump = (x: number, y: number): number => {
    const square = ((x - 0.4) ** 2 + (y - 0.5) ** 2) / 0.02;
    return 1 / (1 + square) ** 2;
  };
  const cells = (shift: number): Float64Array => {
    return Float64Array.from({ length: 1024 }, (_, at) =>
      bump(((at % 32) + 0.5) / 32 - shift, (Math.floor(at / 32) + 0.5) / 32),
    );
  };
  const u = new Float64Array(32 * 33).fill(1);
  const v = new Float64Array(33 * 32);
  const field = (values: Float64Array) => ({ values, rows: 32, columns: 32, x: 0.5, y: 0.5 });

  test("by whole cells is exact", () => {
    const moved = advect(field(cells(0)), u, v, grid, 3 / 32, "macCormack");
    const expected = cells(3 / 32);
    // At the edges something flows in that is not known.
    const inside = (at: number): boolean => at % 32 > 3 && at % 32 < 28;
    expect(largest(moved.map((value, at) => (inside(at) ? value - expected[at]! : 0)))).toBeLessThan(1e-14);
  });

  test("in a turning flow places are found with second order", () => {
    // Columns as values: what is carried to a point says where it comes from.
    const middle = (place: number): number => (place + 0.5) / 32 - 0.5;
    const turningU = Float64Array.from({ length: 32 * 33 }, (_, at) => -middle(Math.floor(at / 33)));
    const turningV = Float64Array.from({ length: 33 * 32 }, (_, at) => middle(at % 32));
    const columns = Float64Array.from({ length: 1024 }, (_, at) => middle(at % 32));
    const errorOf = (angle: number): number => {
      const moved = advect(field(columns), turningU, turningV, grid, angle, "semiLagrangian");
      const errors = moved.map((value, at) => {
        const [x, y] = [middle(at % 32), middle(Math.floor(at / 32))];
        return Math.hypot(x, y) < 0.3 ? value - (x * Math.cos(angle) + y * Math.sin(angle)) : 0;
      });
      return largest(errors);
    };
    expect(errorOf(0.3)).toBeLessThan(0.3 * 0.3 ** 3);
    expect(errorOf(0.15)).toBeLessThan(errorOf(0.3) / 6);
  });

  test("by parts of cells: MacCormack is closer, both keep within what was there", () => {
    const errors = (["semiLagrangian", "macCormack"] as const).map((scheme) => {
      let values = cells(0);
      for (let step = 0; step < 12; step += 1) {
        values = advect(field(values), u, v, grid, 0.4 / 32, scheme);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...values)).toBeLessThanOrEqual(1);
      }
      const expected = cells(4.8 / 32);
      return values.reduce((sum, value, at) => sum + Math.abs(value - expected[at]!), 0) / 1024;
    });
    expect(errors[0]).toBeGreaterThan(0.005);
    expect(errors[1]).toBeLessThan(errors[0]! / 2);
  });
});

describe("flow", () => {
  test.each(["semiLagrangian", "macCormack"] as const)(
    "energy never grows without forces: %s",
    (advection) => {
      const flow = randomFlow(2, 1, { scene: "vortices", height: 24, advection, obstacles: 1 });
      let last = flow.kineticEnergy();
      const start = last;
      for (let step = 0; step < 80; step += 1) {
        flow.step();
        const energy = flow.kineticEnergy();
        expect(energy).toBeLessThan(last * (1 + 1e-6));
        last = energy;
      }
      expect(last).toBeLessThan(0.9 * start);
      expect(last).toBeGreaterThan(0);
    },
  );

  test("what begins as its own mirror image stays so", () => {
    const flow = new FlowSolver({ height: 24, width: 20, tolerance: 1e-12 });
    const middle = (cell: number): number => Math.abs((cell % 20) - 9.5);
    flow.smoke = flow.smoke.map((_, cell) => (middle(cell) < 4 && cell > 300 && cell < 400 ? 1 : 0));
    for (let step = 0; step < 30; step += 1) flow.step();
    const mirrored = (values: Float64Array, columns: number, sign: number): number => {
      return largest(
        values.map((value, at) => value - sign * values[at - (at % columns) + columns - 1 - (at % columns)]!),
      );
    };
    expect(largest(flow.u)).toBeGreaterThan(0.1);
    expect(mirrored(flow.u, 21, -1)).toBeLessThan(1e-8);
    expect(mirrored(flow.v, 20, 1)).toBeLessThan(1e-8);
    expect(mirrored(flow.smoke, 20, 1)).toBeLessThan(1e-8);
    expect(mirrored(flow.pressure, 20, 1)).toBeLessThan(1e-8);
  });

  test("smoke rises, and stays out of obstacles", () => {
    const solid = obstacles(24, 24);
    const flow = new FlowSolver({ height: 24, solid });
    flow.smoke = flow.smoke.map((_, cell) => (cell > 14 * 24 && cell < 17 * 24 && cell % 24 < 12 ? 1 : 0));
    const heightOf = (): number => {
      const total = flow.smoke.reduce((sum, value) => sum + value, 0);
      return flow.smoke.reduce((sum, value, cell) => sum + value * (23 - Math.floor(cell / 24)), 0) / total;
    };
    const before = heightOf();
    for (let step = 0; step < 40; step += 1) flow.step();
    expect(heightOf()).toBeGreaterThan(before + 0.5);
    expect(flow.smoke.every((value, cell) => solid[cell] === 0 || value === 0)).toBe(true);
    expect(Math.min(...flow.smoke)).toBeGreaterThanOrEqual(0);
  });

  test.each<[FlowSolverOptions, string]>([
    [{ height: 3 }, "FlowSolver: bad height, got 3, expected an integer from 4"],
    [{ width: 4.5 }, "bad width, got 4.5"],
    [{ timeStep: 0 }, "bad timeStep, got 0, expected a number above 0"],
    [{ viscosity: -1 }, "bad viscosity, got -1, expected a number from 0"],
    [{ tolerance: 1 }, "bad tolerance, got 1"],
    [{ buoyancy: Number.NaN }, "bad buoyancy, got NaN"],
    [{ height: 8, solid: new Uint8Array(3) }, "bad solid, got 3, expected 64 values"],
    [{ height: 8, solid: new Uint8Array(64).fill(1) }, "bad solid, got solid cells only"],
  ])("refuses %#", (options, message) => {
    expect(() => new FlowSolver(options)).toThrow(DataError);
    expect(() => new FlowSolver(options)).toThrow(message);
  });
});
