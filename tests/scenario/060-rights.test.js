// Who may what, from every door: buttons, selects, commands, and ids that somebody made up.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { hasComponent, words } from '../lib/discord.js';
import { assertRefused, ICON, openControlPanel, panels, shown } from '../lib/people.js';
import { ADA, CONTROL, GAMES, MAXI, STATUS } from '../lib/world.js';

const CONTAINERS = ['web', { name: 'looking', allowed_actions: ['status'] }, { name: 'startable', allowed_actions: ['status', 'start'] }, { name: 'off', active: false }, { name: 'stranger', configured: false }];

async function untouched(engine, names) {
	for (const [name, since] of Object.entries(names))
		assert.equal((await engine.state(name)).StartedAt, since, `${name} was touched`);
}

const startTimes = async (engine) => Object.fromEntries(await Promise.all(['web', 'looking', 'startable', 'off', 'stranger'].map(async (n) => [n, (await engine.state(n)).StartedAt])));

scenario('in a status channel only admins control; in a control channel everybody', { containers: CONTAINERS }, async (stage) => {
	const { discord, engine } = stage;
	const { overview, admin } = await panels(stage);
	await discord.shows(overview, shown('web', ICON.running));
	const since = await startTimes(engine);
	assertRefused(await discord.press(ADA, overview, /ddc1:pick/), /admin/i);
	for (const id of ['ddc1:restart:web', 'ddc1:stop:web', 'ddc1:bulk:stop'])
		assertRefused(await discord.click(ADA, overview, id, { force: true }), /admin|control channel/i);
	await untouched(engine, since);
	const mine = await openControlPanel(stage, ADA, admin, 'web');
	await discord.press(ADA, mine, /ddc1:stop:web/);
	await engine.waitState('web', 'exited');
});

scenario('allowed actions are honoured on the panel and when the id is made up', { containers: CONTAINERS }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('web', ICON.running));
	const since = await startTimes(engine);
	const looking = await openControlPanel(stage, MAXI, admin, 'looking');
	for (const verb of ['start', 'stop', 'restart']) {
		assert.ok(!hasComponent(looking, new RegExp(`ddc1:${verb}:`)), `no ${verb} button where only looking is allowed`);
		assertRefused(await discord.click(MAXI, admin, `ddc1:${verb}:looking`, { force: true }), /allowed/i);
	}
	assertRefused(await discord.click(MAXI, admin, 'ddc1:stop:startable', { force: true }), /allowed/i);
	assertRefused(await discord.click(MAXI, admin, 'ddc1:stop:off', { force: true }), /switched off|active/i);
	assertRefused(await discord.click(MAXI, admin, 'ddc1:stop:stranger', { force: true }), /no such container/i);
	assertRefused(await discord.click(MAXI, admin, 'ddc1:stop:../../web', { force: true }), /no such container/i);
	await untouched(engine, since);
});

scenario('a channel that is not configured, and a direct message: refused, nothing happens', {
	containers: CONTAINERS, channels: [{ id: STATUS, kind: 'status' }, { id: CONTROL, kind: 'control' }],
}, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('web', ICON.running));
	const since = await startTimes(engine);
	const button = { type: 3, message: admin.id, data: { custom_id: 'ddc1:stop:web', component_type: 2 } };
	assertRefused(await discord.raw({ ...button, user: MAXI, channel: GAMES }), /not set up/i);
	const direct = { member: null, guild_id: null, guild: null, user: { id: MAXI, username: 'maxi', discriminator: '0', avatar: null, global_name: 'Maxi' }, context: 1 };
	const answer = await discord.raw({ ...button, user: MAXI, channel: CONTROL, change: direct });
	assert.match(words(answer.message), /direct message/i);
	const otherGuild = await discord.raw({ ...button, user: MAXI, channel: CONTROL, change: { guild_id: '1180000000000009999' } });
	assert.match(words(otherGuild.message), /another server/i);
	await untouched(engine, since);
});

scenario("a button of the original's panel works or says what to do; unknown ids are answered", { containers: CONTAINERS }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('web', ICON.running));
	const { StartedAt } = await engine.state('web');
	for (const id of ['mech_details_1180000000000000111', 'task_management_web', 'ddc9:restart:web', 'ddc1:frobnicate', 'ddc1:', 'x', 'ddc1:restart:']) {
		const answer = await discord.click(MAXI, admin, id, { force: true });
		assert.notEqual(answer.outcome, 'no_response', `${id} is answered`);
		assert.ok(answer.message && answer.message.flags & 64, `${id} is answered privately`);
	}
	assert.equal((await engine.state('web')).StartedAt, StartedAt);
	const stale = await discord.click(MAXI, admin, `admin_overview_admin_${CONTROL}`, { force: true });
	assert.ok(hasComponent(stale.message, /ddc1:open/), "the original's 🛠️ opens the picker");
	await discord.click(ADA, admin, 'stop_web', { force: true });
});
