// The slash commands: registered for the server, answered, and what they post becomes the channel's panel.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeJson } from '../lib/config.js';
import { ROOT } from '../lib/ddc.js';
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

scenario('a language that is changed while the commands are on their way: they are sent again behind it', { containers: ['web'], start: false }, async (stage) => {
	const { discord, ddc, folder } = stage;
	await discord.fault('rest', { method: 'PUT', route: '/commands$', mode: 'delay', delay_ms: 8000, times: 1 });
	await ddc.start();
	await panels(stage); // it is logged in, and the commands are on their way
	const german = JSON.parse(readFileSync(join(ROOT, 'locales/de.json'), 'utf8'));
	const path = join(folder.config, 'config.json');
	writeJson(path, { ...JSON.parse(readFileSync(path, 'utf8')), language: 'de' });
	await ddc.waitLog(/config: read again/);
	await discord.wait({ commands: 5 }, { timeoutMs: 30_000 });
	await until('they are in German', async () => {
		const { commands } = await discord.wait({ commands: 5 });
		return commands.find((c) => c.name === 'ping').description === german.control_command_ping;
	}, { timeoutMs: 30_000 });
	assert.equal((await sent(stage, 0, { method: 'PUT', route: '/commands' })).length, 2);
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
