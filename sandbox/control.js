// The control API below /sandbox/: what a test, or the chat page, does in place of people and of fate.
// JSON in, JSON out, for callers on the same machine only. The table at the end is its documentation in short.

import { Refused } from './interactions.js';
import { isoTime } from './snowflake.js';
import { channelObject, guildObject, memberObject, userObject } from './world.js';
import { toBits } from './permissions.js';
import { readBytes } from './body.js';
import { gatewayAction, GATEWAY_ACTIONS, ARMED_KINDS } from './gateway-faults.js';
import { waitFor } from './wait.js';
import { streamEvents } from './events.js';

class ControlError extends Error {
	constructor(status, message) {
		super(message);
		this.status = status;
	}
}

const missing = (what) => new ControlError(404, `no such ${what}`);
const need = (value, what) => {
	if (value === undefined)
		throw missing(what);
	return value;
};

export async function handleControl(sandbox, request, response) {
	const url = new URL(request.url, 'http://sandbox');
	try {
		const { handler, params } = findRoute(request.method, url.pathname.slice('/sandbox'.length));
		const bytes = await readBytes(request);
		const body = bytes.length ? JSON.parse(bytes) : {};
		const query = Object.fromEntries(url.searchParams);
		const result = await handler({ sandbox, world: sandbox.world, params, body, query, response });
		if (!response.headersSent)
			reply(response, 200, result ?? { ok: true });
	} catch (error) {
		const status = error instanceof Refused ? 409 : error.status ?? (error instanceof SyntaxError ? 400 : 500);
		if (status === 500)
			console.error('sandbox: control', error);
		reply(response, status, { error: error.message });
	}
}

function reply(response, status, body) {
	response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
	response.end(JSON.stringify(body));
}

// ---- the world ----

function describeWorld({ world, sandbox }) {
	return {
		application: world.application, bot: userObject(world.bot), users: [...world.users.values()].map((u) => ({ ...userObject(u), locale: u.locale })),
		guilds: [...world.guilds.values()].map((guild) => ({
			...guildObject(guild), bot_is_member: guild.members.has(world.bot.id), channels: [...guild.channels.values()].map(channelObject),
			members: [...guild.members.values()].map((m) => memberObject(world, guild, m, { withUser: false }) && { user_id: m.user_id, roles: m.roles, nick: m.nick }),
		})),
		commands: [...world.commands].flatMap(([scope, list]) => [...list.values()].map((c) => ({ ...c, scope }))),
		connected: [...sandbox.gateway.sessions.values()].some((s) => s.connection),
	};
}

/** A message with what the API does not show. */
export function describeRecord(record) {
	return { ...record.message, revision: record.revision, created_ms: record.created_ms, edited_ms: record.edited_ms, ephemeral_for: record.ephemeral_for };
}

function listMessages({ world, params, query }) {
	need(world.channels.get(params.channel), 'channel');
	const found = query.all === 'true' ? [...world.channelMessages(params.channel).values()] : world.visibleMessages(params.channel, query.user);
	return { messages: found.map(describeRecord) };
}

const recordOf = ({ world, params }) => need(world.messageIndex.get(params.message), 'message');

function postMessage({ world, params, body }) {
	const channel = need(world.channels.get(params.channel), 'channel');
	const author = body.user ? need(world.users.get(body.user), 'user')
		: { id: body.bot?.id ?? '1180000000000000900', username: body.bot?.username ?? body.webhook?.username ?? 'Announcer', bot: true, avatar: null };
	const mentioned = [...(body.content ?? '').matchAll(/<@!?(\d+)>/g)].map((m) => world.users.get(m[1])).filter(Boolean);
	const extra = body.webhook ? { webhook_id: body.webhook.id ?? '1180000000000000901' } : {};
	const record = world.addMessage(channel, author, { content: body.content ?? '', embeds: body.embeds ?? [], mentions: mentioned.map(userObject), ...extra },
		{ created_ms: body.age_ms ? Date.now() - body.age_ms : undefined });
	return { message: describeRecord(record) };
}

function editMessage(call) {
	const record = recordOf(call);
	call.world.editMessage(record, call.body);
	return { message: describeRecord(record) };
}

function ageMessage(call) {
	const record = recordOf(call);
	record.created_ms -= call.body.ms;
	record.message.timestamp = isoTime(record.created_ms);
	return { message: describeRecord(record) };
}

