/** Milliseconds after which something does not come any more: a net, far from what a busy machine takes. */
const NET = 30_000;
const LOOK_EVERY = 10;

/** Waits until something holds. Tests wait so for what takes no certain time. */
export async function eventually(holds: () => boolean | Promise<boolean>, net = NET): Promise<void> {
  for (const end = performance.now() + net; !(await holds()); await Bun.sleep(LOOK_EVERY)) {
    if (performance.now() > end) throw new Error(`it did not come about: ${holds}`);
  }
}
