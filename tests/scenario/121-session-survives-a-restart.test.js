// A restart of ddc resumes its gateway session instead of identifying: what happened meanwhile is replayed. And what was under way when
// it was stopped: answers that are on their way arrive, and what is cut off is recorded.

import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { ICON, openControlPanel, panels, shown } from '../lib/people.js';
import { sleep, until } from '../lib/wait.js';
import { ADA, MAXI, STATUS } from '../lib/world.js';

const SESSION = 'ddc_session.json';

for (const signal of ['SIGTERM', 'SIGKILL'])
	scenario(`after ${signal}: RESUME, no IDENTIFY; a command typed in between is seen`, { containers: ['web'] }, async (stage) => {
		const { discord, ddc, folder } = stage;
		await panels(stage);
		await until('the session is on disk', () => statSync(join(folder.config, SESSION)).size > 0, { timeoutMs: 20_000 });
		assert.equal(statSync(join(folder.config, SESSION)).mode & 0o777, 0o600);
		const { counters: before } = await discord.counters();
		await (signal === 'SIGKILL' ? ddc.kill() : ddc.stop());
		const missed = await discord.run(MAXI, STATUS, 'ping', {}, { wait: false });
		await ddc.start();
		await ddc.waitHealth();
		await until('resumed', async () => (await discord.counters()).counters.resumes > before.resumes);
		const { counters: after } = await discord.counters();
		assert.equal(after.identifies, before.identifies, 'it did not identify');
		const seen = await discord.wait({ interaction: missed.id });
		assert.equal(seen.state, 'message', 'the command that was typed meanwhile is answered');
	});

scenario('a session that Discord has forgotten, or a broken file: identified anew, nothing lost', { containers: ['web'], provokes: ['answers_429', 'invalid_requests'] }, async (stage) => {
	const { discord, ddc, folder } = stage;
	await panels(stage);
	await ddc.stop();
	await discord.fault('expire_sessions');
	await ddc.start();
	await ddc.waitHealth();
	await ddc.stop();
	writeFileSync(join(folder.config, SESSION), '{"id": ');
	await ddc.start();
	await ddc.waitHealth();
	assert.equal((await discord.messages(STATUS)).length, 1);
});

const audit = (stage) => readFileSync(join(stage.folder.logs, 'audit.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));

scenario('SIGTERM while Discord thinks: the answer is still given, and what it confirms is done', { containers: ['web'], admins: [MAXI] }, async (stage, t) => {
	const { discord, ddc, folder } = stage;
	await panels(stage);
	await discord.fault('rest', { route: '/interactions/.*/callback', mode: 'delay', delay_ms: 300 });
	await discord.run(MAXI, STATUS, 'grant', { who: ADA, may: 'stop', containers: 'web' }, { wait: false });
	await sleep(150);
	const since = Date.now();
	const { counters } = await discord.counters();
	await ddc.stop();
	t.diagnostic(`stopped within ${Date.now() - since} ms`);
	assert.match(words((await discord.messages(STATUS, MAXI)).at(-1)), /Granted/, 'not "thinking …" for ever');
	assert.equal(JSON.parse(readFileSync(join(folder.config, 'ddc_rights.json'), 'utf8')).grants.length, 1);
	assert.deepEqual([audit(stage).at(-1).action, audit(stage).at(-1).result], ['grant', 'done']);
	assert.equal((await discord.counters()).counters.gateway_connections, counters.gateway_connections, 'and it does not connect again');
});

scenario('SIGTERM while the engine works: the act is recorded as interrupted, by whom, and nobody waits for it', {
	containers: [{ name: 'web', run: 'trap "sleep 3; exit 0" TERM; while :; do sleep 3600 & wait $!; done' }, 'db'],
}, async (stage, t) => {
	const { discord, engine, ddc } = stage;
	const { admin } = await panels(stage);
	const before = (await engine.state('web')).StartedAt;
	const mine = await openControlPanel(stage, ADA, admin, 'web');
	await discord.press(ADA, mine, /ddc1:restart:web/);
	await discord.shows(admin, shown('web', ICON.pending));
	await ddc.waitLog(/restart web: begun, by Ada/); // should it be killed
	const since = Date.now();
	await ddc.stop();
	t.diagnostic(`stopped within ${Date.now() - since} ms`);
	const records = audit(stage).filter((r) => r.action === 'restart');
	assert.deepEqual(records.map((r) => [r.target, r.result, r.user_id]), [['web', 'interrupted', ADA]]);
	assert.match(records[0].reason, /may have done it/);
	const theirs = JSON.parse(readFileSync(join(stage.folder.logs, 'user_actions.json'), 'utf8'));
	assert.equal(theirs.at(-1).action, 'DOCKER_RESTART_INTERRUPTED');
	await until('the engine has done it', async () => {
		const s = await engine.state('web');
		return s.Status === 'running' && s.StartedAt !== before;
	}, { timeoutMs: 20_000 });
});
