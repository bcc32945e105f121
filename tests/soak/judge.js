// When a soak has failed. Bounds are over the moments of rest, where nothing is under way.

// A store that fills up to its maximum (private panels are remembered for a quarter of an hour) looks like growth while it
// does, and so do the first minutes; a real leak under this load is megabytes an hour.
const LEAK_KIB_PER_HOUR = 128;
const NOISE_KIB = 48; // growth that is less than this in all is none: a few panels more or less
const PRIVATE_LEAK_KIB_PER_HOUR = 384; // whole pages, and the allocator's scattered holes
const PRIVATE_NOISE_KIB = 128;
const WARM_UP = 0.3; // of the rests

/** KiB per hour after the warm-up: the median of the slopes between all pairs of rests (Theil and Sen), which one
 * odd rest does not turn. */
export function growth(rests, key) {
	const settled = rests.slice(Math.ceil(rests.length * WARM_UP));
	const slopes = settled.flatMap((a, n) => settled.slice(n + 1).map((b) => (b[key] - a[key]) / (b.minute - a.minute) * 60));
	slopes.sort((a, b) => a - b);
	return slopes.length ? slopes[Math.floor(slopes.length / 2)] : 0;
}

function leaked(rests, key, perHour, noise) {
	const settled = rests.slice(Math.ceil(rests.length * WARM_UP));
	const slope = growth(rests, key);
	const inAll = slope * (settled.at(-1).minute - settled[0].minute) / 60;
	return slope > perHour && inAll > noise ? slope : 0;
}

/** The sentences about what was wrong; none: passed. */
export function judge({ soak, trouble, counters, panels, health, suspicions, exit }) {
	const wrong = trouble ? [trouble] : [];
	const { people, rests } = soak;
	if (!rests.every((r) => r.heap > 0))
		wrong.push('ddc did not say what its owners hold');
	for (const [key, perHour, noise, what] of [['heap', LEAK_KIB_PER_HOUR, NOISE_KIB, 'live'], ['anon', PRIVATE_LEAK_KIB_PER_HOUR, PRIVATE_NOISE_KIB, 'private']]) {
		const slope = leaked(rests, key, perHour, noise);
		if (slope)
			wrong.push(`${what} memory grows by ${slope.toFixed(0)} KiB an hour (${perHour} is the most)${growers(rests)}`);
	}
	if (people.unanswered.length)
		wrong.push(`${people.unanswered.length} interactions stayed unanswered: ${people.unanswered.slice(0, 10).join('; ')}`);
	for (const counter of ['request_schema_violations', 'form_violations', 'pings', 'internal_errors'])
		if (counters[counter])
			wrong.push(`the sandbox complains: ${counter} ${counters[counter]}`);
	// a soak that did not do what it says proves nothing
	const { unanswered, lost_in_gap: lost, behind_big_guild: behind, sent_late: late, refused, ...did } = people.counts;
	for (const [what, count] of Object.entries({ ...did, ...soak.trouble.counts }))
		if (!count)
			wrong.push(`nothing was tried: ${what} 0`);
	for (const [owner, count] of Object.entries(suspicions))
		if (count)
			wrong.push(`ddc itself suspects a leak of ${owner}, ${count} times`);
	if (health !== 'healthy')
		wrong.push(`the engine's HEALTHCHECK says ${health}`);
	wrong.push(...panels);
	if (exit !== 0)
		wrong.push(`on SIGTERM ddc ended with ${exit}`);
	return wrong;
}

function growers(rests) {
	const first = rests[Math.ceil(rests.length * WARM_UP)].owners, last = rests.at(-1).owners;
	const grown = Object.keys(last).map((name) => [name, last[name] - (first[name] ?? 0)]).filter(([, n]) => n > 1024).sort((a, b) => b[1] - a[1]);
	return grown.length ? `: ${grown.map(([name, n]) => `${name} +${(n / 1024).toFixed(1)} KiB`).join(', ')}` : '';
}
