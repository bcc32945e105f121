// Application commands, global and of one server.

import { apiError, FormErrors } from '../errors.js';
import { newId } from '../snowflake.js';
import { checkCommand, normaliseCommand } from '../forms/command.js';

const MAX_BY_TYPE = { 1: 100, 2: 15, 3: 15 };
const MAX_CREATES_PER_DAY = 200;
const DAY_MS = 24 * 3600_000;

/** The commands of the path's scope, as a Map by id. */
function scopeOf({ sandbox, params }) {
	const { world } = sandbox;
	if (params.application_id !== world.application.id)
		throw apiError(20012);
	if (params.guild_id && !world.guilds.get(params.guild_id)?.members.has(world.bot.id))
		throw apiError(50001);
	const key = params.guild_id ?? '';
	if (!world.commands.has(key))
		world.commands.set(key, new Map());
	return { key, list: world.commands.get(key), guildId: params.guild_id };
}

const sameCommand = (a, b) => a.name === b.name && a.type === (b.type ?? 1);

function takeCreates(sandbox, key, count) {
	const now = Date.now();
	const creates = (sandbox.commandCreates.get(key) ?? []).filter((at) => now - at < DAY_MS);
	if (creates.length + count > (sandbox.options.command_creates_per_day ?? MAX_CREATES_PER_DAY))
		throw apiError(30034);
	sandbox.commandCreates.set(key, [...creates, ...Array(count).fill(now)]);
}

function checkCount(commands) {
	for (const [type, most] of Object.entries(MAX_BY_TYPE))
		if (commands.filter((c) => (c.type ?? 1) === Number(type)).length > most)
			throw apiError(30032);
}

function changed({ sandbox: { world } }, key) {
	world.change('commands', { scope: key });
}

// Unchanged commands keep id and version, as with Discord.
function store(call, scope, body, known) {
	const { world } = call.sandbox;
	const made = normaliseCommand(body, { id: known?.id ?? newId(), version: newId(), applicationId: world.application.id, guildId: scope.guildId });
	if (known && JSON.stringify({ ...made, version: 0 }) === JSON.stringify({ ...known, version: 0 }))
		return known;
	return made;
}

export function list(call) {
	const all = call.url.searchParams.get('with_localizations') === 'true';
	return { status: 200, body: [...scopeOf(call).list.values()].map((c) => (all ? c : withoutLocalizations(c))) };
}

function withoutLocalizations({ name_localizations, description_localizations, ...command }) {
	return command;
}

export function replaceAll(call) {
	const scope = scopeOf(call);
	const form = new FormErrors();
	call.body.forEach((command, n) => {
		checkCommand(command, [n], form);
		if (call.body.findIndex((c) => sameCommand({ type: 1, ...c }, command)) !== n)
			form.add([n, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
	});
	form.throwIfAny();
	checkCount(call.body);
	const known = call.body.map((body) => [...scope.list.values()].find((c) => sameCommand(c, body)));
	takeCreates(call.sandbox, scope.key, known.filter((k) => !k).length);
	const made = call.body.map((body, n) => store(call, scope, body, known[n]));
	call.sandbox.world.commands.set(scope.key, new Map(made.map((c) => [c.id, c])));
	changed(call, scope.key);
	return { status: 200, body: made };
}

export function create(call) {
	const scope = scopeOf(call);
	const form = new FormErrors();
	checkCommand(call.body, [], form);
	form.throwIfAny();
	const known = [...scope.list.values()].find((c) => sameCommand(c, call.body));
	if (!known) {
		checkCount([...scope.list.values(), call.body]);
		takeCreates(call.sandbox, scope.key, 1);
	}
	const made = store(call, scope, call.body, known);
	scope.list.set(made.id, made);
	changed(call, scope.key);
	return { status: known ? 200 : 201, body: made };
}

function commandFor(call, scope) {
	const command = scope.list.get(call.params.command_id);
	if (!command)
		throw apiError(10063);
	return command;
}

export function get(call) {
	return { status: 200, body: commandFor(call, scopeOf(call)) };
}

export function edit(call) {
	const scope = scopeOf(call);
	const known = commandFor(call, scope);
	const form = new FormErrors();
	const after = { ...known, ...call.body };
	checkCommand(after, [], form);
	form.throwIfAny();
	const made = store(call, scope, after, known);
	scope.list.set(made.id, made);
	changed(call, scope.key);
	return { status: 200, body: made };
}

export function remove(call) {
	const scope = scopeOf(call);
	scope.list.delete(commandFor(call, scope).id);
	changed(call, scope.key);
	return { status: 204 };
}