function putPermissions({ world, params, body }) {
	const channel = need(world.channels.get(params.channel), 'channel');
	const others = channel.permission_overwrites.filter((o) => o.id !== body.id);
	world.updateChannel(channel, { permission_overwrites: [...others, { id: body.id, type: body.type ?? (world.users.has(body.id) ? 1 : 0), allow: String(toBits(body.allow)), deny: String(toBits(body.deny)) }] });
	return { channel: channelObject(channel) };
}

function botPermissions({ world, params, body }) {
	const guild = need(world.guilds.get(params.guild), 'guild');
	return { role: world.putRole(guild, { id: guild.bot_role_id, permissions: toBits(body.permissions) }) };
}

function patchGuild({ world, params, body }) {
	const guild = need(world.guilds.get(params.guild), 'guild');
	if (body.bot_is_member !== undefined)
		world.setBotMember(guild, body.bot_is_member);
	if (body.unavailable !== undefined)
		world.change(body.unavailable ? 'guild_outage' : 'guild_back', guild);
	for (const key of ['name', 'preferred_locale'])
		if (body[key] !== undefined) {
			guild[key] = body[key];
			world.change('guild_update', guild);
		}
	return { guild: guildObject(guild) };
}

// ---- what people do ----

/** Waits for the bot's first answer unless told not to; `wait: "final"` also for a deferred answer's content. */
async function perform({ sandbox, body }, act) {
	const interaction = act(sandbox.interactions);
	if (body.wait === false)
		return sandbox.interactions.describe(interaction);
	const result = await interaction.answered;
	if (body.wait === 'final' && (result.outcome === 'deferred' || result.outcome === 'deferred_update')) {
		const started = result.record.revision;
		await waitFor(sandbox, { test: () => (result.record.deleted || result.record.revision > started || interaction.followups.size > 0 ? true : undefined) }, body.timeout_ms ?? 10_000);
	}
	return { outcome: result.outcome, ...sandbox.interactions.describe(interaction) };
}

const interactionOf = ({ sandbox, params }) => need(sandbox.interactions.byId.get(params.interaction), 'interaction');

function ageInteraction(call) {
	call.sandbox.interactions.age(interactionOf(call), call.body.ms);
	return call.sandbox.interactions.describe(interactionOf(call));
}

/** The same INTERACTION_CREATE again: same id, same token. */
function repeatInteraction(call) {
	call.sandbox.interactions.deliver(interactionOf(call));
	return call.sandbox.interactions.describe(interactionOf(call));
}

// ---- faults, limits, journal ----

async function addFault({ sandbox, body }) {
	if (GATEWAY_ACTIONS.has(body.kind))
		return { done: await gatewayAction(sandbox, body) };
	if (body.kind !== 'rest' && !ARMED_KINDS.has(body.kind))
		throw new ControlError(400, `no such fault: ${body.kind} (there are: rest, ${[...GATEWAY_ACTIONS.keys(), ...ARMED_KINDS].join(', ')})`);
	try {
		return { fault: sandbox.faults.add(body) };
	} catch (error) {
		throw new ControlError(400, error.message);
	}
}

function readJournal({ sandbox, query }) {
	const { limit, since, ...rest } = query;
	return { last: sandbox.journal.nextSeq - 1, entries: sandbox.journal.select({ ...rest, since: Number(since ?? 0), limit: Number(limit ?? 1000) }) };
}

function counters({ sandbox }) {
	return { counters: { ...sandbox.journal.counters }, own_violations: sandbox.journal.ownViolations, validation: sandbox.validator.available, uptime_ms: Date.now() - sandbox.startedAt };
}

function setApplication({ sandbox, world, body }) {
	Object.assign(world.application.intents, body.intents);
	if (body.token !== undefined)
		sandbox.token = body.token;
	if (body.token_revoked !== undefined)
		sandbox.tokenRevoked = body.token_revoked;
	return { application: world.application };
}

