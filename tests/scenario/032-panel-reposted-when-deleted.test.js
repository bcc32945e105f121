// Somebody deletes a panel: it comes back, once. Also when it was deleted while ddc was not there.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { panels, sent, PANEL_POST } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { CONTROL, STATUS } from '../lib/world.js';

async function newPanel(stage, channel, old) {
	return until('a new panel', async () => {
		const found = await stage.discord.messages(channel);
		return found.length === 1 && found[0].id !== old.id ? found[0] : undefined;
	}, { timeoutMs: 20_000 });
}

scenario('deleted while ddc runs: posted again, once, and tracked', { containers: ['web'] }, async (stage) => {
	const { discord, engine } = stage;
	const { overview } = await panels(stage);
	const seq = await discord.lastSeq();
	await discord.control(`DELETE /messages/${overview.id}`);
	await engine.stopContainer('web'); // a change: at the latest now it is noticed
	const again = await newPanel(stage, STATUS, overview);
	await discord.shows(again, /⏹️[^\n]*web/);
	await engine.start('web');
	await discord.shows(again, /🟢[^\n]*web/);
	assert.equal((await sent(stage, seq, { route: PANEL_POST })).length, 1, 'posted once');
});

scenario('deleted while ddc is away: posted again after the start', { containers: ['web'] }, async (stage) => {
	const { discord, ddc } = stage;
	const { admin } = await panels(stage);
	await ddc.stop();
	await discord.control(`DELETE /messages/${admin.id}`);
	await ddc.start();
	await ddc.waitHealth();
	await newPanel(stage, CONTROL, admin);
});
