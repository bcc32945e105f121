// Discord's gateway fails in every way that it does: the panels go on being right, and ddc says what somebody must change.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { ICON, PANEL_EDIT, panels, quiet, sent, shown } from '../lib/people.js';
import { sleep, until } from '../lib/wait.js';
import { GUILD, MAXI, STATUS } from '../lib/world.js';

const identifies = async (discord) => (await discord.counters()).counters.identifies;
const resumes = async (discord) => (await discord.counters()).counters.resumes;

/** The proof that all is well: a change at the engine is shown, a command is answered. */
async function worksStill({ discord, engine }, overview) {
	await engine.stopContainer('web');
	await discord.shows(overview, shown('web', ICON.stopped), { timeoutMs: 30_000 });
	await engine.start('web');
	await discord.shows(overview, shown('web', ICON.running), { timeoutMs: 30_000 });
	const answer = await until('a command is answered', async () => {
		const a = await discord.run(MAXI, STATUS, 'ping');
		return a.outcome === 'message' ? a : undefined;
	}, { timeoutMs: 30_000 });
	assert.match(words(answer.message), /Pong/);
}

scenario('op 7, a lost connection, close code 4000: resumed, nothing identified anew', { containers: ['web'] }, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	const before = await identifies(discord);
	for (const [kind, more] of [['reconnect'], ['gateway_drop'], ['gateway_close', { code: 4000 }]]) {
		const had = await resumes(discord);
		await discord.fault(kind, more);
		await until(`resumed after ${kind}`, async () => (await resumes(discord)) > had, { timeoutMs: 40_000 });
	}
	assert.equal(await identifies(discord), before);
	await worksStill(stage, overview);
});

scenario('op 9: a session that is gone is identified anew, one that is not is resumed', { containers: ['web'] }, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	let before = await identifies(discord);
	await discord.fault('invalid_session', { resumable: false });
	await until('identified anew', async () => (await identifies(discord)) > before, { timeoutMs: 20_000 });
	await discord.wait({ gateway: 'connected' });
	before = await resumes(discord);
	await discord.fault('invalid_session', { resumable: true });
	await until('resumed', async () => (await resumes(discord)) > before, { timeoutMs: 20_000 });
	await worksStill(stage, overview);
});

scenario('a zombie connection (no answers to heartbeats) is left and resumed', { containers: ['web'], discord: { gateway: { heartbeat_interval_ms: 1000 } } }, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	const before = await resumes(discord);
	const { fault } = await discord.fault('no_heartbeat_ack', { times: 0 });
	await until('resumed', async () => (await resumes(discord)) > before, { timeoutMs: 20_000 });
	await discord.control(`DELETE /faults/${fault.id}`);
	await worksStill(stage, overview);
});

scenario('frames that are truncated, oversized, not JSON, not WebSocket: alive and served', { containers: ['web'], timeoutMs: 180_000, discord: { gateway: { heartbeat_interval_ms: 1500 } }, provokes: ['answers_429', 'invalid_requests'] }, async (stage) => {
	const { discord, ddc } = stage;
	const { overview } = await panels(stage);
	for (const mode of ['not_json', 'wrong_types', 'array', 'empty', 'deep', 'binary', 'invalid_utf8', 'reserved_bits', 'reserved_opcode', 'truncated', 'oversized_claim', 'ping', 'bad_zlib']) {
		await discord.wait({ gateway: 'connected' }, { timeoutMs: 30_000 });
		await discord.fault('gateway_frame', { mode });
		await sleep(200);
		ddc.assertAlive();
		await until(`connected after ${mode}`, async () => (await discord.run(MAXI, STATUS, 'ping').catch(() => ({}))).outcome === 'message', { timeoutMs: 40_000, everyMs: 200 });
	}
	await worksStill(stage, overview);
});

scenario('a guild of 10 MB changes nothing, memory least of all', { containers: ['web'] }, async (stage, t) => {
	const { discord, ddc } = stage;
	const { overview } = await panels(stage);
	await discord.wait({ commands: 4 });
	const before = ddc.figures();
	await discord.fault('big_guild_now', { mb: 10 });
	await discord.run(MAXI, STATUS, 'ping');
	await until('the message has arrived', async () => (await ddc.health()).body.details.largest_gateway_message_bytes > 9_000_000, { timeoutMs: 30_000 });
	const after = ddc.figures();
	t.diagnostic(`RSS before ${before.rss} KiB, after ${after.rss} KiB, peak ${after.peak} KiB`);
	if (!/asan/.test(ddc.binary))
		assert.ok(after.peak - before.rss < 5000, `the peak grew by ${after.peak - before.rss} KiB: the message is held whole`);
	await worksStill(stage, overview);
});

for (const [code, pattern] of [[4004, /token/i], [4014, /intent|developers\/applications/i], [4013, /intents/i]])
	scenario(`close code ${code}: no more tries, a sentence says what to change, the web side stays`, { containers: ['web'], ready: false, start: false }, async (stage) => {
		const { discord, ddc } = stage;
		await discord.fault('refuse_identify', { code });
		await ddc.start();
		const sick = await ddc.waitHealth(503, pattern);
		assert.match(sick.text, pattern);
		await ddc.waitLog(pattern);
		const { counters } = await discord.counters();
		await sleep(3000);
		assert.equal((await discord.counters()).counters.gateway_connections, counters.gateway_connections, 'it does not try again');
		ddc.assertAlive();
	});

scenario('the gateway cannot be reached at the start: it is tried again, with pauses, until it can', { containers: ['web'], ready: false, start: false }, async (stage) => {
	const { discord, ddc } = stage;
	await discord.fault('gateway_unreachable', { status: 503, times: 3 });
	await ddc.start();
	await ddc.waitHealth(200, /./, { timeoutMs: 60_000 });
	const { overview } = await panels(stage);
	await worksStill(stage, overview);
});

scenario('the bot is removed from the server and invited again: nothing is tried in between, and the panel is right at once', { containers: ['web'] }, async (stage) => {
	const { discord, ddc, engine } = stage;
	const { overview } = await panels(stage, { admin: null });
	await discord.shows(overview, shown('web', ICON.running));
	await quiet(stage);
	const seq = await discord.lastSeq();
	await discord.control(`PATCH /guilds/${GUILD}`, { bot_is_member: false });
	await ddc.waitLog(/the bot was removed from the configured guild/);
	await engine.stopContainer('web');
	await sleep(2000);
	assert.equal((await sent(stage, seq, { route: PANEL_EDIT })).length, 0);
	await discord.control(`PATCH /guilds/${GUILD}`, { bot_is_member: true });
	await discord.shows(overview, shown('web', ICON.stopped));
});