const TABLE = [
	['GET', '/world', describeWorld],
	['GET', '/events', ({ sandbox, query, response }) => streamEvents(sandbox, query, response)],
	['POST', '/wait', ({ sandbox, body }) => waitFor(sandbox, body, body.timeout_ms)],

	['GET', '/channels/:channel/messages', listMessages],
	['POST', '/channels/:channel/messages', postMessage],
	['GET', '/messages/:message', (call) => ({ message: describeRecord(recordOf(call)) })],
	['PATCH', '/messages/:message', editMessage],
	['DELETE', '/messages/:message', (call) => call.world.deleteMessage(recordOf(call))],
	['POST', '/messages/:message/age', ageMessage],

	['POST', '/channels', ({ world, body }) => ({ channel: channelObject(world.addChannel(need(world.guilds.get(body.guild) ?? [...world.guilds.values()][0], 'guild'), body)) })],
	['PATCH', '/channels/:channel', ({ world, params, body }) => world.updateChannel(need(world.channels.get(params.channel), 'channel'), body)],
	['DELETE', '/channels/:channel', ({ world, params }) => world.deleteChannel(need(world.channels.get(params.channel), 'channel'))],
	['PUT', '/channels/:channel/permissions', putPermissions],
	['POST', '/users', ({ world, body }) => {
		const user = world.addUser(body);
		for (const guild of world.guilds.values())
			world.putMember(guild, { user_id: user.id, roles: body.roles ?? [] });
		return { user };
	}],
	['PATCH', '/users/:user', ({ world, params, body }) => ({ user: Object.assign(need(world.users.get(params.user), 'user'), body) })],
	['PATCH', '/guilds/:guild', patchGuild],
	['PUT', '/guilds/:guild/bot-permissions', botPermissions],
	['PUT', '/guilds/:guild/roles', ({ world, params, body }) => ({ role: world.putRole(need(world.guilds.get(params.guild), 'guild'), { ...body, ...(body.permissions !== undefined ? { permissions: toBits(body.permissions) } : {}) }) })],
	['PUT', '/guilds/:guild/members/:user', ({ world, params, body }) => ({ member: world.putMember(need(world.guilds.get(params.guild), 'guild'), { ...body, user_id: params.user }) })],
	['POST', '/application', setApplication],

	['POST', '/commands/run', (call) => perform(call, (i) => i.runCommand(call.body))],
	['POST', '/autocomplete', (call) => perform(call, (i) => i.autocomplete(call.body))],
	['POST', '/components/click', (call) => perform(call, (i) => i.click(call.body))],
	['POST', '/modals/submit', (call) => perform(call, (i) => i.submitModal(call.body))],
	['POST', '/interactions/raw', (call) => perform(call, (i) => i.raw(call.body))],
	['GET', '/interactions/:interaction', (call) => call.sandbox.interactions.describe(interactionOf(call))],
	['POST', '/interactions/:interaction/age', ageInteraction],
	['POST', '/interactions/:interaction/repeat', repeatInteraction],

	['GET', '/gateway', ({ sandbox }) => sandbox.gateway.status()],
	['POST', '/gateway/options', ({ sandbox, body }) => Object.assign(sandbox.gateway.options, body)],
	['GET', '/faults', ({ sandbox }) => ({ faults: sandbox.faults.armed })],
	['POST', '/faults', addFault],
	['DELETE', '/faults', ({ sandbox }) => sandbox.faults.clear()],
	['DELETE', '/faults/:fault', ({ sandbox, params }) => sandbox.faults.remove(Number(params.fault))],
	['POST', '/limits', ({ sandbox, body }) => sandbox.limits.configure(body)],
	['POST', '/options', ({ sandbox, body }) => Object.assign(sandbox.options, body)],
	['GET', '/journal', readJournal],
	['DELETE', '/journal', ({ sandbox }) => sandbox.journal.clear()],
	['GET', '/counters', counters],
].map(([method, path, handler]) => ({ method, handler, keys: [...path.matchAll(/:(\w+)/g)].map((m) => m[1]), pattern: new RegExp(`^${path.replace(/:\w+/g, '([^/]+)')}$`) }));

function findRoute(method, path) {
	const found = TABLE.filter((r) => r.pattern.test(path));
	const route = found.find((r) => r.method === method);
	if (!route)
		throw new ControlError(found.length ? 405 : 404, found.length ? 'method not allowed' : `no such control: ${path}`);
	const values = route.pattern.exec(path).slice(1);
	return { handler: route.handler, params: Object.fromEntries(route.keys.map((key, n) => [key, values[n]])) };
}
