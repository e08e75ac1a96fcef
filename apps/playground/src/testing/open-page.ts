import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { build, preview } from "vite";

const browsers = [
  process.env["HEKLA_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
/** Path of a Chromium on this machine, if there is one. */
export const executablePath = browsers.find((path) => path !== undefined && existsSync(path));
/** No network chatter; WebGPU on a software adapter where there is no other. */
export const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
];

export interface OpenPage {
  readonly page: Page;
  readonly address: string;
  /** Errors of the page and its workers, and what it asked of other servers. */
  readonly complaints: readonly string[];
  /** Durations of the tasks of more than 50 ms on the page's main thread since it was last asked. */
  longTasks(): Promise<number[]>;
  close(): Promise<void>;
}

/** Builds the playground, serves it, and opens it in headless Chromium. */
export async function openPage(): Promise<OpenPage> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), "hekla-page-"));
  const options = { root, logLevel: "error", build: { outDir: folder, emptyOutDir: true } } as const;
  await build(options);
  const server = await preview({ ...options, preview: { port: 0 } });
  const address = server.resolvedUrls?.local[0] ?? "";
  const browser = await chromium.launch({ executablePath: executablePath ?? "", args: flags });
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url())) {
      complaints.push(`asked for ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    const durations: number[] = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) durations.push(duration);
    }).observe({ type: "longtask" });
    Object.assign(window, { takeLongTasks: () => durations.splice(0) });
  });
  await page.goto(address);
  return {
    page,
    address,
    complaints,
    // cast: the script above
    longTasks: () =>
      page.evaluate(() => (window as unknown as { takeLongTasks(): number[] }).takeLongTasks()),
    async close() {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
