// /doctor: what an admin learns about everything that ddc depends on.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { assertRefused, panels } from '../lib/people.js';
import { APP, ADA, CONTROL, JOERG, MAXI, STATUS } from '../lib/world.js';
import { until } from '../lib/wait.js';

scenario('all is well: every line says so, privately, to admins only, in their language', { containers: ['web'] }, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 });
	const answer = await discord.run(MAXI, STATUS, 'doctor');
	assert.ok(answer.message.flags & 64);
	assert.match(words(answer.message), /✅ Discord: the token is valid[\s\S]*✅ Commands are registered[\s\S]*✅ The clock is right[\s\S]*✅ Docker: engine \d/);
	assert.doesNotMatch(words(answer.message), /❌/);
	await assert.rejects(discord.run(ADA, STATUS, 'doctor'), /may not use/, 'it is not even shown to her');
	assertRefused(await discord.run(ADA, STATUS, 'doctor', {}, { force: true }), /admins/);
	assert.match(words((await discord.run(JOERG, CONTROL, 'doctor')).message), /Die Uhr geht richtig/);
});

scenario('a permission that is missing is named with the channel, and once in the log', { containers: ['web'] }, async (stage) => {
	const { discord, ddc } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 });
	await discord.control(`PUT /channels/${STATUS}/permissions`, { id: APP, allow: [], deny: ['EMBED_LINKS', 'ATTACH_FILES'] });
	const answers = [await discord.run(MAXI, STATUS, 'doctor'), await discord.run(MAXI, STATUS, 'doctor')];
	for (const { message } of answers)
		assert.match(words(message), new RegExp(`❌ <#${STATUS}>: I lack Embed Links, Attach Files`));
	assert.equal(ddc.lines.filter((l) => /ddc lacks: Embed Links/.test(l.text ?? l)).length, 1);
});

// The last one is beyond the hundredth, and Discord does not have it.
const MANY = [...Array.from({ length: 119 }, (_, n) => ({ id: String(1180000000000100000n + BigInt(n)), kind: 'status', post_initial: false })), { id: '1180000000000199999', kind: 'status' }];

scenario('a panel that cannot be written is named in however many channels', { containers: ['web'], channels: [...MANY, { id: CONTROL, kind: 'control' }], env: { DDC_MAX_CHANNELS: '250' } }, async ({ discord, ddc }) => {
	await discord.panel(CONTROL, 'ddc1:pick');
	await discord.wait({ commands: 5 });
	await ddc.waitLog(/channel 1180000000000199999 does not exist/);
	const text = words((await discord.run(MAXI, CONTROL, 'doctor')).message);
	assert.match(text, /❌ <#1180000000000199999>: its panel cannot be written: take the channel out of the settings/);
	assert.match(text, /Channels I know nothing bad of: 119/);
});

scenario('Docker away, a broken setting, each with what to do', { containers: ['web'], dockerHost: 'unix:///nonexistent/docker.sock', ready: false, files: { 'containers/odd.json': { container_name: 'odd', order: 'first', active: 'perhaps' } } }, async (stage) => {
	const { discord } = stage;
	await discord.wait({ commands: 5 });
	const text = await until('the engine was missed', async () => {
		const t = words((await discord.run(MAXI, CONTROL, 'doctor')).message);
		return /❌ Docker:/.test(t) && t;
	});
	assert.match(text, /DOCKER_HOST/);
	assert.match(text, /Problems in the settings: \d+/);
	assert.match(text, /containers\/odd\.json/);
});
