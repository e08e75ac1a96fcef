/** What a cell has in which nothing is. */
export const emptyColor = "#10151c";

// Okabe and Ito's colors, which differ for the color-blind too; the agent is the brightest, trails are grey.
const [yellow, orange, blue, green, red, purple] = [
  "#f0e442",
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#d55e00",
  "#cc79a7",
] as const;
const grey = "#5b6570";
const fallback = [yellow, orange, blue, green, red, purple, "#ffffff", grey];

const colors: Readonly<Record<string, readonly string[]>> = {
  // paddle, ball, trail, brick
  "MinAtar/Breakout": [yellow, orange, grey, blue],
  // cannon, alien, alien to the left, alien to the right, own bullet, aliens' bullet
  "MinAtar/SpaceInvaders": [yellow, blue, blue, purple, green, red],
  // chicken, car, places behind cars from fast to slow
  "MinAtar/Freeway": [yellow, blue, "#a3abb4", "#858f99", "#69737e", "#4f5963", "#38414b"],
  // player, enemy, trail, gold
  "MinAtar/Asterix": [green, red, grey, yellow],
};

/** Color of a channel of an environment's observations `[channels, height, width]`. */
export function channelColor(environment: string, channel: number): string {
  const list = colors[environment.replace(/-v\d+$/, "")] ?? fallback;
  return list[channel % list.length]!;
}
