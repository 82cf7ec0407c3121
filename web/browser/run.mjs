// The life of a user in a real browser, on a chain that this script starts: every page in both
// languages, on a desk and on a phone, then a wallet from its first password to orders, loans and
// proposals. Fails if a page stays empty, if the console has an error, if anything is asked of
// another host, or if axe finds something serious.
//
//   CARBYNE_BIN=…/carbyne CHROMIUM=/usr/bin/chromium node browser/run.mjs
//
// CARBYNE_ENDURE=600 leaves pages open for ten minutes instead of some seconds and looks whether
// they grow; CARBYNE_ORDERS=20000 fills a market with so many orders.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { placeOrders } from "./crowd.mjs";
import { exchangeFiles } from "./files.mjs";
import { measureLoad } from "./load.mjs";

const HERE = new URL(".", import.meta.url).pathname;
const BIN = process.env.CARBYNE_BIN ?? join(HERE, "../../target/release/carbyne");
const SHOTS = process.env.CARBYNE_SHOTS ?? join(HERE, "../shots");
const BROWSERS = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
/** Milliseconds that anything may take to appear. */
const PATIENCE = 20_000;
/** Seconds for which pages are left open. */
const ENDURE = Number(process.env.CARBYNE_ENDURE ?? 15);
/** Orders that a market gets. */
const ORDERS = Number(process.env.CARBYNE_ORDERS ?? 2_000);
/** Milliseconds in which a page with all of them shows what changed, mostly. */
const SHOWN_MAX = 100;
/** Seconds after which a page has all it needs, and no answer of its beginning is waited for. */
const WARM_UP = 25;
/**
 * What a page may take more after that: bytes, and nodes of the document. Markets of the
 * demonstration fill for a quarter of an hour, and the page has all of their orders.
 */
const GROWTH_MAX = { bytes: 3_000_000, nodes: 500 };
const SIZES = {
  desk: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
};

const began = Date.now();
const problems = [];
const note = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1)} s  ${text}`);

/** Starts the node; gives its page, its accounts and a way to end it. */
async function startNode(folder, port) {
  const api = `127.0.0.1:${port}`;
  const data = ["--data-dir", join(folder, "data")];
  const options = ["dev", "--demo", "--features", "all", "--json", ...data, "--api", api];
  const child = spawn(BIN, options, { stdio: ["ignore", "pipe", "inherit"] });
  const said = { accounts: undefined, web: undefined };
  await new Promise((resolve, reject) => {
    let text = "";
    child.on("exit", (code) => reject(new Error(`the node ended with ${code}`)));
    child.stdout.on("data", (bytes) => {
      if (said.web) return;
      text += bytes;
      const lines = text.split("\n");
      text = lines.pop();
      for (const line of lines.filter((one) => one.startsWith("{"))) {
        const one = JSON.parse(line);
        if (one.accounts) said.accounts = one.accounts;
        if ("web" in one) {
          if (!one.web) reject(new Error("the program was built without its page"));
          said.web = one.web;
          resolve();
        }
      }
    });
  });
  const end = (signal) =>
    new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", resolve);
      child.kill(signal);
    });
  return { ...said, end };
}

/** A page of the browser that notes whatever should not be. */
async function openPage(context, web) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on("console", (message) => {
    // A node that is gone is said so by the browser, too.
    if (message.type() !== "error" || page.mayLoseNode) return;
    problems.push(`console: ${message.text()} at ${page.url()}`);
  });
  page.on("pageerror", (error) => problems.push(`error: ${error.stack} at ${page.url()}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.host !== new URL(web).host && url.protocol !== "data:") {
      problems.push(`request to ${request.url()}`);
    }
  });
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== new URL(web).host) problems.push(`socket ${socket.url()}`);
  });
  return page;
}

async function checkAxe(page, name) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const one of found.violations) {
    if (!["serious", "critical"].includes(one.impact)) continue;
    const where = one.nodes.slice(0, 3).map((node) => node.html.slice(0, 150));
    problems.push(`axe ${name}: ${one.id}: ${one.help}: ${where.join(" | ")}`);
  }
}

