// Cooldowns: always answered, with the time when it is free again; shared by command and button; only used up by what was done.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { assertRefused, openControlPanel, panels, shown, ICON } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { ADA, JOERG, MAXI, STATUS } from '../lib/world.js';

scenario('a second press within the cooldown is answered with when it is free again, and does nothing', {
	containers: ['web', 'db'], cooldowns: { commands: { serverstatus: 60 }, buttons: { restart: 60, stop: 60, start: 60 } },
}, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	const before = await engine.state('web');
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	await discord.press(MAXI, mine, /ddc1:restart:web/, { wait: true });
	await until('restarted', async () => (await engine.state('web')).StartedAt > before.StartedAt);
	await discord.shows(admin, shown('web', ICON.running), { timeoutMs: 20_000 });
	const now = await discord.shows(mine, /ddc1:restart:web/);
	const { StartedAt } = await engine.state('web');
	const again = await discord.press(MAXI, now, /ddc1:restart:web/);
	const told = again.message && again.message.id !== mine.id ? again.message : await discord.message(mine.id);
	assert.match(words(told), /<t:\d+:R>|\d+\s*s/, 'it says when');
	assert.equal((await engine.state('web')).StartedAt, StartedAt);
});

scenario('/ss and /serverstatus share one cooldown; each user has their own; a refusal uses none up', {
	containers: ['web'], cooldowns: { commands: { serverstatus: 60, ss: 60, control: 60 } },
}, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 }, { timeoutMs: 30_000 });
	const first = await discord.run(ADA, STATUS, 'serverstatus');
	assert.equal(first.message.flags & 64, 0);
	assertRefused(await discord.run(ADA, STATUS, 'ss'), /<t:\d+:R>|\d+\s*s/);
	const other = await discord.run(JOERG, STATUS, 'ss');
	assert.equal(other.message.flags & 64, 0, 'somebody else may');
	assertRefused(await discord.run(ADA, STATUS, 'control'), /control channel/i);
	assertRefused(await discord.run(ADA, STATUS, 'control'), /control channel/i);
});
