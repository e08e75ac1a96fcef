import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const browsers = [
  process.env["HEKLA_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const executablePath = browsers.find((path) => path !== undefined && existsSync(path));
const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Enough for a machine that is busy with other things, in milliseconds. */
const patience = 180_000;

// Needs a Chromium on this machine: set HEKLA_CHROMIUM, or install your system's package.
describe.skipIf(!executablePath)("the page in headless Chromium", { timeout: patience }, () => {
  let folder: string;
  let server: PreviewServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const root = fileURLToPath(new URL("..", import.meta.url));
    folder = await mkdtemp(join(tmpdir(), "hekla-page-"));
    const options = { root, logLevel: "error", build: { outDir: folder, emptyOutDir: true } } as const;
    await build(options);
    server = await preview({ ...options, preview: { port: 0 } });
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: flags });
    page = await browser.newPage({ viewport: { width: 1240, height: 980 } });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.goto(server.resolvedUrls?.local[0] ?? "");
  }, patience);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("is cross-origin isolated, and its backend has threads", async () => {
    await page.waitForSelector("#train:not([disabled])", { timeout: patience });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    const machine = await page.textContent("#machine");
    expect(machine).toBe(cores === 1 ? "wasm, 1 thread" : `wasm, ${Math.min(cores, 16)} threads`);
  });

  it("refuses a setting that does not fit, and says what does", async () => {
    await page.fill("[name=epochs]", "0");
    await page.click("#train");
    expect(await page.textContent("#complaint")).toContain(
      'epochs does not fit, got "0", expected an integer >= 1',
    );
  });

  it("trains: the loss falls, most unseen digits are read", async () => {
    await page.fill("[name=epochs]", "4");
    await page.fill("[name=limit]", "2000");
    const losses: number[] = [];
    await page.exposeFunction("keepLoss", (loss: number) => void losses.push(loss));
    await page.evaluate(() => {
      const status = document.getElementById("status") as HTMLElement;
      new MutationObserver(() => {
        const loss = /loss (\d+\.\d+)/.exec(status.textContent ?? "")?.[1];
        if (loss) (window as unknown as { keepLoss(loss: number): void }).keepLoss(Number(loss));
      }).observe(status, { childList: true });
    });
    await page.click("#train");
    await page.waitForSelector("body[data-state=trained]", { timeout: patience });
    expect(losses.length).toBeGreaterThan(2);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    const [, share] =
      /reads (\d+\.\d) % of 1000 unseen digits/.exec((await page.textContent("#status")) ?? "") ?? [];
    expect(Number(share)).toBeGreaterThan(80);
    expect(Number(await page.getAttribute("#loss", "data-points"))).toBeGreaterThanOrEqual(4);
    expect(await page.locator("#digits .right").count()).toBeGreaterThan(20);
    expect(await page.locator("#digits figure").count()).toBe(30);
  });

  it("reads a digit drawn with the pointer", async () => {
    const pad = await page.locator("#pad").boundingBox();
    if (!pad) throw new Error("the pad is not shown");
    await page.mouse.move(pad.x + pad.width / 2, pad.y + pad.height * 0.2);
    await page.mouse.down();
    await page.mouse.move(pad.x + pad.width / 2, pad.y + pad.height * 0.8, { steps: 8 });
    await page.mouse.up();
    await page.waitForSelector("#bars .best");
    expect(await page.textContent("#verdict")).toBe("The network reads a 1.");
  });

  it("had nothing to complain about", () => {
    expect(complaints).toEqual([]);
  });
});
