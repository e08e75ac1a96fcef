import type { Model } from "@hekla/layers";
import { type Environment, makeEnvironment } from "../environments/index.js";
import type { DqnConfig } from "./dqn-config.js";
import { qNetwork } from "./q-network.js";

/** The environment that a config plays. */
export function agentEnvironment({ environment, timeLimit, stickyActions }: DqnConfig): Environment {
  return makeEnvironment(environment, { stickyActions, ...(timeLimit > 0 && { timeLimit }) });
}

/** An untrained network for it. */
export function agentNetwork(config: DqnConfig): Model {
  const { observationShape, actions } = agentEnvironment(config);
  const { units, hiddenLayers, filters, dueling, seed } = config;
  return qNetwork({ observationShape, actions, units, hiddenLayers, filters, dueling, seed });
}
