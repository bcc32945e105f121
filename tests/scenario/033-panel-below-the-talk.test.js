// Once a conversation has been quiet for as long as the channel says, the panel moves below it; and only then.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { panels } from '../lib/people.js';
import { sleep, until } from '../lib/wait.js';
import { ADA, CONTROL, STATUS } from '../lib/world.js';

scenario('talk above a panel: after a quiet minute it is the last message again; where that is switched off it stays', {
	containers: ['web'], timeoutMs: 150_000,
	channels: [{ id: STATUS, kind: 'status', inactivity_timeout_minutes: 1 }, { id: CONTROL, kind: 'control', recreate_messages_on_inactivity: false }],
}, async (stage, t) => {
	const { discord } = stage;
	const { overview, admin } = await panels(stage);
	await discord.say(ADA, STATUS, 'does it run?');
	await discord.say(ADA, CONTROL, 'does it run?');
	const said = Date.now();
	await sleep(5000);
	assert.equal((await discord.messages(STATUS))[0].id, overview.id, 'not while people talk');
	await until('the panel is the last message', async () => {
		const found = await discord.messages(STATUS);
		return found.length === 2 && found[1].author.bot && found[1].id !== overview.id;
	}, { timeoutMs: 90_000, everyMs: 500 });
	t.diagnostic(`moved ${Math.round((Date.now() - said) / 1000)} s after the last word`);
	assert.equal((await discord.messages(CONTROL))[0].id, admin.id, 'the other one has not moved');
	assert.equal((await discord.messages(CONTROL)).length, 2);
});