/** Pages and words of the chain that must be on them, whatever the language. */
const PAGES = [
  ["blocks", "BTS"],
  ["block/2", "GOLD"],
  ["account/alice", "USD"],
  ["account/dev", "1.19.0"],
  ["assets", "SILVER"],
  ["asset/USD", "BTS"],
  ["asset/GOLD", "GOLD"],
  ["witnesses", "init0"],
  ["committee", "init0"],
  ["workers", "BTS"],
  ["proposals", ""],
  ["parameters", "BTS"],
  ["object/1.3.0", "BTS"],
  ["markets", "GOLD/BTS"],
  ["market/BTS/GOLD", "2"],
  ["market/BTS/USD", "USD"],
  ["pools", "GOLDPOOL"],
  ["pool/1.19.0", "GOLD"],
  ["contracts", ""],
  ["wallet", ""],
];

async function everyPage(browser, web, size, language, sent) {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const colorScheme = language === "zh" ? "dark" : "light";
  const context = await browser.newContext({ viewport: SIZES[size], locale, colorScheme });
  const page = await openPage(context, web);
  await page.goto(web);
  for (const [path, word] of [...PAGES, [`tx/${sent}`, "12.5"]]) {
    await page.evaluate((hash) => (location.hash = hash), `#/${path}`);
    const isShown = (word) => {
      const main = document.querySelector("main");
      const text = main?.innerText ?? "";
      return main?.querySelector("h1") && text.includes(word) && !/Loading…|加载中/.test(text);
    };
    await page.waitForFunction(isShown, word).catch(() => {
      problems.push(`${path} (${language}, ${size}) does not show "${word}"`);
    });
    const tooWide = await page.evaluate(() => {
      const wide = document.documentElement.scrollWidth > innerWidth + 1;
      return wide && `${document.documentElement.scrollWidth} of ${innerWidth}`;
    });
    if (tooWide) problems.push(`${path} (${language}, ${size}) is too wide: ${tooWide}`);
    const name = `${path.replaceAll("/", "-")}-${language}-${size}`;
    await checkAxe(page, name);
    await page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }
  const raw = await page.getByText(/An operation this page does not know|本页面不认识/).count();
  if (raw > 0) problems.push("an operation without words");
  await context.close();
  note(`every page, ${language}, ${size}`);
}

/** The book of the node: its pages are there, and lead to each other. */
async function readBook(browser, web, size) {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: "dark" });
  const page = await openPage(context, web);
  await page.goto(`${web}docs`);
  for (const [link, heading] of [
    ["A chain for development", "A chain for development"],
    ["Margin and settlement", "Margin and settlement"],
    ["Escrow", "Escrow"],
    ["The API", "The API, method by method"],
    ["dev", "The API, method by method"],
  ]) {
    await page.getByRole("navigation").getByRole("link", { name: link, exact: true }).click();
    const isThere = page.getByRole("heading", { level: 1 }).filter({ hasText: heading });
    await isThere.waitFor().catch(() => problems.push(`the book has no page ${heading}`));
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
    if (tooWide) problems.push(`docs ${heading} (${size}) is too wide`);
    await checkAxe(page, `docs ${heading} ${size}`);
    await page.screenshot({ path: join(SHOTS, `docs-${link.replaceAll(" ", "-")}-${size}.png`) });
  }
  await page.getByRole("main").getByRole("link", { name: "snapshot" }).click();
  await page.getByRole("heading", { name: "dev.snapshot" }).waitFor();
  await context.close();
  note(`the book, ${size}`);
}

/** Bytes that a page holds, and nodes of its document, without what is garbage. */
async function weigh(page) {
  const tools = await page.context().newCDPSession(page);
  await tools.send("Performance.enable");
  await tools.send("HeapProfiler.collectGarbage");
  const { metrics } = await tools.send("Performance.getMetrics");
  await tools.detach();
  const of = (name) => metrics.find((one) => one.name === name).value;
  return { bytes: of("JSHeapUsedSize"), nodes: of("Nodes") };
}

