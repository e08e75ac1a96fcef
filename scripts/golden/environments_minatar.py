"""Goldens of MinAtar's Breakout, Space Invaders, Freeway and Asterix, played step by step in the package.

Writes packages/zoo/goldens/environments-minatar.json. All random numbers that a game draws are recorded, so
that another implementation can be fed with them, in 16 bits each, little endian: a uniform number times 2^15
(numpy's are rounded down to multiples of 2^-15, before the game sees them, to be short), a whole number below
n as 2^15 + 16 n + value. Frames are bits [frames, channels, 10, 10], the first in the highest bit, of what
differs from the frame before. Both are compressed (zlib) and in base64. Needs minatar.

Run: python scripts/golden/environments_minatar.py
"""

import base64
import copy
import json
import pathlib
import platform
import zlib
from importlib.metadata import version

import numpy
from minatar import Environment

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "zoo" / "goldens"
SEED = 11
NAMES = {
    "breakout": "Breakout",
    "space_invaders": "SpaceInvaders",
    "freeway": "Freeway",
    "asterix": "Asterix",
}


class RecordingRandom:
    """A RandomState whose draws are kept, uniform ones rounded."""

    def __init__(self, seed):
        self.random = numpy.random.RandomState(seed)
        self.draws = []

    def rand(self, *shape):
        codes = numpy.floor(self.random.rand(*shape) * 32768)
        self.draws += numpy.ravel(codes).tolist()
        return codes / 32768

    def randint(self, low, high=None, size=None):
        low, high = (0, low) if high is None else (low, high)
        values = self.random.randint(low, high, size)
        self.draws += [32768 + 16 * (high - low) + value - low for value in numpy.ravel(values)]
        return values


def packed(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()


def planned(game, actions, draw):
    """The action after which doing nothing goes well for longest, as far as copies of the game can tell."""
    best, chosen = None, 0
    for action in draw.permutation(actions):
        trial = copy.copy(game.env)
        fields = {name: value for name, value in vars(game.env).items() if name != "random"}
        trial.__dict__ = copy.deepcopy(fields)
        trial.random = numpy.random.RandomState(draw.integers(1 << 30))
        reward, over = trial.act(action)
        value = float(reward)
        for step in range(12):
            if over:
                value -= 100 - step
                break
            reward, over = trial.act(0)
            value += 0.9**step * reward
        if best is None or value > best:
            best, chosen = value, int(action)
    return chosen


def guided(name, game, draw):
    env = game.env
    if name == "breakout":
        # Where the ball will come down, walls being mirrors, where no brick is hit before.
        x, y = env.ball_x, env.ball_y
        dx, dy = [(-1, -1), (1, -1), (1, 1), (-1, 1)][env.ball_dir]
        while y < 8 or dy < 0:
            x, y = x + dx, y + dy
            if x < 0 or x > 9:
                x, dx = max(0, min(9, x)), -dx
            if y < 0:
                y, dy = 0, -dy
            if len(env.brick_map[y]) and env.brick_map[y, x] and dy < 0:
                y, dy = y + 1, 1
            if y >= 8:
                break
        return 1 if env.pos > x else 3 if env.pos < x else 0
    if name == "freeway":
        return 2 if draw.random() < 0.8 else planned(game, 6, draw)
    if name == "peaceful":
        # Never shoots, so that the aliens come down to the bottom.
        return planned(game, [0, 1, 3], draw)
    if name == "space_invaders" and draw.random() < 0.5:
        return planned(game, 5, draw) if draw.random() < 0.3 else 5
    return planned(game, 6, draw)


def play(name, steps, seed, sticky, ramping, careful, style=None, spawn=None):
    game = Environment(name, sticky_action_prob=sticky, difficulty_ramping=ramping)
    game.random = game.env.random = RecordingRandom(seed)
    draw = numpy.random.default_rng(seed)
    game.reset()
    if spawn is not None:
        game.env.spawn_speed = spawn
    frames = [game.state()]
    full = low = 0
    actions, rewards, ends, levels = [], [], [], [game.env.difficulty_ramp()]
    for step in range(steps):
        action = guided(style or name, game, draw) if draw.random() < careful else int(draw.integers(6))
        reward, over = game.act(action)
        full += name == "asterix" and all(game.env.entities)
        low += name == "space_invaders" and game.env.alien_map[9].any()
        actions.append(action)
        rewards.append(int(reward))
        frames.append(game.state())
        levels.append(game.env.difficulty_ramp())
        if over:
            ends.append(step)
            game.reset()
            frames.append(game.state())
    bits = numpy.stack(frames).transpose(0, 3, 1, 2)
    changes = numpy.concatenate([bits[:1], bits[1:] ^ bits[:-1]])
    top = max((level for level in levels if level is not None), default=None)
    print(f"{name}: {steps} steps, return {sum(rewards)}, {len(ends)} ends, level {top}")
    print(f"    all lanes full in {full} steps, aliens at the bottom in {low}")
    return {
        "game": NAMES[name],
        "seed": seed,
        "stickyActions": sticky,
        "difficultyRamping": ramping,
        **({} if spawn is None else {"firstSpawnInterval": spawn}),
        "actions": "".join(map(str, actions)),
        "rewards": "".join(map(str, rewards)),
        "ends": ends,
        "draws": packed(numpy.asarray(game.random.draws, dtype="<u2").tobytes()),
        "frames": packed(numpy.packbits(changes).tobytes()),
    }


def main():
    cases = []
    for place, name in enumerate(NAMES):
        long = 2700 if name == "freeway" else 1200
        cases.append(play(name, long, SEED + place, 0.1, True, 0.97))
        cases.append(play(name, 300, SEED + 10 + place, 0.1, True, 0.0))
        if name == "space_invaders":
            cases.append(play(name, 700, SEED + 15, 0.1, True, 1.0, "peaceful"))
        if name == "asterix":
            # Enough comes to fill all lanes.
            cases.append(play(name, 200, SEED + 18, 0.1, True, 1.0, spawn=1))
        cases.append(play(name, 400, SEED + 20 + place, 0.0, False, 0.99))
    source = {
        "script": "scripts/golden/environments_minatar.py",
        "seed": SEED,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "minatar": version("minatar"),
    }
    rows = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = f'{{"source":{json.dumps(source)},\n"games":[\n{rows}\n]}}\n'
    (OUT / "environments-minatar.json").write_text(text)
    print(f"environments-minatar.json: {len(text)} bytes")


main()
