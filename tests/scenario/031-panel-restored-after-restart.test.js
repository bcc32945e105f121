// A restart of ddc, polite or not, keeps the panels: same messages, edited only if something changed meanwhile.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenario } from '../lib/stage.js';
import { ICON, PANEL_POST, panels, sent, shown } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { CONTROL, STATUS } from '../lib/world.js';

for (const signal of ['SIGTERM', 'SIGKILL'])
	scenario(`after ${signal} the same messages are the panels again, and follow what changed meanwhile`, { containers: ['web', 'db'] }, async (stage) => {
		const { discord, ddc, engine, folder } = stage;
		const before = await panels(stage);
		await discord.shows(before.overview, shown('web', ICON.running));
		const seq = await discord.lastSeq();
		if (signal === 'SIGKILL') { // a moment after a post it may not be on the disk yet, and nobody promises that
			const remembered = () => readFileSync(join(folder.config, 'mech_state.json'), 'utf8');
			await until('both are remembered', () => [before.overview, before.admin].every(({ id }) => remembered().includes(id)));
			await ddc.kill();
		}
		else
			await ddc.stop();
		await engine.stopContainer('web');
		await ddc.start();
		await ddc.waitHealth();
		await discord.shows(before.overview, new RegExp(`${shown('web', ICON.stopped).source}[^]*${shown('db', ICON.running).source}`));
		await discord.shows(before.admin, shown('web', ICON.stopped));
		assert.deepEqual(await sent(stage, seq, { route: PANEL_POST }), [], 'nothing is posted anew');
		for (const channel of [STATUS, CONTROL])
			assert.equal((await discord.messages(channel)).length, 1);
	});

scenario('a button pressed after a restart works on the old message', { containers: ['web'] }, async (stage) => {
	const { discord, ddc } = stage;
	const { admin } = await panels(stage);
	await ddc.restart();
	await ddc.waitHealth();
	const answer = await discord.press('1180000000000000201', admin, /ddc1:pick/);
	assert.match(JSON.stringify(answer.message.components), /web/);
});
