// A restart of ddc resumes its gateway session instead of identifying: what happened meanwhile is replayed.

import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenario } from '../lib/stage.js';
import { panels } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { MAXI, STATUS } from '../lib/world.js';

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