/** Pages that are left open take no more after many blocks than after a few. */
async function endure(browser, web) {
  const context = await browser.newContext({ viewport: SIZES.desk, locale: "en-GB" });
  const open = async (path) => {
    const page = await openPage(context, web);
    await page.goto(`${web}#/${path}`);
    return { path, page };
  };
  const paths = ["market/BTS/GOLD", "blocks", "account/alice", "witnesses"];
  const pages = await Promise.all(paths.map(open));
  const rest = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const head = (page) => page.locator("footer").innerText();
  await rest(WARM_UP);
  const before = await Promise.all(pages.map(({ page }) => weigh(page)));
  const headBefore = await head(pages[0].page);
  await rest(ENDURE);
  if ((await head(pages[0].page)) === headBefore) problems.push("a page that is left open stops");
  for (const [n, { path, page }] of pages.entries()) {
    const after = await weigh(page);
    const more = { bytes: after.bytes - before[n].bytes, nodes: after.nodes - before[n].nodes };
    note(`${path} after ${ENDURE} s: ${after.bytes} bytes (${more.bytes} more), ${after.nodes} nodes (${more.nodes} more)`);
    if (more.bytes > GROWTH_MAX.bytes || more.nodes > GROWTH_MAX.nodes) {
      problems.push(`${path} grows: ${JSON.stringify(more)}`);
    }
  }
  await context.close();
}

/** A market of very many orders shows all of them, however far one scrolls, and what changes. */
async function crowd(browser, node, folder) {
  await placeOrders(node.web, node.accounts[0], ORDERS, join(folder, "chain"));
  note(`${ORDERS} orders`);
  const context = await browser.newContext({ viewport: SIZES.desk, locale: "en-GB" });
  const page = await openPage(context, node.web);
  await page.addInitScript(() => {
    globalThis.longTasks = [];
    const note = (list) => globalThis.longTasks.push(...list.getEntries().map((one) => one.duration));
    new PerformanceObserver(note).observe({ type: "longtask" });
  });
  await page.goto(`${node.web}#/market/BTS/GOLD`);
  const isComplete = (count) => {
    const side = document.querySelector("[role=region][aria-label=Bids] table");
    return Number(side?.getAttribute("aria-rowcount")) > count;
  };
  await page.waitForFunction(isComplete, ORDERS);
  note("all of them in the book");
  const scroll = await page.evaluate(async () => {
    const side = document.querySelector("[role=region][aria-label=Bids]");
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const times = [];
    for (let part = 1; part <= 20; part++) {
      const begun = performance.now();
      side.scrollTop = (side.scrollHeight * part) / 20;
      await frame();
      await frame();
      times.push(performance.now() - begun);
    }
    const last = [...side.querySelectorAll("tbody tr:not([aria-hidden])")].at(-1);
    times.sort((a, b) => a - b);
    return { median: times[10], most: times[19], last: last?.getAttribute("aria-rowindex") };
  });
  const rows = await page.locator("[role=region][aria-label=Bids] table").getAttribute("aria-rowcount");
  if (Math.abs(Number(scroll.last) - Number(rows)) > 30) {
    problems.push(`the book ends at row ${scroll.last} of ${rows}`);
  }
  await page.evaluate(() => (globalThis.longTasks.length = 0));
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const tasks = await page.evaluate(() => globalThis.longTasks.sort((a, b) => a - b));
  const median = tasks[Math.floor(tasks.length / 2)] ?? 0;
  note(`scrolling ${scroll.median.toFixed(0)} ms, at most ${scroll.most.toFixed(0)}`);
  note(`in 10 s of trade ${tasks.length} tasks above 50 ms, the median ${median.toFixed(0)}, the longest ${(tasks.at(-1) ?? 0).toFixed(0)}`);
  if (scroll.median > SHOWN_MAX || median > SHOWN_MAX) problems.push("a large market is slow");
  await context.close();
}

/** Shows the keys, as text and as codes. */
async function showKeys(page, web) {
  await page.goto(`${web}#/wallet`);
  await page.locator("main").getByText("QR code of the account's name").click();
  await page.getByRole("img", { name: "QR code of the account's name" }).waitFor();
  await page.getByLabel("Password", { exact: true }).fill("correct horse");
  await page.getByRole("button", { name: "Show keys" }).click();
  await page.getByText("QR code of this key").first().click();
  await page.getByRole("img", { name: "QR code of this key" }).first().waitFor();
  await checkAxe(page, "keys");
  note("keys and their codes");
}

/** Signs what the dialog shows, once the node has said what it would do; the transaction's id. */
async function confirm(page) {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Sign and send" }).click();
  await dialog.getByText("Sent:").waitFor();
  const id = await dialog.locator("a.code[href^='#/tx/']").innerText();
  await dialog.getByRole("button", { name: "Close" }).click();
  return id;
}

