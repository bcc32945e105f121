// /stats: figures of a real container, beside what Docker says; who may ask.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { assertRefused, panels } from '../lib/people.js';
import { ADA, CONTROL, JOERG, MAXI, STATUS } from '../lib/world.js';

scenario('/stats: CPU, memory with its limit, processes; stopped, hidden and refused ones', {
	containers: [
		{ name: 'busy', docker: { cmd: ['sh', '-c', 'while :; do :; done'], HostConfig: { NanoCpus: 5e8, Memory: 64 << 20 } } },
		{ name: 'hidden', allow_detailed_status: false }, { name: 'ended', run: 'exit 3' }, { name: 'off', active: false }, { name: 'missing', exists: false },
	],
}, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	const { message } = await discord.run(ADA, CONTROL, 'stats', { container: 'busy' });
	assert.ok(message.flags & 64, 'private');
	const text = words(message);
	const cpu = Number(/CPU \*\*([\d.]+) %/.exec(text)?.[1]);
	assert.ok(cpu > 1 && cpu < 80, `half a processor: ${text}`);
	assert.match(text, /Memory \*\*\d+\.\d MB\*\* of 64 MB \(\d+ %\)/);
	assert.match(text, /1 process or thread/);
	assert.match(text, /\*\*Running\*\* · started <t:\d+:R>/);
	assert.match(text, /no history of it/);
	assert.match(words((await discord.run(JOERG, CONTROL, 'stats', { container: 'busy' })).message), /Speicher \*\*.* von 64 MB/);
	assert.doesNotMatch(words((await discord.run(ADA, CONTROL, 'stats', { container: 'hidden' })).message), /MB|CPU \*\*/);
	assert.match(words((await discord.run(ADA, CONTROL, 'stats', { container: 'ended' })).message), /Exited \(3\)/);
	assert.match(words((await discord.run(ADA, CONTROL, 'stats', { container: 'missing' })).message), /Not found/);
	assertRefused(await discord.run(ADA, STATUS, 'stats', { container: 'busy' }), /admin/i);
	assertRefused(await discord.run(MAXI, CONTROL, 'stats', { container: 'off' }), /switched off/i);
	assert.deepEqual((await discord.autocomplete(ADA, STATUS, 'stats', 'container', 'b')).choices, []);
	assert.deepEqual((await discord.autocomplete(ADA, CONTROL, 'stats', 'container', 'b')).choices.map((c) => c.value), ['busy']);
});
