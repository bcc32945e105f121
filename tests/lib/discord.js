// The sandbox as the tests use it: people who see, click and type; what ddc sent; what goes wrong on demand.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Sandbox, WARM_UP } from '../../sandbox/server.js';
import { ROOT } from './ddc.js';
import { patience } from './wait.js';

// Discord's own limits for messages stay; those of start-up would only make restarts in tests slow.
const GATEWAY = { identify_window_ms: 0 };

function openApiDocument() {
	const places = [process.env.DISCORD_OPENAPI, join(ROOT, '../shared/spec/discord-openapi.json'), join(ROOT, '../../shared/spec/discord-openapi.json')];
	return places.find((p) => p && existsSync(p));
}

export class Discord {
	static async start(options = {}) {
		const discord = new Discord();
		discord.sandbox = await Sandbox.start({ quiet: true, warm: false, spec: openApiDocument(), ...options, gateway: { ...GATEWAY, ...options.gateway } });
		// Compiling the document's schemas takes a busy machine seconds: before ddc waits for an answer, not while it does.
		if (discord.sandbox.validator.available)
			WARM_UP.forEach((name) => discord.sandbox.validator.schemaErrors(name, {}));
		return discord;
	}

	get api() {
		return this.sandbox.api;
	}

	get url() {
		return this.sandbox.url;
	}

	stop() {
		return this.sandbox.stop();
	}

	/** The control API (sandbox/README.md): control('POST /faults', {…}). */
	async control(what, body) {
		const [method, path] = what.split(' ');
		const response = await fetch(`${this.url}/sandbox${path}`, { method, body: body && JSON.stringify(body) });
		const answer = await response.json();
		if (!response.ok)
			throw Object.assign(new Error(`${what}: ${answer.error}`), { status: response.status });
		return answer;
	}

	wait(condition, { timeoutMs = 10_000 } = {}) {
		return this.control('POST /wait', { ...condition, timeout_ms: patience(timeoutMs) });
	}

	fault(kind, more = {}) {
		return this.control('POST /faults', { kind, ...more });
	}

	async journal(query = {}) {
		return (await this.control(`GET /journal?${new URLSearchParams({ limit: 20000, ...query })}`)).entries;
	}

	async lastSeq() {
		return (await this.control('GET /journal?limit=0')).last;
	}

	async counters() {
		return this.control('GET /counters');
	}

	// ---- what people see ----

	/** The messages of a channel as this user (default: anybody) sees them, oldest first. */
	async messages(channel, user) {
		return (await this.control(`GET /channels/${channel}/messages${user ? `?user=${user}` : ''}`)).messages;
	}

	async message(id) {
		return (await this.control(`GET /messages/${id}`)).message;
	}

	/** Waits for the panel of a channel: ddc's message with buttons whose words match. */
	async panel(channel, text = /./, { timeoutMs = 15_000 } = {}) {
		const { messages } = await this.wait({ channel, by_bot: true, text: source(text) }, { timeoutMs });
		return messages.at(-1);
	}

	/** Waits until this message says so; gives it. */
	async shows(message, text, { timeoutMs = 10_000 } = {}) {
		return (await this.wait({ message: message.id ?? message, text: source(text) }, { timeoutMs })).message;
	}

	async gone(message, { timeoutMs = 10_000 } = {}) {
		return this.wait({ message: message.id ?? message, deleted: true }, { timeoutMs });
	}

	// ---- what people do ----

	say(user, channel, content = 'hello', more = {}) {
		return this.control(`POST /channels/${channel}/messages`, { user, content, ...more });
	}

	/** Runs a slash command; answers when ddc did (wait: 'final': when a deferred answer has its content). */
	async run(user, channel, name, options = {}, more = {}) {
		// A client offers commands only once they are registered; a scenario without any says so by its own outcome.
		this.registered ??= this.wait({ commands: 1, timeout_ms: 10_000 }).catch(() => {});
		await this.registered;
		return this.control('POST /commands/run', { user, channel, name, options, wait: 'final', ...more });
	}

	autocomplete(user, channel, name, option, value) {
		return this.control('POST /autocomplete', { user, channel, name, option, value });
	}

