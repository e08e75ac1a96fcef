"""Goldens of CartPole-v1, Acrobot-v1 and MountainCar-v0, played step by step in Gymnasium.

Writes packages/zoo/goldens/environments-classic.json: for each episode its first state, the actions, the
state after each step (float64, little endian, in base64: exact and short), the last observation, rewards and
how it ended. Needs gymnasium.

Run: python scripts/golden/environments.py
"""

import base64
import json
import pathlib
import platform

import gymnasium
import numpy

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "zoo" / "goldens"
SEED = 7


def packed(values):
    return base64.b64encode(numpy.asarray(values, dtype="<f8").tobytes()).decode()


def state_of(environment):
    return numpy.array(environment.unwrapped.state, dtype=numpy.float64)


def balance(state, _draw):
    return int(state[2] + 0.3 * state[3] + 0.02 * state[0] + 0.1 * state[1] > 0)


def pump(state, _draw):
    # Pushes the way it moves, which adds energy.
    return 0 if state[1] < 0 else 2


def swing(state, draw):
    return int(draw.integers(3)) if draw.random() < 0.1 else (0 if state[2] > 0 else 2)


def anything(actions):
    return lambda _state, draw: int(draw.integers(actions))


def mostly(policy, actions, share):
    return lambda state, draw: int(draw.integers(actions)) if draw.random() < share else policy(state, draw)


def episode(name, policy, seed):
    environment = gymnasium.make(name)
    observation, _ = environment.reset(seed=seed)
    draw = numpy.random.default_rng(seed)
    states, actions, rewards = [state_of(environment)], [], []
    terminated = truncated = False
    first = observation.tolist()
    while not (terminated or truncated):
        action = policy(states[-1], draw)
        observation, reward, terminated, truncated, _ = environment.step(action)
        states.append(state_of(environment))
        actions.append(action)
        rewards.append(float(reward))
    # Rewards in runs: [value, times].
    runs = []
    for reward in rewards:
        if runs and runs[-1][0] == reward:
            runs[-1][1] += 1
        else:
            runs.append([reward, 1])
    return {
        "id": name,
        "actions": "".join(map(str, actions)),
        "states": packed(states),
        "firstObservation": first,
        "lastObservation": observation.tolist(),
        "rewards": runs,
        "terminated": terminated,
        "truncated": truncated,
    }


PLAN = [
    ("CartPole-v1", [anything(2)] * 12 + [mostly(balance, 2, 0.3), balance]),
    ("Acrobot-v1", [anything(3), swing, swing, mostly(swing, 3, 0.5), swing]),
    ("MountainCar-v0", [anything(3)] + [pump] * 3 + [mostly(pump, 3, 0.4)] * 3),
]


def main():
    cases, steps = [], {}
    for name, policies in PLAN:
        seed = SEED
        while policies or steps[name] < 1000:
            case = episode(name, policies[0] if policies else anything(2 if "Cart" in name else 3), seed)
            policies = policies[1:]
            cases.append(case)
            seed += 1
            steps[name] = steps.get(name, 0) + len(case["actions"])
            print(name, len(case["actions"]), case["terminated"], case["truncated"])
    source = {
        "script": "scripts/golden/environments.py",
        "seed": SEED,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "gymnasium": gymnasium.__version__,
        "steps": steps,
    }
    rows = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = f'{{"source":{json.dumps(source)},\n"episodes":[\n{rows}\n]}}\n'
    (OUT / "environments-classic.json").write_text(text)
    print(f"environments-classic.json: {steps}, {len(text)} bytes")


main()
