// Finds a Chromium for the browser tests, or installs Debian's where apt-get can.
import { existsSync } from "node:fs";
import { run } from "./workspace.mjs";

const usualPlaces = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

function find() {
  return [process.env.HEKLA_CHROMIUM, ...usualPlaces].find((path) => path && existsSync(path));
}

/** Path of a Chromium; throws where there is none and none can be installed. */
export function chromiumPath() {
  const found = find();
  if (found) return found;
  const quiet = { stdio: ["ignore", "ignore", "inherit"] };
  const privileged = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  try {
    const [update, install] = [
      [...privileged, "apt-get", "update", "-qq"],
      [...privileged, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ];
    run(update[0], update.slice(1), quiet);
    run(install[0], install.slice(1), quiet);
  } catch {
    // No apt-get or no sudo here: the message below says what to do.
  }
  const installed = find();
  if (installed) return installed;
  throw new Error("browser tests: no Chromium found; install one or set HEKLA_CHROMIUM to its path");
}

/** Flags for a headless run without network chatter, with WebGPU on software adapters. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
];
