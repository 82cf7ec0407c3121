// Files go between the page and the real command line wallet: wallets and transactions, there and
// back. Must never know how either writes them.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PASSWORD = "correct horse";

/** The command line wallet in a folder of its own. */
function commandLine({ web, bin, folder }) {
  const here = join(folder, "wallet");
  mkdirSync(here, { recursive: true });
  writeFileSync(join(here, "password"), `${PASSWORD}\n`);
  const node = web.replace(/^http/, "ws");
  const options = ["wallet", "--node", node, "--yes", "--password-file", "password"];
  const run = (...words) =>
    execFileSync(bin, [...options, ...words], { cwd: here, encoding: "utf8", stdio: "pipe" });
  return { here, run };
}

const panel = (page, heading) =>
  page.locator("section", { has: page.getByRole("heading", { name: heading, exact: true }) });

async function saved(page, click, path) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  await download.saveAs(path);
}

async function takeWallet(page, file) {
  const files = panel(page, "Wallet file");
  await files.getByLabel("File", { exact: true }).setInputFiles(file);
  await files.getByLabel("Password of the file").fill("wrong horse");
  await files.getByRole("button", { name: "Take in the file" }).click();
  await files.getByText("Wrong password").waitFor();
  await files.getByLabel("Password of the file").fill(PASSWORD);
  const begun = Date.now();
  await files.getByRole("button", { name: "Take in the file" }).click();
  await files.getByText("1 keys of bob taken in").waitFor();
  console.log(`       a wallet file opened in the browser in ${Date.now() - begun} ms`);
  await page.locator("select").first().locator("option", { hasText: "bob" }).waitFor({
    state: "attached",
  });
}

function mustHold(text, wanted, what) {
  if (!text.includes(wanted)) throw new Error(`${what}: ${text}`);
}

/** A wallet made here is opened there, and the other way round; so are transactions. */
export async function exchangeFiles(page, world) {
  const { here, run } = commandLine(world);
  const key = (name) => world.accounts.find((one) => one.name === name).key;
  writeFileSync(join(here, "key"), key("bob"));
  run("--wallet-file", "bob.wallet", "import_key", "bob", "@key");
  await page.goto(`${world.web}#/wallet`);
  await takeWallet(page, join(here, "bob.wallet"));

  const files = panel(page, "Wallet file");
  await files.getByLabel("Password of this wallet").fill(PASSWORD);
  const give = () => files.getByRole("button", { name: "Save a file" }).click();
  await saved(page, give, join(here, "page.wallet"));
  const keys = run("--wallet-file", "page.wallet", "dump_private_keys");
  for (const name of ["alice", "bob"]) mustHold(keys, key(name), `a key of ${name} is missing`);
  mustHold(run("--wallet-file", "page.wallet", "list_my_accounts"), "nina-1", "an account");

  await page.locator("select").first().selectOption("bob");
  await page.getByLabel("To", { exact: true }).fill("alice");
  await page.getByLabel("Amount").fill("4.25");
  await page.locator("main").getByRole("button", { name: "Review" }).click();
  const dialog = page.getByRole("dialog");
  const hand = dialog.getByRole("button", { name: "Save for others to sign" });
  await saved(page, () => hand.click(), join(here, "page.json"));
  await dialog.getByRole("button", { name: "Close" }).click();
  const shown = run("--json", "show_transaction_file", "page.json");
  mustHold(shown, "4.25000 BTS from bob to alice", "words of a transaction of the page");
  mustHold(shown, '"missing":null', "signatures of the page");
  run("broadcast_transaction_file", "page.json");

  const pay = JSON.stringify({ from: "alice", to: "bob", amount: "5.75 BTS" });
  const operation = run("--json", "make_operation", "transfer", pay).trim();
  run("export_transaction", "command.json", operation);
  const transaction = panel(page, "Transaction file");
  await transaction.getByLabel("Transaction file").setInputFiles(join(here, "command.json"));
  await transaction.getByRole("button", { name: "Open" }).click();
  await transaction.getByText("5.75").first().waitFor();
  await transaction.getByRole("button", { name: "Add my signature" }).click();
  await transaction.getByText("Signatures: 1").waitFor();
  await transaction.getByRole("button", { name: "Send", exact: true }).click();
  await transaction.getByText("Sent:").waitFor();
}
