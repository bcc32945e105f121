// The slash commands: registered for the server, answered, and what they post becomes the channel's panel.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { assertRefused, assertShows, ICON, panels, sent, shown } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { ADA, CONTROL, GRACE, GUILD, JOERG, MAXI, STATUS } from '../lib/world.js';

scenario('commands are registered once for the server, and not again after a restart', { containers: ['web'] }, async (stage) => {
	const { discord, ddc } = stage;
	await panels(stage);
	const { commands } = await discord.wait({ commands: 5 });
	const names = commands.map((c) => c.name);
	for (const name of ['serverstatus', 'ss', 'control', 'help', 'ping'])
		assert.ok(names.includes(name), `/${name} is missing; there are: ${names}`);
	assert.ok(commands.every((c) => c.guild_id === GUILD), 'they are commands of the server, not global ones');
	const seq = await discord.lastSeq();
	await ddc.restart();
	await ddc.waitHealth();
	await panels(stage);
	assert.deepEqual(await sent(stage, seq, { method: 'PUT', route: '/commands' }), [], 'an unchanged list is not sent again');
});

scenario('/serverstatus and /ss: the answer becomes the panel, the old one goes', { containers: ['web'] }, async (stage) => {
	const { discord, engine } = stage;
	const { overview } = await panels(stage);
	await discord.wait({ commands: 5 }, { timeoutMs: 30_000 });
	for (const name of ['serverstatus', 'ss']) {
		const old = (await discord.messages(STATUS)).at(-1);
		const answer = await discord.run(ADA, STATUS, name);
		assertShows(answer.message, 'web', ICON.running);
		assert.equal(answer.message.flags & 64, 0, 'everybody sees it');
		await discord.gone(old);
		assert.deepEqual((await discord.messages(STATUS)).map((m) => m.id), [answer.message.id]);
	}
	await engine.stopContainer('web');
	const now = (await discord.messages(STATUS)).at(-1);
	assert.notEqual(now.id, overview.id);
	await discord.shows(now, shown('web', ICON.stopped));
});

scenario('/control in the control channel; each refused where it does not belong, in words', { containers: ['web'] }, async (stage) => {
	const { discord } = stage;
	const { admin } = await panels(stage);
	await discord.wait({ commands: 5 }, { timeoutMs: 30_000 });
	const answer = await discord.run(ADA, CONTROL, 'control');
	assertShows(answer.message, 'web', ICON.running);
	await discord.gone(admin);
	assertRefused(await discord.run(ADA, STATUS, 'control'), /control channel/i);
	assertRefused(await discord.run(ADA, CONTROL, 'serverstatus'), /status channel/i);
});

scenario('/help and /ping answer everybody, in their own language', { containers: ['web'], discord: { gateway: { heartbeat_interval_ms: 500 } } }, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 }, { timeoutMs: 30_000 });
	const texts = {};
	for (const user of [MAXI, JOERG, GRACE]) {
		const help = await discord.run(user, STATUS, 'help');
		assert.ok(help.message.flags & 64, 'help is private');
		texts[user] = words(help.message);
		assert.match(texts[user], /\/serverstatus|\/ss/);
		await until('how fast Discord answers was measured', async () => /\d+\s*ms/.test(words((await discord.run(user, STATUS, 'ping')).message)));
	}
	assert.equal(new Set(Object.values(texts)).size, 3, 'English, German and French differ');
});

scenario('a command in a channel that is not configured is refused with what would change it', { containers: ['web'], channels: [{ id: STATUS, kind: 'status' }] }, async (stage) => {
	const { discord } = stage;
	await panels(stage, { admin: null });
	await discord.wait({ commands: 5 }, { timeoutMs: 30_000 });
	const answer = await until('answer', () => discord.run(MAXI, CONTROL, 'serverstatus'));
	assertRefused(answer, /not set up|settings/i);
});
