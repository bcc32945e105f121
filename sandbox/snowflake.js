// Ids as Discord makes them: milliseconds since 2015 in the upper bits, so that they sort by time.

const EPOCH_MS = 1420070400000n;
let increment = 0n;

/** A new id, as a string, that was "made" at `ms`. Two calls never give the same one. */
export function newId(ms = Date.now()) {
	increment = (increment + 1n) & 0x3fffffn;
	return String(((BigInt(Math.floor(ms)) - EPOCH_MS) << 22n) | increment);
}

export function idToMs(id) {
	return Number((BigInt(id) >> 22n) + EPOCH_MS);
}

/** Sorts ids (decimal strings) by value: oldest first. */
export function compareIds(a, b) {
	return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

export function isSnowflake(text) {
	return typeof text === 'string' && /^[1-9][0-9]{5,19}$/.test(text) && BigInt(text) < 1n << 64n;
}

/** Wall clock in milliseconds with parts of a millisecond, for the journal. */
export function nowMs() {
	return performance.timeOrigin + performance.now();
}

/** The form of a time that Discord writes: microseconds and a numeric zone. */
export function isoTime(ms) {
	return new Date(ms).toISOString().replace(/\.(\d{3})Z$/, '.$1000+00:00');
}
