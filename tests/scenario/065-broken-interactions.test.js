// Interactions that are late, come twice, or are malformed: each gets what it deserves, none ends the process.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { ICON, openControlPanel, panels, shown } from '../lib/people.js';
import { sleep, until } from '../lib/wait.js';
import { CONTROL, MAXI } from '../lib/world.js';

scenario('the same interaction twice restarts once', { containers: ['web'], provokes: ['invalid_requests'] }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	const before = await engine.state('web');
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	const answer = await discord.press(MAXI, mine, /ddc1:restart:web/, { wait: true });
	await discord.control(`POST /interactions/${answer.id}/repeat`);
	await until('restarted', async () => (await engine.state('web')).StartedAt > before.StartedAt);
	await discord.shows(admin, shown('web', ICON.running), { timeoutMs: 20_000 });
	const { StartedAt } = await engine.state('web');
	await sleep(2000);
	assert.equal((await engine.state('web')).StartedAt, StartedAt);
});

scenario('malformed interactions: ddc lives, and serves the next one', { containers: ['web'], provokes: ['request_schema_violations'] }, async (stage) => {
	const { discord, ddc } = stage;
	const { admin } = await panels(stage);
	await discord.control('POST /options', { interaction_timeout_ms: 300 });
	const where = { user: MAXI, channel: CONTROL, message: admin.id };
	const broken = [
		{ type: 3, data: {} }, { type: 3, data: { custom_id: 5, component_type: 'button' } }, { type: 3, data: null }, { type: 3, data: [] }, { type: 99, data: {} },
		{ type: 2, data: { name: 'ss'.repeat(4000) } }, { type: 2, data: { name: 'ss', options: 'none' } }, { type: 2, data: { name: 'nosuch', id: '1' } },
		{ type: 3, data: { custom_id: 'x'.repeat(20_000), component_type: 2 } }, { type: 3, data: { custom_id: 'ddc1:open', component_type: 3, values: [] } },
		{ type: 3, data: { custom_id: 'ddc1:open', component_type: 3, values: ['nosuch'] } }, { type: 3, data: { custom_id: 'ddc1:open', component_type: 3, values: [1, {}, null] } },
		{ type: 3, data: { custom_id: 'ddc1:page:overview:99999999999999999999', component_type: 2 } }, { type: 3, data: { custom_id: 'ddc1:page:overview:-1', component_type: 2 } },
		{ type: 5, data: { custom_id: 'ddc1:found', components: 'x' } }, { type: 5, data: { custom_id: 'ddc1:found', components: [] } },
		{ type: 3, data: { custom_id: 'ddc1:restart:web', component_type: 2 }, change: { id: 'not a number', token: 7 } },
		{ type: 3, data: { custom_id: 'ddc1:restart:web', component_type: 2 }, change: { member: { user: {}, roles: 'all' } } },
		{ type: 3, data: { custom_id: 'ddc1:restart:\u0000\n\u202eweb', component_type: 2 } },
	];
	for (const interaction of broken)
		await discord.raw({ ...where, ...interaction });
	ddc.assertAlive();
	await discord.control('POST /options', { interaction_timeout_ms: 3000 });
	await discord.shows(admin, shown('web', ICON.running));
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	assert.ok(mine);
});

scenario('an answer that comes too late for Discord is noted and nothing is lost', { containers: ['web'], provokes: ['invalid_requests'] }, async (stage) => {
	const { discord, ddc, engine } = stage;
	const { admin } = await panels(stage);
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	await discord.fault('rest', { route: '/interactions/.*/callback', preset: '10062' });
	await discord.press(MAXI, mine, /ddc1:stop:web/, { wait: false });
	await sleep(1500);
	ddc.assertAlive();
	// whichever it decided (act or not), panels and engine must tell the same
	const { Status } = await engine.state('web');
	await discord.shows(admin, shown('web', Status === 'running' ? ICON.running : ICON.stopped));
});
