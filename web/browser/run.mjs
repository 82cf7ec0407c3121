// The life of a user in a real browser, on a chain that this script starts: every page in both
// languages, on a desk and on a phone, then a wallet from its first password to orders, loans and
// proposals. Fails if a page stays empty, if the console has an error, if anything is asked of
// another host, or if axe finds something serious.
//
//   CARBYNE_BIN=…/carbyne CHROMIUM=/usr/bin/chromium node browser/run.mjs

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const HERE = new URL(".", import.meta.url).pathname;
const BIN = process.env.CARBYNE_BIN ?? join(HERE, "../../target/release/carbyne");
const SHOTS = process.env.CARBYNE_SHOTS ?? join(HERE, "../shots");
const BROWSERS = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
/** Milliseconds that anything may take to appear. */
const PATIENCE = 20_000;
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
  const options = ["dev", "--demo", "--json", "--data-dir", join(folder, "data"), "--api", api];
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
  ["blocks", "GOLD"],
  ["block/2", "GOLD"],
  ["account/alice", "USD"],
  ["assets", "SILVER"],
  ["asset/USD", "BTS"],
  ["asset/GOLD", "GOLD"],
  ["witnesses", "init0"],
  ["committee", "init0"],
  ["workers", "BTS"],
  ["proposals", ""],
  ["parameters", "witness_pay_per_block"],
  ["object/1.3.0", "BTS"],
  ["markets", "GOLD/BTS"],
  ["market/BTS/GOLD", "2"],
  ["market/BTS/USD", "USD"],
  ["pools", "GOLDPOOL"],
  ["pool/1.19.0", "GOLD"],
  ["wallet", ""],
];

async function everyPage(browser, web, size, language) {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const colorScheme = language === "zh" ? "dark" : "light";
  const context = await browser.newContext({ viewport: SIZES[size], locale, colorScheme });
  const page = await openPage(context, web);
  await page.goto(web);
  for (const [path, word] of PAGES) {
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

/** Signs what the dialog shows, once the node has said what it would do. */
async function confirm(page) {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Sign and send" }).click();
  await dialog.getByText("Sent:").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
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
  await confirm(page);
  note("a transfer with a memo");
  await page.getByLabel("Private key (WIF)").fill(key);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.locator("select").first().locator("option", { hasText: "alice" }).waitFor({ state: "attached" });
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

async function search(page, web) {
  await page.goto(web);
  for (const [text, hash] of [
    ["bob", "#/account/bob"],
    ["GOLD", "#/asset/GOLD"],
    ["3", "#/block/3"],
    ["1.6.1", "#/object/1.6.1"],
  ]) {
    await page.getByRole("searchbox").fill(text);
    await page.keyboard.press("Enter");
    await page.waitForFunction((hash) => location.hash === hash, hash).catch(() => {
      problems.push(`the search for ${text} does not lead to ${hash}`);
    });
  }
  note("a search");
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
    await makeWallet(page, node.web, node.accounts[0].key);
    await readMemo(page, node.web);
    await trade(page, node.web);
    await borrow(page, node.web);
    await swap(page, node.web);
    await propose(page, node.web);
    await search(page, node.web);
    for (const language of ["en", "zh"]) {
      for (const size of Object.keys(SIZES)) await everyPage(browser, node.web, size, language);
    }
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
