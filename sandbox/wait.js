// POST /sandbox/wait: answers as soon as something is so. A test then needs no sleeps.

const DEFAULT_TIMEOUT_MS = 5000;

/** Each gives a value when its condition holds, undefined when not yet. */
const CONDITIONS = {
	/** {channel, user?, count?, min?, max?, text?, by_bot?}: messages in a channel; `text` is a regexp over their JSON. */
	channel({ world }, { channel, user, count, min, max, text, by_bot: byBot }) {
		let found = world.visibleMessages(channel, user).map((r) => ({ ...r.message, revision: r.revision }));
		if (byBot)
			found = found.filter((m) => m.author.id === world.bot.id);
		if (text)
			found = found.filter((m) => new RegExp(text).test(JSON.stringify({ c: m.content, e: m.embeds, k: m.components })));
		const good = (count === undefined || found.length === count) && (max === undefined || found.length <= max) &&
			(found.length >= (min ?? (count === undefined && max === undefined ? 1 : 0)));
		return good ? { messages: found } : undefined;
	},
	/** {message, revision_after?, text?, deleted?} */
	message({ world }, { message, revision_after: after, text, deleted }) {
		const record = world.messageIndex.get(message);
		if (!record)
			return deleted ? { deleted: true } : undefined;
		if (deleted || (after !== undefined && record.revision <= after))
			return undefined;
		const { content, embeds, components } = record.message;
		return !text || new RegExp(text).test(JSON.stringify({ content, embeds, components })) ? { message: { ...record.message, revision: record.revision } } : undefined;
	},
	/** {journal: {kind?, method?, route?, status?, t?, op?, since?}, count?}: that many entries, answered ones only for requests. */
	journal({ journal }, { journal: query, count = 1 }) {
		const entries = journal.select(query).filter((e) => e.kind !== 'rest' || e.status !== undefined);
		return entries.length >= count ? { entries } : undefined;
	},
	/** {gateway: 'connected' | 'disconnected', sessions?} */
	gateway({ gateway }, { gateway: wanted }) {
		const live = [...gateway.sessions.values()].some((s) => s.connection && s.connection.session === s);
		return live === (wanted === 'connected') ? gateway.status() : undefined;
	},
	/** {commands: number, scope?: guild id} */
	commands({ world }, { commands, scope }) {
		const list = [...world.commands].filter(([key]) => scope === undefined || key === scope).flatMap(([, map]) => [...map.values()]);
		return list.length >= commands ? { commands: list } : undefined;
	},
	/** {interaction: id, state?, followups?} */
	interaction({ interactions }, { interaction: id, state, followups = 0 }) {
		const found = interactions.byId.get(id);
		const good = found && (state ? found.state === state : found.state !== 'waiting') && found.followups.size >= followups;
		return good ? interactions.describe(found) : undefined;
	},
	/** For callers inside the process: {test: () => value or undefined}. */
	test: (sandbox, { test }) => test(),
};

export async function waitFor(sandbox, condition, timeoutMs = DEFAULT_TIMEOUT_MS) {
	// A message condition names no channel and so on: the most specific key decides.
	const kind = ['test', 'message', 'journal', 'gateway', 'commands', 'interaction', 'channel'].find((key) => condition[key] !== undefined);
	if (!kind)
		throw Object.assign(new Error(`wait for what? one of ${Object.keys(CONDITIONS).join(', ')}`), { status: 400 });
	const look = () => CONDITIONS[kind](sandbox, condition);
	const started = Date.now();
	const first = look();
	if (first !== undefined)
		return { ok: true, waited_ms: 0, ...first };
	return new Promise((resolve, reject) => {
		const stop = () => {
			clearTimeout(timer);
			sandbox.world.off('change', again);
			sandbox.journal.off('entry', again);
		};
		const timer = setTimeout(() => {
			stop();
			reject(Object.assign(new Error(`not within ${timeoutMs} ms: ${JSON.stringify(condition)}`), { status: 408 }));
		}, timeoutMs);
		const again = () => {
			const value = look();
			if (value === undefined)
				return;
			stop();
			resolve({ ok: true, waited_ms: Date.now() - started, ...value });
		};
		sandbox.world.on('change', again);
		sandbox.journal.on('entry', again);
	});
}
