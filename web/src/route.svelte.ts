// Which page is shown: what stands behind the # of the address.

/** The parts of the route, such as ["block", "7"]. */
export const route = $state({ parts: read() });

function read(): string[] {
  const text = location.hash.replace(/^#\/?/, "");
  return text.split("/").filter((part) => part !== "").map(decodeURIComponent);
}

addEventListener("hashchange", () => {
  route.parts = read();
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
});

/** The address of a page. */
export function to(...parts: (string | number)[]): string {
  return `#/${parts.map((part) => encodeURIComponent(String(part))).join("/")}`;
}

/** Goes to a page. */
export function go(...parts: (string | number)[]): void {
  location.hash = to(...parts);
}
