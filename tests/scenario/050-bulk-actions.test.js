// Restart all and stop all: only after a second look, only what is allowed, with a result that names what was left out.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { findComponent, words } from '../lib/discord.js';
import { assertRefused, ICON, panels, shown } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { ADA, JOERG, MAXI } from '../lib/world.js';

const THREE = ['web', 'db', { name: 'guarded', allowed_actions: ['status'] }, { name: 'off', active: false }, { name: 'down', start: false }];

scenario('stop all: asks first, then stops what may be stopped and nothing else', { containers: THREE }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('web', ICON.running));
	const asked = await discord.press(MAXI, admin, /ddc1:bulk:stop/);
	assert.ok(asked.message.flags & 64, 'the question is private');
	assert.match(words(asked.message), /web/, 'it says what it is about');
	assert.equal((await engine.state('web')).Status, 'running', 'nothing happens before the answer');
	await discord.press(MAXI, asked.message, /ddc1:bulkgo:stop/, { wait: true });
	await engine.waitState('web', 'exited');
	await engine.waitState('db', 'exited');
	await discord.shows(admin, shown('web', ICON.stopped));
	await until('the result is told', async () => {
		const text = words(await discord.message(asked.message.id));
		return /2/.test(text) && !/ddc1:bulkgo/.test(text);
	});
	for (const name of ['guarded', 'off'])
		assert.equal((await engine.state(name)).Status, 'running', `${name} is left alone`);
});

scenario('restart all: every running one is restarted, a stopped one stays stopped; "no" does nothing', { containers: ['web', 'db', { name: 'down', start: false }] }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('db', ICON.running));
	const before = Object.fromEntries(await Promise.all(['web', 'db'].map(async (n) => [n, (await engine.state(n)).StartedAt])));
	const first = await discord.press(JOERG, admin, /ddc1:bulk:restart/);
	await discord.press(JOERG, first.message, /ddc1:bulkno/, { wait: true });
	const second = await discord.press(JOERG, admin, /ddc1:bulk:restart/);
	for (const name of ['web', 'db'])
		assert.equal((await engine.state(name)).StartedAt, before[name], '"no" is no');
	await discord.press(JOERG, second.message, /ddc1:bulkgo:restart/, { wait: true });
	for (const name of ['web', 'db'])
		await until(`${name} is restarted`, async () => {
			const state = await engine.state(name);
			return state.Status === 'running' && state.StartedAt !== before[name];
		}, { timeoutMs: 20_000 });
	assert.equal((await engine.state('down')).Status, 'created');
});

scenario('the question counts for a while only, and only from the one who may', { containers: ['web'] }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('web', ICON.running));
	assertRefused(await discord.press(ADA, admin, /ddc1:bulk:stop/), /admin/i);
	const asked = await discord.press(MAXI, admin, /ddc1:bulk:stop/);
	const go = findComponent(asked.message, /ddc1:bulkgo:stop/).custom_id;
	const stolen = await discord.click(ADA, admin, go, { force: true });
	assertRefused(stolen, /admin/i);
	const old = go.replace(/^(ddc1:bulkgo:stop:)\d+/, `$1${Math.floor(Date.now() / 1000) - 3600}`);
	assert.notEqual(old, go, `the question carries its time: ${go}`);
	await discord.click(MAXI, admin, old, { force: true });
	assert.equal((await engine.state('web')).Status, 'running', 'an old question starts nothing');
});