async function inMain(page, text) {
  await page.locator("main").getByText(text).first().waitFor();
}

async function makeWallet(page, web, key) {
  await page.goto(`${web}#/wallet`);
  await page.getByLabel("Password", { exact: true }).fill("correct horse");
  await page.getByLabel("Password again").fill("correct horse");
  await page.getByRole("button", { name: "Make a wallet" }).click();
  await page.getByLabel("Account name").fill("nina-1");
  await page.getByRole("button", { name: "Create from the faucet" }).click();
  await page.getByRole("button", { name: "Get coins from the faucet" }).click();
  await page.locator("[data-test=balances]").getByText("10,000").waitFor();
  note("a wallet, an account, coins");
  await page.getByLabel("To", { exact: true }).fill("alice");
  await page.getByLabel("Amount").fill("12.5");
  await page.getByLabel("Memo").fill("for the book");
  await page.locator("main").getByRole("button", { name: "Review" }).click();
  await page.getByRole("dialog").getByText("12.5").first().waitFor();
  const sent = await confirm(page);
  note("a transfer with a memo");
  await page.getByLabel("Private key (WIF)").fill(key);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.locator("select").first().locator("option", { hasText: "alice" }).waitFor({ state: "attached" });
  return sent;
}

async function readMemo(page, web) {
  await page.goto(`${web}#/account/nina-1`);
  await page.getByRole("button", { name: "Read memo" }).first().click();
  await inMain(page, "for the book");
  note("the memo, read by its receiver");
}

async function trade(page, web) {
  await page.goto(`${web}#/market/BTS/GOLD`);
  const form = page.getByRole("form", { name: "Buy GOLD" });
  await form.getByLabel("Price (BTS)").fill("1234.5");
  await form.getByLabel("Amount (GOLD)").fill("0.0007");
  const total = await form.getByLabel("Total (BTS)").inputValue();
  if (total !== "0.86415") problems.push(`a total of ${total} instead of 0.86415`);
  await form.getByLabel("Total (BTS)").fill("1");
  const amount = await form.getByLabel("Amount (GOLD)").inputValue();
  if (amount !== "0.0008") problems.push(`an amount of ${amount} instead of 0.0008`);
  await form.getByRole("button", { name: "Review" }).click();
  await confirm(page);
  const row = page.locator("li", { hasText: "× 1234" });
  await row.getByRole("button", { name: "Cancel" }).click();
  await confirm(page);
  await row.waitFor({ state: "detached" });
  note("an order and its end");
}

async function borrow(page, web) {
  await page.goto(`${web}#/market/BTS/USD`);
  const form = page.locator("form", { hasText: "New debt" });
  await form.getByText("Collateral ratio").waitFor();
  await form.getByLabel("New debt (USD)").fill("1000");
  await form.getByRole("button", { name: "Change position" }).click();
  await confirm(page);
  note("a loan");
}

async function swap(page, web) {
  await page.goto(`${web}#/pool/1.19.0`);
  await page.getByLabel("You give").fill("100");
  await page.getByRole("button", { name: "Exchange", exact: true }).click();
  await confirm(page);
  note("an exchange in a pool");
}

async function propose(page, web) {
  await page.goto(`${web}#/wallet`);
  await page.getByLabel("To", { exact: true }).fill("bob");
  await page.getByLabel("Amount").fill("3");
  await page.locator("main").getByRole("button", { name: "Review" }).click();
  await page.getByRole("button", { name: "Propose instead of sending" }).click();
  await page.getByRole("dialog").getByText("proposes 1 operations").waitFor();
  await confirm(page);
  await page.goto(`${web}#/proposals`);
  await inMain(page, "Must still approve");
  await page.getByRole("button", { name: "Approve" }).first().click();
  await confirm(page);
  note("a proposal and its approval");
  await page.goto(`${web}#/wallet`);
  await page.getByRole("checkbox").first().check();
  await page.getByRole("button", { name: "Save votes" }).click();
  await confirm(page);
  note("a vote");
}

async function search(page, web, sent) {
  await page.goto(web);
  for (const [text, hash] of [
    ["bob", "#/account/bob"],
    ["GOLD", "#/asset/GOLD"],
    ["3", "#/block/3"],
    ["1.6.1", "#/object/1.6.1"],
    [sent, `#/tx/${sent}`],
  ]) {
    await page.getByRole("searchbox").fill(text);
    await page.keyboard.press("Enter");
    await page.waitForFunction((hash) => location.hash === hash, hash).catch(() => {
      problems.push(`the search for ${text} does not lead to ${hash}`);
    });
  }
  note("a search");
}

