// Time of dqn's parts on one thread, of CPU time so that other programs count less:
//   node packages/zoo/bench/run.mjs dqn
// Shown is the fastest of seven rounds. GFLOP: products of the layers, three times forward (twice without
// double Q-learning) and once back.
import { wasm } from "@hekla/kernels-wasm";
import { useBackend } from "@hekla/tensor";
import { resolveConfig } from "../src/config.js";
import {
  agentEnvironment,
  agentNetwork,
  agentOptimizer,
  agentReplay,
} from "../src/reinforcement/dqn/agent.js";
import { dqn } from "../src/reinforcement/dqn/dqn.js";
import { greedyPolicy } from "../src/reinforcement/dqn/play-episodes.js";
import { QLearning } from "../src/reinforcement/dqn/q-learning.js";
import { VectorEnvironment } from "../src/reinforcement/environments/index.js";

await useBackend(wasm({ threads: 1 }));

/** Microseconds of CPU time a call. */
function time(calls: number, work: () => void): number {
  const rounds = Array.from({ length: 8 }, () => {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / calls;
  });
  return Math.min(...rounds.slice(1));
}

for (const preset of ["default", "breakout"]) {
  const config = resolveConfig(dqn.config, dqn.presets[preset]!.values);
  const { numEnvironments: count, batchSize, target, tau, double, loss } = config;
  const network = agentNetwork(config);
  const learning = new QLearning(network, {
    optimizer: agentOptimizer(config),
    target: agentNetwork(config),
    tau: target === "soft" ? tau : 0,
    double,
    loss,
    errors: false,
  });
  const environments = new VectorEnvironment({ make: () => agentEnvironment(config), count, seed: 1 });
  const actions = new Int32Array(count);
  const replay = agentReplay(config);
  for (let step = 0; step < 2000; step++) replay.add(environments.step(actions));
  const batch = replay.createBatch(batchSize);
  const policy = greedyPolicy(network);
  const calls = preset === "default" ? 2000 : 200;
  const learn = time(calls, () => {
    learning.learn(batch);
  });
  // A filter of a valid 3x3 convolution over 10x10 is used 64 times.
  const kernels = network.weights.filter((weight) => weight.rank > 1);
  const products = kernels.map(({ size, rank }) => size * (rank === 4 ? 64 : 1));
  const all = products.reduce((sum, n) => sum + n, 0);
  const gigaflop = (2 * batchSize * ((double ? 3 : 2) * all + 2 * all - products[0]!)) / 1e9;
  const rate = (gigaflop / learn) * 1e6;
  console.log(
    `${preset} (${config.environment}): training step of ${batchSize} ${learn.toFixed(1)} us, ` +
      `${rate.toFixed(1)} GFLOP/s; draw ${time(calls, () => replay.sample(batch)).toFixed(1)} us, ` +
      `act in ${count} ${time(calls, () => policy(environments.observations)).toFixed(1)} us, ` +
      `play and keep ${time(calls, () => replay.add(environments.step(actions))).toFixed(1)} us`,
  );
}
