// What a first visit costs: bytes, and the times that people wait for, on this machine and as on a
// phone with a slow network. Must never know a node but as what serves the page.

/** Largest first load, bytes. */
const BYTES_MAX = 600_000;
/** Milliseconds after the content in which tasks still belong to the beginning. */
const SETTLE = 2_000;
const CASES = [
  { name: "as it is", processor: 1 },
  // What Lighthouse takes for a phone: a processor four times slower, 1.6 Mbit/s, 150 ms.
  { name: "as on a phone", processor: 4, network: { latency: 150, down: 1_600, up: 750 } },
];
const perSecond = (kilobits) => (kilobits * 1024) / 8;

async function slowDown(page, { processor, network }) {
  const tools = await page.context().newCDPSession(page);
  await tools.send("Network.enable");
  await tools.send("Emulation.setCPUThrottlingRate", { rate: processor });
  if (network) {
    await tools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: network.latency,
      downloadThroughput: perSecond(network.down),
      uploadThroughput: perSecond(network.up),
    });
  }
  return tools;
}

/** Notes in the page what the browser says of its beginning. */
function watch() {
  const seen = (globalThis.seen = { tasks: [], largest: 0, shifts: [] });
  const observe = (type, heard) =>
    new PerformanceObserver((list) => list.getEntries().forEach(heard)).observe({
      type,
      buffered: true,
    });
  observe("longtask", (one) => seen.tasks.push([one.startTime, one.duration]));
  observe("largest-contentful-paint", (one) => (seen.largest = one.startTime));
  observe("layout-shift", (one) => {
    if (!one.hadRecentInput) seen.shifts.push([one.startTime, one.value]);
  });
}

/** The largest sum of shifts within five seconds that follow each other within one. */
function cumulative(shifts) {
  let [most, sum, first, last] = [0, 0, 0, -Infinity];
  for (const [time, value] of shifts) {
    const goesOn = time - last < 1_000 && time - first < 5_000;
    [sum, first, last] = goesOn ? [sum + value, first, time] : [value, time, time];
    most = Math.max(most, sum);
  }
  return most;
}

async function visit(browser, web, size, one) {
  const context = await browser.newContext({ viewport: size, locale: "en-GB" });
  const page = await context.newPage();
  await page.addInitScript(watch);
  const tools = await slowDown(page, one);
  let bytes = 0;
  tools.on("Network.loadingFinished", (done) => (bytes += done.encodedDataLength));
  await page.goto(web);
  const isThere = () => document.querySelector("main h1") && document.querySelector("main a");
  await page.waitForFunction(isThere);
  const content = await page.evaluate(() => performance.now());
  await new Promise((resolve) => setTimeout(resolve, SETTLE * one.processor));
  const seen = await page.evaluate(() => ({
    ...globalThis.seen,
    first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  }));
  await context.close();
  const until = content + SETTLE;
  const tasks = seen.tasks.filter(([start]) => start < until);
  const blocked = tasks.reduce((sum, [, duration]) => sum + duration - 50, 0);
  const ends = tasks.filter(([start]) => start < content).map(([start, long]) => start + long);
  return { ...seen, bytes, blocked, interactive: Math.max(content, ...ends), shift: cumulative(seen.shifts) };
}

/** Visits the page as somebody who was never there; what it cost, a line for each case. */
export async function measureLoad(browser, web, size) {
  const lines = [];
  for (const one of CASES) {
    const found = await visit(browser, web, size, one);
    const ms = (value) => `${value.toFixed(0)} ms`;
    lines.push(
      `first load ${one.name}: ${found.bytes} bytes, first paint ${ms(found.first)}, ` +
        `largest ${ms(found.largest)}, interactive ${ms(found.interactive)}, ` +
        `blocked ${ms(found.blocked)}, shift ${found.shift.toFixed(3)}`,
    );
    if (found.bytes > BYTES_MAX) throw new Error(`a first load of ${found.bytes} bytes`);
  }
  return lines;
}