/** What one does without a mouse: every step shows where it is. */
async function useKeyboard(browser, web) {
  const context = await browser.newContext({ viewport: SIZES.desk, locale: "en-GB" });
  const page = await openPage(context, web);
  await page.goto(`${web}#/market/BTS/GOLD`);
  await page.locator("canvas").first().waitFor();
  const focused = () =>
    page.evaluate(() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      const isSeen = style.outlineStyle !== "none" || style.boxShadow !== "none";
      const label = one.labels?.[0]?.innerText ?? one.getAttribute("aria-label");
      return { name: (label ?? one.innerText).trim(), isSeen };
    });
  /** Presses Tab until what has such a name has the focus. */
  const reach = async (name) => {
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press("Tab");
      const now = await focused();
      if (!now.isSeen) problems.push(`the focus on "${now.name}" is not to be seen`);
      if (now.name === name) return;
    }
    problems.push(`Tab does not lead to "${name}"`);
  };
  await reach("Skip to content");
  await page.keyboard.press("Enter");
  const buy = page.getByRole("form", { name: "Buy GOLD" });
  await reach("Asks");
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  const picked = await buy.getByLabel("Price (BTS)").inputValue();
  if (!(Number(picked) > 0)) problems.push("no price is taken from the book without a mouse");
  const typed = () =>
    page.evaluate(() => {
      const field = document.activeElement;
      return { form: field.closest("form")?.getAttribute("aria-label"), value: field.value };
    });
  const forms = new Set();
  for (const [label, text] of [
    ["Price (BTS)", "7"],
    ["Amount (GOLD)", "3"],
  ]) {
    await reach(label);
    await page.keyboard.type(text);
    forms.add((await typed()).form);
  }
  await reach("Total (BTS)");
  const total = await typed();
  forms.add(total.form);
  if (forms.size !== 1) problems.push(`Tab leads through several forms: ${[...forms]}`);
  if (Number(total.value) !== 21) problems.push(`3 at 7 each are ${total.value} without a mouse`);
  await context.close();
  note("an order form without a mouse");
}

async function main() {
  const executablePath = BROWSERS.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no chromium: apt-get install chromium, or set CHROMIUM");
  mkdirSync(SHOTS, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "carbyne-web-"));
  let node = await startNode(folder, 0);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const first = await browser.newContext({ viewport: SIZES.desk, locale: "en-GB" });
    const page = await openPage(first, node.web);
    await page.goto(`${node.web}#/market/BTS/GOLD`);
    await page.locator("canvas").first().waitFor();
    await page.locator("main").getByRole("region", { name: "Trades" }).locator("tr").first().waitFor();
    note("from the start of the node to candles");
    const sent = await makeWallet(page, node.web, node.accounts[0].key);
    await readMemo(page, node.web);
    await trade(page, node.web);
    await borrow(page, node.web);
    await swap(page, node.web);
    await propose(page, node.web);
    await showKeys(page, node.web);
    await exchangeFiles(page, { web: node.web, bin: BIN, folder, accounts: node.accounts });
    note("files of the command line wallet, there and back");
    await search(page, node.web, sent);
    await useKeyboard(browser, node.web);
    for (const size of Object.keys(SIZES)) await readBook(browser, node.web, size);
    for (const language of ["en", "zh"]) {
      for (const size of Object.keys(SIZES)) await everyPage(browser, node.web, size, language, sent);
    }
    for (const line of await measureLoad(browser, node.web, SIZES.phone)) note(line);
    await endure(browser, node.web);
    await crowd(browser, node, folder);
    page.mayLoseNode = true;
    const port = new URL(node.web).port;
    await node.end("SIGKILL");
    await page.getByText("Connection lost").first().waitFor();
    node = await startNode(folder, port);
    await page.locator("footer").getByText("Connected").waitFor();
    note("the node died and came back");
  } finally {
    await browser.close();
    await node.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) throw new Error(`${problems.length} problems`);
  note("done");
}

main().catch((error) => {
  problems.forEach((problem) => console.error(problem));
  console.error(error);
  process.exitCode = 1;
});
