import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { executablePath, flags } from "./open-page.js";

/** A page that can lie behind another tab, as Playwright's cannot: it keeps every page in sight. */
export interface HideableTab {
  evaluate<Result>(expression: string): Promise<Result>;
  /** Looks ten times a second, until it holds; throws when it does not within a minute. */
  until(condition: string): Promise<void>;
  /** Puts another tab before it, and has the browser freeze it. */
  freeze(): Promise<void>;
  /** Takes the other tab away. */
  show(): Promise<void>;
  close(): Promise<void>;
}

type Answer = Readonly<Record<string, unknown>>;

/** Sends commands of the Chrome DevTools Protocol through pipes: JSON, each ended by a zero byte. */
function protocol(to: Writable, from: Readable) {
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let rest = "";
  from.setEncoding("utf8").on("data", (text: string) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop()!;
    for (const message of messages) {
      // cast: as the protocol has it
      const { id, result, error } = JSON.parse(message) as {
        id?: number;
        result: Answer;
        error?: { message: string };
      };
      if (id === undefined) continue;
      if (error) waiting.get(id)?.reject(new Error(error.message));
      else waiting.get(id)?.resolve(result);
      waiting.delete(id);
    }
  });
  let last = 0;
  return (method: string, params: Answer = {}, sessionId?: string): Promise<Answer> => {
    const id = ++last;
    to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  };
}

/** Opens an address in a headless Chromium of its own. */
export async function openHideableTab(address: string): Promise<HideableTab> {
  const profile = await mkdtemp(join(tmpdir(), "hekla-tab-"));
  const browser = spawn(
    executablePath ?? "",
    [...flags, "--headless=new", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const ended = once(browser, "exit");
  const send = protocol(browser.stdio[3] as Writable, browser.stdio[4] as Readable); // cast: pipes, see above
  const openTab = async (url: string): Promise<string> =>
    (await send("Target.createTarget", { url }))["targetId"] as string; // cast: as the protocol has it
  const targetId = await openTab("about:blank");
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const inTab = (method: string, params?: Answer) => send(method, params, sessionId as string); // cast: as above
  await inTab("Page.navigate", { url: address });
  let other = "";
  const tab: HideableTab = {
    async evaluate<Result>(expression: string): Promise<Result> {
      const options = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await inTab("Runtime.evaluate", options);
      if (exceptionDetails) throw new Error(`the page failed at ${expression}`);
      return (result as { value: Result }).value; // cast: as the protocol has it
    },
    async until(condition) {
      const deadline = Date.now() + 60_000;
      while (!(await tab.evaluate<boolean>(`!!(${condition})`))) {
        if (Date.now() > deadline) throw new Error(`the page never came to ${condition}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async freeze() {
      other = await openTab("about:blank");
      await send("Target.activateTarget", { targetId: other });
      await tab.until('document.visibilityState === "hidden"');
      await inTab("Page.setWebLifecycleState", { state: "frozen" });
    },
    async show() {
      await inTab("Page.setWebLifecycleState", { state: "active" });
      await send("Target.closeTarget", { targetId: other });
      await send("Target.activateTarget", { targetId });
    },
    async close() {
      browser.kill();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return tab;
}
