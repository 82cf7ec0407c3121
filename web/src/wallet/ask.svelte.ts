// The door to signing: whatever the page wants signed is put here, shown in words with what it
// would do, and only signed when the reader says so.

import type { Op } from "../chain/transaction";

/** What waits to be signed; nothing most of the time. */
export const asked = $state({ ops: undefined as Op[] | undefined, done: undefined as (() => void) | undefined });

/** Shows operations to the reader, to be signed or not. */
export function ask(ops: Op[], done?: () => void): void {
  asked.ops = ops;
  asked.done = done;
}