	/** Presses a button (found by its emoji, label or custom id) of a message. */
	press(user, message, button, more = {}) {
		return this.click(user, message, findComponent(message, button).custom_id, more);
	}

	/** Chooses in the message's only select (or the one that `which` finds). */
	choose(user, message, values, which = (c) => c.type === 3, more = {}) {
		return this.click(user, message, findComponent(message, which).custom_id, { values: [values].flat(), ...more });
	}

	click(user, message, customId, more = {}) {
		return this.control('POST /components/click', { user, message: message.id ?? message, custom_id: customId, wait: 'final', ...more });
	}

	submit(user, opener, fields, more = {}) {
		return this.control('POST /modals/submit', { user, interaction: opener.id ?? opener, fields, wait: 'final', ...more });
	}

	raw(interaction) {
		return this.control('POST /interactions/raw', interaction);
	}

	// ---- what must always be so ----

	/**
	 * Every request fitted Discord's OpenAPI document and its limits in words, nobody was pinged, no limit was run
	 * into. `except`: counters that a test provokes on purpose.
	 */
	async assertClean(except = []) {
		const { counters, own_violations: own } = await this.counters();
		const must = ['request_schema_violations', 'form_violations', 'answers_429', 'pings', 'internal_errors'].filter((name) => !except.includes(name));
		const bad = must.filter((name) => (counters[name] ?? 0) !== 0);
		if (bad.length) {
			const culprits = (await this.journal({ kind: 'rest' })).filter((e) => e.violations || e.status === 400 || e.status === 429 || e.status === 500).slice(-5);
			throw new Error(`the sandbox complains: ${bad.map((name) => `${name} ${counters[name]}`).join(', ')}\n${culprits.map((e) => JSON.stringify(e).slice(0, 1500)).join('\n')}`);
		}
		if (own.length)
			throw new Error(`the sandbox answered against the OpenAPI document: ${JSON.stringify(own).slice(0, 1000)}`);
	}

	async tail(count = 30) {
		const line = (e) => `  #${e.seq} ${e.kind} ${e.method ?? ''} ${e.path ?? e.t ?? (e.op === undefined ? '' : `op ${e.op}`)} ${e.status ?? e.code ?? ''} ${JSON.stringify(e.body ?? e.d ?? e.answer ?? '').slice(0, 200)}`;
		return (await this.journal()).filter((e) => e.op !== 1 && e.op !== 11).slice(-count).map(line).join('\n');
	}
}

const source = (text) => (text instanceof RegExp ? text.source : text);

// ---- looking at messages ----

/** All components of a message, however deep (rows, sections, containers, labels of dialogs). */
export function components(message) {
	const walk = (list) => (list ?? []).flatMap((c) => [c, ...walk(c.components), ...walk([c.accessory, c.component].filter(Boolean))]);
	return walk(message.components);
}

/** One component: by a test, or by a pattern over emoji, label, placeholder and custom id. Throws with what there is. */
export function findComponent(message, which) {
	const named = (c) => [c.emoji?.name, c.label, c.placeholder, c.custom_id].filter(Boolean).join(' ');
	const found = components(message).find((c) => c.custom_id && (which instanceof RegExp ? which.test(named(c)) : typeof which === 'function' ? which(c) : c.custom_id === which));
	if (!found)
		throw new Error(`the message has nothing like ${which}; it has: ${components(message).filter((c) => c.custom_id).map(named).join(' | ') || 'no components'}`);
	return found;
}

export function hasComponent(message, which) {
	try {
		return Boolean(findComponent(message, which));
	} catch {
		return false;
	}
}

/** Everything a reader of the message reads, as one text. */
export function words(message) {
	const embeds = (message.embeds ?? []).flatMap((e) => [e.title, e.description, ...(e.fields ?? []).flatMap((f) => [f.name, f.value]), e.footer?.text, e.author?.name]);
	const parts = components(message).flatMap((c) => [c.content, c.label, c.emoji?.name, c.placeholder, ...(c.options ?? []).flatMap((o) => [o.label, o.description])]);
	return [message.content, ...embeds, ...parts].filter(Boolean).join('\n');
}

/** The line of a panel that names this container. */
export function lineOf(message, name) {
	return words(message).split('\n').find((line) => line.includes(name)) ?? '';
}
