// Waiting in tests: until something is so, with a sentence about what it was when it did not become so.

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** How patient the tests are. A slow machine, or a build with sanitizers, sets DDC_TEST_PATIENCE (a factor). */
export const patience = (ms) => ms * Number(process.env.DDC_TEST_PATIENCE ?? 1);

/**
 * Calls look() until it gives something other than undefined or false (its value is returned) or the time is up.
 * A throw of look() counts as "not yet"; the last one is told when the time is up.
 */
export async function until(what, look, { timeoutMs = 10_000, everyMs = 25 } = {}) {
	const end = Date.now() + patience(timeoutMs);
	let last;
	for (;;) {
		try {
			const value = await look();
			if (value !== undefined && value !== false)
				return value;
			last = undefined;
		} catch (error) {
			last = error;
		}
		if (Date.now() > end)
			throw new Error(`not within ${timeoutMs} ms: ${what}${last ? ` (${last.message})` : ''}`);
		await sleep(everyMs);
	}
}
